"""我还差什么: what a village still owes for its filing, each thing with the page that mends it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from grids.access import scope_of
from reports.chasing.queries import open_chases
from reports.choices import FilingState
from reports.cockpit.cells import ASK, BAD, NONE, checks_url, signs_url
from reports.cockpit.rules import NOT_BEGUN, TURNS
from reports.filing.checks.queries import last_accepted
from reports.filing.checks.rules import BLOCK, BY_CODE, WARN
from reports.filing.checks.running import run
from reports.filing.checks.tallies import VillageTally, count
from reports.filing.queries import FilingLine
from reports.filing.rules import EDITABLE
from reports.models import Chase, CheckNote
from services.notices.choices import Notice
from services.notices.queries.register import Hung

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Owed:
    """One thing still to be done; `post`: its page is opened by a button."""

    sign: str
    text: str
    url: str
    repair: str
    post: bool = False

    @property
    def look(self) -> str:
        """The badge's class."""
        return {BAD: "state-error", ASK: "state-warning"}.get(self.sign, "state-draft")


@dataclass(frozen=True)
class OwnFiling:
    """One village's filing as its secretary sees it on the home page."""

    line: FilingLine
    owed: Sequence[Owed]
    chases: Sequence[Chase]
    turn: str
    look: str


def own_filings(
    user: "User | Any", villages: Iterable[FilingLine], *, hung: Hung, on: date
) -> Mapping[int, OwnFiling]:
    """The filings of villages the user may edit, by village; others see no filing."""
    own = [line for line in villages if line.root.pk in scope_of(user).edits]
    if not own:
        return {}
    chases = list(open_chases(user))
    return {
        line.root.pk: OwnFiling(
            line,
            [*_filing(line, on), *_signs(line, hung)],
            [one for one in chases if one.root_id == line.root.pk],
            *(TURNS[FilingState(line.state)] if line.filing else NOT_BEGUN),
        )
        for line in own
    }


def _filing(line: FilingLine, on: date) -> list[Owed]:
    """Nothing while it lies with the office."""
    if line.is_in:
        return []
    return [_step(line), *_report(line), *_checks(line, _tally(line, on))]


def _step(line: FilingLine) -> Owed:
    if line.filing is None:
        begin = reverse("reports:filing_begin", args=[line.root.pk])
        return Owed(BAD, "附件1至4还没有开始填报", begin, "开始填报", post=True)
    url = line.filing.get_absolute_url()
    if line.state == FilingState.RETURNED:
        return Owed(BAD, "附件1至4被退回，改好以后重新上报", f"{url}#comments", "看批注")
    if line.state == FilingState.REVIEWED:
        return Owed(BAD, "附件1至4书记已审，还没有上报", url, "去上报")
    return Owed(BAD, "附件1至4还没有上报", url, "打开上报")


def _report(line: FilingLine) -> list[Owed]:
    if line.has_report:
        return []
    if line.filing is None:
        return [Owed(BAD, "书面材料还没有写（开始填报以后写）", "", "")]
    return [Owed(BAD, "书面材料还没有写", reverse("reports:filing_report", args=[line.filing.pk]), "去写")]


def _tally(line: FilingLine, on: date) -> VillageTally:
    root = line.root
    findings = run(root.township_id, root, on=on, previous=last_accepted(root.township_id, root))
    notes = CheckNote.objects.filter(filing=line.filing) if line.filing else CheckNote.objects.none()
    explained = notes.values_list("filing__root_id", "rule", "subject")
    return count(findings, explained).get(root.pk, VillageTally())


def _checks(line: FilingLine, tally: VillageTally) -> list[Owed]:
    """✖ first, then ! rule by rule."""
    pk, filing = line.root.pk, line.filing
    mend = [
        Owed(BAD, f"{_title(one.rule)}：{one.block} 处须改正", checks_url(pk, BLOCK, one.rule), "去改")
        for one in tally.broken
        if one.block
    ]
    told = filing is not None and filing.state in EDITABLE
    explain = [
        Owed(
            ASK,
            f"{_title(one.rule)}：{one.warn} 处要改正或写说明",
            f"{filing.get_absolute_url()}#obstacles" if told and filing else checks_url(pk, WARN, one.rule),
            "写说明" if told else "去看",
        )
        for one in tally.broken
        if one.warn
    ]
    return [*mend, *explain]


def _title(rule: str) -> str:
    return BY_CODE[rule].title


def _signs(line: FilingLine, hung: Hung) -> list[Owed]:
    """What does not hang yet."""
    return [
        *_waiting(Notice.BOARD, "公示牌：{} 个网格还没有挂", line.root.pk, hung),
        *_waiting(Notice.PLATE, "标识牌：{} 个中心户（示范岗）还没有挂", line.root.pk, hung),
    ]


def _waiting(notice: str, words: str, root: int, hung: Hung) -> Iterator[Owed]:
    found = hung[notice].get(root)
    if found is not None and found.hung < found.due:
        url = f"{signs_url(notice, root)}&state=waiting"
        yield Owed(NONE, words.format(found.due - found.hung), url, "去登记")
