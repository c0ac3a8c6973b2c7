"""The problems found while reading, kept to a number a person can read."""

from __future__ import annotations

from typing import Any

from grids.imports.reading.result import ERROR, WARNING, Problem
from grids.imports.reading.values import mask


class Findings:
    """Problems of one file, kept below a limit so that a hopeless file still gives a readable report."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.problems: list[Problem] = []
        self.dropped = 0
        self.dropped_errors = 0
        self.tied: dict[tuple[str, int], set[int]] = {}

    def tie(self, sheet: str, row: int, bearer: int) -> None:
        """Note that row `bearer` lacks something because of an error in `row`."""
        self.tied.setdefault((mask(sheet), row), set()).add(bearer)

    def add(
        self,
        severity: str,
        sheet: str,
        row: int | None,
        column: str,
        value: Any,
        message: str,
        *,
        index: int | None = None,
    ) -> None:
        if len(self.problems) >= self.limit:
            self.dropped += 1
            self.dropped_errors += severity == ERROR
            return
        self.problems.append(Problem(severity, mask(sheet), row, column, mask(value), message, index))

    def close(self) -> list[Problem]:
        if self.dropped:
            severity = ERROR if self.dropped_errors else WARNING
            message = f"问题太多，还有 {self.dropped} 条没有列出，请先改正已列出的再导入。"
            self.problems.append(Problem(severity, "", None, "", "", message))
        return self.problems
