"""How the places stand against the advised bands once the rows at work are saved."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from grids.choices import Kind
from grids.models import MemberProfile
from grids.queries.ability import unable
from grids.queries.bands import yardstick
from grids.queries.counts import NOTHING, Counts, counts_for
from grids.queries.marks import Mark, marks_for
from grids.registers.desk import Desk
from grids.registers.rows import BandText, Line
from grids.registers.spots import Spot

MOST = 8
COUNTED = {Kind.HOUSEHOLD: "households", Kind.MEMBER: "members", Kind.HUB: "hubs"}
# The marks a kind of row moves, at each kind of place.
MOVES: Mapping[Kind, dict[Kind, tuple[str, ...]]] = {
    Kind.HOUSEHOLD: {Kind.GROUP: ("per_hub",), Kind.MEMBER: ("households",)},
    Kind.MEMBER: {Kind.HUB: ("members_per_hub",)},
    Kind.HUB: {Kind.GROUP: ("per_hub", "hubs")},
}
WORDS = {
    "per_hub": "中心户 {} 户/个",
    "hubs": "中心户 {} 个",
    "members_per_hub": "联系党员 {} 名",
    "households": "联系农户 {} 户",
}


class _Place(NamedTuple):
    """What counting asks of a place."""

    pk: int
    kind: str
    root_id: int


def after(kind: str, desk: Desk, lines: Sequence[Line]) -> list[BandText]:
    """Texts for the places that gain or lose rows, those out of band first; a fixed number of queries."""
    moved = MOVES[Kind(kind)]
    change = _changes(desk, lines, moved)
    places = {pk: desk.spots[pk] for pk in change if pk in desk.spots}
    if not places:
        return []
    counts = counts_for([_Place(p.pk, p.kind, p.root_id) for p in places.values()], on=desk.today)
    idle = _idle(places, desk) if Kind.MEMBER in moved else set()
    measure = yardstick(desk.place.township_id, on=desk.today)
    found = []
    for pk, place in places.items():
        step = Counts(**{COUNTED[Kind(kind)]: change[pk]})
        after_all = counts.get(pk, NOTHING).plus(step)
        marks = marks_for(
            place.kind, after_all, measure, pk=pk, takes_part=pk not in idle, in_village=desk.in_village
        )
        for name in moved[Kind(place.kind)]:
            if name in marks:
                found.append(_told(place, name, marks[name]))
    return sorted(found, key=lambda band: band.tone == "ok")[:MOST]


def _changes(desk: Desk, lines: Iterable[Line], moved: dict[Kind, tuple[str, ...]]) -> Counter[int]:
    """Rows more or fewer by place."""
    change: Counter[int] = Counter()
    for line in lines:
        if line.above is None or not (line.is_new or line.is_moved):
            continue
        for pk in _over(line.above, moved):
            change[pk] += 1
        before = desk.spots.get(line.held.above or 0) if line.held else None
        for pk in _over(before, moved):
            change[pk] -= 1
    return Counter({pk: n for pk, n in change.items() if n})


def _over(place: Spot | None, kinds: Iterable[str]) -> Iterable[int]:
    """The place and those above it, of the kinds whose marks move."""
    if place is None:
        return
    keys = {Kind.GROUP: place.group, Kind.HUB: place.hub, Kind.MEMBER: place.pk}
    for kind in kinds:
        pk = keys.get(Kind(kind))
        if pk is not None and (kind != Kind.MEMBER or place.kind == Kind.MEMBER):
            yield pk


def _idle(places: dict[int, Spot], desk: Desk) -> set[int]:
    """Members who take no households."""
    rows = MemberProfile.objects.filter(unable(desk.today, ""), node_id__in=places)
    return set(rows.values_list("node_id", flat=True))


def _told(place: Spot, name: str, mark: Mark) -> BandText:
    standing = WORDS[name].format(mark.shown)
    return BandText(
        f"本次改动后：{place.name} {standing}，{mark.gap}", "ok" if mark.state == "ok" else "warning"
    )
