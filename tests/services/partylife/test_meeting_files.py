"""Meetings from a workbook and back: what is read, refused, found again, taken back, and by whom."""

import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.timezone import localdate

from grids.choices import CloseReason, Role
from grids.imports import uploads
from grids.imports.undoing import take_back
from grids.models import Node
from services.models import MeetingAttendance, PartyMeeting
from services.partylife import absentees, queries
from services.partylife.actions import keep_meeting
from services.partylife.meeting_register import MEETINGS
from tests.factories import appoint
from tests.grids.registers.books import FIRST, at, confirmed, exported, read_here, sent, written
from township.models import Action

HEAD = (
    "序号", "党组织", "类型", "日期", "议题", "地点", "主持人", "记录人", "缺席人员", "决议", "应到", "实到",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _read_here(monkeypatch):
    monkeypatch.setattr(uploads, "read_book", read_here)


def row(unit, kind, day, topic, absent="", *more):
    return (1, unit, kind, day, topic, "村部", "李平", "王成", absent, "通过。", *more)


def load(rows, user, **more):
    return sent(written([HEAD, *rows]), user, "meetings", name="会议.xlsx", **more)


def states(upload):
    return [one["state"] for one in upload.preview]


def told(upload):
    """Row, column, severity and words of all that is said of single rows."""
    return [
        (one["row"], issue["column"], issue["severity"], issue["message"])
        for one in upload.preview
        for issue in one["issues"]
    ]


def there():
    return dict(MeetingAttendance.objects.values_list("member__name", "absence"))


def listed(client, user):
    """The list as it is exported."""
    client.force_login(user)
    answer = client.post(reverse("services:party_meetings_file", args=["xlsx"]))
    return b"".join(answer.streaming_content)


def test_what_a_cell_of_absent_people_says():
    read = absentees.read("张三，李 四（外出）; 王五(病假)、赵六【开会】")
    assert [(one.name, one.absence) for one in read] == [
        ("张三", ""),
        ("李四", "away"),
        ("王五", "leave"),
        ("赵六", "other"),
    ]
    assert [absentees.read(text) for text in ("", "无", "全勤", "全部到会", "—")] == [[]] * 5
    with pytest.raises(absentees.Unreadable, match="看不懂"):
        absentees.read("（外出）")
    assert absentees.told([("张三", "away"), ("李四", "not_due")]) == "张三（外出）、李四（不计应到）"


def test_words_of_a_topic_are_no_titles_of_what_is_not_collected(office):
    """学习全会精神 and 外出务工 hold words that no column may bear; what stands below them stays."""
    name = office.own.members[0].name
    table = [
        ["甲村学习全会精神会议记录"],
        [*HEAD[1:10], "参会人员收入"],
        *(
            ["甲村党支部", kind, "2026-03-05", topic, "文化广场", "李平", "", absent, "慰问困难党员。", "3万"]
            for kind, topic, absent in (
                ("党员大会", "学习全会精神", f"{name}（外出务工）"),
                ("党课", "脱贫攻坚", name),
                ("主题党日", "义务植树", ""),
            )
        ),
    ]
    upload = sent(written(table), office.secretary, "meetings")
    assert upload.report["not_collected"] == ["参会人员收入"]
    assert "3万" not in str(upload.rows)
    confirmed(upload, office.secretary)
    assert set(PartyMeeting.objects.values_list("topic", "venue", "decisions")) == {
        (topic, "文化广场", "慰问困难党员。") for topic in ("学习全会精神", "脱贫攻坚", "义务植树")
    }
    away = MeetingAttendance.objects.exclude(absence="").values_list("absence", flat=True)
    assert list(away) == ["away", "away"]


@pytest.mark.both_databases
def test_good_rows_go_in_as_the_form_would_enter_them_and_are_known_again(office):
    first, second, *_ = office.own.members
    rows = [
        row("甲村", "支部党员大会", "2026.3.5", "学习文件", f"{first.name}，{second.name}（有事）", 4, 3),
        row("第一党小组", "党小组会", "2026年3月", "商量修路"),
        row("甲村党支部 · 第2党小组", "党课", "2026-03-05", "讲党课", "全勤"),
    ]
    upload = load(rows, office.secretary)
    assert states(upload) == ["new", "new", "new"]
    assert upload.report["unrecognised"] == []
    assert told(upload) == [
        (2, "缺席人员及原因", "warning", f"{second.name}的“有事”没有这一类原因，记为“其他”。"),
        (2, "实到", "warning", "表里写 3 人，按应到名单和缺席人员算是 2 人。"),
        (3, "缺席人员及原因", "warning", f"流动党员{first.name}没有写在缺席人员里，按到会登记，请核对。"),
    ]
    upload = confirmed(upload, office.secretary)
    assert upload.state == "applied"
    assembly = PartyMeeting.objects.counted().get(kind="assembly")
    assert (assembly.unit, assembly.due, assembly.present) == (office.own.root, 4, 2)
    assert (assembly.venue, assembly.host, assembly.recorder, assembly.decisions) == (
        "村部", "李平", "王成", "通过。",
    )  # fmt: skip
    assert [one.absence for one in queries.there(assembly)] == ["away", "other", "", ""]
    group = PartyMeeting.objects.counted().get(kind="group")
    assert (f"{group.day}", group.unit) == ("2026-03-01", office.own.groups[0])
    assert (group.due, group.present) == (2, 2)
    action = Action.objects.get(pk=upload.runs[0]["action"])
    assert (action.title, action.by) == ("导入会议记录", office.secretary)

    assert load(rows, office.secretary).state == "unchanged", "the same file again doubles nothing"
    again = load([row("甲村党支部", "党员大会", "2026-03-05", "学习文件", first.name)], office.clerk)
    assert states(again) == ["changed"]
    (change,) = again.preview[0]["changes"]
    assert change["old"] == f"{first.name}（外出）、{second.name}（其他）"
    assert change["new"] == f"{first.name}（外出）"
    confirmed(again, office.clerk)
    assert [one.absence for one in queries.there(assembly)] == ["away", "", "", ""]
    assert PartyMeeting.objects.count() == 3

    with pytest.raises(PermissionDenied):
        take_back(upload=again, by=office.leader, today=localdate())
    take_back(upload=again, by=office.clerk, today=localdate())
    assert [one.absence for one in queries.there(assembly)] == ["away", "other", "", ""]
    take_back(upload=upload, by=office.secretary, today=localdate())
    assert not PartyMeeting.objects.exists()
    assert not MeetingAttendance.objects.exists()
    upload.refresh_from_db()
    assert upload.state == "undone"


def test_what_cannot_be_is_refused_at_its_cell_and_the_rest_goes_in(office):
    name = office.own.members[0].name
    upload = load(
        [
            row("没有的党小组", "党小组会", "2026-03-05", "甲"),
            row("第一党小组", "党员大会", "2026-03-05", "乙"),
            row("甲村党支部", "座谈会", "2099-01-01", "丙"),
            row("甲村党支部", "党员大会", "2026-03-05", "丁", f"{name}、乙村某人、（外出）"),
            row("甲村党支部", "党员大会", "2026-03-05", "戊", f"{name}、{name}"),
            row("甲村党支部", "党员大会", "2026-03-05", "己"),
            row("甲村党支部", "党员大会", "2026-03-05", "己", name),
            row("甲村党支部", "党员大会", "2026-03-05", "己庚" * 30),
            row("第一党小组", "党小组会", "2026-03-05", "辛", office.own.members[2].name),
        ],
        office.secretary,
    )
    said = {(line, column): text for line, column, severity, text in told(upload) if severity == "error"}
    assert said == {
        (2, "党组织（党小组）"): "没有“没有的党小组”，请从列表里选。",
        (3, "类型"): "第1党小组不开党员大会，请另选。",
        (4, "类型"): "没有“座谈会”，请从列表里选。",
        (4, "日期"): "这一天还没有到。",
        (5, "缺席人员及原因"): "看不懂“(外出)”，请写成“张三（外出）、李四（请假）”。",
        (6, "缺席人员及原因"): f"“{name}”写了两次。",
        (8, "议题（主题）"): "与上面的一行相同，请删去一行。",
        (10, "缺席人员及原因"): f"这次会议的应到名单里没有“{office.own.members[2].name}”。",
    }
    assert states(upload) == ["error"] * 5 + ["new", "error", "new", "error"]
    confirmed(upload, office.secretary)
    assert PartyMeeting.objects.count() == 0, "not without saying that only some shall go in"
    part = confirmed(upload, office.secretary, part=True)
    assert (part.state, PartyMeeting.objects.count()) == ("partial", 2)


def test_two_of_one_name_and_two_groups_of_one_name_are_asked_about(office):
    twin, other = office.own.members[:2]
    Node.objects.filter(pk=twin.pk).update(name=other.name)
    Node.objects.filter(pk=office.own.groups[1].pk).update(name="第1党小组")
    upload = load(
        [
            row("第1党小组", "党小组会", "2026-03-05", "甲"),
            row("甲村党支部", "党员大会", "2026-03-05", "乙", other.name),
            row("第2网格", "党小组会", "2026-03-05", "丙"),
        ],
        office.secretary,
    )
    assert [(line, column) for line, column, severity, _ in told(upload) if severity == "error"] == [
        (2, "党组织（党小组）"), (3, "缺席人员及原因"),
    ]  # fmt: skip
    words = " ".join(text for *_, text in told(upload))
    assert "有 2 个“第1党小组”，请写明是哪一个：第1党小组（第1网格）、第1党小组（第2网格）。" in words
    assert f"应到名单里有 2 个“{other.name}”" in words
    assert states(upload) == ["error", "error", "new"], "a group is meant by its grid, too"


def test_the_roll_is_that_of_the_day(office):
    gone, wrong = office.own.members[2:4]
    reasons = ((gone, CloseReason.DECEASED), (wrong, CloseReason.MISTAKE))
    for one, reason in reasons:
        Node.objects.filter(pk=one.pk).update(closed_on="2026-06-01", close_reason=reason)
    appoint(office.own.people[1], Role.COMMITTEE, office.own.root)
    root = office.own.root
    rows = [
        row("甲村党支部", "党员大会", day, "学习", gone.name if day < "2026-06" else "")
        for day in ("2026-05-31", "2026-06-01")
    ]
    confirmed(load([*rows, row("甲村党支部", "支委会", "2026-09-02", "研究")], office.clerk), office.clerk)
    due = dict(PartyMeeting.objects.counted().values_list("day__month", "due"))
    assert due == {5: 3, 6: 2, 9: 1}
    assert len(queries.roll(root, "assembly", on=localdate())) == 2


def meetings_of_two_villages(office):
    """Entered by the form's action: one away, one not due, a topic with blanks, a unit closed since."""
    for made, by in ((office.own, office.clerk), (office.other, office.clerk)):
        for unit, kind in ((made.root, "assembly"), (made.groups[1], "group")):
            members = queries.roll(unit, kind, on=localdate())
            keep_meeting(
                meeting=None,
                data={
                    "unit": unit, "kind": kind, "day": localdate(), "topic": "学习 “二十届” 文件，谈体会",
                    "venue": "", "host": "李平", "recorder": "", "observers": 2,
                    "decisions": "一、通过；\n二、执行。",
                },
                attendance={one.pk: ("away", "not_due", "", "")[n] for n, one in enumerate(members)},
                by=by,
                today=localdate(),
            )  # fmt: skip
    Node.objects.filter(pk=office.own.groups[1].pk).update(closed_on=localdate(), close_reason="dissolved")


def test_the_exported_list_comes_back_unchanged_for_a_village_and_for_the_township(office, client):
    meetings_of_two_villages(office)
    for user, count in ((office.secretary, 2), (office.clerk, 4)):
        data = listed(client, user)
        upload = sent(data, user, "meetings")
        assert (upload.report["blocks"], told(upload), upload.state) == ([], [], "unchanged")
        assert upload.report["counts"]["meetings"]["same"] == count
    assert upload.report["branch"] == "甲村党支部、乙村党支部"
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert "（外出）" in " ".join(str(cell.value) for line in sheet for cell in line)

    def change(sheet):
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value == "李平":
                    cell.value = "王成"

    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    upload = confirmed(sent(out.getvalue(), office.clerk, "meetings"), office.clerk)
    assert upload.report["counts"]["meetings"]["changed"] == 4
    assert set(PartyMeeting.objects.values_list("host", flat=True)) == {"王成"}
    take_back(upload=upload, by=office.clerk, today=localdate())
    assert set(PartyMeeting.objects.values_list("host", flat=True)) == {"李平"}


def test_rows_of_many_villages_go_to_each_and_none_goes_where_it_does_not_belong(office):
    rows = [
        row("甲村党支部", "党员大会", "2026-03-05", "甲"),
        row("乙村 · 第1党小组", "党小组会", "2026-03-05", "乙"),
        row("第1党小组", "党小组会", "2026-03-05", "丙"),
    ]
    upload = load(rows, office.clerk)
    assert states(upload) == ["new", "new", "error"]
    assert told(upload)[-1][1:3] == ("党组织（党小组）", "error")
    assert "没有写明是哪个村的" in told(upload)[-1][3]
    confirmed(upload, office.clerk, part=True)
    assert set(PartyMeeting.objects.values_list("unit", "topic")) == {
        (office.own.root.pk, "甲"),
        (office.other.groups[0].pk, "乙"),
    }
    foreign = load(rows[1:2], office.secretary)
    assert told(foreign)[0][:3] == (2, "党组织（党小组）", "error")


def test_the_register_to_correct_keeps_what_others_changed_meanwhile(office):
    meetings_of_two_villages(office)
    root = office.own.root
    name = office.own.members[2].name

    def change(sheet):
        sheet.cell(FIRST, at(sheet, "类型"), "党课")
        sheet.cell(FIRST + 1, at(sheet, "缺席人员及原因"), f"{name}（请假）")
        sheet.cell(FIRST + 1, at(sheet, "地点"), "学校")

    data = exported(MEETINGS, office.clerk, root, change=change)
    meeting = PartyMeeting.objects.get(unit=root)
    others = {one.member_id: one.absence for one in queries.there(meeting)} | {office.own.members[0].pk: ""}
    facts = {
        one: getattr(meeting, one)
        for one in ("unit", "kind", "day", "topic", "host", "recorder", "observers", "decisions")
    }
    keep_meeting(
        meeting=meeting,
        data=facts | {"venue": "村部"},
        attendance=others,
        by=office.secretary,
        today=localdate(),
    )
    upload = sent(data, office.clerk, "meetings")
    said = {(line, column): text for line, column, severity, text in told(upload) if severity == "error"}
    lines = sorted(line for line, column in said if column == "地点")
    assert len(lines) == 1
    assert "改成了“村部”，表里写的是“学校”" in said[lines[0], "地点"]
    assert f"{office.own.members[0].name}（外出）" in said[lines[0], "缺席人员及原因"], "what it was then"
    assert "已登记的会议不能改类型" in " ".join(said.values())


def test_whose_rows_and_pages_these_are(office, client):
    client.force_login(office.secretary)
    url, home = reverse("grids:register_load", args=["meetings"]), reverse("services:party_meetings")
    assert url in client.get(home).content.decode()
    page = client.get(url).content.decode()
    assert "会议记录工作簿" in page
    assert "民主评议" in page.split('class="tabs"')[1].split("</nav>")[0]
    asked = {"node": office.own.root.pk}
    template = client.get(reverse("grids:register_template", args=["meetings"]), asked)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(template.streaming_content))).worksheets[0]
    assert {"党组织（党小组）", "缺席人员及原因"} <= {cell.value for cell in sheet[FIRST - 1]}
    for name in ("grids:entry", "grids:reconcile"):
        assert client.get(reverse(name, args=["meetings"])).status_code == 404
    for user in (office.leader, office.member):
        client.force_login(user)
        assert client.get(url).status_code == 403
        assert url not in client.get(home).content.decode()


def test_a_leader_loads_the_meetings_of_the_own_group_and_no_others(office, client):
    leader, group = office.group_leader, office.own.groups[0]
    others = load([row("甲村党支部", "党员大会", "2026-03-05", "甲")], office.secretary)
    client.force_login(leader)
    assert "从 Excel 导入" in client.get(reverse("services:party_meetings")).content.decode()
    page = client.get(reverse("grids:register_load", args=["meetings"])).content.decode()
    assert group.name in page
    assert "下载现有登记表" not in page
    template = client.get(reverse("grids:register_template", args=["meetings"]), {"node": group.pk})
    assert template.status_code == 200
    upload = load(
        [
            row(group.name, "党小组会", "2026-03-05", "商量修路", office.own.members[1].name),
            row(group.name, "主题党日", "2026-03-05", "植树"),
            row(office.own.groups[1].name, "党小组会", "2026-03-05", "乙"),
            row("甲村党支部", "党员大会", "2026-03-05", "丙"),
        ],
        leader,
    )
    assert states(upload) == ["new", "error", "error", "error"]
    confirmed(upload, leader, part=True)
    meeting = PartyMeeting.objects.counted().get()
    assert (meeting.unit, meeting.due, meeting.present) == (group, 2, 1)
    again = load([row(group.name, "党小组会", "2026-03-05", "商量修路", "全勤")], leader)
    assert [one["new"] for one in again.preview[0]["changes"]] == [""], "nobody was missing, after all"
    assert client.get(upload.get_absolute_url()).status_code == 200
    listed_here = client.get(reverse("grids:imports")).content.decode()
    assert listed_here.count("会议.xlsx") == 2
    assert reverse("grids:import_new") not in listed_here
    refused = [
        reverse("grids:import_new"),
        others.get_absolute_url(),
        reverse("grids:import_preview", args=[0]),
    ]
    assert [client.get(url).status_code for url in refused] == [403, 403, 403]
    with pytest.raises(PermissionDenied):
        sent(written([["户主姓名"]]), leader, "household")
    with pytest.raises(PermissionDenied):
        take_back(upload=upload, by=leader, today=localdate())
