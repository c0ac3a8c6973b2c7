"""A clerk's and a secretary's September on the pages, from an empty campaign to the archived filing."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from grids import tree
from reports.campaign import actions as campaigns
from reports.choices import FilingState
from reports.filing import actions
from reports.models import Filing
from tests.factories import UserFactory
from tests.reports.filing.conftest import TODAY
from township import history
from township.choices import Deed, OfficeRole
from township.models import AuditEvent


@pytest.fixture
def round_of_today(made, clerk):
    """A campaign that is open today, whatever day the test runs."""
    today = localdate()
    data = campaigns.proposed(made.root.township, today.year, None)
    days = {"cut_off": today, "due_on": today, "notice_no": "", "notice_on": None}
    campaign = campaigns.create(township=made.root.township, data={**data, **days}, by=clerk)
    campaign.deadlines.update(due_on=today)  # nothing is past its day
    return campaign


def text(response):
    return response.content.decode()


def step(client, filing, code, note=""):
    url = reverse("reports:filing_step", args=[filing.pk])
    return text(client.post(url, {"step": code, "note": note}, follow=True))


@pytest.mark.both_databases  # it writes through pages
def test_september(made, clerk, village_secretary, round_of_today, client):
    client.force_login(village_secretary)
    page = text(client.get(reverse("reports:filings")))
    assert "未开始" in page
    client.post(reverse("reports:filing_begin", args=[made.root.pk]))
    filing = Filing.objects.get()
    draft = text(client.get(reverse("reports:filing_report", args=[filing.pk])))
    assert "农户24户" in draft
    assert "联系覆盖率100.0%" in draft
    report = reverse("reports:filing_report", args=[filing.pk])
    client.post(report, {"text": "本村推进情况\n（请写措施。）"})
    assert "还有 1 处“（请……）”没有换成正文" in text(client.get(filing.get_absolute_url()))
    client.post(report, {"text": "本村推进情况。"})
    assert "没有换成正文" not in text(client.get(filing.get_absolute_url()))
    assert "已书记审核" in step(client, filing, "review")
    page = step(client, filing, "submit")
    assert "已上报，等乡党政办接收" in page
    assert "没有列出的附件与上报时相同" in page

    client.force_login(clerk)
    page = text(client.get(reverse("reports:filings")))
    assert "审核" in page
    row = made.households[2]
    comment = {"annex": "4", "text": "第3行门牌不对", "row_key": str(row.pk), "column": "address"}
    assert "已写批注" in text(
        client.post(reverse("reports:filing_comment", args=[filing.pk]), comment, follow=True)
    )
    assert "请填写理由" in step(client, filing, "return")
    assert "已退回" in step(client, filing, "return", "请核对门牌")

    client.force_login(village_secretary)
    page = text(client.get(filing.get_absolute_url()))
    assert page.index("请核对门牌") < page.index("第3行门牌不对") < page.index("上报以前")  # opens on them
    assert f"附件4 · {row.name} · 村民小组/门牌" in page
    assert reverse("grids:node", args=[row.pk]) in page  # where it is mended
    assert "请核对门牌" in page
    client.post(reverse("reports:comment_settle", args=[filing.comments.get().pk]))
    tree.place(placements=[(made.households[0], made.members[3])], by=village_secretary)
    page = text(client.get(filing.get_absolute_url()))
    assert "已改好" in page
    assert f"{made.households[0].name}" in page  # what changed since it was sent
    step(client, filing, "review")
    step(client, filing, "submit")

    client.force_login(clerk)
    assert "已接收" in step(client, filing, "accept")
    page = text(client.get(reverse("reports:township_table", args=[round_of_today.pk])))
    assert "各村都已接收" in page
    assert "已归档" in step(client, filing, "archive")
    assert Filing.objects.get().state == FilingState.ARCHIVED
    second = filing.snapshots.get(number=2)
    page = text(client.get(reverse("reports:snapshot", args=[second.pk])))
    assert "附件4</strong>：" in page
    assert made.members[3].name in page


def test_a_snapshots_files_do_not_follow_the_rosters(made, clerk, filing, client):
    for code in ("review", "submit", "accept"):
        actions.take_step(filing=filing, code=code, by=clerk, today=filing.campaign.due_on)
    client.force_login(clerk)
    snapshot = filing.snapshots.get()
    url = reverse("reports:snapshot_file", args=[snapshot.pk, 4, "xlsx"])

    def cells():
        answer = client.post(url)
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]

    before = cells()
    tree.place(placements=[(h, made.members[3]) for h in made.households[:5]], by=clerk)
    assert cells() == before
    log = AuditEvent.objects.filter(deed=Deed.EXPORT)
    assert log.count() == 2
    assert log.first().rows == 24
    assert snapshot.sha256[:12] in log.first().note
    pdf = client.post(reverse("reports:snapshot_file", args=[snapshot.pk, 2, "pdf"]))
    assert b"".join(pdf.streaming_content)[:4] == b"%PDF"


def test_a_leader_reads_with_masked_phones(made, clerk, filing, client):
    actions.take_step(filing=filing, code="review", by=clerk, today=filing.campaign.due_on)
    actions.take_step(filing=filing, code="submit", by=clerk, today=filing.campaign.due_on)
    leader = UserFactory(township=made.root.township, office_role=OfficeRole.LEADER)
    client.force_login(leader)
    assert client.get(filing.get_absolute_url()).status_code == 200
    url = reverse("reports:snapshot_file", args=[filing.snapshots.get().pk, 3, "xlsx"])
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.post(url).streaming_content)))
    seen = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert made.people[0].phone not in seen
    assert f"{made.people[0].phone[:3]}****{made.people[0].phone[-4:]}" in seen
    assert (
        client.post(reverse("reports:filing_step", args=[filing.pk]), {"step": "accept"}).status_code == 403
    )


def test_an_extension_is_granted_on_its_page(filing, clerk, client):
    client.force_login(clerk)
    url = reverse("reports:filing_extend", args=[filing.pk])
    assert "延期要晚于上报截止日期" in text(client.post(url, {"until": "2026-09-10", "reason": "大雨"}))
    assert "已准予延期至 2026-09-20" in text(
        client.post(url, {"until": "2026-09-20", "reason": "大雨"}, follow=True)
    )


@pytest.mark.both_databases  # it writes through pages
def test_the_reviewer_sees_first_what_changed_and_pins_words_to_it(made, clerk, filing, client):
    for code in ("review", "submit", "return"):
        actions.take_step(filing=filing, code=code, by=clerk, today=TODAY, note="请核对")
    moved, person = made.households[0], made.people[0]
    tree.place(placements=[(moved, made.members[3])], by=clerk)
    person.phone = "13911112222"
    history.save(person, by=None)
    for code in ("review", "submit"):
        actions.take_step(filing=Filing.objects.get(), code=code, by=clerk, today=TODAY)
    client.force_login(clerk)
    page = text(client.get(filing.get_absolute_url()))
    assert page.index("这次上报改了什么") < page.index("上报后有何变化")
    assert "13911112222" not in page  # a change of a phone is shown masked, whoever looks
    assert "139****2222" in page
    pinned = f"?annex=4&amp;row_key={moved.pk}&amp;column=member"
    assert pinned in page
    form = text(
        client.get(reverse("reports:filing_comment", args=[filing.pk]) + pinned.replace("&amp;", "&"))
    )
    assert f"党员姓名：{made.members[3].name}" in form
    second = filing.snapshots.get(number=2)
    sheet = reverse("reports:snapshot_sheet", args=[second.pk, 4])
    changed = text(client.get(sheet))
    assert f"原来：{made.members[0].name}" in changed
    assert f'id="row-{moved.pk}"' in changed
    assert f'id="row-{made.households[20].pk}"' not in changed  # only what changed
    whole = text(client.get(sheet, {"all": 1}))
    assert whole.count('id="row-') == 24
    with CaptureQueriesContext(connection) as few:
        client.get(sheet, {"all": 1})
    assert len(few) <= 16


def test_a_comment_on_a_row_that_was_not_submitted_is_refused(made, clerk, filing, client):
    for code in ("review", "submit"):
        actions.take_step(filing=filing, code=code, by=clerk, today=TODAY)
    client.force_login(clerk)
    url = reverse("reports:filing_comment", args=[filing.pk])
    data = {"annex": "4", "row_key": "999999", "text": "门牌不对"}
    assert "上报的表里没有这一行" in text(client.post(url, data))
    assert "上报的表里没有这一行" in text(client.get(url, data))
    gone = {"annex": "4", "row_key": str(made.households[0].pk), "column": "nonsense", "text": "x"}
    assert "Select a valid choice" not in text(client.post(url, gone))
    assert not filing.comments.exists()
