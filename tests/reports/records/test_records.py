"""备案: put on record with a file, corrected, withdrawn, listed, exported, and counted towards R74."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from reports.campaign import actions as campaigns
from reports.campaign.queries import duty_lines
from reports.choices import RecordKind
from reports.filing.queries import filing_lines
from reports.models import RecordFiling
from reports.records.queries import roots_on_record
from tests.factories import TownshipFactory, UserFactory, secretary, village
from township.attachments.keeping import ATTACHMENTS
from township.choices import Deed
from township.models import AuditEvent

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
LIST, NEW = reverse("reports:records"), reverse("reports:record_new")


@pytest.fixture
def made(db, settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path
    return village(TownshipFactory(name="青河乡"), groups=1, hubs=1, members=1, households=1)


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


def data(made, **changed):
    return {
        "place": made.root.pk,
        "kind": RecordKind.DIVIDING,
        "number": "青河党备〔2026〕1号",
        "filed_on": "2026.9.20",
        "title": "甲村网格划分方案",
        "note": "",
        **changed,
    }


def text(response):
    return response.content.decode()


def record(made, kind, on=date(2026, 9, 1), **more):
    number = f"{RecordFiling.objects.count()}号"
    return RecordFiling.objects.create(
        township=made.root.township,
        root=made.root,
        kind=kind,
        number=number,
        filed_on=on,
        title="报告",
        **more,
    )


@pytest.mark.both_databases  # it writes through pages
def test_a_record_is_entered_with_its_file_corrected_and_withdrawn(made, clerk, client):
    client.force_login(clerk)
    assert "没有备案" in text(client.get(LIST))
    sent = SimpleUploadedFile("方案.pdf", b"<html>", content_type="application/pdf")
    page = text(client.post(NEW, {**data(made), "attachment": sent}))
    assert "扩展名是 .pdf，内容却是别的文件" in page
    sent = SimpleUploadedFile("../划分 方案.pdf", PDF)
    page = text(client.post(NEW, {**data(made), "attachment": sent}, follow=True))
    assert "已登记备案：青河党备〔2026〕1号" in page
    row = RecordFiling.objects.get()
    assert (row.root, row.filed_on, row.file_name) == (made.root, date(2026, 9, 20), "划分 方案.pdf")
    assert "这个备案号已经登记过" in text(client.post(NEW, data(made)))

    file = client.get(reverse("reports:record_file", args=[row.pk]))
    assert b"".join(file.streaming_content) == PDF
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert AuditEvent.objects.filter(deed=Deed.EXPORT, target="附件：划分 方案.pdf").count() == 1

    edit = reverse("reports:record_edit", args=[row.pk])
    assert "现有附件：划分 方案.pdf" in text(client.get(edit))
    client.post(edit, data(made, title="甲村网格划分办法"))
    kept = row.kept_name
    row.refresh_from_db()
    assert (row.title, row.kept_name) == ("甲村网格划分办法", kept)
    client.post(edit, {**data(made), "attachment": SimpleUploadedFile("新.pdf", PDF + b"%%EOF")})
    row.refresh_from_db()
    assert row.file_name == "新.pdf"
    assert ATTACHMENTS.path_of(kept)  # the history still names the earlier file

    withdraw = reverse("reports:record_withdraw", args=[row.pk])
    assert "这个字段是必填项" in text(client.post(withdraw, {"reason": ""}))
    client.post(withdraw, {"reason": "重新划分"})
    row.refresh_from_db()
    assert (row.withdrawn_on, row.withdrawn_why) == (localdate(), "重新划分")
    assert "没有备案" in text(client.get(LIST))
    assert "重新划分" in text(client.get(LIST, {"withdrawn": "on"}))
    assert "这条备案已经撤销" in text(client.post(withdraw, {"reason": "再撤"}))
    assert "已撤销，不能再改" in text(client.post(edit, data(made)))
    client.post(NEW, data(made))  # its number is free again
    assert RecordFiling.objects.count() == 2


def test_a_secretary_writes_for_the_own_village_and_sees_no_other(made, clerk, client):
    other = village(made.root.township, "乙村", groups=1, hubs=1, members=1, households=1)
    theirs = record(other, RecordKind.DIVIDING)
    whole = RecordFiling.objects.create(
        township=made.root.township,
        kind=RecordKind.RUNNING,
        number="乡1号",
        filed_on=date(2026, 9, 1),
        title="全乡运行情况",
    )
    client.force_login(secretary(made))
    page = text(client.get(LIST))
    assert other.root.name not in page
    assert whole.number not in page
    for row in (theirs, whole):
        assert client.get(reverse("reports:record_file", args=[row.pk])).status_code == 404
        assert client.post(reverse("reports:record_withdraw", args=[row.pk])).status_code == 404
    assert "请重新选择村" in text(client.post(NEW, data(made, place=other.root.pk)))
    assert "请重新选择村" in text(client.post(NEW, data(made, place="town")))
    client.post(NEW, data(made))
    assert RecordFiling.objects.filter(root=made.root).count() == 1

    client.force_login(clerk)
    client.post(NEW, data(made, place="town", number="乡2号"))
    assert RecordFiling.objects.get(number="乡2号").root is None


def test_the_list_is_filtered_and_taken_out_as_a_workbook(made, clerk, client):
    record(made, RecordKind.FOUNDING, date(2025, 9, 1))
    record(made, RecordKind.RUNNING, withdrawn_on=date(2026, 9, 2), withdrawn_why="重报")
    client.force_login(clerk)
    numbers = {"0号", "1号"}

    def shown(**query):
        page = text(client.get(LIST, query))
        return {number for number in numbers if f">{number}<" in page}

    assert shown() == {"0号"}
    assert shown(withdrawn="on") == numbers
    assert shown(withdrawn="on", year="2026") == {"1号"}
    assert shown(kind=RecordKind.RUNNING) == set()
    assert shown(village=made.root.pk, kind=RecordKind.FOUNDING, year="2025") == {"0号"}
    assert shown(year="²", kind="x", village="x") == {"0号"}
    answer = client.get(LIST, {"withdrawn": "on", "export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "2026-09-02撤销：重报" in {row[-1] for row in cells}
    assert AuditEvent.objects.get(deed=Deed.EXPORT).rows == 2


def test_the_deadline_of_r74_counts_villages_with_all_three_on_record(made, clerk):
    other = village(made.root.township, "乙村", groups=1, hubs=1, members=1, households=1)
    days = {"cut_off": date(2026, 9, 15), "due_on": date(2026, 9, 16), "notice_no": "", "notice_on": None}
    campaign = campaigns.create(
        township=made.root.township, data={"year": 2026, "title_name": "青河乡", **days}, by=clerk
    )
    pks = {made.root.pk, other.root.pk}

    def line():
        villages = filing_lines(clerk, campaign, on=date(2026, 9, 10))
        found = duty_lines(campaign, villages, on=date(2026, 9, 10))
        return next(one for one in found if one.deadline.code == "R74")

    record(made, RecordKind.DIVIDING, date(2025, 9, 1))
    record(made, RecordKind.FOUNDING, date(2025, 9, 1))
    record(made, RecordKind.RUNNING, date(2025, 9, 1))
    assert list(roots_on_record(pks, year=2025)) == [made.root]
    assert list(roots_on_record(pks, year=2026)) == []  # how it runs is put on record every year
    assert list(roots_on_record(pks, year=2024)) == []
    assert (line().done, line().total, line().state, line().page) == (0, 2, "soon", "reports:records")
    record(made, RecordKind.RUNNING)
    assert (line().done, line().state) == (1, "soon")
    for kind in (RecordKind.DIVIDING, RecordKind.FOUNDING, RecordKind.RUNNING):
        record(other, kind)
    assert (line().done, line().state) == (2, "done")
    RecordFiling.objects.filter(root=other.root, kind=RecordKind.FOUNDING).update(
        withdrawn_on=date(2026, 9, 5), withdrawn_why="重报"
    )
    assert line().done == 1
    campaigns.set_deadline(
        deadline=line().deadline, due_on=date(2026, 9, 30), done_on=date(2026, 9, 9), note="", by=clerk
    )
    assert (line().done, line().state) == (1, "done")  # the office may tick it off all the same
