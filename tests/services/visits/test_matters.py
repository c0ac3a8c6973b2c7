"""A matter from 收集 to 归档, up and down the levels, and never closed without its answer told."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from services.models import Matter
from services.visits.actions import matters as actions
from services.visits.queries import matters as queries
from services.visits.queries.log import Asked
from services.visits.tables import matter_state
from tests.services.visits.conftest import TODAY
from township.lifecycle import NotAllowed

HEARD = date(2026, 11, 2)


def heard(town, by, **facts) -> Matter:
    data = {
        "node": town.own.grids[0],
        "household": town.own.households[0],
        "source": "caller",
        "need": "roads",
        "content": "村口路面塌陷",
        "raised_on": HEARD,
    }
    return actions.open_matter(data=data | facts, by=by, today=TODAY)


def step(matter, code, by, **facts) -> Matter:
    return actions.take_step(matter=matter, code=code, facts={"text": "", **facts}, by=by, today=TODAY)


def change(matter, by, **facts) -> Matter:
    return actions.change_matter(matter=matter, data={"raised_on": HEARD, **facts}, by=by, today=TODAY)


def test_from_the_group_up_to_the_township_and_back_with_its_chain(town):
    row = heard(town, town.group_leader)
    step(row, "review", town.group_leader, text="属实")
    step(row, "raise", town.group_leader, text="组里修不了")
    with pytest.raises(NotAllowed):  # it is no longer theirs
        step(row, "review", town.group_leader, text="再看")
    step(row, "raise", town.secretary, text="要用机械")
    step(row, "review", town.clerk, text="同意")
    step(row, "lower", town.clerk, text="由村里组织")
    step(row, "hand", town.secretary, handler="村委会", due_on=date(2026, 11, 20))
    for _ in range(2):
        step(row, "press", town.clerk, text="抓紧")
    change(row, town.secretary, need="selling")  # a correction is no link of the chain
    row = Matter.objects.get(pk=row.pk)
    assert (row.state, row.level, row.handler) == ("pressed", "branch", "村委会")
    assert matter_state(row, TODAY).text == "督办中，逾期 8 天"
    step(row, "answer", town.secretary, text="已修好", day=date(2026, 11, 24))
    with pytest.raises(ValidationError, match="先回访"):
        step(row, "archive", town.secretary)
    with pytest.raises(ValidationError, match="不能再取消回访"):
        change(row, town.clerk, callback_due=False)
    step(row, "callback", town.secretary, day=TODAY, satisfaction="good")
    row = step(row, "archive", town.secretary)
    assert (row.state, row.archived_on, row.is_open) == ("archived", TODAY, False)
    told = [(mark.step, mark.level, mark.state) for mark in queries.trail(row)][::-1]
    assert told == [
        ("收集", "党小组", "待审核"),
        ("审核", "党小组", "待转办"),
        ("向上级反映", "村党组织", "待审核"),
        ("向上级反映", "乡镇", "待审核"),
        ("审核", "乡镇", "待转办"),
        ("交下级办理", "村党组织", "待转办"),
        ("转办", "村党组织", "办理中"),
        ("督办", "村党组织", "督办中"),
        ("督办", "村党组织", "督办中"),
        ("反馈", "村党组织", "已反馈"),
        ("回访", "村党组织", "已反馈"),
        ("归档", "村党组织", "已归档"),
    ]
    assert queries.trail(row)[-3].words == "组里修不了"
    with pytest.raises(ValidationError, match="已归档的不能修改"):
        change(row, town.clerk, content="改写")
    row = step(row, "again", town.secretary, text="又塌了")
    assert (row.state, row.answer, row.called_back_on, row.archived_on) == ("handed", "", None, None)


def test_nothing_is_archived_before_the_answer_is_told(town):
    row = heard(town, town.secretary)
    assert row.level == "branch"
    step(row, "review", town.secretary, text="属实")
    with pytest.raises(NotAllowed, match="不能“归档”"):
        step(row, "archive", town.secretary)
    with pytest.raises(NotAllowed):
        step(row, "answer", town.secretary, text="已修好", day=None)  # told to nobody
    with pytest.raises(ValidationError, match="先后"):
        step(row, "answer", town.secretary, text="已修好", day=date(2026, 10, 1))
    general = heard(town, town.secretary, callback_due=False, content="多放电影")
    step(general, "review", town.secretary, text="属实")
    step(general, "answer", town.secretary, text="每月一场", day=TODAY)
    assert step(general, "archive", town.secretary).state == "archived"


def test_who_may_not(town):
    row = heard(town, town.group_leader)
    for by in (town.member, town.leader):
        with pytest.raises(PermissionDenied):
            step(row, "review", by, text="看过")
    with pytest.raises(PermissionDenied):
        actions.open_matter(
            data={"node": town.other.grids[0], "need": "roads", "content": "x", "raised_on": HEARD},
            by=town.secretary,
            today=TODAY,
        )
    with pytest.raises(NotAllowed, match="审核意见"):
        step(row, "review", town.group_leader)
    assert Matter.objects.get().state == "collected"


def test_the_list_is_filtered_and_sees_what_is_late(town):
    late = heard(town, town.secretary, content="桥栏断了")
    step(late, "review", town.secretary, text="属实")
    step(late, "hand", town.secretary, handler="水管所", due_on=date(2026, 11, 10))
    new = heard(town, town.group_leader)
    cases = [
        (Asked(), [late, new]),
        (Asked(state="late"), [late]),
        (Asked(state="standing"), [late, new]),
        (Asked(state="collected"), [new]),
        (Asked(state="group"), [new]),
        (Asked(text="水管所"), [late]),
        (Asked(grid=town.own.grids[1].pk), []),
    ]
    for asked, rows in cases:
        assert list(queries.matters(town.clerk, asked, on=TODAY)) == rows, asked
    assert list(queries.matters(town.member, Asked(), on=TODAY)) == []
    opened_before = Matter.objects.get(pk=new.pk)
    step(new, "review", town.group_leader, text="属实")
    fixed = change(opened_before, town.group_leader, content="改过")
    assert (fixed.content, fixed.state) == ("改过", "reviewed")  # the step taken meanwhile stands
