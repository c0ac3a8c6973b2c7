"""One import session of a register at work: its file read, its place found, its lines judged and counted."""

from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied

from grids import access
from grids.choices import ROOT_KINDS
from grids.imports import report
from grids.imports.mends import Mends
from grids.imports.preview import RowKey
from grids.imports.reading.book import load_sheets, mended
from grids.imports.reading.files import RawSheet
from grids.imports.reading.guides import SheetGuide
from grids.imports.reading.result import Refused
from grids.models import Node
from grids.registers.desk import Desk
from grids.registers.register import Register
from grids.registers.workbooks.loading import Judged, Word, clearing_of, judge_file, needed_of
from grids.registers.workbooks.reading import FileTable, read_table

if TYPE_CHECKING:
    from grids.models import RosterUpload
    from township.models import User

CHANGES_KEPT = 2000
ASK_BRANCH = "还不知道是哪个党支部的：请在“对应列”里选党支部，或从系统下载模板、登记表来填。"


class Sitting:
    """One session at work: read once, compared once."""

    def __init__(self, register: Register, session: "RosterUpload", by: "User") -> None:
        self.register, self.session, self.by = register, session, by
        self.mends = Mends.of_data(session.mends)
        self.guides = {name: SheetGuide.of_data(data) for name, data in session.guides.items()}
        self.sheets: list[RawSheet] = mended(load_sheets(session.rows or []), self.mends.cells)
        self.table = FileTable(register.code)
        self.place: Node | None = None
        self.found: list[Judged] = []
        self.blocks: list[str] = []
        self._work()

    def _work(self) -> None:
        try:
            self.table = read_table(self.sheets, self.register, guides=self.guides)
            self.blocks += [self.table.refusal] if self.table.refusal else []
            if self.blocks:
                return
            self.place = self._place()
            self._leave_out_strangers()
        except Refused as why:
            self.blocks.append(str(why))
            return
        try:
            self.register.require(self.by, self.place)
        except PermissionDenied:
            self.blocks.append(f"您不能修改“{self.place.name}”的{self.register.title}。")
            return
        self.found = judge_file(self.register, self.table, user=self.by, place=self.place, word=self._word())

    def _place(self) -> Node:
        """Where the rows belong: what the file's mark says, else the branch chosen."""
        mark, seen = self.table.mark, Node.objects.visible_to(self.by).open()
        roots = (
            list(seen.filter(kind__in=ROOT_KINDS, name=self.session.chosen_branch))
            if self.session.chosen_branch
            else []
        )
        chosen = next((node for node in roots if access.may_edit(self.by, node)), None)
        if mark is not None and mark.place:
            marked = seen.filter(pk=mark.place, kind__in=self.register.place_kinds).first()
            if marked is None:
                raise Refused(f"这个文件是“{mark.place_name}”的，系统里找不到，或者不归您管。")
            if chosen is not None and marked.root_id != chosen.root_id:
                raise Refused(f"这个文件是“{mark.place_name}”的，不是“{chosen.name}”的，请选对党支部。")
            return marked
        if chosen is None:
            chosen = self._only_own() or self._named(seen)
        if chosen is None:
            raise Refused(ASK_BRANCH)
        return chosen

    def _only_own(self) -> Node | None:
        scope = access.scope_of(self.by)
        if scope.whole_township or len(scope.edits) != 1:
            return None
        return Node.objects.visible_to(self.by).open().filter(pk=next(iter(scope.edits))).first()

    def _named(self, seen: Any) -> Node | None:
        """The one village all rows name."""
        names = {row.village for row in self.table.rows if row.village}
        found = list(seen.filter(kind__in=ROOT_KINDS, name__in=names)[:2]) if len(names) == 1 else []
        return found[0] if len(found) == 1 else None

    def _leave_out_strangers(self) -> None:
        """Rows of a list over many villages that belong elsewhere."""
        named = {row.village for row in self.table.rows if row.village}
        if self.place is None or not named:
            return
        root = self.place.get_root()
        own = {root.name, root.name.removesuffix("党支部"), root.name.removesuffix("党总支")}
        seen = Node.objects.visible_to(self.by).filter(kind__in=ROOT_KINDS, name__in=named - own)
        others = named - own if named & own else set(seen.values_list("name", flat=True))
        left = [row for row in self.table.rows if row.village in others]
        self.table.rows = [row for row in self.table.rows if row.village not in others]
        if left:
            self.table.notices.append(
                f"有 {len(left)} 行是别的村的（如“{left[0].village}”），没有读取，请到各村分别上传。"
            )
        if not self.table.rows:
            raise Refused(f"表里没有“{root.name}”的行，请选对党支部再上传。")

    def _word(self) -> Word:
        blanks = {key: rule for guide in self.guides.values() for key, rule in guide.blanks.items()}
        return Word(
            left_out=self.mends.left_out,
            same={(sheet, row): pk for (sheet, row, _), pk in self.mends.same.items()},
            typed=frozenset(
                (sheet, row + 1, self.table.key_at(sheet, column)) for sheet, row, column in self.mends.cells
            ),
            clearing=clearing_of(blanks),
            needed=needed_of(blanks),
        )

    def title(self, one: Judged) -> str:
        """What people call the line."""
        keys = ["name", *(column.key for column in self.register.columns if column.required)]
        named = [one.row.cells.get(key, "") for key in keys]
        return next((text for text in named if text), "") or f"第 {one.row.number} 行"

    # --- what loading does --------------------------------------------------------------------------

    def differs(self, one: Judged) -> bool:
        """True when the line would write anything."""
        keys = [column.key for column in self.register.columns if not column.readonly]
        return one.line is not None and one.line.differs(keys)

    def changes(self, one: Judged) -> list[tuple[str, str, str, bool]]:
        """Column, old, new, cleared: what the line does to a row that stands."""
        line = one.line
        if line is None or line.held is None or self.place is None or one.errors:
            return []
        found = []
        for column in self.register.columns:
            if not column.readonly and line.changes(column.key):
                old, new = (
                    line.held.cells.get(column.key, ""),
                    column.show(line.values.get(column.key), self.desk),
                )
                if old != new:
                    found.append((column.title, old, new, bool(old) and not new))
        return found

    @cached_property
    def desk(self) -> Desk:
        """The desk, spread once; asked only where there is a place."""
        return Desk(self.by, cast(Node, self.place))

    def good(self, held: set[RowKey]) -> list[Judged]:
        """The lines that may be written."""
        return [one for one in self.found if not one.is_held and one.key not in held]

    def entry(self, status: str, held: set[RowKey] | None = None) -> dict[str, Any]:
        """Counts, changes, warnings and what was read, as the session's pages show them."""
        good = self.good(held or set())
        states = {"new": 0, "changed": 0, "same": 0, "closed": 0}
        changes: list[dict[str, Any]] = []
        for one in good:
            state = "new" if one.line and one.line.is_new else "changed" if self.differs(one) else "same"
            states[state] += 1
            for title, old, new, _ in self.changes(one):
                changes.append(self._change(one, title, old, new))
        entry = report.refusal(self.session.file_name, "") | {"status": status, "errors": []}
        name = self.place.name if self.place is not None else self.session.chosen_branch
        warnings = [*self.table.notices]
        entry |= {
            "branch": name,
            "branches": [name] if name else [],
            "counts": {self.register.code: states},
            "changes": changes[:CHANGES_KEPT],
            "changes_total": len(changes),
            "sheets": [asdict(about) for about in self.table.sheets],
            "warnings": [
                {"sheet": "", "row": None, "column": "", "value": "", "message": text} for text in warnings
            ],
            "errors": [
                {
                    "sheet": one.row.sheet,
                    "row": one.row.number,
                    "column": self._column_title(key),
                    "value": one.row.cells.get(key, ""),
                    "message": text,
                }
                for one in self.found
                for key, text in one.errors
            ]
            + [{"sheet": "", "row": None, "column": "", "value": "", "message": t} for t in self.blocks],
        }
        entry["not_collected"] = sorted({t for s in entry["sheets"] for t in s["not_collected"]})
        entry["unrecognised"] = sorted({t for s in entry["sheets"] for t in s["unrecognised"]})
        return entry

    def _column_title(self, key: str) -> str:
        return next((c.title for c in self.register.columns if c.key == key), "")

    def _change(self, one: Judged, title: str, old: str, new: str) -> dict[str, Any]:
        return {
            "action": "changed",
            "kind": self.register.code,
            "kind_word": self.register.title,
            "name": self.title(one),
            "branch": self.place.name if self.place is not None else "",
            "fact": title,
            "old": old,
            "new": new,
            "sheet": one.row.sheet,
            "row": one.row.number,
        }
