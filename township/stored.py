"""Workbooks kept in the data folder: under random names, for their owner's eyes only."""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.conf import settings


@dataclass(frozen=True)
class Store:
    """One folder of workbooks; `room` names it."""

    room: str

    def new_path(self) -> Path:
        """Where the next workbook goes; made empty, so that nobody else may read it meanwhile."""
        path = self._folder() / f"{uuid4().hex}.xlsx"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return path

    def keep(self, content: bytes) -> str:
        """Write a workbook down and give the name it is kept under."""
        path = self.new_path()
        path.write_bytes(content)
        return path.name

    def path_of(self, name: str) -> Path | None:
        """The workbook kept under a name, None when it is gone."""
        path = self._folder() / Path(name).name
        return path if name and path.is_file() else None

    def remove(self, name: str) -> None:
        """Delete a workbook; one that is gone already is no fault."""
        if name:
            (self._folder() / Path(name).name).unlink(missing_ok=True)

    def _folder(self) -> Path:
        folder = Path(settings.UPLOAD_DIR) / self.room
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder
