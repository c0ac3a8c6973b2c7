"""A year begins with the document's days, or with those of the year before."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from grids.choices import BandCode
from grids.models import BandRule
from grids.queries.bands import bands_in_force
from reports.campaign import actions
from reports.campaign.queries import duty_lines
from reports.campaign.rules import DUTIES
from reports.filing.queries import filing_lines
from reports.models import Campaign, Deadline
from services.visits.interval import usual
from services.visits.rules import EVERY
from tests.factories import TownshipFactory, UserFactory, village
from township.choices import OfficeRole
from township.lifecycle import NotAllowed


@pytest.fixture
def office(db):
    township = TownshipFactory(name="青河乡")
    village(township)
    return township, UserFactory(township=township)


def begin(office, year=2026, **more):
    township, clerk = office
    latest = Campaign.objects.filter(township=township).order_by("-year").first()
    data = {**actions.proposed(township, year, latest), "notice_no": "", "notice_on": None, **more}
    return actions.create(township=township, data=data, by=clerk)


def test_a_first_year_has_every_deadline_of_the_document(office):
    campaign = begin(office)
    rows = {row.code: row for row in campaign.deadlines.all()}
    assert len(rows) == len(DUTIES)
    assert (campaign.cut_off, campaign.due_on) == (date(2026, 9, 15), date(2026, 9, 16))
    assert rows["R21"].due_on == date(2026, 9, 30)
    assert sorted(code for code in rows if code.startswith("R69")) == [f"R69-{n}" for n in range(1, 7)]
    assert all(row.clause for row in rows.values())


@pytest.mark.both_databases  # it writes through pages
def test_the_next_year_takes_over_days_own_duties_and_ratios(office):
    township, clerk = office
    first = begin(office, cut_off=date(2026, 9, 10), due_on=date(2026, 9, 12))
    board = first.deadlines.get(code="R55")
    actions.set_deadline(deadline=board, due_on=date(2026, 10, 15), done_on=None, note="", by=clerk)
    Deadline.objects.create(
        campaign=first, code="own", title="乡里自定", clause="", owner="office", due_on=date(2026, 11, 1)
    )
    BandRule.objects.filter(township=township, year=2026, code=BandCode.MEMBER).update(high=18, hard=30)
    second = begin(office, 2027)
    days = dict(second.deadlines.values_list("code", "due_on"))
    assert (second.due_on, days["R45"], days["R55"], days["own"]) == (
        date(2027, 9, 12),
        date(2027, 9, 12),
        date(2027, 10, 15),
        date(2027, 11, 1),
    )
    assert bands_in_force(township.pk, year=2027)[BandCode.MEMBER].high == 18
    assert BandRule.objects.filter(township=township, year=2027).count() == len(BandCode)


def test_a_year_is_begun_once_and_only_by_the_office(office):
    township, _clerk = office
    begin(office)
    with pytest.raises(ValidationError):
        begin(office)
    leader = UserFactory(township=township, office_role=OfficeRole.LEADER)
    with pytest.raises(PermissionDenied):
        actions.create(township=township, data=actions.proposed(township, 2027, None), by=leader)


@pytest.mark.both_databases  # it writes through pages
def test_filing_deadlines_follow_the_campaign_and_cannot_be_ticked(office):
    _, clerk = office
    campaign = begin(office)
    actions.change(campaign=campaign, data={"due_on": date(2026, 9, 18)}, by=clerk)
    row = campaign.deadlines.get(code="R76")
    assert row.due_on == date(2026, 9, 18)
    with pytest.raises(NotAllowed):
        actions.set_deadline(deadline=row, due_on=row.due_on, done_on=date(2026, 9, 1), note="", by=clerk)


def test_states_of_deadlines_in_words(office):
    _, clerk = office
    campaign = begin(office)
    meeting = campaign.deadlines.get(code="R69-1")
    actions.set_deadline(
        deadline=meeting, due_on=meeting.due_on, done_on=date(2026, 2, 20), note="", by=clerk
    )
    lines = duty_lines(campaign, filing_lines(clerk, campaign, on=date(2026, 9, 11)), on=date(2026, 9, 11))
    told = {line.deadline.code: (line.state, line.words, line.done, line.total) for line in lines}
    assert told["R69-1"] == ("done", "02月20日完成", 1, 0)
    assert told["R69-2"] == ("late", "已逾期 134 天", 0, 0)
    assert told["R45"] == ("soon", "还剩 5 天", 0, 1)
    assert told["R68"][0] == "open"


def test_pages(office, client):
    township, clerk = office
    client.force_login(clerk)
    assert "还没有年度任务" in client.get(reverse("reports:campaigns")).content.decode()
    page = client.get(reverse("reports:campaign_new")).content.decode()
    assert "青河乡" in page
    data = {"year": "2026", "title_name": "青河乡", "cut_off": "2026-09-15", "due_on": "2026-09-16"}
    data["visit_every"] = "60"
    answer = client.post(reverse("reports:campaign_new"), data, follow=True)
    assert "附件2–4 包挂联系花名册上报" in answer.content.decode()
    campaign = Campaign.objects.get(township=township)
    edit = reverse("reports:campaign_edit", args=[campaign.pk])
    answer = client.post(edit, {**data, "cut_off": "2026-09-17"}, follow=True)
    assert "统计截止日期不能晚于上报截止日期" in answer.content.decode()
    assert "每 60 天走访一次" in client.get(campaign.get_absolute_url()).content.decode()
    assert (usual(clerk, on=date(2026, 9, 1)), usual(UserFactory(), on=date(2026, 9, 1))) == (60, EVERY)
    assert actions.proposed(township, 2027, campaign)["visit_every"] == 60
    row = campaign.deadlines.get(code="R33")
    answer = client.post(
        reverse("reports:deadline_edit", args=[row.pk]),
        {"due_on": "2026-09-30", "done_on": "2026-09-12", "note": "设在党群中心"},
        follow=True,
    )
    assert "设在党群中心" in answer.content.decode()
