"""Rosters of clerks who never saw ours: read to the truth, no line lost, loaded once and never twice."""

import re

import openpyxl
import pytest

from grids.choices import Kind
from grids.imports import actions
from grids.imports.reading.names import split_households
from grids.imports.reading.result import Limits
from grids.imports.reading.rosters import parse_roster
from grids.imports.reading.values import Unclear
from grids.models import MemberProfile, Node
from tests.factories import TownshipFactory
from tests.grids.imports.clerks import ROSTERS, made
from tests.grids.imports.clerks_wide import WIDE
from tests.grids.imports.loading import TODAY, messages, places

ALL = ROSTERS | WIDE


def parse(book, folder):
    path = book.save(folder / "名册.xlsx")
    return parse_roster(path, name=path.name, limits=Limits())


def links(reading):
    return sorted((r.group, r.hub, r.member, r.household, r.household_size) for r in reading.rows)


def of_rows(reading, key, fact):
    return {getattr(r, key): getattr(r, fact) for r in reading.rows if getattr(r, fact)}


def lines_without_account(book, reading):
    """Lines below a header that are neither read nor named as left out: there must be none."""
    told = {(r.sheet, r.row) for r in reading.rows}
    for sheet in reading.sheets:
        told |= {(sheet.name, int(n)) for line in sheet.left_out for n in re.findall(r"^第 (\d+) 行", line)}
    heads = {
        sheet.name: sheet.header_row + sheet.header_rows for sheet in reading.sheets if not sheet.skipped
    }
    return [
        (name, number)
        for name, rows in book.sheets.items()
        for number, row in enumerate(rows, 1)
        if name in heads and number >= heads[name] and any(row) and (name, number) not in told
    ]


@pytest.mark.parametrize("name", sorted(ALL))
def test_read_to_the_truth(name, tmp_path):
    book = ALL[name]
    reading = parse(book, tmp_path)
    assert [problem.message for problem in reading.errors] == []
    assert links(reading) == book.links
    assert reading.branches == ["李家沟村党支部"]
    assert lines_without_account(book, reading) == []
    for fact, key, column in (
        ("phones", "member", "member_phone"),
        ("hphones", "household", "household_phone"),
        ("standing", "member", "member_standing"),
        ("floating", "member", "floating"),
    ):
        if fact in book.facts:
            assert of_rows(reading, key, column).items() >= book.facts[fact].items()
    if "warn" in book.facts:
        assert any(book.facts["warn"] in problem.message for problem in reading.warnings)


@pytest.mark.django_db
@pytest.mark.parametrize("names", [sorted(ROSTERS), sorted(WIDE)], ids=["plain", "wide"])
def test_loaded_once_and_never_twice(names, tmp_path):
    for name in names:
        township = TownshipFactory()
        reading = parse(ALL[name], tmp_path)
        states = [
            actions.load_rows(reading=reading, name=name, township=township, today=TODAY)["status"]
            for _ in range(2)
        ]
        assert (name, states) == (name, ["applied", "unchanged"])
        houses = sum(1 for link in ALL[name].links if link[3])
        assert Node.objects.filter(township=township, kind=Kind.HOUSEHOLD).count() == houses
        people = {(link[0], link[2]) for link in ALL[name].links}
        assert Node.objects.filter(township=township, kind=Kind.MEMBER).count() == len(people)


@pytest.mark.parametrize(
    ("header", "row", "column", "word"),
    [
        ("党小组|党员|户主|人口", "一组|陈国栋|同上|3", "户主", "应写姓名"),
        ("党小组|党员|户主|人口", "一组|陈国栋|一社|3", "户主", "社组"),
        ("党小组|党员|户主|人口", "一组|陈国栋|王军等3户|3", "户主", "姓名写全"),
        ("党小组|党员|户主|人口", "一组|陈国栋|王军 123456|3", "户主", "只有数字"),
        ("党小组|党员|党员中心户|户主", "一组|陈国栋|√|王军", "党员中心户", "应写姓名"),
        ("党小组|党员|联系户1|人口1|联系户2|人口2", "一组|陈国栋|王军|3||5", "联系户2", "没有户主姓名"),
        ("党小组|党员|户主|户主", "一组|陈国栋|王军|王军", "户主", "有两列"),
        ("党员|户主|人口|党员|户主|人口|党小组", "陈国栋|王军|3|何文||4|一组", "户主", "没有户主姓名"),
        ("党小组|党员|户主|党员|户主|人口", "一组|陈国栋|王军|何文||4", "党员", "有两列"),
    ],
)
def test_what_can_not_be_understood_is_refused_at_its_cell(header, row, column, word, tmp_path):
    """The second line keeps the hub column from being a column of marks."""
    other = {"党员中心户": "何文户"}.get(column)
    rows = ["李家沟村党支部", header, row]
    rows += [f"一组|何文|{other}|赵兰"] if other else []
    reading = parse(made("\n".join(rows), ""), tmp_path)
    assert [(p.column, word in p.message) for p in reading.errors] == [(column, True)]
    assert reading.errors[0].message.endswith("。")


def test_lists_that_do_not_match_are_left_blank_and_told(tmp_path):
    book = made("李家沟村党支部\n党小组|党员|户主|人口\n一组|陈国栋|王军、李平、赵兰|3、2", "")
    reading = parse(book, tmp_path)
    assert [r.household_size for r in reading.rows] == [None] * 3
    assert [(p.row, p.column, p.value) for p in reading.warnings] == [(3, "人口", "3、2")]


def test_a_cover_sheet_does_not_overrule_and_two_covers_say_nothing(tmp_path):
    rows = "\n[一组]\n党员|户主\n陈国栋|王军"
    told = parse(made("[封面]\n李家沟村党支部" + rows, ""), tmp_path)
    assert (told.branches, "封面" in told.warnings[0].message) == (["李家沟村党支部"], True)
    example = parse(made("[说明]\n如：李家沟村党支部" + rows, ""), tmp_path)
    two = parse(made("[封面]\n李家沟村党支部\n[封底]\n王家湾村党支部" + rows, ""), tmp_path)
    assert (example.branches, two.branches) == ([], [])


def test_groups_and_leaders_of_annex_2(tmp_path):
    book = made(
        """
        附件2
        填报单位：李家沟村党支部
        序号|党支部|支部委员|职务|联系电话|所联系党小组|所属网格|党小组长|联系电话|党员数|备注
        1|李家沟村党支部|马德福|支部书记|13993210005|第一党小组|李家沟村第一网格|陈国栋|13893210001|12
        2|李家沟村党支部|郑海|组织委员|17793210006|第二党小组|李家沟村第二网格|吴刚|13893210002|9
        """,
        "",
    )
    reading = parse(book, tmp_path)
    assert [(r.group, r.grid, r.group_leader, r.group_leader_phone) for r in reading.rows] == [
        ("第一党小组", "李家沟村第一网格", "陈国栋", "13893210001"),
        ("第二党小组", "李家沟村第二网格", "吴刚", "13893210002"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1、孙明 2、周强", [("孙明", None, ""), ("周强", None, "")]),
        ("①孙明②周强", [("孙明", None, ""), ("周强", None, "")]),
        ("(1)孙明(2)周强", [("孙明", None, ""), ("周强", None, "")]),
        ("孙明(1)周强(2)", [("孙明", 1, ""), ("周强", 2, "")]),
        ("孙明,3人;周强,2人", [("孙明", 3, ""), ("周强", 2, "")]),
        ("孙明,3,周强,2", [("孙明", 3, ""), ("周强", 2, "")]),
        ("户主:孙明,人口:2人,电话:13893210001", [("孙明", 2, "13893210001")]),
        (
            "孙明 13893210001 周强 0939-6612345",
            [("孙明", None, "13893210001"), ("周强", None, "0939-6612345")],
        ),
        ("孙明 一社 3人", [("孙明", 3, "")]),
        ("孙明(户主)3人", [("孙明", 3, "")]),
        ("孙明户、周强户", [("孙明", None, ""), ("周强", None, "")]),
    ],
)
def test_many_ways_to_list_households(text, found):
    assert [(h.name, h.size, h.phone) for h in split_households(text)] == found


@pytest.mark.parametrize("text", ["同上", "合计", "一社", "孙明 123456", "√"])
def test_what_is_no_name(text):
    with pytest.raises(Unclear):
        split_households(text)


@pytest.mark.django_db
def test_a_member_marked_as_central_household_is_its_head(tmp_path):
    township = TownshipFactory()
    reading = parse(ROSTERS["hub_flag"], tmp_path)
    actions.load_rows(reading=reading, name="名册", township=township, today=TODAY)
    hubs = set(Node.objects.filter(kind=Kind.HUB).values_list("name", flat=True))
    assert hubs == {"陈国栋户", "吴刚户"}
    assert {p.node.name for p in MemberProfile.objects.filter(node__hub=None)} == {"何文", "周强"}
    assert len(places()) == 5


@pytest.mark.django_db
def test_a_village_typed_as_branch_is_made_as_its_branch(tmp_path):
    reading = parse(made("党小组|党员|户主\n一组|陈国栋|王军", ""), tmp_path)
    township = TownshipFactory()
    entry = actions.load_rows(reading=reading, name="名册", township=township, branch="李家沟村", today=TODAY)
    assert (entry["branches"], messages(entry)) == (["李家沟村党支部"], [])


def test_hidden_rows_and_filters_hide_nothing(tmp_path):
    path = made("李家沟村党支部\n党小组|党员|户主\n一组|陈国栋|王军\n一组|陈国栋|李平", "").save(
        tmp_path / "a.xlsx"
    )
    book = openpyxl.load_workbook(path)
    book.active.row_dimensions[4].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.active.auto_filter.ref = "A2:C4"
    book.save(path)
    reading = parse_roster(path, name="a.xlsx", limits=Limits())
    assert [(r.member, r.household) for r in reading.rows] == [("陈国栋", "王军"), ("陈国栋", "李平")]
