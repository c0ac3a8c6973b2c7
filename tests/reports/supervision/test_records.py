"""The books: who keeps them, what a list shows first, what leaves the house, last year's list copied."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import load_workbook

from grids.choices import Role
from reports.models import CaseEntry, DutyItem, DutyReview, PlanTarget, SupportRecord
from reports.supervision import actions, queries
from reports.supervision.books import BOOKS
from reports.supervision.queries import Asked
from tests.factories import PersonFactory, appoint
from township.choices import Deed
from township.models import AuditEvent

TODAY, DUE = date(2026, 11, 28), date(2026, 9, 30)


def duty(office, root=None, *, by=None, matter="划分网格", due_on=DUE, **more):
    data = {"root": root, "year": 2026, "matter": matter, "owner": "书记", "due_on": due_on, **more}
    return actions.create(model=DutyItem, township=office.township, data=data, by=by or office.clerk)


def address(name, *args, query=""):
    return reverse(f"reports:{name}", args=args) + query


def test_the_office_writes_everywhere_a_secretary_in_the_own_village_a_leader_nowhere(office):
    duty(office)
    duty(office, office.other.root)
    duty(office, office.own.root, by=office.secretary)
    for by, root in (
        (office.secretary, None),
        (office.secretary, office.other.root),
        (office.leader, office.own.root),
    ):
        with pytest.raises(PermissionDenied):
            duty(office, root, by=by)
    support = {
        "root": office.own.root,
        "year": 2026,
        "kind": "people",
        "content": "指导员1名",
        "amount": None,
    }
    with pytest.raises(PermissionDenied):
        actions.create(model=SupportRecord, township=office.township, data=support, by=office.secretary)
    moved = DutyItem.objects.get(root=office.own.root)
    with pytest.raises(PermissionDenied):
        actions.change(row=moved, data={"root": office.other.root}, by=office.secretary)
    seen = {user: DutyItem.objects.visible_to(user).count() for user in (office.leader, office.secretary)}
    assert seen == {office.leader: 3, office.secretary: 1}


def test_the_overdue_come_first_and_the_state_follows_from_the_days(office):
    done = duty(office, matter="已办", done_on=date(2026, 9, 1), result="完成")
    later = duty(office, matter="以后", due_on=date(2026, 12, 31))
    late = duty(office, office.own.root, matter="过期")
    rows = list(queries.duties(office.clerk, Asked(), on=TODAY))
    cells = BOOKS["duties"].reader(office.clerk, rows, TODAY)
    assert [(row, cells(row)[4].text, cells(row)[4].state) for row in rows] == [
        (late, "已逾期 59 天", "late"),
        (later, "还剩 33 天", "open"),
        (done, "已完成", "done"),
    ]
    for state, found in (("late", [late]), ("open", [late, later]), ("done", [done])):
        assert list(queries.duties(office.clerk, Asked(state=state), on=TODAY)) == found
    assert list(queries.duties(office.clerk, Asked(village=office.own.root.pk, text="过"), on=TODAY)) == [
        late
    ]


@pytest.mark.both_databases  # it writes through pages
def test_last_year_is_copied_once_open_again_and_only_where_one_may_write(office, client):
    for root in (None, office.own.root, office.other.root):
        duty(office, root, due_on=date(2024, 2, 29), year=2025, done_on=date(2025, 1, 1), result="完成")
    client.force_login(office.secretary)
    url = address("supervision_copy", "duties")
    assert "已由 2025 年复制 1 项" in client.post(url, {"year": 2026}, follow=True).content.decode()
    row = DutyItem.objects.get(year=2026)
    assert (row.root, row.due_on, row.done_on, row.result) == (
        office.own.root,
        date(2026, 2, 28),
        None,
        "",
    )
    assert actions.copy_year(model=DutyItem, township=office.township, year=2026, by=office.clerk) == 2
    with pytest.raises(ValidationError, match="2027年没有可以复制的"):
        actions.copy_year(model=DutyItem, township=office.township, year=2028, by=office.clerk)


def test_a_form_refuses_numbers_that_are_not_collected_and_what_is_not_yet_done(office, client):
    client.force_login(office.secretary)
    tomorrow = localdate() + timedelta(days=1)
    sent = {
        "root": office.own.root.pk,
        "year": "2026",
        "matter": "身份证 62272219800101123X",
        "owner": "书记",
        "due_on": "2026-09-30",
        "done_on": f"{tomorrow:%Y-%m-%d}",
    }
    page = client.post(address("supervision_new", "duties"), sent).content.decode()
    assert "系统不收集这些号码" in page
    assert "这一天还没有到" in page
    assert not DutyItem.objects.exists()


def test_a_list_leaves_as_it_is_filtered_and_the_log_says_so(office, client):
    duty(office, office.own.root, matter="=过期")
    duty(office, matter="以后", due_on=date(2099, 12, 31))
    client.force_login(office.leader)
    url = address("supervision_file", "duties", "xlsx", query="?state=late")
    answer = client.post(url)
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = [[(cell.value, cell.data_type) for cell in row] for row in book.active.iter_rows()]
    found = [row for row in rows if ("=过期", "s") in row]
    assert [[value for value, _ in row[2:5]] for row in found] == [["甲村党支部", "书记", "2026-09-30"]]
    entry = AuditEvent.objects.filter(deed=Deed.EXPORT).get()
    assert (entry.rows, entry.note.partition("，")[2], entry.user) == (1, "筛选：state=late", office.leader)
    assert entry.export_record.table
    pdf = client.post(address("supervision_file", "duties", "pdf"))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    client.force_login(office.secretary)
    book = client.post(address("supervision_file", "duties", "xlsx"))
    assert book.status_code == 200
    assert AuditEvent.objects.filter(deed=Deed.EXPORT).order_by("-pk").first().rows == 1


def test_a_print_too_long_is_refused_in_words(office, client, monkeypatch):
    monkeypatch.setattr("reports.exportlog.sending.MOST_PRINTED", 1)
    duty(office)
    duty(office, office.own.root)
    client.force_login(office.clerk)
    answer = client.post(address("supervision_file", "duties", "pdf"), follow=True)
    assert "超过 1 条，不能打印成一份" in answer.content.decode()


# --- 述职考评 ---------------------------------------------------------------------------------------


def review(office, made, person, grade="good"):
    data = {
        "root": made.root,
        "year": 2026,
        "secretary": person,
        "grade": grade,
        "day": date(2026, 12, 20),
        "note": "",
    }
    return actions.create(model=DutyReview, township=office.township, data=data, by=office.clerk)


def test_a_secretary_sees_the_own_result_only_even_after_a_merge(office, client):
    other = PersonFactory(township=office.township, root=office.other.root, name="乙书记")
    appoint(other, Role.SECRETARY, office.other.root)
    before = PersonFactory(township=office.township, root=office.own.root, name="前任")
    appoint(before, Role.SECRETARY, office.own.root)
    theirs = review(office, office.other, other, "poor")
    own = review(office, office.own, before)
    assert set(DutyReview.objects.visible_to(office.leader)) == {theirs, own}
    assert not DutyReview.objects.visible_to(office.secretary).exists(), "not the predecessor's"
    before.merged_into = office.secretary.person
    before.save()
    assert list(DutyReview.objects.visible_to(office.secretary)) == [own]
    client.force_login(office.secretary)
    page = client.get(address("supervision_list", "reviews", query="?year=2026")).content.decode()
    assert "乙书记" not in page
    assert "没有登记" not in page
    assert client.get(theirs.get_absolute_url()).status_code == 404


def test_the_office_sees_who_is_missing_and_enters_a_grade_nobody_computes(office, client):
    client.force_login(office.clerk)
    page = client.get(address("supervision_list", "reviews", query="?year=2026")).content.decode()
    assert "2026 年还有 2 个村没有登记" in page
    add = address("supervision_new", "reviews", query=f"?village={office.own.root.pk}&year=2026")
    person = office.secretary.person
    assert f'value="{person.pk}" selected' in client.get(add).content.decode()
    sent = {"year": 2026, "secretary": person.pk, "grade": "fair", "day": "2026-12-20"}
    page = client.post(add, sent | {"root": office.other.root.pk}).content.decode()
    assert "没有担任过乙村党支部的书记" in page
    client.post(add, sent | {"root": office.own.root.pk})
    row = DutyReview.objects.get()
    assert (row.secretary, row.grade) == (person, "fair")
    assert "fair" not in AuditEvent.objects.order_by("-pk").first().target
    page = client.post(add, sent | {"root": office.own.root.pk, "grade": "good"}).content.decode()
    assert "这个村本年度的述职考评已经登记过" in page
    page = client.get(address("supervision_list", "reviews", query="?year=2026")).content.decode()
    assert "2026 年还有 1 个村没有登记" in page


# --- 保障、目标、经验材料 ---------------------------------------------------------------------------


def test_support_is_summed_by_kind_and_year_and_only_money_has_an_amount(office, client):
    client.force_login(office.clerk)
    add = address("supervision_new", "support")
    for year, kind, amount in (
        (2026, "funds", "30000.50"),
        (2026, "funds", "1"),
        (2026, "people", ""),
        (2025, "goods", ""),
    ):
        client.post(add, {"year": year, "kind": kind, "content": f"{kind}{amount}", "amount": amount})
    refused = client.post(add, {"year": 2026, "kind": "goods", "content": "桌椅", "amount": "5"})
    assert "只有“财”填写金额" in refused.content.decode()
    assert "请填写金额" in client.post(add, {"year": 2026, "kind": "funds", "content": "x"}).content.decode()
    sums = queries.support_sums(queries.support(office.clerk, Asked(), on=TODAY))
    assert [(one.year, one.people, one.funds, one.amount, one.goods) for one in sums] == [
        (2026, 1, 2, Decimal("30001.50"), 0),
        (2025, 0, 0, Decimal(0), 1),
    ]
    assert "30,001.50" in client.get(address("supervision_list", "support")).content.decode()


def test_a_target_counts_itself_where_annex_1_does(office, client):
    client.force_login(office.clerk)
    today, add = localdate(), address("supervision_new", "targets")
    sent = {"year": today.year, "number": "4", "measure": "", "owner": ""}
    client.post(add, sent | {"code": "member_count"})
    client.post(add, sent | {"code": "member_count", "root": office.own.root.pk})
    client.post(add, sent | {"code": "coverage_rate", "number": "100"})
    client.post(add, sent | {"name": "新建场所（处）", "reached": "1"})
    both = client.post(add, sent | {"code": "member_count", "name": "又一个"}).content.decode()
    assert "附件1指标和自定目标请填其中一样" in both
    typed = client.post(add, sent | {"code": "grid_count", "reached": "1"}).content.decode()
    assert "目前完成数自动统计，请空着" in typed
    rows = list(queries.targets(office.clerk, Asked(), on=today))
    cells = BOOKS["targets"].reader(office.clerk, rows, today)
    assert [[cell.text for cell in cells(row)[:6]] for row in rows] == [
        ["党员 · 总数", "全乡", str(today.year), "4", "4", "100%"],
        ["联系覆盖率", "全乡", str(today.year), "100", "100", "100%"],
        ["新建场所（处）", "全乡", str(today.year), "4", "1", "25%"],
        ["党员 · 总数", "甲村党支部", str(today.year), "4", "2", "50%"],
    ]
    old = PlanTarget(township=office.township, year=2020, code="member_count", number=1)
    assert BOOKS["targets"].reader(office.clerk, [old], today)(old)[4].text == ""


@pytest.mark.both_databases  # it writes through pages
def test_a_village_tells_its_experience_with_a_file(office, client):
    client.force_login(office.secretary)
    file = io.BytesIO(b"%PDF-1.4\n%%EOF\n")
    file.name = "门前议事.pdf"
    text = "一是固定时间，每月逢五议事；\n二是当场分办。"
    sent = {"root": office.own.root.pk, "title": "门前议事", "day": "2026-11-01", "text": text, "file": file}
    page = client.post(address("supervision_new", "cases"), sent, follow=True).content.decode()
    row = CaseEntry.objects.get()
    assert (row.text, row.file_name) == (text, "门前议事.pdf"), "the punctuation stays as it was typed"
    assert "门前议事.pdf" in page
    got = client.get(address("supervision_attachment", "cases", row.pk))
    assert b"".join(got.streaming_content) == file.getvalue()
    assert got["Content-Disposition"].startswith("attachment")
    bad = io.BytesIO(b"MZ")
    bad.name = "x.exe"
    refused = client.post(address("supervision_edit", "cases", row.pk), sent | {"file": bad})
    assert refused.status_code == 200
    assert CaseEntry.objects.get().file_name == "门前议事.pdf"
