"""A meeting with who came: entered, corrected, read, printed; and what is still owed."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from grids.choices import Kind, Role
from services.models import MeetingAttendance, PartyMeeting
from services.partylife import queries, sheets
from services.partylife.choices import Absence, MeetingKind
from tests.factories import PersonFactory, appoint, node
from township.models import AuditEvent

NEW = reverse("services:party_meeting_new")
DUE = reverse("services:party_due")


def opened(unit, kind):
    return f"{NEW}?unit={unit.pk}&kind={kind}"


def facts(members, absent=None, **more):
    """The form's fields: everybody there but those named with a reason."""
    data = {"day": f"{localdate():%Y-%m-%d}", "topic": "学习文件", "host": "李平", "venue": "村部", **more}
    for one in members:
        why = (absent or {}).get(one.pk)
        data |= {f"why-{one.pk}": why} if why else {f"there-{one.pk}": "on", f"why-{one.pk}": "leave"}
    return data


@pytest.fixture
def meeting(office, client) -> PartyMeeting:
    """An assembly of 甲村, one away, one not counted, with minutes."""
    client.force_login(office.secretary)
    away, not_due = office.own.members[0].pk, office.own.members[1].pk
    data = facts(
        office.own.members, {away: "away", not_due: "not_due"}, decisions="通过年度计划。", observers=2
    )
    data["file"] = SimpleUploadedFile("记录.pdf", b"%PDF-1.4\n%%EOF")
    answer = client.post(opened(office.own.root, MeetingKind.ASSEMBLY), data)
    assert answer.status_code == 302
    return PartyMeeting.objects.get()


@pytest.mark.both_databases  # it writes through pages
def test_entered_with_numbers_computed_and_corrected_with_history(office, client, meeting):
    page = client.get(meeting.get_absolute_url()).content.decode()
    name = office.own.members[0].name
    assert all(word in page for word in (f"{name}（外出）", "3 人", "2 人", "通过年度计划。", "记录.pdf"))
    counted = PartyMeeting.objects.counted().get()
    assert (counted.due, counted.present) == (3, 2)
    listed = client.get(reverse("services:party_meetings")).content.decode()
    assert "2/3（67%）" in listed
    assert "甲村党支部" in listed

    edit = reverse("services:party_meeting_edit", args=[meeting.pk])
    form = client.get(edit).content.decode()
    assert "学习文件" in form
    assert "现有会议记录：记录.pdf" in form
    client.post(edit, facts(office.own.members, topic="学习文件精神"))
    row = MeetingAttendance.objects.get(member=office.own.members[0])
    assert row.absence == ""
    assert [one.absence for one in row.history.all()] == ["", "away"]
    assert row.history.first().action_id is not None
    meeting.refresh_from_db()
    assert (meeting.topic, meeting.file_name) == ("学习文件精神", "记录.pdf")
    assert AuditEvent.objects.filter(target__contains="会议记录 甲村党支部").count() == 2


def test_what_cannot_be_is_said_and_not_saved(office, client):
    client.force_login(office.secretary)
    url = opened(office.own.root, MeetingKind.ASSEMBLY)
    bad = facts(office.own.members, day="2099-01-01", decisions="身份证110101199003078515")
    page = client.post(url, bad).content.decode()
    assert "这一天还没有到。" in page
    assert "不收集这些号码" in page
    assert "请填写" not in page
    assert PartyMeeting.objects.count() == 0
    good = facts(office.own.members)
    assert [client.post(url, good).status_code for _ in range(2)] == [302, 200]
    assert "已经登记过" in client.post(url, good).content.decode()
    assert PartyMeeting.objects.count() == 1
    mixed = client.get(opened(office.own.groups[0], MeetingKind.ASSEMBLY)).content.decode()
    assert "不开党员大会" in mixed


def test_the_sheet_to_sign_holds_every_name_in_two_columns_and_blank_lines(office):
    names = [one.name for one in office.own.members]
    sheet = sheets.sign_sheet(office.own.groups[0], "党小组会", office.own.members, topic="学习")
    rows = list(sheet.rows)
    assert [row[1] for row in rows] + [row[5] for row in rows] == [*names, *[""] * 4]
    assert [row[0] for row in rows] + [row[4] for row in rows] == list(range(1, 9))
    assert "应到 4 人" in sheet.summary
    assert sheet.unit == "党组织：甲村党支部 · 第1党小组"


def test_whose_roll_it_is(office):
    root, group = office.own.root, office.own.groups[0]
    assert len(queries.roll(root, MeetingKind.ASSEMBLY, on=localdate())) == 4
    assert [one.pk for one in queries.roll(group, MeetingKind.GROUP, on=localdate())] == [
        one.pk for one in office.own.members[:2]
    ]
    assert queries.roll(root, MeetingKind.COMMITTEE, on=localdate()) == []
    appoint(office.own.people[2], Role.COMMITTEE, root)
    assert [one.name for one in queries.roll(root, MeetingKind.COMMITTEE, on=localdate())] == [
        office.own.people[2].name
    ]


def test_a_correction_neither_loses_nor_invents_who_came(office, client, meeting):
    newcomer = node(Kind.MEMBER, "新党员", office.own.hubs[0])
    before = dict(meeting.attendance.values_list("member_id", "absence"))
    edit = reverse("services:party_meeting_edit", args=[meeting.pk])
    form = client.get(edit).context["form"]
    shown = {one.pk: (there.initial, why.initial) for one, there, why in form.roll()}
    assert shown[newcomer.pk] == (False, Absence.NOT_DUE)
    assert {pk: there for pk, (there, _) in shown.items() if pk in before} == {
        pk: not why for pk, why in before.items()
    }
    data = facts(office.own.members, {pk: why for pk, why in before.items() if why}, topic="改了题目")
    client.post(edit, data)
    client.post(edit, data | {f"why-{newcomer.pk}": "not_due"})
    assert dict(meeting.attendance.values_list("member_id", "absence")) == before
    client.post(edit, data | {f"there-{newcomer.pk}": "on", f"why-{newcomer.pk}": "leave"})
    assert dict(meeting.attendance.values_list("member_id", "absence")) == before | {newcomer.pk: ""}
    assert MeetingAttendance.history.count() == len(before) + 1


def test_a_group_leader_enters_the_own_groups_meeting_and_nothing_else(office, client):
    client.force_login(office.group_leader)
    group, beside = office.own.groups
    answer = client.post(opened(group, MeetingKind.GROUP), facts(office.own.members[:2]))
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert office.own.members[0].name in page
    assert "修改" in page
    assert "打印空白签到表" in client.get(opened(group, MeetingKind.GROUP)).content.decode()
    sheets = [reverse("services:party_sign_sheet", args=[group.pk, kind]) for kind in ("group", "theme_day")]
    assert [client.post(url).status_code for url in sheets] == [200, 403]
    assert client.get(opened(group, MeetingKind.THEME_DAY)).status_code == 403
    for unit, kind in ((beside, MeetingKind.GROUP), (office.own.root, MeetingKind.ASSEMBLY)):
        assert client.get(opened(unit, kind)).context["form"].errors.keys() == {"unit"}
    due = client.get(DUE).content.decode()
    assert group.name in due
    assert beside.name not in due


def test_a_member_reads_the_own_villages_meetings_without_names_and_files(office, client, meeting):
    client.force_login(office.member)
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "通过年度计划。" in page
    assert office.own.members[0].name not in page
    assert "记录.pdf" not in page
    assert "修改</a>" not in page
    assert "打印签到表" not in page
    assert client.post(reverse("services:party_meeting_sign", args=[meeting.pk])).status_code == 403
    minutes = reverse("services:party_meeting_minutes", args=[meeting.pk])
    assert [client.get(url).status_code for url in (minutes, NEW, DUE)] == [403, 403, 403]
    client.force_login(office.clerk)
    assert b"".join(client.get(minutes).streaming_content) == b"%PDF-1.4\n%%EOF"
    office.other.people[0].user = office.member
    office.own.people[-1].user = None
    office.own.people[-1].save()
    office.other.people[0].save()
    client.force_login(office.member)
    assert client.get(meeting.get_absolute_url()).status_code == 404


def test_who_still_owes_what_for_the_township_and_for_a_village(office, client, meeting):
    today, root = localdate(), office.own.root
    for _ in range(2):
        appoint(PersonFactory(township=office.township, root=root), Role.COMMITTEE, root)
    rows = {row.unit.pk: row for row in queries.due_list(office.clerk, on=today, today=today)}
    assert [one.state for one in rows[root.pk].standings] == ["done", "open", "", "open", "open", "open"]
    assert [one.state for one in rows[office.other.root.pk].standings][:2] == ["open", ""]
    assert [one.state for one in rows[office.own.groups[0].pk].standings] == ["", "", "open", "", "", ""]
    client.force_login(office.clerk)
    page = client.get(DUE, {"village": root.pk}).content.decode()
    assert office.own.groups[1].name in page
    assert "乙村" not in page.split("<table")[1]
    assert f"unit={root.pk}&amp;kind=lecture" in page
    last_year = queries.due_list(office.clerk, on=date(today.year - 1, 3, 1), today=today)
    assert {one.state for row in last_year for one in row.standings} == {"late", ""}


def test_due_list_asks_as_often_for_many_units_as_for_few(office, django_assert_num_queries):
    today = localdate()
    with django_assert_num_queries(3):
        queries.due_list(office.clerk, on=today, today=today)


def test_lists_and_sign_sheets_leave_with_a_line_in_the_log(office, client, meeting):
    client.force_login(office.clerk)
    urls = {
        reverse("services:party_meetings_file", args=["xlsx"]): b"PK",
        reverse("services:party_due_file", args=["xlsx"]): b"PK",
        reverse("services:party_meeting_sign", args=[meeting.pk]): b"%PDF",
        reverse("services:party_sign_sheet", args=[office.own.groups[0].pk, "group"]): b"%PDF",
    }
    for url, begins in urls.items():
        assert b"".join(client.post(url).streaming_content).startswith(begins)
    assert AuditEvent.objects.filter(deed="export").count() == len(urls)
