"""Villager groups a file names and the village has not: made with the rows, so told before."""

from grids.imports.planning import keys
from grids.imports.planning.held import read_lanes
from grids.imports.planning.plan import BranchPlan, Plan
from grids.imports.planning.wanted import problem
from grids.imports.reading.result import WARNING


def tell_new_lanes(plan: Plan, branch: BranchPlan) -> None:
    """A slip of the pen would become a villager group; a village without any yet is only being entered."""
    root_id = branch.target.root_id
    known = read_lanes([root_id]) if root_id is not None else {}
    if not known:
        return
    new: dict[str, str] = {}
    for house in branch.found.households:
        name = house.facts.get("villager_group", "")
        key = keys.lane_key(name)
        if key and (root_id, key) not in known:
            new.setdefault(key, name)
    if new:
        names = "、".join(new.values())
        message = (
            f"“{branch.target.name}”没有村民小组“{names}”，将随农户一起新建；如是写错，请先在对应的行改正。"
        )
        plan.problems.append(problem(WARNING, None, "villager_group", names, message))
