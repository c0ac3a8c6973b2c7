"""Orders of lists, worked out by the database so that a page costs the same wherever it stands."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Length

from grids.choices import BranchSetting, Kind, Role
from grids.models import Node
from grids.queries.ability import able
from grids.queries.bands import Yardstick
from grids.rules import OWN_BAND, Band

NAMED = {"pinyin": "pinyin_order", "strokes": "stroke_order"}
NUMBER = IntegerField()
WORST_FIRST = ("-over", "-under")
NONE = Q(pk__in=[])
SET = ("root__position", "root_id", "grid__position", "grid_id", "lft")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "code": ("grid_profile__code",),
    "plate": ("hub_profile__plate_no",),
    "size": ("household_profile__size",),
    "since": ("since",),
}
_RANK = Case(*(When(role=role, then=rank) for rank, role in enumerate(Role.values)))  # the secretary leads
BELOW = {
    Kind.GROUP: Kind.HUB,
    Kind.HUB: Kind.MEMBER,
    Kind.MEMBER: Kind.HOUSEHOLD,
}  # what a holder looks after
_KEYS = {Kind.GRID: "grid_id", Kind.GROUP: "group_id"}


def ordered(nodes: QuerySet[Node], kind: str, sort: str) -> QuerySet[Node]:
    """Places of one kind in the order asked for; equal ones in the set order."""
    code, falls = sort.lstrip("-"), sort.startswith("-")
    if code in NAMED:
        return nodes.order_by(NAMED[code], *SET)
    if code == "door":
        lane = "household_profile__villager_group__position"
        door = F("household_profile__door")
        return nodes.order_by("root__position", "root_id", lane, Length(door), door, *SET)
    if code in {"households", "members", "below"}:
        nodes = nodes.annotate(order_number=_number(kind, code))
        return nodes.order_by("-order_number" if falls else "order_number", *SET)
    if code in _FIELDS:
        keys = [F(path) for path in _FIELDS[code]]
        placed = [key.desc(nulls_last=True) if falls else key.asc(nulls_last=True) for key in keys]
        return nodes.order_by(*placed, *SET)
    return nodes.order_by(*SET)


def _number(kind: str, code: str) -> Any:
    """How many open rows hang below: households or members of a grid or group, else the children."""
    if code == "below":
        below = Node.objects.filter(parent_id=OuterRef("pk"), closed_on=None)
    else:
        wanted = Kind.HOUSEHOLD if code == "households" else Kind.MEMBER
        key = _KEYS[Kind(kind)]
        below = Node.objects.filter(
            root_id=OuterRef("root_id"), kind=wanted, closed_on=None, **{key: OuterRef("pk")}
        )
    number = below.order_by().values("root_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number), 0)


# --- worst first ------------------------------------------------------------------------------------


def number_below(kind: str) -> Coalesce:
    """How many open places of a kind hang right below each."""
    below = Node.objects.filter(parent_id=OuterRef("pk"), kind=kind, closed_on=None).order_by()
    return Coalesce(Subquery(below.values("parent_id").annotate(n=Count("pk")).values("n")), 0)


@dataclass(frozen=True)
class Rule:
    """What rows are held against: a ratio, ranges of single ones by number, and which rows it spares."""

    band: Band
    own: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    accepted: Q = NONE  # lying outside is in order
    spared: Q = NONE  # are to have nothing, so that whatever they have is over

    def distances(self, number: str) -> dict[str, Any]:
        """How far the annotated `number` of each row lies over and under, for two annotations; 0 inside."""
        if not self.band.is_on:
            return {"over": Value(0, NUMBER), "under": Value(0, NUMBER)}
        n, first = F(number), When(self.accepted, then=Value(0))
        over, under = [first, When(self.spared, then=n)], [first, When(self.spared, then=Value(0))]
        alike: dict[tuple[int, int], list[int]] = defaultdict(list)
        for pk, ends in self.own.items():
            alike[ends].append(pk)
        for (low, high), pks in alike.items():
            over.append(When(pk__in=pks, then=n - high))
            under.append(When(pk__in=pks, then=low - n))
        return {
            "over": Greatest(Case(*over, default=n - self.band.high, output_field=NUMBER), Value(0)),
            "under": Greatest(Case(*under, default=self.band.low - n, output_field=NUMBER), Value(0)),
        }


def rule_of(kind: str, measure: Yardstick, on: date) -> Rule:
    """What groups, hubs or members are held against: their hubs, members or households."""
    code = OWN_BAND[kind]
    accepted = Q(pk__in=[pk for pk, of in measure.exceptions if of == code])
    spared = NONE
    if kind == Kind.MEMBER:  # absent ones, and those of offices
        spared = ~(able(on) & Q(root__branch_profile__setting=BranchSetting.VILLAGE))
    return Rule(measure.bands[code], measure.personal, accepted, spared)


def worst_first(nodes: QuerySet[Node], kind: str, measure: Yardstick, on: date) -> QuerySet[Node]:
    """Places farthest from their ratio first: those over it before those under it, then the fuller ones."""
    nodes = nodes.annotate(order_number=number_below(BELOW[Kind(kind)]))
    nodes = nodes.annotate(**rule_of(kind, measure, on).distances("order_number"))
    return nodes.order_by(*WORST_FIRST, "-order_number", *SET)


def ordered_people(rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
    """People in the order asked for."""
    village = ("root__position", "root_id")
    if sort in NAMED:
        return rows.order_by(NAMED[sort], *village, "pk")
    return rows.order_by(*village, "pinyin_order", "pk")


def ordered_posts(rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
    """Posts in the order asked for."""
    place = ("node__root__position", "node__root_id", "node__lft", _RANK, "pk")
    if sort in NAMED:
        return rows.order_by(f"person__{NAMED[sort]}", *place)
    if sort.lstrip("-") == "since":
        since = F("since")
        newest = since.desc(nulls_last=True) if sort[0] == "-" else since.asc(nulls_last=True)
        return rows.order_by(newest, *place)
    return rows.order_by(*place)
