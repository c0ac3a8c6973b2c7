"""People, their posts and villager groups, as rows for lists and for the person's page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from grids import access
from grids.choices import Kind, Role
from grids.duties import DUTIES, SINGLE, term_state, term_words
from grids.models import GridProfile, Node, Person, Post, VillagerGroup
from grids.queries import phones
from grids.queries.names import name_matches, tail_matches
from grids.queries.orders import ordered_people, ordered_posts

if TYPE_CHECKING:
    from township.models import User

Cells = dict[str, Any]


@dataclass(frozen=True)
class PeopleQuery:
    """What of the people or posts is asked for."""

    village: int | None = None
    role: str = ""
    text: str = ""
    state: str = ""
    sort: str = ""
    term: str = ""  # a term's state as PostQuerySet.in_term takes it


def people(user: "User | Any", query: PeopleQuery, *, on: date) -> QuerySet[Person]:
    """People the user sees and asks for."""
    rows = Person.objects.visible_to(user)
    if query.village is not None:
        rows = rows.filter(root_id=query.village)
    if query.role or query.term:
        held = Post.objects.visible_to(user).current(on)
        held = held.filter(role=query.role) if query.role else held
        held = held.in_term(query.term, on) if query.term else held
        rows = rows.filter(pk__in=held.values("person_id"))
    if query.state == "member":
        rows = rows.filter(membership__node__closed_on=None, membership__isnull=False)
    elif query.state == "lay":
        rows = rows.filter(membership=None)
    elif query.state == "no_phone":
        rows = rows.filter(phone="")
    if query.text:
        rows = rows.filter(name_matches(query.text) | tail_matches(query.text, ["phone"], user=user))
    return ordered_people(rows, query.sort)


def people_rows(user: "User | Any", rows: QuerySet[Person], *, on: date) -> list[Cells]:
    """People as values, with their posts and membership in words: three queries."""
    raw = list(
        rows.values(
            "pk",
            "name",
            "phone",
            "root_id",
            root_name=F("root__name"),
            member_id=F("membership__node_id"),
            member_closed=F("membership__node__closed_on"),
        )
    )
    posts = _posts_in_words(user, [row["pk"] for row in raw], on)
    return [
        {
            "pk": row["pk"],
            "name": row["name"],
            "village": row["root_name"] or "乡（镇）",
            "held": posts.get(row["pk"], []),
            "posts": "；".join(str(held) for held in posts.get(row["pk"], ())),
            "member": ""
            if row["member_id"] is None
            else "党员（已注销）"
            if row["member_closed"]
            else "党员",
            "phone": phones.shown(user, row["root_id"], row["phone"]),
        }
        for row in raw
    ]


@dataclass(frozen=True)
class Held:
    """A post in words: place and role, since when, and how its term stands."""

    title: str
    since: date | None
    state: str
    term: str

    def __str__(self) -> str:
        details = [f"{self.since:%Y-%m-%d} 起"] if self.since else []
        details += [self.term] if self.term else []
        return f"{self.title}（{'，'.join(details)}）" if details else self.title


def _posts_in_words(user: "User | Any", person_ids: Iterable[int], on: date) -> dict[int, list[Held]]:
    held = (
        Post.objects.visible_to(user)
        .current(on)
        .filter(person_id__in=list(person_ids))
        .order_by("person_id", "since", "pk")
        .values_list("person_id", "role", "node__name", "since", "term_until")
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for person_id, role, place, since, term in held:
        title = f"{place or ''} {Role(role).label}".strip()
        found[person_id].append(Held(title, since, term_state(term, on), term_words(term, on)))
    return found


def posts(user: "User | Any", query: PeopleQuery, *, on: date) -> QuerySet[Post]:
    """Posts the user sees and asks for; those held that day unless the state says otherwise."""
    rows = Post.objects.visible_to(user)
    if query.state == "ended":
        rows = rows.filter(until__lte=on)
    elif query.state != "all":
        rows = rows.current(on)
    if query.village is not None:
        rows = rows.filter(node__root_id=query.village)
    if query.role:
        rows = rows.filter(role=query.role)
    if query.term:
        rows = rows.in_term(query.term, on)
    if query.text:
        rows = rows.filter(
            name_matches(query.text, "person__")
            | name_matches(query.text, "node__")
            | tail_matches(query.text, ["person__phone"], user=user, root="node__root_id")
        )
    return ordered_posts(rows, query.sort)


def post_rows(user: "User | Any", rows: QuerySet[Post], *, on: date) -> list[Cells]:
    """Posts as values: one query."""
    raw = rows.values(
        "pk", "role", "source", "since", "until", "term_until", "duties", "node_id", "person_id",
        place=F("node__name"), place_kind=F("node__kind"), root_id=F("node__root_id"),
        root_name=F("node__root__name"), person_name=F("person__name"), number=F("person__phone"),
    )  # fmt: skip
    labels = dict(Post._meta.get_field("source").flatchoices)
    return [
        {
            "pk": row["pk"],
            "person_id": row["person_id"],
            "name": row["person_name"],
            "role": Role(row["role"]).label,
            "node_id": row["node_id"],
            "place": row["place"] or "乡（镇）",
            "village": row["root_name"] or "",
            "source": labels.get(row["source"], ""),
            "since": row["since"],
            "until": row["until"],
            "term_until": row["term_until"],
            "term_state": "" if row["until"] and row["until"] <= on else term_state(row["term_until"], on),
            "term": "" if row["until"] and row["until"] <= on else term_words(row["term_until"], on),
            "duties": row["duties"] or DUTIES.get(row["role"], ""),
            "phone": phones.shown(user, row["root_id"], row["number"]),
        }
        for row in raw
    ]


def posts_of(user: "User | Any", person: Person) -> list[Post]:
    """All posts of a person at places the user sees, the present ones first."""
    rows = Post.objects.visible_to(user).filter(person=person).select_related("node", "node__root")
    return list(rows.order_by(F("until").desc(nulls_first=True), "since", "pk"))


def people_of_village(user: "User | Any", root_id: int | None) -> QuerySet[Person]:
    """People to choose from for a post there (None: of the township itself).

    The office also sends its own: 党建指导员, and secretaries by 干部中派.
    """
    place = Q(root_id=root_id)
    if access.scope_of(user).whole_township:
        place |= Q(root_id=None)
    found = Person.objects.visible_to(user).filter(place)
    return found.order_by(F("root_id").asc(nulls_last=True), "name", "pk")


def present_holders(node: Node, *, on: date) -> list[str]:
    """Who holds the posts there that one person holds at a time, in words: 党小组长 田芳."""
    held = (
        Post.objects.current(on)
        .filter(node=node, role__in=SINGLE)
        .order_by("since", "pk")
        .values_list("role", "person__name")
    )
    return [f"{Role(role).label} {name}" for role, name in held]


def post_places(user: "User | Any", root_id: int) -> QuerySet[Node]:
    """Places of a village where posts are held."""
    kinds = (Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB)
    rows = Node.objects.visible_to(user).filter(root_id=root_id, kind__in=kinds, closed_on=None)
    return rows.order_by("lft")


def villager_groups(user: "User | Any", village: int | None) -> QuerySet[VillagerGroup]:
    """Villager groups with the number of their households and the grids that cover them."""
    rows = VillagerGroup.objects.visible_to(user).select_related("root")
    if village is not None:
        rows = rows.filter(root_id=village)
    open_grids = GridProfile.objects.filter(node__closed_on=None).select_related("node")
    return (
        rows.annotate(
            household_count=Count("households", filter=Q(households__node__closed_on=None), distinct=True)
        )
        .prefetch_related(Prefetch("grids", queryset=open_grids, to_attr="open_grids"))
        .order_by("root__position", "root_id", "position", "pk")
    )


def may_edit_person(user: "User | Any", person: Person) -> bool:
    """The office edits all its people; a secretary those of the own village, members and post-holders."""
    scope = access.scope_of(user)
    if not access.may(user, access.Right.EDIT_ROSTER) or person.township_id != scope.township_id:
        return False
    if scope.whole_township:
        return True
    if person.root_id in {place.root_id for place in scope.places if place.node_id in scope.edits}:
        return True
    member = Node.objects.filter(member_profile__person_id=person.pk).first() if person.pk else None
    return member is not None and access.may_edit(user, member)


def may_edit_post(user: "User | Any", post: Post) -> bool:
    """As its place; a post at no place is the 乡's own."""
    if post.node is None:
        return access.may(user, access.Right.EDIT_TOWN_CONTACTS)
    return access.may_edit(user, post.node)
