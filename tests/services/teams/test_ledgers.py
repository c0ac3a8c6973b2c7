"""The ledgers: one form, one list, one file, one import for each, and what each refuses and advises."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import Workbook, load_workbook

from grids.imports import uploads
from grids.ledgers.ledger import LEDGERS, Asked
from grids.models import MemberProfile, RosterUpload
from grids.registers.desk import Desk
from grids.registers.register import REGISTERS
from services.ledgers.rooms import ROOMS
from services.models import (
    Appraisal,
    DemoHousehold,
    FloatingContact,
    FloatingMember,
    ServiceTeam,
    Venue,
    Volunteer,
    VolunteerPoint,
)
from services.teams import queries
from services.teams.queries import Progress
from township.models import AuditEvent

TODAY = localdate()
DAY = f"{TODAY:%Y-%m-%d}"


def new(room, code, made=None):
    url = reverse("services:ledger_new", args=[room, code])
    return f"{url}?village={made.root.pk}" if made else url


def sent(office, code):
    """One good row for each ledger, and the room it stands in."""
    team, _ = ServiceTeam.objects.get_or_create(
        root=office.own.root, name="帮忙队", kind="other", basis="need", leader="李平"
    )
    away, _ = FloatingMember.objects.get_or_create(
        member=office.own.members[0], destination="北京市昌平区", since=TODAY - timedelta(400), reason="work"
    )
    demo, _ = DemoHousehold.objects.get_or_create(member=office.own.members[1], industry="苹果")
    branch = office.own.root.pk
    counts = {"assessed": "10", "excellent": "4", "qualified": "6", "basic": "", "unqualified": ""}
    member = {"member": office.own.members[2].pk}
    return {
        "appraisals": ("partylife", {"branch": branch, "year": "2026", **counts}),
        "education": ("partylife", {"topic": "防火", "day": DAY, "form": "home", "attendees": "9"}),
        "floating": ("partylife", {**member, "destination": "银川市金凤区", "since": DAY, "reason": "work"}),
        "floating-contacts": ("partylife", {"floating": away.pk, "day": DAY, "channel": "wechat"}),
        "teams": ("teams", {"name": "文艺队", "kind": "culture", "basis": "interest", "leader": "李　平"}),
        "volunteers": ("teams", {"name": "王成", "phone": "138 0000 1234", "skills": "电工"}),
        "activities": ("teams", {"title": "清扫", "day": DAY, "team": team.pk, "campaign": "vanguard"}),
        "stations": ("teams", {"name": "甲村志愿服务站", "opened_on": DAY}),
        "demo": ("teams", {**member, "industry": "养牛，种草"}),
        "help": ("teams", {"demo": demo.pk, "day": DAY, "kind": "technique", "households": "3"}),
        "venues": ("teams", {"name": "甲村党群服务中心", "learning": "on", "culture": "on"}),
    }[code]  # fmt: skip


CODES = [ledger.code for room in ROOMS.values() for ledger in room.ledgers]


def test_eleven_ledgers_in_two_rooms():
    assert len(CODES) == 11


@pytest.mark.parametrize("code", CODES)
def test_from_form_to_list_page_and_files(office, client, code):
    room, data = sent(office, code)
    ledger = REGISTERS[code]
    client.force_login(office.secretary)
    assert client.get(new(room, code)).status_code == 200
    answer = client.post(new(room, code), data)
    assert answer.status_code == 302, answer.context["form"].errors
    row = ledger.model.objects.order_by("-pk").first()
    assert answer.url == row.get_absolute_url()
    again = client.post(new(room, code), data)
    assert again.status_code == 200
    assert "已经登记过" in again.content.decode()

    page, listed = client.get(answer.url), client.get(ledger.list_address())
    title = ledger.reader(office.clerk, TODAY)(ledger.listed(office.clerk, Asked(), on=TODAY).get(pk=row.pk))[
        0
    ]
    assert title.text in page.content.decode()
    assert title.text in listed.content.decode()
    edit = reverse("services:ledger_edit", args=[room, code, row.pk])
    saved = client.post(edit, data | {"seen": client.get(edit).context["seen"]})
    assert saved.status_code == 302, saved.context["form"].errors
    assert row.history.count() == 1, "what stays the same is not written"

    client.force_login(office.leader)
    assert client.get(ledger.list_address()).status_code == 200
    assert client.get(new(room, code)).status_code == 403
    book = b"".join(client.post(reverse("services:ledger_file", args=[room, code, "xlsx"])).streaming_content)
    cells = [cell.value for line in load_workbook(io.BytesIO(book)).active.iter_rows() for cell in line]
    assert title.text in cells
    assert AuditEvent.objects.filter(deed="export", rows__gte=1).exists()
    client.force_login(office.group_leader)
    assert client.get(ledger.list_address()).status_code == 403


def test_another_villages_rows_are_not_there(office, client):
    row = Venue.objects.create(root=office.other.root, name="乙村会堂")
    client.force_login(office.secretary)
    for name in ("ledger_row", "ledger_edit"):
        assert client.get(reverse(f"services:{name}", args=["teams", "venues", row.pk])).status_code == 404
    assert "乙村会堂" not in client.get(reverse("services:ledger", args=["teams", "venues"])).content.decode()
    foreign = {"member": office.other.members[0].pk, "industry": "养牛"}
    page = client.post(new("teams", "demo", office.own), foreign)
    assert page.status_code == 200
    assert "请从列表里选。" in page.content.decode()
    client.force_login(office.clerk)
    assert "先选是哪个村的" in client.get(new("teams", "demo")).content.decode()


@pytest.mark.parametrize(
    ("code", "change", "said"),
    [
        ("appraisals", {"qualified": "5"}, "四个等次合计是 9 人"),
        ("education", {"floating": "10"}, "不能多于参加人次"),
        ("floating", {"returned_on": "2020-01-01"}, "返回日期不能早于外出时间"),
        ("floating", {"destination": "身份证110101199003078515"}, "不收集这些号码"),
        ("floating-contacts", {"day": "2099-01-01"}, "这一天还没有到"),
        ("teams", {"founded_on": DAY, "ended_on": "2020-01-01"}, "解散日期不能早于组建日期"),
        ("teams", {"name": ""}, "必填"),
        ("venues", {"name": "很长的名字" * 10}, "40"),
        ("stations", {"opened_on": "2099-01-01"}, "这一天还没有到"),
    ],
)
def test_what_cannot_be_is_refused_in_words(office, client, code, change, said):
    room, data = sent(office, code)
    client.force_login(office.secretary)
    before = REGISTERS[code].model.objects.count()
    page = client.post(new(room, code), data | change)
    assert page.status_code == 200
    assert said in page.content.decode()
    assert REGISTERS[code].model.objects.count() == before


def test_more_than_a_third_excellent_is_advice_only(office, client):
    room, data = sent(office, "appraisals")
    client.force_login(office.secretary)
    page = client.post(new(room, "appraisals"), data, follow=True).content.decode()
    assert "超过参评的三分之一（3 人），请核对" in page
    assert Appraisal.objects.get().excellent == 4


def test_floating_members_to_be_called_and_those_not_entered(office, client):
    client.force_login(office.secretary)
    address = reverse("services:ledger", args=["partylife", "floating"])
    gap = f"{office.own.members[0].name}（甲村党支部）"
    assert gap in client.get(address).content.decode()
    sent(office, "floating")
    page = client.get(address, {"state": "overdue"}).content.decode()
    assert "超期" in page
    assert gap not in page
    row = FloatingMember.objects.get()
    FloatingContact.objects.create(floating=row, day=TODAY, channel="phone")
    assert "超期" not in client.get(address).content.decode()
    assert (
        row.member.name not in client.get(address, {"state": "overdue"}).content.decode().split("<table")[-1]
    )
    shown = client.get(row.get_absolute_url()).content.decode()
    assert "电话回访" in shown
    assert f"floating={row.pk}" in shown


def test_the_longest_silence_stands_first_and_nobody_is_cut_off(office, client):
    days = {office.own.members[at]: TODAY - timedelta(far) for at, far in enumerate((300, 500, 400, 100))}
    for one, since in days.items():
        row = FloatingMember.objects.create(member=one, destination="银川市", since=since, reason="work")
        if one == office.own.members[1]:
            FloatingContact.objects.create(floating=row, day=TODAY - timedelta(200), channel="phone")
    rows = LEDGERS["floating"].listed(office.clerk, Asked(state="overdue"), on=TODAY)
    assert [row.member_id for row in rows] == [office.own.members[at].pk for at in (2, 0, 1)]
    FloatingContact.objects.all().delete()
    FloatingMember.objects.all().delete()
    MemberProfile.objects.update(is_floating=True)
    client.force_login(office.clerk)
    page = client.get(reverse("services:ledger", args=["partylife", "floating"])).content.decode()
    assert page.count("&amp;member=") == 8


def test_a_venue_and_its_four_functions(office, client):
    room, data = sent(office, "venues")
    client.force_login(office.secretary)
    page = client.post(new(room, "venues"), data, follow=True).content.decode()
    read = dict(re.findall(r"<dt>([^<]+)</dt><dd>\s*([^<]+?)\s*</dd>", page))
    titles = ("学习教育", "便民服务", "党群活动", "文体娱乐")
    assert [read[title] for title in titles] == ["是", "否", "否", "是"]
    none = client.post(new(room, "venues"), {"name": "空屋"}, follow=True).content.decode()
    assert "四项功能一项也没有勾选" in none


def test_a_ledger_is_printed_unless_it_is_too_long(office, client, monkeypatch):
    Venue.objects.create(root=office.own.root, name="会堂")
    client.force_login(office.clerk)
    url = reverse("services:ledger_file", args=["teams", "venues", "pdf"])
    assert b"".join(client.post(url).streaming_content).startswith(b"%PDF")
    monkeypatch.setattr("services.sending.MOST_PRINTED", 0)
    page = client.post(f"{url}?q=会", follow=True)
    assert "不能打印成一份" in page.content.decode()
    assert page.redirect_chain[0][0].endswith("?q=%E4%BC%9A")


def test_stations_and_the_one_centre(office, client, monkeypatch):
    for module in ("services.ledgers.views", "services.teams.views"):
        monkeypatch.setattr(f"{module}.localdate", lambda: date(2026, 9, 28))
    client.force_login(office.clerk)
    address, centre = (
        reverse("services:ledger", args=["teams", "stations"]),
        reverse("services:volunteer_centre"),
    )
    page = client.get(address).content.decode()
    assert "还没有建成志愿服务站：" in page
    begun = VolunteerPoint.objects.create(township=office.township, root=office.other.root, name="乙村站")
    edit = reverse("services:ledger_edit", args=["teams", "stations", begun.pk])
    assert f'<a href="{edit}">' in client.get(address).content.decode()  # its day is still to be written
    assert "0 / 2 个村" in page
    VolunteerPoint.objects.create(
        township=office.township, root=office.own.root, name="甲村站", opened_on=date(2026, 9, 27)
    )
    for name in ("青河乡志愿服务中心", "青河乡新时代志愿服务中心"):
        assert client.post(centre, {"name": name, "opened_on": "2026-09-20"}).status_code == 302
    page = client.get(address).content.decode()
    assert "1 / 2 个村" in page
    assert "<dt>9月30日完成</dt><dd>还剩 2 天</dd>" in page
    late, before = (queries.progress(office.clerk, on=date(2026, *day)) for day in ((10, 1), (9, 26)))
    assert [(one.done, one.left, one.state) for one in (late, before)] == [(1, -1, "late"), (0, 4, "open")]
    assert Progress(2, 2, -1).state == "done"
    assert "青河乡新时代志愿服务中心" in page
    assert "甲村党支部" in page
    assert VolunteerPoint.objects.filter(root=None).count() == 1
    client.force_login(office.secretary)
    assert client.get(centre).status_code == 403
    assert "甲村站" in client.get(address).content.decode()


def test_skills_taken_back_leave_no_trace(office, client):
    room, data = sent(office, "volunteers")
    client.force_login(office.secretary)
    client.post(new(room, "volunteers"), data)
    row = Volunteer.objects.get()
    edit = reverse("services:ledger_edit", args=[room, "volunteers", row.pk])
    client.post(edit, data | {"skills": "电工、水暖"})
    assert "撤回特长" in client.get(row.get_absolute_url()).content.decode()
    client.force_login(office.leader)
    withdraw = reverse("services:skills_withdraw", args=[row.pk])
    assert client.post(withdraw).status_code == 403
    client.force_login(office.secretary)
    page = client.post(withdraw, follow=True).content.decode()
    assert "已撤回" in page
    assert "撤回特长" not in page
    row.refresh_from_db()
    assert row.skills == ""
    assert {one.skills for one in row.history.all()} == {""}
    assert row.history.count() == 3


def test_phones_are_masked_for_who_may_not_see_them(office, client):
    room, data = sent(office, "volunteers")
    client.force_login(office.secretary)
    client.post(new(room, "volunteers"), data)
    seen = client.get(reverse("services:ledger", args=[room, "volunteers"])).content.decode()
    client.force_login(office.leader)
    masked = client.get(reverse("services:ledger", args=[room, "volunteers"])).content.decode()
    assert "13800001234" in seen
    assert "13800001234" not in masked
    assert "138••••1234" in masked


def test_two_at_once_on_one_row(office, client):
    row = Venue.objects.create(root=office.own.root, name="会堂")
    client.force_login(office.secretary)
    edit = reverse("services:ledger_edit", args=["teams", "venues", row.pk])
    seen = client.get(edit).context["seen"]
    client.post(edit, {"name": "大会堂", "learning": "on", "seen": seen})
    beside = client.post(edit, {"name": "会堂", "address": "村口", "seen": seen})
    assert beside.status_code == 302, "another field of the same row is no conflict"
    late = client.post(edit, {"name": "小会堂", "seen": seen})
    assert late.status_code == 200
    assert "把这一项从“会堂”改成了“大会堂”" in late.content.decode()
    row.refresh_from_db()
    assert (row.name, row.address, row.learning) == ("大会堂", "村口", True)
    refused = client.post(edit, {"name": "", "seen": late.context["seen"]})
    sure = client.post(edit, {"name": "小会堂", "seen": refused.context["seen"]})
    assert sure.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.address, row.learning) == ("小会堂", "村口", True)


def test_a_choice_that_is_gone_is_called_by_its_own_name_not_by_a_places(office):
    gone = ServiceTeam.objects.create(
        pk=office.own.groups[0].pk, root=office.own.root, name="老队", kind="other", basis="need",
        leader="李平", ended_on=TODAY,
    )  # fmt: skip
    Volunteer.objects.create(root=office.own.root, name="王成", team=gone)
    (row,) = REGISTERS["volunteers"].rows(office.clerk, office.own.root)
    assert row.cells["team"] == "老队"
    assert LEDGERS["volunteers"].column("team").show(gone.pk, Desk(office.clerk, office.own.root)) == ""


# --- Excel ------------------------------------------------------------------------------------------


def workbook(*lines):
    book, out = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


def loaded(office, code, *lines) -> RosterUpload:
    upload = uploads.keep(
        file=workbook(*lines), branch=office.own.root.name, by=office.clerk, today=TODAY, source=code
    )
    return uploads.confirm(upload=upload, by=office.clerk, today=TODAY)


@pytest.mark.both_databases
def test_a_clerks_list_of_volunteers_goes_in_whole_or_not_at_all(office):
    sent(office, "volunteers")
    head = ("序号", "姓名", "是否党员", "联系电话", "特长", "所在服务队")
    bad = loaded(
        office, "volunteers", head,
        (1, "王成", "是", "13800001234", "电工", "帮忙队"),
        (2, "刘海", "否", "12", "", "没有的队"),
    )  # fmt: skip
    said = [(one["row"], one["column"], one["message"]) for one in bad.report["errors"]]
    assert Volunteer.objects.count() == 0
    assert {(row, column) for row, column, _ in said} == {(3, "联系电话"), (3, "服务队")}
    assert "没有“没有的队”，请从列表里选。" in {text for *_, text in said}
    good = loaded(
        office, "volunteers", head,
        (1, "王成", "是", "13800001234", "电工，木工", "帮忙队"),
        (2, "刘海", "否", "13800001235", "", ""),
    )  # fmt: skip
    assert good.report["counts"]["volunteers"]["new"] == 2
    rows = Volunteer.objects.order_by("pk").values_list("name", "is_member", "phone", "skills", "team__name")
    assert list(rows) == [
        ("王成", True, "13800001234", "电工，木工", "帮忙队"),
        ("刘海", False, "13800001235", "", None),
    ]
    again = loaded(office, "volunteers", head, (1, "王成", "是", "13800001234", "瓦工", "帮忙队"))
    assert again.report["counts"]["volunteers"]["changed"] == 1
    assert Volunteer.objects.count() == 2


@pytest.mark.parametrize(
    ("code", "head", "line"),
    [
        ("teams", ("队名", "类型", "组建依据", "队长"), ("秧歌队", "文艺活动", "因趣", "李平")),
        ("venues", ("名称", "学习教育", "便民服务", "党群活动", "文体娱乐"), ("会堂", "是", "否", "是", "")),
        ("demo", ("姓名", "示范产业"), (2, "养牛")),
        ("education", ("时间", "教育形式", "教育主题", "人次"), ("2026.3.5", "集中培训", "学习条例", 20)),
        ("help", ("姓名", "帮带日期", "帮带内容", "户数"), (1, "2026-03-05", "种养技术指导", 4)),
        ("appraisals", ("支部", "年度", "参评人数", "优秀", "合格"), ("甲村党支部", 2026, 10, 3, 7)),
        ("floating", ("姓名", "外出地点", "外出时间", "外出事由"), (2, "兰州市城关区", "2026.3", "务工")),
    ],
)
def test_lists_that_a_clerk_has(office, code, head, line):
    DemoHousehold.objects.create(member=office.own.members[1], industry="苹果")
    before = REGISTERS[code].model.objects.count()
    called = tuple(office.own.members[one].name if one in (1, 2) else one for one in line)
    upload = loaded(office, code, head, called)
    assert upload.report["errors"] == []
    assert upload.report["counts"][code]["new"] == 1
    assert REGISTERS[code].model.objects.count() == before + 1


def test_the_pages_of_entry_and_workbooks_show_the_rooms_own_tabs(office, client):
    client.force_login(office.secretary)
    for name in ("grids:entry", "grids:register_load"):
        page = client.get(reverse(name, args=["volunteers"])).content.decode()
        tabs = page.split('class="tabs"')[1].split("</nav>")[0]
        assert "志愿者名册" in tabs
        assert "农户" not in tabs
    asked = {"node": office.own.root.pk}
    sheet = client.get(reverse("grids:register_template", args=["venues"]), asked)
    assert b"".join(sheet.streaming_content).startswith(b"PK")
