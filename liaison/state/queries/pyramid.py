"""How many stand on each step of the pyramid of a township, village or grid, and who has nobody."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet

from grids import access
from grids.choices import ROOT_KINDS, BranchSetting, Kind
from grids.models import Node
from grids.queries.ability import able
from grids.rules import Band
from liaison.choices import Edge, Level
from liaison.models import Contact
from liaison.queries import current
from liaison.state.pictures import Pyramid, Step
from liaison.state.queries.loads import Asker, persons
from liaison.state.queries.places import under
from liaison.state.queries.problems import TARGETS, nobody, unled, unplaced
from liaison.state.rules import EDGES, EdgeInfo

LEVELS = (Level.TOWN_LEADER, Level.GENERAL_BRANCH, Level.COMMITTEE)
ORDER = {kind: place for place, kind in enumerate(Kind.values)}


def pyramid_of(asker: Asker, place: Node | None) -> Pyramid:
    """The steps of a place in sight, or of the township; people above a place are counted, not named."""
    numbers = _lower_numbers(asker, place)
    steps = [*_upper(asker, place), *_lower(asker, place, numbers)]
    return Pyramid([step for step in steps if step.all_holders or step.targets], numbers["households"])


def _in_force(asker: Asker, info: EdgeInfo) -> Band | None:
    band = asker.measure.bands[info.code] if info.code else None
    return band if band is not None and band.is_on else None


# --- 乡领导, 总支班子, 支部委员 ------------------------------------------------------------------------


def _upper(asker: Asker, place: Node | None) -> list[Step]:
    """The contact edges, where the place is at least a group: two queries, one more for each level."""
    if place is not None and ORDER[place.kind] > ORDER[Kind.GROUP]:
        return []
    targets = _targets(asker, place)
    sums: dict[str, Count] = {}
    for level in LEVELS:
        sums[f"all_{level.value}"] = Count("pk", filter=TARGETS[level])
        sums[f"bare_{level.value}"] = Count("pk", filter=nobody(level, asker.on))
    numbers = targets.order_by().aggregate(**sums)
    rows = (
        Contact.objects.filter(current(asker.on), target__in=targets)
        .order_by()
        .values("level")
        .annotate(links=Count("pk"), people=Count("holder", distinct=True))
    )
    lines = {row["level"]: (row["links"], row["people"]) for row in rows}
    found = []
    for level in LEVELS:
        info, (links, people) = EDGES[Edge(level.value)], lines.get(level, (0, 0))
        if _whole(place, level):
            people = persons(asker, level, place).count()
        all_, bare = numbers[f"all_{level.value}"], numbers[f"bare_{level.value}"]
        if all_ or level != Level.GENERAL_BRANCH:
            found.append(Step(info, people, links, all_, bare, _in_force(asker, info)))
    return found


def _targets(asker: Asker, place: Node | None) -> QuerySet[Node]:
    """Party organisations and groups of the place, and those it stands under."""
    township_id = access.scope_of(asker.user).township_id
    nodes = Node.objects.filter(township_id=township_id, closed_on=None, kind__in=[*ROOT_KINDS, Kind.GROUP])
    if place is None:
        return nodes
    return nodes.filter(under(place) | Q(pk__in=[place.root_id, place.branch_id, place.group_id]))


def _whole(place: Node | None, level: Level) -> bool:
    """Whether all who are to look after something there can be counted, also those who have nothing."""
    if place is None or place.parent_id is None:
        return True
    return place.kind == Kind.BRANCH and level == Level.COMMITTEE


# --- 党小组长, 中心户, 党员 ----------------------------------------------------------------------------


def _lower_numbers(asker: Asker, place: Node | None) -> Mapping[str, int]:
    """All that hangs in the place, in one query."""
    nodes = Node.objects.visible_to(asker.user).filter(under(place), closed_on=None).order_by()
    serving = able(asker.on) & Q(root__branch_profile__setting=BranchSetting.VILLAGE)
    found: dict[str, Any] = nodes.aggregate(
        groups=Count("pk", filter=Q(kind=Kind.GROUP)),
        hubs=Count("pk", filter=Q(kind=Kind.HUB)),
        unled=Count("pk", filter=unled(asker.on)),
        members=Count("pk", filter=Q(kind=Kind.MEMBER)),
        placed=Count("pk", filter=Q(kind=Kind.MEMBER, hub__isnull=False)),
        unplaced=Count("pk", filter=unplaced()),
        able=Count("pk", filter=Q(kind=Kind.MEMBER) & serving),
        households=Count("pk", filter=Q(kind=Kind.HOUSEHOLD)),
        linked=Count("pk", filter=Q(kind=Kind.HOUSEHOLD, parent__kind=Kind.MEMBER)),
    )
    return found


def _lower(asker: Asker, place: Node | None, n: Mapping[str, int]) -> list[Step]:
    """The edges of the tree, from the place downwards."""
    leader, hub, member = (EDGES[edge] for edge in (Edge.LEADER, Edge.HUB, Edge.MEMBER))
    steps = [
        Step(leader, n["groups"], n["hubs"], n["hubs"], n["unled"], _in_force(asker, leader)),
        Step(hub, n["hubs"], n["placed"], n["placed"] + n["unplaced"], n["unplaced"], _in_force(asker, hub)),
        Step(
            member,
            n["able"],
            n["linked"],
            n["households"],
            n["households"] - n["linked"],
            _in_force(asker, member),
            people=n["members"],
        ),
    ]
    if place is None:
        return steps
    return [step for step in steps if ORDER[str(step.info.holder_kind)] >= ORDER[place.kind]]
