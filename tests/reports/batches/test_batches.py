"""打包导出: every table of every place in one zip, made outside the request, stopped and gone on with."""

import hashlib
import io
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from reports.batches import actions
from reports.batches.rules import REPORT
from reports.campaign import actions as campaigns
from reports.exportlog.rules import foot_of
from reports.filing import actions as filings
from reports.models import ExportBatch, ExportRecord
from reports.written.actions import write_report
from tests.factories import TownshipFactory, UserFactory, secretary, village
from township import jobs
from township.choices import Deed, JobState, OfficeRole
from township.models import SILENCE, AuditEvent

NEW = reverse("reports:batch_new")
UTF8_NAMES = 0x800


@pytest.fixture
def made(db, settings, tmp_path):
    settings.EXPORT_DIR = tmp_path / "exports"
    return village(TownshipFactory(name="青河乡"), "甲村", groups=1, hubs=1, members=2, households=3)


@pytest.fixture
def beside(made):
    return village(made.root.township, "乙村", groups=1, hubs=1, members=1, households=1)


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


@pytest.fixture
def queue(monkeypatch):
    """Nobody works on the queue but the test."""
    started = []
    monkeypatch.setattr(actions, "start_process", lambda batch: started.append(batch.pk))
    return SimpleNamespace(started=started)


def order(client, **more):
    given = {"tables": [3, 4], "formats": ["xlsx"], "whose": "all", "township_table": "on", **more}
    return client.post(NEW, given)


def opened(client, batch):
    answer = client.post(reverse("reports:batch_file", args=[batch.pk]))
    return answer, zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_all_villages_and_the_townships_own_table_in_folders_with_a_list(
    client, made, beside, clerk, queue, django_capture_on_commit_callbacks
):
    client.force_login(clerk)
    with django_capture_on_commit_callbacks(execute=True):
        answer = order(client, tables=[4, 10], formats=["xlsx", "pdf"], purpose="报县")
    batch = ExportBatch.objects.get()
    assert (answer.url, batch.total, queue.started) == (batch.get_absolute_url(), 12, [batch.pk])
    assert actions.run_queue() == 1
    answer, archive = opened(client, batch)
    day = f"{timezone.localdate():%Y%m%d}"
    names = [f"甲村党支部/青河乡_甲村党支部_附件4_{day}", f"乙村党支部/青河乡_乙村党支部_附件4_{day}"]
    names = [
        f"{name}.{suffix}" for name in (f"全乡/青河乡_附件4_{day}", *names) for suffix in ("xlsx", "pdf")
    ]
    assert sorted(archive.namelist()) == sorted(["清单.xlsx", *names])
    assert all(info.flag_bits & UTF8_NAMES for info in archive.infolist())  # else Windows shows signs
    assert archive.testzip() is None
    assert not any(set('\\:*?"<>|') & set(name) for name in archive.namelist())
    records = {record.file_name: record for record in batch.records.exclude(format="zip")}
    for name in names:
        record, content = records[name.split("/")[1]], archive.read(name)
        assert record.sha256 == hashlib.sha256(content).hexdigest()
        assert record.purpose == "报县"
        if name.endswith("xlsx"):
            tab = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
            assert tab.oddFooter.left.text == foot_of(record.serial)
    tab = openpyxl.load_workbook(io.BytesIO(archive.read("清单.xlsx"))).worksheets[0]
    listed = list(tab.iter_rows(values_only=True))
    whole = batch.records.get(format="zip")
    assert {(row[5], row[4], row[7]) for row in listed if row[2] and str(row[2]).startswith("青河乡_")} == {
        (record.serial, record.rows, record.sha256) for record in records.values()
    }
    assert [(row[1], row[2], row[3]) for row in listed if row[2] == "没有内容，未生成"] == [
        ("全乡", "没有内容，未生成", "补表1"),
        ("甲村党支部", "没有内容，未生成", "补表1"),
        ("乙村党支部", "没有内容，未生成", "补表1"),
    ]
    assert tab.oddFooter.left.text == foot_of(whole.serial)
    assert (whole.rows, whole.file_name) == (batch.rows or whole.rows, f"青河乡_打包_{day}.zip")
    taken = AuditEvent.objects.filter(deed=Deed.EXPORT, note=f"下载压缩包，编号 {whole.serial}")
    assert [event.rows for event in taken] == [whole.rows]
    beside_each_other = client.get(records[names[0].split("/")[1]].get_absolute_url()).content.decode()
    assert "同一压缩包里的其他文件" in beside_each_other


@pytest.mark.both_databases  # it writes through pages
def test_written_reports_go_along_as_word_where_they_are_written(client, made, beside, clerk, queue):
    today = timezone.localdate()
    days = {"year": today.year, "title_name": "青河乡", "cut_off": today, "due_on": today}
    campaign = campaigns.create(
        township=made.root.township, data={**days, "notice_no": "", "notice_on": None}, by=clerk
    )
    filing = filings.begin(campaign=campaign, root=made.root, by=clerk)
    write_report(filing=filing, text="推进情况\n农户{农户数}户。", on=today, by=clerk)
    client.force_login(clerk)
    order(client, tables=[REPORT])
    assert actions.run_queue() == 1
    _, archive = opened(client, ExportBatch.objects.get())
    (name,) = [name for name in archive.namelist() if name.endswith(".docx")]
    assert name.startswith("甲村党支部/青河乡_甲村党支部_书面材料_")
    document = docx.Document(io.BytesIO(archive.read(name)))
    assert "农户6户。" in [line.text for line in document.paragraphs]
    record = ExportRecord.objects.get(table="书面材料")
    assert document.sections[0].footer.paragraphs[-1].text == foot_of(record.serial)


def test_stopped_it_goes_on_without_making_again_what_is_made(
    client, made, beside, clerk, queue, monkeypatch
):
    client.force_login(clerk)
    order(client)
    batch = ExportBatch.objects.get()
    make, asked = actions.make, []

    def stopping(piece, *args):
        asked.append(piece.title)
        if len(asked) == 2:
            client.post(reverse("reports:batch_cancel", args=[batch.pk]))
        return make(piece, *args)

    monkeypatch.setattr(actions, "make", stopping)
    actions.run_queue()
    batch.refresh_from_db()
    assert (batch.state, batch.records.count()) == (JobState.CANCELLED, 2)
    assert "已停止，已生成的文件保留。" in client.get(batch.get_absolute_url()).content.decode()
    client.post(reverse("reports:batch_retry", args=[batch.pk]))
    actions.run_queue()
    batch.refresh_from_db()
    assert (batch.state, batch.done, len(asked)) == (JobState.DONE, 6, 6)
    assert len(set(asked)) == 6
    assert len(opened(client, batch)[1].namelist()) == 7
    assert not actions.folder_of(batch).exists()


def test_a_fault_is_told_in_chinese_and_a_dead_process_too(client, made, clerk, queue, monkeypatch):
    client.force_login(clerk)
    order(client)
    batch = ExportBatch.objects.get()
    monkeypatch.setattr(actions, "make", lambda *_: 1 // 0)
    assert actions.run_job(batch.pk).error == actions.FAILURE
    assert actions.run_job(batch.pk) is None
    page = client.get(batch.get_absolute_url()).content.decode()
    assert (actions.FAILURE in page, "division" in page) == (True, False)
    ExportBatch.objects.update(
        state=JobState.RUNNING, seen_at=timezone.now() - SILENCE - timedelta(seconds=1)
    )
    assert "打包中断了" in client.get(batch.get_absolute_url()).content.decode()


def test_a_secretary_packs_the_own_village_only(client, made, beside, clerk, queue):
    own = secretary(made)
    client.force_login(own)
    page = client.get(NEW).content.decode()
    assert ("加全乡总表" in page, beside.root.name in page) == (False, False)
    order(client, places=[beside.root.pk], whose="some")
    batch = ExportBatch.objects.get()
    assert batch.places == [made.root.pk]
    actions.run_queue()
    assert all(name.startswith(("甲村党支部/", "清单")) for name in opened(client, batch)[1].namelist())
    assert batch.records.get(format="zip").organisation == made.root
    with pytest.raises(actions.PermissionDenied):
        actions.request_batch(
            tables=[4], formats=["xlsx"], places=[beside.root], township_table=False, by=own
        )


def test_who_lost_the_post_meanwhile_gets_nothing(client, made, clerk, queue):
    client.force_login(clerk)
    order(client)
    batch = ExportBatch.objects.get()
    clerk.office_role = OfficeRole.AUDITOR
    clerk.save()
    assert actions.run_job(batch.pk).error == "您的岗位已变动，不能再导出其中的表。"
    assert ExportRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tables": []}, "请至少选一张表。"),
        ({"formats": []}, "请至少选一种格式。"),
        ({"whose": "some", "township_table": ""}, "请至少勾选一个村，或加全乡总表。"),
        ({"purpose": "报" * 61}, "60"),
    ],
)
def test_an_incomplete_order_says_what_is_missing(client, made, clerk, queue, given, words):
    client.force_login(clerk)
    answer = order(client, **given)
    assert words in answer.content.decode()
    assert ExportBatch.objects.count() == 0


def test_one_zip_at_a_time_and_others_do_not_find_it(client, made, clerk, queue):
    client.force_login(clerk)
    order(client)
    assert actions.BUSY in order(client).content.decode()
    batch = ExportBatch.objects.get()
    assert str(batch) in client.get(reverse("reports:jobs")).content.decode()
    client.post(reverse("reports:batch_cancel", args=[batch.pk]))
    assert order(client).status_code == 302
    client.force_login(UserFactory(township=clerk.township))
    for name in ("batch", "batch_file", "batch_retry", "batch_cancel"):
        url = reverse(f"reports:{name}", args=[batch.pk])
        assert (client.get(url) if name == "batch" else client.post(url)).status_code == 404


def test_a_zip_that_has_gone_sends_back_to_the_order(client, made, clerk, queue):
    client.force_login(clerk)
    order(client)
    batch = ExportBatch.objects.get()
    actions.run_queue()
    actions.zip_of(batch).unlink()
    assert client.post(reverse("reports:batch_file", args=[batch.pk])).url == NEW


def test_a_process_of_its_own_makes_it(client, database_of_processes, settings, tmp_path, monkeypatch):
    settings.EXPORT_DIR = tmp_path / "exports"
    monkeypatch.setenv("TOWNSHIP_DATA_DIR", str(tmp_path))
    made = village(TownshipFactory(name="青河乡"), "甲村", groups=1, hubs=1, members=1, households=1)
    client.force_login(UserFactory(township=made.root.township))
    order(client, tables=[1])
    assert jobs._children[-1].wait(timeout=120) == 0
    batch = ExportBatch.objects.get()
    assert (batch.state, batch.error, batch.done) == (JobState.DONE, "", 2)
    assert len(opened(client, batch)[1].namelist()) == 3
