"""The pages of visits as somebody uses them: log, ask, step, print; and what the office does not see."""

import io
import subprocess
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from services.models import DiaryRemark, FourClearCheck, GridEvent, Matter, Visit, VisitPace, VisitPlan
from township.models import AuditEvent

ASKED = {"mode": "home", "occasion": "usual"}


def text_of(pdf: bytes) -> str:
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def rows_of(response) -> list[list]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def page(client, name, *args, query="") -> str:
    response = client.get(reverse(f"services:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def log(client, home, **facts):
    """As the form sends it, with the number the form was opened with."""
    url = f"{reverse('services:visit_new')}?household={home.pk}"
    form = client.get(url).context["form"]
    data = {"household": home.pk, "client_id": form.initial["client_id"], "happened_on": localdate(), **ASKED}
    return client.post(url, data | facts)


@pytest.mark.both_databases
def test_a_group_leader_logs_asks_and_deals_with_a_matter(town, client):
    client.force_login(town.group_leader)
    home = town.own.households[0]
    words = {"content": "门前路灯不亮", "need": "roads", "disposal": "reported"}
    sent = log(client, home, **words)
    row = Visit.objects.get()
    assert sent.headers["Location"] == row.get_absolute_url()
    assert row.visitor == town.group_leader.person
    assert "已登记为意见建议" in page(client, "visit", row.pk)
    assert "门前路灯不亮" in page(client, "visits")
    matter = Matter.objects.get()
    shown = page(client, "matter", matter.pk)
    assert "审核意见" in shown
    assert "交下级办理" not in shown
    step = reverse("services:matter_step", args=[matter.pk])
    client.post(step, {"step": "review", "text": ""})
    assert Matter.objects.get().state == "collected"
    client.post(step, {"step": "review", "text": "属实"})
    client.post(step, {"step": "raise", "text": "组里修不了"})
    client.force_login(town.secretary)
    shown = page(client, "matter", matter.pk)
    assert "组里修不了" in shown
    assert "在村党组织" in shown
    for facts in (
        {"step": "review", "text": "同意"},
        {"step": "hand", "handler": "村委会", "due_on": localdate()},
        {"step": "answer", "text": "已换灯", "day": localdate()},
    ):
        client.post(step, facts)
    assert "先登记回访，再归档" in page(client, "matter", matter.pk)
    client.post(step, {"step": "archive"})
    assert Matter.objects.get().state == "answered"
    client.post(step, {"step": "callback", "day": localdate(), "satisfaction": "good"})
    client.post(step, {"step": "archive"})
    assert Matter.objects.get().state == "archived"


def test_forms_refuse_in_words_and_keep_private_numbers_out(town, client):
    client.force_login(town.secretary)
    home, person = town.own.households[0], town.own.people[0].pk
    for facts, words in (
        ({}, "请写民情内容，或勾选"),
        ({"content": "证号 620521199001011234"}, "系统不收集这些号码"),
        ({"plain": "on", "disposal": "reported"}, "请写明内容"),
        ({"plain": "on", "happened_on": localdate() + timedelta(days=1)}, "这一天还没有到"),
        ({"plain": "on", "visitor": ""}, "必填"),
        ({"plain": "on", "household": town.other.households[0].pk}, "选"),
    ):
        sent = log(client, home, **{"visitor": person, **facts})
        assert sent.status_code == 200
        assert words in sent.content.decode()
    assert Visit.objects.count() == 0
    assert log(client, home, plain="on", visitor=person).status_code == 302


def test_a_place_is_picked_and_a_household_found(town, client):
    client.force_login(town.clerk)
    home = town.own.households[0]
    shown = page(client, "visit_new", query=f"?q={home.name}")
    assert f"?household={home.pk}" in shown
    assert town.own.grids[1].name in page(client, "visit_new", query=f"?village={town.own.root.pk}")
    client.force_login(town.group_leader)  # who has one grid is asked nothing
    assert "民情内容" in page(client, "visit_new")
    foreign = page(client, "visit_new", query=f"?grid={town.other.grids[0].pk}")
    assert town.other.grids[0].root.name not in foreign


def test_who_is_due_what_is_covered_and_the_round(town, client):
    client.force_login(town.secretary)
    home = town.own.households[0]
    log(client, home, plain="on", visitor=town.own.people[0].pk)
    due = page(client, "register", "due")
    assert "从未走访" in due
    assert f">{home.name}<" not in due
    assert "1/4 户" in page(client, "coverage")
    assert "1/8 户" in page(client, "coverage", query="?period=year")
    grid = town.own.grids[0]
    walk = page(client, "walk", query=f"?grid={grid.pk}&n=3")
    assert walk.count("记走访：") == 3
    client.post(reverse("services:home_pace", args=[home.pk]), {"pace": "15"})
    assert VisitPace.objects.get().pace == "15"
    assert "现为 15 天" in page(client, "home", home.pk)
    client.force_login(town.group_leader)
    sent = client.post(f"{reverse('services:walk_file', args=['pdf'])}?grid={grid.pk}&n=3")
    printed = text_of(b"".join(sent.streaming_content))
    assert "走访单" in printed
    assert "需要办理的事项" in printed
    assert AuditEvent.objects.latest("pk").rows == 3


def test_registers_leave_as_workbooks_and_prints(town, client):
    client.force_login(town.secretary)
    for home in town.own.households[:3]:
        log(client, home, content="想学嫁接", visitor=town.own.people[0].pk)
    url = reverse("services:register_file", args=["visits", "xlsx"])
    rows = rows_of(client.post(f"{url}?q={town.own.households[1].name}"))
    assert [row[3] for row in rows if row[0] == 1] == ["想学嫁接"]
    printed = client.post(reverse("services:register_file", args=["visits", "pdf"]))
    assert "想学嫁接" in text_of(b"".join(printed.streaming_content))
    for code in ("due", "matters", "events", "checks", "plans"):
        sent = client.post(reverse("services:register_file", args=[code, "xlsx"]))
        assert sent.status_code == 200
    person = town.own.people[0]
    assert town.own.households[0].name in page(client, "leave", person.pk)
    sent = client.post(reverse("services:leave_file", args=[person.pk, "pdf"]))
    printed = text_of(b"".join(sent.streaming_content))
    assert "移交人" in printed
    assert "联系的农户" in printed
    client.force_login(town.member)
    assert client.post(url).status_code == 403


def test_events_checks_and_plans_are_entered(town, client):
    client.force_login(town.group_leader)
    event = {"kind": "hazard", "found_at": "2026-11-20T08:00", "place": "桥头", "matter": "护栏断了"}
    url = f"{reverse('services:event_new')}?sort=report"
    assert "必填" in client.post(url, event).content.decode()
    event |= {"reported_to": "branch", "reported_at": "2026-11-20T09:00"}
    assert client.post(url, event).status_code == 302
    row = GridEvent.objects.get()
    assert "护栏断了" in page(client, "register", "events")
    client.post(row.get_absolute_url(), event | {"handling": "已拦起", "closed_on": "2026-11-21"})
    assert GridEvent.objects.get().handling == "已拦起"
    check = {"checked_on": localdate(), "people_ok": "on", "people_count": "12"}
    for number in (12, 13):  # the second one of a day corrects the first
        client.post(reverse("services:check_new"), check | {"people_count": number})
    assert FourClearCheck.objects.get().people_count == 13
    assert "已核对，13" in page(client, "register", "checks")
    home = town.own.households[0]
    plan = {"household": home.pk, "need": "hospital", "next_on": localdate()}
    url = reverse("services:plan_new")
    assert "本户同意以后才能登记" in client.post(url, plan).content.decode()
    assert client.post(url, plan | {"consented": "on"}).status_code == 302
    made = VisitPlan.objects.get()
    assert made.interval == 30
    assert "送医陪护" in page(client, "register", "plans")
    client.post(made.get_absolute_url(), {"interval": "20", "next_on": localdate(), "consented": "on"})
    assert VisitPlan.objects.get().interval == 20
    client.force_login(town.clerk)
    office = page(client, "register", "plans")
    assert home.name not in office
    assert "送医陪护" not in office
    assert "看不到是哪一户" in office
    client.force_login(town.group_leader)
    client.post(reverse("services:plan_end", args=[made.pk]))
    assert VisitPlan.objects.get().ended_on == localdate()


def test_the_diary_is_read_remarked_and_bound(town, client):
    client.force_login(town.secretary)
    person, today = town.own.people[0], localdate()
    days = [today - timedelta(days=n) for n in (0, 1, 2)]
    for day, words in zip(days, ("路灯不亮", "想学嫁接", "水压不够"), strict=True):
        log(client, town.own.households[0], content=words, visitor=person.pk, happened_on=day)
    query = f"?person={person.pk}&year={today.year}&month="
    assert "3 篇，走访 1 户" in page(client, "diary", query=query)
    month = f"{today:%Y-%m}"
    grid = town.own.grids[0]
    remark = reverse("services:diary_remark", args=[town.own.root.pk, month]) + f"?person={person.pk}"
    client.post(remark, {"text": "跟进路灯"})
    assert DiaryRemark.objects.get().person == person
    sent = client.post(f"{reverse('services:diary_file', args=['A5'])}{query}")
    content = b"".join(sent.streaming_content)
    info = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    printed = text_of(content)
    assert "A5" in info or "419.528 x 595.276" in info
    assert all(word in printed for word in ("民情日记", "目", "路灯不亮", "水压不够", "跟进路灯", "书记阅评"))
    contents = [line for line in printed.splitlines() if "想学嫁接" in line and ".." in line]
    assert contents
    assert contents[0].rstrip()[-1].isdigit()
    nothing = client.post(f"{reverse('services:diary_file', args=['A4'])}?grid={grid.pk}&year=2020&month=1")
    assert nothing.status_code == 302
    client.post(remark, {"text": ""})
    assert DiaryRemark.objects.count() == 0
