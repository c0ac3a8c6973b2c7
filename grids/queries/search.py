"""The search box: places and people in scope by name, pinyin initials, phone tail, door, code or plate."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from grids.choices import ROOT_KINDS, Kind
from grids.models import GridProfile, HouseholdProfile, HubProfile, MemberProfile, Node, Person
from grids.queries import phones
from grids.queries.names import name_matches, tail_matches

if TYPE_CHECKING:
    from township.models import User

PEOPLE = "people"
A_FEW, A_SUGGESTION = 8, 3
# Sections in the order of the tree; both kinds of Party organisation share one.
SECTIONS = {
    Kind.BRANCH.value: ("党组织", "个"),
    Kind.GRID.value: ("网格", "个"),
    Kind.GROUP.value: ("党小组", "个"),
    Kind.HUB.value: ("中心户（示范岗）", "个"),
    Kind.MEMBER.value: ("党员", "名"),
    Kind.HOUSEHOLD.value: ("农户", "户"),
    PEOPLE: ("人员", "人"),
}
DOOR = re.compile(r"^(?P<lane>.+?[社组])(?P<door>[^社组]*\d.*)$")  # 三社12号
_SECTION = Case(When(kind=Kind.GENERAL_BRANCH, then=Value(Kind.BRANCH.value)), default=F("kind"))


@dataclass(frozen=True)
class Hit:
    """One place or person found, with where it stands."""

    pk: int
    name: str
    kind_label: str
    where: str
    url: str
    closed: bool = False
    phone: str = ""


@dataclass
class Section:
    """All of one kind: how many, and the first of them."""

    code: str
    count: int = 0
    hits: list[Hit] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The kind in words."""
        return SECTIONS[self.code][0]

    @property
    def unit(self) -> str:
        """What is counted."""
        return SECTIONS[self.code][1]

    @property
    def list_url(self) -> str:
        """The list of this kind, where rows found can be sorted, exported and changed together."""
        if self.code == PEOPLE:
            return reverse("grids:people")
        return "" if self.code == Kind.BRANCH else reverse("grids:node_list", args=[self.code])

    @property
    def more(self) -> bool:
        """True when not all are listed."""
        return self.count > len(self.hits)


@dataclass(frozen=True)
class Found:
    """What was found, by kind; kinds without a hit are left out."""

    sections: list[Section]

    @property
    def count(self) -> int:
        """Hits of all kinds."""
        return sum(section.count for section in self.sections)

    def names(self, *codes: str) -> list[str]:
        """Names listed in the given sections, or in all."""
        return [hit.name for one in self.sections if not codes or one.code in codes for hit in one.hits]


def search(user: "User | Any", text: str, *, most: int = A_FEW) -> Found:
    """The first `most` of every kind with their numbers: two queries."""
    if not text.strip():
        return Found([])
    rank = Window(RowNumber(), partition_by=[F("section")], order_by=_order(text))
    rows = (
        _places(user, text)
        .annotate(rank=rank, total=Window(Count("pk"), partition_by=[F("section")]))
        .filter(rank__lte=most)
    )
    found = {code: Section(code) for code in SECTIONS}
    for row in rows.order_by("rank").values("section", "total", *_SHOWN):
        section = found[row["section"]]
        section.count = row["total"]
        section.hits.append(_hit(row))
    people = found[PEOPLE]
    asked = _people(user, text).annotate(total=Window(Count("pk")))
    for row in asked.values("total", *_PERSON)[:most]:
        people.count = row["total"]
        people.hits.append(_person_hit(user, row))
    return Found([section for section in found.values() if section.count])


def section_rows(user: "User | Any", text: str, code: str) -> QuerySet[Any]:
    """Everything found of one kind, for the page behind 更多."""
    if code == PEOPLE:
        return _people(user, text).values(*_PERSON)
    return _places(user, text).filter(section=code).order_by(*_order(text)).values("section", *_SHOWN)


def section_hits(user: "User | Any", code: str, rows: Iterable[Any]) -> list[Hit]:
    """A page of those."""
    return [_person_hit(user, row) if code == PEOPLE else _hit(row) for row in rows]


_PERSON = ("pk", "name", "phone", "root_id", "root__name")
_LANE, _AT = "household_profile__villager_group__name", "household_profile__door"
_ABOVE = ("root__name", "grid__name", "group__name", "hub__name")
_SHOWN = ("pk", "name", "kind", "closed_on", *_ABOVE, _LANE, _AT)


def _order(text: str) -> list[Any]:
    """Open rows first, then the nearest, then by sound."""
    return [F("closed_on").asc(nulls_first=True), _nearness(text), F("pinyin_order").asc(), F("pk").asc()]


def _nearness(text: str) -> Case:
    """Called exactly so; beginning so, in letters by the first reading; by a rarer reading (方 wang)."""
    plain = "".join(text.split())
    begins = Q(name__istartswith=plain) | Q(initials__startswith=f" {plain.lower()}")
    return Case(When(name=plain, then=Value(0)), When(begins, then=Value(1)), default=Value(2))


def _places(user: "User | Any", text: str) -> QuerySet[Any]:
    wanted = matches(user, text)
    return Node.objects.visible_to(user).filter(wanted).order_by().annotate(section=_SECTION)


def matches(user: "User | Any", text: str) -> Q:
    """Places by name or initials; with a digit in it, also by door, grid code, plate or phone tail."""
    found = name_matches(text)
    plain = "".join(text.split())
    if not any(char.isdigit() for char in plain):
        return found
    by_profile: list[QuerySet[Any]] = [
        HouseholdProfile.objects.filter(_door(plain)),
        GridProfile.objects.filter(code__istartswith=plain),
        HubProfile.objects.filter(plate_no__icontains=plain),
        MemberProfile.objects.filter(tail_matches(plain, ["person__phone"], user=user, root="node__root_id")),
        HouseholdProfile.objects.filter(tail_matches(plain, ["phone"], user=user, root="node__root_id")),
    ]
    for profiles in by_profile:
        found |= Q(pk__in=profiles.values("node_id"))
    return found


def _door(plain: str) -> Q:
    """12, 12号 or 三社12号."""
    found = Q(door__iexact=plain) | Q(door__iexact=f"{plain}号")
    if (said := DOOR.match(plain)) is not None:
        door = said["door"]
        in_lane = Q(villager_group__name__icontains=said["lane"])
        found |= in_lane & (Q(door__iexact=door) | Q(door__iexact=f"{door}号"))
    return found


def _people(user: "User | Any", text: str) -> QuerySet[Person]:
    asked = name_matches(text) | tail_matches(text, ["phone"], user=user)
    return Person.objects.visible_to(user).filter(asked).order_by(_nearness(text), "pinyin_order", "pk")


def _hit(row: dict[str, Any]) -> Hit:
    path = [row[name] for name in _ABOVE]
    label, door = Kind(row["kind"]).label, f"{row[_LANE] or ''}{row[_AT] or ''}"
    above = "" if row["kind"] in ROOT_KINDS[:1] else " › ".join(p for p in path if p and p != row["name"])
    return Hit(
        row["pk"],
        row["name"],
        str(label),
        f"{above}　{door}" if door else above,
        reverse("grids:node", args=[row["pk"]]),
        closed=row["closed_on"] is not None,
    )


def _person_hit(user: "User | Any", row: dict[str, Any]) -> Hit:
    return Hit(
        row["pk"],
        row["name"],
        "人员",
        row["root__name"] or "乡（镇）",
        reverse("grids:person", args=[row["pk"]]),
        phone=phones.shown(user, row["root_id"], row["phone"]),
    )
