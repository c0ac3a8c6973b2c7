"""A visit: logged once, by whom and where; corrected, called back on; who sees it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grids.actions import undo
from services.models import Matter, Visit, VisitCompanion, VisitPlan
from services.visits import tables
from services.visits.actions import visits as actions
from services.visits.actions.guards import may_change
from services.visits.queries import log, places
from services.visits.queries.log import Asked
from tests.services.visits.conftest import TODAY, seen
from township import history
from township.models import Action


def test_sent_twice_under_one_number_it_is_one_visit(town):
    first = seen(town, town.group_leader, client_id="a1", content="灯不亮")
    again = seen(town, town.group_leader, client_id="a1", content="另一句")
    assert (again.pk, again.content, Visit.objects.count()) == (first.pk, "灯不亮", 1)
    other = seen(town, town.secretary, client_id="a1")  # another phone counts for itself
    assert other.pk != first.pk


def test_one_tick_is_enough_and_nothing_at_all_is_not(town):
    assert seen(town, town.group_leader).words == "走访正常，无需办理事项。"
    with pytest.raises(ValidationError, match="请写民情内容"):
        seen(town, town.group_leader, plain=False, content="")
    with pytest.raises(ValidationError, match="还没有到"):
        seen(town, town.group_leader, day=TODAY + timedelta(days=1))


def test_everybody_logs_in_the_own_scope_only(town):
    seen(town, town.group_leader)
    seen(town, town.member, at=1, home=-1)
    seen(town, town.clerk)
    for by, at, home in (
        (town.group_leader, 1, -1),  # another grid
        (town.member, 0, None),
        (town.member, 1, 0),  # a household of another grid
        (town.leader, 0, 0),  # reads
    ):
        with pytest.raises(PermissionDenied):
            seen(town, by, at=at, home=home)
    outside = {"node": town.other.grids[0], "household": town.other.households[0]}
    with pytest.raises(PermissionDenied):
        seen(town, town.secretary, **outside)


def test_who_sees_and_who_changes_a_visit(town):
    first = seen(town, town.group_leader, content="灯不亮")
    last = seen(town, town.member, at=1, home=-1)
    bare = seen(town, town.member, at=1, home=None)
    seats = ("clerk", "leader", "secretary", "group_leader", "member")
    sight = {seat: set(Visit.objects.visible_to(getattr(town, seat))) for seat in seats}
    everything = {first, last, bare}
    assert sight == {
        "clerk": everything,
        "leader": everything,
        "secretary": everything,
        "group_leader": {first},
        "member": {last, bare},
    }
    change = {seat for seat in seats if may_change(getattr(town, seat), first)}
    assert change == {"clerk", "secretary", "group_leader"}
    with pytest.raises(PermissionDenied):
        actions.change_visit(visit=first, data={}, companions=[], by=town.member, today=TODAY)


def test_companions_and_corrections_are_in_one_action_that_can_be_undone(town):
    people = town.own.people
    with history.action(by=town.clerk, title="登记走访") as act:
        row = seen(town, town.clerk, companions=people[:3])
    assert set(row.companions.all()) == set(people[1:3])  # the visitor does not go along with himself
    actions.change_visit(
        visit=row, data={"content": "改过"}, companions=people[1:2], by=town.secretary, today=TODAY
    )
    row.refresh_from_db()
    assert (row.content, row.plain, list(row.companions.all())) == ("改过", False, [people[1]])
    assert set(places.diarists(town.clerk, town.own.root.pk)) == set(people[:2])  # who went along, too
    last = Action.objects.latest("pk")
    undo.undo(action=last, by=town.secretary)
    undo.undo(action=Action.objects.get(pk=act.pk), by=town.clerk)
    assert (Visit.objects.count(), VisitCompanion.objects.count()) == (0, 0)


def test_what_is_not_answered_on_the_spot_opens_a_matter(town):
    assert seen(town, town.group_leader, content="问政策", disposal="answered").matter is None
    row = seen(
        town, town.group_leader, content="修路", disposal="reported", need="roads", day=date(2026, 11, 2)
    )
    made = row.matter
    assert (made.content, made.need, made.source, made.level, made.state) == (
        "修路",
        "roads",
        "visit",
        "group",
        "collected",
    )
    assert (made.raised_on, made.owner, made.household, made.callback_due) == (
        date(2026, 11, 2),
        town.group_leader.person,
        town.own.households[0],
        True,
    )
    assert seen(town, town.group_leader, content="想学技术", opens_matter=True).matter.need == "other"
    again = seen(town, town.group_leader, content="去问了", matter=made, occasion="callback")
    assert list(made.visits.order_by("pk")) == [row, again]
    assert Matter.objects.count() == 2


def test_a_must_visit_moves_the_services_of_that_household_on(town):
    home, beside = town.own.households[:2]
    plans = [
        VisitPlan.objects.create(household=h, need="hospital", consented=True, interval=30, next_on=TODAY)
        for h in (home, beside)
    ]
    seen(town, town.group_leader)
    plans[0].refresh_from_db()
    assert plans[0].next_on == TODAY
    seen(town, town.group_leader, occasion="must_visit")
    for plan in plans:
        plan.refresh_from_db()
    assert [plan.next_on for plan in plans] == [TODAY + timedelta(days=30), TODAY]


def test_a_call_back_says_when_who_and_how_it_was(town):
    row = seen(town, town.group_leader, content="灯不亮", day=date(2026, 11, 20))
    facts = {"person": town.own.people[0], "satisfaction": "good", "by": town.secretary, "today": TODAY}
    for day in (date(2026, 11, 1), TODAY + timedelta(days=1)):
        with pytest.raises(ValidationError):
            actions.call_back(visit=Visit.objects.get(pk=row.pk), day=day, **facts)
    row = actions.call_back(visit=row, day=date(2026, 11, 25), **facts)
    assert (row.get_satisfaction_display(), row.called_back_by) == ("满意", town.own.people[0])
    assert row.asked_back == row
    became = actions.change_visit(
        visit=row,
        data={"disposal": "reported", "need": "roads"},
        companions=[],
        by=town.secretary,
        today=TODAY,
    )
    assert (became.matter.content, became.matter.level, Matter.objects.count()) == ("灯不亮", "branch", 1)
    with pytest.raises(ValidationError, match="在意见建议里登记回访"):
        actions.call_back(visit=row, day=TODAY, **facts)
    Matter.objects.update(
        state="answered", answer="已修", answered_on=TODAY, called_back_on=TODAY, satisfaction="poor"
    )
    row = Visit.objects.select_related("matter").get(pk=row.pk)
    assert row.asked_back == row.matter  # one question has one answer
    cells = tables.visits(town.clerk, [row], TODAY)(row)
    assert cells[-1].text == "不满意"


def test_the_list_is_filtered(town):
    a = seen(town, town.group_leader, content="路灯坏了", day=date(2026, 11, 1))
    b = seen(town, town.clerk, at=1, home=-1, occasion="must_visit", day=date(2026, 11, 20))
    cases = [
        (Asked(), [b, a]),
        (Asked(village=town.other.root.pk), []),
        (Asked(grid=town.own.grids[1].pk), [b]),
        (Asked(state="must_visit"), [b]),
        (Asked(state="usual"), [a]),
        (Asked(text="路灯"), [a]),
        (Asked(text=town.own.households[-1].name), [b]),
        (Asked(visitor=a.visitor.name), [a]),
        (Asked(since=date(2026, 11, 10)), [b]),
        (Asked(until=date(2026, 11, 1)), [a]),
        (Asked(household=town.own.households[0].pk), [a]),
    ]
    for asked, rows in cases:
        assert list(log.visits(town.secretary, asked, on=TODAY)) == rows, asked
    # The office must not find whose service is due: to it a 必访 is one of the usual ones.
    office = {
        code: set(log.visits(town.clerk, Asked(state=code), on=TODAY)) for code in ("must_visit", "usual")
    }
    assert office == {"must_visit": set(), "usual": {a, b}}
    assert {cell.text for row in (a, b) for cell in tables.visits(town.clerk, [row], TODAY)(row)[6:7]} == {
        "日常、必访"
    }
