"""Long PDFs: a job, a process of its own, progress, and a file for its owner alone."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.annexes import actions, files
from reports.models import ExportJob, ExportRecord
from tests.factories import TownshipFactory, UserFactory, village
from township import jobs
from township.choices import Deed, JobState, OfficeRole
from township.models import SILENCE, AuditEvent


def ask(client):
    return client.post(reverse("reports:annex_download", args=[4, "pdf"]), {"purpose": "存档"})


def test_long_pdf_is_printed_by_a_process_of_its_own(client, office):
    client.force_login(office)
    response = ask(client)
    job = ExportJob.objects.get()
    assert response.url == reverse("reports:job", args=[job.pk])
    assert jobs._children[-1].wait(timeout=90) == 0
    job.refresh_from_db()
    assert (job.state, job.rows, job.error) == (JobState.DONE, 6, "")
    assert (job.pages_done, job.pages_total) == (1, 1)
    assert files.kept_path(job.sha256).stat().st_size > 1000
    assert "下载 PDF" in client.get(response.url).content.decode()
    content = b"".join(client.post(reverse("reports:job_file", args=[job.pk])).streaming_content)
    assert content.startswith(b"%PDF")
    event = AuditEvent.objects.get(deed=Deed.EXPORT)
    assert (event.rows, event.note) == (6, f"编号 青河乡{timezone.localdate().year}-000001，用途：存档")
    assert ExportRecord.objects.get().event == event


@pytest.fixture
def job(db):
    """A job in the queue that nobody works on."""
    user = UserFactory(township=TownshipFactory(name="青河乡"))
    village(user.township, "甲村", groups=1, hubs=1, members=1, households=3)
    return ExportJob.objects.create(user=user, township=user.township, annex=4, year=2026, rows=3)


def test_page_shows_progress_and_reads_itself_again(client, job):
    job.state, job.pages_done, job.pages_total = JobState.RUNNING, 12, 40
    job.save()
    client.force_login(job.user)
    page = client.get(job.get_absolute_url()).content.decode()
    assert "第 12 页，共 40 页" in page
    assert 'hx-trigger="load delay:2s"' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page


def test_others_do_not_find_the_job_or_its_file(client, job):
    client.force_login(UserFactory(township=job.township))
    assert client.get(job.get_absolute_url()).status_code == 404
    assert client.post(reverse("reports:job_file", args=[job.pk])).status_code == 404
    assert client.post(reverse("reports:job_retry", args=[job.pk])).status_code == 404
    assert client.get(reverse("reports:jobs")).context["page_obj"].paginator.count == 0


def test_owner_who_lost_the_post_gets_no_file(client, job):
    actions.run_job(job.pk)
    job.user.office_role = OfficeRole.BY_POST
    job.user.save()
    client.force_login(job.user)
    assert client.post(reverse("reports:job_file", args=[job.pk])).status_code == 403


def test_job_of_a_user_without_the_right_ends_with_a_reason(job):
    job.user.office_role = OfficeRole.AUDITOR
    job.user.save()
    done = actions.run_job(job.pk)
    assert (done.state, done.error) == (JobState.FAILED, "您的岗位已变动，不能再导出这份表。")


def test_failure_is_told_in_chinese_and_can_be_tried_again(client, job, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(files, "write_pdf", broken)
    assert actions.run_job(job.pk).error == actions.FAILURE
    client.force_login(job.user)
    page = client.get(job.get_absolute_url()).content.decode()
    assert actions.FAILURE in page
    assert "disk full" not in page
    monkeypatch.setattr(actions, "start_process", lambda _: None)
    client.post(reverse("reports:job_retry", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.QUEUED, "")


def test_table_no_page_can_hold_says_so(client, job, monkeypatch):
    def refuse(*args, **kwargs):
        raise files.NotPrintable("表格无法分页。")

    monkeypatch.setattr(files, "write_pdf", refuse)
    assert actions.run_job(job.pk).error == "表格无法分页。"
    client.force_login(job.user)
    url = reverse("reports:annex_download", args=[4, "pdf"])
    assert "表格无法分页。" in client.post(url, follow=True).content.decode()


def test_nothing_half_written_is_left_behind(job, monkeypatch):
    def half(sheets, out, **kwargs):
        out.write(b"%PDF-half")
        raise OSError

    monkeypatch.setattr(files, "write_pdf", half)
    folder = files.kept_path("x").parent
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.iterdir())
    actions.run_job(job.pk)
    assert set(folder.iterdir()) == before


def test_silent_job_is_shown_as_interrupted(client, job):
    job.state, job.seen_at = JobState.RUNNING, timezone.now() - SILENCE - timedelta(seconds=1)
    job.save()
    client.force_login(job.user)
    assert "生成中断了" in client.get(job.get_absolute_url()).content.decode()


def test_a_job_is_taken_once(job):
    assert actions.run_job(job.pk).state == JobState.DONE
    assert actions.run_job(job.pk) is None


def test_queue_is_worked_off_oldest_first(job, monkeypatch):
    second = ExportJob.objects.create(user=job.user, township=job.township, annex=3, year=2026)
    seen = []
    monkeypatch.setattr(actions, "_print", lambda job: seen.append(job.annex) or ("x", 0))
    assert actions.run_queue() == 2
    assert seen == [job.annex, second.annex]


def test_enough_processes_start_no_more(job, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **_: started.append(args))
    monkeypatch.setattr(jobs, "_children", [])
    for _ in range(jobs.PROCESSES):
        ExportJob.objects.create(
            user=job.user, township=job.township, annex=1, year=2026, state=JobState.RUNNING
        )
    actions.start_process(job)
    assert started == []


def test_file_that_was_dropped_sends_back_to_the_table(client, job):
    done = actions.run_job(job.pk)
    files.kept_path(done.sha256).unlink()
    client.force_login(job.user)
    response = client.post(reverse("reports:job_file", args=[job.pk]))
    assert response.url == reverse("reports:annex", args=[4])


def test_kept_files_go_after_a_month(job):
    old = files.kept_path("0" * 64)
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_bytes(b"%PDF")
    stamp = timezone.now().timestamp() - files.KEPT_SECONDS - 60
    os.utime(old, (stamp, stamp))
    files.drop_old(old.parent)
    assert not Path(old).exists()
