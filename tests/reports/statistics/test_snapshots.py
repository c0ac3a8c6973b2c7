"""The rows frozen with a submission: what its numbers open later, and the township's table made of them."""

import pytest
from django.urls import reverse

from grids import tree
from grids.choices import CloseReason
from liaison.choices import Level
from liaison.models import Contact
from liaison.sheets import Frame
from reports.filing import actions as filings
from reports.filing.checks.queries import last_accepted
from reports.filing.frozen import fingerprint
from reports.models import Filing, Snapshot
from reports.statistics import actions, queries
from reports.statistics.frozen_rows import counts_of, rows_of, township_annex1
from reports.statistics.indicators import countable
from reports.statistics.layout import DEFAULT, FormColumn, Layout
from reports.statistics.sheets import annex1
from tests.factories import SINCE, PersonFactory, secretary, village
from tests.reports.statistics.test_figures import TODAY, campaign, clerk, first, read, say, second

__all__ = ["campaign", "clerk", "first", "second"]
FRAME = Frame("青河乡", "T01", TODAY.year, "青河乡", TODAY)


@pytest.fixture
def submitted(first, second, clerk, campaign):
    """Both villages submitted, looked after by one leader of the township; one number was corrected."""
    leader = PersonFactory(township=first.root.township, name="乡长乙")
    for made in (first, second):
        Contact.objects.create(
            township=made.root.township,
            level=Level.TOWN_LEADER,
            holder=leader,
            target=made.root,
            since=SINCE,
        )
    say(campaign, first, clerk)
    for made in (first, second):
        filing = filings.begin(campaign=campaign, root=made.root, by=clerk)
        for code in ("review", "submit", "accept"):
            filing = filings.take_step(filing=filing, code=code, by=clerk, today=TODAY)
    return list(Snapshot.objects.select_related("filing__root").order_by("pk"))


def test_a_snapshot_keeps_the_rows_of_every_number(submitted, first, clerk):
    snapshot = submitted[0]
    live = read(first)[0].counts
    counts = counts_of(snapshot)
    assert {code: counts.value(code) for code in countable()} == {
        code: live.value(code) for code in countable()
    }
    for code in countable():
        lines = rows_of(snapshot.details, code)
        assert len({key for key, *_ in lines}) == len(lines)
        if code != "population_count":
            assert len(lines) == live.computed(code)
    assert [amount for *_, amount in rows_of(snapshot.details, "population_count")] == [200]
    assert snapshot.sha256 == fingerprint(snapshot.sheets, snapshot.report_text, snapshot.details)
    assert snapshot.sha256 != fingerprint(snapshot.sheets, snapshot.report_text, {})
    assert not any(person.phone in str(snapshot.details) for person in first.people)


def test_the_rosters_go_on_and_the_snapshot_does_not(client, submitted, first, clerk):
    tree.close(node=first.households[0], on=TODAY, reason=CloseReason.MOVED_AWAY)
    client.force_login(secretary(first))
    url = reverse("reports:snapshot_rows", args=[submitted[0].pk])
    page = client.get(url, {"code": "household_count"})
    assert page.context["total"] == 24
    assert first.households[0].name in page.text
    assert "?code=household_count" in client.get(url).text
    assert client.get(url, {"code": "nonsense"}).status_code == 404
    assert client.get(url, {"code": "household_count", "export": "xlsx"}).status_code == 200
    assert client.get(reverse("reports:snapshot_rows", args=[submitted[1].pk])).status_code == 404


def test_the_township_counts_a_person_of_two_villages_once(submitted, first, second):
    sheet = township_annex1(submitted, FRAME, DEFAULT)
    live = annex1(read(first), FRAME)
    assert (list(sheet.read()), sheet.totals) == (list(live.read()), live.totals)
    at = [column.key for column in sheet.columns].index("e0_holders")
    assert (sheet.totals[0][at], [row[at] for row in sheet.read()]) == ("1/2", ["1/1", "1/1"])


def test_an_old_snapshot_without_rows_still_gives_its_numbers(submitted, first):
    snapshot = submitted[1]
    snapshot.details = {}
    live = read(first)[1].counts
    counts = counts_of(snapshot)
    assert {code: counts.value(code) for code in countable()} == {
        code: live.value(code) for code in countable()
    }


def test_typed_columns_are_frozen_and_added_up(first, second, clerk, campaign):
    columns = (*DEFAULT.columns, FormColumn("extra_1", "宣讲场次", "其他", 12, typed="int"))
    actions.save_form(township=clerk.township, year=TODAY.year, columns=columns, by=clerk)
    snapshots = []
    for made, n in ((first, 3), (second, 4)):
        actions.type_in(campaign=campaign, root=made.root, typed={"extra_1": n}, by=clerk)
        filing = filings.begin(campaign=campaign, root=made.root, by=clerk)
        for code in ("review", "submit"):
            filing = filings.take_step(filing=filing, code=code, by=clerk, today=TODAY)
        snapshots.append(Snapshot.objects.select_related("filing__root").get(filing=filing))
    assert snapshots[0].sheets["1"]["meta"]["form_version"] == "1"
    sheet = township_annex1(snapshots, FRAME, Layout(columns, 1))
    assert (sheet.totals[0][-1], [row[-1] for row in sheet.read()]) == (7, [3, 4])


def test_last_year_is_what_was_accepted_before_this_year(submitted, first):
    township = first.root.township_id
    assert last_accepted(township)[first.root.pk]["member_count"] == 9
    assert last_accepted(township, before=TODAY.year) == {}
    assert last_accepted(township, before=TODAY.year + 1)[first.root.pk]["member_count"] == 9
    assert Filing.objects.count() == 2
    assert queries.read(township_id=township, on=TODAY)[0].name == "甲村党支部"


def test_a_village_added_later_has_no_part_in_the_snapshots(submitted, first):
    village(first.root.township, "丙村")
    assert len(list(township_annex1(submitted, FRAME, DEFAULT).read())) == 2
