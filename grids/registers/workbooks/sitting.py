"""One import session of a register at work: its file read, its place found, its lines judged and counted."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from grids import access
from grids.choices import ROOT_KINDS
from grids.imports import report
from grids.imports.mends import Mends
from grids.imports.planning.keys import branch_core
from grids.imports.preview import RowKey
from grids.imports.reading.book import load_sheets, mended
from grids.imports.reading.files import RawSheet
from grids.imports.reading.guides import SheetGuide
from grids.imports.reading.result import Refused
from grids.models import Node
from grids.registers.desk import Desk
from grids.registers.register import Register
from grids.registers.workbooks.headings import VILLAGE, VILLAGE_TITLES
from grids.registers.workbooks.loading import Judged, Word, clearing_of, judge_rows, needed_of
from grids.registers.workbooks.matching import Match
from grids.registers.workbooks.reading import FileRow, FileTable, read_table

if TYPE_CHECKING:
    from grids.models import RosterUpload
    from township.models import User

CHANGES_KEPT = 2000
BRANCHES_NAMED = 3
BETWEEN = "·"  # 甲村党支部 · 第一党小组
ASK_BRANCH = "还不知道是哪个党支部的：请在“对应列”里选党支部，或从系统下载模板、登记表来填。"
ASK_VILLAGE = "没有写明是哪个村的，请补上村（党组织）的名称。"


@dataclass(frozen=True)
class Share:
    """The lines of a file that belong to one place."""

    desk: Desk
    rows: list[FileRow]


class Sitting:
    """One session at work: read once, compared once."""

    def __init__(self, register: Register, session: "RosterUpload", by: "User") -> None:
        self.register, self.session, self.by = register, session, by
        self.mends = Mends.of_data(session.mends)
        self.guides = {name: SheetGuide.of_data(data) for name, data in session.guides.items()}
        self.sheets: list[RawSheet] = mended(load_sheets(session.rows or []), self.mends.cells)
        self.table = FileTable(register.code)
        self.shares: list[Share] = []
        self.found: list[Judged] = []
        self.blocks: list[str] = []
        self._work()

    def _work(self) -> None:
        try:
            self.table = read_table(self.sheets, self.register, guides=self.guides)
            self.blocks += [self.table.refusal] if self.table.refusal else []
            if self.blocks:
                return
            self._name_villages()
            place = self._place()
            if place is None:
                self.shares, lost = self._by_village()
            else:
                self.shares, lost = [Share(Desk(self.by, place), self._own_rows(place))], []
        except Refused as why:
            self.blocks.append(str(why))
            return
        for share in self.shares:
            self._ask_for_right(share.desk.place)
        if not self.blocks:
            word = self._word()
            self.found = [one for one in lost if one.key not in word.left_out]
            for share in self.shares:
                self.found += judge_rows(self.register, share.rows, desk=share.desk, word=word)

    def _ask_for_right(self, place: Node) -> None:
        try:
            self.register.require(self.by, place)
        except PermissionDenied:
            self.blocks.append(f"您不能修改“{place.name}”的{self.register.title}。")

    def _place(self) -> Node | None:
        """Where the rows belong: what the file's mark says, else the branch chosen; None: many villages."""
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
        if chosen is None and not (self.register.over_villages and any(r.village for r in self.table.rows)):
            raise Refused(ASK_BRANCH)
        return chosen

    def _only_own(self) -> Node | None:
        scope = access.scope_of(self.by)
        if scope.whole_township or len(scope.edits) > 1:
            return None
        if not scope.edits:
            return next(iter(self.register.other_places(self.by)), None)
        return Node.objects.visible_to(self.by).open().filter(pk=next(iter(scope.edits))).first()

    def _named(self, seen: Any) -> Node | None:
        """The one village all rows name."""
        names = {row.village for row in self.table.rows if row.village}
        found = list(seen.filter(kind__in=ROOT_KINDS, name__in=names)[:2]) if len(names) == 1 else []
        return found[0] if len(found) == 1 else None

    def _roots(self) -> dict[str, list[Node]]:
        """The user's villages by what they are called, with and without 党支部."""
        found: dict[str, list[Node]] = defaultdict(list)
        for root in Node.objects.visible_to(self.by).open().filter(parent=None).order_by("position", "pk"):
            if self.register.allows(self.by, root):
                for name in {root.name, branch_core(root.name)}:
                    found[name].append(root)
        return found

    def _name_villages(self) -> None:
        """A line without a village of its own may name it in another column."""
        key = self.register.names_village
        if not key:
            return
        roots = self._roots()
        for row in self.table.rows:
            name = row.cells.get(key, "").partition(BETWEEN)[0].strip()
            if not row.village and name in roots:
                row.village = name

    def _by_village(self) -> tuple[list[Share], list[Judged]]:
        """The lines of each village, and those of nobody knows which."""
        roots, rows, lost = self._roots(), defaultdict(list), []
        for row in self.table.rows:
            met = roots.get(row.village) or roots.get(branch_core(row.village)) or []
            if len(met) == 1:
                rows[met[0]].append(row)
                continue
            many = f"有 {len(met)} 个“{row.village}”，请写全称。"
            none = f"系统里没有“{row.village}”，或者不归您管。" if row.village else ASK_VILLAGE
            lost.append(Judged(row, Match(), faults=[(self._village_key(row), many if met else none)]))
        # locks are taken in one order, whoever loads what
        shares = [Share(Desk(self.by, root), rows[root]) for root in sorted(rows, key=lambda root: root.pk)]
        return shares, lost

    def _village_key(self, row: FileRow) -> str:
        has_own = self.table.index(row.sheet, VILLAGE) is not None
        return VILLAGE if has_own else self.register.names_village or VILLAGE

    def _own_rows(self, place: Node) -> list[FileRow]:
        """All rows but those of a list over many villages that belong elsewhere."""
        named = {row.village for row in self.table.rows if row.village}
        if not named:
            return self.table.rows
        root = place.get_root()
        own = {root.name, root.name.removesuffix("党支部"), root.name.removesuffix("党总支")}
        seen = Node.objects.visible_to(self.by).filter(kind__in=ROOT_KINDS, name__in=named - own)
        others = named - own if named & own else set(seen.values_list("name", flat=True))
        left = [row for row in self.table.rows if row.village in others]
        rows = [row for row in self.table.rows if row.village not in others]
        if left:
            self.table.notices.append(
                f"有 {len(left)} 行是别的村的（如“{left[0].village}”），没有读取，请到各村分别上传。"
            )
        if not rows:
            raise Refused(f"表里没有“{root.name}”的行，请选对党支部再上传。")
        return rows

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

    def title(self, row: FileRow) -> str:
        """What people call the line."""
        keys = ["name", *(column.key for column in self.register.columns if column.required)]
        named = [row.cells.get(key, "") for key in keys]
        return next((text for text in named if text), "") or f"第 {row.number} 行"

    # --- what loading does --------------------------------------------------------------------------

    def differs(self, one: Judged) -> bool:
        """True when the line would write anything."""
        keys = [column.key for column in self.register.columns if not column.readonly]
        return one.line is not None and one.line.differs(keys)

    def changes(self, one: Judged) -> list[tuple[str, str, str, bool]]:
        """Column, old, new, cleared: what the line does to a row that stands."""
        line = one.line
        if line is None or line.held is None or one.desk is None or one.errors:
            return []
        found = []
        for column in self.register.columns:
            if not column.readonly and line.changes(column.key):
                old, new = (
                    line.held.cells.get(column.key, ""),
                    column.show(line.values.get(column.key), one.desk),
                )
                if old != new:
                    found.append((column.title, old, new, bool(old) and not new))
        return found

    @property
    def places(self) -> list[str]:
        """The names of the places concerned."""
        return [share.desk.place.name for share in self.shares]

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
        names = self.places or ([self.session.chosen_branch] if self.session.chosen_branch else [])
        more = f"等 {len(names)} 个党组织" if len(names) > BRANCHES_NAMED else ""
        warnings = [*self.table.notices]
        entry |= {
            "branch": "、".join(names[:BRANCHES_NAMED]) + more,
            "branches": names,
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
                    "column": self.column_title(key),
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

    def column_title(self, key: str) -> str:
        """What a column is called, the village's too."""
        own = next((c.title for c in self.register.columns if c.key == key), "")
        return VILLAGE_TITLES[0] if key == VILLAGE else own

    def _change(self, one: Judged, title: str, old: str, new: str) -> dict[str, Any]:
        return {
            "action": "changed",
            "kind": self.register.code,
            "kind_word": self.register.title,
            "name": self.title(one.row),
            "branch": one.desk.place.name if one.desk is not None else "",
            "fact": title,
            "old": old,
            "new": new,
            "sheet": one.row.sheet,
            "row": one.row.number,
        }
