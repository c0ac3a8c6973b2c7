"""Orders of lists, worked out by the database so that a page costs the same wherever it stands."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Length

from grids.choices import Kind, Role
from grids.models import Node

NAMED = {"pinyin": "pinyin_order", "strokes": "stroke_order"}
SET = ("root__position", "root_id", "grid__position", "grid_id", "lft")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "code": ("grid_profile__code",),
    "plate": ("hub_profile__plate_no",),
    "size": ("household_profile__size",),
    "since": ("since",),
}
_RANK = Case(*(When(role=role, then=rank) for rank, role in enumerate(Role.values)))  # the secretary leads
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
