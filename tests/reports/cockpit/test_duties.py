"""The cards over the desk: what villages file stays until all are in, and is one card."""

from datetime import date

from django.urls import reverse

from reports.choices import DutyOwner
from reports.cockpit.queries.duties import FILED_WORDS, MOST_CARDS, due
from reports.filing import actions
from reports.filing.queries import filing_lines
from tests.factories import village

DAY = date(2026, 11, 28)


def cards(clerk, campaign, on, owners=DutyOwner.values):
    return due(campaign, filing_lines(clerk, campaign, on=on), on=on, owners=owners)


def test_the_filing_is_one_card_that_stays_until_every_village_is_in(township, clerk, campaign):
    made = village(township, groups=1, hubs=1, members=1, households=1)
    village(township, "乙村", groups=1, hubs=1, members=1, households=1)
    filing = actions.begin(campaign=campaign, root=made.root, by=clerk)
    for code in ("review", "submit"):
        actions.take_step(filing=filing, code=code, by=clerk, today=DAY)
    found = cards(clerk, campaign, DAY)
    first = found.cards[0]
    assert (first.title, first.words, first.state) == (FILED_WORDS, "已逾期 73 天", "late")
    assert (first.done, first.total) == (1, 2)
    assert [card.title for card in found.cards].count(FILED_WORDS) == 1
    assert [str(card.due_on) for card in found.cards] == ["2026-09-16", "2026-10-31", "2026-12-31"]
    other = filing_lines(clerk, campaign, on=DAY)[1]
    second = actions.begin(campaign=campaign, root=other.root, by=clerk)
    for code in ("review", "submit"):
        actions.take_step(filing=second, code=code, by=clerk, today=DAY)
    assert FILED_WORDS not in [card.title for card in cards(clerk, campaign, DAY).cards]


def test_duties_long_overdue_are_counted_not_forgotten(township, clerk, campaign):
    village(township, groups=1, hubs=1, members=1, households=1)
    found = cards(clerk, campaign, DAY)
    # four meetings until August, and five duties of 30 September; the meeting of October has its card
    assert (len(found.cards), found.more_late) == (MOST_CARDS, 9)


def test_a_village_is_shown_its_own_duties_only(township, clerk, campaign):
    village(township, groups=1, hubs=1, members=1, households=1)
    found = cards(clerk, campaign, date(2026, 9, 20), [DutyOwner.VILLAGE])
    assert [card.title for card in found.cards][1:] == ["党员中心户标识牌安装到位", "网格公示牌安装到位"]
    assert found.more_late == 0


def test_the_card_says_days_and_villages_in_words(client, township, clerk, campaign):
    village(township, groups=1, hubs=1, members=1, households=1)
    html = client.get(reverse("reports:home")).content.decode()
    assert "9月16日 统计表、花名册、书面材料" in html
    assert "已报 0/1 村" in html
    assert '<progress class="meter" value="0" max="1"' in html
