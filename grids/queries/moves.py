"""What a change of the tree would do: numbers and bands before and after, rosters, and who sees what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grids.choices import Kind, Role
from grids.kinds import KINDS
from grids.models import MemberProfile, Post
from grids.queries.counts import Counts
from grids.queries.marks import Mark
from grids.queries.shapes import Shape, Spot
from township.choices import OfficeRole

NAMES_SHOWN = 6
NUMBERS = (("branches", "党支部"), ("grids", "网格"), ("groups", "党小组"), ("hubs", "中心户"),
           ("members", "党员"), ("households", "农户"), ("unlinked", "未联户"),
           ("unplaced", "未编入中心户"))  # fmt: skip
BAND_WORDS = {
    ("ok", "under"): "由符合变为不足",
    ("ok", "over"): "由符合变为超出",
    ("under", "ok"): "由不足变为符合",
    ("over", "ok"): "由超出变为符合",
    ("under", "over"): "由不足变为超出",
    ("over", "under"): "由超出变为不足",
}
ANNEXES = (
    ("2", "附件2 支部委员包挂党小组花名册"),
    ("3", "附件3 中心户（示范岗）联系党员花名册"),
    ("4", "附件4 党员联系群众花名册"),
)


# --- numbers and bands ------------------------------------------------------------------------------


@dataclass(frozen=True)
class BandShift:
    """One band of one place before and after; None where the place or its number does not exist."""

    before: Mark | None
    after: Mark | None

    @property
    def title(self) -> str:
        """The band's name."""
        mark = self.after or self.before
        return mark.band.title if mark else ""

    @property
    def states(self) -> tuple[str, str]:
        """Verdicts before and after; '' where there is none."""
        return (self.before.state if self.before else "", self.after.state if self.after else "")

    @property
    def breaks(self) -> bool:
        """True when the place leaves its band by the change."""
        return self.states[0] in ("ok", "") and self.states[1] in ("under", "over")

    @property
    def heals(self) -> bool:
        """True when the place comes into its band by the change."""
        return self.states[0] in ("under", "over") and self.states[1] == "ok"

    @property
    def words(self) -> str:
        """What becomes of the band."""
        old, new = self.states
        if not old:
            return {"ok": "新，符合", "under": "新，不足", "over": "新，超出"}.get(new, "")
        if not new:
            return "不再适用"
        return BAND_WORDS.get((old, new), "仍符合" if new == "ok" else "仍不符合")


@dataclass(frozen=True)
class Effect:
    """One place that loses or gains by the change, with its numbers and bands before and after."""

    node: Spot
    before: Counts | None
    after: Counts | None
    bands: tuple[BandShift, ...]

    @property
    def numbers(self) -> list[tuple[str, int | None, int | None]]:
        """Title, before and after of each number that changes."""
        found = []
        for name, title in NUMBERS:
            old = getattr(self.before, name) if self.before else None
            new = getattr(self.after, name) if self.after else None
            if (old or 0) != (new or 0):
                found.append((title, old, new))
        return found


# --- the whole preview ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """How many of one kind move, with their first names."""

    kind: str
    names: tuple[str, ...]
    n: int

    @property
    def words(self) -> str:
        """E.g. 3名党员：甲、乙、丙."""
        info = KINDS[self.kind]
        more = "等" if self.n > len(self.names) else ""
        return f"{self.n}{info.unit}{info.title}：{'、'.join(self.names)}{more}"


@dataclass(frozen=True)
class RosterChange:
    """How many lines of one annex of one village come, go or read differently."""

    annex: str
    title: str
    village: str
    lines: int


@dataclass(frozen=True)
class Sight:
    """Somebody with an account who sees other rows afterwards."""

    name: str
    posts: tuple[str, ...]
    gains: str
    loses: str


@dataclass(frozen=True)
class Effects:
    """The whole of a change: what moves, every place it touches, the rosters, and who sees what."""

    moved: tuple[Named, ...]
    places: tuple[Effect, ...]
    rosters: tuple[RosterChange, ...]
    sights: tuple[Sight, ...]

    @property
    def breaking(self) -> int:
        """Bands that are left by the change."""
        return sum(band.breaks for place in self.places for band in place.bands)

    @property
    def healing(self) -> int:
        """Bands that are met again."""
        return sum(band.heals for place in self.places for band in place.bands)


def effects_between(before: Shape, after: Shape, *, moved: Iterable[int], on: date) -> Effects:
    """Compare two shapes; `moved` are the topmost places that change hands."""
    going = before.below(moved)
    return Effects(
        moved=_named(before, going),
        places=tuple(_effects(before, after)),
        rosters=tuple(_rosters(before, after)),
        sights=tuple(sights_between(before, after, on=on)),
    )


def _named(shape: Shape, pks: set[int]) -> tuple[Named, ...]:
    names: dict[str, list[str]] = defaultdict(list)
    for pk, spot in shape.spots.items():
        if pk in pks:
            names[spot.kind].append(spot.name)
    return tuple(
        Named(kind, tuple(names[kind][:NAMES_SHOWN]), len(names[kind])) for kind in Kind.values if names[kind]
    )


def _effects(before: Shape, after: Shape) -> Iterable[Effect]:
    """Places whose numbers or bands differ, from the top down, new ones after the ones there were."""
    order = [*before.spots, *(pk for pk in after.spots if pk not in before.spots)]
    for kind in Kind.values:
        for pk in order:
            spot = after.spots.get(pk) or before.spots[pk]
            if spot.kind != kind or kind == Kind.HOUSEHOLD:
                continue
            old, new = before.counts.get(pk), after.counts.get(pk)
            bands = tuple(_own_shifts(before, after, pk))
            if old != new or any(band.states[0] != band.states[1] for band in bands):
                yield Effect(spot, old, new, bands)


def _own_shifts(before: Shape, after: Shape, pk: int) -> Iterable[BandShift]:
    """A grid and its one Party group have the same bands; they are told of the group."""
    shape = after if pk in after.spots else before
    groups = [child.pk for child in shape.children.get(pk, ()) if child.kind == Kind.GROUP]
    told = [shift for group in groups for shift in _shifts(before, after, group)]
    return (shift for shift in _shifts(before, after, pk) if shift not in told)


def _shifts(before: Shape, after: Shape, pk: int) -> Iterable[BandShift]:
    old = before.marks(pk) if pk in before.spots else {}
    new = after.marks(pk) if pk in after.spots else {}
    for code in {**old, **new}:
        yield BandShift(old.get(code), new.get(code))


# --- rosters ----------------------------------------------------------------------------------------


def _lines(shape: Shape) -> dict[tuple[str, int], tuple[int, Any]]:
    """Every line of annexes 2 to 4: (annex, the row it is about) → (village, what stands in it)."""
    found: dict[tuple[str, int], tuple[int, Any]] = {}
    for spot in shape.spots.values():
        above = shape.above(spot.pk)
        kinds = [shape.spots[pk].kind for pk in above]
        chain = tuple((pk, shape.spots[pk].name) for pk in above)
        if spot.kind == Kind.GROUP:
            hubs = tuple(child.pk for child in shape.children.get(spot.pk, ()) if child.kind == Kind.HUB)
            found["2", spot.pk] = (above[-1], (chain, sorted(hubs)))
        elif spot.kind == Kind.MEMBER and kinds[:1] == [Kind.HUB]:
            found["3", spot.pk] = (above[-1], chain)
        elif spot.kind == Kind.HOUSEHOLD and kinds[:1] == [Kind.MEMBER]:
            found["4", spot.pk] = (above[-1], chain)
    return found


def _rosters(before: Shape, after: Shape) -> Iterable[RosterChange]:
    old, new = _lines(before), _lines(after)
    changed: Counter[tuple[str, int]] = Counter()
    for key in {**old, **new}:
        if old.get(key) != new.get(key):
            for root in {line[0] for line in (old.get(key), new.get(key)) if line is not None}:
                changed[key[0], root] += 1
    for annex, title in ANNEXES:
        for (code, root), n in sorted(changed.items()):
            if code == annex:
                village = (after.spots.get(root) or before.spots[root]).name
                yield RosterChange(annex, title, village, n)


# --- who sees what ----------------------------------------------------------------------------------


def sights_between(before: Shape, after: Shape, *, on: date) -> list[Sight]:
    """Accounts by post whose rows differ afterwards: access.py lets them see all under their places."""
    tops = [pk for pk, spot in before.spots.items() if spot.parent is None]
    places, words, names = _eyes(tops, on)
    found = []
    for person in sorted(places, key=lambda pk: names[pk]):
        seen, will_see = before.below(places[person]), after.below(places[person])
        gains = {pk for pk in will_see - seen if pk > 0}
        loses = {pk for pk in seen - will_see if pk in after.spots}
        if gains or loses:
            found.append(
                Sight(
                    names[person],
                    tuple(words[person]),
                    "、".join(_counted(after, gains)),
                    "、".join(_counted(before, loses)),
                )
            )
    return found


def _eyes(
    root_ids: Sequence[int], on: date
) -> tuple[Mapping[int, set[int]], Mapping[int, list[str]], Mapping[int, str]]:
    """Places, posts in words and name of everybody of these villages who signs in by post."""
    account = {"user__is_active": True, "user__office_role": OfficeRole.BY_POST}
    places: dict[int, set[int]] = defaultdict(set)
    words: dict[int, list[str]] = defaultdict(list)
    names: dict[int, str] = {}
    posts = (
        Post.objects.current(on)
        .filter(node__root_id__in=root_ids, node__closed_on=None)
        .filter(**{f"person__{name}": value for name, value in account.items()})
        .order_by("pk")
        .values_list("person_id", "person__name", "node_id", "node__name", "role")
    )
    for person, name, node, place, role in posts:
        places[person].add(node)
        words[person].append(f"{place} {Role(role).label}")
        names[person] = name
    members = MemberProfile.objects.filter(node__root_id__in=root_ids, node__closed_on=None).filter(
        **{f"person__{name}": value for name, value in account.items()}
    )
    for person, name, node in members.values_list("person_id", "person__name", "node_id"):
        places[person].add(node)
        words.setdefault(person, ["党员"])
        names[person] = name
    return places, words, names


def _counted(shape: Shape, pks: Iterable[int]) -> list[str]:
    numbers = Counter(shape.spots[pk].kind for pk in pks)
    return [f"{numbers[kind]}{KINDS[kind].unit}{KINDS[kind].title}" for kind in Kind.values if numbers[kind]]
