import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings as real
from django.core.checks import run_checks

from township import checks


def ids(found) -> set[str]:
    return {message.id for message in found}


def test_missing_chinese_font_is_named_with_the_package_to_install(monkeypatch):
    monkeypatch.setattr(checks, "font_found", lambda family: "Serif" not in family)
    (message,) = checks.chinese_fonts()
    assert message.msg == "缺少中文字体：Noto Serif CJK SC，导出的 PDF 会缺字。"
    assert "apt-get install fonts-noto-cjk" in message.hint


def test_installed_fonts_are_found_and_others_are_not():
    assert checks.font_found("Noto Serif CJK SC")
    assert not checks.font_found("No Such Family SC")


def test_without_fontconfig_no_font_counts_as_found(monkeypatch):
    monkeypatch.setattr(checks.shutil, "which", lambda _: None)
    assert not checks.font_found("Noto Serif CJK SC")


def test_answer_of_fontconfig_is_read_literally(monkeypatch):
    def answer(*args, **kwargs):
        return subprocess.CompletedProcess(args, 0, stdout="DejaVu Sans", stderr="")

    monkeypatch.setattr(checks.subprocess, "run", answer)
    assert not checks.font_found("Noto Sans CJK SC")


SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;"},
}


@pytest.mark.parametrize(
    ("database", "found"),
    [
        (SQLITE, set()),
        ({**SQLITE, "OPTIONS": {}}, {"township.E001", "township.E002"}),
        ({**SQLITE, "OPTIONS": {**SQLITE["OPTIONS"], "transaction_mode": "DEFERRED"}}, {"township.E001"}),
        ({**SQLITE, "OPTIONS": {"transaction_mode": "IMMEDIATE"}}, {"township.E002"}),
        ({"ENGINE": "django.db.backends.postgresql"}, set()),
    ],
)
def test_wrong_sqlite_mode_is_named(monkeypatch, database, found):
    monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES={"default": database}))
    assert ids(checks.sqlite_mode()) == found


def test_our_sqlite_really_runs_in_wal_with_full_sync(tmp_path):
    """Asked in a process of its own: the tests' own database does not wait for the disk."""
    asked = (
        "from django.db import connection; cursor = connection.cursor(); "
        "print(*(cursor.execute(f'PRAGMA {name}').fetchone()[0] for name in ('journal_mode', 'synchronous')))"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", asked],
        cwd=real.BASE_DIR,
        env={**os.environ, "TOWNSHIP_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["wal", "2"]


@pytest.mark.parametrize(
    ("hosts", "https", "found"),
    [
        (["127.0.0.1", "localhost"], False, set()),
        (["grid.example"], False, {"township.W002"}),
        (["grid.example"], True, set()),
    ],
)
def test_plain_http_beyond_this_machine_is_named(settings, hosts, https, found):
    settings.ALLOWED_HOSTS, settings.HTTPS = hosts, https
    assert ids(checks.plain_http()) == found


@pytest.mark.django_db
def test_this_installation_passes_its_own_checks():
    assert [message for message in run_checks() if not message.is_silenced()] == []
    assert real.DEBUG is False
