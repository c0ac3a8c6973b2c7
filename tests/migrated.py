"""A SQLite database as the migrations leave it, kept between runs: making it takes longer than most tests."""

import hashlib
import os
import shutil
import sqlite3
from importlib.metadata import version
from pathlib import Path

HOME = Path(__file__).parent.parent
KEPT = HOME / "var" / "tests"
APPS = ("township", "grids", "liaison", "services", "reports")


def kept_file() -> Path:
    """Where it lies; another migration, another name."""
    digest = hashlib.sha256(version("django").encode())
    digest.update((HOME / "deploy" / "requirements.txt").read_bytes())  # packages bring migrations too
    digest.update((HOME / "township" / "settings.py").read_bytes())  # and are installed there
    for app in APPS:
        for file in sorted((HOME / app / "migrations").glob("*.py")):
            digest.update(f"{app}/{file.name}".encode() + file.read_bytes())
    return KEPT / f"migrated-{digest.hexdigest()[:16]}.sqlite3"


def lay_out(target: Path) -> bool:
    """Put the kept database where a worker wants its own; say whether there was one."""
    try:
        shutil.copyfile(kept_file(), target)
    except FileNotFoundError:
        return False
    return True


def keep(source: Path) -> None:
    """Keep a database that has just been migrated, and forget those of other migrations."""
    kept = kept_file()
    KEPT.mkdir(parents=True, exist_ok=True)
    # Workers finish at the same time: each writes a file of its own, and the last one stays.
    own = kept.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(source) as read, sqlite3.connect(own) as write:
        read.backup(write)
    own.replace(kept)
    for old in KEPT.glob("migrated-*.sqlite3"):
        if old != kept:
            old.unlink(missing_ok=True)
