"""A report on its way out: as Word or PDF, with its number and its line in the log of exports."""

from dataclasses import replace
from datetime import date

from django.http import HttpRequest
from django.utils.timezone import localdate

from reports.annexes.actions import watermark
from reports.annexes.files import safe_name
from reports.choices import Acceptance
from reports.exportlog.actions import Issued, Leaving, issue
from reports.filing.queries import current_campaign
from reports.models import Campaign, ExportBatch, Filing, Snapshot
from reports.written import files, papers, queries
from reports.written.layout import Paper
from township.models import User

TABLE = "书面材料"


def send(paper: Paper, leaving: Leaving, *, by: User, request: HttpRequest | None = None) -> Issued:
    """The file; whether it is a draft is read off the paper."""
    acceptance = Acceptance.DRAFT if paper.draft else Acceptance.ACCEPTED
    asked = replace(leaving, acceptance=acceptance)
    return issue(asked, files.maker(paper, leaving.format), by=by, request=request)


def of_village(filing: Filing, text: str, suffix: str, *, on: date, by: User) -> tuple[Paper, Leaving]:
    """A village's report: frozen once submitted, a marked draft before."""
    paper = papers.village_paper(filing, text, on=on, marked=watermark(by))
    return paper, _leaving(filing.campaign, suffix, filing=filing, more="草稿" if paper.draft else "")


def of_snapshot(snapshot: Snapshot, suffix: str, *, by: User) -> tuple[Paper, Leaving]:
    """The report as it was submitted, however the rosters have gone on."""
    filing = snapshot.filing
    paper = papers.snapshot_paper(snapshot, marked=watermark(by))
    leaving = _leaving(filing.campaign, suffix, filing=filing, more=f"第{snapshot.number}次上报")
    return paper, replace(leaving, snapshot=snapshot, note=f"上报快照 {snapshot.sha256[:12]}")


def of_township(campaign: Campaign, suffix: str, *, on: date, by: User) -> tuple[Paper, Leaving]:
    """The office's own, a marked draft while a village is missing."""
    found = queries.town_draft(by, campaign, on=on)
    paper = papers.town_paper(by, campaign, found, on=on, marked=watermark(by))
    leaving = _leaving(campaign, suffix, more="草稿" if paper.draft else "")
    return paper, replace(leaving, note=f"{len(found.whole.snapshots)} 个村已接收")


def for_batch(batch: ExportBatch, place: int | None, suffix: str, *, on: date) -> Issued | None:
    """The report of a village (or of the office) for a zip; None where nothing is written."""
    by = batch.user
    campaign = current_campaign(by, on=on)
    if campaign is None:
        return None
    if place is None:
        if not queries.has_town_report(campaign):
            return None
        paper, leaving = of_township(campaign, suffix, on=on, by=by)
    else:
        filing = Filing.objects.visible_to(by).filter(campaign=campaign, root_id=place).first()
        text = queries.village_text(filing, on=on) if filing and filing.report_text else ""
        if filing is None or not text:
            return None
        paper, leaving = of_village(filing, text, suffix, on=on, by=by)
    return send(paper, replace(leaving, batch=batch, purpose=batch.purpose), by=by)


def _leaving(campaign: Campaign, suffix: str, *, filing: Filing | None = None, more: str = "") -> Leaving:
    place = filing.root.name if filing else ""
    name = safe_name(campaign.township.name, place, TABLE, f"{localdate():%Y%m%d}", more, suffix=suffix)
    root = filing.root if filing else None
    return Leaving(campaign.township, name, TABLE, suffix, rows=0, organisation=root)
