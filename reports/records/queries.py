"""What is on record: lists of 备案, which villages are through with it, and a year's leading group."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, When

from grids.models import Node, Person
from reports.choices import LeadingDuty, RecordKind
from reports.models import LeadingMember, RecordFiling

if TYPE_CHECKING:
    from township.models import User

# R74 三3: dividing and founding are put on record once, how it runs every year.
ONCE = (RecordKind.DIVIDING, RecordKind.FOUNDING)


def records(
    user: "User | Any", *, village: int | None = None, kind: str = "", year: str = "", withdrawn: bool = False
) -> QuerySet[RecordFiling]:
    """The list, the latest first; withdrawn ones only when they are asked for."""
    found = RecordFiling.objects.visible_to(user).select_related("root")
    if village is not None:
        found = found.filter(root_id=village)
    if kind:
        found = found.filter(kind=kind)
    if year:
        found = found.filter(filed_on__year=int(year))
    return found if withdrawn else found.filter(withdrawn_on=None)


def years(user: "User | Any") -> list[int]:
    """Years with something on record."""
    return [day.year for day in RecordFiling.objects.visible_to(user).dates("filed_on", "year", order="DESC")]


def roots_on_record(roots: Collection[int], *, year: int) -> QuerySet[Node]:
    """Villages with nothing of R74 left to put on record in a year."""
    standing = RecordFiling.objects.filter(root=OuterRef("pk"), withdrawn_on=None)
    once = [Exists(standing.filter(kind=kind, filed_on__year__lte=year)) for kind in ONCE]
    of_year = Exists(standing.filter(kind=RecordKind.RUNNING, filed_on__year=year))
    return Node.objects.filter(*once, of_year, pk__in=roots)


def places(user: "User | Any") -> QuerySet[Node]:
    """Top organisations the user may write for."""
    rows = Node.objects.open().editable_by(user).filter(parent__isnull=True)
    return rows.order_by("position", "pk")


# --- the leading group ------------------------------------------------------------------------------

_RANK = Case(
    *(When(duty=duty, then=number) for number, duty in enumerate(LeadingDuty.values)),
    output_field=IntegerField(),
)


def leading_group(user: "User | Any", year: int, *, left: bool = False) -> QuerySet[LeadingMember]:
    """Who sits in it, by duty and order; or who has left it."""
    rows = LeadingMember.objects.visible_to(user).filter(year=year, left_on__isnull=not left)
    return rows.select_related("person__root").order_by(_RANK, "position", "pk")


def leading_years(user: "User | Any") -> list[int]:
    """Years with a leading group, the latest first."""
    rows = LeadingMember.objects.visible_to(user).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def person_of(township_id: int, name: str) -> Person | None:
    """The person of that very name where there is only one; the township's own come first."""
    found = list(Person.objects.filter(township_id=township_id, name=name, merged_into=None)[:20])
    own = [one for one in found if one.root_id is None]
    one = own or found
    return one[0] if len(one) == 1 else None
