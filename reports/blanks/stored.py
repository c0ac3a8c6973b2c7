"""The blanks as they came, in the data folder: random names, for their owner's eyes only."""

import os
from pathlib import Path
from uuid import uuid4

from django.conf import settings


def keep(content: bytes) -> str:
    """Write a workbook down and give the name it is kept under."""
    path = _folder() / f"{uuid4().hex}.xlsx"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path.name


def path_of(name: str) -> Path | None:
    """The workbook kept under a name, None when it is gone."""
    path = _folder() / Path(name).name
    return path if name and path.is_file() else None


def remove(name: str) -> None:
    """Delete a workbook; one that is gone already is no fault."""
    if name:
        (_folder() / Path(name).name).unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.UPLOAD_DIR) / "blanks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
