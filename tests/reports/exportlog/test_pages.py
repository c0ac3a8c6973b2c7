"""导出记录: the number in the foot leads back to who took what, and who may look it up."""

import io
from datetime import timedelta

import openpyxl
import pikepdf
import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from reports.annexes import files
from reports.exportlog.actions import Leaving, issue
from reports.exportlog.rules import foot_of
from reports.models import ExportRecord
from tests.factories import TownshipFactory, UserFactory, secretary, village
from township.choices import Deed, OfficeRole
from township.models import AuditEvent

EXPORTS = reverse("reports:exports")


@pytest.fixture
def made(db):
    return village(TownshipFactory(name="青河乡"), "甲村", groups=1, hubs=1, members=2, households=3)


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


def leave(made, by, **more):
    given = {"name": "青河乡_附件4.xlsx", "table": "附件4", "format": "xlsx", "rows": 6, **more}
    return issue(Leaving(township=made.root.township, **given), str.encode, by=by).record


def test_the_number_of_a_workbook_and_of_a_pdf_lead_to_their_lines(client, made, clerk):
    client.force_login(clerk)
    url = reverse("reports:annex_download", args=[4, "xlsx"])
    answer = client.post(url, {"purpose": "报县"})
    content = b"".join(answer.streaming_content)
    record = ExportRecord.objects.get()
    foot = openpyxl.load_workbook(io.BytesIO(content))["附件4"].oddFooter
    assert foot.left.text == foot_of(record.serial)
    assert "&P" in foot.center.text
    found = client.get(EXPORTS, {"q": f"导出编号　{record.serial} "})
    assert found.url == record.get_absolute_url()
    page = client.get(found.url).content.decode()
    assert all(part in page for part in (record.sha256, "报县", str(clerk), "<dd>6</dd>"))


def test_every_page_of_a_pdf_bears_the_number(client, made, clerk, monkeypatch):
    seen = []
    draw = files._mark
    monkeypatch.setattr(files, "_mark", lambda *args: seen.append(args[2:]) or draw(*args))
    client.force_login(clerk)
    content = b"".join(client.post(reverse("reports:annex_download", args=[1, "pdf"])).streaming_content)
    assert seen == [("", foot_of(ExportRecord.objects.get().serial))]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert all("/TownshipMark" in page.Resources.XObject for page in pdf.pages)


def test_office_and_auditor_see_all_a_secretary_the_own_village_and_own_files(client, made, clerk):
    own = secretary(made)
    beside = village(made.root.township, "乙村")
    of_village = leave(made, clerk, organisation=made.root)
    of_beside = leave(made, clerk, organisation=beside.root)
    of_all = leave(made, clerk)
    by_own = leave(made, own)
    everything = {of_village, of_beside, of_all, by_own}
    auditor = UserFactory(township=made.root.township, office_role=OfficeRole.AUDITOR)
    stranger = UserFactory(township=TownshipFactory(name="白河乡"))
    for user, seen in (
        (clerk, everything),
        (auditor, everything),
        (own, {of_village, by_own}),
        (stranger, set()),
    ):
        client.force_login(user)
        assert set(client.get(EXPORTS).context["page_obj"]) == seen
        statuses = {client.get(row.get_absolute_url()).status_code for row in everything - seen}
        assert statuses <= {404}
    client.force_login(own)
    assert client.get(EXPORTS, {"q": of_beside.serial}).status_code == 200


def test_lines_are_found_by_person_table_format_and_day(client, made, clerk):
    other = UserFactory(township=made.root.township, full_name="乡党政办乙")
    first, second = leave(made, clerk, purpose="报县"), leave(made, other, table="补表1", format="pdf")
    client.force_login(clerk)
    today = localdate()

    def found(**asked):
        return list(client.get(EXPORTS, asked).context["page_obj"])

    assert found(who="办乙") == [second]
    assert found(table="附件") == [first]
    assert found(file_format="pdf") == [second]
    assert found(since=today, until=today) == [second, first]
    assert found(until=today - timedelta(days=1)) == []
    assert found(q="-000001") == [first]
    assert found(q=first.sha256) == [first]
    assert found(since=today, until=today - timedelta(days=1)) == []
    assert (
        "结束日期不能早于开始日期。"
        in client.get(EXPORTS, {"since": today, "until": today - timedelta(days=1)}).content.decode()
    )


def test_the_log_itself_is_taken_out_as_a_workbook_and_that_is_logged(client, made, clerk):
    leave(made, clerk, purpose="=报县")
    client.force_login(UserFactory(township=made.root.township, office_role=OfficeRole.AUDITOR))
    answer = client.get(reverse("reports:exports_file"), {"table": "附件4"})
    tab = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    cells = {cell.value: cell.data_type for row in tab.iter_rows() for cell in row if cell.value}
    assert cells["=报县"] == "s"
    assert cells[ExportRecord.objects.get().serial] == "s"
    assert AuditEvent.objects.filter(deed=Deed.EXPORT, target="导出记录", rows=1).count() == 1
