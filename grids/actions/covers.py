"""Which villager groups a grid covers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grids.models import GridCover, GridProfile, VillagerGroup
from township import history

if TYPE_CHECKING:
    from township.models import User


def cover(grid: GridProfile, lanes: Iterable[VillagerGroup], *, by: "User | None", reason: str = "") -> None:
    """Make these the villager groups of the grid; what comes and what goes is in the history."""
    wanted = {lane.pk for lane in lanes}
    held = {row.villager_group_id: row for row in GridCover.objects.filter(profile=grid)}
    going = [row for pk, row in held.items() if pk not in wanted]
    coming = [GridCover(profile=grid, villager_group_id=pk) for pk in sorted(wanted - held.keys())]
    history.remove_all(GridCover, going, by=by, reason=reason)
    history.create_all(GridCover, coming, by=by, reason=reason)
