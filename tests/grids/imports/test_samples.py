"""The six workbooks as villages sent them give exactly what stands beside them in truth.json."""

import json

import pytest

from grids.imports.reading.rosters import read_roster
from tests.grids.imports.villages import truth_path

TRUTH = json.loads((truth_path() / "truth.json").read_text(encoding="utf-8"))
STANDING = {"正式党员": "full", "预备党员": "probationary"}


@pytest.fixture(scope="module", params=sorted(TRUTH))
def sample(request):
    return TRUTH[request.param], read_roster(truth_path() / request.param)


def test_sample_gives_every_link(sample):
    truth, reading = sample
    links = sorted([row.group, row.member, row.household, row.household_size] for row in reading.rows)
    assert links == sorted(truth["links"])
    assert reading.problems == []
    assert reading.branches == [truth["branch"]]


def test_sample_gives_groups_hubs_and_counts(sample):
    truth, reading = sample
    groups = {(row.grid, row.group) for row in reading.rows}
    assert groups == {(grid, group) for grid, group, _ in truth["groups"]}
    hubs = {(row.group, row.hub, row.member) for row in reading.rows}
    assert hubs == {tuple(entry) for entry in truth["hub_members"]}
    assert len({(row.group, row.hub) for row in reading.rows}) == truth["counts"]["hubs"]
    assert {row.hub_kind for row in reading.rows} == {"central"}


def test_sample_gives_leaders_where_the_file_has_them(sample):
    truth, reading = sample
    leaders = {(row.group, row.group_leader) for row in reading.rows if row.group_leader}
    named = {(group, leader) for _, group, leader in truth["groups"]}
    has = any("group_leader" in row.where for row in reading.rows) or len(reading.sheets) > 1
    assert leaders == (named if has else set())


def test_sample_gives_members_as_far_as_the_file_says(sample):
    truth, reading = sample
    expected = {
        (group, name): (STANDING[standing], floating) for group, name, standing, floating in truth["members"]
    }
    seen = {(row.group, row.member): (row.member_standing, row.floating) for row in reading.rows}
    assert set(seen) == set(expected)
    for member, (standing, floating) in seen.items():
        assert standing in {"", expected[member][0]}
        assert floating in {None, expected[member][1]}


def test_sample_names_what_it_does_not_collect():
    reading = read_roster(truth_path() / "大坪村_member_rows.xlsx")
    [sheet] = reading.sheets
    assert sheet.not_collected == ["性别", "出生年月", "入党时间"]
    assert (sheet.header_row, sheet.header_rows, sheet.rows) == (3, 1, 16)
    assert {row.member_standing for row in reading.rows} == {"full", "probationary"}
    assert "1962" not in repr(reading)
