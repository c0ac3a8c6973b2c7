"""Bulk edits: what was shown is what is written, by the same rules as single forms, in one action."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grids import tree
from grids.actions import bulk
from grids.actions.undo import undo
from grids.choices import AbsenceReason, CloseReason, Kind, Role
from grids.models import HouseholdProfile, MemberProfile, Node, Post, VillagerGroup
from grids.queries.bulk_edit import change_plan, rows_with_profiles
from tests import factories
from township.models import Action, AuditEvent

DAY = date(2026, 9, 20)


@pytest.fixture
def clerk(town) -> Client:
    client = Client()
    client.force_login(town.clerk)
    return client


@pytest.fixture
def lane(town):
    return VillagerGroup.objects.create(root=town.own.root, name="二社", position=1)


def _send(client, kind, **data):
    return client.post(reverse("grids:bulk", args=[kind]), data)


def _all(town, kind="household", **query):
    """What the button 全部符合筛选的 N 户 sends, for the own village."""
    number = len(getattr(town.own, f"{kind}s"))
    return {"scope": "all", "query": f"village={town.own.root.pk}", "count": str(number), **query}


def _confirm(client, kind, **data):
    """Preview and confirm in one go."""
    shown = _send(client, kind, **data)
    return _send(client, kind, **data, confirm=shown.context["seal"])


def _members(town):
    return MemberProfile.objects.filter(node__in=town.own.members)


def test_all_rows_of_a_filter_are_changed_in_one_action(town, clerk, lane):
    shown = _send(clerk, "household", **_all(town), act="change", villager_group=lane.pk, reason="重划")
    plan = shown.context["plan"]
    assert (len(plan.changing), plan.same, plan.refused) == (24, 0, [])
    assert [cell.old_words for cell in plan.changing[0].cells] == ["一社"]
    assert not HouseholdProfile.objects.filter(villager_group=lane).exists()
    done = _confirm(clerk, "household", **_all(town), act="change", villager_group=lane.pk, reason="重划")
    assert done.url == f"/grids/household/?village={town.own.root.pk}"
    changed = HouseholdProfile.objects.filter(villager_group=lane)
    assert set(changed.values_list("node_id", flat=True)) == {node.pk for node in town.own.households}
    action = Action.objects.get(title="批量修改资料")
    rows = HouseholdProfile.history.filter(action=action)
    assert rows.count() == 24
    assert {row.history_change_reason for row in rows} == {"重划"}
    assert (action.by, action.reason) == (town.clerk, "重划")
    assert AuditEvent.objects.filter(rows=24, target="批量：农户").count() == 1
    html = clerk.get(done.url).content.decode()
    assert reverse("grids:action", args=[action.pk]) in html


def test_ticked_rows_are_the_only_ones_changed(town, clerk, lane):
    picked = [str(node.pk) for node in town.own.households[:3]]
    shown = _send(clerk, "household", pk=picked, scope="picked")
    assert "批量修改 3 户农户" in shown.content.decode()
    pks = shown.context["state"]["pks"]
    _confirm(clerk, "household", pks=pks, scope="picked", act="change", villager_group=lane.pk)
    assert HouseholdProfile.objects.filter(villager_group=lane).count() == 3


def test_another_number_than_the_one_seen_is_refused_in_words(town, clerk, lane):
    wrong = {**_all(town), "count": "23"}
    answer = clerk.post(
        reverse("grids:bulk", args=["household"]),
        {**wrong, "act": "change", "villager_group": lane.pk},
        follow=True,
    )
    assert "符合筛选的现在有 24 户，不是您看到的 23 户" in answer.content.decode()
    assert not HouseholdProfile.objects.filter(villager_group=lane).exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"scope": "picked"}, "请先勾选要修改的农户。"),
        ({"scope": "picked", "pk": "999999"}, "勾选的记录里有的已经不在名单上"),
        ({"scope": "all", "query": "state=closed", "count": "0"}, "已注销的不能批量修改。"),
        ({"scope": "all", "query": "q=没有这一户", "count": "0"}, "没有符合筛选的记录。"),
    ],
)
def test_no_rows_is_said_and_leads_back(town, clerk, data, said):
    answer = clerk.post(reverse("grids:bulk", args=["household"]), data, follow=True)
    assert said in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/grids/household/")


def test_a_row_changed_after_the_preview_stops_the_whole(town, clerk, lane):
    data = {**_all(town), "act": "change", "villager_group": lane.pk}
    seal = _send(clerk, "household", **data).context["seal"]
    other = VillagerGroup.objects.create(root=town.own.root, name="三社")
    HouseholdProfile.objects.filter(node=town.own.households[0]).update(villager_group=other)
    answer = _send(clerk, "household", **data, confirm=seal)
    assert "预览以后，别人改过其中的记录" in answer.content.decode()
    assert answer.context["seal"] != seal
    assert not HouseholdProfile.objects.filter(villager_group=lane).exists()


def test_a_reason_for_absence_stands_only_with_an_absence(town, clerk):
    first = _members(town).first()
    first.takes_part, first.absence_reason = False, AbsenceReason.AWAY
    first.save()
    refused = _send(clerk, "member", **_all(town, "member"), act="change", absence_reason="other")
    plan = refused.context["plan"]
    assert (len(plan.changing), len(plan.refused)) == (1, 7)
    assert plan.refused[0].refusal == "参加联户的党员不用写未参加的原因和起止日期"
    _confirm(clerk, "member", **_all(town, "member"), act="change", takes_part="yes")
    assert set(_members(town).values_list("takes_part", "absence_reason")) == {(True, "")}
    _confirm(
        clerk,
        "member",
        **_all(town, "member"),
        act="change",
        takes_part="no",
        absence_reason="away",
        is_floating="yes",
    )
    assert set(_members(town).values_list("takes_part", "absence_reason", "is_floating")) == {
        (False, "away", True)
    }


def test_days_of_an_absence_are_given_to_many_and_go_with_it(town, clerk):
    everyone = _all(town, "member")
    days = {"absent_since": "2026年9月", "absent_until": "2026.12.1"}
    refused = _send(clerk, "member", **everyone, act="change", **days).context["plan"]
    assert {row.refusal for row in refused.rows} == {"参加联户的党员不用写未参加的原因和起止日期"}
    _confirm(clerk, "member", **everyone, act="change", takes_part="no", absence_reason="away", **days)
    assert set(_members(town).values_list("takes_part", "absent_since", "absent_until")) == {
        (False, date(2026, 9, 1), date(2026, 12, 1))
    }
    turned = _send(clerk, "member", **everyone, act="change", absent_until="2026-08-01").context["plan"]
    assert {row.refusal for row in turned.rows} == {"预计恢复要晚于未参加起始"}
    back = _send(clerk, "member", **everyone, act="change", takes_part="yes").context["plan"]
    assert [(cell.title, cell.old_words, cell.new_words) for cell in back.rows[0].cells] == [
        ("参加联户", "否", "是"),
        ("未参加原因", "外出", "（空）"),
        ("未参加起始", "2026-09-01", "（空）"),
        ("预计恢复", "2026-12-01", "（空）"),
    ]
    _confirm(clerk, "member", **everyone, act="change", takes_part="yes")
    assert set(
        _members(town).values_list("takes_part", "absence_reason", "absent_since", "absent_until")
    ) == {(True, "", None, None)}


def test_nothing_chosen_is_no_edit(town, clerk):
    answer = _send(clerk, "member", **_all(town, "member"), act="change")
    assert "请至少选择一项要改成什么。" in answer.content.decode()
    assert _send(clerk, "member", **_all(town, "member"), act="nonsense").context["forms"].keys() == {
        "change",
        "move",
        "close",
    }


def test_rows_move_under_one_place_and_the_tree_stays_whole(town, clerk):
    to = town.own.members[-1]
    picked = ",".join(str(node.pk) for node in town.own.households[:5])
    data = {
        "scope": "picked",
        "pks": picked,
        "act": "move",
        "to": to.pk,
        "on": "2026-09-20",
        "reason": "调整",
    }
    shown = _send(clerk, "household", **data)
    assert shown.context["plan"].changing[0].cells[0].new_words == to.name
    _confirm(clerk, "household", **data)
    moved = Node.objects.filter(pk__in=[node.pk for node in town.own.households[:5]])
    assert set(moved.values_list("parent_id", "since")) == {(to.pk, DAY)}
    assert tree.verify() == []


def test_rows_of_two_villages_are_not_moved_at_once(town, clerk):
    both = ",".join(str(made.households[0].pk) for made in (town.own, town.other))
    shown = _send(clerk, "household", scope="picked", pks=both)
    assert "move" not in shown.context["forms"]
    assert "请先在名单里选一个村" in shown.content.decode()


def test_closing_members_releases_their_households_and_ends_their_posts(town, clerk):
    person = town.own.people[0]
    post = factories.appoint(person, Role.HUB_HEAD, town.own.hubs[0])
    picked = ",".join(str(node.pk) for node in town.own.members[:2])
    data = {
        "scope": "picked", "pks": picked, "act": "close", "on": "2026-09-20",
        "close_reason": CloseReason.TRANSFERRED, "reason": "转出",
    }  # fmt: skip
    shown = _send(clerk, "member", **data)
    assert [cell.title for cell in shown.context["plan"].changing[0].cells] == ["注销", "下级"]
    _confirm(clerk, "member", **data)
    assert set(
        Node.objects.filter(pk__in=[node.pk for node in town.own.members[:2]]).values_list(
            "closed_on", "close_reason"
        )
    ) == {(DAY, CloseReason.TRANSFERRED)}
    released = Node.objects.filter(pk__in=[node.pk for node in town.own.households[:6]])
    assert set(released.values_list("parent_id", "closed_on")) == {(town.own.groups[0].pk, None)}
    assert Post.objects.get(pk=post.pk).until == DAY
    assert tree.verify() == []


def test_places_with_rows_below_are_not_closed(town, clerk):
    data = {
        "scope": "picked", "pks": str(town.own.groups[0].pk), "act": "close", "on": "2026-09-20",
        "close_reason": CloseReason.DISSOLVED,
    }  # fmt: skip
    shown = _send(clerk, "group", **data)
    assert [row.refusal for row in shown.context["plan"].refused] == ["下面还有 2 项在册，请先调整走"]
    assert 'name="confirm"' not in shown.content.decode()
    answer = _send(clerk, "group", **data, confirm=shown.context["seal"])
    assert "没有需要修改的记录。" in answer.content.decode()


def test_nobody_changes_what_they_only_see(town, lane):
    with pytest.raises(PermissionDenied):
        bulk.change_many(
            kind="household", pks=[town.own.households[0].pk], values={"villager_group": lane}, seal="",
            by=town.leader,
        )  # fmt: skip
    nodes = rows_with_profiles("household", [town.other.households[0].pk])
    plan = change_plan(town.secretary, "household", nodes, {"villager_group": None})
    assert [row.refusal for row in plan.rows] == ["您不能修改这里的内容"]
    with pytest.raises(ValidationError):
        bulk.change_many(
            kind="household",
            pks=[nodes[0].pk],
            values={"villager_group": None},
            seal=plan.seal(),
            by=town.secretary,
        )


def test_a_secretary_cannot_reach_into_another_village(town):
    client = Client()
    client.force_login(town.secretary)
    answer = client.post(
        reverse("grids:bulk", args=["household"]),
        {"scope": "picked", "pk": str(town.other.households[0].pk)},
        follow=True,
    )
    assert "勾选的记录里有的已经不在名单上" in answer.content.decode()
    shown = _send(client, "household", **_all(town))
    targets = shown.context["forms"]["move"].fields["to"].queryset
    assert set(targets.values_list("root_id", flat=True)) == {town.own.root.pk}


def test_previews_ask_as_often_for_many_rows_as_for_few(town, clerk, lane):
    def queries(pks):
        data = {"scope": "picked", "pks": ",".join(pks), "act": "change", "villager_group": str(lane.pk)}
        with CaptureQueriesContext(connection) as few:
            assert _send(clerk, "household", **data).context["plan"].changing
        return len(few)

    pks = [str(node.pk) for node in town.own.households]
    queries(pks)
    assert queries(pks[:2]) == queries(pks)


def test_long_previews_have_pages_and_need_no_script(town, clerk, lane):
    for n in range(60):
        node = factories.node(Kind.HOUSEHOLD, f"添{n}", town.own.members[0])
        HouseholdProfile.objects.create(node=node, villager_group=None)
    data = {"scope": "all", "query": "q=添", "count": "60", "act": "change", "villager_group": lane.pk}
    first = _send(clerk, "household", **data)
    assert len(re.findall(r"card-title", first.content.decode())) == 50
    second = _send(clerk, "household", **data, page="2")
    assert len(re.findall(r"card-title", second.content.decode())) == 10
    assert second.context["seal"] == first.context["seal"]


def test_each_bulk_edit_is_taken_back_whole(town, clerk, lane):
    person = town.own.people[0]
    factories.appoint(person, Role.HUB_HEAD, town.own.hubs[0])
    before = list(Node.objects.order_by("pk").values_list("pk", "parent_id", "closed_on"))
    picked = ",".join(str(node.pk) for node in town.own.members[:2])
    edits = [
        (
            "member",
            {"pks": picked, "act": "close", "on": "2026-09-20", "close_reason": CloseReason.TRANSFERRED},
        ),
        ("household", {**_all(town), "act": "change", "villager_group": lane.pk}),
        ("member", {"pks": picked, "act": "move", "to": town.own.hubs[-1].pk, "on": "2026-09-20"}),
    ]
    for kind, data in edits:
        _confirm(clerk, kind, **data)
        undo(action=Action.objects.order_by("-pk").first(), by=town.clerk, reason="弄错了")
        assert list(Node.objects.order_by("pk").values_list("pk", "parent_id", "closed_on")) == before
        assert not HouseholdProfile.objects.filter(villager_group=lane).exists()
        assert Post.objects.get(person=person).until is None
        assert tree.verify() == []
