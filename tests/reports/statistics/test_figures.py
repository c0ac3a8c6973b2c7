"""Numbers said instead of computed ones: where they are printed, who may say them, and how they go again."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import localdate

from reports.annexes.files import write_xlsx
from reports.annexes.registry import ANNEXES, Order
from reports.blanks.values import number
from reports.campaign import actions as campaigns
from reports.choices import FilingState
from reports.filing.checks.queries import numbers_of
from reports.filing.checks.running import run
from reports.filing.frozen import freeze
from reports.models import Figure, Filing
from reports.statistics import actions, queries
from reports.statistics.screen import rows_url
from reports.statistics.sources import sources
from reports.written.numbers import cells_of
from tests.factories import PersonFactory, TownshipFactory, UserFactory, appoint, secretary, village
from township.lifecycle import NotAllowed
from township.models import AuditEvent

TODAY = localdate()


def campaign_of(township, clerk, year=TODAY.year):
    data = {
        "year": year,
        "title_name": township.name,
        "cut_off": date(year, 9, 15),
        "due_on": date(year, 9, 16),
        "notice_no": "",
        "notice_on": None,
    }
    return campaigns.create(township=township, data=data, by=clerk)


@pytest.fixture
def first(db):
    return village(TownshipFactory(name="青河乡"), "甲村")


@pytest.fixture
def second(first):
    return village(first.root.township, "乙村")


@pytest.fixture
def clerk(first):
    return UserFactory(township=first.root.township)


@pytest.fixture
def campaign(first, clerk):
    return campaign_of(first.root.township, clerk)


def read(made):
    return queries.read(township_id=made.root.township_id, on=TODAY)


def say(campaign, made, by, code="member_count", number=9):
    return actions.correct(
        campaign=campaign, root=made.root, code=code, number=number, reason="两名党员刚转入", by=by
    )


def book_of(made):
    built = ANNEXES[1].build(Order(township=made.root.township, year=TODAY.year, today=TODAY))
    content = io.BytesIO()
    write_xlsx(built.sheets, content)
    return built.sheets[0], openpyxl.load_workbook(content).worksheets[0]


def test_the_said_number_is_printed_marked_added_up_checked_and_handed_on(first, second, clerk, campaign):
    say(campaign, first, secretary(first))
    one, other = read(first)
    assert (one.counts.value("member_count"), one.counts.computed("member_count")) == (9, 8)
    total = queries.total([one, other])
    assert (total.value("member_count"), total.computed("member_count")) == (17, 16)
    assert number("member_count", one.counts) == 9  # what fills a county's blank
    sheet, page = book_of(first)
    keys = [column.key for column in sheet.columns]
    at = keys.index("member_count")
    assert [row[at] for row in sheet.read()] == ["9※", 8]
    assert (sheet.totals[0][at], numbers_of(freeze(sheet))["member_count"]) == ("17※", 9)
    assert cells_of(freeze(sheet))["member_count"] == 9  # what the written report says
    cells = [cell for row in page.iter_rows() for cell in row if '"※"' in cell.number_format]
    assert [cell.value for cell in cells] == [17, 9]  # still numbers
    said = "※ 更正数：甲村党支部“党员·总数”9（系统计为8，两名党员刚转入）。"
    assert (sheet.summary, said in [cell.value for row in page.iter_rows() for cell in row]) == (said, True)
    found = run(first.root.township_id, None, on=TODAY)
    assert not [one for one in found if one.check.code in ("K01", "K04")]


def test_persons_said_instead_are_added_to_those_of_the_rest(first, second, clerk, campaign):
    leader = PersonFactory(township=first.root.township)
    appoint(leader, "group_leader", first.groups[0])
    appoint(leader, "group_leader", second.groups[0])
    assert queries.total(read(first)).value("group_leader_count") == 1
    say(campaign, first, clerk, code="group_leader_count", number=4)
    assert queries.total(read(first)).value("group_leader_count") == 5


@pytest.mark.parametrize("state", [FilingState.REVIEWED, FilingState.SUBMITTED, FilingState.ACCEPTED])
def test_a_number_is_said_only_while_the_village_works_on_its_filing(first, clerk, campaign, state):
    filing = Filing.objects.create(campaign=campaign, root=first.root)
    figure = say(campaign, first, clerk)
    Filing.objects.filter(pk=filing.pk).update(state=state)
    with pytest.raises(NotAllowed, match="请先退回修改"):
        say(campaign, first, clerk)
    with pytest.raises(NotAllowed, match="请先退回修改"):
        actions.take_back(figure=figure, by=clerk)


def test_what_may_not_be_said(first, second, clerk, campaign):
    for code in ("population_count", "coverage_rate", "remark", "nonsense"):
        with pytest.raises(NotAllowed, match="不能更正"):
            say(campaign, first, clerk, code=code)
    with pytest.raises(ValidationError, match="大于或等于0"):
        say(campaign, first, clerk, number=-1)
    with pytest.raises(PermissionDenied):
        say(campaign, second, secretary(first))
    with pytest.raises(PermissionDenied):
        say(campaign, first, UserFactory(township=clerk.township, office_role="leader"))


@pytest.mark.both_databases  # it writes through pages
def test_saying_listing_and_taking_back_on_the_pages(client, first, second, campaign):
    by = secretary(first)
    client.force_login(by)
    rows = rows_url("member_count", first.root.pk)
    url = reverse("reports:statistics_correct", args=[first.root.pk, "member_count"])
    assert f'href="{url}"' in client.get(rows).text
    assert "系统按名册计为 8" in client.get(url).text
    refused = client.post(url, {"number": 9, "reason": ""}).context["form"]
    assert refused.errors["reason"] == ["这个字段是必填项。"]
    assert client.post(url, {"number": 9, "reason": "刚转入"}).url == rows
    assert "附件1上印的是更正数 9，不是下面算出的 8" in client.get(rows).text
    page = client.get(reverse("reports:annex", args=[1])).text
    assert "9※</a>" in page
    assert "系统计 8" in page
    figure = Figure.objects.get()
    listed = client.get(reverse("reports:statistics_figures"))
    assert [(row["village"], row["number"], row["computed"]) for row in listed.context["page_obj"]] == [
        ("甲村党支部", 9, 8)
    ]
    assert client.post(reverse("reports:statistics_take_back", args=[figure.pk])).status_code == 302
    assert (read(first)[0].counts.value("member_count"), Figure.history.count()) == (8, 2)
    deeds = AuditEvent.objects.filter(target__contains="更正").values_list("target", flat=True)
    assert sorted(deeds) == ["取消更正 甲村党支部 党员·总数", "更正 甲村党支部 党员·总数：9"]
    for pk, status in ((second.root.pk, 404), (first.groups[0].pk, 404)):
        assert (
            client.get(reverse("reports:statistics_correct", args=[pk, "member_count"])).status_code == status
        )


def test_without_a_campaign_the_clerk_is_led_to_make_one(client, first, clerk):
    client.force_login(clerk)
    url = reverse("reports:statistics_correct", args=[first.root.pk, "member_count"])
    assert client.get(url).url == reverse("reports:campaigns")


def test_the_list_takes_the_same_queries_for_any_number_of_lines(
    client, first, clerk, campaign, django_assert_max_num_queries
):
    client.force_login(clerk)
    say(campaign, first, clerk)
    url = reverse("reports:statistics_figures")
    client.get(url)
    with django_assert_max_num_queries(13 + len(sources())) as before:
        client.get(url)
    for code in ("grid_count", "household_count", "e4_targets"):
        say(campaign, first, clerk, code=code)
    with django_assert_max_num_queries(len(before)):
        client.get(url)
