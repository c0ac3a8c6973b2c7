"""What a person has said about a sheet: whether it counts, where its header is, what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KEEP, CLEAR, REQUIRE = "keep", "clear", "require"


@dataclass(frozen=True)
class SheetGuide:
    """One sheet; columns count from 0, rows from 1, and an empty meaning says 不导入."""

    on: bool = True
    header_row: int = 0  # 0: found by the reader
    columns: dict[int, str] = field(default_factory=dict)
    blanks: dict[str, str] = field(default_factory=dict)  # field → CLEAR or REQUIRE; KEEP is not noted

    def as_data(self) -> dict[str, Any]:
        """The guide as JSON; numbers of columns become text."""
        return {
            "on": self.on,
            "header_row": self.header_row,
            "columns": {str(index): name for index, name in self.columns.items()},
            "blanks": self.blanks,
        }

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> SheetGuide:
        """The other half of `as_data`."""
        columns = {int(index): name for index, name in data.get("columns", {}).items()}
        return cls(data.get("on", True), data.get("header_row", 0), columns, dict(data.get("blanks", {})))


NO_GUIDE = SheetGuide()
