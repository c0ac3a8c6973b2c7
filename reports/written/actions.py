"""Writing a report, taking today's numbers into it, and the township's template."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from grids import access
from grids.actions.refusals import in_words
from reports.filing.actions import require_role
from reports.filing.rules import EDITABLE
from reports.models import Campaign, Filing, ReportTemplate, TownReport
from reports.written.queries import town_draft, village_draft
from reports.written.words import picked, tidied, unknown, used
from township import audit, history
from township.choices import Deed
from township.lifecycle import NotAllowed
from township.models import Township, User

_LOCKED = "已经审核或上报，不能再改书面材料；请先退回修改。"


def _checked(text: str) -> str:
    """The text with plain braces. Raises ValidationError that names every word that is none of ours."""
    plain = tidied(text)
    if refused := unknown(plain):
        raise ValidationError({"text": refused})
    return plain


def _numbers(text: str, now: Mapping[str, str]) -> dict[str, str]:
    return picked(now, used(text))


@transaction.atomic
@history.acts("修改书面材料")
def write_report(*, filing: Filing, text: str, on: date, by: User) -> Filing:
    """The written report (R75); its words are frozen as numbers with the tables when submitted."""
    require_role(by, filing.root)
    if filing.state not in EDITABLE:
        raise NotAllowed(_LOCKED)
    filing.report_text = _checked(text)
    return _stamp(filing, on=on, by=by)


@transaction.atomic
@history.acts("刷新书面材料里的数")
def refresh_report(*, filing: Filing, on: date, by: User) -> Filing:
    """Today's numbers for the words; what was typed stays letter by letter."""
    require_role(by, filing.root)
    if filing.state not in EDITABLE:
        raise NotAllowed(_LOCKED)
    return _stamp(filing, on=on, by=by)


def _stamp(filing: Filing, *, on: date, by: User) -> Filing:
    filing.report_numbers = _numbers(filing.report_text, village_draft(filing, on=on).now)
    return history.save(filing, by=by, reason="书面材料", fields=["report_text", "report_numbers"])


@in_words()
@history.acts("修改乡书面材料")
def write_town_report(*, campaign: Campaign, text: str, with_group: bool, on: date, by: User) -> TownReport:
    """The office's own report of a campaign."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    plain = _checked(text)
    row = TownReport.objects.filter(campaign=campaign).first() or TownReport(campaign=campaign)
    row.text, row.with_group = plain, with_group
    row.numbers = _numbers(plain, town_draft(by, campaign, on=on).draft.now)
    history.save(row, by=by, reason="乡书面材料")
    audit.record(by=by, deed=Deed.CHANGE, target=f"乡书面材料：{campaign}")
    return row


@transaction.atomic
@history.acts("刷新乡书面材料里的数")
def refresh_town_report(*, campaign: Campaign, on: date, by: User) -> None:
    """The numbers of the filings accepted by now."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    row = TownReport.objects.filter(campaign=campaign).first()
    if row is not None:
        row.numbers = _numbers(row.text, town_draft(by, campaign, on=on).draft.now)
        history.save(row, by=by, reason="乡书面材料", fields=["numbers"])


@in_words("模板刚被别人改过，请刷新后再保存。")
@history.acts("修改书面材料模板")
def write_template(*, township: Township, year: int, level: str, text: str, by: User) -> ReportTemplate:
    """What villages (or the office) begin with in a year; reports already written stay as they are."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    plain = _checked(text)
    found = ReportTemplate.objects.filter(township=township, year=year, level=level).first()
    row = found or ReportTemplate(township=township, year=year, level=level)
    row.text = plain
    row.full_clean()
    history.save(row, by=by, reason="书面材料模板")
    audit.record(by=by, deed=Deed.CHANGE, target=str(row))
    return row
