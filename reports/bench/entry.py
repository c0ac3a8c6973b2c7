"""Saving a full screen of the paste grid, against the same rows through the single page one after another.

Both sides check each row with the same form, write with history, and keep the tree whole; half of the
rows are new, half change. The baseline's rows need no merging and are not looked at for doubles together.
"""

import time
from collections.abc import Callable

from grids import tree
from grids.actions.nodes import change_node, create_node
from grids.choices import Kind
from grids.forms.nodes import NodeForm
from grids.models import (
    BranchProfile,
    GridProfile,
    GroupProfile,
    HouseholdProfile,
    MemberProfile,
    Node,
    Person,
)
from grids.queries.places import profile_of
from grids.registers.register import LIMIT, REGISTERS
from grids.registers.rows import GivenRow
from reports.bench import Figure, Size
from township import history
from township.choices import OfficeRole
from township.models import Township, User

HOUSEHOLDS_A_MEMBER = 13
LEAST = 10


def save_against_single_pages(size: Size) -> Figure:
    """Seconds for one save of up to 1,000 households, half new and half changed, on both sides."""
    rows = min(LIMIT, size.households)
    township = history.save(Township(code="ENTRY", name="测量乡"), by=None)
    clerk = User.objects.create(
        username="bench-clerk", full_name="测量账号", township=township, office_role=OfficeRole.CLERK
    )
    ours, theirs = (_village(township, name, rows // 2) for name in ("甲村", "乙村"))
    seconds = _seconds(lambda: _in_one_save(clerk, ours, rows // 2))
    baseline = _seconds(lambda: _one_by_one(clerk, theirs, rows // 2))
    value = baseline / seconds
    return Figure(
        "entry_save",
        f"批量录入一次保存{rows}行，对照逐户打开表单保存",
        seconds,
        baseline,
        "秒",
        f"≥ {LEAST}",
        value,
        value >= LEAST,
    )


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _village(township: Township, name: str, households: int) -> Node:
    """A village with one grid, members enough, and `households` under them."""
    root = tree.add(node=Node(township=township, kind=Kind.BRANCH, name=f"{name}党支部"))
    history.save(BranchProfile(node=root, village=name), by=None)
    with tree.tree_write(lambda: {root.pk}):
        (grid,) = _layer(root, Kind.GRID, [(root, "第一网格")])
        (group,) = _layer(root, Kind.GROUP, [(grid, "第一党小组")])
        count = households // HOUSEHOLDS_A_MEMBER + 1
        members = _layer(root, Kind.MEMBER, [(group, f"{name}党员{i}") for i in range(count)])
        below = [(members[i % count], f"{name}户主{i}") for i in range(households)]
        homes = _layer(root, Kind.HOUSEHOLD, below)
        tree.renumber([root.pk])
    history.create_all(GridProfile, [GridProfile(node=grid)], by=None)
    history.create_all(GroupProfile, [GroupProfile(node=group)], by=None)
    people = [Person(township=township, root=root, name=node.name) for node in members]
    history.create_all(Person, people, by=None)
    pairs = zip(members, people, strict=True)
    history.create_all(MemberProfile, [MemberProfile(node=n, person=p) for n, p in pairs], by=None)
    history.create_all(HouseholdProfile, [HouseholdProfile(node=n, door="1号") for n in homes], by=None)
    return root


def _layer(root: Node, kind: str, rows: list[tuple[Node, str]]) -> list[Node]:
    new = [Node(township=root.township, kind=kind, name=name, parent=parent) for parent, name in rows]
    return tree.plant(root=root, new=new)


def _new_cells(number: int) -> dict[str, str]:
    return {"name": f"新户{number}", "door": f"{number}号", "size": "4", "phone": f"1990{number:07d}"}


def _in_one_save(clerk: User, root: Node, half: int) -> None:
    """As the grid's save does, from rows as its page got them."""
    register = REGISTERS["household"]
    shown = register.rows(clerk, root)
    known = [GivenRow(f"r{row.id}", row.id, row.seen, {**row.cells, "door": "2号"}) for row in shown]
    members = list(Node.objects.filter(root=root, kind=Kind.MEMBER).values_list("name", flat=True))
    new = [
        GivenRow(f"n{i}", None, "", {**_new_cells(i), "linked_by": members[i % len(members)]})
        for i in range(half)
    ]
    register.save([*known, *new], user=clerk, place=root)


def _one_by_one(clerk: User, root: Node, half: int) -> None:
    """As the single page does: its form and its action, a transaction each."""
    for node in list(Node.objects.filter(root=root, kind=Kind.HOUSEHOLD).select_related("root")):
        typed = {"name": node.name, "door": "2号"}
        form = NodeForm(
            typed, kind=Kind.HOUSEHOLD, user=clerk, root_id=root.pk, node=node, profile=profile_of(node)
        )
        form.full_clean()
        change_node(node=node, data=form.facts(), by=clerk)
    members = list(Node.objects.filter(root=root, kind=Kind.MEMBER))
    for i in range(half):
        form = NodeForm(_new_cells(i), kind=Kind.HOUSEHOLD, user=clerk, root_id=root.pk)
        form.full_clean()
        create_node(kind=Kind.HOUSEHOLD, parent=members[i % len(members)], data=form.facts(), by=clerk)
