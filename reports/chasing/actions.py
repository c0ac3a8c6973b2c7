"""Chasing villages: at most once a day each, by the office, on record."""

from collections.abc import Sequence
from datetime import date

from django.utils.timezone import localtime

from grids import access
from grids.actions.refusals import in_words
from reports.chasing.queries import Debtor
from reports.models import Campaign, Chase
from township import audit
from township.choices import Deed
from township.lifecycle import NotAllowed
from township.models import User


def chase(*, campaign: Campaign, debtor: Debtor, by: User, today: date) -> Chase:
    """Remind one village. Raises NotAllowed when somebody has done so today."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    if debtor.today and debtor.last is not None:
        raise NotAllowed(chased_words(debtor.last))
    return _chase(campaign, debtor, by, today)


def chase_all(*, campaign: Campaign, debtors: Sequence[Debtor], by: User, today: date) -> list[Chase]:
    """Remind every village that has not been reminded today."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    return [_chase(campaign, one, by, today) for one in debtors if not one.today]


@in_words("今天已经催办过这个村。")
def _chase(campaign: Campaign, debtor: Debtor, by: User, today: date) -> Chase:
    made = Chase.objects.create(
        campaign=campaign, root=debtor.line.root, on=today, owes="；".join(debtor.owes)[:300], by=by
    )
    audit.record(by=by, deed=Deed.CREATE, target=f"催办：{debtor.line.root}", note=made.owes)
    return made


def chased_words(last: Chase) -> str:
    """Who has chased the village today, and when."""
    return f"{last.root}今天 {localtime(last.at):%H:%M} 已由{last.by.full_name}催办过，一个村一天催一次。"
