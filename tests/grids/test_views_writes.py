"""The forms as a browser sends them: saved, refused in words, guarded against overwriting."""

from datetime import date

import pytest
from django.urls import reverse

from grids import tree
from grids.models import Node, Person, Post, VillagerGroup
from grids.queries.changes import version_of
from grids.queries.places import profile_of
from tests import factories


def said(response) -> str:
    """The page after a redirect, or the page with its errors."""
    return response.content.decode()


def test_add_a_household_and_another(town, signed_in):
    client = signed_in(town.secretary)
    url = reverse("grids:node_add") + f"?parent={town.own.members[0].pk}&kind=household"
    group = town.own.root.villager_groups.get()
    data = {"name": "李　平", "since": "2026年9月", "villager_group": group.pk, "door": "12号", "size": 4}
    response = client.post(url, {**data, "again": "1"}, follow=True)
    assert "已新增农户“李平”" in said(response)
    assert response.redirect_chain[-1][0] == url
    made = Node.objects.get(name="李平")
    assert (made.since, made.household_profile.door, made.root_id) == (
        date(2026, 9, 1),
        "12号",
        town.own.root.pk,
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": ""}, "这个字段是必填项。"),
        ({"name": "王军", "since": "去年"}, "看不懂这个日期，请写成 2026-09-01 的样子。"),
        ({"name": "王军", "phone": "12345"}, "电话号码不对（手机应为 11 位数字），请核对。"),
        ({"name": "王军", "remark": "证件 110101199001011234"}, "系统不收集这些号码"),
        ({"name": "王军", "size": "51"}, "家庭人口数应在 1 到 50 之间。"),
    ],
)
def test_add_says_what_is_wrong_and_saves_nothing(town, signed_in, data, message):
    url = reverse("grids:node_add") + f"?parent={town.own.members[0].pk}&kind=household"
    before = Node.objects.count()
    assert message in said(signed_in(town.secretary).post(url, data))
    assert Node.objects.count() == before


def test_add_a_second_group_is_refused_in_chinese(town, signed_in):
    url = reverse("grids:node_add") + f"?parent={town.own.grids[0].pk}&kind=group"
    assert "每个网格只建一个党小组" in said(signed_in(town.clerk).post(url, {"name": "第九党小组"}))


def test_add_a_member_needs_a_name_or_somebody_known(town, signed_in):
    client = signed_in(town.secretary)
    url = reverse("grids:node_add") + f"?parent={town.own.hubs[0].pk}&kind=member"
    assert "请选择已登记的人员，或填写姓名。" in said(
        client.post(url, {"standing": "full", "takes_part": "on"})
    )
    known = factories.PersonFactory(township=town.township, root=town.own.root, name="朴海燕")
    client.post(url, {"person": known.pk, "standing": "full", "takes_part": "on"})
    assert known.membership.node.parent_id == town.own.hubs[0].pk
    stranger = factories.PersonFactory(township=town.township, root=town.other.root)
    assert client.post(url, {"person": stranger.pk, "standing": "full"}).status_code == 200
    assert not hasattr(Person.objects.get(pk=stranger.pk), "membership")


def test_edit_shows_both_values_when_somebody_was_faster(town, signed_in):
    hub = town.own.hubs[0]
    url = reverse("grids:node_edit", args=[hub.pk])
    client = signed_in(town.secretary)
    seen = client.get(url).context["form"].initial["seen"]
    data = {"name": hub.name, "since": "2026-09-01", "hub_kind": "central"}
    client.post(url, {**data, "plate_no": "甲-01", "seen": seen})
    late = client.post(url, {**data, "plate_no": "甲-02", "seen": seen})
    assert late.context["conflicts"] == [("标识牌编号", "甲-01", "甲-02")]
    assert "别人改过这条记录" in said(late)
    assert Node.objects.get(pk=hub.pk).hub_profile.plate_no == "甲-01"
    again = {**data, "plate_no": "甲-02", "seen": late.context["form"].data["seen"]}
    assert client.post(url, again).status_code == 302
    assert Node.objects.get(pk=hub.pk).hub_profile.plate_no == "甲-02"


def test_edit_a_grid_sets_its_villager_groups(town, signed_in):
    grid = town.own.grids[0]
    lane = VillagerGroup.objects.create(root=town.own.root, name="二社")
    foreign = town.other.root.villager_groups.get()
    client, url = signed_in(town.secretary), reverse("grids:node_edit", args=[grid.pk])
    data = {"name": grid.name, "shape": "industry", "seen": version_of(grid, profile_of(grid))}
    assert client.post(url, {**data, "villager_groups": [lane.pk]}).status_code == 302
    assert list(Node.objects.get(pk=grid.pk).grid_profile.villager_groups.all()) == [lane]
    assert "seen" in client.post(url, {**data, "villager_groups": [foreign.pk]}).context["form"].fields


def test_move_shows_what_changes_before_it_happens(town, signed_in):
    client = signed_in(town.secretary)
    member, to = town.own.members[0], town.own.hubs[1]
    url = reverse("grids:node_move", args=[member.pk])
    choices = client.get(url).context["page_obj"].object_list
    assert to in choices
    assert {node.root_id for node in choices} == {town.own.root.pk}
    page = client.get(url, {"to": to.pk})
    effects = {
        effect.node.pk: (effect.before.members, effect.after.members, effect.after.households)
        for effect in page.context["effects"].places
    }
    assert effects == {town.own.hubs[0].pk: (2, 1, 3), to.pk: (2, 3, 9)}
    assert Node.objects.get(pk=member.pk).parent_id == town.own.hubs[0].pk
    done = client.post(
        f"{url}?to={to.pk}",
        {"to": to.pk, "on": "2026-09-16", "reason": "就近", "seen": version_of(member, profile_of(member))},
        follow=True,
    )
    assert f"已把“{member.name}”调整到“{to.name}”。" in said(done)
    assert "就近" in said(done)
    assert Node.objects.get(pk=member.pk).parent_id == to.pk


def test_move_to_a_wrong_place_or_another_village(town, signed_in):
    client = signed_in(town.secretary)
    url = reverse("grids:node_move", args=[town.own.members[0].pk])
    assert "党员不能放在网格下面" in said(client.get(url, {"to": town.own.grids[0].pk}))
    assert client.get(url, {"to": town.other.hubs[0].pk}).status_code == 404
    signed_in(town.clerk)
    assert client.get(url, {"to": town.other.hubs[0].pk}).status_code == 200


def test_close_asks_what_becomes_of_the_rows_below(town, signed_in):
    client, member = signed_in(town.secretary), town.own.members[0]
    url = reverse("grids:node_close", args=[member.pk])
    data = {"on": "2026-09-16", "close_reason": "deceased", "seen": version_of(member, profile_of(member))}
    assert "这个字段是必填项。" in said(client.post(url, data))
    done = client.post(url, {**data, "below": "release"}, follow=True)
    assert "已注销" in said(done)
    assert Node.objects.filter(parent=town.own.groups[0], kind="household").count() == 3
    assert "已经注销" in said(client.get(url, follow=True))
    back = client.post(reverse("grids:node_reopen", args=[member.pk]), follow=True)
    assert "已恢复" in said(back)
    assert tree.verify() == []


def test_reopen_under_a_closed_parent_says_so(town, signed_in):
    tree.close(node=town.own.hubs[0], on=date(2026, 9, 16), reason="merged", with_subtree=True)
    url = reverse("grids:node_reopen", args=[town.own.members[0].pk])
    assert "请先恢复上级" in said(signed_in(town.clerk).post(url, follow=True))


def test_writes_by_get_are_refused(town, signed_in):
    client = signed_in(town.clerk)
    for name, pk in (("node_reopen", town.own.hubs[0].pk), ("node_phone", town.own.hubs[0].pk)):
        assert client.get(reverse(f"grids:{name}", args=[pk])).status_code == 405
    assert client.get(reverse("grids:villager_group_add")).status_code == 405


def test_person_is_registered_changed_and_guarded(town, signed_in):
    client = signed_in(town.secretary)
    data = {"name": "单晓霞", "phone": "139 0000 1111", "root": town.own.root.pk}
    client.post(reverse("grids:person_add"), data)
    person = Person.objects.get(name="单晓霞")
    assert (person.phone, person.initials.split()[0]) == ("13900001111", "sxx")
    assert "同名同号码" in said(client.post(reverse("grids:person_add"), data))
    url = reverse("grids:person_edit", args=[person.pk])
    seen = client.get(url).context["form"].initial["seen"]
    client.post(url, {**data, "phone": "13900002222", "seen": seen})
    late = client.post(url, {**data, "phone": "13900003333", "seen": seen})
    assert late.context["conflicts"] == [("联系电话", "13900002222", "13900003333")]


def test_a_secretary_registers_nobody_elsewhere(town, signed_in):
    data = {"name": "单晓霞", "root": town.other.root.pk}
    assert signed_in(town.secretary).post(reverse("grids:person_add"), data).status_code == 200
    assert not Person.objects.filter(name="单晓霞").exists()


def test_appoint_somebody_new_in_place_of_the_one_before(town, signed_in):
    group = town.own.groups[0]
    client, url = signed_in(town.secretary), reverse("grids:post_add") + f"?node={group.pk}"
    roles = client.get(url).context["form"].fields["role"].choices
    assert [code for code, _ in roles] == ["group_leader"]
    data = {"node": group.pk, "role": "group_leader", "name": "曾建国", "since": "2026.9.16", "replace": "on"}
    assert client.post(url, data).status_code == 302
    held = Post.objects.filter(node=group, until=None).values_list("person__name", flat=True)
    assert list(held) == ["曾建国"]
    page = said(client.get(group.get_absolute_url()))
    assert "曾建国" in page
    assert "由曾建国接任" in page


def test_appoint_at_a_place_the_role_does_not_fit(town, signed_in):
    url = reverse("grids:post_add") + f"?village={town.own.root.pk}"
    data = {"node": town.own.hubs[0].pk, "role": "secretary", "name": "曾建国", "since": "2026-09-16"}
    assert "书记不是中心户（示范岗）的岗位。" in said(signed_in(town.clerk).post(url, data))
    assert not Person.objects.filter(name="曾建国").exists()


def test_town_leaders_are_appointed_by_the_office(town, signed_in):
    url = reverse("grids:post_add") + "?town=1"
    data = {"role": "town_leader", "name": "某领导", "since": "2026-09-16"}
    assert signed_in(town.clerk).post(url, data).status_code == 302
    assert Post.objects.get(role="town_leader").person.root is None


def test_end_a_post(town, signed_in):
    post = Post.objects.get(node=town.own.groups[0])
    client, url = signed_in(town.secretary), reverse("grids:post_end", args=[post.pk])
    assert "离任日期不能早于任职日期。" in said(client.post(url, {"until": "2026-08-01"}))
    assert client.post(url, {"until": "2026-09-16"}).status_code == 302
    assert "已经结束" in said(client.post(url, {"until": "2026-09-16"}))


def test_villager_groups_are_added_and_renamed_on_their_page(town, signed_in):
    client = signed_in(town.secretary)
    add = reverse("grids:villager_group_add")
    assert "已新增村民小组“二社”" in said(
        client.post(add, {"root": town.own.root.pk, "name": "二社"}, follow=True)
    )
    assert "本村已有同名" in said(client.post(add, {"root": town.own.root.pk, "name": "二社"}, follow=True))
    client.post(add, {"root": town.other.root.pk, "name": "三社"}, follow=True)
    assert not town.other.root.villager_groups.filter(name="三社").exists()
    lane = town.own.root.villager_groups.get(name="二社")
    client.post(reverse("grids:villager_group_rename", args=[lane.pk]), {"name": "桃园社"})
    lane.refresh_from_db()
    assert lane.name == "桃园社"
    signed_in(town.other_secretary)
    assert (
        client.post(reverse("grids:villager_group_rename", args=[lane.pk]), {"name": "某社"}).status_code
        == 404
    )
    signed_in(town.leader)
    assert (
        client.post(reverse("grids:villager_group_rename", args=[lane.pk]), {"name": "某社"}).status_code
        == 403
    )
