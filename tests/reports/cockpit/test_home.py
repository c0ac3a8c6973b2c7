from datetime import date

import pytest
from django.urls import reverse

from grids import tree
from grids.access import Seat
from grids.choices import BranchSetting, CloseReason, Kind, Role
from grids.imports.choices import UploadState
from grids.models import BranchProfile, Node, RosterUpload, VillagerGroup
from reports.cockpit.queries.coverage import GAPS, home_lines
from tests.factories import (
    SINCE,
    PersonFactory,
    TownshipFactory,
    UserFactory,
    appoint,
    group_leader,
    member,
    node,
    secretary,
    village,
)
from township.choices import OfficeRole

HOME = reverse("reports:home")
VILLAGES = reverse("reports:villages")
TODAY = date(2026, 9, 16)
pytestmark = pytest.mark.django_db


@pytest.fixture
def township():
    return TownshipFactory()


@pytest.fixture
def clerk(client, township):
    account = UserFactory(township=township)
    client.force_login(account)
    return account


def found_in(line) -> dict[str, int]:
    return {code: n for code, n in line.found.items() if n}


def test_gaps_of_each_village_are_counted_apart(clerk, township):
    village(township, "甲村")
    poor = village(township, "乙村", groups=2, hubs=1, members=1, households=2)
    appoint(PersonFactory(township=township, root=poor.root), Role.GROUP_LEADER, poor.groups[0])
    VillagerGroup.objects.create(root=poor.root, name="九社")
    node(Kind.HOUSEHOLD, "未联户", poor.groups[0])
    node(Kind.MEMBER, "未编入", poor.groups[0])
    node(Kind.HUB, "空中心户", poor.groups[1])
    node(Kind.GRID, "新网格", poor.root)
    first, second = home_lines(clerk, on=TODAY)
    # In the factory's village every hub has 2 members and every member 3 households: all under their bands.
    assert found_in(first) == {"leaderless": 2, "hubs_off": 4, "members_off": 8}
    assert found_in(second) == {
        "unlinked": 1,
        "unplaced": 1,
        "leaderless": 1,
        "memberless": 1,
        "groupless": 1,
        "gridless": 1,
        "hubs_off": 3,
        "members_off": 2,
    }
    assert (first.coverage, second.coverage, first.missing, second.missing) == (100, 80, 2, 6)


def test_closed_rows_count_nowhere(clerk, township):
    made = village(township, groups=1, hubs=1, members=1, households=2)
    for row in (made.households[0], made.households[1]):
        tree.close(node=row, on=TODAY, reason=CloseReason.MOVED_AWAY)
    (line,) = home_lines(clerk, on=TODAY)
    assert (line.counts.households, line.coverage) == (0, None)


def test_office_branch_misses_no_households(clerk, township):
    root = node(Kind.BRANCH, "机关党支部", township=township)
    BranchProfile.objects.create(node=root, setting=BranchSetting.OFFICE)
    node(Kind.MEMBER, "机关党员", root)
    (line,) = home_lines(clerk, on=TODAY)
    assert (line.counts.members, found_in(line)) == (1, {})


def test_post_that_has_ended_leaves_the_group_without_leader(clerk, township):
    made = village(township, groups=1)
    post = appoint(PersonFactory(township=township), Role.GROUP_LEADER, made.groups[0])
    (line,) = home_lines(clerk, on=TODAY)
    assert line.found["leaderless"] == 0
    post.until = TODAY
    post.save()
    (line,) = home_lines(clerk, on=TODAY)
    assert line.found["leaderless"] == 1


def test_every_figure_of_the_page_leads_to_exactly_the_rows_it_counts(client, clerk, township):
    made = village(township, "甲村")
    village(township, "乙村")
    node(Kind.HOUSEHOLD, "未联户", made.groups[0])
    node(Kind.MEMBER, "未编入", made.groups[0])
    node(Kind.HUB, "空中心户", made.groups[1])
    node(Kind.GRID, "新网格", made.root)
    line = next(line for line in client.get(VILLAGES).context["lines"] if line.node == made.root)
    led = {}
    for item in line.gaps:
        if item.gap.state and item.n:
            query = {"village": made.root.pk, "state": item.gap.state}
            answer = client.get(reverse("grids:node_list", args=[item.gap.kind]), query)
            led[item.gap.code] = answer.context["page_obj"].paginator.count
    # In the factory's village every hub has 2 members and every member 3 households: all out of their bands.
    bands = {"hubs_off": 5, "members_off": 8}
    assert led == {"unlinked": 1, "unplaced": 1, "leaderless": 2, "memberless": 1, "groupless": 1, **bands}
    assert led == {code: line.found[code] for code in led}


def test_links_stand_in_the_page(client, clerk, township):
    made = village(township)
    node(Kind.HOUSEHOLD, "未联户", made.groups[0])
    html = client.get(VILLAGES).content.decode()
    assert f"/grids/household/?village={made.root.pk}&amp;state=unlinked" in html
    assert "导入花名册" in html


def test_clerk_sees_the_own_township_only(clerk, township):
    own = village(township)
    village(TownshipFactory(), "外乡村")
    assert [line.node for line in home_lines(clerk, on=TODAY)] == [own.root]


def test_empty_township_names_the_next_steps(client, clerk):
    html = client.get(HOME).content.decode()
    assert "从这里开始" in html
    assert reverse("grids:import_new") in html


def test_leader_reads_and_is_offered_no_import(client, township):
    village(township)
    client.force_login(UserFactory(township=township, office_role=OfficeRole.LEADER))
    answer = client.get(HOME)
    assert answer.context["may_import"] is False
    assert reverse("grids:import_new") not in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "target"), [(OfficeRole.SYSTEM_ADMIN, "township:users"), (OfficeRole.AUDITOR, "township:audit")]
)
def test_administrator_and_auditor_start_at_their_own_work(client, role, target):
    client.force_login(UserFactory(office_role=role))
    assert client.get(HOME).url == reverse(target)


@pytest.mark.parametrize(
    ("account", "place"), [(secretary, "root"), (group_leader, "groups"), (member, "members")]
)
def test_village_people_see_the_place_they_answer_for(client, township, account, place):
    made = village(township)
    village(township, "乙村")
    client.force_login(account(made))
    found = getattr(made, place)
    expected = found if isinstance(found, Node) else found[-1] if place == "members" else found[0]
    answer = client.get(HOME)
    assert [line.node for line in answer.context["lines"]] == [expected]
    assert "还差什么" in answer.content.decode()


def test_group_leaders_numbers_are_those_of_the_group(township):
    made = village(township)
    (line,) = home_lines(group_leader(made), on=TODAY)
    assert (line.counts.hubs, line.counts.members, line.counts.households) == (2, 4, 12)
    assert found_in(line) == {"hubs_off": 2, "members_off": 4}


def test_who_holds_the_village_and_a_group_of_it_answers_once(township):
    made = village(township)
    user = secretary(made)
    appoint(user.person, Role.GROUP_LEADER, made.groups[0])
    assert [line.node for line in home_lines(user, on=TODAY)] == [made.root]


def test_secretary_of_a_branch_under_a_general_branch_sees_the_branch(township):
    general = node(Kind.GENERAL_BRANCH, "东坡村党总支", township=township)
    branch = node(Kind.BRANCH, "第一网格支部", general)
    user = UserFactory(township=township, office_role=OfficeRole.BY_POST)
    appoint(PersonFactory(township=township, user=user), Role.SECRETARY, branch, since=SINCE)
    assert [line.node for line in home_lines(user, on=TODAY)] == [branch]


def test_account_without_person_is_told_whom_to_ask(client, township):
    client.force_login(UserFactory(township=township, office_role=OfficeRole.BY_POST))
    assert "请联系乡镇系统管理员" in client.get(HOME).content.decode()


@pytest.mark.parametrize("n", [1, 6])
def test_coverage_asks_the_database_the_same_number_of_times(
    client, clerk, township, n, django_assert_num_queries
):
    for number in range(n):
        village(township, f"村{number}", groups=1, hubs=1, members=1, households=1)
    client.get(VILLAGES)
    with django_assert_num_queries(12):  # three of them for the ratios
        assert len(client.get(VILLAGES).context["lines"]) == n


def test_gaps_have_codes_of_their_own():
    assert len({gap.code for gap in GAPS}) == len(GAPS)


def menu(client, path: str = HOME) -> dict[str, bool]:
    groups = client.get(path, follow=True).context["menu"]
    return {item.title: item.current for group in groups for item in group.items}


LISTS = {"网格", "党小组", "中心户（示范岗）", "党员", "农户"}
PEOPLE = {
    "人员",
    "任职",
    "包挂联系",
    "谁联系谁",
    "需调整",
    "比例区间",
    "年度任务",
    "目标完成情况",
    "党内生活",
    "代办事项",
    "走访",
    "意见建议",
}
FILES = {"附件1至4", "联系卡", "导出任务", "编排建议", "各村上报", "勾稽检查", "县里的空表"} | {
    "督查与例会",
    "备案与领导小组",
    "交换文件",
    "导出记录",
    "公示与标牌",
    "队伍与志愿",
}
MENUS = {
    Seat.CLERK: {"首页", "待办", "网格结构", "覆盖缺口", "导入花名册", "村民小组", "操作记录", "后备干部库"}
    | LISTS
    | PEOPLE
    | FILES,
    Seat.LEADER: {"首页", "网格结构", "覆盖缺口", "村民小组", "操作记录"} | LISTS | PEOPLE | FILES,
    Seat.SYSTEM_ADMIN: {"账号管理"},
    Seat.AUDITOR: {"操作日志", "导出记录"},
    Seat.NOBODY: {"首页"},
}
ROLES = {Seat.NOBODY: OfficeRole.BY_POST}


@pytest.mark.parametrize("seat", MENUS)
def test_menu_of_each_office_seat(client, seat):
    client.force_login(UserFactory(office_role=ROLES.get(seat, seat.value)))
    assert menu(client).keys() == MENUS[seat]


@pytest.mark.parametrize(
    ("account", "titles"),
    [
        (secretary, MENUS[Seat.CLERK]),
        (group_leader, {"首页", "网格结构", "覆盖缺口", "操作记录"} | LISTS | PEOPLE),
        (member, {"首页", "网格结构", "覆盖缺口", "操作记录"} | LISTS | PEOPLE),
    ],
)
def test_menu_of_village_people(client, township, account, titles):
    client.force_login(account(village(township)))
    assert menu(client).keys() == titles | {"手机页"}


def test_menu_marks_where_one_stands(client, clerk):
    assert [title for title, current in menu(client).items() if current] == ["首页"]
    path = reverse("grids:node_list", args=["member"])
    assert [title for title, current in menu(client, path).items() if current] == ["党员"]
    path = reverse("grids:imports")
    assert [title for title, current in menu(client, path).items() if current] == ["导入花名册"]


def test_a_file_that_waits_for_confirmation_stands_on_top(client, clerk, township):
    village(township)
    kept = {"township": township, "by": clerk, "sha256": "0" * 64, "report": {}}
    RosterUpload.objects.create(file_name="甲村.xlsx", rows={}, **kept)
    RosterUpload.objects.create(file_name="乙村.xlsx", state=UploadState.APPLIED, **kept)
    html = client.get(HOME).content.decode()
    assert "甲村.xlsx" in html
    assert "乙村.xlsx" not in html


def test_the_place_that_lacks_most_comes_first(client, clerk, township):
    village(township, "甲村")
    poor = village(township, "乙村")
    for number in range(3):
        node(Kind.HOUSEHOLD, f"未联户{number}", poor.groups[0])
    assert client.get(HOME).context["lines"][0].node == poor.root
