"""Writing ratios, ranges of single holders and exceptions: who may, what is refused, what is kept."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grids.actions.refusals import ChangedMeanwhile
from grids.actions.undo import undo
from grids.choices import BandCode, BandMode, BandScope, PersonalReason
from grids.models import BandException, BandRule, PersonalBand
from grids.queries.bands import bands_in_force, yardstick
from grids.queries.changes import version_of
from grids.queries.places import profile_of, standing_of
from grids.rules import PRESET
from liaison.bands import actions
from liaison.bands.queries.yearly import rule_changes
from tests.factories import TownshipFactory, UserFactory, secretary, village
from township.choices import OfficeRole
from township.models import Action, AuditEvent

TODAY, LATER = date(2026, 9, 16), date(2026, 12, 31)
RANGE = {"low": 0, "high": 5, "reason": PersonalReason.AGE, "note": "", "since": TODAY, "until": None}


def changed(code=BandCode.MEMBER, **given):
    return PRESET | {code: replace(PRESET[code], **given)}


def set_bands(bands, by, year=2026, seen=None):
    old = bands_in_force(by.township_id, year=year)
    seen = actions.seal_of(old) if seen is None else seen
    return actions.set_bands(year=year, bands=bands, seen=seen, today=TODAY, by=by)


# --- ratios of a year -------------------------------------------------------------------------------


def test_all_six_are_written_with_what_changed(clerk):
    own = {
        "mode": BandMode.CHECK,
        "scope": BandScope.GRID,
        "clause": "县委通知",
        "quote": "每名党员联系12-20户",
    }
    bands = changed(low=12, high=20, hard=40, **own)
    assert len(set_bands(bands, clerk)) == 6
    assert bands_in_force(clerk.township_id, year=2026) == bands
    assert bands_in_force(clerk.township_id, year=2030) == bands  # until another year has its own
    assert bands_in_force(clerk.township_id, year=2025) == PRESET
    told = AuditEvent.objects.get(target="2026年度比例区间")
    assert told.note.startswith("党员联系群众 10–15户 → 12–20户；党员联系群众编排时最多 30户 → 40户；")
    assert BandRule.history.filter(action=Action.objects.get(title="修改比例区间")).count() == 6


def test_only_what_changes_is_written_the_second_time(clerk):
    set_bands(changed(low=12), clerk)
    set_bands(changed(low=12, high=20), clerk)
    assert BandRule.history.count() == 7
    assert [change.words for change in rule_changes(clerk.township_id, year=2026, before=PRESET)] == [
        ("党员联系群众 12–15户 → 12–20户",),
        ("党员联系群众 10–15户 → 12–15户",),
    ]
    with pytest.raises(ValidationError, match="没有改动"):
        set_bands(changed(low=12, high=20), clerk)


def test_a_year_can_be_fixed_as_it_is_and_put_back_to_the_document(clerk):
    set_bands(PRESET, clerk, year=2027)
    assert AuditEvent.objects.get(target="2027年度比例区间").note == "沿用原来的区间"
    set_bands(changed(low=12), clerk)
    assert bands_in_force(clerk.township_id, year=2027) == PRESET
    set_bands(PRESET, clerk)
    assert bands_in_force(clerk.township_id, year=2026) == PRESET


def test_a_preview_that_has_aged_writes_nothing(clerk):
    seen = actions.seal_of(PRESET)
    set_bands(changed(low=12), clerk)
    with pytest.raises(ChangedMeanwhile):
        set_bands(changed(low=13), clerk, seen=seen)
    assert bands_in_force(clerk.township_id, year=2026)[BandCode.MEMBER].low == 12


@pytest.mark.parametrize("year", [2025, 2028])
def test_other_years_are_not_touched(clerk, year):
    with pytest.raises(ValidationError, match="只能修改今年和明年"):
        set_bands(changed(low=12), clerk, year=year)


def test_the_database_refuses_what_no_form_was_asked(clerk):
    with pytest.raises(ValidationError, match="下限不能大于上限"):
        set_bands(changed(low=16), clerk)
    assert not BandRule.objects.exists()


def test_only_the_office_sets_ratios(village_secretary, clerk):
    leader = UserFactory(township=clerk.township, office_role=OfficeRole.LEADER)
    for user in (village_secretary, leader):
        with pytest.raises(PermissionDenied):
            set_bands(changed(low=12), user)


# --- ranges of single holders -----------------------------------------------------------------------


def test_a_range_holds_from_its_day_to_its_end(made, village_secretary):
    node = made.members[1]
    band = actions.begin_own_band(node=node, data=RANGE, by=village_secretary)

    def state(on):
        return standing_of(node, profile_of(node), on=on).marks[0].state

    assert [state(TODAY - timedelta(days=1)), state(TODAY)] == ["under", "ok"]
    actions.end_own_band(band=band, until=LATER, by=village_secretary)
    assert [state(LATER - timedelta(days=1)), state(LATER)] == ["ok", "under"]
    assert PersonalBand.history.filter(id=band.pk).count() == 2
    assert list(Action.objects.values_list("title", flat=True)[:2]) == ["结束个人区间", "登记个人区间"]


def test_two_ranges_never_hold_on_one_day(made, clerk):
    begin = {"node": made.hubs[0], "by": clerk}
    actions.begin_own_band(data={**RANGE, "until": LATER}, **begin)
    for since, until in ((None, None), (date(2026, 12, 30), None), (None, date(2026, 9, 17))):
        with pytest.raises(ValidationError, match="日期重叠"):
            actions.begin_own_band(data={**RANGE, "since": since, "until": until}, **begin)
    actions.begin_own_band(data={**RANGE, "since": LATER}, **begin)
    actions.begin_own_band(data={**RANGE, "since": None, "until": TODAY}, **begin)
    assert [row.personal for row in (yardstick(clerk.township_id, on=day) for day in (TODAY, LATER))] == [
        {made.hubs[0].pk: (0, 5)}
    ] * 2


def test_a_range_changed_by_somebody_meanwhile_is_not_overwritten(made, clerk):
    band = actions.begin_own_band(node=made.groups[0], data=RANGE, by=clerk)
    seen = version_of(band)
    actions.change_own_band(band=band, data={**RANGE, "high": 6}, seen=seen, by=clerk)
    with pytest.raises(ChangedMeanwhile):
        actions.change_own_band(band=band, data={**RANGE, "high": 7}, seen=seen, by=clerk)
    band.refresh_from_db()
    assert band.high == 6


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"low": 6}, "下限不能大于上限"),
        ({"until": date(2026, 9, 15)}, "结束日期不能早于起始日期"),
        ({"note": "常年有病"}, "不登记健康情况"),
        ({"reason": "ill"}, "ill"),
    ],
)
def test_a_senseless_range_is_refused(made, clerk, given, said):
    with pytest.raises(ValidationError, match=said):
        actions.begin_own_band(node=made.members[0], data={**RANGE, **given}, by=clerk)
    assert not PersonalBand.objects.exists()


def test_ranges_are_for_holders_one_may_edit(made, clerk, village_secretary):
    with pytest.raises(ValidationError, match="只给党员"):
        actions.begin_own_band(node=made.grids[0], data=RANGE, by=clerk)
    elsewhere = secretary(village(clerk.township, "乙村"))
    with pytest.raises(PermissionDenied):
        actions.begin_own_band(node=made.members[0], data=RANGE, by=elsewhere)
    band = actions.begin_own_band(node=made.members[0], data=RANGE, by=village_secretary)
    with pytest.raises(PermissionDenied):
        actions.end_own_band(band=band, until=LATER, by=elsewhere)


# --- exceptions -------------------------------------------------------------------------------------


def ask(node, by, code=BandCode.HUB, **given):
    given = {"reason": "山大沟深", "until": LATER, "today": TODAY, **given}
    return actions.ask_exception(node=node, code=code, by=by, **given)


def mark_of(node, code, on=TODAY):
    return next(mark for mark in standing_of(node, None, on=on).marks if mark.band.code == code)


def test_an_exception_counts_from_the_offices_word_to_its_day(made, village_secretary, clerk):
    hub = made.hubs[0]
    asked = ask(hub, village_secretary)
    assert (mark_of(hub, BandCode.HUB).state, mark_of(hub, BandCode.HUB).words) == ("under", "少于5")
    actions.confirm_exception(exception=asked, today=TODAY, by=clerk)
    assert (mark_of(hub, BandCode.HUB).state, mark_of(hub, BandCode.HUB).words) == ("ok", "例外")
    days = [mark_of(hub, BandCode.HUB, on=day).state for day in (LATER, LATER + timedelta(days=1))]
    assert days == ["ok", "under"]
    row = BandException.objects.get(pk=asked.pk)
    assert (row.asked_by, row.confirmed_by, row.confirmed_on) == (village_secretary, clerk, TODAY)
    assert BandException.history.filter(id=row.pk).count() == 2
    assert AuditEvent.objects.filter(target__startswith="比例例外").count() == 2


def test_a_declined_one_says_why_and_may_be_asked_again(made, village_secretary, clerk):
    asked = ask(made.hubs[0], village_secretary)
    actions.decline_exception(exception=asked, why="请先把邻组党员编进来", by=clerk)
    asked.refresh_from_db()
    assert (asked.declined, asked.confirmed_on) == ("请先把邻组党员编进来", None)
    assert mark_of(made.hubs[0], BandCode.HUB).state == "under"
    for decide in (
        lambda: actions.confirm_exception(exception=asked, today=TODAY, by=clerk),
        lambda: actions.decline_exception(exception=asked, why="再次", by=clerk),
    ):
        with pytest.raises(ValidationError, match="已经处理过了"):
            decide()
    assert ask(made.hubs[0], village_secretary).pk != asked.pk


def test_ended_early_it_held_until_yesterday(made, village_secretary, clerk):
    asked = ask(made.hubs[0], village_secretary)
    actions.confirm_exception(exception=asked, today=TODAY - timedelta(days=2), by=clerk)
    actions.end_exception(exception=asked, today=TODAY, by=village_secretary)
    days = [mark_of(made.hubs[0], BandCode.HUB, on=day).state for day in (TODAY - timedelta(days=1), TODAY)]
    assert days == ["ok", "under"]
    with pytest.raises(ValidationError, match="已经结束"):
        actions.end_exception(exception=asked, today=TODAY, by=village_secretary)


def test_a_request_is_withdrawn(made, village_secretary, clerk):
    asked = ask(made.hubs[0], village_secretary)
    actions.end_exception(exception=asked, today=TODAY, by=village_secretary)
    asked.refresh_from_db()
    assert asked.declined == "申请已撤回"
    with pytest.raises(ValidationError, match="已经处理过了"):
        actions.confirm_exception(exception=asked, today=TODAY, by=clerk)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"until": date(2026, 9, 15)}, "到今天或以后"),
        ({"reason": "多人住院"}, "不登记健康情况"),
        ({"code": BandCode.MEMBER}, "没有超出这项比例"),
        ({"code": BandCode.DENSITY}, "没有超出这项比例"),  # nothing is written on its plate
    ],
)
def test_a_senseless_request_is_refused(made, village_secretary, given, said):
    with pytest.raises(ValidationError, match=said):
        ask(made.hubs[0], village_secretary, **given)


def test_what_is_in_order_needs_no_exception(made, village_secretary, clerk):
    with pytest.raises(ValidationError, match="没有超出"):
        ask(made.groups[0], village_secretary, code=BandCode.LEADER)
    ask(made.hubs[0], village_secretary)
    with pytest.raises(ValidationError, match="正等待"):
        ask(made.hubs[0], clerk)
    actions.confirm_exception(exception=BandException.objects.get(), today=TODAY, by=clerk)
    with pytest.raises(ValidationError, match="已经认可"):
        ask(made.hubs[0], clerk)


def test_a_committee_is_excepted_by_its_branch(made, clerk):
    assert [one.code for one in actions.acceptable(made.root, on=TODAY)] == ["E2", "R19", "E4"]
    assert ask(made.root, clerk, code=BandCode.COMMITTEE).code == "E2"


def test_a_late_word_of_the_office_is_refused(made, village_secretary, clerk):
    asked = ask(made.hubs[0], village_secretary, until=TODAY)
    with pytest.raises(ValidationError, match="已经过了"):
        actions.confirm_exception(exception=asked, today=TODAY + timedelta(days=1), by=clerk)


def test_villages_ask_and_only_the_office_decides(made, village_secretary, clerk):
    asked = ask(made.hubs[0], village_secretary)
    stranger = UserFactory(township=TownshipFactory())
    elsewhere = secretary(village(clerk.township, "乙村"))
    for refused in (
        lambda: ask(made.hubs[1], elsewhere),
        lambda: ask(made.hubs[1], stranger),
        lambda: actions.confirm_exception(exception=asked, today=TODAY, by=village_secretary),
        lambda: actions.decline_exception(exception=asked, why="不行", by=village_secretary),
        lambda: actions.end_exception(exception=asked, today=TODAY, by=elsewhere),
    ):
        with pytest.raises(PermissionDenied):
            refused()


def test_a_word_of_the_office_can_be_taken_back(made, village_secretary, clerk):
    asked = ask(made.hubs[0], village_secretary)
    actions.confirm_exception(exception=asked, today=TODAY, by=clerk)
    undo(action=Action.objects.get(title="认可比例例外"), by=clerk)
    asked.refresh_from_db()
    assert (asked.confirmed_on, mark_of(made.hubs[0], BandCode.HUB).state) == (None, "under")
