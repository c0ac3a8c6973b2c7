"""Files kept in the data folder: under random names, for their owner's eyes only."""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.conf import settings


@dataclass(frozen=True)
class Store:
    """One folder of files; `room` names it."""

    room: str

    def new_path(self, suffix: str = ".xlsx") -> Path:
        """Where the next file goes; made empty, so that nobody else may read it meanwhile."""
        path = self._folder() / f"{uuid4().hex}{suffix}"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return path

    def keep(self, content: bytes, suffix: str = ".xlsx") -> str:
        """Write a file down and give the name it is kept under; a full disk leaves no half of it."""
        path = self.new_path(suffix)
        try:
            path.write_bytes(content)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path.name

    def path_of(self, name: str) -> Path | None:
        """The file kept under a name, None when it is gone."""
        path = self._folder() / Path(name).name
        return path if name and path.is_file() else None

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone already is no fault."""
        if name:
            (self._folder() / Path(name).name).unlink(missing_ok=True)

    def _folder(self) -> Path:
        folder = Path(settings.UPLOAD_DIR) / self.room
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder
