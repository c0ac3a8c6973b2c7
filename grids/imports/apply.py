"""Carrying out a plan: new layers planted, moved places hung anew, facts written, all in bulk with history.

The caller holds the transaction and the lock of the trees; every row written names who and which file.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from grids import tree
from grids.choices import CloseReason, HubKind, Kind
from grids.imports.planning import keys
from grids.imports.planning.held import read_lanes
from grids.imports.planning.people import WantPerson
from grids.imports.planning.plan import BranchPlan, Plan
from grids.imports.planning.targets import Target
from grids.imports.planning.wanted import Want
from grids.models import (
    BranchProfile,
    GridProfile,
    GroupProfile,
    HouseholdProfile,
    HubProfile,
    MemberProfile,
    Node,
    Person,
    Post,
    VillagerGroup,
)
from grids.pinyin import initials
from grids.queries.ability import NO_ABSENCE
from grids.spelling import SPELLED, respell
from township import history

if TYPE_CHECKING:
    from township.models import User

LAYERS = (Kind.GRID, Kind.GROUP, Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD)
PROFILES: dict[str, type[Model]] = {
    Kind.GRID: GridProfile,
    Kind.GROUP: GroupProfile,
    Kind.HUB: HubProfile,
    Kind.MEMBER: MemberProfile,
    Kind.HOUSEHOLD: HouseholdProfile,
}
WITH_FACTS = (Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD)


@dataclass(eq=False)
class Writing:
    """One run of writing: who, why, when, and the rows made so far."""

    plan: Plan
    by: "User | None"
    reason: str
    today: date
    organisations: dict[Target, Node] = field(default_factory=dict)
    nodes: dict[Want, Node] = field(default_factory=dict)
    people: dict[WantPerson, Person] = field(default_factory=dict)
    lanes: dict[tuple[int, str], int] = field(default_factory=dict)

    def create(self, model: type[Model], rows: Iterable[Any]) -> list[Any]:
        """Insert rows with their history."""
        return history.create_all(model, rows, by=self.by, reason=self.reason)

    def update(self, model: type[Model], rows: Sequence[Any], fields: Sequence[str]) -> None:
        """Write fields of rows with their history."""
        history.update_all(model, rows, fields, by=self.by, reason=self.reason)


def write(plan: Plan, *, by: "User | None", reason: str, today: date) -> None:
    """Carry out the plan. The caller holds `tree_write` of its roots."""
    work = Writing(plan, by, reason, today)
    for branch in plan.branches:
        work.organisations[branch.target] = _organisation(work, branch.target)
    for kind in LAYERS:
        _write_layer(work, kind)
    _close(work)
    tree.renumber({node.root_id for node in work.organisations.values()})
    _write_lanes(work)
    _write_people(work)
    for kind in LAYERS:
        _write_profiles(work, kind)
    _write_posts(work)


# --- organisations and layers -----------------------------------------------------------------------


def _organisation(work: Writing, target: Target) -> Node:
    """The row of a Party organisation, made if the township has none of that name."""
    if target.node is not None:
        return target.node
    if target in work.organisations:
        return work.organisations[target]
    above = _organisation(work, target.above) if target.above is not None else None
    node = Node(
        township=work.plan.township, kind=target.kind, name=target.name, initials=initials(target.name)
    )
    tree.add(node=node, parent=above, by=work.by, reason=work.reason)
    history.save(
        BranchProfile(node=node, village=keys.branch_core(target.name)[:20]), by=work.by, reason=work.reason
    )
    work.organisations[target] = node
    return node


def _wants(branch: BranchPlan, kind: str) -> list[Want]:
    return [want for want in branch.found.places() if want.kind == kind]


def _write_layer(work: Writing, kind: str) -> None:
    """Bring the rows of one kind into place: known ones read, new ones planted, moved ones hung anew."""
    wants = [want for branch in work.plan.branches for want in _wants(branch, kind)]
    # Nothing hangs below a household, so only those that change are needed.
    needed = {w.held.pk: w for w in wants if w.held is not None and (kind != Kind.HOUSEHOLD or w.is_changed)}
    for pk, node in Node.objects.in_bulk(list(needed)).items():
        work.nodes[needed[pk]] = node
    for branch in work.plan.branches:
        _plant(work, branch, [want for want in _wants(branch, kind) if want.held is None])
    moved = [want for want in wants if want.moved]
    if moved:
        pairs = [(work.nodes[want], work.nodes[want.above]) for want in moved if want.above is not None]
        tree.place(placements=pairs, by=work.by, reason=work.reason)
        fresh = Node.objects.in_bulk([work.nodes[want].pk for want in moved])
        for want in moved:
            work.nodes[want] = fresh[work.nodes[want].pk]
    _rename(work, [want for want in wants if want.diff])


def _plant(work: Writing, branch: BranchPlan, wants: list[Want]) -> None:
    if not wants:
        return
    organisation = work.organisations[branch.target]
    root = organisation if organisation.parent_id is None else organisation.root
    new = [
        Node(
            township=work.plan.township,
            kind=want.kind,
            name=want.name,
            initials=initials(want.name),
            since=want.facts.get("since"),
            parent=organisation if want.above is None or want.kind == Kind.GRID else work.nodes[want.above],
        )
        for want in wants
    ]
    for want, node in zip(wants, tree.plant(root=root, new=new, by=work.by, reason=work.reason), strict=True):
        work.nodes[want] = node


def _rename(work: Writing, wants: list[Want]) -> None:
    """Facts that stand on the tree's own row."""
    changed = []
    for want in wants:
        if not want.diff.keys() & {"name", "since"}:
            continue
        node = work.nodes[want]
        if "name" in want.diff:
            node.name = want.name
            respell(node)
        if "since" in want.diff:
            node.since = want.diff["since"][1]
        changed.append(node)
    work.update(Node, changed, ["name", "since", *SPELLED])


def _close(work: Writing) -> None:
    """Rows deleted from our own export."""
    closing = [held.pk for branch in work.plan.branches for held in branch.closing]
    rows = list(Node.objects.in_bulk(closing).values())
    for row in rows:
        row.closed_on, row.close_reason = work.today, CloseReason.REMOVED_FROM_ROSTER
    work.update(Node, rows, ["closed_on", "close_reason"])


# --- people, villager groups, profiles --------------------------------------------------------------


def _write_lanes(work: Writing) -> None:
    """Villager groups the file names and the village has not."""
    roots = {branch.target: work.organisations[branch.target].root_id for branch in work.plan.branches}
    work.lanes = read_lanes(roots.values())
    new: dict[tuple[int, str], VillagerGroup] = {}
    for branch in work.plan.branches:
        root_id = roots[branch.target]
        for house in branch.found.households:
            name = house.facts.get("villager_group", "")
            key = (root_id, keys.lane_key(name))
            if name and key not in work.lanes and key not in new:
                new[key] = VillagerGroup(root_id=root_id, name=name, position=len(work.lanes) + len(new))
    for key, lane in zip(new, work.create(VillagerGroup, new.values()), strict=True):
        work.lanes[key] = lane.pk


def _write_people(work: Writing) -> None:
    wanted = work.plan.people.wanted
    known = Person.objects.in_bulk([person.held.pk for person in wanted if person.held is not None])
    changed = []
    for person in wanted:
        if person.held is None:
            continue
        row = work.people[person] = known[person.held.pk]
        if person.diff:
            row.name, row.phone = person.name, person.phone
            respell(row)
            changed.append(row)
    work.update(Person, changed, ["name", "phone", *SPELLED])
    new = [person for person in wanted if person.held is None]
    rows = [
        Person(
            township=work.plan.township,
            root_id=work.organisations[person.target].root_id,
            name=person.name,
            phone=person.phone,
            initials=initials(person.name),
        )
        for person in new
    ]
    work.people.update(zip(new, work.create(Person, rows), strict=True))


def _write_profiles(work: Writing, kind: str) -> None:
    """One profile a place; those that exist get the facts that changed."""
    model = PROFILES[kind]
    pairs = [(branch, want) for branch in work.plan.branches for want in _wants(branch, kind)]
    known = model._default_manager.in_bulk(
        [want.held.pk for _, want in pairs if want.held is not None and want.diff], field_name="node_id"
    )
    new: list[Any] = []
    changed: list[Any] = []
    names: set[str] = set()
    for branch, want in pairs:
        if want.held is None or (kind in WITH_FACTS and not want.held.profiled):
            new.append(model(node=work.nodes[want], **_facts(work, branch, want, want.facts)))
        elif want.diff:
            facts = _facts(work, branch, want, {name: pair[1] for name, pair in want.diff.items()})
            facts.pop("person", None)
            profile = known[want.held.pk]
            for name, value in facts.items():
                setattr(profile, name, value)
            if facts:
                changed.append(profile)
                names |= facts.keys()
    work.create(model, new)
    work.update(model, changed, sorted(names))


def _facts(work: Writing, branch: BranchPlan, want: Want, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a place as columns of its profile."""
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        Kind.GRID: lambda: {"shape": facts["shape"]} if "shape" in facts else {},
        Kind.GROUP: lambda: {"industry": facts["industry"]} if "industry" in facts else {},
        Kind.HUB: lambda: _hub_facts(want, facts),
        Kind.MEMBER: lambda: _member_facts(work, branch, want, facts),
        Kind.HOUSEHOLD: lambda: _household_facts(work, branch, facts),
    }
    return makers[want.kind]()


def _only(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts}


def _hub_facts(want: Want, facts: dict[str, Any]) -> dict[str, Any]:
    found = _only(facts, "hub_kind", "plate_no", "served_households", "remark")
    if want.held is None and "hub_kind" not in found:
        found["hub_kind"] = facts.get("kind_guess") or HubKind.CENTRAL
    return found


def _member_facts(work: Writing, branch: BranchPlan, want: Want, facts: dict[str, Any]) -> dict[str, Any]:
    found = _only(facts, "standing", "is_floating", "takes_part", "remark")
    if found.get("takes_part"):
        found |= NO_ABSENCE
    if want in branch.people_of:
        found["person"] = work.people[branch.people_of[want]]
    return found


def _household_facts(work: Writing, branch: BranchPlan, facts: dict[str, Any]) -> dict[str, Any]:
    found = _only(facts, "door", "size", "phone", "remark")
    if facts.get("villager_group") == "":
        found["villager_group_id"] = None
    elif "villager_group" in facts:
        root_id = work.organisations[branch.target].root_id
        found["villager_group_id"] = work.lanes[root_id, keys.lane_key(facts["villager_group"])]
    return found


# --- posts ------------------------------------------------------------------------------------------


def _write_posts(work: Writing) -> None:
    """Who gives a post up does so today; who takes over begins today, a first holder at a day not known."""
    wanted = [post for branch in work.plan.branches for post in branch.posts]
    ended = list(Post.objects.in_bulk([held.pk for post in wanted for held in post.ended]).values())
    for row in ended:
        row.until = max(work.today, row.since) if row.since else work.today
    work.update(Post, ended, ["until"])
    work.create(
        Post,
        [
            Post(
                township=work.plan.township,
                person=work.people[post.person],
                node=work.nodes[post.place],
                role=post.role,
                since=work.today if post.ended else None,
            )
            for post in wanted
        ],
    )
