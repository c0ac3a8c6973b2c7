"""From three members leaving to a roster that is right again: propose, fix, refuse, solve, accept, undo."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grids import tree
from grids.actions.nodes import close_node
from grids.actions.undo import undo
from grids.choices import AbsenceReason, BandScope, CloseReason, Kind
from grids.models import MemberProfile, Node
from grids.tree import verify
from liaison.choices import Decision, Edge, Preset, Step, WishKind
from liaison.models import Proposal, Wish
from liaison.proposals import actions
from liaison.proposals.fixing import end_wish, wish
from liaison.proposals.queries import rows_to_decide, state_of
from tests.factories import UserFactory, village
from tests.liaison.proposals.conftest import TODAY
from township import history
from township.choices import JobState
from township.models import Action, AuditEvent

NOBODY = lambda *_: None  # noqa: E731 (a constant that is a function)


def away(node, **values):
    profile = MemberProfile.objects.get(node=node)
    for name, value in {"takes_part": False, "absence_reason": AbsenceReason.AWAY, **values}.items():
        setattr(profile, name, value)
    history.save(profile, by=None)


def order(made, by, *, place=None, edge=Edge.MEMBER, preset=Preset.LEAST, scope=BandScope.VILLAGE, **more):
    batch = actions.order(
        township=made.root.township,
        place=place or made.grids[0],
        edge=edge,
        preset=preset,
        scope=scope,
        by=by,
        today=TODAY,
        **more,
    )
    return batch.proposals.get()


def of_grid(made, grid=0):
    """Members and households of one grid, as they stand now."""
    rows = Node.objects.filter(grid=made.grids[grid], kind=Kind.HOUSEHOLD, closed_on=None)
    return dict(rows.values_list("pk", "parent_id"))


def test_a_grid_in_order_is_left_as_it_is(made, clerk):
    proposal = order(made, clerk)
    assert (proposal.state, proposal.proved, proposal.rows.count()) == (JobState.DONE, True, 0)
    assert proposal.counts == {"kept": 12, "changed": 0, "new": 0, "released": 0, "open": 0}


def test_households_of_a_member_who_went_away_go_to_the_others(made, clerk):
    away(made.members[0])
    before = of_grid(made)
    proposal = order(made, clerk)
    assert proposal.before["uncovered"] == 3
    assert proposal.after["uncovered"] == 0
    assert of_grid(made) == before  # nothing is touched until somebody accepts
    rows = list(proposal.rows.all())
    assert [(row.step, row.reason, row.old_node_id) for row in rows] == [
        (Step.CHANGED, "away", made.members[0].pk)
    ] * 3
    assert {row.new_node_id for row in rows} <= {member.pk for member in made.members[1:4]}
    assert actions.accept(proposal=proposal, by=clerk, today=TODAY) == 3
    assert made.members[0].pk not in of_grid(made).values()
    assert {row.decision for row in proposal.rows.all()} == {Decision.ACCEPTED}
    assert verify() == []


def test_a_spell_of_absence_that_is_over_counts_as_able(made, clerk):
    away(made.members[0], absent_until=TODAY)
    assert order(made, clerk).rows.count() == 0


def test_the_reason_names_how_the_former_contact_left(made, clerk):
    close_node(node=made.members[0], on=TODAY, close_reason=CloseReason.DECEASED, below="release", by=clerk)
    proposal = order(made, clerk)
    assert {(row.step, row.reason) for row in proposal.rows.all()} == {(Step.NEW, CloseReason.DECEASED)}


def test_acceptance_is_one_action_that_undo_takes_back(made, clerk):
    away(made.members[0])
    before = of_grid(made)
    proposal = order(made, clerk)
    actions.accept(proposal=proposal, by=clerk, today=TODAY)
    act = Action.objects.latest("pk")
    assert act.title == "采纳编排"
    assert {row.action_id for row in proposal.rows.all()} == {act.pk}
    assert rows_to_decide(proposal).count() == 0
    undo(action=act, by=clerk)
    assert of_grid(made) == before
    assert rows_to_decide(proposal).count() == 3  # and can be accepted again
    assert actions.accept(proposal=proposal, by=clerk, today=TODAY) == 3


def test_history_says_who_why_and_by_which_proposal(made, clerk):
    away(made.members[0])
    proposal = order(made, clerk)
    actions.accept(proposal=proposal, by=clerk, today=TODAY)
    last = Node.history.filter(id=made.households[0].pk).latest("history_id")
    assert last.history_user == clerk
    assert last.history_change_reason == f"编排建议{proposal.pk}：原联系人外出"
    assert Node.objects.get(pk=made.households[0].pk).since == TODAY
    said = AuditEvent.objects.filter(target__startswith="采纳编排建议").get()
    assert said.note == "最少变动；E5 10–15户（2026年度）"
    act = Action.objects.latest("pk")
    assert {(row.decided_by, row.action) for row in proposal.rows.all()} == {(clerk, act)}


def test_pin_one_reject_one_and_solve_again(made, clerk):
    away(made.members[0])
    proposal = order(made, clerk)
    first, second, third = proposal.rows.order_by("pk")
    other = next(m for m in made.members[1:4] if m.pk != first.new_node_id)
    wish(
        edge=Edge.MEMBER,
        target=first.target,
        holder=other,
        kind=WishKind.PIN,
        reason="邻居",
        by=clerk,
        today=TODAY,
    )
    actions.reject(proposal=proposal, rows=[second.pk], by=clerk)
    refused = second.new_node_id
    actions.solve_again(proposal=proposal, by=clerk, today=TODAY)
    rows = {row.target_id: row for row in proposal.rows.all()}
    assert (rows[first.target_id].new_node_id, rows[first.target_id].reason) == (other.pk, "pinned")
    assert rows[second.target_id].decision == Decision.PENDING  # its contact is away, so it gets another
    assert rows[second.target_id].new_node_id not in (refused, None)
    assert rows[third.target_id].new_node_id is not None


def test_a_rejected_row_keeps_its_able_contact(made, clerk):
    crowded = [*made.households[3:6], *made.households[6:9], *made.households[9:12]]
    tree.place(placements=[(row, made.members[0]) for row in crowded], by=None)
    proposal = order(made, clerk, preset=Preset.NEAR)
    row = proposal.rows.first()
    assert row.old_node_id == made.members[0].pk
    actions.reject(proposal=proposal, rows=[row.pk], by=clerk)
    actions.solve_again(proposal=proposal, by=clerk, today=TODAY)
    kept = proposal.rows.get(target=row.target)
    assert (kept.decision, kept.old_node_id) == (Decision.REJECTED, made.members[0].pk)
    assert state_of(proposal, on=TODAY).then.uncovered == 0
    actions.accept(proposal=proposal, by=clerk, today=TODAY)
    assert of_grid(made)[row.target_id] == made.members[0].pk


def test_an_accepted_part_leaves_the_rest_to_decide_and_is_not_out_of_date(made, clerk):
    away(made.members[0])
    proposal = order(made, clerk)
    one = proposal.rows.first()
    actions.accept(proposal=proposal, rows=[one.pk], by=clerk, today=TODAY)
    proposal.refresh_from_db()
    state = state_of(proposal, on=TODAY)
    assert (state.stale, state.now.uncovered, state.then.uncovered) == (False, 2, 0)
    assert rows_to_decide(proposal).count() == 2
    assert len(of_grid(made)) == 12  # P15: no household is lost


def test_a_change_meanwhile_makes_the_proposal_out_of_date_and_refuses_its_row(made, clerk):
    away(made.members[0])
    proposal = order(made, clerk)
    row = proposal.rows.first()
    close_node(node=row.target, on=TODAY, close_reason=CloseReason.MOVED_AWAY, by=clerk)
    assert state_of(proposal, on=TODAY).stale
    before = of_grid(made)
    with pytest.raises(ValidationError, match=f"{row.target.name}已注销"):
        actions.accept(proposal=proposal, by=clerk, today=TODAY)
    assert of_grid(made) == before
    assert proposal.rows.filter(decision=Decision.ACCEPTED).count() == 0


def test_a_holder_who_left_meanwhile_is_refused(made, clerk):
    away(made.members[0])
    proposal = order(made, clerk)
    taker = proposal.rows.first().new_node
    away(taker)
    with pytest.raises(ValidationError, match=f"{taker.name}已不能履职"):
        actions.accept(proposal=proposal, by=clerk, today=TODAY)


def test_members_without_a_hub_are_placed(made, clerk):
    lost = made.members[0]
    Node.objects.get(pk=lost.pk)
    from grids import tree

    tree.move(node=lost, to=made.groups[0], by=clerk)
    proposal = order(made, clerk, edge=Edge.HUB)
    row = proposal.rows.get()
    assert (row.target_id, row.step, row.old_node_id) == (lost.pk, Step.NEW, None)
    actions.accept(proposal=proposal, by=clerk, today=TODAY)
    assert Node.objects.get(pk=lost.pk).hub_id == row.new_node_id
    assert Node.objects.get(pk=made.households[0].pk).hub_id == row.new_node_id
    assert verify() == []


def test_own_household_is_never_linked_to_its_own_member(made, clerk):
    own = made.households[5]
    own.name = made.members[2].name
    history.save(own, by=None, fields=["name"])
    away(made.members[1])
    proposal = order(made, clerk, preset=Preset.NEAR)
    assert not proposal.rows.filter(target=own, new_node=made.members[2]).exists()
    left_out = order(made, clerk, preset=Preset.NEAR, own_households=False)
    assert not left_out.rows.filter(target=own).exists()


def test_a_village_is_a_job_and_a_township_one_per_village(
    made, clerk, django_capture_on_commit_callbacks, monkeypatch
):
    started = []
    monkeypatch.setattr(
        "liaison.proposals.actions.jobs.start_process", lambda _, command: started.append(command)
    )
    village(made.root.township, "乙村")
    away(made.members[0])
    with django_capture_on_commit_callbacks(execute=True):
        batch = actions.order(
            township=made.root.township, place=None, edge=Edge.MEMBER, preset=Preset.LEAST,
            scope=BandScope.VILLAGE, by=clerk, today=TODAY,
        )  # fmt: skip
    assert started == ["run_proposal"]
    assert [p.state for p in batch.proposals.all()] == [JobState.QUEUED] * 2
    first, second = batch.proposals.order_by("pk")
    actions.run_job(first.pk, on=TODAY)
    assert actions.run_job(first.pk, on=TODAY) is None  # taken already
    assert actions.run_queue(on=TODAY) == 1
    assert [p.state for p in batch.proposals.all()] == [JobState.DONE] * 2
    assert (first.rows.count(), second.rows.count()) == (3, 0)


def test_a_village_notes_how_far_it_has_come(made, clerk, monkeypatch):
    monkeypatch.setattr("liaison.proposals.actions.jobs.start_process", NOBODY)
    monkeypatch.setattr(actions, "CHECK_EVERY", 1)
    proposal = order(made, clerk, place=made.root)
    actions.run_job(proposal.pk, on=TODAY)
    proposal.refresh_from_db()
    assert (proposal.done, proposal.total) == (24, 24)


def test_cancel_keeps_what_is_done_and_retry_goes_on_with_the_rest(made, clerk, monkeypatch):
    monkeypatch.setattr("liaison.proposals.actions.jobs.start_process", NOBODY)
    village(made.root.township, "乙村")
    batch = actions.order(
        township=made.root.township, place=None, edge=Edge.MEMBER, preset=Preset.LEAST,
        scope=BandScope.VILLAGE, by=clerk, today=TODAY,
    )  # fmt: skip
    first = batch.proposals.order_by("pk")[0]
    actions.run_job(first.pk, on=TODAY)
    assert actions.cancel(batch=batch, by=clerk) == 1
    assert [p.state for p in batch.proposals.order_by("pk")] == [JobState.DONE, JobState.CANCELLED]
    solved = Proposal.objects.get(pk=first.pk).solved_at
    assert actions.retry(batch=batch, by=clerk) == 1
    assert actions.run_queue(on=TODAY) == 1
    assert [p.state for p in batch.proposals.order_by("pk")] == [JobState.DONE, JobState.DONE]
    assert Proposal.objects.get(pk=first.pk).solved_at == solved


def test_a_running_village_stops_when_asked(made, clerk, monkeypatch):
    monkeypatch.setattr("liaison.proposals.actions.jobs.start_process", NOBODY)
    monkeypatch.setattr(actions, "CHECK_EVERY", 1)
    away(made.members[0])
    proposal = order(made, clerk, place=made.root)
    Proposal.objects.filter(pk=proposal.pk).update(cancelled=True)
    actions.run_job(proposal.pk, on=TODAY)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.rows.count()) == (JobState.CANCELLED, 0)


def test_who_may_order_and_accept(made, clerk, village_secretary):
    stranger = UserFactory(township=made.root.township, office_role="leader")
    with pytest.raises(PermissionDenied):
        order(made, stranger)
    with pytest.raises(PermissionDenied):
        actions.order(
            township=made.root.township, place=None, edge=Edge.MEMBER, preset=Preset.LEAST,
            scope=BandScope.VILLAGE, by=village_secretary, today=TODAY,
        )  # fmt: skip
    away(made.members[0])
    proposal = order(made, village_secretary)
    with pytest.raises(PermissionDenied):
        actions.accept(proposal=proposal, by=stranger, today=TODAY)
    assert actions.accept(proposal=proposal, by=village_secretary, today=TODAY) == 3


def test_a_wish_ends_an_earlier_one_and_asking_twice_changes_nothing(made, clerk):
    target, one, other = made.households[0], made.members[1], made.members[2]
    told = {"edge": Edge.MEMBER, "target": target, "reason": "", "by": clerk, "today": TODAY}
    first = wish(holder=one, kind=WishKind.PIN, **told)
    assert wish(holder=one, kind=WishKind.PIN, **told) == first
    second = wish(holder=other, kind=WishKind.PIN, **told)
    first.refresh_from_db()
    assert first.until == TODAY
    third = wish(holder=other, kind=WishKind.AVOID, **told)
    assert [row.pk for row in Wish.objects.filter(until=None)] == [third.pk]
    end_wish(wish=third, by=clerk, today=TODAY)
    assert Wish.objects.filter(until=None).count() == 0
    assert second.pk != third.pk
