"""Cells of the matrix of villages and forms: sign, words, and the page of the record or its first problem."""

from dataclasses import dataclass

from django.urls import reverse

from reports.filing.checks.rules import BLOCK, WARN
from reports.filing.checks.tallies import VillageTally
from reports.filing.queries import FILED, FilingLine
from services.notices.choices import Notice
from services.notices.queries.register import Progress

OK, BAD, ASK, NONE = "✔", "✖", "!", "·"


@dataclass(frozen=True)
class Cell:
    """One form of one village. The sign and the words say it; the colour only repeats it."""

    column: str
    sign: str
    words: str
    url: str = ""

    @property
    def look(self) -> str:
        """The badge's class."""
        return {OK: "state-done", BAD: "state-error", ASK: "state-warning"}.get(self.sign, "state-draft")

    @property
    def text(self) -> str:
        """The cell as it is exported."""
        return f"{self.sign} {self.words}"


def structure(root: int, gaps: int) -> Cell:
    """What of the tree is missing."""
    if gaps:
        return Cell("结构", BAD, f"缺 {gaps}", f"{reverse('grids:gaps')}?village={root}")
    return Cell("结构", OK, "齐全", f"{reverse('grids:tree')}?village={root}&depth=grid")


def annexes(line: FilingLine, tally: VillageTally | None) -> list[Cell]:
    """The four annexes: filed, or what stands in their way."""
    return [_annex(line, number, tally.of(number) if tally else None) for number in FILED]


def _annex(line: FilingLine, number: int, tally: VillageTally | None) -> Cell:
    column = f"附件{number}"
    if line.is_in and line.filing:
        return Cell(column, OK, "已报", line.filing.get_absolute_url())
    if tally is None:
        return Cell(column, NONE, "未核对", checks_url(line.root.pk))
    if not tally.broken:
        return Cell(column, OK, "可报", f"{reverse('reports:annex', args=[number])}?root={line.root.pk}")
    first = tally.first()
    if tally.block:
        return Cell(column, BAD, f"错 {tally.block}", checks_url(line.root.pk, BLOCK, first.rule))
    return Cell(column, ASK, f"待说明 {tally.warn}", checks_url(line.root.pk, WARN, first.rule))


def checks_url(root: int, severity: str = "", rule: str = "") -> str:
    """勾稽检查 of a village, at one rule where one is named."""
    query = "".join(f"&{name}={value}" for name, value in (("rule", rule), ("show", severity)) if value)
    return f"{reverse('reports:checks')}?village={root}{query}#findings"


def report(line: FilingLine) -> Cell:
    """The written report (R75)."""
    if line.filing is None:
        return Cell("书面材料", BAD, "未写", reverse("reports:filings"))
    url = reverse("reports:filing_report", args=[line.filing.pk])
    if line.has_report:
        return Cell("书面材料", OK, "已报" if line.is_in else "已写", url)
    return Cell("书面材料", BAD, "未写", url)


def plate(root: int, progress: Progress | None) -> Cell:
    """标识牌: how many hubs have theirs hung."""
    return _progress("标识牌", progress, signs_url(Notice.PLATE, root))


def board(root: int, progress: Progress | None) -> Cell:
    """公示牌: how many grids have theirs hung."""
    return _progress("公示牌", progress, signs_url(Notice.BOARD, root))


def signs_url(notice: str, root: int) -> str:
    """The register of boards or plates of a village."""
    return f"{reverse('services:signs', args=[notice])}?village={root}"


def _progress(column: str, progress: Progress | None, url: str) -> Cell:
    if progress is None or not progress.due:
        return Cell(column, NONE, "无", url)
    whole = progress.hung >= progress.due
    return Cell(column, OK if whole else NONE, f"{progress.hung}/{progress.due}", url)


def problems(root: int, tally: VillageTally | None) -> list[Cell]:
    """What the cross-checks find in all annexes: ✖ to be mended, ! to be explained."""
    if tally is None:
        return [Cell("问题", NONE, "未核对", checks_url(root))]
    found = []
    if tally.block:
        found.append(Cell("问题", BAD, str(tally.block), checks_url(root, BLOCK)))
    if tally.warn:
        found.append(Cell("问题", ASK, str(tally.warn), checks_url(root, WARN)))
    return found or [Cell("问题", OK, "0", checks_url(root))]
