"""The steps of a filing and what they need: freezing, locks, and two reviewers at once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grids import tree
from reports.choices import FilingState
from reports.filing import actions
from reports.filing.queries import (
    changes_since,
    filing_lines,
    live_sheets,
    lock_of,
    open_steps,
    whole_township,
)
from reports.filing.rules import CLERK, FILING, SECRETARY, days_left, is_late, last_day
from reports.models import Filing, FilingEvent
from reports.written.actions import write_report
from tests.factories import UserFactory, village
from tests.reports.filing.conftest import TODAY
from tests.reports.filing.test_steps import PATH
from township.lifecycle import NotAllowed

AFTER = date(2026, 9, 20)


def take(filing, by, *codes, today=TODAY, **more):
    for code in codes:
        filing = actions.take_step(
            filing=filing, code=code, by=by, today=today, **{"note": "请核对人数", **more}
        )
    return filing


def test_every_state_is_reached_and_none_is_a_dead_end():
    reached = {step.target for step in FILING.steps} | {FilingState.DRAFT}
    assert reached == set(FilingState.values)
    assert FILING.final == set()  # even an archived one can be opened again, with a reason


def test_submitting_freezes_and_the_rosters_go_on(filing, made, clerk, village_secretary):
    take(filing, village_secretary, "review", "submit")
    snapshot = filing.snapshots.get()
    assert (snapshot.number, snapshot.by, len(snapshot.sheets["4"]["rows"])) == (1, village_secretary, 24)
    assert not any(one.count for one in changes_since(snapshot, live_sheets(filing, on=TODAY)))
    tree.place(placements=[(made.households[0], made.members[3])], by=clerk)
    changed = changes_since(snapshot, live_sheets(filing, on=TODAY))
    assert [one.annex for one in changed if one.count] == [4]
    take(filing, clerk, "return")
    take(filing, village_secretary, "review", "submit")
    first, second = filing.snapshots.order_by("number")
    assert (first.sheets, first.sha256) == (snapshot.sheets, snapshot.sha256)
    assert (second.number, second.sha256 != first.sha256) == (2, True)


@pytest.mark.parametrize("code", ["withdraw", "return", "reopen"])
def test_a_step_back_needs_a_reason(filing, clerk, village_secretary, code):
    by = village_secretary if code == "withdraw" else clerk
    take(filing, clerk, *PATH[next(iter(FILING.step(code).sources))])
    with pytest.raises(NotAllowed, match="请填写理由"):
        actions.take_step(filing=filing, code=code, by=by, today=TODAY, note="")


def test_blocking_checks_stop_review_and_submission(filing, village_secretary):
    with pytest.raises(NotAllowed, match="还有 2 处"):
        actions.take_step(filing=filing, code="review", by=village_secretary, today=TODAY, blockers=2)


def test_after_the_day_only_the_office_or_an_extension_opens_it(filing, clerk, village_secretary):
    with pytest.raises(NotAllowed, match="2026年9月16日已截止"):
        take(filing, village_secretary, "review", today=AFTER)
    lock = lock_of(filing, on=AFTER)
    assert (lock.why, lock.until) == ("2026年9月16日已截止，村里不能再上报", "准予延期以前")
    assert lock.who == "乡党政办可以准予延期，也可以代为审核上报"
    assert [step.code for step in open_steps(filing, {SECRETARY}, on=AFTER)] == []
    assert [step.code for step in open_steps(filing, {CLERK}, on=AFTER)] == ["review"]
    assert [step.code for step in open_steps(filing, {SECRETARY}, on=TODAY)] == ["review"]
    with pytest.raises(PermissionDenied):
        actions.extend(filing=filing, until=AFTER, reason="大雨断路", by=village_secretary)
    with pytest.raises(ValidationError, match="延期要晚于上报截止日期"):
        actions.extend(filing=filing, until=date(2026, 9, 16), reason="大雨断路", by=clerk)
    actions.extend(filing=filing, until=AFTER, reason="大雨断路", by=clerk)
    done = take(filing, village_secretary, "review", "submit", today=AFTER)
    assert done.submitted_on == AFTER
    with pytest.raises(NotAllowed):
        take(filing, village_secretary, "review", today=AFTER + timedelta(days=1))


@pytest.mark.parametrize("state", [FilingState.SUBMITTED, FilingState.ACCEPTED, FilingState.ARCHIVED])
def test_every_lock_says_why_until_when_and_who_opens_it(filing, clerk, state):
    lock = lock_of(take(filing, clerk, *PATH[state]), on=TODAY)
    assert str(FilingState(state).label) in lock.why
    assert "乡党政办可以" in lock.who
    assert lock.until.endswith("以前")


def test_of_two_reviewers_the_second_is_told(filing, clerk):
    take(filing, clerk, "review", "submit")
    stale = Filing.objects.get(pk=filing.pk)
    other = UserFactory(township=clerk.township)
    take(filing, clerk, "accept")
    with pytest.raises(NotAllowed, match="可能别人刚处理过"):
        actions.take_step(filing=stale, code="return", by=other, today=TODAY, note="理由")
    assert FilingEvent.objects.filter(filing=filing, step="accept").count() == 1


def test_who_may_not_work_on_a_filing(filing, made):
    for who in (
        UserFactory(township=made.root.township, office_role="leader"),
        UserFactory(township=village(made.root.township, "乙村").root.township, office_role="by_post"),
    ):
        with pytest.raises(PermissionDenied):
            take(filing, who, "review")


def test_late_is_computed(made, campaign, clerk, filing):
    other = village(made.root.township, "乙村")
    take(filing, clerk, "review", "submit")
    lines = {line.root.name: line for line in filing_lines(clerk, campaign, on=AFTER)}
    mine, theirs = lines[made.root.name], lines[other.root.name]
    assert (mine.is_in, mine.late, mine.state_label) == (True, False, "已上报")
    assert (theirs.is_in, theirs.late, theirs.state_label) == (False, True, "未开始")
    take(filing, clerk, "return")
    again = {line.root.name: line for line in filing_lines(clerk, campaign, on=AFTER)}[made.root.name]
    assert (again.is_in, again.late) == (False, True)  # one sent back is owed again


def test_the_township_takes_accepted_filings_only_and_names_the_rest(made, campaign, clerk, filing):
    village(made.root.township, "乙村")
    take(filing, clerk, "review", "submit")
    assert whole_township(clerk, campaign, on=TODAY).snapshots == []
    take(filing, clerk, "accept")
    whole = whole_township(clerk, campaign, on=TODAY)
    assert [row.filing_id for row in whole.snapshots] == [filing.pk]
    assert [line.root.name for line in whole.missing] == ["乙村党支部"]


def test_explanations_and_the_report_are_written_only_while_it_is_open(filing, clerk, village_secretary):
    note = actions.explain(filing=filing, rule="K11", subject="node:1", text="居住分散", by=village_secretary)
    again = actions.explain(filing=filing, rule="K11", subject="node:1", text="山大沟深", by=clerk)
    assert (again.pk, again.text) == (note.pk, "山大沟深")
    write_report(filing=filing, text="推进情况", on=TODAY, by=village_secretary)
    done = take(filing, village_secretary, "review", "submit")
    assert done.snapshots.get().report_text == "推进情况"
    for write in (
        lambda: actions.explain(filing=done, rule="K11", subject="node:1", text="x", by=clerk),
        lambda: write_report(filing=done, text="x", on=TODAY, by=clerk),
    ):
        with pytest.raises(NotAllowed):
            write()


@pytest.mark.parametrize(
    ("due", "submitted", "today", "late"),
    [
        (date(2026, 9, 16), date(2026, 9, 16), date(2026, 10, 1), False),
        (date(2026, 9, 16), date(2026, 9, 17), date(2026, 9, 17), True),
        (date(2026, 9, 16), None, date(2026, 9, 16), False),
        (date(2026, 9, 16), None, date(2026, 9, 17), True),
    ],
)
def test_late(due, submitted, today, late):
    assert is_late(due, submitted, today) is late


def test_days_in_words():
    due = date(2026, 9, 16)
    told = [days_left(due, date(2026, 9, day)) for day in (11, 16, 19)]
    assert told == ["还剩 5 天", "今天截止", "已逾期 3 天"]
    assert last_day(due, [date(2026, 9, 20), date(2026, 9, 18)]) == date(2026, 9, 20)
