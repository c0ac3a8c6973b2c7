"""The list of actions, one action, its undo, and timelines that put earlier values back."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grids.actions import nodes as places
from grids.actions import people
from grids.actions.undo import is_undone
from grids.choices import CloseReason, Kind, Role
from grids.models import Node
from grids.queries.changes import version_of
from grids.queries.places import profile_of
from liaison.actions import begin_contact, change_contact
from liaison.choices import Level
from liaison.models import Contact
from tests import factories
from township import history
from township.models import Action

DAY = date(2026, 9, 20)


def said(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def done(town):
    """Three actions: a hub renamed, a household of 乙村 closed, a person's phone changed."""
    hub = town.own.hubs[0]
    town.old_name = hub.name
    places.change_node(node=hub, data={"name": "新名户", "plate_no": "甲-06"}, by=town.clerk, reason="换牌")
    town.renamed = Action.objects.latest("pk")
    places.close_node(
        node=town.other.households[0], on=DAY, close_reason=CloseReason.MOVED_AWAY, by=town.other_secretary
    )
    town.closing = Action.objects.latest("pk")
    people.change_person(
        person=town.own.people[0], data={"phone": "13900001234"}, by=town.secretary, reason="换号"
    )
    town.phoned = Action.objects.latest("pk")
    return town


def titles(answer) -> list:
    return [(line.title, line.subject) for line in answer.context["lines"]]


def test_the_list_shows_ones_own_actions_newest_first(done, signed_in):
    url = reverse("grids:actions")
    renamed = ("修改资料", "中心户（示范岗）“新名户”")
    closing = ("注销", f"农户“{done.other.households[0].name}”")
    phoned = ("修改人员", f"人员“{done.own.people[0].name}”")
    assert titles(signed_in(done.clerk).get(url))[:3] == [phoned, closing, renamed]
    assert titles(signed_in(done.secretary).get(url))[:2] == [phoned, renamed]
    assert titles(signed_in(done.other_secretary).get(url))[0] == closing
    assert renamed not in titles(signed_in(done.other_secretary).get(url))
    assert signed_in(done.auditor).get(url).status_code == 403


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("q=换牌", ["修改资料"]),
        ("since=2020-01-01&until=2020-02-01", []),
        ("since=2020-01-01&q=注销", ["注销"]),
        ("state=undone", []),
        ("by=999999&since=abc&q=换", ["修改人员", "修改资料"]),
    ],
)
def test_the_list_is_narrowed(done, signed_in, query, wanted):
    answer = signed_in(done.clerk).get(reverse("grids:actions") + "?" + query)
    assert [title for title, _ in titles(answer)] == wanted
    answer = signed_in(done.clerk).get(reverse("grids:actions") + f"?by={done.secretary.pk}")
    assert [title for title, _ in titles(answer)] == ["修改人员"]


def test_the_list_says_what_was_touched_since(done, signed_in):
    places.change_node(node=done.own.hubs[0], data={"name": "又一个名"}, by=done.clerk)
    lines = signed_in(done.clerk).get(reverse("grids:actions")).context["lines"]
    assert [(line.title, line.touched) for line in lines[:4]] == [
        ("修改资料", 0), ("修改人员", 0), ("注销", 0), ("修改资料", 1),
    ]  # fmt: skip


def test_an_action_on_villager_groups_names_its_grid(town, signed_in):
    grid = town.own.grids[0]
    places.change_node(node=grid, data={"villager_groups": []}, by=town.clerk)
    answer = signed_in(town.secretary).get(reverse("grids:actions"))
    assert titles(answer)[0] == ("修改资料", f"网格“{grid.name}”")
    shown = signed_in(town.secretary).get(reverse("grids:action", args=[Action.objects.latest("pk").pk]))
    (place,) = shown.context["places"]
    assert [(f.title, f.old, f.new) for f in place.rows[0].fields] == [("村民小组", "一社", "")]
    assert "可撤销" in said(answer)
    assert "可撤销" not in said(signed_in(town.leader).get(reverse("grids:actions")))


def test_an_action_shows_old_and_new_by_place(done, signed_in):
    answer = signed_in(done.secretary).get(reverse("grids:action", args=[done.renamed.pk]))
    (place,) = answer.context["places"]
    assert place.title == "中心户（示范岗） 新名户"
    told = {(f.title, f.old, f.new) for row in place.rows for f in row.fields}
    assert told == {("名称", done.old_name, "新名户"), ("标识牌编号", "", "甲-06")}
    assert "换牌" in said(answer)
    assert done.clerk.full_name in said(answer)


def test_an_action_out_of_sight_is_not_there(done, signed_in):
    assert signed_in(done.secretary).get(reverse("grids:action", args=[done.closing.pk])).status_code == 404
    assert (
        signed_in(done.other_secretary).get(reverse("grids:action_undo", args=[done.renamed.pk])).status_code
        == 404
    )
    far = factories.UserFactory()
    assert signed_in(far).get(reverse("grids:action", args=[done.renamed.pk])).status_code == 404


def test_rows_out_of_sight_are_counted_and_not_named(town, signed_in):
    with history.action(by=town.clerk, title="两村一起改") as act:
        for made in (town.own, town.other):
            places.change_node(node=made.hubs[0], data={"plate_no": f"{made.root.name}牌"}, by=town.clerk)
    answer = signed_in(town.secretary).get(reverse("grids:action", args=[act.pk]))
    assert answer.context["hidden"] == 1
    assert "另有 1 行在您的范围以外" in said(answer)
    assert town.other.hubs[0].name not in said(answer)
    assert "乙村" not in said(answer)
    preview = signed_in(town.secretary).get(reverse("grids:action_undo", args=[act.pk]))
    assert "请由乡党政办撤销" in said(preview)
    assert signed_in(town.secretary).post(reverse("grids:action_undo", args=[act.pk])).status_code == 403


def test_phones_are_masked_in_an_action_and_a_timeline(done, signed_in):
    for url in (
        reverse("grids:action", args=[done.phoned.pk]),
        reverse("grids:timeline", args=["person", done.own.people[0].pk]),
    ):
        assert "13900001234" in said(signed_in(done.secretary).get(url))
        assert "13900001234" not in said(signed_in(done.leader).get(url))


def test_undo_is_previewed_and_done(done, signed_in):
    client = signed_in(done.secretary)
    url = reverse("grids:action_undo", args=[done.renamed.pk])
    assert [(line.title, line.restored) for line in client.get(url).context["plan"].rows] == [
        ("中心户（示范岗）", 1), ("中心户资料", 1),
    ]  # fmt: skip
    answer = client.post(url, {"reason": "弄错了"}, follow=True)
    assert "已撤销“修改资料”" in said(answer)
    assert Node.objects.get(pk=done.own.hubs[0].pk).name == done.old_name
    assert is_undone(done.renamed)
    page = said(client.get(reverse("grids:action", args=[done.renamed.pk])))
    assert "这次操作已由" in page
    assert url not in page
    assert titles(client.get(reverse("grids:actions") + "?state=undone")) == [
        ("修改资料", f"中心户（示范岗）“{done.old_name}”")
    ]
    assert "没有撤销：这次操作已经撤销过了" in said(client.post(url, {}, follow=True))


def test_an_undo_that_cannot_be_lists_what_stands_in_the_way(done, signed_in):
    places.change_node(node=done.own.hubs[0], data={"plate_no": "甲-07"}, by=done.secretary)
    client = signed_in(done.clerk)
    url = reverse("grids:action_undo", args=[done.renamed.pk])
    assert f"由{done.secretary.full_name}改过（修改资料）" in said(client.get(url))
    assert "没有撤销" in said(client.post(url, {}, follow=True))
    assert Node.objects.get(pk=done.own.hubs[0].pk).name == "新名户"


def test_what_was_taken_out_is_still_told(town, signed_in):
    client = signed_in(town.secretary)
    places.create_node(
        kind=Kind.HOUSEHOLD,
        parent=town.own.members[0],
        data={"name": "新户", "door": "7号"},
        by=town.secretary,
    )
    act = Action.objects.latest("pk")
    client.post(reverse("grids:action_undo", args=[act.pk]))
    page = said(client.get(reverse("grids:action", args=[act.pk])))
    assert "新户" in page
    assert "现在没有" in page
    assert signed_in(town.other_secretary).get(reverse("grids:action", args=[act.pk])).status_code == 404


def test_a_place_an_undo_took_out_is_no_place_out_of_sight(town, signed_in):
    with history.action(by=town.clerk, title="新设中心户") as act:
        hub = places.create_node(
            kind=Kind.HUB, parent=town.own.groups[0], data={"name": "新设户"}, by=town.clerk
        )
        places.move_node(node=town.own.members[0], to=hub, by=town.clerk)
    client = signed_in(town.clerk)
    client.post(reverse("grids:action_undo", args=[act.pk]))
    page = said(client.get(reverse("grids:action", args=[act.pk])))
    assert "（已撤销）" in page
    assert "（范围以外）" not in page


# --- timelines --------------------------------------------------------------------------------------


def way(answer, field: str) -> str:
    return next(f"{record}-{field}" for record, names in answer.context["ways"].items() if field in names)


def test_a_timeline_groups_by_action_and_puts_a_field_back(done, signed_in):
    client = signed_in(done.secretary)
    hub = done.own.hubs[0]
    url = reverse("grids:timeline", args=["node", hub.pk])
    answer = client.get(url)
    newest = answer.context["entries"][0]
    assert (newest.title, newest.reason, newest.action_id, len(newest.changes)) == (
        "修改资料", "换牌", done.renamed.pk, 2,
    )  # fmt: skip
    back = reverse("grids:timeline_back", args=["node", hub.pk])
    asked = {"put": way(answer, "name"), "seen": answer.context["seen"]}
    assert "已恢复旧值" in said(client.post(back, asked, follow=True))
    hub.refresh_from_db()
    assert (hub.name, profile_of(hub).plate_no) == (done.old_name, "甲-06")
    act = Action.objects.latest("pk")
    assert act.title == "恢复旧值"
    assert act.reason.startswith("恢复 20")
    assert "现在的值就是那时的值" in said(client.post(back, asked, follow=True))
    places.change_node(node=hub, data={"name": "又一个名"}, by=done.clerk)
    act = Action.objects.latest("pk")
    assert "别人改过这条记录" in said(client.post(back, asked, follow=True))
    assert Action.objects.latest("pk") == act


def test_a_move_a_closing_and_a_post_are_put_back_through_their_own_rules(town, signed_in):
    client = signed_in(town.secretary)
    household, to = town.own.households[0], town.own.members[1]
    old = household.parent_id
    places.move_node(node=household, to=to, by=town.clerk)

    def put(what, pk, field):
        answer = client.get(reverse("grids:timeline", args=[what, pk]))
        asked = {"put": way(answer, field), "seen": answer.context["seen"]}
        return said(client.post(reverse("grids:timeline_back", args=[what, pk]), asked, follow=True))

    assert "已恢复旧值" in put("node", household.pk, "parent")
    assert Node.objects.get(pk=household.pk).parent_id == old
    places.close_node(node=household, on=DAY, close_reason=CloseReason.MOVED_AWAY, by=town.clerk)
    assert "已恢复旧值" in put("node", household.pk, "closed_on")
    assert Node.objects.get(pk=household.pk).closed_on is None
    post = factories.appoint(town.own.people[0], Role.HUB_HEAD, town.own.hubs[0])
    people.end_post(post=post, until=DAY, by=town.clerk)
    assert "已恢复旧值" in put("post", post.pk, "until")
    post.refresh_from_db()
    assert post.until is None
    people.end_post(post=post, until=DAY, by=town.clerk)
    people.appoint(
        person=town.own.people[0], role=Role.HUB_HEAD, node=town.own.hubs[0], since=DAY, by=town.clerk
    )
    assert "此人已担任这个岗位" in put("post", post.pk, "until")


def test_a_whole_row_goes_back_to_how_it_was_before_a_change(town, signed_in):
    client = signed_in(town.secretary)
    hub = town.own.hubs[0]
    url = reverse("grids:timeline", args=["node", hub.pk])
    for plate, address in (("甲-01", "村口"), ("甲-02", "河边"), ("甲-03", "桥头")):
        places.change_node(node=hub, data={"plate_no": plate, "address": address}, by=town.clerk)
    answer = client.get(url)
    record = list(answer.context["ways"])[1]
    assert f"{record}-all" in said(answer)
    asked = {"put": f"{record}-all", "seen": answer.context["seen"]}
    client.post(reverse("grids:timeline_back", args=["node", hub.pk]), asked)
    profile = profile_of(hub)
    assert (profile.plate_no, profile.address) == ("甲-01", "村口")
    again = asked | {"seen": client.get(url).context["seen"]}
    said_again = said(client.post(reverse("grids:timeline_back", args=["node", hub.pk]), again, follow=True))
    assert "现在的值就是那时的值" in said_again


def test_a_persons_phone_is_put_back(done, signed_in):
    person = done.own.people[0]
    client = signed_in(done.clerk)
    answer = client.get(reverse("grids:timeline", args=["person", person.pk]))
    old = answer.context["entries"][0].changes[0].fields[0].old
    asked = {"put": way(answer, "phone"), "seen": version_of(person)}
    client.post(reverse("grids:timeline_back", args=["person", person.pk]), asked)
    person.refresh_from_db()
    assert person.phone == old


@pytest.mark.parametrize(
    "put", ["", "node-1", "node-99999999-name", "user-1-name", "node-x-name", "person-1-name"]
)
def test_a_way_that_is_none_changes_nothing(done, signed_in, put):
    hub = done.own.hubs[0]
    answer = signed_in(done.clerk).post(
        reverse("grids:timeline_back", args=["node", hub.pk]), {"put": put, "seen": ""}, follow=True
    )
    assert "没有恢复" in said(answer)
    assert Node.objects.get(pk=hub.pk).name == "新名户"


def test_only_editors_put_back(done, signed_in):
    hub = done.own.hubs[0]
    shown = signed_in(done.leader).get(reverse("grids:timeline", args=["node", hub.pk]))
    assert "恢复旧值</button>" not in said(shown)
    answer = signed_in(done.leader).post(reverse("grids:timeline_back", args=["node", hub.pk]))
    assert answer.status_code == 403


def test_a_contact_has_a_history_and_values_go_back(town, signed_in):
    factories.appoint(town.own.people[0], Role.COMMITTEE, town.own.root)
    contact = begin_contact(
        level=Level.COMMITTEE, holder=town.own.people[0], target=town.own.groups[0], since=DAY,
        remark="", by=town.clerk, today=DAY,
    )  # fmt: skip
    change_contact(contact=contact, since=date(2026, 9, 1), remark="每月一次", by=town.clerk)
    client = signed_in(town.secretary)
    answer = client.get(reverse("liaison:contact_history", args=[contact.pk]))
    assert [entry.title for entry in answer.context["entries"]] == ["修改包挂", "新增包挂"]
    asked = {"put": way(answer, "since"), "seen": answer.context["seen"]}
    back = reverse("liaison:contact_back", args=[contact.pk])
    assert "已恢复旧值" in said(client.post(back, asked, follow=True))
    contact.refresh_from_db()
    assert (contact.since, contact.remark) == (DAY, "每月一次")
    assert "别人改过" in said(client.post(back, asked, follow=True))
    assert "没有恢复" in said(client.post(back, {"put": "contact-1-holder"}, follow=True))
    record = asked["put"].removesuffix("-since")
    whole = {"put": f"{record}-all", "seen": version_of(contact)}
    assert "已恢复旧值" in said(client.post(back, whole, follow=True))
    contact.refresh_from_db()
    assert (contact.since, contact.remark) == (DAY, "")
    assert Contact.objects.get().holder == town.own.people[0]


def test_queries_do_not_grow_with_actions(done, signed_in):
    client = signed_in(done.clerk)
    urls = [reverse("grids:actions"), reverse("grids:timeline", args=["node", done.own.hubs[0].pk])]
    numbers = []
    for _ in range(2):
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as met:
                client.get(url)
            numbers.append(len(met))
        for n in range(4):
            places.change_node(
                node=done.own.hubs[0], data={"name": f"名{n}", "plate_no": f"{n}"}, by=done.clerk
            )
            places.change_node(node=done.own.hubs[1], data={"name": f"另名{n}"}, by=done.clerk)
    assert numbers[:2] == numbers[2:]
    assert numbers[0] <= 15
