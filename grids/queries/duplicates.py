"""People who may be one and the same: warned of while typing, listed for merging, compared side by side."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, QuerySet

from grids.choices import Role
from grids.holdings import providers
from grids.models import Person, Post
from grids.queries import phones
from grids.queries.names import SHORTEST_TAIL

if TYPE_CHECKING:
    from township.models import User

MOST_TWINS = 5
MOST_ALIKE = 6  # of one name in one village; more are not paired with each other
NOTE, STRONG = "note", "strong"


@dataclass(frozen=True)
class Twin:
    """Somebody of the same name, and how much speaks for the same person."""

    pk: int
    name: str
    village: str
    phone: str
    posts: str
    member: bool
    strength: str
    why: str
    exact: bool = False  # the same number too: the database holds such a person only once

    @property
    def is_strong(self) -> bool:
        """True when the phone speaks for it too."""
        return self.strength == STRONG


@dataclass(frozen=True)
class _Row:
    pk: int
    name: str
    phone: str
    root_id: int | None
    village: str
    member_id: int | None


def twins_of(
    user: "User | Any", *, name: str, phone: str, root_id: int | None, on: date, but: int | None = None
) -> list[Twin]:
    """People in sight with this name: two queries by index, none for less than two characters."""
    name = "".join(name.split())
    if len(name) < 2:
        return []
    rows = _rows(
        Person.objects.visible_to(user).filter(name=name).exclude(pk__in=[but or 0])[: 4 * MOST_TWINS]
    )
    told = [(row, *_likeness(row, name, phone, root_id)) for row in rows]
    close = [entry for entry in told if entry[1]]
    close.sort(key=lambda entry: (entry[1] != STRONG, entry[0].pk))
    return [
        replace(twin, exact=bool(phone) and row.phone == phone)
        for twin, (row, *_) in zip(_twins(user, close[:MOST_TWINS], on), close, strict=False)
    ]


def _rows(people: Any) -> list[_Row]:
    return [
        _Row(pk, name, phone, root_id, village or "乡（镇）", member)
        for pk, name, phone, root_id, village, member in people.values_list(
            "pk", "name", "phone", "root_id", "root__name", "membership__node_id"
        )
    ]


def _likeness(row: _Row, name: str, phone: str, root_id: int | None) -> tuple[str, str]:
    """How much speaks for one person, and what."""
    same_tail = bool(phone and row.phone) and row.phone[-SHORTEST_TAIL:] == phone[-SHORTEST_TAIL:]
    if same_tail:
        where = "同一党组织" if row.root_id == root_id else "不在同一党组织"
        return STRONG, f"姓名相同，电话尾号相同（{where}）"
    if row.root_id != root_id:
        return "", ""
    if not (phone and row.phone):
        return NOTE, "同一党组织里姓名相同，有一方没有电话"
    return NOTE, "同一党组织里姓名相同，电话不同"


def _twins(user: "User | Any", entries: Iterable[tuple[_Row, str, str]], on: date) -> list[Twin]:
    found = list(entries)
    posts = _posts(user, [row.pk for row, *_ in found], on)
    return [
        Twin(
            pk=row.pk,
            name=row.name,
            village=row.village,
            phone=phones.shown(user, row.root_id, row.phone),
            posts="、".join(posts.get(row.pk, ())),
            member=row.member_id is not None,
            strength=strength,
            why=why,
        )
        for row, strength, why in found
    ]


def _posts(user: "User | Any", person_ids: list[int], on: date) -> Mapping[int, list[str]]:
    if not person_ids:
        return {}
    rows = (
        Post.objects.visible_to(user)
        .current(on)
        .filter(person_id__in=person_ids)
        .order_by("since", "pk")
        .values_list("person_id", "role", "node__name")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, role, place in rows:
        found[person_id].append(f"{place or ''} {Role(role).label}".strip())
    return found


# --- the list of pairs ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person; the first is the better one to keep."""

    first: _Row
    second: _Row
    strength: str
    why: str


def pairs(user: "User | Any", *, village: int | None, everything: bool) -> list[Pair]:
    """Candidate pairs in sight, the strong ones first, in two queries.

    Two whole and different numbers speak for two people: such pairs come only with `everything`.
    """
    people = Person.objects.visible_to(user)
    if village is not None:
        people = people.filter(root_id=village)
    doubled = people.order_by().values("name").annotate(n=Count("pk")).filter(n__gt=1).values("name")
    named: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows(people.filter(name__in=doubled).order_by("name", "pk")):
        named[row.name].append(row)
    found = [pair for rows in named.values() for pair in _paired(rows, everything=everything)]
    return sorted(found, key=lambda pair: (pair.strength != STRONG, pair.first.village, pair.first.name))


def _paired(rows: list[_Row], *, everything: bool) -> Iterable[Pair]:
    for first, second in combinations(rows[:MOST_ALIKE], 2):
        strength, why = _likeness(first, second.name, second.phone, second.root_id)
        unlike = bool(first.phone and second.phone) and strength != STRONG
        if strength and (everything or not unlike):
            better, other = sorted((first, second), key=lambda row: (row.member_id is None, row.pk))
            yield Pair(better, other, strength, why)


def pair_rows(user: "User | Any", found: Iterable[Pair], *, on: date) -> list[dict[str, Any]]:
    """One page of pairs with phones as the reader may see them and posts in words: one query."""
    shown = list(found)
    both = {row.pk: row for pair in shown for row in (pair.first, pair.second)}
    posts = _posts(user, list(both), on)

    def side(row: _Row) -> dict[str, Any]:
        return {
            "pk": row.pk,
            "name": row.name,
            "village": row.village,
            "phone": phones.shown(user, row.root_id, row.phone),
            "posts": "、".join(posts.get(row.pk, ())),
            "member": row.member_id is not None,
        }

    return [
        {"first": side(pair.first), "second": side(pair.second), "strength": pair.strength, "why": pair.why}
        for pair in shown
    ]


# --- side by side -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Aside:
    """All of one record that a merge decides about."""

    person: Person
    phone: str
    village: str
    member: Any  # the node, or None
    posts: list[Post]
    has_account: bool
    others: list[str]  # what other apps know of: contacts in words


def aside(user: "User | Any", person: Person, *, on: date) -> Aside:
    """One record as the merge page shows it: posts and contacts at places in sight."""
    others = [
        f"{item.title} {item.where}"
        for one in providers()
        for item in one.held(user, person, on=on, editable=False)
    ]
    posts = Post.objects.visible_to(user).filter(person=person).select_related("node")
    membership = getattr(person, "membership", None)
    return Aside(
        person=person,
        phone=phones.shown(user, person.root_id, person.phone),
        village=person.root.name if person.root else "乡（镇）",
        member=membership.node if membership is not None else None,
        posts=list(posts.order_by(F("until").desc(nulls_first=True), "since", "pk")),
        has_account=person.user_id is not None,
        others=others,
    )


def naming(people: QuerySet[Person]) -> Callable[[Person], str]:
    """How these people are written in a choice: the office's own marked, namesakes told apart by phone.

    One query, however many are written.
    """
    often = Counter(people.order_by().values_list("name", flat=True))

    def named(person: Person) -> str:
        marks = [] if person.root_id else ["乡"]
        if often[person.name] > 1:
            marks.append(f"电话尾号{person.phone[-4:]}" if person.phone else "没有登记电话")
        return f"{person.name}（{'，'.join(marks)}）" if marks else person.name

    return named
