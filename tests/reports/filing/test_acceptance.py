"""草稿（未接收）: on every annex that the office has not accepted with just these rows, and on no other."""

import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from grids import tree
from grids.models import Person
from liaison.choices import Level
from liaison.models import Contact
from reports.annexes import files
from reports.campaign import actions as campaigns
from reports.choices import FilingState
from reports.filing import actions
from reports.filing.acceptance import DRAFT
from reports.models import CheckNote, ExportRecord, Filing
from tests.factories import SINCE, PersonFactory, village
from township import history


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.EXPORT_DIR = tmp_path / "exports"


@pytest.fixture
def filing(made, clerk):
    """This year's filing, accepted with an explanation in 备注."""
    today = localdate()
    data = {"year": today.year, "title_name": "青河乡", "cut_off": today, "due_on": today}
    campaign = campaigns.create(
        township=made.root.township, data={**data, "notice_no": "", "notice_on": None}, by=clerk
    )
    filing = actions.begin(campaign=campaign, root=made.root, by=clerk)
    CheckNote.objects.create(
        filing=filing, rule="K11", subject=f"node:{made.members[0].pk}", text="居住分散", by=clerk
    )
    for code in ("review", "submit", "accept"):
        actions.take_step(filing=filing, code=code, by=clerk, today=today)
    return filing


def take(client, number, suffix="xlsx", **data):
    answer = client.post(reverse("reports:annex_download", args=[number, suffix]), data)
    return b"".join(answer.streaming_content)


def header(content):
    tab = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return tab.oddHeader.right.text or ""


def text(content):
    tab = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return "".join(str(cell.value) for row in tab.iter_rows() for cell in row)


def change(made, clerk):
    person = Person.objects.get(pk=made.people[0].pk)
    person.name = "改名后"
    history.save(person, by=clerk, reason="更正", fields=["name"])


def page(client, made, number=3):
    return client.get(reverse("reports:annex", args=[number]), {"root": made.root.pk}).content.decode()


def test_a_draft_until_accepted_on_workbook_and_paper(client, made, clerk, filing, monkeypatch):
    Filing.objects.update(state=FilingState.SUBMITTED)
    client.force_login(clerk)
    stamped, seen = files.stamped, []
    monkeypatch.setattr(
        files, "stamped", lambda path, text, foot: seen.append(text) or stamped(path, text, foot)
    )
    for number in (1, 4):
        assert header(take(client, number, root=made.root.pk)).find(DRAFT) >= 0
        take(client, number, "pdf", root=made.root.pk, paper="A4")
    assert [words.startswith(DRAFT) for words in seen] == [True, True]
    assert "这份上报没有接收，导出的表带“草稿（未接收）”字样" in page(client, made)
    assert set(ExportRecord.objects.values_list("acceptance", flat=True)) == {"draft"}


def test_accepted_with_the_same_rows_is_no_draft_by_either_choice(client, made, clerk, filing):
    client.force_login(clerk)
    assert "内容与上报时一致" in page(client, made)
    for number in (1, 2, 3, 4):
        live = take(client, number, root=made.root.pk, source="live")
        filed = take(client, number, root=made.root.pk)
        assert DRAFT not in header(live) + header(filed)
    assert "说明：居住分散" in text(filed)
    last = ExportRecord.objects.first()
    assert (last.acceptance, last.snapshot.filing) == ("accepted", filing)
    assert last.file_name.endswith("_第1次上报.xlsx")


def test_after_a_change_the_filed_table_stays_and_the_present_is_a_draft(client, made, clerk, filing):
    client.force_login(clerk)
    old = made.people[0].name
    change(made, clerk)
    assert "接收以后数据又有变化：“上报时的表”不带“草稿”字样" in page(client, made)
    filed = take(client, 3, root=made.root.pk, source="filed", purpose="报县")
    assert (DRAFT in header(filed), old in text(filed), "改名后" in text(filed)) == (False, True, False)
    live = take(client, 3, root=made.root.pk, source="live")
    assert (DRAFT in header(live), "改名后" in text(live)) == (True, True)
    with_more = take(client, 4, root=made.root.pk, household_phone="on")  # a column the filed table has not
    assert "户联系电话" in text(with_more)
    assert [row.purpose for row in ExportRecord.objects.all()][-1] == "报县"


def test_the_township_is_a_draft_while_a_village_is_missing_then_one_table_of_all(
    client, made, clerk, filing
):
    beside = village(made.root.township, "乙村", groups=1, hubs=1, members=1, households=1)
    client.force_login(clerk)
    assert DRAFT in header(take(client, 3))
    address = reverse("reports:annex", args=[3])
    assert "还有村的上报没有接收" in client.get(address).content.decode()
    second = actions.begin(campaign=filing.campaign, root=beside.root, by=clerk)
    for code in ("review", "submit", "accept"):
        actions.take_step(filing=second, code=code, by=clerk, today=localdate())
    for number in (1, 2, 3, 4):
        assert DRAFT not in header(take(client, number, source="live"))
    old = made.people[0].name
    change(made, clerk)
    content = take(client, 3)
    assert (DRAFT in header(content), old in text(content)) == (False, True)
    tab = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    numbers = [row[0] for row in tab.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert numbers == list(range(1, len(made.members) + len(beside.members) + 1))
    assert f"中共{made.root.township.name}委员会" in text(content)
    assert DRAFT in header(take(client, 3, source="live"))


def test_the_townships_accepted_annex_1_counts_a_leader_of_two_villages_once(client, made, clerk):
    beside = village(made.root.township, "乙村", groups=1, hubs=1, members=1, households=1)
    leader = PersonFactory(township=made.root.township)
    today = localdate()
    data = {"year": today.year, "title_name": "青河乡", "cut_off": today, "due_on": today}
    campaign = campaigns.create(
        township=made.root.township, data={**data, "notice_no": "", "notice_on": None}, by=clerk
    )
    for root in (made.root, beside.root):
        Contact.objects.create(
            township=root.township, level=Level.TOWN_LEADER, holder=leader, target=root, since=SINCE
        )
    for root in (made.root, beside.root):
        one = actions.begin(campaign=campaign, root=root, by=clerk)
        for code in ("review", "submit", "accept"):
            actions.take_step(filing=one, code=code, by=clerk, today=today)
    change(made, clerk)
    tree.close(node=made.households[0], on=today, reason="moved_away")
    client.force_login(clerk)
    content = take(client, 1)
    assert DRAFT not in header(content)
    tab = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(tab.iter_rows(values_only=True))
    total = next(row for row in rows if "合计" in row)
    assert "1/2" in total
    assert len(made.households) + len(beside.households) in total  # as they were accepted
    assert take(client, 1, "pdf", paper="A4")[:4] == b"%PDF"


def test_tables_nobody_files_and_years_without_a_campaign_bear_no_word(client, made, clerk):
    client.force_login(clerk)
    assert DRAFT not in header(take(client, 4, root=made.root.pk))
    today = localdate()
    data = {"year": today.year, "title_name": "青河乡", "cut_off": today, "due_on": today}
    campaigns.create(township=made.root.township, data={**data, "notice_no": "", "notice_on": None}, by=clerk)
    assert DRAFT in header(take(client, 4, root=made.root.pk))
    assert DRAFT not in header(take(client, 13, root=made.root.pk))
