"""What is spread out for one check or save: who works, where, the choices and the places, each read once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from grids import access
from grids.choices import Kind
from grids.models import GridCover, Node
from grids.queries import phones
from grids.queries.counts import KEY_OF
from grids.queries.places import is_village
from grids.registers.columns import Choices, RegisterColumn
from grids.registers.spots import Spot, spots_of

if TYPE_CHECKING:
    from township.models import User


@dataclass
class Desk:
    """One user at one place on one day."""

    user: "User | Any"
    place: Node
    today: date = field(default_factory=localdate)
    memory: dict[str, Any] = field(default_factory=dict)  # what a register reads once for all rows
    _options: dict[str, Choices] = field(default_factory=dict)

    @property
    def root_id(self) -> int:
        """The top organisation of the place."""
        return int(self.place.root_id)

    @cached_property
    def spots(self) -> dict[int, Spot]:
        """Places of the village that rows may hang under."""
        return spots_of(self.user, self.root_id)

    @cached_property
    def in_village(self) -> bool:
        """True unless the place belongs to an office, enterprise or school."""
        return is_village(self.root_id)

    @cached_property
    def sees_phones(self) -> bool:
        """True when phone numbers are shown whole."""
        return access.sees_full_phone(self.user, self.root_id)

    def phone(self, number: str) -> str:
        """A number as this user may see it."""
        return number if self.sees_phones else phones.masked(number)

    def options(self, column: RegisterColumn) -> Choices:
        """The choices of a column, made once."""
        if column.key not in self._options:
            self._options[column.key] = column.choices(self) if column.choices else Choices()
        return self._options[column.key]

    def name_of(self, pk: Any) -> str:
        """The name of a place that can't be chosen (any more)."""
        spot = self.spots.get(pk)
        return spot.name if spot else ""

    @property
    def inside(self) -> dict[str, int]:
        """The filter of nodes at or below the place, the root always in it."""
        found = {"root_id": self.root_id}
        if self.place.pk != self.root_id:
            found[KEY_OF[self.place.kind]] = self.place.pk
        return found

    @cached_property
    def group_of_grid(self) -> dict[int, Spot]:
        """Each grid's Party group."""
        return {
            spot.grid_id: spot for spot in self.spots.values() if spot.kind == Kind.GROUP and spot.grid_id
        }

    @cached_property
    def grid_of_lane(self) -> dict[int, int]:
        """The grid of each villager group that only one open grid of the village covers."""
        covers = GridCover.objects.filter(
            profile__node__root_id=self.root_id, profile__node__closed_on=None
        ).values_list("villager_group_id", "profile__node_id")
        grids: dict[int, set[int]] = defaultdict(set)
        for lane, grid in covers:
            grids[lane].add(grid)
        return {lane: next(iter(found)) for lane, found in grids.items() if len(found) == 1}
