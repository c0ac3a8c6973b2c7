"""The places of one village as light values, with labels that are unique in a list of choices."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from grids import access
from grids.choices import Kind
from grids.imports.reading.names import clean_name
from grids.imports.reading.values import Unclear
from grids.models import Node
from grids.registers.columns import Choice, Choices

if TYPE_CHECKING:
    from township.models import User

FIELDS = (
    "pk", "kind", "name", "township_id", "parent_id", "root_id", "branch_id", "grid_id", "group_id", "hub_id",
)  # fmt: skip


class Spot(NamedTuple):
    """A node without the weight of one: enough for access, labels, keys and counts."""

    pk: int
    kind: str
    name: str
    township_id: int
    parent_id: int | None
    root_id: int
    branch_id: int | None
    grid_id: int | None
    group_id: int | None
    hub_id: int | None

    @property
    def grid(self) -> int | None:
        """The grid it is, or lies in."""
        return self.pk if self.kind == Kind.GRID else self.grid_id

    @property
    def group(self) -> int | None:
        """The Party group it is, or lies in."""
        return self.pk if self.kind == Kind.GROUP else self.group_id

    @property
    def hub(self) -> int | None:
        """The hub it is, or lies in."""
        return self.pk if self.kind == Kind.HUB else self.hub_id


Spots = Mapping[int, Spot]
Context = Callable[[Spot], int | None]


def spots_of(user: "User | Any", root_id: int) -> dict[int, Spot]:
    """Open places of a village above its households that the user may edit, in its order: one query."""
    rows = (
        Node.objects.visible_to(user)
        .filter(root_id=root_id, closed_on=None)
        .exclude(kind=Kind.HOUSEHOLD)
        .order_by("lft")
    )
    found = (Spot(*row) for row in rows.values_list(*FIELDS))
    return {spot.pk: spot for spot in found if access.may_edit(user, spot)}  # type: ignore[arg-type]


def by_kind(spots: Spots, *kinds: str) -> list[Spot]:
    """Those of the kinds."""
    return [spot for spot in spots.values() if spot.kind in kinds]


_INSIDE: Sequence[Context] = (
    lambda spot: spot.group_id,
    lambda spot: spot.grid_id,
    lambda spot: spot.hub_id,
    lambda spot: spot.branch_id,
)


def labelled(
    spots: Iterable[Spot],
    names: Spots,
    key: Callable[[str], str],
    other_words: Callable[[Spot], Iterable[str]] = lambda _: (),
) -> Choices:
    """Choices with labels of their own: 张三, or 张三（第一党小组） where another bears the name."""
    rows = list(spots)
    labels = {spot.pk: spot.name for spot in rows}
    within: dict[int, list[str]] = {spot.pk: [] for spot in rows}
    for context in _INSIDE:
        twice = _repeated(labels)
        for spot in rows:
            above = names.get(context(spot) or 0)
            if labels[spot.pk] in twice and above is not None and above.name not in within[spot.pk]:
                within[spot.pk].append(above.name)
        labels = {
            spot.pk: f"{spot.name}（{'·'.join(within[spot.pk])}）" if within[spot.pk] else spot.name
            for spot in rows
        }
    twice = _repeated(labels)
    for spot in rows:
        if labels[spot.pk] in twice:
            labels[spot.pk] = f"{spot.name}（编号 {spot.pk}）"
    return Choices(
        tuple(Choice(labels[spot.pk], spot.pk, (spot.name, *other_words(spot))) for spot in rows), key
    )


def person_key(name: str) -> str:
    """李　平 and 李平 are one name."""
    try:
        return clean_name(name) or name
    except Unclear:
        return name


def _repeated(labels: Mapping[int, str]) -> set[str]:
    return {label for label, n in Counter(labels.values()).items() if n > 1}
