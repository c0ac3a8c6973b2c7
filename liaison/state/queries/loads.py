"""Who holds how much at each edge, worst first: ranked by the database, so that every page is right."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from grids.choices import BranchSetting, Kind, Role
from grids.models import Node, Person, Post
from grids.queries.bands import Yardstick
from grids.queries.names import name_matches
from grids.queries.orders import NONE, SET, WORST_FIRST, Rule, number_below, rule_of
from grids.rules import Band
from liaison.choices import Edge, Level
from liaison.models import Contact
from liaison.queries import current
from liaison.rules import HOLDER_ROLES
from liaison.state.queries.places import under
from liaison.state.rules import EDGES, EdgeInfo

if TYPE_CHECKING:
    from township.models import User

OUT = Q(over__gt=0) | Q(under__gt=0)
HEAD_ROLE = {Kind.GROUP: Role.GROUP_LEADER, Kind.HUB: Role.HUB_HEAD}


@dataclass(frozen=True)
class LoadQuery:
    """What of an edge's holders is asked for: a place, a name, and '', over, under, accepted or none."""

    place: Node | None = None
    text: str = ""
    show: str = ""


@dataclass(frozen=True)
class Asker:
    """Who asks, of which day, against which ratios."""

    user: "User | Any"
    on: date
    measure: Yardstick


def holders(asker: Asker, info: EdgeInfo, query: LoadQuery) -> QuerySet[Any]:
    """The holders of one edge with `load`, `over` and `under`, the worst first, ready to be paged."""
    if info.level is None:
        nodes = places(asker, info, query.place)
        if query.text:
            nodes = nodes.filter(_named(info, query.text, asker.on))
        return _shown(asker, info, nodes, query.show).order_by(*WORST_FIRST, "-load", *SET)
    people = persons(asker, info.level, query.place)
    if query.text:
        people = people.filter(name_matches(query.text))
    order = (*WORST_FIRST, "-load", "root__position", "root_id", "pinyin_order", "pk")
    return _shown(asker, info, people, query.show).order_by(*order)


def _shown(asker: Asker, info: EdgeInfo, rows: QuerySet[Any], show: str) -> QuerySet[Any]:
    if show == "over":
        return rows.filter(over__gt=0)
    if show == "under":
        return rows.filter(under__gt=0)
    if show == "none":
        return rows.filter(load=0)
    if show == "accepted":
        return rows.filter(accepted(info, asker.measure, asker.on))
    return rows


# --- the three edges that are the tree --------------------------------------------------------------


def places(asker: Asker, info: EdgeInfo, place: Node | None) -> QuerySet[Node]:
    """Groups, hubs, or members who can be given households or have some."""
    kind, target = info.holder_kind, info.target_kind
    if kind is None or target is None:
        raise ValueError(f"{info.edge} is no edge of the tree")
    rule = rule_of(kind, asker.measure, asker.on)
    nodes = (
        Node.objects.visible_to(asker.user)
        .filter(under(place), kind=kind, closed_on=None)
        .annotate(load=number_below(target))
        .annotate(**rule.distances("load"))
    )
    return nodes.exclude(rule.spared & Q(load=0)) if kind == Kind.MEMBER else nodes


def _named(info: EdgeInfo, text: str, on: date) -> Q:
    """By the place's own name, or by who answers for it."""
    role = HEAD_ROLE.get(info.holder_kind) if info.holder_kind else None
    if role is None:
        return name_matches(text)
    heads = Post.objects.current(on).filter(name_matches(text, "person__"), role=role)
    return name_matches(text) | Q(pk__in=heads.values("node_id"))


def accepted(info: EdgeInfo, measure: Yardstick, on: date) -> Q:
    """Holders whose lying outside has been accepted."""
    ids = [pk for pk, code in measure.exceptions if code == info.code]
    if info.level is None:
        return Q(pk__in=ids)
    # A committee member goes by what was accepted for the committee.
    posts = entitling(info.level, on).filter(person_id=OuterRef("pk"), node_id__in=ids)
    return Q(Exists(posts)) if ids else NONE


# --- the three edges that are contacts --------------------------------------------------------------


def entitling(level: str, on: date) -> Any:
    """Posts that let somebody look after something at an upper level."""
    posts = Post.objects.current(on).filter(role__in=HOLDER_ROLES[level])
    if level == Level.TOWN_LEADER:
        return posts
    posts = posts.filter(node__closed_on=None)
    return posts.filter(node__kind=Kind.GENERAL_BRANCH) if level == Level.GENERAL_BRANCH else posts


def fitting(level: str, on: date) -> Any:
    """Those of them whose holders are to look after something.

    A committee of a 总支 has its branches; committees of offices and schools have no Party groups.
    """
    posts = entitling(level, on)
    if level != Level.COMMITTEE:
        return posts
    return posts.filter(node__kind=Kind.BRANCH, node__root__branch_profile__setting=BranchSetting.VILLAGE)


def running(level: str, on: date) -> Any:
    """Contacts of a level that hold on a day."""
    return Contact.objects.filter(current(on), level=level, target__closed_on=None)


def persons(asker: Asker, level: Level, place: Node | None) -> QuerySet[Person]:
    """Whoever holds a post of this level in the place, or looks after something there."""
    user, on = asker.user, asker.on
    lines = running(level, on)
    mine = Exists(lines.visible_to(user).filter(under(place, "target"), holder_id=OuterRef("pk")))
    seated = fitting(level, on).visible_to(user).filter(person_id=OuterRef("pk"))
    if level != Level.TOWN_LEADER:
        seated = seated.filter(under(place, "node"))
    wanted = Q(mine) if level == Level.TOWN_LEADER and place is not None else Q(mine) | Q(Exists(seated))
    number = lines.filter(holder_id=OuterRef("pk")).order_by().values("holder_id").annotate(n=Count("pk"))
    info = EDGES[Edge(level.value)]
    rule = Rule(
        _band(info, asker.measure),
        accepted=accepted(info, asker.measure, on),
        spared=~Q(Exists(entitling(level, on).filter(person_id=OuterRef("pk")))),
    )
    return (
        Person.objects.filter(wanted)
        .annotate(load=Coalesce(Subquery(number.values("n")), 0))
        .annotate(**rule.distances("load"))
    )


def _band(info: EdgeInfo, measure: Yardstick) -> Band:
    """The ratio of an upper edge; 乡领导 have none."""
    return measure.bands[info.code] if info.code else NO_BAND


NO_BAND = Band("", "", 0, 0, "个", "", mode="off")


# --- how many lie outside ---------------------------------------------------------------------------


def outside(asker: Asker, place: Node | None) -> dict[str, int]:
    """How many holders of each edge lie outside their ratio, in one query; 乡领导 have none."""
    parts = []
    for info in EDGES.values():
        if info.code is None:
            continue
        rows: QuerySet[Any]
        rows = persons(asker, info.level, place) if info.level else places(asker, info, place)
        named = rows.filter(OUT).annotate(edge=Value(info.edge.value, CharField(max_length=2)))
        parts.append(named.order_by().values("edge").annotate(n=Count("pk")))
    found = {edge.value: 0 for edge in Edge}
    found.update({row["edge"]: row["n"] for row in parts[0].union(*parts[1:], all=True)})
    return found
