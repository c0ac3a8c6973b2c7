"""Last year beside this year: shown under each number, jumps marked, and explained where they are seen."""

from datetime import date

import pytest
from django.urls import reverse

from reports.filing import actions as filings
from reports.filing.obstacles import obstacles
from reports.models import CheckNote, Filing
from reports.statistics.beside import jumps, last_year, with_total
from tests.factories import secretary, village
from tests.reports.statistics.test_figures import TODAY, campaign, campaign_of, clerk, first, read, second

__all__ = ["campaign", "clerk", "first", "second"]
PAGE = reverse("reports:annex", args=[1])


@pytest.fixture
def accepted(first, clerk):
    """甲村 was accepted last year, and has lost half its households since."""
    year = TODAY.year - 1
    filing = filings.begin(campaign=campaign_of(first.root.township, clerk, year), root=first.root, by=clerk)
    for code in ("review", "submit", "accept"):
        filing = filings.take_step(filing=filing, code=code, by=clerk, today=date(year, 9, 10))
    for household in first.households[:12]:
        household.closed_on, household.close_reason = TODAY, "moved_away"
        household.save()
    return filing


def test_each_number_has_last_years_below_it_and_a_jump_leads_to_its_words(
    client, accepted, first, clerk, campaign
):
    client.force_login(clerk)
    assert "上年" not in client.get(PAGE).context["table"]
    page = client.get(PAGE, {"beside": "on"})
    root = first.root.pk
    assert f'<a href="#jump-{root}-household_count"' in page.context["table"]
    assert "! 上年 24，-12" in page.context["table"]
    assert "上年 200</small>" in page.context["table"]  # the same as then
    assert [(one.code, one.before, one.now, one.change) for one in page.context["jumps"]] == [
        ("household_count", 24, 12, "减少50%"),
        ("e5_holders", 8, 4, "减少50%"),
        ("e5_targets", 24, 12, "减少50%"),
    ]
    assert 'id="jump-' in page.text


def test_a_jump_is_explained_on_the_page_with_the_words_of_the_cross_check(
    client, accepted, first, second, clerk, campaign
):
    by = secretary(first)
    filing = filings.begin(campaign=campaign, root=first.root, by=by)
    client.force_login(by)
    url = reverse("reports:statistics_explain", args=[first.root.pk, "household_count"])
    page = client.get(PAGE, {"beside": "on"}).text
    assert f'action="{url}"' in page
    client.post(url, {"text": ""})
    client.post(url, {"text": "长" * 101})
    assert not CheckNote.objects.exists()
    assert client.post(url, {"text": "十二户搬到县城"}).url == f"{PAGE}?root={first.root.pk}&beside=on"
    assert "十二户搬到县城" in client.get(PAGE, {"beside": "on"}).text
    told = obstacles(filing, on=TODAY).explained
    assert [(finding.check.code, finding.subject) for finding, _ in told] == [("K17", "col:household_count")]
    Filing.objects.filter(pk=filing.pk).update(state="submitted")
    assert f'action="{url}"' not in client.get(PAGE, {"beside": "on"}).text
    assert "请先退回修改" in client.post(url, {"text": "另一句"}, follow=True).text
    other = reverse("reports:statistics_explain", args=[second.root.pk, "household_count"])
    assert client.post(other, {"text": "不是我村"}).status_code == 404


def test_the_total_has_last_year_only_where_every_village_has_one(accepted, first, clerk):
    before = last_year(first.root.township_id, None, TODAY.year)
    assert with_total(before, read(first))[0]["household_count"] == 24
    assert "group_leader_count" not in with_total(before, read(first))[0]  # persons do not add up
    village(first.root.township, "乙村")
    assert with_total(before, read(first))[0] == {}
    assert {one.root for one in jumps(read(first), before)} == {first.root.pk}


def test_last_year_costs_the_same_queries_for_any_number_of_villages(
    client, accepted, first, clerk, campaign, django_assert_max_num_queries
):
    client.force_login(clerk)
    filings.begin(campaign=campaign, root=first.root, by=clerk)
    client.get(PAGE, {"beside": "on"})
    with django_assert_max_num_queries(30) as counted:
        client.get(PAGE, {"beside": "on"})
    for name in ("乙村", "丙村"):
        village(first.root.township, name)
    with django_assert_max_num_queries(len(counted)):
        client.get(PAGE, {"beside": "on"})
