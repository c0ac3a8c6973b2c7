"""勾稽检查: which rule holds in which village, and each finding one click from the page that mends it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from grids import access
from grids.kinds import ListColumn
from grids.models import Node
from grids.views.frames import export_query, page_of, wants_export, workbook
from reports.filing.checks.findings import Finding
from reports.filing.checks.forms import CheckFilter
from reports.filing.checks.queries import last_accepted
from reports.filing.checks.rules import BLOCK, CHECKS, HINT, WARN, Check
from reports.filing.checks.running import Tally, run, standings, tallies

COLUMNS = (
    ListColumn("weight", "轻重", "code"),
    ListColumn("rule", "规则"),
    ListColumn("village", "村（党组织）"),
    ListColumn("where", "所在"),
    ListColumn("text", "问题", "name"),
    ListColumn("clause", "条款", "code"),
)


@dataclass(frozen=True)
class Cell:
    """One rule in one village."""

    check: Check
    tallies: Sequence[Tally]


@dataclass(frozen=True)
class Line:
    """One village with its rules; without a number the township as a whole."""

    pk: int | None
    name: str
    cells: Sequence[Cell]
    total: Sequence[Tally]


@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """The table of villages and rules for the office, the findings, and how each rule stands."""
    access.require(request.user, access.Right.EXPORT_ROSTER)
    bar = CheckFilter(request.GET, user=request.user)
    root = None if bar.whole_township else _own(request)
    if root is None and not bar.whole_township:
        return render(request, "reports/checks/not_whole.html")
    township_id = access.scope_of(request.user).township_id or 0
    previous = last_accepted(township_id, root)
    found = run(township_id, root, on=localdate(), previous=previous)
    wanted = bar.severities()
    weighed = [one for one in found if one.severity in wanted]
    listed = [one for one in weighed if _asked(bar, one)]
    if wants_export(request):
        return workbook(request, "勾稽检查", COLUMNS, [_cells(one) for one in listed])
    village = bar.pk("village")
    context = {
        "filter_form": bar,
        "tallies": tallies(one for one in found if village is None or one.root_id == village),
        "must": any(one.severity in (BLOCK, WARN) for one in found),
        "columns": _columns(weighed),
        "lines": _lines(weighed) if bar.whole_township else [],
        "village": village,
        "show": bar.text("show"),
        "page_obj": page_of(request, listed),
        "standings": standings(
            (one for one in found if village is None or one.root_id in (village, None)),
            compared=bool(previous),
        ),
        "export_query": export_query(request),
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "hints": sum(1 for one in found if one.severity == HINT),
    }
    return render(request, "reports/checks/checks.html", context)


def _own(request: HttpRequest) -> Node | None:
    """The top organisation a secretary sees whole; the secretary of one branch of a 党总支 has none."""
    roots = Node.objects.visible_to(request.user).filter(parent=None, closed_on=None)
    return roots.order_by("position", "pk").first()


def _asked(bar: CheckFilter, finding: Finding) -> bool:
    village, rule = bar.pk("village"), bar.text("rule")
    return (village is None or finding.root_id == village) and (not rule or finding.check.code == rule)


def _columns(found: Iterable[Finding]) -> list[Check]:
    """Only rules that found something: nineteen columns fit no screen."""
    codes = {one.check.code for one in found}
    return [check for check in CHECKS if check.code in codes]


def _lines(found: list[Finding]) -> list[Line]:
    """Villages with findings, the worst first."""
    by_root: dict[int | None, list[Finding]] = {}
    for one in found:
        by_root.setdefault(one.root_id, []).append(one)
    shown = _columns(found)

    def weight(line: tuple[int | None, list[Finding]]) -> tuple[int, ...]:
        return tuple(-sum(1 for one in line[1] if one.severity == code) for code in (BLOCK, WARN, HINT))

    return [
        Line(root, rows[0].root_name, _rules(shown, rows), tallies(rows))
        for root, rows in sorted(by_root.items(), key=weight)
    ]


def _rules(shown: Sequence[Check], rows: list[Finding]) -> list[Cell]:
    by_rule: dict[str, list[Finding]] = {check.code: [] for check in shown}
    for one in rows:
        by_rule[one.check.code].append(one)
    return [Cell(check, tallies(by_rule[check.code])) for check in shown]


def _cells(finding: Finding) -> dict[str, str]:
    return {
        "weight": f"{finding.weight.sign} {finding.weight.title}",
        "rule": f"{finding.check.number} {finding.check.title}",
        "village": finding.root_name,
        "where": finding.spot.where,
        "text": finding.text,
        "clause": finding.check.clause,
    }
