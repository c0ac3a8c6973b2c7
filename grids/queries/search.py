"""The search box: places and people in scope by name, pinyin initials or the tail of a phone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from grids.choices import Kind
from grids.models import Node, Person
from grids.queries import phones
from grids.queries.names import name_matches, tail_matches

if TYPE_CHECKING:
    from township.models import User

MOST = 50


@dataclass(frozen=True)
class Hit:
    """One place found, with where it stands."""

    pk: int
    name: str
    kind: str
    kind_label: str
    where: str
    closed: bool


@dataclass(frozen=True)
class PersonHit:
    """One person found."""

    pk: int
    name: str
    village: str
    phone: str


@dataclass(frozen=True)
class Found:
    """Both lists, and whether they were cut."""

    places: list[Hit]
    people: list[PersonHit]
    cut: bool


def search(user: "User | Any", text: str) -> Found:
    """At most 50 places and 50 people; members stand among the places, others among the people."""
    if not text.strip():
        return Found([], [], cut=False)
    places = _places(user, text)
    people = _people(user, text)
    cut = len(places) > MOST or len(people) > MOST
    return Found(places[:MOST], people[:MOST], cut)


def _places(user: "User | Any", text: str) -> list[Hit]:
    phone = tail_matches(text, ["member_profile__person__phone", "household_profile__phone"])
    plain = text.strip()
    door = Q(kind=Kind.HOUSEHOLD, household_profile__door=plain) if plain else Q(pk__in=[])
    rows = (
        Node.objects.visible_to(user)
        .filter(name_matches(text) | phone | door)
        .order_by(F("closed_on").asc(nulls_first=True), "level", "root_id", "lft")
        .values_list(
            "pk", "name", "kind", "closed_on", "root__name", "grid__name", "group__name", "hub__name"
        )
    )
    return [
        Hit(
            pk,
            name,
            kind,
            str(Kind(kind).label),
            " › ".join(p for p in path if p and p != name),
            closed is not None,
        )
        for pk, name, kind, closed, *path in rows[: MOST + 1]
    ]


def _people(user: "User | Any", text: str) -> list[PersonHit]:
    rows = (
        Person.objects.visible_to(user)
        .filter(name_matches(text) | tail_matches(text, ["phone"]))
        .order_by("root__position", "root_id", "name", "pk")
        .values_list("pk", "name", "phone", "root_id", "root__name")
    )
    return [
        PersonHit(pk, name, village or "乡（镇）", phones.shown(user, root_id, phone))
        for pk, name, phone, root_id, village in rows[: MOST + 1]
    ]
