"""The six meetings of a year: what a pack holds, what moved since the last, what a meeting proves."""

import io
import subprocess
from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, make_aware
from openpyxl import load_workbook

from grids import tree
from grids.choices import CloseReason
from grids.queries.footprints import tracked_models
from reports.campaign.queries import duty_lines
from reports.filing.queries import filing_lines
from reports.models import DutyItem, DutyReview, ReviewFinding, ReviewMeeting
from reports.supervision import actions
from reports.supervision.numbers import numbers_on
from reports.supervision.pack import pack_of
from tests.factories import village
from township.history import records_of

HELD = {"venue": "三楼会议室", "agenda": "通报整改情况", "attendees": 32, "held": True}


def meet(office, seq, day, *, meeting=None, **more):
    data = {"seq": seq, "day": day, **HELD, **more}
    return actions.keep_meeting(
        campaign=office.campaign, meeting=meeting, data=data, by=office.clerk, today=localdate()
    )


def finding(office, root, **more):
    days = {"raised_on": date(2026, 1, 5), "due_on": date(2026, 2, 1)}
    facts = {"project": "标识牌", "problem": "没有安装", "owner": "书记", **days, **more}
    return ReviewFinding.objects.create(township=office.township, root=root, **facts)


def test_a_pack_shows_what_moved_since_the_last_meeting(office):
    today = localdate()
    last = meet(office, 4, today - timedelta(days=1))
    assert last.numbers == {}, "nothing was known that day"
    ReviewMeeting.objects.filter(pk=last.pk).delete()
    last = meet(office, 4, today)
    ReviewMeeting.objects.filter(pk=last.pk).update(day=today - timedelta(days=30))
    tree.close(node=office.own.households[0], on=today, reason=CloseReason.MOVED_AWAY)
    to_come = meet(office, 5, today + timedelta(days=3), held=False)
    pack = pack_of(office.clerk, to_come, today=today)
    own, other = pack.lines
    assert [(title, one.now, one.change) for title, one in own.titled] == [
        ("党员", 2, ""),
        ("农户", 3, "-1"),
        ("已联系户", 3, "-1"),
        ("中心户（岗）", 1, ""),
    ]
    assert [one.change for one in other.numbers] == ["", "", "", ""]
    assert (own.coverage_words, own.coverage_change, own.filed) == ("100.0%", "", False)
    assert "第4次例会比" in pack.since


def test_a_meeting_of_an_earlier_day_keeps_the_numbers_of_that_day(office, week_ago):
    here = str(office.own.root.pk)
    assert numbers_on(office.campaign, week_ago, today=localdate())[here]["households"] == 4
    assert numbers_on(office.campaign, localdate(), today=localdate())[here]["households"] == 3
    kept = meet(office, 1, week_ago)
    assert kept.numbers[here]["households"] == 4
    kept = meet(office, 1, week_ago, meeting=kept, venue="二楼")
    assert kept.numbers[here]["households"] == 4, "a correction of the place leaves them"


@pytest.fixture
def week_ago(office) -> date:
    """A day on which the village stood whole; a household has gone since."""
    then = localdate() - timedelta(days=7)
    for model in tracked_models():
        records_of(model).objects.update(history_date=make_aware(datetime.combine(then, time(12))))
    tree.close(node=office.own.households[0], on=localdate(), reason=CloseReason.MOVED_AWAY)
    return then


def test_a_held_pack_is_as_it_was_on_its_day(office):
    struck = finding(office, office.own.root)
    struck.state, struck.rectified_on, struck.rechecked_on = "closed", date(2026, 3, 1), date(2026, 3, 2)
    struck.save()
    late = finding(office, office.other.root, due_on=date(2026, 1, 31))
    finding(office, office.other.root, raised_on=date(2026, 6, 1), due_on=date(2026, 7, 1))
    for matter, done_on in (("先办", date(2026, 2, 10)), ("后办", date(2026, 5, 1))):
        DutyItem.objects.create(
            township=office.township,
            root=office.own.root,
            year=2026,
            matter=matter,
            owner="书记",
            due_on=date(2026, 2, 1),
            done_on=done_on,
        )
    held = meet(office, 1, date(2026, 2, 27))
    pack = pack_of(office.clerk, held, today=date(2026, 11, 28))
    assert set(pack.findings) == {struck, late}
    assert [row.matter for row in pack.duties] == ["后办"]
    own, other = pack.lines
    assert [(line.findings, line.late, line.duties) for line in (own, other)] == [(1, 1, 1), (1, 1, 0)]
    assert [line.deadline.code for line in pack.deadlines] == ["R69-2"], "the own meeting is done"


def test_a_meeting_held_and_all_reviews_entered_prove_their_deadlines(office):
    def states():
        lines = duty_lines(
            office.campaign,
            filing_lines(office.clerk, office.campaign, on=date(2026, 11, 28)),
            on=date(2026, 11, 28),
        )
        return {line.deadline.code: (line.state, line.words, line.done, line.total) for line in lines}

    meeting = meet(office, 5, date(2026, 10, 20))
    meet(office, 6, localdate() + timedelta(days=20), held=False)
    assert states()["R69-5"] == ("done", "10月20日完成", 1, 0)
    assert states()["R69-6"][0] == "open"
    for made in (office.own, office.other):
        assert states()["R68"][0] == "open"
        DutyReview.objects.create(
            township=office.township,
            root=made.root,
            year=2026,
            secretary=made.people[0],
            grade="good",
            day=date(2026, 11, 1),
        )
    assert states()["R68"] == ("done", "已完成", 2, 2)
    meet(office, 5, date(2026, 10, 20), meeting=meeting, held=False)
    assert states()["R69-5"][0] == "late"
    assert ReviewMeeting.objects.get(pk=meeting.pk).numbers == {}


def test_what_a_meeting_cannot_be(office):
    with pytest.raises(ValidationError, match="不能登记为已经召开"):
        meet(office, 1, localdate() + timedelta(days=1))
    meet(office, 1, localdate())
    with pytest.raises(ValidationError, match="这一次例会已经登记过"):
        meet(office, 1, localdate())
    with pytest.raises(PermissionDenied):
        actions.keep_meeting(
            campaign=office.campaign,
            meeting=None,
            data={"seq": 2, "day": localdate(), **HELD},
            by=office.secretary,
            today=localdate(),
        )


@pytest.mark.both_databases  # it writes through pages
def test_the_pages_of_a_meeting_and_its_files(office, client):
    client.force_login(office.clerk)
    finding(office, office.own.root)
    finding(office, office.other.root, problem="乙村的事")
    home = reverse("reports:supervision")
    assert client.get(home).content.decode().count("逾期未开") >= 1
    add = f"{reverse('reports:meeting_new')}?seq=5"
    assert 'value="5" selected' in client.get(add).content.decode()
    file = io.BytesIO(b"%PDF-1.4\n%%EOF\n")
    file.name = "记录.pdf"
    sent = {"seq": 5, "day": f"{localdate()}", "held": "on", "agenda": "通报", "file": file}
    page = client.post(add, sent, follow=True).content.decode()
    meeting = ReviewMeeting.objects.get()
    for words in ("2026年度第5次推进例会材料", "记录.pdf", "乙村的事", "近期时限"):
        assert words in page
    minutes = client.get(reverse("reports:meeting_attachment", args=[meeting.pk]))
    assert b"".join(minutes.streaming_content) == file.getvalue()
    raised = f"{reverse('reports:supervision_new', args=['findings'])}?meeting={meeting.pk}"
    data = {"root": office.own.root.pk, "project": "花名册", "problem": "缺电话", "owner": "书记"}
    days = {"raised_on": f"{localdate()}", "due_on": f"{localdate()}"}
    assert client.post(raised, data | days).url == meeting.get_absolute_url()
    assert meeting.findings.get().problem == "缺电话"
    book = _file(client, meeting, "xlsx")
    assert load_workbook(io.BytesIO(book)).sheetnames[:3] == ["各村情况", "未销号问题", "近期时限"]
    command = ["pdftotext", "-", "-"]
    text = subprocess.run(command, input=_file(client, meeting, "pdf"), capture_output=True, check=True)
    assert "第5次党建工作推进例会各村情况" in text.stdout.decode()


def _file(client, meeting, suffix) -> bytes:
    answer = client.post(reverse("reports:meeting_file", args=[meeting.pk, suffix]))
    return b"".join(answer.streaming_content)


def test_a_secretary_sees_the_own_part_of_a_pack_only(office, client):
    finding(office, office.other.root, problem="乙村的事")
    finding(office, office.own.root, problem="甲村的事")
    meeting = meet(office, 1, localdate())
    client.force_login(office.secretary)
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "甲村的事" in page
    assert "乙村" not in page
    assert "登记问题" not in page
    client.force_login(office.leader)
    assert "乙村的事" in client.get(meeting.get_absolute_url()).content.decode()


def test_a_pack_asks_as_often_for_more_villages_and_rows(office, client, django_assert_max_num_queries):
    meeting = meet(office, 1, localdate() + timedelta(days=1), held=False)
    client.force_login(office.clerk)
    url = meeting.get_absolute_url()
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(3):
        made = village(office.township, f"{number}村", groups=1, hubs=1, members=1, households=1)
        for _ in range(5):
            finding(office, made.root)
    with django_assert_max_num_queries(len(few)):
        client.get(url)
