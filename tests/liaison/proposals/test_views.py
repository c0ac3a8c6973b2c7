"""The pages of proposals as a clerk, a secretary and a leader use them."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from grids import tree
from grids.models import HouseholdProfile, Node
from liaison.choices import Decision, Edge, Preset
from liaison.models import Batch, Proposal, Wish
from liaison.proposals import actions
from tests.factories import UserFactory, village
from tests.liaison.proposals.test_actions import away, order
from township.choices import JobState, OfficeRole
from township.models import SILENCE


@pytest.fixture
def proposed(made, clerk, client):
    away(made.members[0])
    client.force_login(clerk)
    return order(made, clerk)


def text(response):
    return response.content.decode()


def decide(client, proposal, do, rows=(), **more):
    url = reverse("liaison:proposal_decide", args=[proposal.pk])
    return client.post(url, {"do": do, "row": [row.pk for row in rows], **more}, follow=True)


def test_one_click_from_the_list_to_a_least_change_proposal(made, clerk, client):
    away(made.members[0])
    client.force_login(clerk)
    page = text(client.get(reverse("liaison:adjust")))
    assert "3户的联系人外出、流动或不能履职" in page
    answer = client.post(
        reverse("liaison:adjust_propose", args=[made.grids[0].pk]), {"edge": Edge.MEMBER}, follow=True
    )
    proposal = Proposal.objects.get()
    assert answer.redirect_chain[-1][0] == proposal.get_absolute_url()
    assert proposal.preset == Preset.LEAST
    assert "采纳全部 3 行" in text(answer)


def test_the_page_shows_changes_loads_and_reasons(proposed, client, made):
    page = text(client.get(proposed.get_absolute_url()))
    assert "已证明为最少" in page
    assert "原联系人外出" in page
    assert "0 → 0" in page  # nobody over, before and after
    assert "3 → 0" in page  # households without a contact
    assert page.count('class="load-bar"') == 4
    assert f"由 {proposed.rows.first().new_node.name} 联系" in page
    assert "不能履职" in page


def test_rows_are_accepted_rejected_and_opened_again(proposed, client, made):
    first, second, third = proposed.rows.order_by("pk")
    assert "1 行标为不采纳" in text(decide(client, proposed, "reject", [second]))
    assert "1 行改回待定" in text(decide(client, proposed, "open", [second]))
    assert "已采纳 1 行" in text(decide(client, proposed, "accept", [first]))
    assert Node.objects.get(pk=first.target_id).parent_id == first.new_node_id
    assert "请先勾选" in text(decide(client, proposed, "accept"))
    assert "已采纳 2 行" in text(decide(client, proposed, "accept_all"))
    assert {row.decision for row in proposed.rows.all()} == {Decision.ACCEPTED}
    assert third.target_id != first.target_id


def test_one_grid_of_a_villages_proposal_is_accepted(made, clerk, client, monkeypatch):
    monkeypatch.setattr("liaison.proposals.actions.jobs.start_process", lambda *_: None)
    away(made.members[0])
    away(made.members[4])
    client.force_login(clerk)
    proposal = order(made, clerk, place=made.root)
    actions.run_queue(on=localdate())
    answer = decide(client, proposal, "accept_grid", of=made.grids[1].pk)
    assert "已采纳 3 行" in text(answer)
    assert proposal.rows.filter(decision=Decision.ACCEPTED).values_list(
        "grid", flat=True
    ).distinct().get() == (made.grids[1].pk)


def test_a_stale_proposal_says_so_and_is_solved_again(proposed, client, made):
    away(made.members[1])
    page = text(client.get(proposed.get_absolute_url()))
    assert "已过期" in page
    answer = client.post(reverse("liaison:proposal_again", args=[proposed.pk]), follow=True)
    assert "已按现在的情况重新编排" in text(answer)
    assert "已过期" not in text(answer)
    assert proposed.rows.count() == 6


def test_a_row_is_fixed_to_somebody_and_the_grid_solved_again(proposed, client, made):
    row = proposed.rows.order_by("pk")[0]
    other = next(m for m in made.members[1:4] if m.pk != row.new_node_id)
    url = reverse("liaison:row_wish", args=[row.pk])
    assert other.name in text(client.get(url))
    answer = client.post(url, {"kind": "pin", "holder": other.pk, "reason": "邻居"}, follow=True)
    assert f"固定：{row.target.name} — {other.name}，已重新编排" in text(answer)
    assert proposed.rows.get(target=row.target).new_node == other
    wish = Wish.objects.get()
    assert "邻居" in text(client.get(reverse("liaison:wishes")))
    client.post(reverse("liaison:wish_end", args=[wish.pk]))
    assert Wish.objects.filter(until=None).count() == 0


def test_the_run_page_says_beforehand_whether_it_can_work(made, clerk, client):
    client.force_login(clerk)
    away(made.members[0])
    page = text(client.get(reverse("liaison:proposal_new"), {"edge": "E5", "place": made.grids[0].pk}))
    assert "多2名，会有不足下限的" in page  # 12 households, three able members
    assert "外出 1 名" in page
    assert page.count("最少变动") >= 2
    assert "每名党员联系10-15户群众" in page


def test_the_presets_trade_change_for_distance(made, clerk, client):
    for number, home in enumerate(made.households[:12], start=1):
        HouseholdProfile.objects.filter(node=home).update(door=f"{number}0号")
    near_one, far_one = made.households[2], made.households[11]  # 30号 and 120号 change places
    tree.place(placements=[(near_one, made.members[3]), (far_one, made.members[0])], by=None)
    client.force_login(clerk)
    answer = client.get(reverse("liaison:proposal_new"), {"edge": "E5", "place": made.grids[0].pk})
    least, even, near = answer.context["precheck"].presets
    assert [one.label for one in (least, even, near)] == ["最少变动", "均衡", "就近重排"]
    assert least.changed <= even.changed <= near.changed
    assert least.changed < near.changed
    assert near.distance < least.distance


def test_a_township_is_ordered_and_its_batch_shows_the_progress(made, clerk, client, monkeypatch):
    monkeypatch.setattr("liaison.proposals.actions.jobs.start_process", lambda *_: None)
    village(made.root.township, "乙村")
    client.force_login(clerk)
    answer = client.post(
        reverse("liaison:proposal_new") + "?edge=E5",
        {"edge": "E5", "place": "", "preset": "least", "scope": "village", "own_households": "on"},
        follow=True,
    )
    batch = Batch.objects.get()
    assert "0 / 2" in text(answer)
    assert 'hx-trigger="load delay:2s"' in text(answer)
    actions.run_queue(on=localdate())
    page = text(client.get(batch.get_absolute_url()))
    assert "2 / 2" in page
    assert "load delay:2s" not in page
    assert "已证明为最少" in page


def test_what_waits_its_turn_is_not_called_stopped(made, clerk, client, monkeypatch):
    monkeypatch.setattr("liaison.proposals.actions.jobs.start_process", lambda *_: None)
    client.force_login(clerk)
    batch = order(made, clerk, place=made.root).batch
    Proposal.objects.update(seen_at=timezone.now() - SILENCE * 2)
    assert "继续编排其余 1 份" in text(client.get(batch.get_absolute_url()))  # nobody works on the queue
    ahead = order(made, clerk, place=made.root)
    Proposal.objects.filter(pk=ahead.pk).update(state=JobState.RUNNING, seen_at=timezone.now())
    page = text(client.get(batch.get_absolute_url()))
    assert "继续编排" not in page
    assert "load delay:2s" in page


def test_a_stopped_batch_offers_to_go_on(made, clerk, client, monkeypatch):
    monkeypatch.setattr("liaison.proposals.actions.jobs.start_process", lambda *_: None)
    client.force_login(clerk)
    proposal = order(made, clerk, place=made.root)
    batch = proposal.batch
    assert "已取消 1 份" in text(client.post(reverse("liaison:batch_cancel", args=[batch.pk]), follow=True))
    assert "继续编排其余 1 份" in text(client.get(batch.get_absolute_url()))
    client.post(reverse("liaison:batch_retry", args=[batch.pk]))
    assert batch.proposals.get().state == JobState.QUEUED


def test_a_leader_looks_and_decides_nothing(proposed, made, client):
    leader = UserFactory(township=made.root.township, office_role=OfficeRole.LEADER)
    client.force_login(leader)
    page = text(client.get(proposed.get_absolute_url()))
    assert "原联系人外出" in page
    assert 'name="do"' not in page
    assert "重新编排" not in page
    assert "固定、换人" not in page
    assert decide(client, proposed, "accept_all").status_code == 403


@pytest.mark.parametrize("edge", [Edge.LEADER, Edge.COMMITTEE, Edge.TOWN_LEADER])
def test_the_other_edges_are_ordered_in_the_same_way(made, clerk, client, edge, monkeypatch):
    monkeypatch.setattr("liaison.proposals.actions.jobs.start_process", lambda *_: None)
    client.force_login(clerk)
    answer = client.post(
        reverse("liaison:proposal_new") + f"?edge={edge}",
        {"edge": edge, "place": "" if edge == "E0" else made.root.pk, "preset": "least", "scope": "village"},
        follow=True,
    )
    assert answer.status_code == 200
    assert Proposal.objects.get().edge == edge
