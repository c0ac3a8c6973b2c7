"""Other villages of the same shapes, and bent shapes, read back to the truth they came from."""

import random
from datetime import date

import openpyxl
import pytest

from grids.imports.reading.result import Limits
from grids.imports.reading.rosters import parse_roster
from tests.grids.imports.villages import PRIVATE, Layout, lay_out, make_village, save

CORE = ["group", "grid", "hub", "member", "household", "size"]


def read(village, layout, rng, folder):
    path = save(lay_out(village, layout, rng), folder / f"名册{layout.suffix}", layout, rng)
    return parse_roster(path, name=path.name, limits=Limits())


def check(reading, village, layout):
    assert [problem for problem in reading.problems if problem.severity == "error"] == []
    links = sorted(
        (row.group, row.hub, row.member, row.household, row.household_size) for row in reading.rows
    )
    assert links == village.links()
    assert reading.branches == [village.branch]
    assert {(row.group, row.grid) for row in reading.rows} == {
        (group.name, group.grid) for group in village.groups
    }
    check_members(reading, village, layout)
    if "address" in layout.fields:
        places = sorted((row.household, row.villager_group, row.door) for row in reading.rows)
        houses = [house for _, _, member in village.members() for house in member.households]
        assert places == sorted((house.name, house.place, house.door) for house in houses)
    if "household_phone" in layout.fields:
        assert sorted(row.household_phone for row in reading.rows) == sorted(
            house.phone for _, _, member in village.members() for house in member.households
        )
    if "since" in layout.fields:
        assert {row.since for row in reading.rows} == {date(2026, 9, 1)}
    if "leader" in layout.fields or layout.per_group:
        assert {(row.group, row.group_leader) for row in reading.rows} == {
            (group.name, group.leader) for group in village.groups
        }
    private = sum(1 for name in layout.fields if name in PRIVATE)
    assert {len(sheet.not_collected) for sheet in reading.sheets if not sheet.skipped} == {private}


def check_members(reading, village, layout):
    seen = {(row.group, row.member): row for row in reading.rows}
    for group, _, member in village.members():
        row = seen[group.name, member.name]
        assert row.member_phone == (member.phone if "member_phone" in layout.fields else "")
        assert row.member_standing == (member.standing if "standing" in layout.fields else "")
        assert row.floating is (member.floating if "floating" in layout.fields else None)


SHAPES = {
    "annex": Layout(
        [
            "seq",
            "branch",
            "group",
            "hub",
            "member",
            "member_phone",
            "household",
            "address",
            "size",
            "since",
            "remark",
        ],
        style="annex",
        foot=True,
    ),
    "flat": Layout(
        [
            "household",
            "size",
            "address",
            "household_phone",
            "member",
            "member_phone",
            "hub",
            "grid",
            "group",
            "leader",
        ],
        totals=True,
        untidy=True,
    ),
    "sheets": Layout(
        ["seq", "hub", "member", "member_phone", "household", "size", "address", "remark"],
        style="merged",
        two_rows=True,
        per_group=True,
    ),
    "csv": Layout(
        ["grid", "group", "hub", "member", "member_phone", "household", "size"], suffix=".csv", titles=False
    ),
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("seed", range(12))
def test_another_village_of_the_same_shape(shape, seed, tmp_path):
    rng = random.Random(f"{shape}{seed}")
    village = make_village(rng)
    check(read(village, SHAPES[shape], rng, tmp_path), village, SHAPES[shape])


def bent_layout(rng):
    fields = [*CORE]
    extra = [
        "seq",
        "leader",
        "member_phone",
        "standing",
        "floating",
        "address",
        "household_phone",
        "since",
        "remark",
    ]
    extra += ["id", "birth", "bank", "income", "unknown", "branch", "leader_phone"]
    fields += rng.sample(extra, rng.randint(0, len(extra)))
    rng.shuffle(fields)
    suffix = rng.choice([".xlsx", ".xlsx", ".xls", ".csv"])
    style = rng.choice(["flat", "blank"] if suffix == ".csv" else ["flat", "blank", "merged", "annex"])
    per_group = suffix != ".csv" and rng.random() < 0.3
    if per_group or style == "annex":
        fields = [name for name in fields if name != "grid" and not (per_group and name == "group")]
    if per_group:
        fields = [name for name in fields if name not in {"leader", "leader_phone", "branch"}]
    if "leader_phone" in fields and "leader" not in fields:
        fields.append("leader")
    return Layout(
        fields,
        style=style,
        two_rows=rng.random() < 0.4,
        titles=per_group or rng.random() < 0.8,
        totals=rng.random() < 0.4,
        foot=rng.random() < 0.4,
        notes=rng.random() < 0.4,
        repeat_header=rng.random() < 0.2,
        per_group=per_group,
        untidy=rng.random() < 0.5,
        suffix=suffix,
    )


@pytest.mark.parametrize("seed", range(150))
def test_a_bent_shape(seed, tmp_path):
    rng = random.Random(seed)
    village = make_village(rng)
    layout = bent_layout(rng)
    check(read(village, layout, rng, tmp_path), village, layout)


@pytest.mark.parametrize("seed", range(20))
def test_households_listed_in_one_cell(seed, tmp_path):
    rng = random.Random(seed)
    village = make_village(rng)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([f"{village.branch}党员包挂农户情况一览表"])
    sheet.append(
        [
            "序号",
            "党小组",
            "所在网格",
            "中心户",
            "党员姓名",
            "性别",
            "手机号",
            "联系农户（户主及人口）",
            "户数",
        ]
    )
    for number, (group, hub, member) in enumerate(village.members(), 1):
        mark = rng.choice(["、", "，", ",", ";", "；", "\n", " ", ""])
        left, right = rng.choice(["()", "（）", "[]", "【】"])
        unit = rng.choice(["人", "口人", ""])
        listed = mark.join(f"{house.name}{left}{house.size}{unit}{right}" for house in member.households)
        sheet.append(
            [
                number,
                group.name,
                group.grid,
                hub.head,
                member.name,
                "男",
                member.phone,
                listed,
                len(member.households),
            ]
        )
    book.save(tmp_path / "a.xlsx")
    reading = parse_roster(tmp_path / "a.xlsx", name="a.xlsx", limits=Limits())
    layout = Layout(["member_phone", "birth"])
    check(reading, village, layout)
    assert [problem.message for problem in reading.warnings if "名单里" in problem.message] == []


@pytest.mark.parametrize("seed", range(20))
def test_phone_columns_without_an_owner(seed, tmp_path):
    """Two columns just called 联系电话, anywhere: one number a member, one a household."""
    rng = random.Random(seed)
    village = make_village(rng)
    first, second = rng.choice([("联系电话", "联系电话"), ("手机号", "电话"), ("联系方式", "联系方式")])
    fields = ["group", "grid", "hub"]
    fields += rng.choice(
        [
            ["member", "member_phone", "household", "size", "household_phone"],
            ["household", "household_phone", "size", "member", "member_phone"],
        ]
    )
    layout = Layout(fields, words={"member_phone": first, "household_phone": second})
    check(read(village, layout, rng, tmp_path), village, layout)
