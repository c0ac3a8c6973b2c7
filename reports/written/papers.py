"""Reports ready to be set: whose, of what day, and whether the pages are marked as a draft."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from reports.choices import ACCEPTED_STATES, Acceptance
from reports.filing.acceptance import mark_of
from reports.filing.rules import EDITABLE
from reports.models import Campaign, Filing, Snapshot
from reports.records.queries import leading_group
from reports.records.sheets import GROUP_COLUMNS, group_sheet
from reports.written.layout import Appendix, Paper, blocks_of
from reports.written.queries import TownDraft
from township import days

if TYPE_CHECKING:
    from township.models import User


def village_paper(filing: Filing, text: str, *, on: date, marked: str) -> Paper:
    """Ready to be set; dated by its submission. `marked` stands on every page until it is accepted."""
    day = filing.submitted_on if filing.state not in EDITABLE and filing.submitted_on else on
    draft = "" if filing.state in ACCEPTED_STATES else mark_of(Acceptance.DRAFT, marked)
    return Paper(blocks_of(text), filing.root.name, days.in_words(day), draft)


def snapshot_paper(snapshot: Snapshot, *, marked: str) -> Paper:
    """What was submitted then; only the last one of an accepted filing is no draft."""
    filing = snapshot.filing
    latest = not filing.snapshots.filter(number__gt=snapshot.number).exists()
    taken = latest and filing.state in ACCEPTED_STATES
    draft = "" if taken else mark_of(Acceptance.DRAFT, marked)
    day = days.in_words(localdate(snapshot.taken_at))
    return Paper(blocks_of(snapshot.report_text), filing.root.name, day, draft)


def town_paper(user: "User | Any", campaign: Campaign, found: TownDraft, *, on: date, marked: str) -> Paper:
    """Ready to be set; a draft while a village is missing."""
    draft = f"草稿（还缺{len(found.whole.missing)}个村） {marked}" if found.whole.missing else ""
    return Paper(
        blocks_of(found.draft.shown),
        campaign.title_name,
        days.in_words(on),
        draft,
        _leading_group(user, campaign) if found.with_group else None,
    )


def _leading_group(user: "User | Any", campaign: Campaign) -> Appendix | None:
    members = list(leading_group(user, campaign.year))
    if not members:
        return None
    sheet = group_sheet(members, title_name=campaign.title_name, year=campaign.year)
    shown = GROUP_COLUMNS[:-1]
    rows: Sequence[Sequence[str]] = [[str(cell or "") for cell in row[:-1]] for row in sheet.read()]
    return Appendix(sheet.title, [column.title for column in shown], rows, [column.width for column in shown])
