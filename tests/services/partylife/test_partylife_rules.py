"""How often, for whom, until when: the document's numbers on plain values."""

from datetime import date

import pytest

from grids.choices import Kind
from services.partylife.choices import MeetingKind
from services.partylife.rules import (
    DUTIES,
    appraisal_fault,
    attendance,
    contact_due,
    contact_words,
    excellent_note,
    in_words,
    months_back,
    owed,
    period_of,
    standing,
)

BY_KIND = {duty.kind: duty for duty in DUTIES}
TODAY = date(2026, 11, 28)


def test_the_table_of_duties():
    assert {duty.kind.label: (duty.unit.label, duty.often) for duty in DUTIES} == {
        "党员大会": ("党支部", "每季"),
        "支委会": ("党支部", "每月"),
        "党小组会": ("党小组", "每月"),
        "党课": ("党支部", "每季"),
        "组织生活会": ("党支部", "每年"),
        "主题党日": ("党支部", "每月"),
    }


def test_the_duties_in_one_sentence():
    assert in_words(DUTIES) == (
        "党员大会、党课每季一次，支委会、党小组会、主题党日每月一次，组织生活会每年一次"
    )


@pytest.mark.parametrize(
    ("months", "day", "first", "last", "words"),
    [
        (1, date(2026, 2, 10), date(2026, 2, 1), date(2026, 2, 28), "2026年2月"),
        (1, date(2024, 12, 31), date(2024, 12, 1), date(2024, 12, 31), "2024年12月"),
        (3, TODAY, date(2026, 10, 1), date(2026, 12, 31), "2026年第4季度"),
        (3, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31), "2026年第1季度"),
        (12, TODAY, date(2026, 1, 1), date(2026, 12, 31), "2026年"),
    ],
)
def test_periods(months, day, first, last, words):
    period = period_of(months, day)
    assert (period.first, period.last, period.words) == (first, last, words)


def test_a_branch_without_a_committee_owes_no_committee_meeting():
    assert owed(BY_KIND[MeetingKind.COMMITTEE], Kind.BRANCH, 3)
    assert not owed(BY_KIND[MeetingKind.COMMITTEE], Kind.BRANCH, 1)
    assert not owed(BY_KIND[MeetingKind.GROUP], Kind.BRANCH, 3)
    assert owed(BY_KIND[MeetingKind.ASSEMBLY], Kind.BRANCH, 0)


def test_held_still_to_be_held_or_missed():
    group = BY_KIND[MeetingKind.GROUP]
    held = [date(2026, 11, 3), date(2026, 11, 20), date(2026, 10, 5)]
    states = [
        standing(group, is_owed=True, held=held, on=TODAY, today=TODAY),
        standing(group, is_owed=True, held=[], on=TODAY, today=TODAY),
        standing(group, is_owed=True, held=[], on=date(2026, 11, 30), today=date(2026, 11, 30)),
        standing(group, is_owed=True, held=held, on=date(2026, 9, 1), today=TODAY),
        standing(group, is_owed=False, held=[], on=TODAY, today=TODAY),
    ]
    assert [(one.state, one.words) for one in states] == [
        ("done", "11-20，共 2 次"),
        ("open", "未开，还剩 2 天"),
        ("open", "未开，今天截止"),
        ("late", "没有开"),
        ("", "—"),
    ]


def test_the_four_counts_add_up_and_a_third_is_only_advice():
    assert appraisal_fault(10, [3, 6, 1, 0]) == ""
    assert appraisal_fault(10, [3, 6, 0, 0]) == "四个等次合计是 9 人，参评是 10 人，应当相等。"
    assert excellent_note(9, 3) == ""
    assert excellent_note(10, 4) == "优秀 4 人，超过参评的三分之一（3 人），请核对"


def test_the_next_contact_is_due_half_a_year_after_the_last():
    assert contact_due(None, date(2026, 1, 1)) == date(2026, 7, 3)
    assert contact_due(date(2026, 6, 1), date(2026, 1, 1)) == date(2026, 12, 1)
    assert contact_words(date(2026, 12, 1), TODAY) == ("open", "2026-12-01 前")
    assert contact_words(date(2026, 11, 27), TODAY) == ("late", "超期 1 天")


def test_words_of_attendance_and_months():
    assert (attendance(20, 18), attendance(0, 0)) == ("18/20（90%）", "")
    assert months_back(date(2026, 2, 9), 3) == [date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1)]
