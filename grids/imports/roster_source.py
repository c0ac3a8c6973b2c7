"""Village rosters as a source of the session pages: sheets read, compared, and shown row by row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from grids import access
from grids.choices import Kind
from grids.imports import preview, report
from grids.imports.actions import compare, load_rows
from grids.imports.choices import RowState
from grids.imports.mends import Mends
from grids.imports.planning import blanks
from grids.imports.planning.plan import Plan
from grids.imports.planning.wanted import LIMITS, Want, shown
from grids.imports.planning.word import Question, RowKey, Suspect, Word
from grids.imports.preview import CellChange, Home, Issue, Preview, PreviewRow
from grids.imports.reading.book import load_sheets, mended
from grids.imports.reading.guides import CLEAR, SheetGuide
from grids.imports.reading.result import ERROR, Limits, Problem, RosterReading, RosterRow
from grids.imports.reading.rosters import parse_sheets

if TYPE_CHECKING:
    from django.http import HttpRequest

    from grids.models import RosterUpload
    from township.models import User

SHARED = ("branch", "group", "grid", "hub", "member")  # cells many rows lean on
ROUNDS = 6  # leaving rows out may bring up what leaned on them; more rounds than layers are not needed
KINDS = {"household": "农户", "member": "党员", "hub": "中心户", "group": "党小组"}
FIELD_GROUPS = (
    ("农户", (
        "household", "villager_group", "door", "address", "household_size", "household_phone", "since",
    )),
    ("党员", ("member", "member_phone", "member_standing", "floating", "takes_part")),
    ("中心户", ("hub", "hub_kind", "hub_flag", "hub_head", "hub_phone", "plate_no", "served_households")),
    ("党小组和党支部", (
        "group", "grid", "group_leader", "group_leader_phone", "group_kind", "branch", "general_branch",
    )),
    ("其他", (
        "remark", "seq", "household_count", "member_count", "household_code", "member_code", "hub_code",
    )),
)  # fmt: skip
CHOICES = {
    "member_standing": ("正式党员", "预备党员"),
    "floating": ("是", "否"),
    "takes_part": ("是", "否"),
    "hub_flag": ("是", "否"),
    "hub_kind": ("中心户", "示范岗"),
}


class RosterSource:
    """Rosters of villages, in whatever layout they come."""

    def check(self, session: "RosterUpload", *, by: "User", today: date) -> Preview:
        """Read and compare; nothing is written."""
        mends = Mends.of_data(session.mends)
        reading = read(session, mends)
        word = _word(session, mends)

        def planned(left_out: Iterable[RowKey]) -> Plan:
            return compare(
                reading=reading,
                township=session.township,
                branch=session.chosen_branch,
                by=by,
                today=today,
                word=replace(word, left_out=frozenset(left_out)),
            )

        full = good = planned(mends.left_out)
        # What a cell can't say comes first: much that looks wrong in other rows only follows from it.
        held = first = held_rows(reading, reading.errors, full.questions, [])
        if first - mends.left_out:
            good = planned(mends.left_out | first)
        held = held | held_rows(reading, good.errors, good.questions, good.suspects)
        told = _told(reading, full, good, first)
        for _ in range(ROUNDS if held else 0):
            good = planned(mends.left_out | held)
            more = held_rows(reading, good.errors, good.questions, good.suspects) - held
            if not more:
                break
            held |= more
        held -= mends.left_out
        blocks = [problem.message for problem in good.errors]
        entry = _entry(session, full, good)
        rows = RowBook(reading, full, good, told, mends, held).rows()
        ready = sum(1 for row in rows if row.key not in held and row.state != RowState.SKIPPED)
        return Preview(rows, entry, held, blocks, ready)

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
        mends = Mends.of_data(session.mends)
        reading = read(session, mends)
        left_out = mends.left_out | held
        entry = load_rows(
            reading=reading,
            name=session.file_name,
            township=session.township,
            branch=session.chosen_branch,
            by=by,
            today=today,
            expected=session.report["counts"],
            word=replace(_word(session, mends), left_out=left_out, asks=False),
            request=request,
        )
        return entry, {(row.sheet, row.row) for row in reading.rows} - left_out

    def fields(self) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """What a column may mean: groups of (field, words)."""
        return [
            (group, [(name, report.FIELD_WORDS[name]) for name in names]) for group, names in FIELD_GROUPS
        ]

    def clearable(self) -> set[str]:
        """Fields whose blank cells may clear a value."""
        return blanks.FIELDS

    def may_use(self, user: "User | Any") -> bool:
        """Clerks and secretaries."""
        return access.may(user, access.Right.IMPORT_ROSTER)

    def note_look(self, session: "RosterUpload", *, by: "User", request: "HttpRequest") -> None:
        """A roster is read all day."""

    def home(self, session: "RosterUpload") -> Home:
        """The tree, at the branch if there is one."""
        names = session.report.get("branches", ())
        asked = f"?{urlencode({'q': names[0]})}" if len(names) == 1 else ""
        return Home("网格结构", reverse("grids:tree") + asked, reverse("grids:import_new"))


def read(session: "RosterUpload", mends: Mends) -> RosterReading:
    """The session's sheets with the mends laid over them, read as the columns' guides say."""
    sheets = mended(load_sheets(session.rows or []), mends.cells)
    return parse_sheets(sheets, limits=Limits(), guides=guides_of(session))


def guides_of(session: "RosterUpload") -> dict[str, SheetGuide]:
    """What has been said about each sheet's columns."""
    return {name: SheetGuide.of_data(data) for name, data in session.guides.items()}


def _word(session: "RosterUpload", mends: Mends) -> Word:
    clearing = {
        name: frozenset(field for field, rule in guide.blanks.items() if rule == CLEAR)
        for name, guide in guides_of(session).items()
        if CLEAR in guide.blanks.values()
    }
    return Word(mends.left_out, mends.same, frozenset(mends.new_groups), clearing, asks=True)


def _entry(session: "RosterUpload", full: Plan, good: Plan) -> dict[str, Any]:
    """The good rows' counts and changes, with all that was found wrong or worth a look."""
    entry = report.of_plan(session.file_name, report.DRY_RUN, good)
    whole = report.of_plan(session.file_name, report.DRY_RUN, full) if full is not good else entry
    return entry | {"errors": whole["errors"], "warnings": whole["warnings"], "sheets": whole["sheets"]}


# --- rows that must wait ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What the page says of single rows."""

    problems: list[Problem]
    questions: list[Question]
    suspects: list[Suspect]


def _told(reading: RosterReading, full: Plan, good: Plan, first: set[RowKey]) -> Told:
    """All that is wrong with the rows held first, and of the others what is wrong without those.

    What a row of an unknown group would bring up depends on the answer, so it is told after that.
    """
    asked = {(q.place.row.branch, q.place.row.group) for q in full.questions}
    open_rows = {(row.sheet, row.row) for row in reading.rows if (row.branch, row.group) in asked}
    of_file = set(reading.problems)
    of_first = [
        p
        for p in full.problems
        if (p.sheet, p.row) in first and (p in of_file or (p.sheet, p.row) not in open_rows)
    ]
    rest = [p for p in good.problems if (p.sheet, p.row) not in first]
    suspects = [s for s in full.suspects if (s.place.row.sheet, s.place.row.row) in first]
    return Told(list(dict.fromkeys(of_first + rest)), full.questions, suspects + good.suspects)


def held_rows(
    reading: RosterReading,
    errors: Iterable[Problem],
    questions: Iterable[Question],
    suspects: Iterable[Suspect],
) -> set[RowKey]:
    """Rows with an error or an open doubt, and the rows that would be wrong without them."""
    held: set[RowKey] = set()
    at: dict[RowKey, list[RosterRow]] = defaultdict(list)
    for row in reading.rows:
        at[row.sheet, row.row].append(row)
    wanted: set[tuple[str, str, str]] = set()
    for problem in errors:
        if problem.row is None or problem.index == WHOLE_TABLE:
            continue
        key = problem.sheet, problem.row
        held.add(key)
        held |= {(problem.sheet, row) for row in reading.tied.get(key, ())}
        for row in at[key]:
            wanted |= {
                (name, row.branch, getattr(row, name)) for name in SHARED if _is_at(problem, row, name)
            }
    wanted |= {("group", q.place.row.branch, q.place.row.group) for q in questions}
    for suspect in suspects:
        row = suspect.place.row
        held.add((row.sheet, row.row))
        if suspect.place.kind == Kind.MEMBER:
            wanted.add(("member", row.branch, row.member))
    if wanted:
        held |= {
            (row.sheet, row.row)
            for row in reading.rows
            if any((name, row.branch, getattr(row, name)) in wanted for name in SHARED)
        }
    return held


WHOLE_TABLE = -1


def _is_at(problem: Problem, row: RosterRow, name: str) -> bool:
    """Whether a problem stands at this field of a row."""
    if not getattr(row, name):
        return False
    if problem.index is not None:
        return row.at.get(name) == problem.index
    return problem.column in (row.where.get(name), LIMITS.get(name, (0, ""))[1])


# --- rows as the page shows them --------------------------------------------------------------------


class RowBook:
    """Puts what the plans say of places together with the rows that name them.

    A held row shows what it would do in `plan`; the others show `good`, which is what will be done.
    """

    def __init__(
        self,
        reading: RosterReading,
        plan: Plan,
        good: Plan,
        told: Told,
        mends: Mends,
        held: set[RowKey],
    ) -> None:
        self.reading, self.plan, self.good = reading, plan, good
        self.told, self.mends, self.held = told, mends, held
        self.found: dict[RowKey, PreviewRow] = {}
        self.new: dict[RowKey, list[Want]] = defaultdict(list)
        self.options = {"group": self._groups(), "hub": sorted({row.hub for row in reading.rows if row.hub})}

    def _groups(self) -> list[str]:
        names = {held.name for branch in self.plan.branches for held in branch.held.of[Kind.GROUP]}
        return sorted(names | {row.group for row in self.reading.rows if row.group})

    def rows(self) -> list[PreviewRow]:
        """Every row not loaded yet, in the order of the file."""
        order = {sheet.name: number for number, sheet in enumerate(self.reading.sheets)}
        at: dict[RowKey, list[RosterRow]] = defaultdict(list)
        for row in self.reading.rows:
            if (row.sheet, row.row) not in self.mends.done:
                at[row.sheet, row.row].append(row)
        for key, rows in at.items():
            self.found[key] = PreviewRow(*key, _title(rows), summary=_summary(rows))
        self._take_changes()
        self._take_problems(at)
        self._take_doubts()
        for key, rows in at.items():
            self._settle(self.found[key], rows)
        for key in self.mends.skips.keys() - self.found.keys():
            said = (p.value for p in self.reading.problems if (p.sheet, p.row) == key and p.value)
            self._row(key, next(said, ""))
        for shown_row in self.found.values():
            self._hold(shown_row)
        return sorted(self.found.values(), key=lambda row: (order.get(row.sheet, 0), row.row))

    def _row(self, key: RowKey, said: str = "") -> PreviewRow:
        return self.found.setdefault(key, PreviewRow(*key, said or "（没有读出姓名）"))

    def _take_changes(self) -> None:
        self._take_changes_of(self.good, self.found.keys() - self.held)
        self._take_changes_of(self.plan, self.found.keys() & self.held)

    def _take_changes_of(self, plan: Plan, keys: AbstractSet[RowKey]) -> None:
        for branch in plan.branches:
            for want in branch.found.places():
                if want.held is None and (want.row.sheet, want.row.row) in keys:
                    self.new[want.row.sheet, want.row.row].append(want)
        for change in report.changes_of(plan):
            if change["row"] is not None and (change["sheet"], change["row"]) in keys:
                row = self.found[change["sheet"], change["row"]]
                said = (
                    f"{change['name']} {change['fact']}"
                    if change["name"] not in row.title
                    else change["fact"]
                )
                row.changes.append(
                    CellChange(said, change["old"], change["new"], bool(change["old"]) and not change["new"])
                )

    def _take_problems(self, at: dict[RowKey, list[RosterRow]]) -> None:
        for problem in self.told.problems:
            if problem.row is None or problem.index == WHOLE_TABLE:
                continue
            key = problem.sheet, problem.row
            if problem.severity != ERROR and key not in self.found:
                continue
            name = next((n for row in at.get(key, ()) for n, i in row.at.items() if i == problem.index), "")
            options = tuple(self.options.get(name, ())) or CHOICES.get(name, ())
            severity = preview.ERROR if problem.severity == ERROR else preview.WARNING
            self._row(key, problem.value).issues.append(
                Issue(severity, problem.column, problem.value, problem.message, problem.index, options)
            )

    def _take_doubts(self) -> None:
        for question in self.told.questions:
            row = question.place.row
            message = f"系统里没有“{question.place.name}”，请选已有的党小组，或作为新的党小组建立。"
            self._row((row.sheet, row.row)).issues.append(
                Issue(
                    preview.ASK,
                    row.where.get("group", "党小组"),
                    row.group,
                    message,
                    row.at.get("group"),
                    question.known,
                    name=question.place.name,
                )
            )
        for suspect in self.told.suspects:
            row, kind = suspect.place.row, suspect.place.kind
            what = "户" if kind == Kind.HOUSEHOLD else "人"
            message = f"系统里已有“{suspect.like.name}”（{suspect.why}），是同一{what}吗？"
            self._row((row.sheet, row.row)).issues.append(
                Issue(
                    preview.SUSPECT, row.where.get(kind, ""), suspect.place.name, message,
                    kind=kind, pk=suspect.like.pk,
                )
            )  # fmt: skip

    def _settle(self, row: PreviewRow, rows: list[RosterRow]) -> None:
        """New when what the row is about is new; changed when anything it names changes."""
        new = self.new.get(row.key, [])
        main = max((_rank(one) for one in rows), default=0)
        if any(RANKS[want.kind] == main for want in new):
            row.state = RowState.NEW
        elif new or row.changes:
            row.state = RowState.CHANGED
            row.changes += [CellChange(KINDS.get(want.kind, "网格"), "", want.name) for want in new]

    def _hold(self, row: PreviewRow) -> None:
        if row.key in self.mends.skips:
            row.state, row.reason, row.issues = RowState.SKIPPED, self.mends.skips[row.key], []
            return
        if any(issue.severity in (preview.ERROR, preview.ASK) for issue in row.issues):
            row.state = RowState.ERROR
        elif any(issue.severity == preview.SUSPECT for issue in row.issues):
            row.state = RowState.SUSPECT
        elif row.key in self.held:
            row.state = RowState.ERROR
            row.reason = "要用到上面另一行里没有改好的内容，随那一行一起等。"


RANKS: dict[str, int] = {Kind.GRID: 0, Kind.GROUP: 1, Kind.HUB: 2, Kind.MEMBER: 3, Kind.HOUSEHOLD: 4}


def _rank(row: RosterRow) -> int:
    return 4 if row.household else 3 if row.member else 2 if row.hub else 1


def _title(rows: list[RosterRow]) -> str:
    names = dict.fromkeys(row.household or row.member or row.hub or row.group for row in rows)
    return "、".join(list(names)[:3]) + (f"等 {len(names)} 个" if len(names) > 3 else "")


def _summary(rows: list[RosterRow]) -> str:
    """Where the row belongs and what it says, in one line."""
    row = rows[0]
    size = f"{row.household_size}人" if row.household_size else ""
    place = " / ".join(part for part in (row.group, row.hub, row.member if row.household else "") if part)
    phone = row.household_phone if row.household else row.member_phone
    facts = (
        row.villager_group + row.door,
        size,
        phone,
        shown(row.member_standing) if not row.household else "",
    )
    return "，".join(part for part in (place, *facts) if part)
