"""Volunteer stations still missing, and how far they have come by the day they are due."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from grids import access
from grids.choices import BranchSetting
from grids.models import Node
from services.models import VolunteerPoint
from services.teams.rules import STATIONS_DUE, days_to

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Progress:
    """Stations built of those due, and the days left."""

    done: int
    due: int
    left: int

    @property
    def state(self) -> str:
        """'done' with all of them, 'late' after the day, else 'open'."""
        return "done" if self.done >= self.due else "late" if self.left < 0 else "open"

    @property
    def day(self) -> str:
        """9月30日."""
        month, day = STATIONS_DUE
        return f"{month}月{day}日"


def _villages(user: "User | Any") -> Any:
    rows = Node.objects.visible_to(user).filter(parent=None, closed_on=None)
    return rows.filter(branch_profile__setting=BranchSetting.VILLAGE).order_by("position", "pk")


def _built(on: date) -> QuerySet[VolunteerPoint]:
    return VolunteerPoint.objects.filter(root__isnull=False, opened_on__lte=on)


def without_station(user: "User | Any", *, on: date) -> list[tuple[Node, int | None]]:
    """Villages that have built none, each with the station that is entered already."""
    rows = list(_villages(user).exclude(pk__in=_built(on).values("root_id")))
    begun = dict(VolunteerPoint.objects.filter(root__in=rows).values_list("root_id", "pk"))
    return [(village, begun.get(village.pk)) for village in rows]


def progress(user: "User | Any", *, on: date) -> Progress:
    """How many villages have built theirs."""
    villages = _villages(user).order_by()
    built = _built(on).filter(root__in=villages.values("pk"))
    return Progress(built.count(), villages.count(), days_to(STATIONS_DUE, on))


def centre(user: "User | Any") -> VolunteerPoint | None:
    """The township's one centre."""
    township = access.scope_of(user).township_id or 0
    return VolunteerPoint.objects.filter(township_id=township, root=None).first()
