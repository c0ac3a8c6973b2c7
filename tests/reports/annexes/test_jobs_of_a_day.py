"""Long PDFs of a past day: printed outside the request, from the tables of then."""

from datetime import date, datetime, time
from urllib.parse import unquote

import pikepdf
import pytest
from django.urls import reverse
from django.utils.timezone import localdate, make_aware

from grids.actions import nodes as places
from grids.actions.undo import undo
from grids.choices import CloseReason, Kind
from grids.queries.as_of import standing
from grids.queries.footprints import tracked_models
from reports.annexes import actions, files
from reports.annexes.registry import ANNEXES, Order
from reports.models import ExportJob
from tests.factories import TownshipFactory, UserFactory, secretary, village
from township import jobs
from township.choices import JobState
from township.history import records_of
from township.models import Action

THEN = date(2026, 9, 10)


def set_back(day):
    """Let everything recorded so far have happened at noon of a day."""
    for model in tracked_models():
        records_of(model).objects.update(history_date=make_aware(datetime.combine(day, time(12))))


def ask(client, number=4, **more):
    data = {"on": f"{THEN}", **more}
    return client.post(reverse("reports:annex_download", args=[number, "pdf"]), data)


def shift(made, by):
    """A household moved and another closed today."""
    made.moved, made.closed = made.households[0], made.households[1]
    places.move_node(node=made.moved, to=made.members[-1], by=by, reason="就近")
    places.close_node(node=made.closed, on=localdate(), close_reason=CloseReason.MOVED_AWAY, by=by)


@pytest.fixture
def past(db, monkeypatch):
    """A village as built on 2026-09-02, then changed today; its jobs wait for nobody to start them."""
    monkeypatch.setattr(actions, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(actions, "start_process", lambda _: None)
    made = village(TownshipFactory(name="青河乡"), "甲村", groups=1, hubs=1, members=2, households=3)
    made.clerk, made.secretary = UserFactory(township=made.root.township), secretary(made)
    set_back(date(2026, 9, 2))
    shift(made, made.clerk)
    return made


@pytest.fixture
def printed(monkeypatch):
    """What is handed to the printer; what comes out is a blank page."""
    found = []

    def keep(sheets, out, **kwargs):
        found.append([list(sheet.read()) for sheet in sheets])
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.save(out)

    monkeypatch.setattr(files, "write_pdf", keep)
    return found


def names(rows):
    return {str(cell) for row in rows for cell in row}


def test_a_day_is_printed_by_a_process_of_its_own(client, office):
    made = village(office.township, "乙村", groups=1, hubs=1, members=2, households=3)
    set_back(date(2026, 9, 2))
    shift(made, office)
    client.force_login(office)
    response = ask(client)
    job = ExportJob.objects.get()
    assert (job.day, job.year, response.url) == (THEN, 2026, job.get_absolute_url())
    assert jobs._children[-1].wait(timeout=90) == 0
    job.refresh_from_db()
    assert (job.state, job.rows, job.error) == (JobState.DONE, 12, "")  # 11 are left
    file = client.post(reverse("reports:job_file", args=[job.pk]))
    assert "20260910" in file.headers["Content-Disposition"]
    assert b"".join(file.streaming_content).startswith(b"%PDF")


def test_the_job_reads_the_day_and_the_pages_say_which(client, past, printed):
    client.force_login(past.clerk)
    ask(client)
    job = ExportJob.objects.get()
    assert actions.run_job(job.pk).state == JobState.DONE
    [[rows]] = printed
    assert past.closed.name in names(rows)
    of_member = [row for row in rows if past.moved.name in map(str, row)]
    assert past.members[0].name in names(of_member)
    assert str(job) == "附件4 青河乡 2026-09-10"
    for url in (job.get_absolute_url(), reverse("reports:jobs"), reverse("reports:annexes")):
        assert "2026-09-10 的情况" in client.get(url).content.decode()


def test_a_live_job_of_the_same_table_reads_the_present(client, past, printed):
    client.force_login(past.clerk)
    ask(client, on="")
    job = ExportJob.objects.get()
    actions.run_job(job.pk)
    assert job.day is None
    assert past.closed.name not in names(printed[0][0])
    assert "的情况" not in client.get(reverse("reports:jobs")).content.decode()


def test_a_job_tried_again_keeps_its_day(client, past, printed):
    client.force_login(past.clerk)
    ask(client)
    job = ExportJob.objects.get()
    ExportJob.objects.update(state=JobState.FAILED)
    client.post(reverse("reports:job_retry", args=[job.pk]))
    assert (actions.run_job(job.pk).rows, len(printed)) == (6, 1)


@pytest.mark.parametrize("number", ANNEXES)
def test_no_kept_file_serves_another_day(db, number):
    """Not a row differs, and still the sheet of each day is printed for itself."""
    made = village(TownshipFactory(name="青河乡"), "甲村")
    set_back(date(2026, 9, 2))
    prints = set()
    for day in (THEN, date(2026, 9, 11)):
        with standing(day, township_id=made.root.township_id):
            order = Order(township=made.root.township, year=day.year, today=day, past=True)
            prints.add(files.fingerprint(ANNEXES[number].build(order).sheets, "plain"))
    live = Order(township=made.root.township, year=localdate().year, today=localdate())
    prints.add(files.fingerprint(ANNEXES[number].build(live).sheets, "plain"))
    assert len(prints) == 3


def test_an_organisation_renamed_and_closed_since_is_printed_as_it_was(client, past, printed):
    places.change_node(node=past.root, data={"name": "改名村党支部"}, by=past.clerk)
    places.close_node(
        node=past.root, on=localdate(), close_reason=CloseReason.DISSOLVED, by=past.clerk, below="close"
    )
    client.force_login(past.clerk)
    ask(client, root=past.root.pk)
    job = ExportJob.objects.get()
    assert actions.run_job(job.pk).error == ""
    assert past.closed.name in names(printed[0][0])
    file = client.post(reverse("reports:job_file", args=[job.pk]))
    assert unquote(file.headers["Content-Disposition"]).endswith(
        f"青河乡_{past.root.name}_附件4_20260910.pdf"
    )


def test_who_may_is_decided_by_todays_posts(client, past, printed):
    client.force_login(past.secretary)
    assert ask(client, root=past.root.pk).status_code == 302
    job = ExportJob.objects.get()
    assert job.organisation_id == past.root.pk
    for post in past.secretary.person.posts.all():
        post.until = localdate()
        post.save()
    assert actions.run_job(job.pk).error == "您的岗位已变动，不能再导出这份表。"
    assert printed == []


def test_an_organisation_undone_since_is_refused_in_words(client, past):
    clerk = past.clerk
    gone = places.create_node(
        kind=Kind.BRANCH, parent=None, data={"name": "丙村党支部"}, by=clerk, township=clerk.township
    )
    made = Action.objects.order_by("-pk").first()
    records_of(type(gone)).objects.filter(id=gone.pk).update(
        history_date=make_aware(datetime.combine(date(2026, 9, 3), time(12)))
    )
    undo(action=made, by=clerk)
    with standing(THEN, township_id=clerk.township_id):
        then = type(gone).objects.get(pk=gone.pk)
        order = Order(township=clerk.township, year=2026, today=THEN, organisation=then, past=True)
        with pytest.raises(files.NotPrintable, match="“丙村党支部”的登记后来撤销了"):
            actions.request_job(annex=ANNEXES[4], order=order, mode="plain", by=clerk, purpose="", rows=301)
    assert ExportJob.objects.count() == 0
