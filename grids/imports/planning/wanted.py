"""What a file says, put together: rows of several sheets become places, each with the facts the file gives.

Nothing here knows the database. A blank cell says nothing, so it never becomes a fact.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grids.choices import HubKind, Kind, Standing
from grids.imports.planning import keys
from grids.imports.reading.result import ERROR, WARNING, Problem, RosterRow
from grids.notes import bare

if TYPE_CHECKING:
    from grids.imports.planning.held import Held

# Longest text the database keeps, and what the column is called when the file's own word is not known.
LIMITS = {
    "branch": (40, "党支部"), "group": (40, "党小组"), "grid": (40, "网格"), "hub": (40, "中心户"),
    "member": (20, "党员姓名"), "household": (40, "户主姓名"), "villager_group": (20, "村民小组"),
    "door": (40, "门牌"), "remark": (200, "备注"), "plate_no": (20, "标识牌编号"),
    "group_leader": (20, "党小组长"), "hub_head": (20, "负责人"),
}  # fmt: skip
LARGEST_HOUSEHOLD = 50
TOLD_BY_THE_READER = {"leader", "leader_phone", "remark"}
WORDS = dict([*Standing.choices, *HubKind.choices])


@dataclass(slots=True, eq=False)
class Want:
    """One place as the file wants it; `held` is the place of the system it was matched with."""

    kind: str
    name: str
    row: RosterRow
    key: str = ""
    above: "Want | None" = None
    codes: set[str] = field(default_factory=set)  # of our own export; rows put together may bring several
    facts: dict[str, Any] = field(default_factory=dict)
    derived: bool = False  # the name was concluded from another cell, so it renames nothing
    sheets: set[str] = field(default_factory=set)
    held: "Held | None" = None
    diff: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    moved: bool = False

    @property
    def is_changed(self) -> bool:
        """True when an existing place gets another fact or another place."""
        return self.held is not None and (bool(self.diff) or self.moved)


def problem(severity: str, row: RosterRow | None, name: str, value: object, message: str) -> Problem:
    """A problem at the cell of `name` in `row`, under the title the file itself gives that column."""
    if row is None:
        return Problem(severity, "", None, "", str(value), message)
    title = row.where.get(name) or LIMITS.get(name, (0, ""))[1]
    return Problem(severity, row.sheet, row.row, title, str(value or ""), message, row.at.get(name))


def shown(value: Any) -> str:
    """A fact as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(WORDS.get(value, value))


def line(row: RosterRow) -> str:
    """Where a row stands, for messages about another row."""
    return f"“{row.sheet}”第{row.row}行"


@dataclass(eq=False)
class Gathering:
    """Everything one file says about one Party branch."""

    grids: dict[str, Want] = field(default_factory=dict)
    groups: dict[str, Want] = field(default_factory=dict)
    hubs: dict[tuple[str, str], Want] = field(default_factory=dict)
    members: list[Want] = field(default_factory=list)
    households: list[Want] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _members_named: dict[str, list[Want]] = field(default_factory=lambda: defaultdict(list))
    _houses: dict[tuple, list[Want]] = field(default_factory=lambda: defaultdict(list))
    _houses_of: dict[tuple, list[Want]] = field(default_factory=lambda: defaultdict(list))
    _seen: dict[tuple, int] = field(default_factory=lambda: defaultdict(int))

    def error(self, row: RosterRow, name: str, value: object, message: str) -> None:
        """Refuse the file because of this cell."""
        self.problems.append(problem(ERROR, row, name, value, message))

    def warn(self, row: RosterRow, name: str, value: object, message: str) -> None:
        """Tell the clerk about this cell."""
        self.problems.append(problem(WARNING, row, name, value, message))

    def places(self) -> Iterable[Want]:
        """Everything below the branch, top layer first."""
        yield from self.grids.values()
        yield from self.groups.values()
        yield from self.hubs.values()
        yield from self.members
        yield from self.households


def gather(rows: Iterable[RosterRow]) -> Gathering:
    """Put the rows of one branch together; rows that name their group come first, the others fill up."""
    found = Gathering()
    for row in sorted(rows, key=lambda r: not (r.group or r.grid)):
        _check_lengths(found, row)
        group = _group(found, row)
        hub = _hub(found, row, group)
        member = _member(found, row, group, hub)
        if row.household:
            _household(found, row, member or group)
    _refuse_member_twice(found)
    return found


def _check_lengths(found: Gathering, row: RosterRow) -> None:
    for name, (most, label) in LIMITS.items():
        if len(getattr(row, name)) > most:
            message = f"{label}超过{most}个字，请改短后再导入。"
            found.error(row, name, getattr(row, name)[:20] + "…", message)
    if row.household_size is not None and row.household_size > LARGEST_HOUSEHOLD:
        found.warn(row, "household_size", row.household_size, "家庭人口数超过50人，已留空，请核对。")
        row.household_size = None


def _state(found: Gathering, want: Want, name: str, value: Any, row: RosterRow, cell: str = "") -> None:
    """Note a fact; a blank says nothing, and of two that differ the first one stands."""
    if value is None or value == "":
        return
    known = want.facts.setdefault(name, value)
    if known != value and name not in TOLD_BY_THE_READER:
        first = f"{line(want.row)}写的“{shown(known)}”"
        found.warn(row, cell or name, shown(value), f"与{first}不一致，按先出现的处理，请核对。")


# --- grid and group ---------------------------------------------------------------------------------


def _group(found: Gathering, row: RosterRow) -> Want | None:
    """The row's group with its grid; each is concluded from the other when only one is written (二(一))."""
    if not row.group and not row.grid:
        return None
    name = row.group or keys.group_for(row.grid)
    key = keys.group_key(name)
    if not row.group:
        key = _group_in_grid(found, row.grid) or key
    group = found.groups.get(key)
    if group is None:
        group = found.groups[key] = Want(Kind.GROUP, name, row, key, derived=not row.group)
        group.facts["industry"] = keys.group_key(name) if row.industry else ""
    elif row.group and group.derived:
        group.name, group.derived = row.group, False
    _grid(found, row, group)
    _state(found, group, "leader", row.group_leader, row, "group_leader")
    if row.group_leader == group.facts.get("leader"):
        _state(found, group, "leader_phone", row.group_leader_phone, row, "group_leader_phone")
    return group


def _group_in_grid(found: Gathering, grid: str) -> str:
    known = found.grids.get(keys.grid_key(grid))
    return next((g.key for g in found.groups.values() if g.above is known), "") if known else ""


def _grid(found: Gathering, row: RosterRow, group: Want) -> None:
    """Give the group its grid; the document wants one group a grid."""
    name = row.grid or keys.grid_for(group.name)
    key = keys.grid_key(name)
    if group.above is None:
        taken = found.grids.get(key)
        if taken is not None:
            other = next(g for g in found.groups.values() if g.above is taken)
            message = f"“{name}”已有“{other.name}”（{line(other.row)}），每个网格只建一个党小组，请改正。"
            found.error(row, "grid" if row.grid else "group", name, message)
            group.above = taken
            return
        grid = found.grids[key] = Want(Kind.GRID, name, row, key, derived=not row.grid)
        grid.facts["shape"] = "industry" if row.industry else "geographic"
        group.above = grid
    elif row.grid and group.above.derived:
        _name_grid(found, group.above, name, key)


def _name_grid(found: Gathering, grid: Want, name: str, key: str) -> None:
    """A later row writes the name of a grid that was only concluded so far."""
    if key != grid.key and key in found.grids:
        return
    del found.grids[grid.key]
    found.grids[key] = grid
    grid.name, grid.key, grid.derived = name, key, False


# --- hub and member ---------------------------------------------------------------------------------


def _hub(found: Gathering, row: RosterRow, group: Want | None) -> Want | None:
    if not row.hub:
        return None
    key = keys.hub_key(row.hub)
    hub = found.hubs.get((group.key, key)) if group else None
    if group is None:  # a sheet without groups may name a hub that another sheet has placed
        hub = next((h for (_, k), h in found.hubs.items() if k == key), None)
    if hub is None:
        hub = Want(Kind.HUB, row.hub, row, key, group)
        found.hubs[group.key if group else "", key] = hub
    if row.hub_code:
        hub.codes.add(row.hub_code)
    # The kind is concluded from the name too; only a column of its own may change what the system has.
    _state(found, hub, "hub_kind" if "hub_kind" in row.where else "kind_guess", row.hub_kind, row)
    _state(found, hub, "plate_no", row.plate_no, row)
    _state(found, hub, "served_households", row.served_households, row)
    _state(found, hub, "head", row.hub_head, row, "hub_head")
    if row.hub_head == hub.facts.get("head"):
        _state(found, hub, "head_phone", row.hub_phone, row, "hub_phone")
    if not row.member and not row.household:
        _state(found, hub, "remark", bare(row.remark), row)
    return hub


def _member(found: Gathering, row: RosterRow, group: Want | None, hub: Want | None) -> Want | None:
    if not row.member:
        return None
    member = _placed_member(found, row, group, hub)
    if row.member_code:
        member.codes.add(row.member_code)
    member.sheets.add(row.sheet)
    for name, value in (
        ("phone", row.member_phone),
        ("standing", row.member_standing),
        ("is_floating", row.floating),
        ("takes_part", row.takes_part),
    ):
        _state(found, member, name, value, row, MEMBER_CELLS[name])
    if not row.household:
        _state(found, member, "remark", bare(row.remark), row)
        _state(found, member, "since", row.since, row)
    return member


def _placed_member(found: Gathering, row: RosterRow, group: Want | None, hub: Want | None) -> Want:
    """The row's member, new or met before, at the lowest place any row names."""
    above = hub or group
    member = _same_member(found, row, group, hub)
    if member is None:
        member = Want(Kind.MEMBER, row.member, row, group.key if group else "", above)
        found.members.append(member)
        found._members_named[row.member].append(member)
    elif above is not None and (member.above is None or (member.above.kind == Kind.GROUP and hub)):
        member.above = above
    elif hub and member.above is not hub:
        _two_hubs(found, row, member)
    return member


MEMBER_CELLS = {
    "phone": "member_phone",
    "standing": "member_standing",
    "is_floating": "floating",
    "takes_part": "takes_part",
}


def _same_member(found: Gathering, row: RosterRow, group: Want | None, hub: Want | None) -> Want | None:
    """The member met before: same name, same group, and phones that do not contradict each other."""
    fits = []
    for other in found._members_named[row.member]:
        phone = other.facts.get("phone", "")
        if phone and row.member_phone and phone != row.member_phone:
            continue
        if group is None or not other.key or other.key == group.key:
            fits.append(other)
    if len(fits) > 1:  # two of one name in one group: the phone tells them apart, then the hub
        fits.sort(key=lambda m: (m.facts.get("phone", "") != row.member_phone, m.above is not hub))
    if fits and hub and not row.member_phone and fits[0].above is not hub and _in_hub(fits[0]):
        return None
    return fits[0] if fits else None


def _in_hub(member: Want) -> bool:
    return member.above is not None and member.above.kind == Kind.HUB


def _two_hubs(found: Gathering, row: RosterRow, member: Want) -> None:
    known = f"{line(member.row)}属于“{member.above.name if member.above else ''}”"
    message = f"“{row.member}”在{known}，这里又写另一个中心户，一名党员只能在一处，请改正。"
    found.error(row, "hub", row.hub, message)


def _refuse_member_twice(found: Gathering) -> None:
    """Same name and same phone is one person, who can have one place only."""
    first: dict[tuple[str, str], Want] = {}
    for member in found.members:
        phone = member.facts.get("phone", "")
        other = first.setdefault((member.name, phone), member) if phone else member
        if other is not member:
            message = (
                f"“{member.name}”（同一电话）已在{line(other.row)}出现，一名党员只能在一个党小组，"
                "请删去一处；如是两个人，请改正电话。"
            )
            found.error(member.row, "member", member.name, message)


# --- household --------------------------------------------------------------------------------------


def _household(found: Gathering, row: RosterRow, above: Want | None) -> None:
    """A row is one household. The same row in another sheet is the same one; twice in a sheet it is two."""
    lane = keys.lane_key(row.villager_group)
    key = (row.household, lane, row.door, above)
    found._seen[(row.sheet, *key)] += 1
    times = found._seen[(row.sheet, *key)]
    known = found._houses[key]
    house: Want | None
    if len(known) >= times:
        house = known[times - 1]
    else:
        house = _same_in_other_sheet(found, row, above, lane) if times == 1 else None
        if house is None:
            house = Want(Kind.HOUSEHOLD, row.household, row, lane, above)
            found.households.append(house)
            found._houses_of[row.household, above].append(house)
        known.append(house)
    house.sheets.add(row.sheet)
    if row.household_code:
        house.codes.add(row.household_code)
    _state(found, house, "villager_group", row.villager_group, row)
    _state(found, house, "door", row.door, row)
    _state(found, house, "size", row.household_size, row, "household_size")
    _state(found, house, "phone", row.household_phone, row, "household_phone")
    _state(found, house, "since", row.since, row)
    _state(found, house, "remark", bare(row.remark), row)


def _same_in_other_sheet(found: Gathering, row: RosterRow, above: Want | None, lane: str) -> Want | None:
    """A second sheet that leaves the address out, or alone has it, still speaks of the same household."""
    named = found._houses_of[row.household, above]
    if len(named) != 1 or row.sheet in named[0].sheets:
        return None
    other = named[0]
    same_lane = not lane or not other.key or lane == other.key
    door = other.facts.get("door", "")
    return other if same_lane and (not row.door or not door or row.door == door) else None
