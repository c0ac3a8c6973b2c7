"""Rules 13 to 16: visits and opinions, what hangs and stands by the end of September, who is on a roll."""

from datetime import UTC, date, datetime, time

import pytest

from reports.campaign import actions as campaigns
from reports.filing.checks.running import run
from reports.models import Deadline, Figure
from services.models import Sign, VolunteerPoint
from services.tickets.actions.intake import take_in
from services.visits.actions.visits import log_visit
from services.visits.choices import Mode, Occasion
from tests.factories import UserFactory
from tests.reports.filing.checks.conftest import TODAY

LATER = date(2026, 10, 8)
NOON = datetime.combine(TODAY, time(4), tzinfo=UTC)


@pytest.fixture
def clerk(town):
    return UserFactory(township=town.township)


@pytest.fixture
def campaign(town, clerk):
    days = {"cut_off": TODAY, "due_on": date(2026, 9, 16), "notice_no": "", "notice_on": None}
    data = {**campaigns.proposed(town.township, 2026, None), **days}
    return campaigns.create(township=town.township, data=data, by=clerk)


def said(town, campaign, by, **numbers):
    """A number said instead of the counted one."""
    for code, number in numbers.items():
        Figure.objects.create(
            campaign=campaign, root=town.made.root, code=code, number=number, reason="按纸质台账", by=by
        )


def found(town, *codes, root=None, on=TODAY):
    findings = run(town.township.pk, root, on=on, year=2026)
    return [(one.check.code, one.severity, one.text) for one in findings if one.check.code in codes]


def test_opinions_called_back_on_are_answered_and_answered_ones_were_raised(town, campaign, clerk):
    said(town, campaign, clerk, opinion_in=3, opinion_closed=4, opinion_callback=2)
    text = "甲村党支部意见建议收集3件、办结4件、回访2件，应当回访≤办结≤收集。"
    assert found(town, "K13") == [("K13", "block", text)]


def test_visits_are_no_fewer_than_the_households_that_were_visited(town, campaign, clerk):
    for household in town.made.households[:2]:
        data = {"mode": Mode.HOME, "occasion": Occasion.USUAL, "happened_on": TODAY, "content": "问了收成"}
        data |= {"node": town.made.grids[0], "household": household, "visitor": town.made.people[0]}
        log_visit(data=data, by=clerk, today=TODAY)
    assert found(town, "K13") == []
    said(town, campaign, clerk, visit_count=1)
    text = "甲村党支部走访户次1，少于走访台账里走访过的2户。"
    assert found(town, "K13") == [("K13", "block", text)]


def test_boards_and_plates_are_asked_for_once_their_day_is_past(town, campaign):
    Sign.objects.filter(node__in=[town.made.grids[0], *town.made.hubs[:2]]).delete()
    assert found(town, "K14") == found(town, "K14", on=date(2026, 9, 30)) == []
    due = len(town.made.hubs)
    assert found(town, "K14", on=LATER) == [
        ("K14", "warn", "甲村党支部公示牌应挂2块，已挂1块，2026年9月30日前应当挂齐。"),
        ("K14", "warn", f"甲村党支部标识牌应挂{due}块，已挂{due - 2}块，2026年9月30日前应当挂齐。"),
    ]
    Deadline.objects.filter(campaign=campaign, code="R55").update(due_on=LATER)
    assert [text for _, _, text in found(town, "K14", on=LATER) if "公示牌" in text] == []


def test_a_station_for_each_village_and_one_centre(town):
    VolunteerPoint.objects.all().delete()
    assert found(town, "K15") == []
    station = ("K15", "warn", "甲村党支部没有建成的志愿服务站，2026年9月30日前应当建成。")
    centre = ("K15", "warn", "全乡没有建成的志愿服务中心，2026年9月30日前应当建成。")
    assert found(town, "K15", on=LATER) == [centre, station]
    assert found(town, "K15", root=town.made.root, on=LATER) == [station]


def test_numbers_of_a_roll_are_its_rows(town, campaign, clerk):
    said(town, campaign, clerk, demo_household_count=2)
    text = "甲村党支部附件1“队伍·党员示范户”2，登记在册0。"
    assert found(town, "K16") == [("K16", "block", text)]


def test_kinds_of_errands_make_the_sum_and_none_is_done_in_time_without_being_done(town, campaign, clerk):
    for kind in "instant", "declined":
        take_in(data=errand(town, kind), by=clerk, now=NOON)
    assert found(town, "K12") == []
    said(town, campaign, clerk, ticket_total=3, ticket_on_time=1)
    texts = {text for _, _, text in found(town, "K12")}
    assert texts == {
        "甲村党支部代办受理合计3件，六类相加2件，应当相等。",
        "甲村党支部代办按期办结1件，多于代办登记册里办结的0件。",
        "甲村党支部附件1“代办·受理合计”3件，代办登记册里2件。",
    }


def errand(town, kind):
    """An errand taken in on the day."""
    said = {"reason": "不在对象范围内", "basis": "县补贴办法"} if kind == "declined" else {}
    place = {"node": town.made.grids[0], "kind": kind, "subject": "高龄津贴"}
    return place | {"applicant_name": "李申办", "consented": True} | said
