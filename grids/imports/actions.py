"""Loading rosters: a file read, compared and written in one transaction, or refused with nothing changed."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from grids import access
from grids.imports import report
from grids.imports.apply import write
from grids.imports.planning.compare import NO_WORD, make_plan, roots_to_lock
from grids.imports.planning.plan import Plan
from grids.imports.planning.targets import Target
from grids.imports.planning.word import Word
from grids.imports.reading.result import Refused, RosterReading
from grids.imports.reading.rosters import read_roster
from grids.tree import tree_write
from township import audit, history
from township.choices import Deed
from township.collecting import paused
from township.models import Township

if TYPE_CHECKING:
    from django.http import HttpRequest

    from township.models import User

CLASH = (
    "与系统中已有的记录冲突，没有导入；可能有人同时在修改，请刷新后重试，"
    "仍不行请核对同名的中心户、党员和电话。"
)


def load_file(
    *,
    path: Path,
    name: str = "",
    township: Township,
    branch: str = "",
    by: "User | None" = None,
    today: date,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Read one file and load it; the answer is its entry in the report."""
    shown = name or path.name
    try:
        reading = read_roster(path, name=shown)
    except Refused as why:
        return report.refusal(shown, str(why))
    return load_rows(
        reading=reading, name=shown, township=township, branch=branch, by=by, today=today, dry_run=dry_run
    )


@paused()
def load_rows(
    *,
    reading: RosterReading,
    name: str,
    township: Township,
    branch: str = "",
    by: "User | None" = None,
    today: date,
    dry_run: bool = False,
    expected: dict[str, Any] | None = None,
    word: Word = NO_WORD,
    request: "HttpRequest | None" = None,
) -> dict[str, Any]:
    """Load what was read; the same plan stands behind the dry run and the real one.

    With `expected`, the counts somebody has agreed to, a plan that has become another one is not carried out.
    `word` says which rows stay out and what has been decided about others.
    """
    if by is not None:
        access.require(by, access.Right.IMPORT_ROSTER)

    def compared() -> Plan:
        return compare(reading=reading, township=township, branch=branch, by=by, today=today, word=word)

    if dry_run or not _is_ok(reading, word):
        plan = compared()
        return report.of_plan(name, report.REFUSED if plan.errors else report.DRY_RUN, plan)
    try:
        with tree_write(lambda: roots_to_lock(reading, township, branch)):
            plan = compared()
            if plan.errors:
                return report.of_plan(name, report.REFUSED, plan)
            if plan.changes_nothing:
                return report.of_plan(name, report.UNCHANGED, plan)
            if expected is not None and plan.counts() != expected:
                return report.of_plan(name, report.DRY_RUN, plan)
            with history.action(by=by, title="导入花名册", reason=name, township=township) as acting:
                write(plan, by=by, reason=f"导入 {name}", today=today)
            entry = report.of_plan(name, report.APPLIED, plan)
            entry["action"] = acting.pk
            _record(entry, by=by, township=township, request=request)
            return entry
    except ValidationError as why:
        return report.refusal(name, "".join(why.messages))
    except IntegrityError:
        return report.refusal(name, CLASH)


def compare(
    *,
    reading: RosterReading,
    township: Township,
    branch: str,
    by: "User | None",
    today: date,
    word: Word = NO_WORD,
) -> Plan:
    """What loading would do, as far as `by` may do it; the dry run and the real run both ask here."""
    return make_plan(
        reading,
        township=township,
        branch=branch,
        today=today,
        may_load=lambda target: _why_not(by, target),
        word=word,
    )


def _is_ok(reading: RosterReading, word: Word) -> bool:
    return all((problem.sheet, problem.row) in word.left_out for problem in reading.errors)


def _why_not(by: "User | None", target: Target) -> str:
    """Why this account may not load into that organisation; commands act for the whole office."""
    if by is None:
        return ""
    if target.node is not None:
        return "" if access.may_edit(by, target.node) else f"您只能导入本村的花名册，表中有“{target.name}”。"
    if access.scope_of(by).whole_township:
        return ""
    return f"系统里没有“{target.name}”，新建党组织请联系乡党政办。"


def _record(
    entry: dict[str, Any], *, by: "User | None", township: Township, request: "HttpRequest | None"
) -> None:
    new = sum(counts["new"] for counts in entry["counts"].values())
    changed = sum(counts["changed"] for counts in entry["counts"].values())
    closed = sum(counts["closed"] for counts in entry["counts"].values())
    audit.record(
        by=by,
        deed=Deed.IMPORT,
        target=f"花名册 {entry['file']}",
        rows=sum(sheet["rows"] for sheet in entry["sheets"]),
        note=f"{entry['branch']}：新增{new}，更改{changed}，注销{closed}",
        request=request,
        township=township,
    )
