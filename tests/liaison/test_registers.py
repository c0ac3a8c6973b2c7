"""上级包挂 many rows at once."""

import pytest
from django.core.exceptions import PermissionDenied

from grids.choices import Role
from grids.models import Node, Post
from grids.registers.register import REGISTERS
from grids.registers.rows import Conflicted, GivenRow, Refused
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import (
    PersonFactory,
    TownshipFactory,
    UserFactory,
    appoint,
    group_leader,
    secretary,
    village,
)
from tests.worlds import remembered


@pytest.fixture
def contacts():
    return REGISTERS["contact"]


@pytest.fixture
@remembered
def made(db):
    made = village(TownshipFactory(), "东坡村", groups=3)
    appoint(made.people[0], Role.ORGANISATION, made.root)
    return made


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


def row(key, **cells):
    return GivenRow(key, None, "", cells)


def test_lines_are_made_and_shown(contacts, clerk, made):
    name = made.people[0].name
    leader = PersonFactory(township=made.root.township, name="演示乡领导")
    appoint(leader, Role.TOWN_LEADER, None)
    saved = contacts.save(
        [
            row("a", holder=name, target="第1党小组", since="2026.9", remark="联系"),
            row("b", level="乡领导→党支部", holder="演示乡领导", target=made.root.name),
        ],
        user=clerk,
        place=made.root,
    )
    assert (saved.new, saved.changed) == (2, 0)
    line = Contact.objects.get(pk=saved.ids["a"])
    assert (line.level, line.holder, line.target) == (Level.COMMITTEE, made.people[0], made.groups[0])
    cells = next(shown.cells for shown in contacts.rows(clerk, made.root) if shown.id == line.pk)
    assert cells == {
        "level": "支部委员→党小组",
        "holder": name,
        "target": "第1党小组",
        "since": "2026-09-01",
        "remark": "联系",
    }
    assert [shown.id for shown in contacts.rows(clerk, made.groups[0])] == [line.pk]


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"holder": "没有此人"}, "holder", "没有“没有此人”"),
        ({"target": "第9党小组"}, "target", "没有“第9党小组”"),
        ({"level": "乡领导→党支部", "target": "东坡村党支部"}, "holder", "没有登记为乡领导"),
        ({"level": "乡领导→党支部"}, "target", "不能作为该层级"),
        ({"since": "哪天"}, "since", "日期"),
        ({"remark": "长" * 101}, "remark", "100"),
        ({"target": ""}, "target", "请填写包挂对象"),
    ],
)
def test_a_bad_cell_is_named_in_words(contacts, clerk, made, cells, column, words):
    good = {"holder": made.people[0].name, "target": "第1党小组"}
    found = contacts.check([row("r1", **{**good, **cells})], user=clerk, place=made.root)
    assert [said.column for said in found.errors] == [column]
    assert words in found.errors[0].text


def test_a_line_twice_and_a_known_line_made_another_are_refused(contacts, clerk, made):
    good = {"holder": made.people[0].name, "target": "第1党小组"}
    found = contacts.check([row("a", **good), row("b", **good)], user=clerk, place=made.root)
    assert [(said.row, said.text) for said in found.errors] == [("b", "此人已包挂这个对象。")]
    contacts.save([row("a", **good)], user=clerk, place=made.root)
    shown = contacts.rows(clerk, made.root)[0]
    moved = GivenRow("r1", shown.id, shown.seen, {**shown.cells, "target": "第2党小组"})
    assert "不能改包挂对象" in contacts.check([moved], user=clerk, place=made.root).errors[0].text


def test_bands_tell_how_many_a_holder_will_have(contacts, clerk, made):
    name = made.people[0].name
    rows = [row(f"r{i}", holder=name, target=f"第{i}党小组") for i in (1, 2, 3)]
    found = contacts.check(rows, user=clerk, place=made.root)
    assert [(band.text, band.tone) for band in found.bands] == [
        (f"本次改动后：{name} 支部委员包挂党小组 3个，应为1–2个，超1个", "warning")
    ]


def test_two_clerks_on_one_line(contacts, clerk, made):
    contacts.save([row("a", holder=made.people[0].name, target="第1党小组")], user=clerk, place=made.root)
    shown = contacts.rows(clerk, made.root)[0]
    contacts.save([GivenRow("x", shown.id, shown.seen, {"remark": "甲"})], user=clerk, place=made.root)
    with pytest.raises(Conflicted) as met:
        contacts.save([GivenRow("x", shown.id, shown.seen, {"remark": "乙"})], user=clerk, place=made.root)
    conflict = met.value.conflicts[0]
    assert (conflict.was, conflict.theirs, conflict.mine) == ("", "甲", "乙")
    contacts.save([GivenRow("x", shown.id, shown.seen, {"since": "2026-09-01"})], user=clerk, place=made.root)
    assert Contact.objects.get().remark == "甲"


def test_a_secretary_writes_the_own_committees_lines_only(contacts, made):
    own = secretary(made)
    leader = PersonFactory(township=made.root.township, name="演示乡领导")
    appoint(leader, Role.TOWN_LEADER, None)
    Contact.objects.create(
        township=made.root.township, level=Level.TOWN_LEADER, holder=leader, target=made.root
    )
    assert contacts.rows(own, made.root) == []
    with pytest.raises(Refused):
        contacts.save(
            [row("a", level="乡领导→党支部", holder="演示乡领导", target=made.root.name)],
            user=own,
            place=made.root,
        )
    contacts.save([row("a", holder=made.people[0].name, target="第1党小组")], user=own, place=made.root)
    with pytest.raises(PermissionDenied):
        contacts.check([], user=group_leader(made), place=made.groups[0])


def test_no_row_costs_a_query(contacts, clerk, made, django_assert_max_num_queries):
    counts = []
    for many in (20, 500):
        people = [PersonFactory(township=made.root.township, root=made.root) for _ in range(many)]
        Post.objects.bulk_create(
            Post(
                township=made.root.township,
                person=one,
                node=made.root,
                role=Role.COMMITTEE,
                since="2026-09-01",
            )
            for one in people
        )
        rows = [row(f"r{i}", holder=one.name, target="第1党小组") for i, one in enumerate(people)]
        with django_assert_max_num_queries(35) as queries:
            assert contacts.check(rows, user=clerk, place=made.root).errors == []
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_lines_of_closed_places_are_not_shown(contacts, clerk, made):
    contacts.save([row("a", holder=made.people[0].name, target="第1党小组")], user=clerk, place=made.root)
    Node.objects.filter(pk=made.groups[0].pk).update(closed_on="2026-10-01", close_reason="mistake")
    assert contacts.rows(clerk, made.root) == []
