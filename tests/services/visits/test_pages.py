"""The pages of visits as somebody uses them: log, ask, step, print; and what the office does not see."""

import io
import subprocess
from collections import Counter
from datetime import timedelta

import openpyxl
import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils.timezone import localdate

from grids.choices import Role
from grids.models import Node, Post
from reports.statistics import visit_sources
from services.models import DiaryRemark, FourClearCheck, GridEvent, Matter, Visit, VisitPace, VisitPlan
from services.visits.actions import grids as grid_actions
from services.visits.views import grids as grid_views
from tests.factories import PersonFactory, appoint
from township.models import Action, AuditEvent

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
    assert "日记 3 篇，走访 3 次、1 户" in page(client, "diary", query=query)
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


def test_a_visit_is_corrected_with_those_who_have_left_since(town, client):
    client.force_login(town.secretary)
    home, grid, today = town.own.households[0], town.own.grids[0], localdate()
    gone, here = (PersonFactory(township=town.township, root=town.own.root, name=name) for name in "赵钱")
    never = town.own.people[0]
    ends = [appoint(person, Role.GRID_STAFF, grid) for person in (gone, here)]
    Post.objects.filter(pk=ends[0].pk).update(until=today - timedelta(days=5))
    before = today - timedelta(days=9)
    facts = {"visitor": gone.pk, "companions": [here.pk], "content": "灯不亮", "happened_on": before}
    assert log(client, home, **facts).status_code == 302  # written down after the visitor left
    row = Visit.objects.get()
    Post.objects.filter(pk=ends[1].pk).update(until=before)
    edit = reverse("services:visit_edit", args=[row.pk])
    opened = client.get(edit).context["form"]
    assert (opened.initial["companions"], opened["visitor"].value()) == ([here.pk], gone.pk)
    sent = {**ASKED, **facts, "content": "两盏灯不亮", "need": "roads", "disposal": "reported"}
    assert "可用的选项" in client.post(edit, {**sent, "companions": [never.pk]}).content.decode()
    assert "并登记为意见建议" in client.post(edit, sent, follow=True).content.decode()
    row = Visit.objects.get()
    assert (row.content, row.visitor, list(row.companions.all())) == ("两盏灯不亮", gone, [here])
    assert row.matter.content == "两盏灯不亮"
    client.force_login(town.group_leader)
    other = log(client, town.own.households[1], content="水压低")
    visit = Visit.objects.latest("pk")
    assert "登记回访" in client.get(other.headers["Location"]).content.decode()
    call = reverse("services:visit_callback", args=[visit.pk])
    client.post(call, {"day": today, "satisfaction": "fair"})
    assert Visit.objects.latest("pk").called_back_by == town.group_leader.person
    client.force_login(town.clerk)
    assert "必填" in client.post(call, {"day": today, "satisfaction": "good"}, follow=True).content.decode()
    foreign = {"day": today, "satisfaction": "good", "person": town.other.people[0].pk}
    assert "可用的选项" in client.post(call, foreign, follow=True).content.decode()
    client.post(call, {"day": today, "satisfaction": "good", "person": town.secretary.person.pk})
    assert Visit.objects.latest("pk").called_back_by == town.secretary.person
    refused = client.post(
        reverse("services:visit_callback", args=[row.pk]),
        {"day": today, "satisfaction": "good", "person": town.secretary.person.pk},
        follow=True,
    )
    assert "在意见建议里登记回访" in refused.content.decode()
    change = reverse("services:matter_edit", args=[row.matter.pk])
    values = {"raised_on": before, "source": "visit", "need": "roads", "content": "换两盏灯"}
    client.post(change, values)  # the tick of the call back is taken away before anything was answered
    matter = Matter.objects.get()
    assert (matter.content, matter.callback_due, matter.owner) == ("换两盏灯", False, gone)
    told = {"answer": "已换", "answered_on": today, "archived_on": today}
    Matter.objects.update(state="archived", **told)
    assert "已归档的不能修改" in client.post(change, values, follow=True).content.decode()


def test_the_office_cannot_tell_a_must_visit_from_a_usual_one(town, client):
    client.force_login(town.secretary)
    home, person = town.own.households[0], town.own.people[0].pk
    plan = {"household": home.pk, "need": "hospital", "next_on": localdate(), "consented": "on"}
    client.post(f"{reverse('services:plan_new')}?household={home.pk}", plan)
    log(client, home, content="陪去医院", visitor=person, occasion="must_visit")
    row = Visit.objects.get()
    actions = Action.objects.filter(by=town.secretary).order_by("pk").values_list("pk", flat=True)
    pages = [
        reverse("services:visits"),
        f"{reverse('services:visits')}?state=must_visit",
        row.get_absolute_url(),
        reverse("services:home", args=[home.pk]),
        f"{reverse('services:diary')}?village={town.own.root.pk}&grid={town.own.grids[0].pk}",
        *(reverse("grids:action", args=[pk]) for pk in actions),
        reverse("services:visit_edit", args=[row.pk]),
    ]
    planned = pages[5]  # there, nobody is told of plans
    for url in pages[:5]:
        assert "必访" in client.get(url).content.decode(), url
    client.force_login(town.clerk)
    for url in pages:
        answer = client.get(url)
        words = answer.content.decode().replace("日常、必访", "").replace("必访计划</a>", "")
        assert answer.status_code == (404 if url == planned else 200)
        assert "送医陪护" not in words or url == pages[-1], url  # a form names all services
        assert "必访" not in words.replace("登记必访计划", ""), url
    client.post(pages[-1], {**ASKED, "visitor": person, "happened_on": localdate(), "content": "陪同就医"})
    row.refresh_from_db()
    assert (row.content, row.occasion) == ("陪同就医", "must_visit")


def test_what_was_written_of_a_closed_household_and_of_a_grid_stays(town, client, monkeypatch):
    client.force_login(town.secretary)
    home, grid, today = town.own.households[0], town.own.grids[0], localdate()
    plan = VisitPlan.objects.create(household=home, need="jobs", consented=True, interval=60, next_on=today)
    monkeypatch.setattr(grid_views, "MOST_SHOWN", 2)
    for _ in range(3):
        log(client, home, content="想学嫁接", visitor=town.own.people[0].pk, opens_matter="on")
    shown = page(client, "home", home.pk)
    assert "看全部 3 次" in shown
    assert shown.count('<span class="count">3</span>') == 2  # visits and matters
    pace = reverse("services:home_pace", args=[home.pk])
    with monkeypatch.context() as patch:
        patch.setattr(grid_actions.history, "save", taken)
        assert "刚才已有人调整过" in client.post(pace, {"pace": "15"}, follow=True).content.decode()
    Node.objects.filter(pk=home.pk).update(closed_on=today, close_reason="moved_out")
    assert "（已注销）" in page(client, "home", home.pk)
    assert client.post(pace, {"pace": "15"}).status_code == 404
    assert "本户已注销" in page(client, "register", "plans")
    assert "计划只能结束" in page(client, "plan", plan.pk)
    client.post(reverse("services:plan_end", args=[plan.pk]))
    assert VisitPlan.objects.get().ended_on == today
    check = {"checked_on": today - timedelta(days=40), "people_ok": "on", "people_count": 12}
    client.post(f"{reverse('services:check_new')}?grid={grid.pk}", check)
    earlier = FourClearCheck.objects.get()
    client.post(f"{reverse('services:check_new')}?grid={grid.pk}", {**check, "checked_on": today})
    latest = FourClearCheck.objects.latest("pk")
    assert reverse("services:check", args=[latest.pk]) in page(client, "register", "checks")
    address = reverse("services:check", args=[earlier.pk])
    assert address in page(client, "check", latest.pk)
    assert page(client, "check", earlier.pk).count("已核对，12") == 2
    client.post(address, {**check, "people_count": 14})
    earlier.refresh_from_db()
    assert (earlier.people_count, earlier.checked_on) == (14, today - timedelta(days=40))


def taken(*_args, **_kwargs):
    raise IntegrityError


def test_the_diary_counts_words_and_visits_apart_and_binds_a_grids_year(town, client):
    client.force_login(town.secretary)
    visitor, along = town.own.people[:2]
    appoint(along, Role.GRID_STAFF, town.own.grids[0])
    of = {"visitor": visitor.pk, "companions": [along.pk]}
    log(client, town.own.households[0], content="路灯不亮", **of)
    log(client, town.own.households[1], plain="on", **of)
    year, grid, root = localdate().year, town.own.grids[0], town.own.root
    query = f"?person={along.pk}&year={year}&month="  # of somebody who only went along
    assert "日记 1 篇，走访 2 次、2 户" in page(client, "diary", query=query)
    counted = Counter(
        name for row in visit_sources._visits([root.pk], localdate()) for name, _ in counts_of(row)
    )
    assert counted == {"visit_count": 2, "diary_count": 1}  # annex 1 counts by the same rule
    sent = client.post(f"{reverse('services:diary_file', args=['A4'])}?grid={grid.pk}&year={year}&month=")
    content = b"".join(sent.streaming_content)
    printed = text_of(content)
    info = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert "A4" in info
    assert all(
        words in printed for words in (grid.name, f"{year}年", "日记 1 篇，走访 2 次、2 户", along.name)
    )
    remark = reverse("services:diary_remark", args=[root.pk, f"{year}-01"])
    stranger = town.other.people[0].pk
    for wrong in ("", f"?person={stranger}", "?person=x"):
        assert client.post(remark + wrong, {"text": "好"}).status_code == 404
    assert DiaryRemark.objects.count() == 0


def counts_of(row):
    return visit_sources._count_visit(row.at_home, row.entry)


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_nobody_means_is_refused_in_words(town, client, year):
    client.force_login(town.group_leader)
    event = {"kind": "hazard", "place": "桥头", "matter": "护栏断了", "reported_to": "branch"}
    event |= {"found_at": f"{year}-01-01T00:00", "reported_at": f"{year}-12-31T23:59"}
    answer = client.post(f"{reverse('services:event_new')}?sort=report", event)
    assert "请填日期和时间" in answer.content.decode()
