"""Reports as their pages show them: what is typed, and its numbers then and now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from reports.choices import FILED_STATES, ReportLevel
from reports.filing.queries import Whole, live_sheet, snapshots_of, whole_township
from reports.models import Campaign, Filing, TownReport
from reports.written.layout import prompts
from reports.written.numbers import of_township, of_village
from reports.written.starting import starting_text
from reports.written.words import filled, used

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Change:
    """A word whose number is no longer what it was when the text was saved."""

    word: str
    before: str
    now: str


@dataclass(frozen=True)
class Draft:
    """A report being written. What is typed is never touched: words in braces are filled when it is shown."""

    typed: str
    saved: Mapping[str, str]  # numbers as the writer last saw them; empty before the first save
    now: Mapping[str, str]

    @property
    def shown(self) -> str:
        """The text with the numbers last seen."""
        return filled(self.typed, {**self.now, **self.saved})

    @property
    def changes(self) -> list[Change]:
        """What has changed since then."""
        return [
            Change(word, self.saved[word], self.now[word])
            for word in used(self.typed)
            if word in self.saved and word in self.now and self.saved[word] != self.now[word]
        ]

    @property
    def prompts(self) -> list[str]:
        """Lines of the template still to be replaced."""
        return prompts(self.typed)


def village_draft(filing: Filing, *, on: date) -> Draft:
    """A village's report with its numbers as the rosters stand."""
    campaign = filing.campaign
    now = of_village(live_sheet(filing, 1, on=on), campaign=campaign, unit=filing.root.name)
    if filing.report_text:
        return Draft(filing.report_text, filing.report_numbers, now)
    return Draft(starting_text(campaign.township, campaign.year, ReportLevel.VILLAGE), {}, now)


def is_sent(filing: Filing) -> bool:
    """True when what counts is the frozen text."""
    return filing.state in FILED_STATES


def village_text(filing: Filing, *, on: date) -> str:
    """What a village's report says: frozen once submitted, else as its page shows it."""
    if is_sent(filing):
        last = snapshots_of(filing).first()
        return last.report_text if last else ""
    return village_draft(filing, on=on).shown


# --- the township -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TownDraft:
    """The office's report, and the filings that its numbers come from."""

    draft: Draft
    whole: Whole
    with_group: bool


def has_town_report(campaign: Campaign) -> bool:
    """True when the office has written one."""
    return TownReport.objects.filter(campaign=campaign).exclude(text="").exists()


def town_draft(user: "User | Any", campaign: Campaign, *, on: date) -> TownDraft:
    """The township's report with its numbers from the accepted filings."""
    whole = whole_township(user, campaign, on=on)
    now = of_township(whole.snapshots, campaign=campaign)
    report = TownReport.objects.filter(campaign=campaign).first()
    if report is not None and report.text:
        return TownDraft(Draft(report.text, report.numbers, now), whole, report.with_group)
    text = starting_text(campaign.township, campaign.year, ReportLevel.TOWNSHIP)
    return TownDraft(Draft(text, {}, now), whole, with_group=False)
