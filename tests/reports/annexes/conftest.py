"""A small township with every case annexes print: 党总支, office branch, not placed, not linked, closed."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from grids import tree
from grids.choices import CloseReason, GridShape, HubKind, Kind, Role, Standing
from grids.models import (
    BranchProfile,
    GridProfile,
    GroupProfile,
    HouseholdProfile,
    HubProfile,
    MemberProfile,
    Node,
    Person,
    VillagerGroup,
)
from liaison.choices import Level
from liaison.models import Contact
from reports.annexes import actions
from tests.factories import SINCE, TownshipFactory, UserFactory, appoint, node, village
from tests.worlds import remembered
from township.models import Township

TODAY = date(2026, 9, 10)


@dataclass
class Town:
    """The township and its nodes and people by name."""

    township: Township
    nodes: dict[str, Node] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def add(self, kind, name, above=None, key=""):
        made = node(kind, name, self.nodes.get(above or ""), township=self.township)
        self.nodes[key or name] = made
        return made

    def branch(self, name, above=None, **profile):
        made = self.add(Kind.GENERAL_BRANCH if name.endswith("党总支") else Kind.BRANCH, name, above)
        BranchProfile.objects.create(node=made, **profile)
        return made

    def group(self, above, grid, name, shape=GridShape.GEOGRAPHIC):
        """A grid with its Party group; the key of the group is its grid's name."""
        GridProfile.objects.create(node=self.add(Kind.GRID, grid, above, key=f"网格{grid}"), shape=shape)
        GroupProfile.objects.create(node=self.add(Kind.GROUP, name, f"网格{grid}", key=grid))

    def hub(self, above, name, kind=HubKind.CENTRAL, **profile):
        HubProfile.objects.create(node=self.add(Kind.HUB, name, above), hub_kind=kind, **profile)

    def member(self, above, name, phone="", **profile):
        made = self.add(Kind.MEMBER, name, above)
        person = Person.objects.create(township=self.township, root=made.root, name=name, phone=phone)
        self.people[name] = person
        MemberProfile.objects.create(node=made, person=person, **profile)

    def households(self, above, names, group=None, **profile):
        for number, name in enumerate(names.split(), 1):
            made = self.add(Kind.HOUSEHOLD, name, above, key=f"{above}/{name}")
            HouseholdProfile.objects.create(
                node=made, villager_group=group, door=f"{number}号", size=number, **profile
            )

    def contact(self, level, holder, target, **more):
        Contact.objects.create(
            township=self.township,
            level=level,
            holder=self.people[holder],
            target=self.nodes[target],
            since=SINCE,
            **more,
        )


@pytest.fixture(autouse=True)
def exports(settings, tmp_path):
    """Each test has its own folder of kept files: equal tables would be served from the test before."""
    settings.EXPORT_DIR = tmp_path / "exports"
    return settings.EXPORT_DIR


@pytest.fixture
def office(database_of_processes, monkeypatch, exports):
    """A clerk in a township of one village, where three rows are already many."""
    monkeypatch.setenv("TOWNSHIP_DATA_DIR", str(exports.parent))
    monkeypatch.setattr(actions, "ROWS_AT_ONCE", 3)
    township = TownshipFactory(name="青河乡")
    village(township, "甲村", groups=1, hubs=1, members=2, households=3)
    return UserFactory(township=township)


SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"


def _east(town):
    """A plain village: two groups, three hubs, one of them still without members."""
    east = town.branch("东坡村党支部", village="东坡村", population=420, remark="整村推进")
    lane = VillagerGroup.objects.create(root=east, name="一社")
    VillagerGroup.objects.create(root=east, name="二社")
    town.group("东坡村党支部", "东坡村第一网格", "第一党小组")
    town.group("东坡村党支部", "东坡村苹果产业网格", "苹果产业党小组", GridShape.INDUSTRY)
    town.hub("东坡村第一网格", "白子龙户", plate_no="003", served_households=16)
    town.hub("东坡村第一网格", "田敏户")
    town.hub("东坡村苹果产业网格", "技术示范岗", HubKind.DEMO_POST)
    town.member("白子龙户", "白子龙", "13800000001")
    town.member("白子龙户", "=SUM(A1)", "013800000002", standing=Standing.PROBATIONARY)
    town.member("技术示范岗", "阿依古丽·买买提", "0931-1234567", is_floating=True, remark="常年在外")
    town.member("东坡村第一网格", "未归户党员", "13800000004", takes_part=False)
    town.households("白子龙", " ".join(f"{name}一" for name in SURNAMES), lane)
    town.households("=SUM(A1)", "=CMD() 韦二 覃三", lane, phone="13900000009")
    town.households("未归户党员", "龚四 柳五", None, remark="住在乡上")
    town.households("东坡村第一网格", "未联系户", lane)
    appoint(town.people["白子龙"], Role.SECRETARY, east)
    appoint(town.people["白子龙"], Role.ORGANISATION, east)
    appoint(town.people["白子龙"], Role.GROUP_LEADER, town.nodes["东坡村第一网格"])
    appoint(town.people["白子龙"], Role.HUB_HEAD, town.nodes["白子龙户"])
    appoint(town.people["阿依古丽·买买提"], Role.GROUP_LEADER, town.nodes["东坡村苹果产业网格"])
    appoint(town.people["阿依古丽·买买提"], Role.GRID_STAFF, town.nodes["网格东坡村苹果产业网格"])
    town.contact(Level.COMMITTEE, "白子龙", "东坡村第一网格", remark="分管")
    town.contact(Level.COMMITTEE, "白子龙", "东坡村苹果产业网格")


def _west(town):
    """A village with 党总支 and two branches under it."""
    top = town.branch("西川村党总支", village="西川村", population=900)
    town.branch("西川第一党支部", "西川村党总支", population=500)
    town.branch("西川第二党支部", "西川村党总支")
    for name, above in (("西川第一网格", "西川第一党支部"), ("西川第二网格", "西川第二党支部")):
        town.group(above, name, "第一党小组")
    town.hub("西川第一网格", "仇红户", served_households=12)
    town.member("仇红户", "仇红", "13811110001")
    town.member("仇红户", "朴志国", "13811110002")
    town.households("仇红", "单晓霞 解放")
    appoint(town.people["仇红"], Role.SECRETARY, top)
    appoint(town.people["朴志国"], Role.COMMITTEE, town.nodes["西川第一党支部"])
    town.contact(Level.GENERAL_BRANCH, "仇红", "西川第一党支部")
    town.contact(Level.COMMITTEE, "朴志国", "西川第一网格")


@pytest.fixture
@remembered
def town(db):
    """青河乡 with two villages, an office branch without groups, and what has ended or been closed."""
    made = Town(TownshipFactory(name="青河乡", code="T01"))
    leader = Person.objects.create(township=made.township, name="乡长甲", phone="13822220001")
    made.people["乡长甲"] = leader
    appoint(leader, Role.TOWN_LEADER, None)
    _east(made)
    _west(made)
    made.branch("乡机关党支部", setting="office")
    made.member("乡机关党支部", "机关党员", "13833330001")
    made.contact(Level.TOWN_LEADER, "乡长甲", "东坡村党支部")
    made.contact(Level.TOWN_LEADER, "乡长甲", "西川村党总支")
    made.contact(Level.COMMITTEE, "仇红", "西川第二网格", until=TODAY)
    tree.close(node=made.nodes["未归户党员/柳五"], on=TODAY, reason=CloseReason.MOVED_AWAY)
    return made
