"""Pages and files of the annexes: who gets which rows, what stays text, and that every export is logged."""

import io
from urllib.parse import quote

import openpyxl
import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reports.annexes import actions
from reports.annexes.registry import PRINTABLE
from reports.choices import annex_label
from reports.models import ExportJob
from tests.factories import UserFactory, group_leader, secretary, village
from township.choices import Deed, OfficeRole
from township.models import AuditEvent


@pytest.fixture
def clerk(town):
    return UserFactory(township=town.township, full_name="演示乡党政办")


@pytest.fixture
def other(town):
    """A village beside those of the town, with its own secretary."""
    return village(town.township, "乙村")


def post(client, number, suffix, **data):
    return client.post(reverse("reports:annex_download", args=[number, suffix]), data)


def workbook(response):
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def column(tab, title):
    rows = list(tab.iter_rows(values_only=True))
    head = next(i for i, row in enumerate(rows) if title in row)
    return [row[rows[head].index(title)] for row in rows[head + 1 : -1]]


@pytest.mark.parametrize("number", PRINTABLE)
def test_clerk_sees_each_annex_with_phones_masked(client, town, clerk, number):
    client.force_login(clerk)
    page = client.get(reverse("reports:annex", args=[number])).content.decode()
    assert f"<h1>{annex_label(number)}</h1>" in page
    assert "13800000001" not in page
    assert ("138****0001" in page) == (number > 1)


def test_household_phone_is_shown_only_when_asked_and_masked(client, town, clerk):
    client.force_login(clerk)
    url = reverse("reports:annex", args=[4])
    assert "户联系电话</th>" not in client.get(url).content.decode()
    page = client.get(url, {"household_phone": "on"}).content.decode()
    assert "139****0009" in page
    assert "13900000009" not in page


def test_long_table_comes_in_pages(client, town, clerk):
    made = village(town.township, "丁村", groups=1, hubs=1, members=3, households=70)
    client.force_login(clerk)
    url = reverse("reports:annex", args=[4])
    first = client.get(url, {"root": made.root.pk})
    assert first.context["page_obj"].paginator.count == 210
    last = client.get(url, {"root": made.root.pk, "page": 2}).content.decode()
    assert made.households[-1].name in last
    assert made.households[0].name not in last


def test_secretary_gets_only_the_own_branch(client, town, other):
    client.force_login(secretary(other))
    page = client.get(reverse("reports:annex", args=[4])).content.decode()
    assert other.households[0].name in page
    assert "赵一" not in page
    response = post(client, 4, "xlsx")
    name = f"青河乡_{other.root.name}_附件4_{timezone.localdate():%Y%m%d}.xlsx"
    assert response.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    names = column(workbook(response)["附件4"], "联系群众户主姓名")
    assert sorted(names) == sorted(node.name for node in other.households)


def test_other_branch_is_not_found(client, town, other):
    client.force_login(secretary(other))
    east = town.nodes["东坡村党支部"]
    assert client.get(reverse("reports:annex", args=[4]), {"root": east.pk}).status_code == 404
    assert post(client, 4, "xlsx", root=east.pk).status_code == 404
    assert post(client, 4, "pdf", root=east.pk).status_code == 404


def test_unknown_annex_format_and_root_are_not_found(client, town, clerk):
    client.force_login(clerk)
    assert client.get(reverse("reports:annex", args=[9])).status_code == 404
    assert post(client, 4, "docx").status_code == 404
    assert client.get(reverse("reports:annex", args=[4]), {"root": "甲"}).status_code == 404


def test_group_leader_reads_the_own_group_and_exports_nothing(client, town, other):
    client.force_login(group_leader(other))
    page = client.get(reverse("reports:annex", args=[3])).content.decode()
    assert other.members[0].name in page
    assert other.members[-1].name not in page
    assert post(client, 3, "xlsx").status_code == 403
    assert post(client, 3, "pdf").status_code == 403
    assert AuditEvent.objects.filter(deed=Deed.EXPORT).count() == 0


@pytest.mark.parametrize("role", [OfficeRole.SYSTEM_ADMIN, OfficeRole.AUDITOR, OfficeRole.BY_POST])
def test_others_see_no_roster(client, town, role):
    client.force_login(UserFactory(township=town.township, office_role=role))
    status = client.get(reverse("reports:annex", args=[4])).status_code
    assert status == 403
    assert client.get(reverse("reports:annexes")).status_code == 403


def test_workbook_has_full_phones_text_and_watermark_and_is_logged(client, town, clerk):
    client.force_login(clerk)
    response = post(client, 4, "xlsx", household_phone="on", purpose="9月上报")
    tab = workbook(response)["附件4"]
    assert column(tab, "户联系电话")[16] == "13900000009"
    assert column(tab, "联系群众户主姓名")[16] == "=CMD()"
    cells = [cell for row in tab.iter_rows() for cell in row if cell.value in ("=CMD()", "=SUM(A1)")]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "演示乡党政办" in tab.oddHeader.right.text
    event = AuditEvent.objects.get(deed=Deed.EXPORT)
    assert (event.target, event.rows, event.note) == (
        f"青河乡_附件4_{timezone.localdate():%Y%m%d}.xlsx",
        22,
        f"编号 青河乡{timezone.localdate().year}-000001，用途：9月上报",
    )


def test_leader_exports_masked_phones(client, town):
    client.force_login(UserFactory(township=town.township, office_role=OfficeRole.LEADER))
    tab = workbook(post(client, 3, "xlsx"))["附件3"]
    assert column(tab, "党员电话")[0] == "138****0001"


def test_short_pdf_comes_at_once_and_the_kept_one_serves_again(client, town, clerk, monkeypatch):
    client.force_login(clerk)
    first = b"".join(post(client, 4, "pdf").streaming_content)
    with pikepdf.open(io.BytesIO(first)) as pdf:
        assert all("/XObject" in page.Resources for page in pdf.pages)
    monkeypatch.setattr("reports.annexes.files.write_pdf", lambda *_, **__: pytest.fail("printed anew"))
    again = post(client, 4, "pdf")
    assert b"".join(again.streaming_content).startswith(b"%PDF")
    assert AuditEvent.objects.filter(deed=Deed.EXPORT, rows=22).count() == 2
    assert ExportJob.objects.count() == 0


def test_statistics_pdf_on_three_sheets(client, town, clerk):
    client.force_login(clerk)
    content = b"".join(post(client, 1, "pdf", paper="A4", mode="official").streaming_content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 3


def test_supplement_is_printed_in_both_modes_with_its_holders_merged(client, town, clerk):
    client.force_login(clerk)
    for mode in ("plain", "official"):
        response = post(client, 13, "pdf", mode=mode)
        assert quote("青河乡_补表3_") in response.headers["Content-Disposition"]
        with pikepdf.open(io.BytesIO(b"".join(response.streaming_content))) as pdf:
            assert [[round(float(side)) for side in page.mediabox[2:]] for page in pdf.pages] == [[842, 595]]
    tab = workbook(post(client, 13, "xlsx"))["补表3"]
    assert column(tab, "党小组长")[:4] == ["白子龙", None, "阿依古丽·买买提", None]
    assert AuditEvent.objects.filter(deed=Deed.EXPORT, target__contains="补表3").count() == 3


def test_a_supplement_can_become_a_job(client, town, clerk, monkeypatch):
    monkeypatch.setattr(actions, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(actions, "start_process", lambda _: None)
    client.force_login(clerk)
    response = post(client, 10, "pdf")
    job = ExportJob.objects.get()
    assert (response.url, job.label, str(job)) == (
        job.get_absolute_url(),
        "补表1",
        f"补表1 青河乡 {timezone.localdate().year}",
    )
    actions.run_job(job.pk)
    page = client.get(reverse("reports:jobs")).content.decode()
    assert "补表1（" in page
    assert "已完成" in page
    assert client.get(job.get_absolute_url()).status_code == 200


def test_too_long_a_purpose_exports_nothing(client, town, clerk):
    client.force_login(clerk)
    assert post(client, 4, "xlsx", purpose="报" * 61).status_code == 302
    assert AuditEvent.objects.filter(deed=Deed.EXPORT).count() == 0


def test_queries_of_the_page_do_not_grow_with_rows(client, town, clerk):
    client.force_login(clerk)
    client.get(reverse("reports:annex", args=[4]))  # the first page of a session also writes the session
    costs = []
    for name, households in (("丁村", 5), ("戊村", 60)):
        village(town.township, name, groups=1, hubs=1, members=1, households=households)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("reports:annex", args=[4]))
        costs.append((page.context["page_obj"].paginator.count, len(queries)))
    assert [rows for rows, _ in costs] == [27, 87]
    assert costs[0][1] == costs[1][1]


def test_list_names_all_and_hides_buttons_from_readers(client, town, clerk, other):
    client.force_login(clerk)
    page = client.get(reverse("reports:annexes")).content.decode()
    assert page.count("下载 Excel") == 7
    assert page.index("补充花名册") > page.index("附件4")
    assert page.index("补表1") > page.index("补充花名册")
    client.force_login(group_leader(other))
    assert "下载 Excel" not in client.get(reverse("reports:annexes")).content.decode()


def test_person_who_may_not_export_can_not_order_a_job(town, other):
    user = group_leader(other)
    order = actions.Order(township=town.township, year=2026, today=timezone.localdate())
    with pytest.raises(actions.PermissionDenied):
        actions.request_job(
            annex=actions.PRINTABLE[4], order=order, mode="plain", by=user, purpose="", rows=1
        )


def test_the_list_hands_the_chosen_organisation_to_every_annex(client, town, other, clerk):
    client.force_login(clerk)
    page = client.get(reverse("reports:annexes"), {"root": other.root.pk})
    assert [card["form"]["root"].value() for card in page.context["cards"]] == [other.root.pk] * 4
    assert f"{reverse('reports:annex', args=[4])}?root={other.root.pk}" in page.content.decode()


def test_an_annex_is_opened_by_the_organisations_name(client, town, other, clerk):
    client.force_login(clerk)
    address = reverse("reports:annex", args=[4])
    assert client.get(address, {"name": other.root.name}).context["organisation"] == other.root
    assert client.get(address, {"name": "没有这个村"}).context["organisation"] is None
    client.force_login(secretary(village(town.township, "丙村")))
    assert client.get(address, {"name": other.root.name}).context["organisation"].name == "丙村党支部"
