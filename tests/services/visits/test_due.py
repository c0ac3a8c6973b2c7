"""Nobody forgotten: who is due, what is covered, the round, services planned, what somebody leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grids.choices import Role
from grids.models import HouseholdProfile, Node, VillagerGroup
from services.models import FourClearCheck, GridEvent, VisitPlan
from services.visits import interval
from services.visits.actions import grids as actions
from services.visits.queries import due, leaving, places
from services.visits.queries.log import Asked
from services.visits.rules import quarter_of
from services.visits.tables import checks, over_words
from tests.factories import PersonFactory, UserFactory, appoint
from tests.services.visits.conftest import TODAY, seen
from township.choices import OfficeRole


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_longest_not_visited_come_first_each_by_the_own_pace(town, monkeypatch):
    homes = town.own.households
    for number, days in ((0, 100), (1, 95), (2, 40), (3, 40)):
        seen(town, town.secretary, at=0, home=number, day=ago(days))
    for home in homes[4:]:
        seen(town, town.secretary, at=1, home=homes.index(home), day=ago(1))
    actions.set_pace(household=homes[1], pace="180", by=town.secretary)
    actions.set_pace(household=homes[3], pace="30", by=town.group_leader)
    rows = list(due.due(town.secretary, Asked(), on=TODAY))
    assert rows == [homes[0], homes[3]]
    assert [over_words(home).text for home in due.homes(town.clerk, rows, TODAY)] == [
        "超 10 天",
        "超 10 天",
    ]
    told = due.homes(town.secretary, rows, TODAY)[0]
    assert (told.grid, told.holder, told.last, told.every) == (
        town.own.grids[0].name,
        town.own.members[0].name,
        ago(100),
        90,
    )
    assert list(due.due(town.secretary, Asked(state=due.OWN_PACE), on=TODAY)) == [homes[3]]
    never = list(due.due(town.clerk, Asked(state=due.NEVER), on=TODAY))
    assert set(never) == set(town.other.households)
    assert over_words(due.homes(town.clerk, never[:1], TODAY)[0]).text == "从未走访"
    assert list(due.due(town.clerk, Asked(), on=TODAY))[-1] == homes[3]
    assert list(due.due(town.member, Asked(), on=TODAY)) == []
    monkeypatch.setattr(interval, "_told", [lambda township, _on: {town.township.pk: 110}.get(township)])
    assert list(due.due(town.secretary, Asked(), on=TODAY)) == [homes[3]]  # the campaign's days, not ours
    monkeypatch.undo()
    actions.set_pace(household=homes[1], pace="", by=town.secretary)
    assert homes[1] in due.due(town.secretary, Asked(), on=TODAY)
    with pytest.raises(PermissionDenied):
        actions.set_pace(household=homes[-1], pace="15", by=town.member)


def test_coverage_counts_households_of_the_period_once(town):
    seen(town, town.secretary, home=0, day=ago(3))
    seen(town, town.secretary, home=0, day=ago(2))
    seen(town, town.secretary, home=1, day=ago(200))
    seen(town, town.secretary, home=None)
    period = quarter_of(TODAY)
    grids = list(places.grids_in_sight(town.clerk, town.own.root.pk))
    rows = due.coverage(grids, period)
    assert [(row.seen, row.homes, row.visits, row.percent) for row in rows] == [(1, 4, 2, 25), (0, 4, 0, 0)]
    total = due.whole(town.clerk, Asked(), period)
    assert (total.seen, total.homes) == (1, 16)
    assert list(places.grids_in_sight(town.group_leader)) == town.own.grids[:1]


def test_a_round_takes_the_longest_unseen_in_the_order_of_doors(town):
    homes = town.own.households[:4]
    lane = VillagerGroup.objects.create(root=town.own.root, name="二社", position=5)
    for home, door in zip(homes, ("10号", "2号", "3号", "1号"), strict=True):
        HouseholdProfile.objects.filter(node=home).update(door=door)
    HouseholdProfile.objects.filter(node=homes[3]).update(villager_group=lane)
    seen(town, town.secretary, home=2, day=ago(1))
    found = due.round_of(town.group_leader, town.own.grids[0].pk, 3, on=TODAY)
    assert [home.door for home in found] == ["2号", "10号", "1号"]
    assert due.round_of(town.group_leader, town.own.grids[1].pk, 3, on=TODAY) == []


def test_services_planned_are_seen_by_those_who_go_there_and_counted_by_the_office(town):
    homes = town.own.households
    facts = {"need": "hospital", "interval": 30, "next_on": ago(2), "consented": True}
    plan = actions.keep_plan(plan=None, data={"household": homes[0], **facts}, by=town.group_leader)
    actions.keep_plan(plan=None, data={"household": homes[-1], **facts, "next_on": TODAY}, by=town.secretary)
    sight = {
        seat: VisitPlan.objects.visible_to(getattr(town, seat)).count()
        for seat in ("clerk", "leader", "secretary", "group_leader", "member")
    }
    assert sight == {"clerk": 0, "leader": 0, "secretary": 2, "group_leader": 1, "member": 1}
    counted = due.plan_counts(town.township.pk, on=TODAY)
    assert [(one.village, one.plans, one.late) for one in counted] == [(town.own.root.name, 2, 1)]
    assert list(due.plans(town.secretary, Asked(state=due.LATE), on=TODAY)) == [plan]
    for by in (town.clerk, town.member):
        with pytest.raises(PermissionDenied):
            actions.keep_plan(plan=None, data={"household": homes[0], **facts}, by=by)
    with pytest.raises(ValidationError, match="同意"):
        actions.keep_plan(
            plan=None, data={"household": homes[1], **facts, "consented": False}, by=town.secretary
        )
    with pytest.raises(ValidationError, match="已有同样"):
        actions.keep_plan(plan=None, data={"household": homes[0], **facts}, by=town.secretary)
    actions.end_plan(plan=plan, by=town.group_leader, today=TODAY)
    assert due.plans(town.group_leader, Asked(), on=TODAY).count() == 0
    assert list(due.plans(town.group_leader, Asked(state=due.ENDED), on=TODAY)) == [plan]
    other = VisitPlan.objects.get(ended_on=None)
    Node.objects.filter(pk=other.household_id).update(closed_on=TODAY, close_reason="moved_out")
    other = VisitPlan.objects.select_related("household").get(pk=other.pk)
    with pytest.raises(ValidationError, match="已注销"):
        actions.keep_plan(plan=other, data={"interval": 9}, by=town.secretary)
    with pytest.raises(PermissionDenied):
        actions.end_plan(plan=other, by=town.clerk, today=TODAY)
    assert actions.end_plan(plan=other, by=town.secretary, today=TODAY).ended_on == TODAY


def test_what_somebody_leaves_behind(town):
    person, home = town.own.people[0], town.own.households[0]
    row = seen(town, town.secretary, visitor=person, content="修路", disposal="reported")
    VisitPlan.objects.create(household=home, need="jobs", consented=True, interval=60, next_on=TODAY)
    left = leaving.left_by(town.secretary, person, on=TODAY)
    assert [one.name for one in left.homes] == [one.name for one in town.own.households[:2]]
    assert (left.matters, len(left.plans), left.count) == ([row.matter], 1, 4)
    assert leaving.left_by(town.clerk, person, on=TODAY).plans == []
    assert leaving.left_by(town.secretary, town.own.people[1], on=TODAY).matters == []


def test_events_and_four_clear(town):
    at = datetime(2026, 11, 20, 1, tzinfo=UTC)
    of = {"node": town.own.grids[0], "place": "村口", "matter": "护栏断了", "found_at": at}
    event = actions.keep_event(
        event=None,
        data={**of, "kind": "hazard", "reported_to": "branch", "reported_at": at},
        by=town.group_leader,
        today=TODAY,
    )
    assert GridEvent.objects.visible_to(town.member).count() == 0
    for data, words in (
        ({"kind": "sudden"}, "到场时间"),
        ({"kind": "sudden", "arrived_at": at - timedelta(hours=1)}, "到场时间"),
        ({"kind": "hazard", "place": "桥头"}, "上报对象"),
        ({"kind": "hazard", "reported_to": "branch", "reported_at": at}, "刚才已经登记"),
    ):
        with pytest.raises(ValidationError, match=words):
            actions.keep_event(event=None, data={**of, **data}, by=town.group_leader, today=TODAY)
    with pytest.raises(PermissionDenied):
        actions.keep_event(event=event, data={}, by=town.member, today=TODAY)
    tick = {"node": town.own.grids[0], "checked_on": ago(100), "people_ok": True, "people_count": 12}
    actions.keep_check(check=None, data=tick, by=town.group_leader, today=TODAY)
    reader = checks(town.secretary, town.own.grids, TODAY)
    first, second = (reader(grid) for grid in town.own.grids)
    assert [cell.text for cell in first[2:5]] == [f"{ago(100)}", "已核对，12", ""]
    assert (first[2].state, second[2].text) == ("late", "还没有核对")
    with pytest.raises(ValidationError, match="至少勾选一项"):
        actions.keep_check(
            check=None, data={**tick, "checked_on": TODAY, "people_ok": False}, by=town.clerk, today=TODAY
        )
    row = FourClearCheck.objects.get()
    staff = UserFactory(township=town.township, office_role=OfficeRole.BY_POST)
    person = PersonFactory(township=town.township, root=town.own.root, user=staff)
    appoint(person, Role.GRID_STAFF, town.own.grids[0])
    with pytest.raises(ValidationError, match="当天已经核对过"):
        actions.keep_check(check=None, data=tick, by=staff, today=TODAY)
    actions.keep_check(check=row, data={**tick, "people_count": 13}, by=staff, today=TODAY)
    with pytest.raises(PermissionDenied):
        actions.keep_check(check=row, data=tick, by=town.member, today=TODAY)
    assert FourClearCheck.objects.get().people_count == 13
