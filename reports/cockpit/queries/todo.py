"""待办: what waits for the user, each thing gone as soon as it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max, QuerySet
from django.urls import reverse

from grids.access import Right, may, scope_of
from liaison.bands.queries.listed import WAITING, waiting_count
from reports.chasing.queries import open_chases
from reports.choices import FilingState
from reports.cockpit.queries.coverage import waiting_uploads
from reports.models import Filing
from services.tickets.queries.lists import ESCALATED, escalated

if TYPE_CHECKING:
    from township.models import User

MOST_UPLOADS = 50


@dataclass(frozen=True)
class Todo:
    """One thing to do: what it is, what it says, and the page that settles it."""

    title: str
    note: str
    url: str
    at: datetime | None = None


def todos(user: "User | Any", *, on: date) -> list[Todo]:
    """Everything that waits, in a fixed number of queries."""
    return [
        *_chases(user),
        *_returned(user),
        *_reviews(user),
        *_errands(user, on),
        *_exceptions(user, on),
        *_uploads(user),
    ]


def todo_count(user: "User | Any") -> int:
    """What waits for a village's secretary, for the badge on every page: one query."""
    chased = open_chases(user).order_by().values("root_id").distinct()
    back = returned(user).order_by().values("root_id")
    return chased.union(back, all=True).count()


def returned(user: "User | Any") -> QuerySet[Filing]:
    """Filings of the user's own villages that were sent back."""
    return Filing.objects.visible_to(user).filter(
        state=FilingState.RETURNED, root_id__in=scope_of(user).edits
    )


def _chases(user: "User | Any") -> Iterator[Todo]:
    """The latest of each village."""
    told: set[int] = set()
    for row in open_chases(user):
        if row.root_id not in told:
            told.add(row.root_id)
            yield Todo(f"{row.by.full_name}催办：{row.root}", row.owes, reverse("reports:home"), row.at)


def _returned(user: "User | Any") -> Iterator[Todo]:
    for row in returned(user).select_related("root", "campaign").annotate(moved=Max("events__at")):
        url = f"{row.get_absolute_url()}#comments"
        yield Todo(f"{row.campaign}上报被退回：{row.root}", "看批注，改好以后重新上报", url, row.moved)


def _reviews(user: "User | Any") -> Iterator[Todo]:
    """What villages have sent in, for who accepts it."""
    if not may(user, Right.EDIT_TOWN_CONTACTS):
        return
    rows = Filing.objects.visible_to(user).filter(state=FilingState.SUBMITTED)
    for row in rows.select_related("root", "campaign").annotate(moved=Max("events__at")).order_by("moved"):
        yield Todo(f"{row.campaign}上报待审核：{row.root}", "接收或退回", row.get_absolute_url(), row.moved)


def _errands(user: "User | Any", on: date) -> Iterator[Todo]:
    """Errands so late that they are this user's to press."""
    if not may(user, Right.HANDLE_ERRANDS):
        return
    if n := escalated(user, on=on):
        url = f"{reverse('services:tickets')}?state={ESCALATED}"
        yield Todo(f"代办件逾期未办结：{n} 件", "催办，或请代办员说明", url)


def _exceptions(user: "User | Any", on: date) -> Iterator[Todo]:
    if not may(user, Right.EDIT_TOWN_CONTACTS):
        return
    if n := waiting_count(user, on=on):
        url = f"{reverse('liaison:exceptions')}?state={WAITING}"
        yield Todo(f"比例例外待认可：{n} 项", "认可或不认可", url)


def _uploads(user: "User | Any") -> Iterator[Todo]:
    if may(user, Right.IMPORT_ROSTER):
        for upload in waiting_uploads(user, MOST_UPLOADS):
            yield Todo(f"花名册待确认：{upload.file_name}", "还没有写入", upload.get_absolute_url())
