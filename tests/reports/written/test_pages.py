"""Writing a report on its page: words, numbers that change, freezing, templates, the township's own."""

import io

import docx
import pytest
from django.urls import reverse

from grids import tree
from reports.choices import LeadingDuty
from reports.filing import actions as filings
from reports.models import LeadingMember, ReportTemplate, TownReport
from reports.written.queries import Change, village_draft
from tests.factories import UserFactory, village
from tests.reports.filing.conftest import TODAY
from township.choices import Deed, OfficeRole
from township.models import AuditEvent


def text(response):
    return response.content.decode()


def page(filing, name="filing_report", *args):
    return reverse(f"reports:{name}", args=[filing.pk, *args])


def lines(response):
    """The paragraphs of a Word file that was sent."""
    return [one.text for one in docx.Document(response).paragraphs]


@pytest.fixture
def word(client):
    def send(url):
        answer = client.post(url)
        with open_stream(answer) as content:
            return lines(content)

    return send


def open_stream(answer):
    return io.BytesIO(b"".join(answer.streaming_content))


def take(filing, by, *codes):
    for code in codes:
        filings.take_step(filing=filing, code=code, by=by, today=TODAY, note="请核对")
    filing.refresh_from_db()


@pytest.mark.both_databases  # it writes through pages
def test_what_is_typed_stays_while_its_numbers_are_told_refreshed_and_frozen(
    made, filing, village_secretary, clerk, client, word
):
    client.force_login(village_secretary)
    first = text(client.get(page(filing)))
    assert "农户24户" in first
    assert "{党员总数}" in first  # in the list of words
    assert "还有 3 处提示没有换成正文" in first
    refused = text(client.post(page(filing), {"text": "现有{党员总}名。"}))
    assert "不认识{党员总}，是不是{党员总数}。" in refused
    assert "身份证号" in text(client.post(page(filing), {"text": "李平 62042119800101123X"}))
    client.post(page(filing), {"text": "标题\n现有农户｛农户数｝户，比上年多2户，网格{网格数}个。"})
    filing.refresh_from_db()
    assert filing.report_text == "标题\n现有农户{农户数}户，比上年多2户，网格{网格数}个。"
    assert filing.report_numbers == {"农户数": "24", "网格数": "2"}

    tree.close(node=made.households[0], on=TODAY, reason="搬迁", by=village_secretary)
    assert village_draft(filing, on=TODAY).changes == [Change("农户数", "24", "23")]
    told = text(client.get(page(filing)))
    assert "正文里的数与现在的名册不同：农户数 24→23。" in told
    assert "现有农户24户" in told
    assert "现有农户24户，比上年多2户，网格2个。" in word(page(filing, "filing_report_file", "docx"))
    client.post(page(filing, "filing_report_refresh"))
    told = text(client.get(page(filing)))
    assert "正文里的数与现在的名册不同" not in told
    assert "现有农户23户，比上年多2户" in told

    tree.close(node=made.households[1], on=TODAY, reason="搬迁", by=village_secretary)
    take(filing, village_secretary, "review", "submit")
    snapshot = filing.snapshots.get()
    assert snapshot.report_text == "标题\n现有农户22户，比上年多2户，网格2个。"  # as annex 1 of that moment
    tree.close(node=made.households[2], on=TODAY, reason="搬迁", by=village_secretary)
    shown = text(client.get(page(filing)))
    assert "上报时定格的内容" in shown
    assert "现有农户22户" in shown
    assert 'name="text"' not in shown
    sent = client.post(page(filing, "filing_report_file", "docx"))
    assert "%E8%8D%89%E7%A8%BF" in sent.headers["Content-Disposition"]  # 草稿, until it is accepted
    b"".join(sent.streaming_content)
    refused = client.post(page(filing), {"text": "改了"})
    assert "不能再改书面材料" in text(refused)

    take(filing, clerk, "accept")
    sent = client.post(page(filing, "filing_report_file", "docx"))
    assert "%E8%8D%89%E7%A8%BF" not in sent.headers["Content-Disposition"]
    assert "现有农户22户，比上年多2户，网格2个。" in lines(open_stream(sent))
    again = word(reverse("reports:snapshot_report", args=[snapshot.pk, "docx"]))
    assert "现有农户22户，比上年多2户，网格2个。" in again
    assert client.post(page(filing, "filing_report_file", "exe")).status_code == 404
    log = AuditEvent.objects.filter(deed=Deed.EXPORT)
    assert log.count() == 4
    assert log.filter(note__endswith=f"上报快照 {snapshot.sha256[:12]}").count() == 1


def test_a_leader_reads_the_draft_and_writes_nothing(made, filing, client):
    client.force_login(UserFactory(township=made.root.township, office_role=OfficeRole.LEADER))
    shown = text(client.get(page(filing)))
    assert "农户24户" in shown
    assert "保存" not in shown.split("印出来的样子")[0].split("</h1>")[1]
    assert client.post(page(filing), {"text": "x"}).status_code == 403
    assert client.post(page(filing, "filing_report_refresh")).status_code == 403


def test_a_township_writes_its_own_templates_for_a_year(made, campaign, filing, clerk, client):
    client.force_login(clerk)
    url = reverse("reports:report_template", args=[campaign.pk, "village"])
    assert "{党员总数}" in text(client.get(url))
    assert "不认识{党员数量}" in text(client.post(url, {"text": "{党员数量}"}))
    client.post(url, {"text": "{填报单位}材料\n党员{党员总数}名"})
    own = ReportTemplate.objects.get()
    assert (own.year, own.level) == (2026, "village")
    shown = text(client.get(page(filing)))
    assert f"{made.root.name}材料" in shown
    assert "党员8名" in shown
    client.post(url, {"text": "{年度}年材料"})
    assert ReportTemplate.objects.get().text == "{年度}年材料"
    assert "全村有村民小组" in text(client.get(url, {"from": "document"}))
    listed = text(client.get(reverse("reports:report_templates", args=[campaign.pk])))
    assert "本年度自己的" in listed
    assert "系统自带的" in listed
    ReportTemplate.objects.update(year=2025)
    assert "沿用 2025 年的" in text(client.get(reverse("reports:report_templates", args=[campaign.pk])))
    assert "2026年材料" in text(client.get(page(filing)))
    assert client.get(reverse("reports:report_template", args=[campaign.pk, "x"])).status_code == 404


def test_the_townships_report_takes_its_numbers_from_accepted_filings(
    made, campaign, filing, clerk, client, word
):
    other = village(made.root.township, "乙村", groups=1, hubs=1, members=1, households=4)
    client.force_login(clerk)
    url = page(campaign, "town_report")
    shown = text(client.get(url))
    assert f"数字只含已接收的 0 个村，还缺 2 个村：{made.root.name}、{other.root.name}" in shown
    assert "农户—户" in shown
    take(filing, clerk, "review", "submit", "accept")
    client.post(url, {"text": "乡报告\n全乡农户{农户数}户，覆盖率{联系覆盖率}。", "with_group": "on"})
    LeadingMember.objects.create(
        township=made.root.township, year=2026, duty=LeadingDuty.HEAD, name="李平", unit_post="乡党委书记"
    )
    file = page(campaign, "town_report_file", "docx")
    assert "全乡农户24户，覆盖率100.0%。" in word(file)
    document = docx.Document(open_stream(client.post(file)))
    assert "草稿（还缺1个村）" in document.sections[0].header.paragraphs[0].text
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["1", "组长", "李平", "乡党委书记"]

    second = filings.begin(campaign=campaign, root=other.root, by=clerk)
    take(second, clerk, "review", "submit", "accept")
    assert "正文里的数与现在的上报不同：农户数 24→28" in text(client.get(url))
    client.post(page(campaign, "town_report_refresh"))
    report = TownReport.objects.get()
    assert report.numbers == {"农户数": "28", "联系覆盖率": "100.0%"}
    assert report.text == "乡报告\n全乡农户{农户数}户，覆盖率{联系覆盖率}。"
    document = docx.Document(open_stream(client.post(file)))
    assert document.sections[0].header.paragraphs[0].text == ""
