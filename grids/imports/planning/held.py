"""What the system holds of the branches a file speaks about, read in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from grids.choices import Kind, Role
from grids.imports.planning import keys
from grids.models import (
    HouseholdProfile,
    HubProfile,
    MemberProfile,
    Node,
    Person,
    Post,
    VillagerGroup,
)
from township.models import Township

# A place whose profile is not there yet reads as one that says nothing.
EMPTY = {"phone": "", "door": "", "villager_group": "", "size": None}
BELOW = (Kind.GRID, Kind.GROUP, Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD)


@dataclass(slots=True, eq=False)
class Held:
    """One open place of the system with the facts a roster may speak of."""

    pk: int
    kind: str
    name: str
    parent_id: int
    group_id: int | None
    key: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    person_id: int | None = None
    profiled: bool = False  # its profile is there; somebody may have added the place alone
    used: bool = False


@dataclass(slots=True)
class HeldPost:
    """A post held now at a group or hub."""

    pk: int
    person_id: int
    person_name: str
    since: date | None


@dataclass(slots=True, eq=False)
class HeldPerson:
    """Somebody of the township, and the place they hold as a member, wherever it is."""

    pk: int
    name: str
    phone: str
    root_id: int | None
    member_id: int | None = None
    branch_name: str = ""
    closed: str = ""


@dataclass(eq=False)
class HeldBranch:
    """The open places below one Party organisation."""

    of: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    by_pk: dict[int, Held] = field(default_factory=dict)
    leaders: dict[int, list[HeldPost]] = field(default_factory=lambda: defaultdict(list))
    heads: dict[int, list[HeldPost]] = field(default_factory=lambda: defaultdict(list))


def read_branches(branches: Iterable[Node], today: date) -> dict[int, HeldBranch]:
    """Everything open below these Party organisations, by the organisation's number."""
    wanted = {branch.pk: HeldBranch() for branch in branches}
    if not wanted:
        return {}
    roots = {branch.root_id for branch in branches}
    rows = (
        Node.objects.filter(root_id__in=roots, kind__in=BELOW, closed_on__isnull=True)
        .order_by("pk")
        .values_list("pk", "kind", "name", "parent_id", "group_id", "since", "branch_id", "root_id")
    )
    everything: dict[int, Held] = {}
    for pk, kind, name, parent_id, group_id, since, branch_id, root_id in rows:
        owner = wanted.get(branch_id or root_id)
        if owner is None:
            continue
        held = Held(pk, kind, name, parent_id, group_id, _key(kind, name), {"since": since, **EMPTY})
        owner.of[kind].append(held)
        owner.by_pk[pk] = everything[pk] = held
    below = Q(node__root_id__in=roots, node__closed_on__isnull=True)
    _read_hubs(everything, below)
    _read_members(everything, below)
    _read_households(everything, below)
    _read_posts(wanted, everything, below, today)
    return wanted


def _key(kind: str, name: str) -> str:
    if kind == Kind.GROUP:
        return keys.group_key(name)
    if kind == Kind.GRID:
        return keys.grid_key(name)
    return keys.hub_key(name) if kind == Kind.HUB else ""


def _know(held: Held, names: Iterable[str], values: Iterable[Any]) -> None:
    held.facts.update(zip(names, values, strict=True))
    held.profiled = True


def _read_hubs(everything: dict[int, Held], below: Q) -> None:
    fields = ("hub_kind", "plate_no", "served_households", "remark")
    for pk, *values in HubProfile.objects.filter(below).values_list("node_id", *fields):
        if pk in everything:
            _know(everything[pk], fields, values)


def _read_members(everything: dict[int, Held], below: Q) -> None:
    fields = ("person__phone", "standing", "is_floating", "takes_part", "remark")
    names = ("phone", *fields[1:])
    for pk, person_id, *values in MemberProfile.objects.filter(below).values_list(
        "node_id", "person_id", *fields
    ):
        if pk in everything:
            _know(everything[pk], names, values)
            everything[pk].person_id = person_id


def _read_households(everything: dict[int, Held], below: Q) -> None:
    fields = ("villager_group__name", "door", "size", "phone", "remark")
    names = ("villager_group", *fields[1:])
    for pk, *values in HouseholdProfile.objects.filter(below).values_list("node_id", *fields):
        held = everything.get(pk)
        if held is not None:
            _know(held, names, values)
            held.key = keys.lane_key(held.facts["villager_group"] or "")


def _read_posts(wanted: dict[int, HeldBranch], everything: dict[int, Held], below: Q, today: date) -> None:
    owners = {pk: branch for branch in wanted.values() for pk in branch.by_pk}
    # A post that begins tomorrow is held too: it must not be given out a second time.
    held = Post.objects.filter(below, role__in=(Role.GROUP_LEADER, Role.HUB_HEAD)).filter(
        Q(until__isnull=True) | Q(until__gt=today)
    )
    for pk, role, node_id, person_id, name, since in held.order_by("pk").values_list(
        "pk", "role", "node_id", "person_id", "person__name", "since"
    ):
        if node_id in owners:
            posts = owners[node_id].leaders if role == Role.GROUP_LEADER else owners[node_id].heads
            posts[node_id].append(HeldPost(pk, person_id, name, since))


def read_people(township: Township) -> dict[str, list[HeldPerson]]:
    """Everybody of the township by name, with their place as a member."""
    found: dict[str, list[HeldPerson]] = defaultdict(list)
    rows = (
        Person.objects.standing()
        .filter(township=township)
        .order_by("pk")
        .values_list(
            "pk", "name", "phone", "root_id", "membership__node_id", "membership__node__branch__name",
            "membership__node__root__name", "membership__node__close_reason",
        )
    )  # fmt: skip
    for pk, name, phone, root_id, member_id, branch, root, closed in rows:
        person = HeldPerson(pk, name, phone, root_id, member_id, branch or root or "", closed or "")
        found[name].append(person)
    return found


def read_lanes(root_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Villager groups by root and canonical name."""
    rows = VillagerGroup.objects.filter(root_id__in=set(root_ids)).values_list("root_id", "name", "pk")
    return {(root_id, keys.lane_key(name)): pk for root_id, name, pk in rows}
