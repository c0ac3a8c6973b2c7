"""One page of holders as their rows show them: bar, people, place, personal range, who hangs on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet

from grids.choices import BranchSetting, Kind, PersonalReason, Role
from grids.models import MemberProfile, Node, Person, PersonalBand
from grids.queries import phones
from grids.queries.bands import Accepted
from grids.queries.counts import holders as heads_of
from grids.rules import Band, personal
from liaison.bars import LoadBar
from liaison.choices import Level
from liaison.state.queries.loads import Asker, entitling, running
from liaison.state.rules import EdgeInfo


@dataclass(frozen=True)
class Target:
    """Somebody or something a holder looks after."""

    pk: int
    name: str
    where: str = ""


@dataclass(frozen=True)
class Head:
    """A person with the phone as the reader may see it; `seen` where the reader may open the person."""

    pk: int
    name: str
    phone: str
    seen: bool


@dataclass(frozen=True)
class HolderRow:
    """One holder of an edge."""

    pk: int  # of the node, or of the person
    name: str
    village: str
    place: str
    bar: LoadBar
    heads: tuple[Head, ...] = ()
    badges: tuple[str, ...] = ()
    own_band: str = ""
    targets: Sequence[Target] = field(default_factory=tuple)
    seen: bool = True

    @property
    def released(self) -> bool:
        """True for somebody who is to have nothing, and has."""
        return self.bar.band is not None and self.bar.band.high == 0 < self.bar.n and bool(self.badges)

    @property
    def hidden(self) -> int:
        """Targets that are counted and lie out of the reader's sight."""
        return max(0, self.bar.n - len(self.targets))

    @property
    def numbers(self) -> str:
        """Phones in one cell of a workbook."""
        return "、".join(head.phone for head in self.heads if head.phone)


def holder_rows(asker: Asker, info: EdgeInfo, rows: QuerySet[Any]) -> list[HolderRow]:
    """The rows of one page; the number of queries does not grow with them."""
    if info.level is not None:
        return _person_rows(asker, info, info.level, rows)
    return _place_rows(asker, info, rows)


# --- groups, hubs, members ----------------------------------------------------------------------------

_NODE = {
    "village": F("root__name"), "in_branch": F("branch__name"), "in_grid": F("grid__name"),
    "in_group": F("group__name"), "in_hub": F("hub__name"),
}  # fmt: skip
_MEMBER = {
    "person": F("member_profile__person_id"),
    "phone": F("member_profile__person__phone"),
    "is_floating": F("member_profile__is_floating"),
    "takes_part": F("member_profile__takes_part"),
    "absent_since": F("member_profile__absent_since"),
    "absent_until": F("member_profile__absent_until"),
    "setting": F("root__branch_profile__setting"),
}


def _place_rows(asker: Asker, info: EdgeInfo, rows: QuerySet[Node]) -> list[HolderRow]:
    facts = {**_NODE, **(_MEMBER if info.holder_kind == Kind.MEMBER else {})}
    found = list(rows.values("pk", "name", "root_id", "branch_id", "load", "over", **facts))
    pks = [row["pk"] for row in found]
    targets = _below(asker, info, pks)
    own = _own_bands(asker, pks)
    heads = {} if info.holder_kind == Kind.MEMBER else _heads(asker, found)
    return [
        HolderRow(
            pk=row["pk"],
            name=row["name"],
            village=row["village"],
            place=_place(row),
            bar=LoadBar(row["load"], _band(asker, info, row), accepted=_accepted(asker, info, row["pk"])),
            heads=_own_head(asker, row) if info.holder_kind == Kind.MEMBER else heads.get(row["pk"], ()),
            badges=_badges(asker, info, row),
            own_band=own.get(row["pk"], ""),
            targets=targets.get(row["pk"], ()),
        )
        for row in found
    ]


def _place(row: Mapping[str, Any]) -> str:
    """Where it is in its village."""
    branch = row["in_branch"] if row["branch_id"] not in (row["root_id"], None) else None
    above = [branch, row["in_group"] or row["in_grid"], row["in_hub"]]
    return " › ".join(name for name in above if name)


def _spared(asker: Asker, info: EdgeInfo, row: Mapping[str, Any]) -> bool:
    """A member who is to have nothing; the query has put all of it over the ratio."""
    if info.holder_kind != Kind.MEMBER:
        return False
    return not _serves(asker, row) or row["setting"] != BranchSetting.VILLAGE


def _serves(asker: Asker, row: Mapping[str, Any]) -> bool:
    ability = MemberProfile(
        takes_part=row["takes_part"] is not False,
        absent_since=row["absent_since"],
        absent_until=row["absent_until"],
    )
    return ability.can_serve(asker.on)


def _band(asker: Asker, info: EdgeInfo, row: Mapping[str, Any]) -> Band | None:
    if info.code is None:
        return None
    band = asker.measure.band(info.code, row["pk"])
    if not band.is_on:
        return None
    return personal(band, 0, 0) if _spared(asker, info, row) else band


def _accepted(asker: Asker, info: EdgeInfo, pk: int) -> Accepted | None:
    return asker.measure.accepted(info.code, pk) if info.code else None


def _badges(asker: Asker, info: EdgeInfo, row: Mapping[str, Any]) -> tuple[str, ...]:
    if info.holder_kind != Kind.MEMBER:
        return ()
    said = ["流动党员"] if row["is_floating"] else []
    return (*said, "不参加联户") if not _serves(asker, row) else tuple(said)


def _own_head(asker: Asker, row: Mapping[str, Any]) -> tuple[Head, ...]:
    if row["person"] is None:
        return ()
    number = phones.shown(asker.user, row["root_id"], row["phone"] or "")
    return (Head(row["person"], row["name"], number, True),)


def _heads(asker: Asker, rows: Iterable[Mapping[str, Any]]) -> dict[int, tuple[Head, ...]]:
    roots = {row["pk"]: row["root_id"] for row in rows}
    found = heads_of(roots, on=asker.on)
    return {
        pk: tuple(
            Head(head.person_id, head.name, phones.shown(asker.user, roots[pk], head.phone), True)
            for head in heads
        )
        for pk, heads in found.items()
    }


def _below(asker: Asker, info: EdgeInfo, pks: list[int]) -> dict[int, list[Target]]:
    rows = Node.objects.visible_to(asker.user).filter(
        parent_id__in=pks, kind=info.target_kind, closed_on=None
    )
    found: dict[int, list[Target]] = defaultdict(list)
    for parent, pk, name in rows.order_by("position", "pk").values_list("parent_id", "pk", "name"):
        found[parent].append(Target(pk, name))
    return found


def _own_bands(asker: Asker, pks: list[int]) -> dict[int, str]:
    """个人区间 0–5（年满七十）, where the yardstick has one for somebody on the page."""
    wanted = [pk for pk in pks if pk in asker.measure.personal]
    if not wanted:
        return {}
    rows = PersonalBand.objects.current(asker.on).filter(node_id__in=wanted).order_by("pk")
    return {
        pk: f"个人区间 {low}–{high}（{PersonalReason(reason).label}{f'，{note}' if note else ''}）"
        for pk, low, high, reason, note in rows.values_list("node_id", "low", "high", "reason", "note")
    }


# --- people -------------------------------------------------------------------------------------------


Seat = tuple[int | None, str, int | None, str]  # place, its name, its top, role


@dataclass(frozen=True)
class _Page:
    """What the rows of one page of people need beside their own."""

    asker: Asker
    band: Band | None
    seats: Mapping[int, Sequence[Seat]]
    lines: Mapping[int, Sequence[tuple[Target, int | None]]]
    seen: Collection[int]
    accepted: Mapping[int, Accepted]

    def row(self, person: Mapping[str, Any]) -> HolderRow:
        """One person."""
        pk, posts = person["pk"], self.seats.get(person["pk"], ())
        lines = self.lines.get(pk, ())
        # A 乡领导 is of no village; the number goes by the village looked after, as in the list of contacts.
        root = person["root_id"] or next((root for _, root in lines), None)
        phone = phones.shown(self.asker.user, root, person["phone"])
        band = self.band if posts or self.band is None else personal(self.band, 0, 0)
        return HolderRow(
            pk=pk,
            name=person["name"],
            village="",
            place=_seat_words(posts) or person["village"] or "乡（镇）",
            bar=LoadBar(person["load"], band, accepted=self.accepted.get(pk)),
            heads=(Head(pk, person["name"], phone, pk in self.seen),),
            badges=() if posts else ("已不在任",),
            targets=[target for target, _ in lines],
            seen=pk in self.seen,
        )


def _person_rows(asker: Asker, info: EdgeInfo, level: Level, rows: QuerySet[Any]) -> list[HolderRow]:
    found = list(rows.values("pk", "name", "phone", "root_id", "load", village=F("root__name")))
    pks = [row["pk"] for row in found]
    seats = _seats(pks, level, asker)
    band = asker.measure.bands[info.code] if info.code else None
    page = _Page(
        asker,
        band if band is not None and band.is_on else None,
        seats,
        _targets(asker, level, pks),
        set(Person.objects.visible_to(asker.user).filter(pk__in=pks).values_list("pk", flat=True)),
        _exceptions(asker, info, seats),
    )
    return [page.row(row) for row in found]


def _seats(pks: list[int], level: Level, asker: Asker) -> dict[int, list[Seat]]:
    """Posts of this level that the people on the page hold."""
    rows = entitling(level, asker.on).filter(person_id__in=pks).order_by("node__position", "pk")
    found: dict[int, list[Seat]] = defaultdict(list)
    for person, place, name, root, role in rows.values_list(
        "person_id", "node_id", "node__name", "node__root_id", "role"
    ):
        found[person].append((place, name or "", root, role))
    return found


def _seat_words(posts: Sequence[Seat]) -> str:
    """东坡村党支部 书记、组织委员."""
    by_place: dict[str, list[str]] = defaultdict(list)
    for _, place, _, role in posts:
        by_place[place].append(str(Role(role).label))
    return "；".join(f"{place} {'、'.join(roles)}".strip() for place, roles in by_place.items())


def _exceptions(asker: Asker, info: EdgeInfo, seats: Mapping[int, Sequence[Seat]]) -> dict[int, Accepted]:
    """Accepted for the committee one sits on."""
    if info.code is None:
        return {}
    found: dict[int, Accepted] = {}
    for person, posts in seats.items():
        for place, *_ in posts:
            if (accepted := asker.measure.accepted(info.code, place)) is not None:
                found[person] = accepted
    return found


def _targets(asker: Asker, level: Level, pks: list[int]) -> dict[int, list[tuple[Target, int | None]]]:
    rows = running(level, asker.on).visible_to(asker.user).filter(holder_id__in=pks)
    found: dict[int, list[tuple[Target, int | None]]] = defaultdict(list)
    for holder, pk, name, root, village in rows.order_by("target__root__position", "target__lft").values_list(
        "holder_id", "target_id", "target__name", "target__root_id", "target__root__name"
    ):
        found[holder].append((Target(pk, name, "" if village == name else village), root))
    return found
