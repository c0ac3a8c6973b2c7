"""A finding from raised to struck off, who takes which step, and one made from an inspection."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.timezone import localdate

from grids.actions import undo
from reports.models import Inspection, ReviewFinding
from reports.supervision import actions, queries, tables
from reports.supervision.choices import FindingState
from reports.supervision.rules import FINDING, TIME_TO_MEND, state_on
from township.lifecycle import NotAllowed
from township.models import Action

RAISED, DUE, TODAY = date(2026, 10, 20), date(2026, 11, 10), date(2026, 11, 28)


@pytest.fixture
def finding(office) -> ReviewFinding:
    data = {"root": office.own.root, "project": "标识牌", "problem": "没有安装", "owner": "书记"}
    return actions.create(
        model=ReviewFinding,
        township=office.township,
        data=data | {"raised_on": RAISED, "due_on": DUE},
        by=office.clerk,
    )


def step(finding, code, by, text="说明", day=date(2026, 11, 20)):
    return actions.take_step(finding=finding, code=code, text=text, day=day, by=by)


def test_the_table_of_steps():
    allowed = {
        (state, role): [one.code for one in FINDING.open_to(state, {role})]
        for state, role in product(FindingState.values, ("clerk", "secretary"))
    }
    assert allowed == {
        ("open", "clerk"): ["rectify"],
        ("open", "secretary"): ["rectify"],
        ("rectified", "clerk"): ["close", "back"],
        ("rectified", "secretary"): [],
        ("closed", "clerk"): ["reopen"],
        ("closed", "secretary"): [],
    }


def test_from_raised_to_struck_off_and_back_with_all_words_kept(office, finding):
    step(finding, "rectify", office.secretary, "已补装")
    with pytest.raises(NotAllowed):
        step(finding, "close", office.secretary)
    step(finding, "back", office.clerk, "还差一块")
    step(finding, "rectify", office.secretary, "都装好了")
    row = step(finding, "close", office.clerk, "已现场查看", date(2026, 11, 24))
    assert (row.state, row.rectified, row.rechecked_on, row.reopened) == (
        "closed",
        "都装好了",
        date(2026, 11, 24),
        1,
    )
    row = step(finding, "reopen", office.clerk, "又掉了")
    told = [(mark.who, mark.state, mark.words) for mark in queries.trail(row)]
    clerk, secretary = office.clerk.full_name, office.secretary.full_name
    assert told == [
        (clerk, "待整改", "又掉了"),
        (clerk, "已销号", "已现场查看"),
        (secretary, "待复查", "都装好了"),
        (clerk, "待整改", "还差一块"),
        (secretary, "待复查", "已补装"),
        (clerk, "待整改", ""),
    ]
    assert row.reopened == 2


def test_who_may_not_and_what_is_missing(office, finding):
    with pytest.raises(PermissionDenied):
        step(finding, "rectify", office.leader)
    with pytest.raises(NotAllowed, match="整改情况"):
        step(finding, "rectify", office.secretary, "")
    with pytest.raises(Exception, match="不能早于提出问题"):
        step(finding, "rectify", office.secretary, day=date(2026, 10, 1))
    assert ReviewFinding.objects.get().state == FindingState.OPEN


def test_overdue_is_computed_and_a_past_day_sees_it_as_it_was(office, finding):
    assert tables.finding_state(finding, TODAY).text == "已逾期 18 天"
    step(finding, "rectify", office.secretary)
    row = step(finding, "close", office.clerk, day=date(2026, 11, 24))
    words = [
        tables.finding_state(row, day).text
        for day in (date(2026, 11, 1), date(2026, 11, 21), date(2026, 11, 24))
    ]
    assert words == ["待整改", "待复查", "已销号"]
    assert state_on("open", date(2026, 11, 1), None, TODAY) == FindingState.OPEN, "sent back"


@pytest.mark.both_databases  # it writes through pages
def test_on_the_page_a_secretary_mends_and_the_office_strikes_off(office, finding, client):
    page, post = finding.get_absolute_url(), reverse("reports:finding_step", args=[finding.pk])
    client.force_login(office.secretary)
    assert "复查销号" not in client.get(page).content.decode()
    answer = client.post(post, {"step": "rectify", "text": "", "day": "2026-11-20"}, follow=True)
    assert "没有处理" in answer.content.decode()
    tomorrow = localdate() + timedelta(days=1)
    answer = client.post(post, {"step": "rectify", "text": "好了", "day": f"{tomorrow}"}, follow=True)
    assert "这一天还没有到" in answer.content.decode()
    answer = client.post(post, {"step": "rectify", "text": "已补装", "day": "2026-11-20"}, follow=True)
    assert "已提交整改" in answer.content.decode()
    client.force_login(office.clerk)
    assert "复查销号" in client.get(page).content.decode()
    client.post(post, {"step": "close", "text": "到位", "day": "2026-11-24"})
    assert ReviewFinding.objects.get().state == FindingState.CLOSED
    act = Action.objects.order_by("-pk").first()
    undo.undo(action=act, by=office.clerk)
    again = ReviewFinding.objects.get()
    assert (again.state, next(mark.state for mark in queries.trail(again))) == ("rectified", "待复查")


def test_an_inspection_becomes_a_finding_in_one_click_and_only_once(office, client):
    data = {
        "root": office.own.root,
        "day": date(2026, 11, 12),
        "inspectors": "督查组",
        "looked_at": "中心户",
        "found": "两户没有挂牌",
    }
    seen = actions.create(model=Inspection, township=office.township, data=data, by=office.clerk)
    client.force_login(office.clerk)
    assert "转为整改问题" in client.get(seen.get_absolute_url()).content.decode()
    url = reverse("reports:finding_raise", args=[seen.pk])
    for _ in range(2):
        answer = client.post(url)
    made = ReviewFinding.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.root, made.problem, made.inspection, made.owner, made.due_on) == (
        office.own.root,
        "两户没有挂牌",
        seen,
        office.secretary.person.name,
        localdate() + TIME_TO_MEND,
    )
    assert "1 个" in client.get(reverse("reports:supervision_list", args=["inspections"])).content.decode()
    whole = actions.create(
        model=Inspection, township=office.township, data=data | {"root": None}, by=office.clerk
    )
    assert "转为整改问题" not in client.get(whole.get_absolute_url()).content.decode()
    assert client.post(reverse("reports:finding_raise", args=[whole.pk])).url == whole.get_absolute_url()
    assert ReviewFinding.objects.count() == 1
