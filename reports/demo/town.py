"""The invented township as plain rows: the same rows a village's workbook would give."""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from grids.choices import HubKind, Role, Standing
from grids.imports.reading.result import RosterRow

FILE = Path(settings.BASE_DIR) / "fixtures" / "demo" / "town.toml"
SINCE = date(2026, 9, 1)
NUMERALS = "一二三四五六七八九十"
COMMITTEE = (Role.SECRETARY, Role.DEPUTY_SECRETARY, Role.ORGANISATION, Role.PUBLICITY, Role.DISCIPLINE)
OFFICE = "乡机关党支部"
MEMBERS_PER_GROUP = (4, 4, 3, 4, 3)
LINKED_PER_MEMBER = (10, 15)
# Some gaps, so that the lists of what is missing have something to show.
LEADERLESS, UNPLACED = 0.05, 0.02


@dataclass(frozen=True)
class Someone:
    """A person of the demo: name and phone tell them apart."""

    name: str
    phone: str


@dataclass
class Village:
    """One village's rows, and what stands beside the roster: committee, population."""

    name: str
    root: str
    branches: list[str]
    rows: list[RosterRow] = field(default_factory=list)
    committee: dict[str, list[tuple[Someone, Role]]] = field(default_factory=dict)
    households: int = 0


@dataclass
class Town:
    """Everything that is loaded."""

    code: str
    name: str
    villages: list[Village]
    office: list[RosterRow]
    leaders: list[Someone]


class Names:
    """Invented names and numbers, the same for the same seed."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.chance = random.Random(data["seed"])  # noqa: S311  invented data, nothing secret
        self.data = data
        self.phones = 0

    def name(self) -> str:
        """A household head's or member's name; now and then a long one, often one that exists already."""
        if self.chance.random() < 0.004:
            return self.chance.choice(self.data["long_names"])
        return self.chance.choice(self.data["surnames"]) + self.chance.choice(self.data["given"])

    def someone(self) -> Someone:
        """A member with a number of their own."""
        self.phones += 1
        return Someone(self.name(), f"1990000{self.phones:04d}")


def read(file: Path = FILE) -> dict[str, Any]:
    """The township's outline."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def build(data: Mapping[str, Any] | None = None) -> Town:
    """The whole township: 12 villages, 75 groups and 4 industry groups, 300 members, 3,100 households."""
    data = data or read()
    names = Names(data)
    sizes = _group_sizes(data, names.chance)
    villages = [_village(outline, sizes, names) for outline in data["village"]]
    leaders = [names.someone() for _ in range(data["town_leaders"])]
    office = [*leaders, *(names.someone() for _ in range(2))]
    rows = [
        RosterRow(branch=OFFICE, member=person.name, member_phone=person.phone, member_standing=Standing.FULL)
        for person in office
    ]
    return Town(data["code"], data["name"], villages, rows, leaders)


def _group_sizes(data: Mapping[str, Any], chance: random.Random) -> Iterator[int]:
    """Households per group, uneven as in life, adding up to the township's number."""
    count = sum(village["groups"] for village in data["village"])
    weights = [chance.uniform(0.7, 1.3) for _ in range(count)]
    whole = [int(data["households"] * weight / sum(weights)) for weight in weights]
    whole[-1] += data["households"] - sum(whole)
    return iter(whole)


def _village(outline: Mapping[str, Any], sizes: Iterator[int], names: Names) -> Village:
    """A village's rows; with two branches it has a 党总支 above them."""
    branches = outline.get("branches", [])
    root = f"{outline['name']}党总支" if branches else f"{outline['name']}党支部"
    village = Village(outline["name"], root, list(branches) or [root])
    for number in range(outline["groups"]):
        branch = village.branches[number * len(village.branches) // outline["groups"]]
        size = next(sizes)
        village.rows += _group(village, branch, number, size, names)
        village.households += size
    if "industry" in outline:
        village.rows += _industry_group(village, outline["industry"], names)
    for branch in dict.fromkeys([root, *village.branches]):
        village.committee[branch] = _committee(village, branch)
    return village


def _frame(village: Village, branch: str) -> dict[str, Any]:
    above = {"general_branch": village.root} if branch != village.root else {}
    return {**above, "branch": branch, "since": SINCE}


def _group(village: Village, branch: str, number: int, size: int, names: Names) -> list[RosterRow]:
    """One grid with its Party group, hubs, members and households; some stay not yet linked."""
    title = f"第{NUMERALS[number]}"
    members = [names.someone() for _ in range(MEMBERS_PER_GROUP[number % 5])]
    frame = _frame(village, branch) | {"grid": f"{village.name}{title}网格", "group": f"{title}党小组"}
    if names.chance.random() > LEADERLESS:
        frame |= {"group_leader": members[0].name, "group_leader_phone": members[0].phone}
    lane: dict[str, Any] = {"villager_group": f"{NUMERALS[number]}社"}
    doors = iter(range(1, size + 1))
    rows: list[RosterRow] = []
    for place, person in enumerate(members):
        away = place > 1 and names.chance.random() < 0.25
        head = members[0] if place < 2 or len(members) < 4 else members[2]
        member = _member(person, head, names, away=away)
        rows += [RosterRow(**frame, **member)]
        wanted = 0 if away else names.chance.randint(*LINKED_PER_MEMBER)
        for door in [d for _, d in zip(range(wanted), doors, strict=False)]:
            rows.append(RosterRow(**frame, **member, **lane, **_household(door, names)))
    rows += [RosterRow(**frame, **lane, **_household(door, names)) for door in doors]
    return rows


def _member(person: Someone, head: Someone, names: Names, *, away: bool) -> dict[str, Any]:
    hub: dict[str, Any] = {
        "hub": f"{head.name}户",
        "hub_kind": HubKind.CENTRAL,
        "hub_head": head.name,
        "hub_phone": head.phone,
    }
    unplaced = person != head and names.chance.random() < UNPLACED
    return ({} if unplaced else hub) | {
        "member": person.name,
        "member_phone": person.phone,
        "member_standing": Standing.PROBATIONARY if names.chance.random() < 0.04 else Standing.FULL,
        "floating": away and names.chance.random() < 0.7,
        "takes_part": not away,
    }


def _household(door: int, names: Names) -> dict[str, Any]:
    return {
        "household": names.name(),
        "door": f"{door}号",
        "household_size": names.chance.choices(range(1, 9), (4, 10, 16, 25, 22, 14, 6, 3))[0],
    }


def _industry_group(village: Village, trade: str, names: Names) -> list[RosterRow]:
    """A group set up by trade: a model post, members, no households (二(一))."""
    people = [names.someone() for _ in range(4)]
    frame = _frame(village, village.branches[-1]) | {
        "grid": f"{village.name}{trade}网格",
        "group": f"{trade}党小组",
        "industry": True,
        "group_leader": people[0].name,
        "group_leader_phone": people[0].phone,
        "hub": f"{trade}示范岗",
        "hub_kind": HubKind.DEMO_POST,
        "hub_head": people[0].name,
        "hub_phone": people[0].phone,
    }
    return [
        RosterRow(**frame, member=p.name, member_phone=p.phone, member_standing=Standing.FULL) for p in people
    ]


def _committee(village: Village, branch: str) -> list[tuple[Someone, Role]]:
    """Five officers found among the members below; most lead a group too (一人多职)."""
    inside = [row for row in village.rows if row.member and (branch in {row.branch, village.root})]
    people: Sequence[Someone] = list(dict.fromkeys(Someone(row.member, row.member_phone) for row in inside))
    step = max(1, len(people) // len(COMMITTEE))
    chosen = people[::step] if branch != village.root or village.root in village.branches else people[1::step]
    return list(zip(chosen, COMMITTEE, strict=False))
