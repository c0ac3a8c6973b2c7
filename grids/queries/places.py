"""One place of the tree: its facts, people, chain upward and band notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Case, Field, IntegerField, QuerySet, Value, When

from grids import rules
from grids.choices import BranchSetting, Kind, Role
from grids.kinds import KINDS
from grids.models import MemberProfile, Node, Person, Post
from grids.models.profiles import Profile
from grids.queries import phones
from grids.queries.ability import part_words
from grids.queries.bands import Yardstick, yardstick
from grids.queries.branches import KIND_ORDER
from grids.queries.counts import Counts, Holder, counts_for, holders
from grids.queries.marks import Mark, marks_for

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Fact:
    """One line of a place's facts."""

    title: str
    value: str
    reveals: bool = False  # a masked phone that can be asked for


@dataclass(frozen=True)
class Link:
    """One step of the chain from a place up to the top, with who answers there."""

    pk: int
    kind: str
    name: str
    heads: tuple[Holder, ...]
    visible: bool

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(Kind(self.kind).label)


def profile_of(node: Node) -> Profile | None:
    """The node's profile, or None while it has none."""
    info = KINDS[node.kind]
    return cast(Profile | None, info.profile.objects.filter(node=node).first())


def chain(user: "User | Any", node: Node, *, on: date) -> list[Link]:
    """From the place itself up to the top (户 → 党员 → 中心户 → 组长 → 支部), each with its heads."""
    above = {node.parent_id, node.hub_id, node.group_id, node.grid_id, node.branch_id, node.root_id}
    nodes = list(Node.objects.filter(pk__in={node.pk, *above} - {None}))
    seen = set(
        Node.objects.visible_to(user).filter(pk__in=[n.pk for n in nodes]).values_list("pk", flat=True)
    )
    heads = holders([n.pk for n in nodes], on=on)
    nodes.sort(key=lambda n: -n.level)
    return [Link(n.pk, n.kind, n.name, tuple(heads.get(n.pk, ())), n.pk in seen) for n in nodes]


def facts_of(user: "User | Any", node: Node, profile: Profile | None, *, on: date) -> list[Fact]:
    """The written facts in words as of a day, empty ones left out."""
    facts = [Fact("类型", str(Kind(node.kind).label))]
    if node.since:
        facts.append(
            Fact("联系起始" if node.kind == Kind.HOUSEHOLD else "起始时间", f"{node.since:%Y-%m-%d}")
        )
    if profile is not None:
        for name in KINDS[node.kind].fields:
            facts.extend(_fact(user, node, profile, name, on))
    if node.closed_on:
        facts.append(Fact("注销", f"{node.closed_on:%Y-%m-%d} {node.get_close_reason_display()}"))
    return facts


def _fact(user: "User | Any", node: Node, profile: Profile, name: str, on: date) -> list[Fact]:
    field = cast(Field, profile._meta.get_field(name))
    title = str(field.verbose_name)
    if field.many_to_many:
        value = "、".join(str(row) for row in getattr(profile, name).all())
    elif name == "phone":
        whole = getattr(profile, name)
        value = phones.shown(user, node.root_id, whole)
        return [Fact(title, value, reveals=value != whole)] if value else []
    elif isinstance(profile, MemberProfile) and name == "takes_part":
        value = part_words(profile, on)
    elif isinstance(raw := getattr(profile, name), bool):
        value = "是" if raw else "否"
    elif field.choices:
        value = str(getattr(profile, f"get_{name}_display")())
    else:
        value = "" if raw is None else str(raw)
    return [Fact(title, value)] if value else []


def posts_at(user: "User | Any", node: Node, *, on: date) -> list[Post]:
    """Posts held at the place that day, the head first."""
    order = Case(
        *[When(role=role, then=Value(place)) for place, role in enumerate(Role.values)],
        output_field=IntegerField(),
    )
    return list(
        Post.objects.visible_to(user)
        .current(on)
        .filter(node=node)
        .select_related("person")
        .order_by(order, "since", "pk")
    )


def member_person(node: Node) -> Person | None:
    """The person who stands in a member's place."""
    return Person.objects.filter(membership__node=node).first()


def children_of(user: "User | Any", node: Node, *, closed: bool) -> QuerySet[Node]:
    """The places right below, in the order of the document, ready to be paged."""
    order = Case(
        *[When(kind=kind, then=Value(place)) for kind, place in KIND_ORDER.items()],
        output_field=IntegerField(),
    )
    rows = Node.objects.visible_to(user).filter(parent=node)
    if not closed:
        rows = rows.filter(closed_on=None)
    return rows.order_by(order, "position", "pk")


@dataclass(frozen=True)
class Standing:
    """A place's numbers with their marks."""

    counts: Counts
    marks: Sequence[Mark]
    measure: Yardstick


def standing_of(node: Node, profile: Profile | None, *, on: date, counts: Counts | None = None) -> Standing:
    """Numbers below the place and how they stand against the bands (with other `counts`: as if)."""
    found = counts_for([node], on=on)[node.pk] if counts is None else counts
    measure = yardstick(node.township_id, on=on)
    marks = marks_for(
        node.kind,
        found,
        measure,
        pk=node.pk,
        served=getattr(profile, "served_households", None),
        takes_part=not isinstance(profile, MemberProfile) or profile.can_serve(on),
        in_village=is_village(node.root_id),
    )
    return Standing(found, list(marks.values()), measure)


def is_village(root_id: int | None) -> bool:
    """True unless the top organisation says it stands in an office, enterprise or school."""
    return (
        not Node.objects.filter(pk=root_id)
        .exclude(branch_profile=None)
        .exclude(branch_profile__setting=BranchSetting.VILLAGE)
        .exists()
    )


def kinds_below(node: Node) -> tuple[str, ...]:
    """Kinds that may be added right below; a grid has one group."""
    if node.closed_on:
        return ()
    kinds = rules.children_of(node.kind)
    if node.kind == Kind.GRID and Node.objects.filter(parent=node, kind=Kind.GROUP, closed_on=None).exists():
        kinds = tuple(kind for kind in kinds if kind != Kind.GROUP)
    return kinds


def release_place(node: Node) -> Node | None:
    """Where the rows under a closed hub or member go: not placed, not linked, but kept."""
    if node.kind == Kind.HUB:
        return node.group
    if node.kind == Kind.MEMBER:
        return node.group or node.grid
    return None
