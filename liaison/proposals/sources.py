"""The rows of each edge's question, read from the tree in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Q

from grids.choices import COMMITTEE_ROLES, AbsenceReason, CloseReason, Kind, Role
from grids.models import GridCover, HouseholdProfile, MemberProfile, Node, Post, VillagerGroup
from grids.queries.ability import unable
from grids.queries.bands import yardstick
from liaison.choices import Edge, Level
from liaison.models import Contact
from liaison.proposals.places import Spot, door_number, middle_of, spots
from liaison.proposals.reading import Asked, HolderRow, Reading, Rows, TargetRow, assemble
from liaison.proposals.rules import FLOATING
from liaison.queries import current
from township.history import records_of

LEFT = (CloseReason.DECEASED, CloseReason.TRANSFERRED, CloseReason.EXPELLED)


def read(asked: Asked, *, on: date) -> Reading:
    """The question as things stand today."""
    return assemble(asked, SOURCES[asked.edge](asked, on), yardstick(asked.township_id, on=on), on=on)


def _grids(asked: Asked) -> dict[int, str]:
    rows = Node.objects.filter(asked.within, kind=Kind.GRID).order_by("root__position", "root_id", "lft")
    return dict(rows.values_list("pk", "name"))


# --- E5: members and households -----------------------------------------------------------------------


def _members(asked: Asked, on: date) -> list[HolderRow]:
    rows = (
        MemberProfile.objects.filter(node__in=Node.objects.filter(asked.within))
        .select_related("node")
        .order_by("node__root__position", "node__root_id", "node__lft")
    )
    found = []
    for profile in rows:
        able = profile.can_serve(on) and not profile.is_floating
        gone = FLOATING if profile.is_floating else profile.absence_reason or AbsenceReason.OTHER
        node = profile.node
        found.append(HolderRow(node.pk, node.name, node.grid_id, able=able, gone="" if able else gone))
    return found


def _lanes(asked: Asked) -> dict[int, int]:
    """Villager groups in the order of the document, numbered from 1."""
    rows = VillagerGroup.objects.filter(root__township_id=asked.township_id)
    if asked.place is not None:
        rows = rows.filter(root_id=asked.place.root_id)
    return {pk: n for n, pk in enumerate(rows.order_by("position", "pk").values_list("pk", flat=True), 1)}


def _covers(asked: Asked) -> dict[int, set[int]]:
    """The open grids that cover each villager group."""
    rows = GridCover.objects.filter(profile__node__in=Node.objects.filter(asked.within, kind=Kind.GRID))
    found: dict[int, set[int]] = defaultdict(set)
    for lane, grid in rows.values_list("villager_group_id", "profile__node_id"):
        found[lane].add(grid)
    return found


def home_of(grid: int | None, lane: int | None, covers: Mapping[int, set[int]]) -> int | None:
    """The grid a household belongs to: where it hangs, unless its villager group lies in one other grid."""
    covering = covers.get(lane or 0, set())
    return next(iter(covering)) if len(covering) == 1 and grid not in covering else grid


def _households(asked: Asked, on: date) -> Rows:
    holders, covers, lanes = _members(asked, on), _covers(asked), _lanes(asked)
    rows = HouseholdProfile.objects.filter(node__in=Node.objects.filter(asked.within, kind=Kind.HOUSEHOLD))
    found = list(
        rows.order_by("node__root__position", "node__root_id", "node__lft").values_list(
            "node_id", "node__name", "node__parent_id", "node__parent__kind", "node__grid_id",
            "villager_group_id", "door",
        )
    )  # fmt: skip
    # By door, in an order that no database's collation decides.
    found.sort(key=lambda row: (lanes.get(row[5] or 0, 0), door_number(row[6]) or 0, row[6]))
    where = spots({row[0]: (lanes.get(row[5] or 0, 0), row[6]) for row in found})
    namesakes: dict[str, list[int]] = defaultdict(list)
    for holder in holders:
        namesakes[holder.name].append(holder.pk)
    ended = _ended_links([row[0] for row in found if row[3] != Kind.MEMBER])
    targets = [
        TargetRow(
            pk,
            name,
            home_of(grid, lane, covers),
            parent if kind == Kind.MEMBER else None,
            where[pk],
            ended.get(pk, ""),
            tuple(namesakes.get(name, ())),
        )
        for pk, name, parent, kind, grid, lane, _ in found
        if asked.own_households or name not in namesakes
    ]
    if asked.by_grid and asked.place is not None:
        holders, targets = _of_grid(asked.place.pk, holders, targets)
    return Rows(_settled(holders, targets, {row[0]: row[1] for row in found}, where), targets, _grids(asked))


def _of_grid(
    grid: int, holders: Sequence[HolderRow], targets: Sequence[TargetRow]
) -> tuple[list[HolderRow], list[TargetRow]]:
    """The grid's own targets; of other grids' holders those who have one of them now."""
    own = [row for row in targets if row.home == grid]
    busy = {row.current for row in own}
    return [row for row in holders if row.grid == grid or row.pk in busy], own


def _settled(
    holders: Sequence[HolderRow],
    targets: Sequence[TargetRow],
    names: Mapping[int, str],
    where: Mapping[int, Spot],
) -> list[HolderRow]:
    """Where members stand: at their own household, else amid those they have, else amid their grid."""
    home: dict[str, Spot] = {}
    for pk, name in names.items():
        home.setdefault(name, where[pk])
    held: dict[int, list[Spot]] = defaultdict(list)
    around: dict[int | None, list[Spot]] = defaultdict(list)
    for target in targets:
        around[target.home].append(target.spot)
        if target.current is not None:
            held[target.current].append(target.spot)
    amid = {grid: middle_of(found) for grid, found in around.items()}
    return [
        replace(
            row,
            spot=home.get(row.name) or middle_of(held.get(row.pk, ())) or amid.get(row.grid) or (0, 0),
        )
        for row in holders
    ]


def _ended_links(open_ones: Sequence[int]) -> dict[int, str]:
    """Why households without a contact lost it: the way their last member left, where one did."""
    records = records_of(Node).objects.filter(id__in=open_ones, parent_id__isnull=False)
    once: dict[int, list[int]] = defaultdict(list)  # the parents each has had, the last one last
    for pk, parent in records.order_by("history_id").values_list("id", "parent_id"):
        once[pk].append(parent)
    held = {parent for parents in once.values() for parent in parents}
    closed = Node.objects.filter(kind=Kind.MEMBER, close_reason__in=LEFT, pk__in=held)
    why = dict(closed.values_list("pk", "close_reason"))
    return {
        pk: next((why[parent] for parent in reversed(parents) if parent in why), "")
        for pk, parents in once.items()
    }


# --- E4: hubs and members; E3: groups and hubs --------------------------------------------------------


def _hub_members(asked: Asked, on: date) -> Rows:
    """Every member belongs to a hub, floating and absent ones too (they are called by phone)."""
    hubs = _nodes(asked, Kind.HUB)
    rows = _nodes(asked, Kind.MEMBER)
    members = [
        TargetRow(pk, name, grid, parent if kind == Kind.HUB else None)
        for pk, name, parent, kind, grid in rows
    ]
    holders = [HolderRow(pk, name, grid) for pk, name, _, _, grid in hubs]
    if asked.by_grid and asked.place is not None:
        holders, members = _of_grid(asked.place.pk, holders, members)
    return Rows(holders, members, _grids(asked))


def _group_hubs(asked: Asked, on: date) -> Rows:
    """A group's leader looks after its hubs; a group without leader takes none."""
    led = set(
        Post.objects.current(on)
        .filter(role=Role.GROUP_LEADER, node__in=Node.objects.filter(asked.within))
        .values_list("node_id", flat=True)
    )
    holders = [
        HolderRow(pk, name, grid, able=pk in led, gone="" if pk in led else AbsenceReason.OTHER)
        for pk, name, _, _, grid in _nodes(asked, Kind.GROUP)
    ]
    hubs = [TargetRow(pk, name, grid, parent) for pk, name, parent, _, grid in _nodes(asked, Kind.HUB)]
    return Rows(holders, hubs, _grids(asked))


def _nodes(asked: Asked, kind: str) -> list[tuple[int, str, int | None, str | None, int | None]]:
    rows = Node.objects.filter(asked.within, kind=kind).order_by("root__position", "root_id", "lft")
    return list(rows.values_list("pk", "name", "parent_id", "parent__kind", "grid_id"))


# --- E0 to E2: people and places ------------------------------------------------------------------------


def _committee(asked: Asked, on: date) -> Rows:
    """Committee members look after Party groups of their branch; nobody looks after a group he leads."""
    groups = list(
        Node.objects.filter(asked.within, kind=Kind.GROUP)
        .order_by("root__position", "root_id", "lft")
        .values_list("pk", "name", "branch_id", "root_id")
    )
    leaders = _posts(asked, on, (Role.GROUP_LEADER,))
    held = _contacts(asked, Level.COMMITTEE, on)
    targets = [
        TargetRow(
            pk,
            name,
            branch or root,
            held.get(pk),
            never=tuple(person for person, _, node, _ in leaders if node == pk),
        )
        for pk, name, branch, root in groups
    ]
    return Rows(_people(_posts(asked, on, COMMITTEE_ROLES), on), targets, _organisations(asked))


def _general_branch(asked: Asked, on: date) -> Rows:
    """Committee members of the 党总支 look after the branches below it."""
    posts = [row for row in _posts(asked, on, COMMITTEE_ROLES) if row[3] == Kind.GENERAL_BRANCH]
    held = _contacts(asked, Level.GENERAL_BRANCH, on)
    rows = Node.objects.filter(asked.within, kind=Kind.BRANCH).exclude(parent=None)
    targets = [
        TargetRow(pk, name, root, held.get(pk))
        for pk, name, root in rows.order_by("root__position", "root_id", "lft").values_list(
            "pk", "name", "root_id"
        )
    ]
    return Rows(_people(posts, on), targets, _organisations(asked))


def _town_leaders(asked: Asked, on: date) -> Rows:
    """乡领导 look after the top organisations, spread evenly."""
    rows = Post.objects.current(on).filter(township_id=asked.township_id, role=Role.TOWN_LEADER)
    people = dict(rows.order_by("pk").values_list("person_id", "person__name"))
    held = _contacts(asked, Level.TOWN_LEADER, on)
    tops = Node.objects.filter(asked.within, parent=None).order_by("position", "pk")
    targets = [TargetRow(pk, name, None, held.get(pk)) for pk, name in tops.values_list("pk", "name")]
    return Rows([HolderRow(pk, name, None) for pk, name in people.items()], targets, {})


def _posts(asked: Asked, on: date, roles: Iterable[str]) -> list[tuple[int, str, int, str]]:
    """Person, name, node and its kind of these posts today; people who are away hold none."""
    rows = Post.objects.current(on).filter(role__in=roles, node__in=Node.objects.filter(asked.within))
    found = rows.order_by("node__lft", "pk").values_list("person_id", "person__name", "node_id", "node__kind")
    return list(found)


def _people(posts: Iterable[tuple[int, str, int, str]], on: date) -> list[HolderRow]:
    """Each person once, at the organisation of the first post; members who are away take nothing new."""
    found: dict[int, HolderRow] = {}
    for person, name, node, _ in posts:
        found.setdefault(person, HolderRow(person, name, node))
    away = MemberProfile.objects.filter(unable(on, "") | Q(is_floating=True), person_id__in=found)
    for person in away.values_list("person_id", flat=True):
        found[person] = replace(found[person], able=False, gone=AbsenceReason.OTHER)
    return list(found.values())


def _contacts(asked: Asked, level: str, on: date) -> dict[int, int]:
    """The first contact of each target."""
    rows = Contact.objects.filter(current(on), level=level, target__in=Node.objects.filter(asked.within))
    found: dict[int, int] = {}
    for target, person in rows.order_by("pk").values_list("target_id", "holder_id"):
        found.setdefault(target, person)
    return found


def _organisations(asked: Asked) -> dict[int, str]:
    """On upper edges an organisation is what a grid is below."""
    rows = Node.objects.filter(asked.within & Q(kind__in=(Kind.GENERAL_BRANCH, Kind.BRANCH)))
    return dict(rows.order_by("root__position", "root_id", "lft").values_list("pk", "name"))


SOURCES: Mapping[str, Callable[[Asked, date], Rows]] = {
    Edge.MEMBER: _households,
    Edge.HUB: _hub_members,
    Edge.LEADER: _group_hubs,
    Edge.COMMITTEE: _committee,
    Edge.GENERAL_BRANCH: _general_branch,
    Edge.TOWN_LEADER: _town_leaders,
}
