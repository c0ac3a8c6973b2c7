"""Each case starts a process of its own: settings are read once, when a program begins."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "TOWNSHIP_SECRET_KEY": "rq8Zt0vN4x-Ld7mB1cYs6Kf3Wh9Gp2Jq5Ue-Xa_TzMoIwPbE3uHk7sV",
    "TOWNSHIP_ALLOWED_HOSTS": "grid.example",
}
SHOW = (
    "from django.conf import settings as s;"
    "print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
    " s.SECURE_HSTS_SECONDS, s.DATABASES['default']['ENGINE'].rpartition('.')[2], s.DATA_DIR)"
)


def run(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOWNSHIP_", "DJANGO_")) and name != "DATABASE_URL"
    }
    command = [sys.executable, *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={
            **clean,
            "TOWNSHIP_DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "township.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("key", [{}, {"TOWNSHIP_SECRET_KEY": "only-for-development-never-for-an-office"}])
def test_refuses_to_start_without_a_key_of_its_own(tmp_path, key):
    done = run(tmp_path, "manage.py", "check", **key)
    assert done.returncode != 0
    assert "系统拒绝启动" in done.stderr


def test_development_may_use_the_default_key(tmp_path):
    done = run(tmp_path, "-c", SHOW, TOWNSHIP_DEBUG="1")
    assert done.stdout.split() == ["True", "False", "False", "False", "0", "sqlite3", str(tmp_path)]


def test_defaults_are_secure_and_the_database_comes_from_the_address(tmp_path):
    done = run(tmp_path, "-c", SHOW, **GOOD, DATABASE_URL="postgres://u:p@127.0.0.1/town")
    assert done.stdout.split() == ["False", "True", "True", "True", "31536000", "postgresql", str(tmp_path)]


def test_office_may_turn_https_off_knowingly(tmp_path):
    done = run(tmp_path, "-c", SHOW, **GOOD, TOWNSHIP_HTTPS="0")
    assert done.stdout.split()[:5] == ["False", "False", "False", "False", "0"]


def test_nonsense_in_the_environment_stops_the_start(tmp_path):
    assert run(tmp_path, "-c", SHOW, **GOOD, TOWNSHIP_PASSWORD_DAYS="bald").returncode != 0


def test_deployment_check_is_clean(tmp_path):
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert done.returncode == 0, done.stderr


def test_deployment_check_names_plain_http_in_an_office(tmp_path):
    done = run(
        tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **GOOD, TOWNSHIP_HTTPS="0"
    )
    assert done.returncode != 0
    assert "密码会以明文在网络上传输" in done.stderr


def test_all_that_an_office_keeps_lies_in_the_data_folder(tmp_path):
    show = (
        "from django.conf import settings as s;"
        "print(s.DATABASES['default']['NAME'], s.UPLOAD_DIR, s.EXPORT_DIR, s.BACKUP_DIR, s.STATIC_ROOT,"
        " sep='\\n')"
    )
    paths = run(tmp_path, "-c", show, **GOOD).stdout.splitlines()
    assert [Path(path).relative_to(tmp_path).name for path in paths] == [
        "township.sqlite3", "uploads", "exports", "backups", "static",
    ]  # fmt: skip


def test_data_folder_is_the_owners_alone(tmp_path):
    folder = tmp_path / "new"
    run(tmp_path, "-c", SHOW, **GOOD, TOWNSHIP_DATA_DIR=str(folder))
    assert folder.stat().st_mode & 0o777 == 0o700
