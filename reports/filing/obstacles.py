"""What stands between a village and its submission: ✖ to be mended, ! to be explained, and explanations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reports.filing.checks.findings import Finding
from reports.filing.checks.queries import last_accepted
from reports.filing.checks.running import blocking, run, to_explain
from reports.filing.frozen import Frozen
from reports.models import CheckNote, Filing

# Where a holder's explanation is printed: annex, the hidden column that names the holder, the remark column.
HOLDER_CODES = ((4, "member_code"), (3, "hub_code"))


@dataclass(frozen=True)
class Obstacles:
    """The cross-checks of one village, sorted by what is to be done."""

    blocking: Sequence[Finding]
    unexplained: Sequence[Finding]
    explained: Sequence[tuple[Finding, CheckNote]]

    @property
    def count(self) -> int:
        """How many places forbid submitting."""
        return len(self.blocking) + len(self.unexplained)


def obstacles(filing: Filing, *, on: date) -> Obstacles:
    """All of it as things stand."""
    campaign = filing.campaign
    previous = last_accepted(campaign.township_id, filing.root)
    findings = run(campaign.township_id, filing.root, on=on, previous=previous, year=campaign.year)
    notes = {(note.rule, note.subject): note for note in filing.check_notes.all()}
    asked = [(finding, notes.get((finding.check.code, finding.subject))) for finding in to_explain(findings)]
    return Obstacles(
        blocking(findings),
        [finding for finding, note in asked if note is None],
        [(finding, note) for finding, note in asked if note is not None],
    )


def with_explanations(sheets: Mapping[str, Frozen], filing: Filing) -> dict[str, Frozen]:
    """The tables with each explanation in 备注, at the first row of whom it is about."""
    told = {note.subject: note.text for note in filing.check_notes.all()}
    found = dict(sheets)
    for number, code in HOLDER_CODES:
        found[str(number)] = _explained(sheets[str(number)], code, dict(told))
    return found


def _explained(frozen: Frozen, code: str, told: dict[str, str]) -> Frozen:
    keys = [column["key"] for column in frozen["columns"]]
    holder, remark = keys.index(code), keys.index("remark")
    rows = []
    for row in frozen["rows"]:
        text = told.pop(f"node:{row[holder]}", "")
        said = [part for part in (row[remark], f"说明：{text}" if text else "") if part]
        rows.append([*row[:remark], "；".join(said), *row[remark + 1 :]])
    return {**frozen, "rows": rows}
