"""Making the plan of one file: its rows compared with the system, each difference named, nothing written."""

from collections.abc import Callable
from datetime import date
from typing import Any

from grids.choices import Kind
from grids.imports.planning import blanks, doubts, lanes, leaving, posts
from grids.imports.planning.held import Held, HeldBranch, read_branches, read_people
from grids.imports.planning.matching import addresses_equal, group_of, match
from grids.imports.planning.people import People
from grids.imports.planning.plan import BranchPlan, Plan
from grids.imports.planning.targets import Organisations, Target, rows_by_target
from grids.imports.planning.wanted import Want, gather, problem
from grids.imports.planning.word import Word
from grids.imports.reading.result import ERROR, WARNING, RosterReading, RosterRow
from grids.tree import NEW_ROOT_LOCK
from township.models import Township

NO_WORD = Word()
# Facts compared with what the system has, per kind; anything else of a place is the tree's affair.
COMPARED = {
    Kind.HUB: ("hub_kind", "plate_no", "served_households", "remark"),
    Kind.MEMBER: ("standing", "is_floating", "takes_part", "since", "remark"),
    Kind.HOUSEHOLD: ("villager_group", "door", "size", "phone", "since", "remark"),
}


def make_plan(
    reading: RosterReading,
    *,
    township: Township,
    branch: str = "",
    today: date,
    may_load: Callable[[Target], str] | None = None,
    word: Word = NO_WORD,
) -> Plan:
    """Compare a reading with the system, as far as `word` leaves rows in it.

    `may_load` says why somebody may not load into an organisation.
    """
    problems = [p for p in reading.problems if (p.sheet, p.row) not in word.left_out]
    plan = Plan(township, reading, problems=problems)
    own_export = _check_meta(plan)
    organisations = Organisations(township)
    rows = [row for row in reading.rows if (row.sheet, row.row) not in word.left_out]
    absent = [row for row in reading.rows if (row.sheet, row.row) in word.left_out]
    targets, faults = rows_by_target(rows, organisations, branch)
    for row, message in faults:
        plan.problems.append(problem(ERROR, row, "branch", row.branch if row else "", message))
    allowed = [
        target for target in targets if _allowed(plan, target, targets[target][0], organisations, may_load)
    ]
    nodes = [target.node for target in allowed if target.node is not None]
    held = read_branches(nodes, today)
    plan.people = People(read_people(township))
    for target in allowed:
        known = held[target.node.pk] if target.node is not None else HeldBranch()
        found = BranchPlan(target, gather(targets[target]), known)
        plan.branches.append(found)
        _plan_branch(plan, found, word, own_export=own_export, absent=absent)
    return plan


def _check_meta(plan: Plan) -> bool:
    """True for our own export; one of another township is refused."""
    meta = plan.reading.meta
    if not meta.get("annex"):
        return False
    code = meta.get("township", "")
    if code and code not in (plan.township.code, plan.township.name):
        message = f"这是另一个乡镇（{code}）导出的附件，不能导入到{plan.township.name}。"
        plan.problems.append(problem(ERROR, None, "", code, message))
    return True


def _allowed(
    plan: Plan,
    target: Target,
    row: RosterRow,
    organisations: Organisations,
    may_load: Callable[[Target], str] | None,
) -> bool:
    why = may_load(target) if may_load is not None else ""
    if why:
        plan.problems.append(problem(ERROR, row, "branch", target.name, why))
        return False
    if target.node is None and (like := organisations.like(target.name)):
        message = f"系统里有“{like}”，表里写的是“{target.name}”，将作为另一个党组织新建；如是写错，请改正。"
        plan.problems.append(problem(WARNING, row, "branch", target.name, message))
    return True


def _plan_branch(
    plan: Plan, branch: BranchPlan, word: Word, *, own_export: bool, absent: list[RosterRow]
) -> None:
    found = branch.found
    doubts.match_as_told(branch, word)
    match(found, branch.held)
    clearing = blanks.Clearing(word, plan.problems)
    for want in found.places():
        _check_place(branch, want)
        _compare(branch, want)
        clearing.note(want)
    for member in found.members:
        posts.plan_person(plan, branch, member, clears_phone=clearing.clears(member, "member_phone"))
    posts.plan_posts(plan, branch)
    if own_export:
        leaving.plan_closing(plan, branch, absent)
    else:
        leaving.tell_missing(plan, branch, absent)
    lanes.tell_new_lanes(plan, branch)
    if word.asks:
        doubts.ask(plan, branch, word)
    plan.problems.extend(found.problems)


# --- places -----------------------------------------------------------------------------------------


def _check_place(branch: BranchPlan, want: Want) -> None:
    """A new place needs to be told where it goes."""
    if want.held is None and want.above is None:
        if want.kind == Kind.HUB:
            branch.found.error(want.row, "hub", want.name, f"“{want.name}”没有写党小组，请补上。")
        elif want.kind == Kind.HOUSEHOLD:
            message = f"“{want.name}”既没有写党小组，也没有写联系党员，请补上。"
            branch.found.error(want.row, "household", want.name, message)
    if want.kind == Kind.GROUP and want.above is not None and want.above.held is not None:
        _check_grid_is_free(branch, want, want.above.held)


def _check_grid_is_free(branch: BranchPlan, group: Want, grid: Held) -> None:
    """The document wants one group a grid; a group the file moves to another grid makes room."""
    moving = {
        g.held.pk
        for g in branch.found.groups.values()
        if g.held is not None and g.above is not None and g.above.held is not grid
    }
    for other in branch.held.of[Kind.GROUP]:
        if other.parent_id == grid.pk and other is not group.held and other.pk not in moving:
            message = f"系统里“{grid.name}”已有“{other.name}”，每个网格只建一个党小组，请改正。"
            branch.found.error(group.row, "group", group.name, message)


def _compare(branch: BranchPlan, want: Want) -> None:
    """Note which facts and which place of an existing place would change; blanks change nothing."""
    held = want.held
    if held is None:
        return
    facts = _facts(want, held)
    for name in COMPARED.get(Kind(want.kind), ()):
        value = facts.get(name)
        if value not in (None, "") and value != held.facts.get(name):
            want.diff[name] = (held.facts.get(name), value)
    if want.name != held.name and _renames(want, held):
        want.diff["name"] = (held.name, want.name)
    want.moved = _moves(want, held)


def _facts(want: Want, held: Held) -> dict[str, Any]:
    """The file's facts without an address that only spells the system's one differently."""
    if want.kind != Kind.HOUSEHOLD:
        return want.facts
    facts = dict(want.facts)
    lane = held.facts.get("villager_group") or ""
    if addresses_equal(want, held):
        facts.pop("door", None)
        facts.pop("villager_group", None)
    elif not want.key and lane and str(facts.get("door", "")).startswith(lane):
        facts["door"] = facts["door"].removeprefix(lane)
    if want.key and want.key == held.key:
        facts.pop("villager_group", None)
    return facts


def _renames(want: Want, held: Held) -> bool:
    """Groups, grids and hubs keep the spelling seen first; only another name is a new name."""
    if want.kind in (Kind.MEMBER, Kind.HOUSEHOLD):
        return True
    return not want.derived and want.key != held.key


def _moves(want: Want, held: Held) -> bool:
    """True when the file names another place than the present one; a higher place it lies in is no other."""
    above = want.above
    if above is None:
        return False
    if above.held is None:
        return True
    if above.held.pk == held.parent_id:
        return False
    if want.kind in (Kind.MEMBER, Kind.HOUSEHOLD) and above.kind == Kind.GROUP:
        return above.held.pk != held.group_id and not _under_grid(want, held)
    return True


def _under_grid(want: Want, held: Held) -> bool:
    """A household that hangs under the grid of the group it is listed in."""
    group = group_of(want) if want.above is not None and want.above.kind != Kind.GROUP else want.above
    grid = group.above if group is not None else None
    return grid is not None and grid.held is not None and grid.held.pk == held.parent_id


def roots_to_lock(reading: RosterReading, township: Township, branch: str) -> set[int]:
    """The trees a file would write; a new one needs the lock under which tree numbers are given."""
    targets, _ = rows_by_target(reading.rows, Organisations(township), branch)
    return {target.root_id or NEW_ROOT_LOCK for target in targets}
