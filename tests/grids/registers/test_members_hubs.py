"""党员 and 中心户 many rows at once."""

from datetime import date

import pytest

from grids.choices import HubKind, Kind, Role
from grids.models import MemberProfile, Node, Person
from grids.registers.rows import Refused
from grids.tree import verify
from tests.factories import PersonFactory, appoint


def test_members_are_shown_with_their_persons_phone(members, clerk, made):
    first = members.rows(clerk, made.root)[0].cells
    assert first["phone"] == made.people[0].phone
    assert (first["group"], first["hub"]) == ("第1党小组", made.hubs[0].name)
    assert (first["standing"], first["is_floating"], first["takes_part"]) == ("正式党员", "否", "是")


def test_new_members_get_a_person_and_their_place(members, clerk, made, new):
    saved = members.save(
        [
            new(
                "a",
                name="演示甲",
                phone="13700000001",
                hub=made.hubs[0].name,
                standing="预备",
                is_floating="√",
            ),
            new("b", name="演示乙", group="第2党小组", takes_part="否", absence_reason="外出"),
            new("c", name="演示丙"),
        ],
        user=clerk,
        place=made.root,
    )
    a, b, c = (Node.objects.get(pk=saved.ids[key]) for key in "abc")
    assert [row.parent_id for row in (a, b, c)] == [made.hubs[0].pk, made.groups[1].pk, made.root.pk]
    assert a.member_profile.person.phone == "13700000001"
    assert (a.member_profile.standing, a.member_profile.is_floating) == ("probationary", True)
    assert (b.member_profile.takes_part, b.member_profile.absence_reason) == (False, "away")
    assert verify() == []


def test_a_registered_person_becomes_the_member(members, clerk, made, new):
    person = PersonFactory(township=made.root.township, root=made.root, name="演示甲", phone="13700000001")
    row = new(name="演示甲", phone="13700000001", group="第1党小组")
    assert "不另建" in members.check([row], user=clerk, place=made.root).notes[0].text
    saved = members.save([row], user=clerk, place=made.root)
    assert MemberProfile.objects.get(node_id=saved.ids["r1"]).person == person


def test_nobody_is_in_the_roster_twice(members, clerk, made, new):
    known = made.people[0]
    found = members.check(
        [
            new("a", name=known.name, phone=known.phone, group="第1党小组"),
            new("b", name="演示甲", phone="13700000001"),
            new("c", name="演示甲", phone="13700000001"),
        ],
        user=clerk,
        place=made.root,
    )
    assert [(said.row, said.column) for said in found.errors] == [("a", "name"), ("c", "name")]


def test_a_changed_name_and_phone_reach_person_and_place(members, clerk, made, changed):
    row = members.rows(clerk, made.root)[0]
    members.save([changed(row, name="演示改名", phone="13700000009")], user=clerk, place=made.root)
    assert Node.objects.get(pk=row.id).name == "演示改名"
    person = Person.objects.get(membership__node_id=row.id)
    assert (person.name, person.phone) == ("演示改名", "13700000009")


def test_a_number_of_somebody_else_of_that_name_is_refused(members, clerk, made, changed):
    PersonFactory(township=made.root.township, name="演示甲", phone="13700000001")
    row = members.rows(clerk, made.root)[0]
    found = members.check([changed(row, name="演示甲", phone="13700000001")], user=clerk, place=made.root)
    assert [(said.column, said.text) for said in found.errors] == [("phone", "本乡镇已有同名同号码的人员。")]


def test_who_takes_part_needs_no_reason(members, clerk, made, changed):
    row = members.rows(clerk, made.root)[0]
    found = members.check([changed(row, absence_reason="外出")], user=clerk, place=made.root)
    assert [said.column for said in found.errors] == ["absence_reason"]


def test_an_absence_has_its_days(members, clerk, made, new, changed):
    row = members.rows(clerk, made.root)[0]
    away = {
        "takes_part": "否",
        "absence_reason": "外出",
        "absent_since": "2026年9月",
        "absent_until": "2026.12.1",
    }
    made_new = new("b", name="演示乙", group="第1党小组", **away)
    saved = members.save([changed(row, "a", **away), made_new], user=clerk, place=made.root)
    found = MemberProfile.objects.filter(node_id__in=[row.id, saved.ids["b"]])
    assert set(found.values_list("absence_reason", "absent_since", "absent_until")) == {
        ("away", date(2026, 9, 1), date(2026, 12, 1))
    }
    wrong = members.check(
        [new("c", name="演示丙", takes_part="否", absent_since="2026-12-01", absent_until="2026-09-01")],
        user=clerk,
        place=made.root,
    )
    assert [(said.column, said.text) for said in wrong.errors] == [
        ("absent_until", "预计恢复要晚于未参加起始。")
    ]


def test_taking_part_again_clears_what_was_left_of_the_absence(members, clerk, made, changed):
    profile = made.members[0].member_profile
    profile.takes_part, profile.absence_reason, profile.absent_since = False, "away", date(2026, 9, 1)
    profile.save()
    row = next(row for row in members.rows(clerk, made.root) if row.id == profile.node_id)
    found = members.check([changed(row, takes_part="是")], user=clerk, place=made.root)
    assert (found.errors, found.cleaned["r1"]) == ([], {"absence_reason": "", "absent_since": ""})
    assert [said.text for said in found.notes] == ["参加联户了，未参加的原因和日期随之清空。"]
    members.save([changed(row, takes_part="是")], user=clerk, place=made.root)
    profile.refresh_from_db()
    assert (profile.takes_part, profile.absence_reason, profile.absent_since) == (True, "", None)


def test_moving_to_another_hub_takes_the_group_along(members, clerk, made, changed):
    row = members.rows(clerk, made.root)[0]
    found = members.check([changed(row, hub=made.hubs[-1].name)], user=clerk, place=made.root)
    assert found.cleaned["r1"]["group"] == "第2党小组"
    assert {band.tone for band in found.bands} == {"warning"}
    members.save([changed(row, hub=made.hubs[-1].name)], user=clerk, place=made.root)
    moved = Node.objects.get(pk=row.id)
    assert (moved.hub_id, moved.group_id) == (made.hubs[-1].pk, made.groups[1].pk)
    assert set(Node.objects.filter(parent=moved).values_list("group_id", flat=True)) == {made.groups[1].pk}
    assert verify() == []


def test_hubs_are_made_and_changed(hubs, clerk, made, new, changed):
    row = hubs.rows(clerk, made.root)[0]
    saved = hubs.save(
        [
            new("a", name="演示示范岗", hub_kind="党员示范岗", group="第1党小组", served_households="12户"),
            changed(row, "b", plate_no="0012", group="第2党小组"),
        ],
        user=clerk,
        place=made.root,
    )
    made_hub = Node.objects.get(pk=saved.ids["a"])
    assert (made_hub.parent_id, made_hub.hub_profile.hub_kind) == (made.groups[0].pk, HubKind.DEMO_POST)
    assert made_hub.hub_profile.served_households == 12
    moved = Node.objects.get(pk=row.id)
    assert (moved.group_id, moved.hub_profile.plate_no) == (made.groups[1].pk, "0012")
    assert verify() == []


def test_two_hubs_of_one_name_under_a_group_are_refused(hubs, clerk, made, new):
    known = made.hubs[0].name
    found = hubs.check(
        [
            new("a", name=known, group="第1党小组"),
            new("b", name="演示岗", group="第1党小组"),
            new("c", name="演示岗", group="第1党小组"),
            new("d", name="演示岗"),
        ],
        user=clerk,
        place=made.root,
    )
    assert {(said.row, said.column) for said in found.errors} == {
        ("a", "name"),
        ("c", "name"),
        ("d", "group"),
    }


def test_bands_of_a_new_hub(hubs, clerk, made, new):
    found = hubs.check([new(name="演示岗", group="第1党小组")], user=clerk, place=made.root)
    assert [band.text for band in found.bands] == [
        "本次改动后：第1党小组 中心户 4.0 户/个，少 6",
        "本次改动后：第1党小组 中心户 3 个，符合",
    ]


@pytest.mark.parametrize("code", ["member", "hub"])
def test_no_row_costs_a_query(code, clerk, made, new, django_assert_max_num_queries):
    from grids.registers.register import REGISTERS

    register, counts = REGISTERS[code], []
    for many in (20, 500):
        rows = [new(f"r{i}", name=f"演示{i}", group="第1党小组") for i in range(many)]
        with django_assert_max_num_queries(30) as queries:
            assert register.check(rows, user=clerk, place=made.root).errors == []
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_saving_nothing_new_writes_nothing(members, clerk, made, changed):
    row = members.rows(clerk, made.root)[0]
    saved = members.save([changed(row)], user=clerk, place=made.root)
    assert saved.said == "没有改动，不用保存"


def test_a_leader_of_a_group_keeps_the_post_when_moved(members, clerk, made, changed):
    post = appoint(made.people[0], Role.HUB_HEAD, made.hubs[0])
    row = members.rows(clerk, made.root)[0]
    members.save([changed(row, hub="", group="第2党小组")], user=clerk, place=made.root)
    post.refresh_from_db()
    assert post.until is None
    assert Node.objects.get(pk=row.id).kind == Kind.MEMBER


def test_errors_stop_members_too(members, clerk, made, new):
    with pytest.raises(Refused):
        members.save([new("a", name="演示甲"), new("b", name="", phone="138")], user=clerk, place=made.root)
    assert not Person.objects.filter(name="演示甲").exists()
