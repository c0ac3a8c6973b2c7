"""The open places of some villages as plain rows, so that a change can be tried on paper before it is made.

A shape is read once in nine queries. `changed` gives another shape with rows hung elsewhere, added or gone;
its numbers are counted from the parents alone, as counts.py counts them from the stored keys.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from hashlib import sha256

from grids.choices import BranchSetting, Kind, Role
from grids.models import BranchProfile, HubProfile, MemberProfile, Node, Post
from grids.queries.ability import unable
from grids.queries.bands import Yardstick, yardstick
from grids.queries.counts import Counts
from grids.queries.marks import Mark, marks_for

FIELDS = tuple(f.name for f in fields(Counts))
COUNTED: Mapping[str, str] = {
    Kind.BRANCH: "branches",
    Kind.GRID: "grids",
    Kind.GROUP: "groups",
    Kind.HUB: "hubs",
    Kind.MEMBER: "members",
    Kind.HOUSEHOLD: "households",
}


@dataclass(frozen=True)
class Spot:
    """One open place: its number (below zero while it is only planned), parent, kind and name."""

    pk: int
    parent: int | None
    kind: str
    name: str

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(Kind(self.kind).label)

    @property
    def is_planned(self) -> bool:
        """True while it is not in the database."""
        return self.pk < 0


@dataclass(frozen=True)
class Facts:
    """What bands and gaps need beside the rows."""

    led: frozenset[int] = frozenset()  # Party groups with a leader
    served: Mapping[int, int | None] = field(default_factory=dict)  # hubs: households on their plate
    absent: frozenset[int] = frozenset()  # members who take no households
    outside: frozenset[int] = frozenset()  # top organisations of offices, enterprises, schools
    measure: Yardstick = field(default_factory=Yardstick)


@dataclass(frozen=True)
class Shape:
    """All open places of some villages, by number."""

    spots: Mapping[int, Spot]
    facts: Facts = field(default_factory=Facts)

    @cached_property
    def children(self) -> Mapping[int | None, Sequence[Spot]]:
        """The places right below each place, in the order read."""
        found: dict[int | None, list[Spot]] = defaultdict(list)
        for spot in self.spots.values():
            found[spot.parent].append(spot)
        return found

    def above(self, pk: int) -> list[int]:
        """All places over one, the nearest first."""
        found: list[int] = []
        spot = self.spots.get(pk)
        while spot is not None and spot.parent is not None and spot.parent in self.spots:
            found.append(spot.parent)
            spot = self.spots[spot.parent]
        return found

    def root(self, pk: int) -> int:
        """The top organisation over a place."""
        return [pk, *self.above(pk)][-1]

    def below(self, pks: Iterable[int]) -> set[int]:
        """These places with everything under them."""
        found: set[int] = set()
        waiting = [pk for pk in pks if pk in self.spots]
        while waiting:
            pk = waiting.pop()
            if pk not in found:
                found.add(pk)
                waiting.extend(child.pk for child in self.children.get(pk, ()))
        return found

    def nearest(self, pk: int, kind: str) -> int | None:
        """The place of that kind over a place."""
        return next((up for up in self.above(pk) if self.spots[up].kind == kind), None)

    @cached_property
    def counts(self) -> Mapping[int, Counts]:
        """What lies below each place."""
        sums = {pk: dict.fromkeys(FIELDS, 0) for pk in self.spots}
        for spot in self.spots.values():
            above = self.above(spot.pk)
            for name in self._counted_as(spot, above):
                for up in above:
                    sums[up][name] += 1
        return {pk: Counts(**found) for pk, found in sums.items()}

    def _counted_as(self, spot: Spot, above: Sequence[int]) -> list[str]:
        below = {child.kind for child in self.children.get(spot.pk, ())}
        names = [COUNTED[spot.kind]] if spot.kind in COUNTED else []
        parent = self.spots[above[0]].kind if above else ""
        hubless = all(self.spots[up].kind != Kind.HUB for up in above)
        missing = {
            "linked": spot.kind == Kind.HOUSEHOLD and parent == Kind.MEMBER,
            "unplaced": spot.kind == Kind.MEMBER and hubless and self._in_village(above),
            "groupless": spot.kind == Kind.GRID and Kind.GROUP not in below,
            "leaderless": spot.kind == Kind.GROUP and spot.pk not in self.facts.led,
            "hubless": spot.kind == Kind.GROUP and Kind.HUB not in below,
            "memberless": spot.kind == Kind.HUB and Kind.MEMBER not in below,
        }
        return names + [name for name, there in missing.items() if there]

    def _in_village(self, above: Sequence[int]) -> bool:
        return not above or above[-1] not in self.facts.outside

    def marks(self, pk: int) -> Mapping[str, Mark]:
        """How a place stands against the bands."""
        return marks_for(
            self.spots[pk].kind,
            self.counts[pk],
            self.facts.measure,
            pk=pk,
            served=self.facts.served.get(pk),
            takes_part=pk not in self.facts.absent,
            in_village=self.root(pk) not in self.facts.outside,
        )

    def changed(
        self,
        *,
        moves: Mapping[int, int] | None = None,
        new: Iterable[Spot] = (),
        gone: Collection[int] = (),
        served: Mapping[int, int | None] | None = None,
    ) -> "Shape":
        """The shape after rows are hung under others, new ones added, and emptied ones closed."""
        spots = {pk: spot for pk, spot in self.spots.items() if pk not in gone}
        for spot in new:
            spots[spot.pk] = spot
        for pk, parent in (moves or {}).items():
            spots[pk] = replace(spots[pk], parent=parent)
        facts = replace(self.facts, served={**self.facts.served, **(served or {})})
        return Shape(spots, facts)

    def fingerprint(self, pks: Iterable[int]) -> str:
        """What a form remembers of the places it was opened with: it differs once anything there does."""
        rows = sorted((pk, self.spots[pk].parent or 0, self.spots[pk].name) for pk in self.below(pks))
        return sha256(repr(rows).encode()).hexdigest()[:16]


def read_shape(root_ids: Iterable[int], *, on: date) -> Shape:
    """Everything open under these top organisations."""
    roots = sorted(set(root_ids))
    rows = (
        Node.objects.filter(root_id__in=roots, closed_on=None)
        .order_by("tree_id", "lft")
        .values_list("pk", "parent_id", "kind", "name")
    )
    within = {"node__root_id__in": roots}
    led = Post.objects.current(on).filter(role=Role.GROUP_LEADER, **within).values_list("node_id", flat=True)
    served = HubProfile.objects.filter(**within).values_list("node_id", "served_households")
    absent = MemberProfile.objects.filter(unable(on, ""), **within).values_list("node_id", flat=True)
    of = Node.objects.filter(pk__in=roots).values_list("township_id", flat=True)
    outside = BranchProfile.objects.filter(node_id__in=roots).exclude(setting=BranchSetting.VILLAGE)
    facts = Facts(
        led=frozenset(led),
        served=dict(served),
        absent=frozenset(absent),
        outside=frozenset(outside.values_list("node_id", flat=True)),
        measure=yardstick(of.first(), on=on),
    )
    return Shape({row[0]: Spot(*row) for row in rows}, facts)
