"""Volunteer stations still missing, and how far they have come by the day they are due."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

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


def without_station(user: "User | Any") -> list[Node]:
    """Villages that have none entered."""
    held = VolunteerPoint.objects.filter(root__isnull=False).values("root_id")
    return list(_villages(user).exclude(pk__in=held))


def progress(user: "User | Any", *, on: date) -> Progress:
    """How many villages have built theirs."""
    villages = _villages(user).order_by()
    built = VolunteerPoint.objects.filter(root__in=villages.values("pk"), opened_on__lte=on)
    return Progress(built.count(), villages.count(), days_to(STATIONS_DUE, on))


def centre(user: "User | Any") -> VolunteerPoint | None:
    """The township's one centre."""
    township = access.scope_of(user).township_id or 0
    return VolunteerPoint.objects.filter(township_id=township, root=None).first()
