"""The catalogue: what an item says, its versions, closing; workbooks both ways; guides on paper; examples."""

import io
import json
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from grids.actions.refusals import ChangedMeanwhile
from services.models import ItemMaterial, ItemVersion, ServiceItem
from services.tickets.catalogue import actions, child
from services.tickets.catalogue.examples import examples
from services.tickets.catalogue.facts import (
    Facts,
    Paper,
    Unreadable,
    differences,
    read_paper,
    read_papers,
    settled,
)
from services.tickets.catalogue.guides import guides_of
from services.tickets.catalogue.queries import Asked, current_versions, editions, facts_of
from tests.factories import TownshipFactory, UserFactory
from township.models import Action, AuditEvent

DAY = date(2026, 11, 28)
LIST, NEW, LOAD = (reverse(f"services:{name}") for name in ("catalogue", "item_new", "catalogue_load"))
FACTS = Facts(
    name="临时救助申请",
    category="relief",
    default_kind="promised",
    office="民政办",
    basis="《社会救助暂行办法》",
    promised_days=10,
    papers=(Paper("居民身份证", 1, "公安机关", "both"), Paper("申请表", 2)),
)
KINDS = ("original", "copy", "both")
# names and offices as people type them, also with brackets, numbers and signs of times in them
names = (
    st.text(st.sampled_from("户口簿（甲）×2*x、 原件"), min_size=1, max_size=8).map(str.strip).filter(bool)
)
papers = st.builds(
    Paper, names, st.integers(1, 99), st.text(st.sampled_from("公安局、社"), max_size=6).map(str.strip),
    st.sampled_from(KINDS),
)  # fmt: skip


def words(response) -> str:
    return "".join(str(message) for message in response.context["messages"])


@pytest.fixture
def no_child(monkeypatch):
    """The child's work without its process."""

    def ask(request, limits, *, module):
        assert module == child.MODULE
        return json.loads(child.answer_to(json.loads(json.dumps(request)), limits))

    monkeypatch.setattr(child, "ask_child", ask)


def item(town, facts=FACTS, code="") -> ServiceItem:
    return actions.add_item(facts=facts, code=code, by=town.clerk, today=DAY)


# --- what an item says ------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(papers)
def test_a_material_reads_back_as_it_was_written(paper):
    assert read_paper(str(paper)) == paper


@pytest.mark.parametrize(
    ("line", "paper"),
    [
        ("居民身份证", Paper("居民身份证")),
        ("1、居民户口簿（户主页）", Paper("居民户口簿（户主页）")),  # no word of a kind: part of the name
        ("照片 x 3份", Paper("照片", 3)),
        ("房产证*2(自然资源局,复印件)", Paper("房产证", 2, "自然资源局", "copy")),
        ("申请表（原件）", Paper("申请表")),
        ("证明（村委会，乡政府，原件及复印件）", Paper("证明", 1, "村委会、乡政府", "both")),
    ],
)
def test_materials_are_read_as_people_write_them(line, paper):
    assert read_paper(line) == paper


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("（原件）", "没有材料名称"),
        ("申请表×0", "份数应在 1 到 99 之间"),
        ("长" * 61, "太长"),
        ("申请表\n申请表×2", "写了两遍"),
        ("\n".join(f"材料{n}" for n in range(31)), "最多 30 种"),
    ],
)
def test_materials_nobody_can_read_are_refused(cell, why):
    with pytest.raises(Unreadable, match=why):
        read_papers(cell)


def test_differences_name_what_changed_and_of_materials_only_the_lines():
    new = replace(FACTS, office="社会事务办", promised_days=8, papers=(FACTS.papers[0], Paper("照片")))
    assert [(one.title, one.old, one.new) for one in differences(FACTS, new)] == [
        ("承办单位", "民政办", "社会事务办"),
        ("申办材料", "申请表×2（原件）", "照片×1（原件）"),
        ("承诺时限（工作日）", "10", "8"),
    ]
    turned = replace(FACTS, papers=FACTS.papers[::-1])  # the same lines in another order, both told whole
    assert len(differences(FACTS, turned)[0].new.splitlines()) == 2
    assert settled(replace(FACTS, default_kind="instant")).promised_days == 0


# --- versions ---------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_change_makes_a_new_version_and_leaves_the_old_one_as_it_was(town):
    made = item(town)
    assert made.code == "002"  # after the 01 that is there
    first = made.versions.get()
    change = {"item": made, "by": town.clerk, "today": DAY}
    second = actions.change_item(facts=replace(FACTS, promised_days=8, papers=()), seen=1, **change)
    first.refresh_from_db()
    assert (first.current, facts_of(first)) == (False, FACTS)
    assert (second.number, second.current, facts_of(second).papers) == (2, True, ())
    # nothing different is no version; what another did meanwhile is not overwritten
    assert actions.change_item(facts=facts_of(second), seen=2, **change).pk == second.pk
    with pytest.raises(ChangedMeanwhile):
        actions.change_item(facts=FACTS, seen=1, **change)
    latest, oldest = editions(made)
    assert [one.title for one in latest.changes] == ["申办材料", "承诺时限（工作日）"]
    assert (latest.who, oldest.changes) == (town.clerk.full_name, [])
    assert Action.objects.filter(title="修改代办事项").count() == 1
    for wrong, why in (
        ({"promised_days": None}, "承诺件要写明承诺时限"),
        ({"legal_days": 5}, "承诺时限不能长于法定时限"),
        ({"name": town.version.name}, "已有同名的事项（编号 01）"),
    ):
        with pytest.raises(ValidationError, match=why):
            actions.change_item(facts=replace(FACTS, **wrong), seen=2, **change)
    with pytest.raises(PermissionDenied):
        actions.change_item(**{**change, "by": town.secretary}, facts=FACTS, seen=2)


def test_items_are_closed_with_a_reason_and_opened_again(client, town):
    made = item(town)
    client.force_login(town.clerk)
    close, edit = (reverse(f"services:item_{deed}", args=[made.pk]) for deed in ("close", "edit"))
    assert "必填" in client.post(close, {"on": "2026-11-01", "why": ""}).content.decode()
    client.post(close, {"on": "2026-11-01", "why": "权限上收"})
    made.refresh_from_db()
    assert (made.closed_on, made.closed_why) == (date(2026, 11, 1), "权限上收")
    assert "已停办" in words(client.get(edit, follow=True))
    rows = {
        state: current_versions(town.clerk, Asked(state=state)).count() for state in ("", "closed", "all")
    }
    assert rows == {"": 1, "closed": 1, "all": 2}
    other = item(town)  # the name is free again, so the old one stays closed
    assert "同名" in words(client.post(reverse("services:item_reopen", args=[made.pk]), follow=True))
    facts = replace(FACTS, name="另一项")
    actions.change_item(item=other, facts=facts, seen=1, by=town.clerk, today=DAY)
    client.post(reverse("services:item_reopen", args=[made.pk]))
    made.refresh_from_db()
    assert made.closed_on is None


# --- pages ------------------------------------------------------------------------------------------


def test_an_item_is_typed_with_its_materials_and_changed_on_its_page(client, town):
    client.force_login(town.clerk)
    sent = {
        "name": "高龄津贴申领", "category": "relief", "office": "民政办", "default_kind": "promised",
        "promised_days": "10", "papers-TOTAL_FORMS": "3", "papers-INITIAL_FORMS": "0",
        "papers-0-name": "居民身份证", "papers-0-copies": "2", "papers-0-kind": "both",
        "papers-0-issuer": "公安机关", "papers-2-name": "照片",
    }  # fmt: skip
    # more lines are offered without saving anything
    page = client.post(NEW, {**sent, "more": "1"})
    assert (len(page.context["papers"].forms), ServiceItem.objects.count()) == (8, 1)
    assert page.context["papers"].forms[0]["name"].value() == "居民身份证"
    for wrong, why in (
        ({"promised_days": ""}, "承诺件要写明承诺时限"),
        ({"papers-2-name": "居民身份证"}, "材料“居民身份证”写了两遍"),
        ({"papers-1-copies": "1"}, "请填写材料名称"),
        ({"name": town.version.name}, "已有同名的事项"),
        ({"flow_note": "110101199003078515"}, "好像有身份证号"),
    ):
        assert why in client.post(NEW, {**sent, **wrong}).content.decode()
    client.post(NEW, sent)
    version = ItemVersion.objects.get(name="高龄津贴申领")
    assert facts_of(version).papers == (Paper("居民身份证", 2, "公安机关", "both"), Paper("照片"))
    assert (version.fee_note, version.is_example) == ("不收费", False)
    edit = reverse("services:item_edit", args=[version.item_id])
    assert "没有改动" in words(client.post(edit, {**sent, "seen": "1"}, follow=True))
    answer = client.post(edit, {**sent, "seen": "1", "office": "社会事务办"}, follow=True)
    assert "已保存为第 2 版" in words(answer)
    assert "别人改过" in client.post(edit, {**sent, "seen": "1"}).content.decode()
    old = client.get(answer.redirect_chain[-1][0], {"version": "1"}).content.decode()
    assert "这是旧版" in old
    assert "民政办" in old


def test_everybody_in_the_township_reads_and_only_the_office_edits(
    client, town, django_assert_max_num_queries
):
    made = item(town)
    page = reverse("services:item", args=[made.pk])
    for seat in (town.leader, town.secretary, town.group_leader, town.member):
        client.force_login(seat)
        assert "临时救助申请" in client.get(LIST).content.decode()
        text = client.get(page).content.decode()
        assert "印办事指南" in text
        assert "停办" not in text
        assert client.get(NEW).status_code == 403
    stranger = UserFactory(township=TownshipFactory(name="外乡"))
    client.force_login(stranger)
    assert client.get(page).status_code == 404
    assert client.get(LIST).context["is_empty"]
    actions.load_examples(found=examples(), by=stranger, today=DAY)
    with django_assert_max_num_queries(20):
        assert client.get(LIST).context["page_obj"].paginator.count == 60


def test_the_list_is_narrowed_by_each_box(client, town):
    item(town)
    client.force_login(town.member)

    def found(**asked) -> list[str]:
        return [row.name for row, _ in client.get(LIST, asked).context["lines"]]

    assert len(found()) == 2
    for asked in (
        {"category": "relief"},
        {"office": "民政办"},
        {"q": "身份证"},
        {"q": "002"},
        {"q": "临时 申请"},
    ):
        assert found(**asked) == ["临时救助申请"], asked
    assert found(kind="instant") == []
    assert len(found(office="没有这个单位", category="x")) == 2  # a senseless choice counts as none


# --- examples ---------------------------------------------------------------------------------------


def test_the_start_set_is_sixty_whole_items_marked_as_examples(client, town):
    found = examples()
    assert len(found) == len({facts.name for facts in found.values()}) == 60
    assert {facts.default_kind for facts in found.values()} == {"instant", "promised", "joint", "forwarded"}
    for facts in found.values():
        assert settled(facts) == facts
        assert facts.office
        assert facts.basis
        assert facts.flow_note
        assert facts.papers
    client.force_login(town.clerk)
    load = reverse("services:catalogue_examples")
    assert "不再载入示例" in words(client.post(load, follow=True))  # there is an item already
    ItemMaterial.objects.all().delete()
    ItemVersion.objects.all().delete()
    ServiceItem.objects.all().delete()
    assert "载入示例清单（60 项）" in client.get(LIST).content.decode()
    assert "已载入 60 项示例" in words(client.post(load, follow=True))
    rows = ItemVersion.objects.select_related("item").prefetch_related("materials")
    assert {row.item.code: facts_of(row) for row in rows} == found
    assert all(row.is_example for row in rows)
    # adopted as it is, or changed: no example any more
    one, other = rows[:2]
    client.post(reverse("services:item_adopt", args=[one.item_id]))
    facts = replace(facts_of(other), office="综合窗口")
    actions.change_item(item=other.item, facts=facts, seen=1, by=town.clerk, today=DAY)
    assert current_versions(town.clerk, Asked(state="example")).count() == 58
    assert facts_of(ItemVersion.objects.get(item=one.item, current=True)) == facts_of(one)


# --- workbooks --------------------------------------------------------------------------------------


def exported(client, query="") -> bytes:
    answer = client.post(f"{reverse('services:catalogue_file', args=['xlsx'])}?{query}")
    return b"".join(answer.streaming_content)


def send(client, content: bytes, name="清单.xlsx"):
    return client.post(LOAD, {"file": SimpleUploadedFile(name, content)})


def book(rows, title="事项") -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    made.save(out)
    return out.getvalue()


def changed(content: bytes, edit) -> bytes:
    made, out = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    edit(made.worksheets[0])
    made.save(out)
    return out.getvalue()


def confirm(client, page):
    sent = {"lines": page.context["lines"], "digest": page.context["digest"]}
    return client.post(LOAD, sent, follow=True)


@pytest.mark.both_databases
def test_our_own_export_comes_back_as_no_change_and_with_changes_as_new_versions(client, town, no_child):
    actions.enter_examples(
        town.township, {f"9{code}": facts for code, facts in examples().items()}, by=None, today=DAY
    )
    client.force_login(town.clerk)
    content = exported(client)
    page = send(client, content)
    assert page.context["plan"].counts == {"new": 0, "changed": 0, "same": 61, "error": 0}
    assert "没有变化，不用导入" in page.content.decode()

    def edit(sheet):
        heads = {cell.value: cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
        row = next(row for row in sheet.iter_rows() if row[0].value == "9001")[0].row
        sheet.cell(row, heads["承办单位"]).value = "综合窗口"
        sheet.cell(row, heads["办理依据"]).value = None  # a blank cell is no word
        new = sheet.max_row + 1
        for title, value in (
            ("事项名称", "新事项"), ("类别", "其他"), ("件型", "承诺件"), ("承办单位", "村委会"),
            ("承诺时限（工作日）", "5个工作日"), ("申办材料", "申请表×2（村委会，原件）\n照片"),
        ):  # fmt: skip
            sheet.cell(new, heads[title]).value = value

    page = send(client, changed(content, edit))
    assert page.context["plan"].counts == {"new": 1, "changed": 1, "same": 60, "error": 0}
    assert [one.title for row in page.context["rows"] for one in row.differences] == ["承办单位"]
    before = ItemVersion.objects.count()
    assert "新增 1 项，修改 1 项" in words(confirm(client, page))
    assert ItemVersion.objects.count() == before + 2
    new = ItemVersion.objects.select_related("item").get(name="新事项")
    assert (new.item.code, new.promised_days) == ("9061", 5)
    assert facts_of(new).papers == (Paper("申请表", 2, "村委会"), Paper("照片"))
    held = ItemVersion.objects.get(item__code="9001", current=True)
    assert (held.number, held.office, held.is_example) == (2, "综合窗口", False)
    assert held.basis == examples()["001"].basis
    assert AuditEvent.objects.filter(deed="import").count() == 1
    # sent a second time nothing happens twice
    assert "重新比对" in words(confirm(client, page))
    assert ItemVersion.objects.count() == before + 2


def test_all_bad_cells_are_told_at_once_and_nothing_is_loaded(client, town, no_child):
    closed = item(town)
    actions.close_item(item=closed, on=DAY, why="上收", by=town.clerk)
    client.force_login(town.clerk)
    heads = ["编号", "名称", "类别", "件型", "责任单位", "承诺时限", "法定时限", "材料", "流程", "经办电话"]
    good = ["", "好事项", "其他", "即办件", "村委会", "", "", "", "", ""]
    rows = [
        ["某县代办事项表"], heads, good,
        ["", "缺类别", "", "补办件", "", "", "", "", "", ""],
        ["", "天数", "其他", "承诺件", "村委会", "五天", "", "申请表×0", "", ""],
        ["", "太久", "其他", "承诺件", "村委会", "9", "5", "", "", ""],
        ["1", town.version.name, "", "", "", "", "", "", "证件 110101199003078515", ""],
        [closed.code, "改停办的", "", "", "", "", "", "", "", ""],
        ["", town.version.name, "其他", "即办件", "村委会", "", "", "", "", ""],
        ["", "好事项", "其他", "即办件", "村委会", "", "", "", "", ""],
    ]  # fmt: skip
    page = send(client, book(rows))
    told: dict[tuple[int, str], str] = {}
    for fault in page.context["plan"].faults:
        told[fault.row, fault.column] = told.get((fault.row, fault.column), "") + fault.message
    assert told.keys() == {
        (4, "类别"), (4, "件型"), (4, "承办单位"), (5, "承诺时限（工作日）"), (5, "申办材料"),
        (6, "承诺时限（工作日）"), (7, "办理条件和流程"), (8, "编号"), (9, "事项名称"), (10, "事项名称"),
    }  # fmt: skip
    assert told[4, "件型"] == "只能填：即办件、承诺件、联办件、上报件。"
    assert told[6, "承诺时限（工作日）"] == "承诺时限不能长于法定时限。"
    assert "已停办" in told[8, "编号"]
    assert "要改那一项，请填它的编号" in told[9, "事项名称"]
    assert "与第 3 行是同一个事项" in told[10, "事项名称"]
    text = page.content.decode()
    assert "110101199003078515" not in text
    assert "“经办电话”列没有读取" in text
    assert "没有导入" in words(confirm(client, page))
    assert ItemVersion.objects.count() == 2
    # the good line alone goes in; what is not a catalogue is refused in words
    assert "新增 1 项" in words(confirm(client, send(client, book(rows[:3]))))
    for rows, why in (
        ([["姓名", "电话"], ["李平", "1"]], "没有找到事项清单"),
        ([[*heads, "事项"], [*good, "x"]], "出现了两次"),
        ([heads, *([good] * 501)], "超过 500 行"),
    ):
        assert why in send(client, book(rows)).content.decode()
    assert STALE in words(client.post(LOAD, {"lines": "x", "digest": "x"}, follow=True))


STALE = "预览已过期"


def test_a_file_is_read_in_a_process_of_its_own(client, town):
    client.force_login(town.clerk)
    page = send(client, exported(client))
    assert page.context["plan"].counts["same"] == 1
    assert "其实是网页" in send(client, b"<html></html>", "x.xls").content.decode()


# --- paper ------------------------------------------------------------------------------------------


def test_guides_say_all_and_name_nobody(client, town):
    made = item(town)
    row = made.versions.prefetch_related("materials").select_related("item").get()
    (guide,) = guides_of([row], "青河乡", on=DAY)
    assert (guide.promise, guide.words["papers"]) == (
        "10 个工作日",
        "居民身份证×1（公安机关，原件及复印件）\n申请表×2（原件）",
    )
    client.force_login(town.member)
    for url in (reverse("services:item_guide", args=[made.pk]), reverse("services:catalogue_guides")):
        answer = client.post(url)
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert list(AuditEvent.objects.filter(deed="export").order_by("pk").values_list("rows", flat=True)) == [
        1,
        2,
    ]
    assert "没有符合条件" in words(client.post(f"{url}?q=没有的", follow=True))
