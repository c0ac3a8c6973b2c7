"""How every holder stands against the ratios, whichever of them hold."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from grids.choices import COMMITTEE_ROLES, BandCode, BranchSetting, Kind
from grids.models import Node, Post
from grids.queries.ability import able
from grids.queries.bands import Yardstick, yardstick
from grids.queries.branches import dressed_children
from grids.queries.marks import Mark
from grids.queries.names import name_matches
from grids.queries.orders import BELOW
from grids.rules import OWN_BAND, Bands
from liaison.bands.rules import Tally, tallied
from liaison.choices import Level
from liaison.models import Contact
from liaison.queries import current

if TYPE_CHECKING:
    from township.models import User

VILLAGES = Q(root__branch_profile__setting=BranchSetting.VILLAGE)
LEVELS = {BandCode.GENERAL_BRANCH: Level.GENERAL_BRANCH, BandCode.COMMITTEE: Level.COMMITTEE}
# By where a committee sits, what its members are held against.
LEVEL_AT = {Kind.GENERAL_BRANCH.value: BandCode.GENERAL_BRANCH, Kind.BRANCH.value: BandCode.COMMITTEE}


@dataclass(frozen=True)
class Load:
    """One holder with its number; ranges and exceptions are looked up under any of `places`."""

    code: str
    number: float
    places: tuple[int, ...]

    def state(self, measure: Yardstick) -> str:
        """'under', 'ok', 'over', or 'accepted' where lying outside has been."""
        own = self.places[0] if self.code not in LEVELS and self.places else None
        state = measure.band(self.code, own).verdict(self.number)
        if state != "ok" and any(measure.accepted(self.code, place) for place in self.places):
            return "accepted"
        return state


def loads(user: "User | Any", *, on: date) -> list[Load]:
    """Every holder in sight that a ratio is meant for, in five queries."""
    return [*_tree_loads(user, on), *_grid_loads(user), *_level_loads(user, on)]


def tallies(found: Iterable[Load], measure: Yardstick) -> dict[str, Tally]:
    """How many lie where, by ratio; a ratio that is off has none."""
    states: dict[str, list[str]] = defaultdict(list)
    for load in found:
        states[load.code].append(load.state(measure))
    return {code: tallied(states[code]) if band.is_on else Tally() for code, band in measure.bands.items()}


def with_bands(measure: Yardstick, bands: Bands) -> Yardstick:
    """The same ranges and exceptions with other ratios."""
    return replace(measure, bands=bands)


def _tree_loads(user: "User | Any", on: date) -> list[Load]:
    """Groups by hubs, hubs by members, and members of villages who can serve by households."""
    nodes = Node.objects.visible_to(user).filter(closed_on=None)
    holders = nodes.filter(Q(kind__in=(Kind.GROUP, Kind.HUB)) | Q(kind=Kind.MEMBER) & VILLAGES & able(on))
    below = nodes.filter(kind__in=list(BELOW.values()), parent__isnull=False).order_by()
    rows = below.values_list("parent_id", "kind").annotate(n=Count("pk"))
    number = {(parent, kind): n for parent, kind, n in rows}
    return [
        Load(OWN_BAND[kind], number.get((pk, BELOW[Kind(kind)]), 0), (pk,))
        for pk, kind in holders.order_by().values_list("pk", "kind")
    ]


def _grid_loads(user: "User | Any") -> list[Load]:
    """Households for each hub of a grid; a grid without hubs is a gap, no ratio."""
    nodes = Node.objects.visible_to(user).filter(VILLAGES, closed_on=None, grid__isnull=False)
    rows = nodes.filter(kind__in=(Kind.HUB, Kind.HOUSEHOLD)).order_by().values_list("grid_id", "kind")
    number: dict[int, Counter[str]] = defaultdict(Counter)
    for grid, kind, n in rows.annotate(n=Count("pk")):
        number[grid][kind] = n
    return [
        Load(BandCode.DENSITY, round(counts[Kind.HOUSEHOLD] / counts[Kind.HUB], 1), (grid,))
        for grid, counts in number.items()
        if counts[Kind.HUB]
    ]


def committee_seats(user: "User | Any", on: date) -> Any:
    """Posts in sight whose holders are to look after something: on committees of 总支 or village branches."""
    return (
        Post.objects.visible_to(user)
        .current(on)
        .filter(
            role__in=COMMITTEE_ROLES,
            node__kind__in=list(LEVEL_AT),
            node__closed_on=None,
            node__root__branch_profile__setting=BranchSetting.VILLAGE,
        )
    )


def _level_loads(user: "User | Any", on: date) -> list[Load]:
    """Committee members by what they look after; an exception is that of the committee."""
    lines = Contact.objects.filter(current(on), level__in=LEVELS.values(), target__closed_on=None).order_by()
    rows = lines.filter(township_id=user.township_id or 0).values_list("level", "holder_id")
    number = {(level, holder): n for level, holder, n in rows.annotate(n=Count("pk"))}
    seats: dict[tuple[BandCode, int], list[int]] = defaultdict(list)
    posts = committee_seats(user, on).order_by("pk").values_list("person_id", "node_id", "node__kind")
    for person, node, kind in posts:
        seats[LEVEL_AT[kind], person].append(node)
    return [
        Load(code, number.get((LEVELS[code], person), 0), tuple(places))
        for (code, person), places in seats.items()
    ]


def marks_of(node_ids: Iterable[int], *, on: date) -> dict[tuple[int, str], Mark]:
    """How places stand now, by place and ratio, in a fixed number of queries."""
    nodes = Node.objects.filter(pk__in=set(node_ids))
    of = nodes.values_list("township_id", flat=True).first()
    rows = dressed_children(nodes, yardstick(of, on=on), on=on)
    return {(row.pk, mark.band.code): mark for row in rows for mark in row.marks.values()}


@dataclass(frozen=True)
class OutOfBand:
    """A place outside one of its ratios, for which an exception may be asked."""

    node: Node
    code: str
    title: str
    words: str


def out_of_band(user: "User | Any", text: str, *, on: date, most: int = 30) -> list[OutOfBand]:
    """Places the user may change that lie outside a ratio: over it before under it, the farthest first."""
    measure = yardstick(user.township_id, on=on)
    off = [
        load
        for load in loads(user, on=on)
        if load.code not in LEVELS and load.state(measure) in ("under", "over")
    ]
    nodes = Node.objects.editable_by(user).filter(name_matches(text), pk__in={load.places[0] for load in off})
    found = {node.pk: node for node in nodes.select_related("root", "group")}

    def rank(load: Load) -> tuple[bool, bool, float]:
        band = measure.band(load.code, load.places[0])
        over = load.number > band.high
        # Most grids have too few hubs by 二(二): that must not hide the rest.
        distance = (band.high - load.number) if over else (load.number - band.low)
        return (load.code == BandCode.DENSITY, not over, distance)

    near = sorted((load for load in off if load.places[0] in found), key=rank)[:most]
    return [
        OutOfBand(found[load.places[0]], load.code, band.title, band.note(load.number))
        for load, band in ((load, measure.band(load.code, load.places[0])) for load in near)
    ]
