"""Splits, merges and raisings worked out on paper: the preview shows them and the action carries them out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from grids.choices import Kind
from grids.models import HouseholdProfile, Node, VillagerGroup
from grids.naming import next_name
from grids.queries.names import name_matches
from grids.queries.shapes import Shape, Spot

if TYPE_CHECKING:
    from township.models import User

NEW_UNIT, NEW_GROUP = -1, -2  # numbers of planned places, which the database has not given yet
SPLITTABLE = (Kind.GRID, Kind.HUB)
MERGEABLE = (Kind.BRANCH, Kind.GRID, Kind.HUB)
NAMED_ONCE = (Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB)


@dataclass(frozen=True)
class Change:
    """A change on paper: rows hung elsewhere, planned places, closed ones, and households on plates."""

    moves: Mapping[int, int] = field(default_factory=dict)
    new: tuple[Spot, ...] = ()
    gone: tuple[int, ...] = ()
    served: Mapping[int, int | None] = field(default_factory=dict)

    def made_on(self, shape: Shape) -> Shape:
        """The shape afterwards."""
        return shape.changed(moves=self.moves, new=self.new, gone=self.gone, served=self.served)


@dataclass(frozen=True)
class Clash:
    """A place or villager group whose name is taken where it goes."""

    pk: int
    kind_label: str
    name: str
    suggestion: str


# --- splitting --------------------------------------------------------------------------------------


def group_under(shape: Shape, grid: int) -> Spot | None:
    """The Party group of a grid."""
    return next((child for child in shape.children.get(grid, ()) if child.kind == Kind.GROUP), None)


def divisible(shape: Shape, unit: int) -> list[Spot]:
    """What a split deals out: a grid's hubs, unplaced members and unlinked households; a hub's members."""
    own = list(shape.children.get(unit, ()))
    group = group_under(shape, unit)
    if group is None:
        return own
    return [*shape.children.get(group.pk, ()), *(child for child in own if child.pk != group.pk)]


def split_change(shape: Shape, unit: int, going: Collection[int], *, name: str, group_name: str) -> Change:
    """Part of a grid or hub under a new one beside it. Raises ValidationError when it is no split."""
    parts = {spot.pk for spot in divisible(shape, unit)}
    if not set(going) <= parts:
        raise ValidationError("选中的有些已经不在这里，请刷新后重新选择。")
    spot, group = shape.spots[unit], group_under(shape, unit)
    new = [Spot(NEW_UNIT, spot.parent, spot.kind, name)]
    if group is not None:
        new.append(Spot(NEW_GROUP, NEW_UNIT, Kind.GROUP, group_name))
    from_group = group.pk if group is not None else None
    moves = {pk: NEW_GROUP if shape.spots[pk].parent == from_group else NEW_UNIT for pk in going}
    return Change(moves=moves, new=tuple(new))


def homes_of(spots: Iterable[Spot]) -> dict[int, str]:
    """Villager group and door of the households among these places, by which a grid is divided."""
    pks = [spot.pk for spot in spots if spot.kind == Kind.HOUSEHOLD]
    rows = HouseholdProfile.objects.filter(node_id__in=pks)
    found = rows.values_list("node_id", "villager_group__name", "door")
    return {pk: " ".join(part for part in (lane, door) if part) for pk, lane, door in found}


def check_division(shape: Shape, unit: int, going: Collection[int]) -> None:
    """Both sides of a split keep something."""
    if not going:
        raise ValidationError({"going": "请选择划到新单位的下级。"})
    if len(set(going)) == len(divisible(shape, unit)):
        raise ValidationError({"going": "全部划走就不是拆分了，原单位至少留一项。"})


def sibling_names(shape: Shape, spot: Spot, kind: str) -> list[str]:
    """Names that places of a kind have in the whole village: numbering runs through it."""
    root = shape.root(spot.pk)
    return [shape.spots[pk].name for pk in shape.below([root]) if shape.spots[pk].kind == kind]


# --- merging ----------------------------------------------------------------------------------------


def merge_change(shape: Shape, unit: int, into: int) -> Change:
    """Everything under one place goes to another of its kind, and it closes."""
    own_group, other_group = group_under(shape, unit), group_under(shape, into)
    moves: dict[int, int] = {}
    gone = [unit]
    for child in shape.children.get(unit, ()):
        if own_group is not None and other_group is not None and child.pk == own_group.pk:
            moves |= {below.pk: other_group.pk for below in shape.children.get(child.pk, ())}
            gone.insert(0, child.pk)
        else:
            moves[child.pk] = into
    served = {}
    if shape.spots[into].kind == Kind.HUB:
        numbers = [shape.facts.served.get(pk) for pk in (unit, into)]
        known = [number for number in numbers if number is not None]
        served = {into: sum(known) if known else None}
    return Change(moves=moves, gone=tuple(gone), served=served)


def clashes(shape: Shape, change: Change) -> list[Clash]:
    """Names taken under the new parents, each with one that is free."""
    found: list[Clash] = []
    taken: dict[tuple[int, str], set[str]] = {}
    for pk, to in change.moves.items():
        spot = shape.spots[pk]
        if spot.kind not in NAMED_ONCE:
            continue
        names = taken.setdefault(
            (to, spot.kind),
            {child.name for child in shape.children.get(to, ()) if child.kind == spot.kind},
        )
        if spot.name in names:
            free = next_name(spot.name, names | {shape.spots[other].name for other in change.moves})
            found.append(Clash(pk, spot.kind_label, spot.name, free))
            names.add(free)
        else:
            names.add(spot.name)
    return found


def lane_clashes(unit: Node, into: Node) -> list[Clash]:
    """Villager groups of two villages that become one and have the same name."""
    if unit.parent_id is not None or into.parent_id is not None:
        return []
    kept = set(VillagerGroup.objects.filter(root=into).values_list("name", flat=True))
    village = unit.name.removesuffix("党支部")
    return [
        Clash(lane.pk, "村民小组", lane.name, f"{village}{lane.name}"[:20])
        for lane in VillagerGroup.objects.filter(root=unit)
        if lane.name in kept
    ]


def merge_candidates(
    user: "User | Any", unit: Node, *, village: int | None, text: str = ""
) -> QuerySet[Node]:
    """Open places of the same kind under the same kind of parent that the user may edit."""
    rows = Node.objects.editable_by(user).filter(kind=unit.kind, closed_on=None).exclude(pk=unit.pk)
    if unit.parent_id is None:
        rows = rows.filter(parent=None)
    else:
        rows = rows.filter(parent__kind=unit.parent.kind, root_id=village or unit.root_id)
        if unit.kind == Kind.BRANCH:  # villager groups belong to the village, not to its branches
            rows = rows.filter(root_id=unit.root_id)
    if text:
        rows = rows.filter(name_matches(text))
    return rows.select_related("parent", "root", "grid", "group").order_by("root__position", "root_id", "lft")


# --- raising ----------------------------------------------------------------------------------------


def raise_change(branches: Sequence[tuple[str, Iterable[int]]], root: int) -> Change:
    """New branches under the raised one, with the grids and members that go to each."""
    new: list[Spot] = []
    moves: dict[int, int] = {}
    for number, (name, pks) in enumerate(branches, start=1):
        new.append(Spot(-number, root, Kind.BRANCH, name))
        moves |= dict.fromkeys(pks, -number)
    return Change(moves=moves, new=tuple(new))
