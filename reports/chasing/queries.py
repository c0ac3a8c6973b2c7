"""Who owes what in a campaign, who was chased when, and what of it waits for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from grids.access import scope_of, sees_full_phone
from grids.queries.counts import Holder, holders
from reports.chasing.rules import owed
from reports.filing.checks.tallies import Tallies
from reports.filing.queries import FilingLine
from reports.models import Campaign, Chase, FilingEvent
from township.masks import mask_phone

if TYPE_CHECKING:
    from township.models import User


def chased_on(campaign: Campaign, on: date) -> Mapping[int, Chase]:
    """The day's chases by village: one query."""
    rows = Chase.objects.filter(campaign=campaign, on=on).select_related("by")
    return {row.root_id: row for row in rows}


@dataclass(frozen=True)
class Debtor:
    """One village that has not filed: what it still owes, whom to call, and the last chase."""

    line: FilingLine
    owes: Sequence[str]
    people: Sequence[Holder]  # phones as the user may see them
    last: Chase | None
    today: bool  # chased today

    @property
    def phones(self) -> str:
        """The numbers to call."""
        return "、".join(person.phone for person in self.people if person.phone)


def debtors(
    user: "User | Any",
    campaign: Campaign,
    villages: Sequence[FilingLine],
    tallies: Tallies,
    gaps: Mapping[int, int],
    *,
    on: date,
) -> list[Debtor]:
    """Every village that has not filed, in the order of the document; two queries."""
    missing = [line for line in villages if not line.is_in]
    pks = [line.root.pk for line in missing]
    people, last = secretaries(user, pks, on=on), _last_chases(campaign, pks)
    return [
        Debtor(
            line,
            owed(line.state if line.filing else "", has_report=line.has_report,
                 tally=tallies.of(line.root.pk), gaps=gaps.get(line.root.pk, 0)),
            people.get(line.root.pk, ()),
            chase := last.get(line.root.pk),
            chase is not None and chase.on == on,
        )
        for line in missing
    ]  # fmt: skip


def secretaries(user: "User | Any", root_ids: Sequence[int], *, on: date) -> Mapping[int, Sequence[Holder]]:
    """Who answers for each village, phones as the user may see them: one query."""
    return {
        root: people if sees_full_phone(user, root) else [_masked(one) for one in people]
        for root, people in holders(root_ids, on=on).items()
    }


def _masked(person: Holder) -> Holder:
    return Holder(person.person_id, person.name, mask_phone(person.phone))


def _last_chases(campaign: Campaign, root_ids: Sequence[int]) -> Mapping[int, Chase]:
    newest = (
        Chase.objects.filter(campaign=campaign, root_id__in=root_ids)
        .order_by()
        .values("root_id")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    return {row.root_id: row for row in Chase.objects.filter(pk__in=newest).select_related("by")}


def chases(user: "User | Any", campaign: Campaign) -> QuerySet[Chase]:
    """The log of a campaign, the newest first."""
    return Chase.objects.visible_to(user).filter(campaign=campaign).select_related("root", "by")


def open_chases(user: "User | Any") -> QuerySet[Chase]:
    """Chases of the user's own villages that have not filed since: their messages."""
    filed = FilingEvent.objects.filter(
        filing__campaign=OuterRef("campaign"),
        filing__root=OuterRef("root"),
        step="submit",
        at__gt=OuterRef("at"),
    )
    return (
        Chase.objects.visible_to(user)
        .filter(~Exists(filed), root_id__in=scope_of(user).edits)
        .select_related("root", "by", "campaign")
    )
