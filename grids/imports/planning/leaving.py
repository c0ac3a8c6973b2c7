"""What a file leaves out: closed if it was deleted from our own export, else only told."""

from collections.abc import Iterable, Sequence

from grids.choices import Kind
from grids.imports.planning.held import Held
from grids.imports.planning.plan import BranchPlan, Plan
from grids.imports.planning.wanted import problem
from grids.imports.reading.result import WARNING, RosterRow

NAMES_SHOWN = 10


def _unnamed(branch: BranchPlan, absent: Sequence[RosterRow]) -> Iterable[Held]:
    """Households the file does not name; rows kept out of this run name theirs all the same."""
    codes = {row.household_code for row in absent if row.household_code}
    names = {row.household for row in absent if row.household}
    return (
        held
        for held in branch.held.of[Kind.HOUSEHOLD]
        if not held.used and held.name not in names and str(held.pk) not in codes
    )


def plan_closing(plan: Plan, branch: BranchPlan, absent: Sequence[RosterRow] = ()) -> None:
    """In our own export a row that is gone was deleted, as long as its member's other rows are there."""
    listed = {
        house.above.held.pk
        for house in branch.found.households
        if house.above is not None and house.above.held is not None
    }
    members = {member.pk for member in branch.held.of[Kind.MEMBER]}
    branch.closing = [held for held in _unnamed(branch, absent) if held.parent_id in listed & members]
    for held in branch.closing:
        member = branch.held.by_pk[held.parent_id].name
        message = f"表中已删去“{held.name}”（联系党员{member}），将注销这一户（花名册删行）。"
        plan.problems.append(problem(WARNING, None, "household", held.name, message))
    _tell_cleared_links(branch)
    if not absent:
        _tell_missing_members(plan, branch)


def _tell_cleared_links(branch: BranchPlan) -> None:
    """A member's name taken out of a row says too little to end the link; that it stands is told."""
    members = {member.pk: member.name for member in branch.held.of[Kind.MEMBER]}
    for house in branch.found.households:
        cleared = house.above is None or house.above.kind != Kind.MEMBER
        if cleared and house.held is not None and house.held.parent_id in members:
            name = members[house.held.parent_id]
            message = f"“{house.name}”的联系党员空着，仍由“{name}”联系，没有改动；如要取消，请在系统里办理。"
            branch.found.warn(house.row, "member", "", message)


def _tell_missing_members(plan: Plan, branch: BranchPlan) -> None:
    hubs = {member.held.parent_id for member in branch.found.members if member.held is not None}
    annex4 = plan.reading.meta.get("annex") == "4"
    linked = {held.parent_id for held in branch.held.of[Kind.HOUSEHOLD]}
    for member in branch.held.of[Kind.MEMBER]:
        if member.used or member.parent_id not in hubs or (annex4 and member.pk not in linked):
            continue
        message = f"系统中的党员“{member.name}”表中没有，没有注销；如已转出或去世，请在此人的页面点“注销”。"
        plan.problems.append(problem(WARNING, None, "member", member.name, message))


def tell_missing(plan: Plan, branch: BranchPlan, absent: Sequence[RosterRow] = ()) -> None:
    """Nothing is closed from a village's own file; what it leaves out is only counted."""
    groups = {group.held.pk for group in branch.found.groups.values() if group.held is not None}
    missing = [held for held in _unnamed(branch, absent) if held.group_id in groups]
    if not branch.found.households or not missing:
        return
    names = "、".join(held.name for held in missing[:NAMES_SHOWN])
    more = "等" if len(missing) > NAMES_SHOWN else ""
    message = (
        f"“{branch.target.name}”在系统中有{len(missing)}户这张表里没有（{names}{more}），"
        "没有改动；如已迁出，请在系统里注销。"
    )
    plan.problems.append(problem(WARNING, None, "household", len(missing), message))
