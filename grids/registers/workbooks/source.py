"""Flat workbooks of a register as a source of the import session's pages."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from grids.imports import preview, report
from grids.imports.choices import RowState
from grids.imports.preview import CellChange, Home, Issue, Preview, PreviewRow, RowKey
from grids.imports.sources import SOURCES
from grids.registers.register import REGISTERS, Register
from grids.registers.rows import Conflicted, Saved
from grids.registers.rows import Refused as NotSaved
from grids.registers.workbooks.headings import SEQUENCE, VILLAGE, VILLAGE_TITLES
from grids.registers.workbooks.loading import (
    Judged,
    picks_of,
)
from grids.registers.workbooks.sitting import Share, Sitting
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from grids.models import RosterUpload
    from township.models import User

WHAT = {"member": "人", "household": "户"}


class RegisterSource:
    """One register; the session's `chosen_branch` names its place where the file does not."""

    def __init__(self, code: str) -> None:
        self.code = code

    @property
    def register(self) -> Register:
        """The register itself."""
        return REGISTERS[self.code]

    def fields(self) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """What a column may mean."""
        own = [(column.key, column.title) for column in self.register.columns]
        others = [(VILLAGE, VILLAGE_TITLES[0]), (SEQUENCE, "序号（不存）")]
        return [(self.register.title, own), ("其他", others)]

    def clearable(self) -> set[str]:
        """Columns whose blank cells may clear a value."""
        return {c.key for c in self.register.columns if not c.required and not c.readonly}

    def may_use(self, user: "User | Any") -> bool:
        """What the register says."""
        return self.register.may_load(user)

    def note_look(self, session: "RosterUpload", *, by: "User", request: "HttpRequest") -> None:
        """Where looks at the register are noted, looks at a file of it are, too."""
        rows = sum(session.report.get("rows", {}).values())
        self.register.note_look(by=by, what=f"导入（编号 {session.pk}）", rows=rows, request=request)

    def home(self, session: "RosterUpload") -> Home:
        """Its list, and where its files are sent in."""
        load = reverse("grids:register_load", args=[self.code])
        return Home(self.register.title, self.register.list_address(), load)

    def check(self, session: "RosterUpload", *, by: "User", today: date) -> Preview:
        """Read and compare; nothing is written."""
        return _Shown(self.register, session, by).told()

    def apply(
        self,
        session: "RosterUpload",
        *,
        by: "User",
        today: date,
        held: set[RowKey],
        request: "HttpRequest | None",
    ) -> tuple[dict[str, Any], set[RowKey]]:
        """Load all rows but `held` if it still does what was shown; the entry and the rows loaded."""
        return _Shown(self.register, session, by).apply(held, request)


def enter(code: str) -> None:
    """Let files of a register go through the session's pages."""
    SOURCES[code] = RegisterSource(code)
    report.COUNTED_WORDS.setdefault(code, REGISTERS[code].title)


class _Shown(Sitting):
    """A session as its pages show it and as it is loaded."""

    def told(self) -> Preview:
        """All rows, what is wrong with them, what the good ones would do."""
        rows = [self._row(one) for one in self.found] + self._skipped()
        order = {row.key: number for number, row in enumerate(self.table.rows)}
        rows.sort(key=lambda row: order.get(f"{row.sheet}!{row.row}", 0))
        held = {one.key for one in self.found if one.is_held}
        return Preview(rows, self.entry(report.DRY_RUN), held, self.blocks, len(self.found) - len(held))

    def _row(self, one: Judged) -> PreviewRow:
        row = PreviewRow(*one.key, self.title(one.row), summary=self._summary(one))
        row.issues = [self._issue(one, key, text) for key, text in one.errors]
        row.issues += [self._conflict(one, conflict) for conflict in one.conflicts]
        if one.match.doubt is not None:
            row.issues.append(self._doubt(one))
        row.issues += [
            self._issue(one, key, text, preview.WARNING) for key, text in (*one.row.notes, *self._notes(one))
        ]
        row.changes = [CellChange(*change) for change in self.changes(one)]
        if one.repeats is not None and not one.errors:
            row.state = RowState.SAME
        elif one.errors or one.conflicts:
            row.state = RowState.ERROR
        elif one.match.doubt is not None:
            row.state = RowState.SUSPECT
        elif one.line is None or one.line.is_new:
            row.state = RowState.NEW
        else:
            row.state = RowState.CHANGED if self.differs(one) else RowState.SAME
        return row

    def _notes(self, one: Judged) -> list[tuple[str, str]]:
        """What is worth a look; of a line that changes nothing only what it says and is not read."""
        if one.line is None:
            return []
        shown = {c.key for c in self.register.columns if c.readonly}
        tells = one.line.is_new or self.differs(one)
        return [(key, text) for key, text in one.line.notes if tells or key in shown]

    def _summary(self, one: Judged) -> str:
        """The line in short: its first filled cells besides the name."""
        title = self.title(one.row)
        return "，".join([text for text in one.row.cells.values() if text != title][:4])

    def _issue(self, one: Judged, key: str, text: str, severity: str = preview.ERROR) -> Issue:
        column = next((c for c in self.register.columns if c.key == key), None)
        options: list[str] = []
        if column is not None and column.choices is not None and one.desk is not None:
            options = [row.label for row in one.desk.options(column).rows]
        elif column is not None and column.kind == "bool":
            options = ["是", "否"]
        value = one.row.cells.get(key, "")
        if key == VILLAGE:
            value = one.row.village
        index = self.table.index(one.row.sheet, key)
        return Issue(severity, self.column_title(key), value, text, index, options)

    def _conflict(self, one: Judged, conflict: Any) -> Issue:
        text = (
            f"这个文件下载以后，{conflict.who} {conflict.at} 把这一格从“{conflict.was or '空'}”改成了"
            f"“{conflict.theirs or '空'}”，表里写的是“{conflict.mine or '空'}”。请选用哪一个。"
        )
        options = [value for value in (conflict.mine, conflict.theirs) if value]
        return Issue(
            preview.ERROR,
            conflict.title,
            conflict.mine,
            text,
            self.table.index(one.row.sheet, conflict.column),
            options,
        )

    def _doubt(self, one: Judged) -> Issue:
        pk = one.match.doubt or 0
        what = WHAT.get(self.register.code, "行")
        text = f"系统里已有“{self.title(one.row)}”（{one.match.why}），是同一{what}吗？"
        return Issue(preview.SUSPECT, "", self.title(one.row), text, kind=self.register.code, pk=pk)

    def _skipped(self) -> list[PreviewRow]:
        return [
            PreviewRow(
                row.sheet, row.number, self.title(row),
                state=RowState.SKIPPED, reason=self.mends.skips[row.sheet, row.number],
            )
            for row in self.table.rows
            if (row.sheet, row.number) in self.mends.skips
        ]  # fmt: skip

    def apply(self, held: set[RowKey], request: "HttpRequest | None") -> tuple[dict[str, Any], set[RowKey]]:
        """Write the good lines if they still do what was shown."""
        good = self.good(held)
        loaded = {one.key for one in good}
        entry = self.entry(report.DRY_RUN, held)
        if self.blocks or entry["counts"] != self.session.report["counts"] or not self.shares:
            return entry, set()
        if not any(one.line is not None and (one.line.is_new or self.differs(one)) for one in good):
            return entry | {"status": report.UNCHANGED}, loaded
        title = f"导入{self.register.title}"
        try:  # all villages or none
            with (
                transaction.atomic(),
                history.action(by=self.by, title=title, reason=self.session.file_name) as acting,
            ):
                saved = [self._save(share, good, request) for share in self.shares]
        except (NotSaved, Conflicted):
            return entry, set()
        done = f"新增{sum(one.new for one in saved)}，更改{sum(one.changed for one in saved)}"
        audit.record(
            by=self.by,
            deed=Deed.IMPORT,
            target=f"{self.register.title} {self.session.log_name}",
            rows=len(good),
            note=f"{entry['branch']}：{done}",
            request=request,
            township=self.session.township,
        )
        return entry | {"status": report.APPLIED, "action": acting.pk}, loaded

    def _save(self, share: Share, good: Iterable[Judged], request: "HttpRequest | None") -> Saved:
        """The good lines of one place."""
        own = [one for one in good if one.desk is share.desk]
        return self.register.save(
            [one.given for one in own if one.given is not None],
            user=self.by,
            place=share.desk.place,
            reason=f"导入 {self.session.log_name}",
            picks=picks_of(own),
            request=request,
        )
