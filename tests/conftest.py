"""What every test runs in: its own data folder, quick password hashes, no network, and no skipping."""

import gc
import logging
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

# Set before Django reads its settings, and inherited by the processes that tests start.
SETTINGS = "township.settings"
SCRATCH = tempfile.TemporaryDirectory(prefix="township-tests-")
os.environ.update(
    DJANGO_SETTINGS_MODULE=SETTINGS,
    TOWNSHIP_DATA_DIR=SCRATCH.name,
    TOWNSHIP_SECRET_KEY="a-key-for-tests-that-guards-nothing-at-all-0123456789",
    TOWNSHIP_DEBUG="0",
    TOWNSHIP_HTTPS="0",
    # Playwright keeps an event loop in the thread that also uses the ORM; Django would refuse to.
    DJANGO_ALLOW_ASYNC_UNSAFE="true",
)
django.setup()
# What stays for the whole run is not looked through for garbage again and again.
gc.freeze()
gc.set_threshold(50_000, 20, 100)
# Refusals are what half the tests ask for; a traceback for each of them would be written for nobody.
logging.getLogger("django.request").setLevel(logging.ERROR)
# An xdist worker that inherited this would read the settings before it has a data folder of its own.
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.conf import settings as django_settings  # noqa: E402  needs the environment above
from django.db import connection  # noqa: E402
from django.test import TransactionTestCase, override_settings  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402
from pytest_django.plugin import DjangoDbBlocker  # noqa: E402

from reports.exportlog.rules import GUARDED  # noqa: E402
from township import audit  # noqa: E402

LOGS: tuple[dict[str, str], ...] = ({}, GUARDED)  # the audit log by itself, and the log of exports

# Shared machines make single examples slow now and then; that is no finding.
hypothesis_settings.register_profile("house", deadline=None, print_blob=True)
hypothesis_settings.load_profile("house")

LONGEST = {"test_every_page.py", "test_entry_saving.py", "test_clerk_path.py"}  # of the browser's

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark browser tests by their folder; take out what belongs to the other database, or to none.

    A test that never opens the database proves the same on both, so it runs on SQLite only. So does one that
    drives pages: nearly all its time is spent in templates and Python. What pages ask of PostgreSQL is asked
    by test_pages_on_postgresql.py and test_garbage.py, page by page, filter by filter, form by form.
    """
    here = Path(__file__).parent
    engine = django_settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    other = {"sqlite3": "postgresql_only", "postgresql": "sqlite_only"}[engine]
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        if item.path.is_relative_to(here / "e2e"):
            item.add_marker("e2e")
        again = engine == "postgresql" and (not _uses_database(item) or _drives_pages(item))
        (dropped if again or item.get_closest_marker(other) else kept).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
    # The longest first, they walk all pages: begun last, they would leave the other worker without work.
    items[:] = sorted(kept, key=lambda item: item.path.parent != here and item.path.name not in LONGEST)


def _uses_database(item: pytest.Item) -> bool:
    """By its fixtures, its mark or its class."""
    wanted = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    case = getattr(item, "cls", None)
    of_django = isinstance(case, type) and issubclass(case, TransactionTestCase)
    return bool(
        wanted
        or of_django
        or item.get_closest_marker("django_db")
        or item.get_closest_marker("postgresql_only")
    )


def _drives_pages(item: pytest.Item) -> bool:
    """By the test client among its fixtures, unless the database has a say in what is shown."""
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("both_databases") or item.get_closest_marker("postgresql_only")
    return "client" in fixtures and "transactional_db" not in fixtures and not marked


def pytest_unconfigure() -> None:
    """Take the data folder away again."""
    SCRATCH.cleanup()


def _not_run(config: pytest.Config) -> list[Any]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [*reporter.stats.get("skipped", []), *reporter.stats.get("xfailed", [])] if reporter else []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test that did not run proves nothing, so it fails the run."""
    if _not_run(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say why the run fails although no test did."""
    if _not_run(config):
        terminalreporter.section("skipped tests count as failures", red=True)
        for report in _not_run(config):
            terminalreporter.line(f"{report.nodeid}: {report.longrepr or 'xfail'}")


@pytest.fixture(scope="session", autouse=True)
def _house_settings() -> Iterator[None]:
    """Cheap password hashes (argon2 costs half a second each) and static files without collectstatic."""
    storages = {
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher", *django_settings.PASSWORD_HASHERS]
    # WhiteNoise complains of a missing folder when nothing has been collected.
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    with override_settings(PASSWORD_HASHERS=hashers, STORAGES=storages):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as in an office: WAL and locks mean nothing in memory, and browsers need threads."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        # Nothing here outlives the run, so no test waits for the disk.
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tables come straight from the models, in seconds; test_migrations.py walks the migrations."""
    with django_db_blocker.unblock():
        for log in LOGS:
            audit.guard(connection, **log)


@pytest.fixture
def database_of_processes(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test commits is there for the processes it starts: they open the same database."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{found['NAME']}"
    else:
        url = (
            f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"
        )
    monkeypatch.setenv("DATABASE_URL", url)


@pytest.fixture(scope="session", autouse=True)
def _emptied_between_tests() -> Iterator[None]:
    """After a test that commits, the tables it wrote to are emptied; the logs' guards step aside for that."""

    def emptied(case: TransactionTestCase) -> None:
        for log in LOGS:
            audit.unguard(connection, **log)
        _empty_what_was_written()
        for log in LOGS:
            audit.guard(connection, **log)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield


def _empty_what_was_written() -> None:
    """Django would empty all of some two hundred tables and then name all models and permissions anew."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    ours = sorted(tables - {"django_content_type", "auth_permission", "django_migrations"})
    looks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in ours)
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # where the references' own triggers do the checking
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(" UNION ALL ".join(looks))
        for (name,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{name}"')
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine, name look-ups included."""

    def guard(address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and not str(host).startswith(LOOPBACK):
            raise RuntimeError(f"test tried to reach {host}")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            original = getattr(socket.socket, name)

            def guarded(self: socket.socket, *args: Any, _original: Any = original) -> Any:
                guard(args[-1])
                return _original(self, *args)

            patch.setattr(socket.socket, name, guarded)
        look_up = socket.getaddrinfo

        def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
            guard((host.decode() if isinstance(host, bytes) else host or "", 0))
            return look_up(host, *args, **kwargs)

        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
