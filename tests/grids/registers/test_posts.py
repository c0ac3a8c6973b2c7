"""人员与职务 many rows at once."""

from datetime import date

import pytest

from grids.choices import Role
from grids.models import Person, Post
from grids.registers.register import REGISTERS
from grids.registers.rows import GivenRow, Refused
from tests.factories import PersonFactory, appoint, village


@pytest.fixture
def posts():
    return REGISTERS["post"]


def test_posts_are_shown_with_their_holder(posts, clerk, made):
    post = appoint(made.people[0], Role.GROUP_LEADER, made.groups[0])
    row = posts.rows(clerk, made.root)[0]
    assert row.id == post.pk
    assert (row.cells["place"], row.cells["role"], row.cells["name"]) == (
        "第1党小组",
        "党小组长",
        made.people[0].name,
    )
    assert (row.cells["phone"], row.cells["since"]) == (made.people[0].phone, "2026-09-01")
    assert len(posts.rows(clerk, made.groups[0])) == 1
    assert posts.rows(clerk, made.groups[1]) == []


def test_known_and_new_people_are_appointed(posts, clerk, made, new):
    known = made.people[0].name
    saved = posts.save(
        [
            new("a", place="第1党小组", role="党小组长", name=known, since="2026.9.1", source="致富带头人"),
            new(
                "b", place="第1网格", role="网格工作人员", name="演示甲", phone="13700000001", since="2026-09"
            ),
            new(
                "c", place="第2网格", role="网格工作人员", name="演示甲", phone="13700000001", since="2026-09"
            ),
        ],
        user=clerk,
        place=made.root,
    )
    a, b, c = (Post.objects.get(pk=saved.ids[key]) for key in "abc")
    assert (a.person, a.node, a.source) == (made.people[0], made.groups[0], "prosperity")
    assert b.person == c.person
    assert (b.person.name, b.person.root, b.since) == ("演示甲", made.root, date(2026, 9, 1))


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"role": "党小组长"}, "role", "不是网格的岗位"),
        ({"role": "队长"}, "role", "没有“队长”"),
        ({"place": "第9网格"}, "place", "没有“第9网格”"),
        ({"name": ""}, "name", "请填写姓名"),
        ({"since": ""}, "since", "请填写任职日期"),
        ({"term_until": "2020-01-01"}, "term_until", "晚于任职日期"),
        ({"source": "致富带头人"}, "source", "不用填来源"),
        ({"phone": "123"}, "phone", "电话号码不对"),
        ({"duties": "51010119900101123X"}, "duties", "身份证号"),
    ],
)
def test_a_bad_cell_is_named_in_words(posts, clerk, made, new, cells, column, words):
    good = {"place": "第1网格", "role": "网格工作人员", "name": "演示甲", "since": "2026-09-01"}
    found = posts.check([new(**{**good, **cells})], user=clerk, place=made.root)
    assert [(said.column) for said in found.errors] == [column]
    assert words in found.errors[0].text


def test_a_post_of_one_holder_passes_on(posts, clerk, made, new):
    before = appoint(made.people[0], Role.GROUP_LEADER, made.groups[0])
    row = new(place="第1党小组", role="党小组长", name=made.people[1].name, since="2026-10-01")
    notes = posts.check([row], user=clerk, place=made.root).notes
    assert notes[0].text == f"保存后接替现任{made.people[0].name}（同日离任）。"
    posts.save([row], user=clerk, place=made.root)
    before.refresh_from_db()
    assert before.until == date(2026, 10, 1)
    again = posts.check([new(**row.cells)], user=clerk, place=made.root)
    assert [said.text for said in again.errors] == ["此人已担任这个岗位。"]


def test_namesakes_need_a_phone(posts, clerk, made, new):
    for phone in ("13700000001", "13700000002"):
        PersonFactory(township=made.root.township, root=made.root, name="演示同名", phone=phone)
    cells = {"place": "第1网格", "role": "网格工作人员", "name": "演示同名", "since": "2026-09-01"}
    found = posts.check([new(**cells)], user=clerk, place=made.root)
    assert [said.column for said in found.errors] == ["phone"]
    saved = posts.save([new(**cells, phone="13700000002")], user=clerk, place=made.root)
    assert Post.objects.get(pk=saved.ids["r1"]).person.phone == "13700000002"


def test_a_known_post_is_corrected_and_keeps_its_holder(posts, clerk, made, changed):
    appoint(made.people[0], Role.GROUP_LEADER, made.groups[0])
    row = posts.rows(clerk, made.root)[0]
    posts.save(
        [changed(row, since="2026-08-01", phone="13700000009", term_until="2031-08-01")],
        user=clerk,
        place=made.root,
    )
    post = Post.objects.get(pk=row.id)
    assert (post.since, post.term_until) == (date(2026, 8, 1), date(2031, 8, 1))
    assert Person.objects.get(pk=made.people[0].pk).phone == "13700000009"
    row = posts.rows(clerk, made.root)[0]
    found = posts.check([changed(row, name="演示甲")], user=clerk, place=made.root)
    assert "不能改姓名" in found.errors[0].text


def test_one_bad_row_stops_all(posts, clerk, made, new):
    good = {"place": "第1网格", "role": "网格工作人员", "name": "演示甲", "since": "2026-09-01"}
    with pytest.raises(Refused):
        posts.save([new("a", **good), new("b", **{**good, "role": "书记"})], user=clerk, place=made.root)
    assert not Post.objects.filter(person__name="演示甲").exists()
    assert not Person.objects.filter(name="演示甲").exists()


def test_a_secretary_does_not_change_others_phones(posts, own_secretary, made):
    other = village(made.root.township, "西坡村")
    appoint(other.people[0], Role.INSTRUCTOR, made.root)
    row = next(
        row for row in posts.rows(own_secretary, made.root) if row.cells["name"] == other.people[0].name
    )
    given = GivenRow("r1", row.id, row.seen, {"phone": "13700000009"})
    found = posts.check([given], user=own_secretary, place=made.root)
    assert "乡党政办" in found.errors[0].text


def test_a_name_with_spaces_put_in_is_the_same_name(posts, clerk, made, new, changed):
    person = made.people[0]
    Person.objects.filter(pk=person.pk).update(name="白子龙")
    post = appoint(person, Role.INSTRUCTOR, made.root)
    shown = next(row for row in posts.rows(clerk, made.root) if row.id == post.pk)
    spaced = changed(shown, name="白\u3000子龙", duties="联系第1网格")
    assert posts.check([spaced], user=clerk, place=made.root).errors == []
    posts.save([spaced], user=clerk, place=made.root)
    post.refresh_from_db()
    assert post.duties == "联系第1网格"
    other = posts.check([changed(shown, name="白\u3000龙")], user=clerk, place=made.root)
    assert "不能改姓名" in other.errors[0].text

    cells = {"place": "第1网格", "role": "网格工作人员", "name": "白\u3000子龙", "since": "2026-09-01"}
    saved = posts.save([new(**cells)], user=clerk, place=made.root)
    assert Post.objects.get(pk=saved.ids["r1"]).person_id == person.pk


def test_no_row_costs_a_query(posts, clerk, made, new, django_assert_max_num_queries):
    counts = []
    for many in (20, 500):
        rows = [
            new(f"r{i}", place="第1网格", role="网格工作人员", name=f"演示{i}", since="2026-09-01")
            for i in range(many)
        ]
        with django_assert_max_num_queries(30) as queries:
            assert posts.check(rows, user=clerk, place=made.root).errors == []
        counts.append(len(queries))
    assert counts[0] == counts[1]
