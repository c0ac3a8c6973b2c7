"""Registers out as workbooks and in again: nothing changes by itself, edits are exactly these edits."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from grids.choices import AbsenceReason, Role
from grids.imports import mending, uploads
from grids.imports.choices import UploadState
from grids.imports.mending import Mend
from grids.models import HouseholdProfile, HubProfile, MemberProfile, Node
from grids.registers.register import REGISTERS
from grids.tree import verify
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import UserFactory, Village, appoint, village
from tests.grids.imports import attacks
from tests.grids.registers.books import (
    FIRST,
    at,
    confirmed,
    exported,
    read_here,
    sent,
    settle,
    today,
    written,
)
from township.models import Action, AuditEvent

CODES = ("household", "member", "hub", "post", "contact")


@pytest.fixture(autouse=True)
def _at_hand(monkeypatch):
    """Files of ours need no child process; test_workbook_pages.py goes the whole way."""
    monkeypatch.setattr(uploads, "read_book", read_here)


@pytest.fixture
def peopled(made: Village) -> Village:
    """The village with posts and a contact, so that no register is empty."""
    appoint(made.people[0], Role.SECRETARY, made.root)
    appoint(made.people[1], Role.COMMITTEE, made.root)
    appoint(made.people[2], Role.GROUP_LEADER, made.groups[0])
    Contact.objects.create(
        township=made.root.township,
        level=Level.COMMITTEE,
        holder=made.people[1],
        target=made.groups[0],
        remark="每月走访，有事（急事）就到；",
    )
    HouseholdProfile.objects.filter(node=made.households[0]).update(door="001号（东）")
    days = {"absent_since": date(2026, 9, 1), "absent_until": date(2100, 12, 1)}
    absent = MemberProfile.objects.filter(node__in=made.members[1:4])
    absent.update(takes_part=False, absence_reason=AbsenceReason.AWAY, **days)
    MemberProfile.objects.filter(node=made.members[2]).update(absent_until=date(2026, 9, 2))  # is back
    MemberProfile.objects.filter(node=made.members[3]).update(absent_since=date(2100, 9, 1))  # will go
    HubProfile.objects.update(address="村口（老槐树）", plate_no="007", served_households=12)
    return made


# --- round trips ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_an_export_loads_back_without_a_change(code, peopled, clerk):
    register = REGISTERS[code]
    assert register.rows(clerk, peopled.root)
    upload = sent(exported(register, clerk, peopled.root), clerk, code)
    assert (upload.state, upload.report["errors"]) == (UploadState.UNCHANGED, [])
    assert upload.report["counts"][code]["same"] == len(register.rows(clerk, peopled.root))


@pytest.mark.parametrize("code", CODES)
def test_a_list_loads_back_without_a_change(code, peopled, clerk, client):
    client.force_login(clerk)
    address = {
        "post": reverse("grids:posts"),
        "contact": reverse("liaison:contacts_export"),
    }.get(code) or reverse("grids:node_list", args=[code])
    asked = client.post if code == "contact" else client.get
    response = asked(address, {"export": "xlsx"})
    assert response.status_code == 200
    data = b"".join(response.streaming_content) if response.streaming else response.content
    upload = sent(data, clerk, code, branch=peopled.root.name)
    assert upload.report["errors"] == []
    assert [row for row in upload.preview if row["state"] != "same"] == []
    assert upload.report["counts"][code]["same"] == len(REGISTERS[code].rows(clerk, peopled.root))


@pytest.mark.parametrize("kind", ["grid", "group"])
@pytest.mark.parametrize("code", ["household", "member"])
def test_a_list_that_is_no_register_is_told_in_words(kind, code, peopled, clerk, client):
    client.force_login(clerk)
    data = client.get(reverse("grids:node_list", args=[kind]), {"export": "xlsx"}).content
    upload = sent(data, clerk, code, branch=peopled.root.name)
    assert "网格、党小组" in upload.report["blocks"][0]
    assert upload.preview == []


def test_edits_come_back_as_just_these_edits(households, clerk, made):
    def change(sheet):
        sheet.cell(FIRST, at(sheet, "门牌"), "099号")
        sheet.cell(FIRST + 1, at(sheet, "家庭人口数"), 9)
        sheet.move_range(f"A{FIRST + 4}:Z{FIRST + 4}", rows=40)  # a row moved to the end, a gap in the middle

    upload = sent(exported(households, clerk, made.root, change=change), clerk, "household")
    changes = [(c["column"], c["old"], c["new"]) for row in upload.preview for c in row["changes"]]
    assert changes == [("门牌", "1号", "099号"), ("家庭人口数", "2", "9")]
    assert upload.report["counts"]["household"]["changed"] == 2
    before = Action.objects.count()
    upload = confirmed(upload, clerk)
    assert upload.state == UploadState.APPLIED
    assert HouseholdProfile.objects.get(node=made.households[0]).door == "099号"
    assert HouseholdProfile.objects.get(node=made.households[1]).size == 9
    assert Action.objects.count() == before + 1
    assert Action.objects.latest("pk").title == "导入农户"
    assert AuditEvent.objects.filter(deed="import").count() == 1


def test_a_template_is_filled_in_and_its_examples_stay_outside(households, clerk, made):
    def fill(sheet):
        for row, name in ((FIRST + 2, "演示户甲"), (FIRST + 3, "演示户乙")):
            sheet.cell(row, at(sheet, "户主姓名"), name)
            sheet.cell(row, at(sheet, "村民小组"), "1社")
            sheet.cell(row, at(sheet, "门牌"), 7)
            sheet.cell(row, at(sheet, "户联系电话"), 13800000000.0)
            sheet.cell(row, at(sheet, "联系党员"), made.members[0].name)

    count = Node.objects.count()
    upload = sent(exported(households, clerk, made.root, empty=True, change=fill), clerk, "household")
    assert [(row["title"], row["state"]) for row in upload.preview] == [
        ("演示户甲", "new"),
        ("演示户乙", "new"),
    ]
    assert sum("示例" in text for sheet in upload.report["sheets"] for text in sheet["left_out"]) == 2
    confirmed(upload, clerk)
    assert Node.objects.count() == count + 2
    assert HouseholdProfile.objects.get(node__name="演示户甲").phone == "13800000000"
    assert verify() == []


def test_a_template_looks_and_works_as_it_should(members, clerk, made):
    book = openpyxl.load_workbook(io.BytesIO(exported(members, clerk, made.root, empty=True)))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == f"A{FIRST}"
    assert sheet["A1"].font.name == "方正小标宋简体"
    assert [book[name].sheet_state for name in book.sheetnames] == ["visible", "visible", "veryHidden"]
    assert sheet.cell(FIRST + 3, at(sheet, "联系电话")).number_format == "@"
    lists = {
        next(iter(rule.sqref.ranges)).min_col: rule.formula1 for rule in sheet.data_validations.dataValidation
    }
    assert lists[at(sheet, "党小组")] == '"第1党小组,第2党小组"'
    assert lists[at(sheet, "是否流动")] == '"是,否"'
    assert sheet.cell(FIRST, 1).value == "示例"
    assert sheet.column_dimensions[openpyxl.utils.get_column_letter(sheet.max_column)].hidden


def test_an_example_keeps_the_rules_it_teaches(clerk, made):
    post, hub = (
        openpyxl.load_workbook(
            io.BytesIO(exported(REGISTERS[code], clerk, made.root, empty=True))
        ).worksheets[0]
        for code in ("post", "hub")
    )
    assert post.cell(FIRST, at(post, "任期届满")).value > post.cell(FIRST, at(post, "任职日期")).value
    assert 10 <= int(hub.cell(FIRST, at(hub, "周边农户数")).value) <= 15


def test_a_long_list_goes_to_a_sheet_of_its_own(households, clerk, made):
    for number in range(60):
        made.root.villager_groups.create(name=f"第{number + 2}村民小组")
    book = openpyxl.load_workbook(io.BytesIO(exported(households, clerk, made.root, empty=True)))
    sheet = book.worksheets[0]
    rules = {
        next(iter(rule.sqref.ranges)).min_col: rule.formula1 for rule in sheet.data_validations.dataValidation
    }
    assert rules[at(sheet, "村民小组")] == "'列表'!$A$2:$A$62"
    assert book["列表"].sheet_state == "hidden"
    assert book["列表"]["A3"].value == "第2村民小组"


# --- who comes later --------------------------------------------------------------------------------


def test_a_cell_changed_since_the_download_waits_for_a_word(members, clerk, made, changed):
    def change(sheet):
        sheet.cell(FIRST, at(sheet, "备注"), "表里写的")
        sheet.cell(FIRST + 1, at(sheet, "备注"), "没人动过")

    data = exported(members, clerk, made.root, change=change)
    row = members.rows(clerk, made.root)[0]
    members.save([changed(row, remark="别人改的")], user=clerk, place=made.root)
    upload = sent(data, clerk, "member")
    states = [(row["state"], [issue["message"] for issue in row["issues"]]) for row in upload.preview[:2]]
    assert states[0][0] == "error"
    assert "“别人改的”，表里写的是“表里写的”" in states[0][1][0]
    assert states[1] == ("changed", [])
    issue = upload.preview[0]["issues"][0]
    upload = mending.mend(
        upload=upload,
        by=clerk,
        today=today(),
        what=Mend("value", upload.preview[0]["sheet"], FIRST, issue["index"], "表里写的"),
    )
    assert upload.preview[0]["state"] == "changed"
    confirmed(upload, clerk)
    assert MemberProfile.objects.get(node=made.members[0]).remark == "表里写的"


def test_keeping_theirs_changes_nothing(members, clerk, made, changed):
    data = exported(members, clerk, made.root, change=lambda s: s.cell(FIRST, at(s, "备注"), "表里写的"))
    members.save([changed(members.rows(clerk, made.root)[0], remark="别人改的")], user=clerk, place=made.root)
    upload = sent(data, clerk, "member")
    first = upload.preview[0]
    what = Mend("value", first["sheet"], FIRST, first["issues"][0]["index"], "别人改的")
    upload = mending.mend(upload=upload, by=clerk, today=today(), what=what)
    assert upload.preview[0]["state"] == "same"


def test_what_changed_between_preview_and_confirm_is_shown_first(members, clerk, made, changed):
    data = exported(members, clerk, made.root, change=lambda s: s.cell(FIRST, at(s, "备注"), "表里写的"))
    upload = sent(data, clerk, "member")
    members.save([changed(members.rows(clerk, made.root)[0], remark="抢先")], user=clerk, place=made.root)
    upload = confirmed(upload, clerk)
    assert (upload.state, upload.runs) == (UploadState.WAITING, [])
    assert upload.preview[0]["state"] == "error"


def test_a_file_sent_twice_is_loaded_once(households, clerk, made):
    data = written([["户主姓名", "网格"], ["演示户甲", "第1网格"]])
    first = sent(data, clerk, "household", branch=made.root.name)
    second = sent(data, clerk, "household", branch=made.root.name)
    confirmed(first, clerk)
    confirmed(second, clerk)
    assert Node.objects.filter(name="演示户甲").count() == 1


def test_a_load_is_taken_back_whole(households, clerk, made):
    from grids.imports import undoing

    upload = sent(
        written([["户主姓名", "网格"], ["演示户甲", "第1网格"]]), clerk, "household", branch=made.root.name
    )
    upload = confirmed(upload, clerk)
    undoing.take_back(upload=upload, by=clerk, today=today())
    assert not Node.objects.filter(name="演示户甲").exists()


# --- files from elsewhere ---------------------------------------------------------------------------


def test_rows_are_matched_by_name_and_what_tells_namesakes_apart(members, clerk, made):
    one, other = made.members[0], made.members[1]
    rows = [
        ["党员花名册"],
        ["姓名", "联系电话", "备注"],
        [one.name, made.people[0].phone, "甲"],
        [other.name, "13900000000", "乙"],
        ["演示新党员", "", ""],
    ]
    upload = sent(written(rows), clerk, "member", branch=made.root.name)
    assert [row["state"] for row in upload.preview] == ["changed", "suspect", "new"]
    suspect = upload.preview[1]
    assert "联系电话不同" in suspect["issues"][0]["message"]
    what = Mend("same", suspect["sheet"], suspect["row"], kind="member", pk=suspect["issues"][0]["pk"])
    upload = mending.mend(upload=upload, by=clerk, today=today(), what=what)
    assert [row["state"] for row in upload.preview] == ["changed", "changed", "new"]
    what = Mend("different", suspect["sheet"], suspect["row"], kind="member")
    upload = mending.mend(upload=upload, by=clerk, today=today(), what=what)
    assert [row["state"] for row in upload.preview] == ["changed", "new", "new"]


def test_a_blank_cell_wipes_only_where_asked(members, clerk, made, changed):
    row = members.rows(clerk, made.root)[0]
    members.save([changed(row, remark="原有备注")], user=clerk, place=made.root)
    data = written([["姓名", "备注"], [made.members[0].name, ""]])
    upload = sent(data, clerk, "member", branch=made.root.name)
    assert upload.state == UploadState.UNCHANGED
    upload = sent(
        written([["姓名", "备注"], [made.members[0].name, ""], ["演示新党员", "新"]]),
        clerk,
        "member",
        branch=made.root.name,
    )
    upload = settle(upload, clerk, blanks={"remark": "clear"})
    assert upload.preview[0]["changes"] == [{"column": "备注", "old": "原有备注", "new": "", "cleared": True}]


def test_good_rows_go_in_and_the_others_wait(households, clerk, made):
    rows = [["户主姓名", "网格", "户联系电话"], ["演示户甲", "第1网格", ""], ["演示户乙", "第1网格", "12"]]
    upload = sent(written(rows), clerk, "household", branch=made.root.name)
    assert [row["state"] for row in upload.preview] == ["new", "error"]
    upload = confirmed(upload, clerk, part=True)
    assert upload.state == UploadState.PARTIAL
    assert Node.objects.filter(name__startswith="演示户").count() == 1
    bad = upload.preview[0]
    what = Mend("value", bad["sheet"], bad["row"], bad["issues"][0]["index"], "13800000001")
    upload = mending.mend(upload=upload, by=clerk, today=today(), what=what)
    upload = confirmed(upload, clerk)
    assert upload.state == UploadState.APPLIED
    assert Node.objects.filter(name__startswith="演示户").count() == 2


def test_columns_are_what_a_person_says_they_are(households, clerk, made):
    rows = [["户主姓名", "所在", "多余"], ["演示户甲", "第1网格", "x"]]
    upload = sent(written(rows), clerk, "household", branch=made.root.name)
    assert upload.preview[0]["state"] == "error"
    upload = settle(upload, clerk, columns={1: "grid"})
    assert upload.preview[0]["state"] == "new"


def test_another_villages_file_is_refused(households, clerk, made):
    other = village(made.root.township, "西坡村")
    upload = sent(exported(households, clerk, other.root), clerk, "household", branch=made.root.name)
    assert "不是“东坡村党支部”的" in upload.report["blocks"][0]


def test_a_foreign_secretary_changes_nothing(households, made, own_secretary):
    other = village(made.root.township, "西坡村")
    data = exported(households, UserFactory(township=made.root.township), other.root)
    upload = sent(data, own_secretary, "household")
    assert "不归您管" in upload.report["blocks"][0]


def test_another_registers_file_and_a_newer_program_are_refused(households, members, clerk, made):
    upload = sent(exported(households, clerk, made.root), clerk, "member")
    assert "这是“农户”的工作簿" in upload.report["blocks"][0]
    book = openpyxl.load_workbook(io.BytesIO(exported(members, clerk, made.root)))
    for row in book["meta"].iter_rows():
        if row[1].value == "version":
            row[2].value = "99"
    out = io.BytesIO()
    book.save(out)
    assert "更新版本" in sent(out.getvalue(), clerk, "member").report["blocks"][0]


def test_what_is_not_collected_is_not_kept(members, clerk, made):
    number = "510101199001011232"
    rows = [["姓名", "身份证号", "出生日期", "备注"], ["演示党员", number, "1990-01-01", f"证件{number}"]]
    upload = sent(written(rows), clerk, "member", branch=made.root.name)
    assert number not in str(uploads.locked(upload).__dict__)
    assert "1990-01-01" not in str(upload.rows)
    assert upload.report["not_collected"] == ["出生日期", "身份证号"]


# --- files as they come -----------------------------------------------------------------------------

PLAIN = "户主姓名,网格,家庭人口数\n演示户甲,第1网格,３人\n演示户乙,第1网格,2.0\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_files_in_any_encoding(encoding, households, clerk, made):
    data = PLAIN.encode(encoding)
    upload = sent(data, clerk, "household", name="村里的.csv", branch=made.root.name)
    assert [(row["title"], row["state"]) for row in upload.preview] == [
        ("演示户甲", "new"),
        ("演示户乙", "new"),
    ]


FILES = (
    "empty file", "GBK text called xlsx", "HTML called xls", "XML spreadsheet", "PDF", "encrypted", "Word 97",
    "macro inside", "docx renamed", "plain zip", "exe", "truncated zip", "zip bomb", "too many entries",
    "nested workbook", "doctype", "external entity", "far corner", "NUL in csv", "open quote", "broken bytes",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_that_mean_harm_are_refused_with_a_sentence(name, clerk, made):
    file, data, words = attacks.REFUSED[name]
    upload = sent(data, clerk, "member", name=file, branch=made.root.name)
    said = upload.report["errors"] + [{"message": block} for block in upload.report.get("blocks", [])]
    assert said[0]["message"].endswith("。")
    assert name in ("NUL in csv", "broken bytes") or words in said[0]["message"]
    assert upload.preview == []


def test_merged_hidden_and_formula_cells_are_read_as_a_clerk_would(members, clerk, made):
    book = openpyxl.Workbook()
    page = book.active
    for row in (
        ["姓名", "党小组", "备注"],
        ["演示甲", "第2党小组", "=1+1"],
        ["演示乙", None, ""],
        ["演示丙", "同上", ""],
    ):
        page.append(row)
    page.merge_cells("B2:B3")
    page.row_dimensions[4].hidden = True
    book.create_sheet("旧表").append(["姓名", "党小组"])
    book["旧表"].append(["演示丁", "第1党小组"])
    book["旧表"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    upload = sent(out.getvalue(), clerk, "member", branch=made.root.name)
    assert [(row["title"], row["state"]) for row in upload.preview] == [
        ("演示甲", "error"),
        ("演示乙", "new"),
        ("演示丙", "new"),
    ]
    assert "公式没有算出结果" in upload.preview[0]["issues"][0]["message"]
    notices = "".join(warning["message"] for warning in upload.report["warnings"])
    assert "1 行是隐藏的（第 4 行）" in notices
    assert "“旧表”是隐藏的" in notices
    confirmed(upload, clerk, part=True)
    assert set(Node.objects.filter(name__startswith="演示").values_list("group__name", flat=True)) == {
        "第2党小组"
    }


def test_marks_of_rows_that_were_changed_copied_or_are_gone(households, clerk, made):
    def change(sheet):
        mark = sheet.max_column
        sheet.cell(FIRST, mark, "乱改")
        sheet.cell(FIRST + 1, mark, "999999@1.2")
        for column in range(1, mark + 1):
            sheet.cell(FIRST + 3, column, sheet.cell(FIRST + 2, column).value)
        sheet.cell(FIRST + 3, at(sheet, "门牌"), "另一户")

    upload = sent(exported(households, clerk, made.root, change=change), clerk, "household")
    said = [[issue["message"] for issue in row["issues"]] for row in upload.preview[:4]]
    assert "系统编号被改动过" in said[0][0]
    assert "已没有这一行" in said[1][0]
    assert said[2] == []
    assert "请清空它的系统编号" in said[3][0]
    assert [row["state"] for row in upload.preview[:4]] == ["error", "error", "same", "error"]


def test_a_column_that_stands_twice_is_refused(members, clerk, made):
    data = written([["姓名", "联系电话", "联系电话"], ["演示甲", "13800000001", "13800000002"]])
    upload = sent(data, clerk, "member", branch=made.root.name)
    assert "“联系电话”出现了两次（B 列和 C 列）" in upload.report["blocks"][0]


def test_a_list_of_many_villages_gives_the_rows_of_one(members, clerk, made):
    other = village(made.root.township, "西坡村")
    rows = [["姓名", "村（党组织）", "备注"]]
    rows += [[made.members[0].name, made.root.name, "甲"], [other.members[0].name, other.root.name, "乙"]]
    upload = sent(written(rows), clerk, "member", branch=made.root.name)
    assert [row["title"] for row in upload.preview] == [made.members[0].name]
    assert "1 行是别的村的" in "".join(w["message"] for w in upload.report["warnings"])


def test_the_number_of_queries_does_not_grow_with_the_rows(
    households, clerk, made, django_assert_max_num_queries
):
    def rows(count):
        return written([["户主姓名", "网格"], *([f"演示户{n}", "第1网格"] for n in range(count))])

    counts = []
    for size in (2, 60):
        with django_assert_max_num_queries(200) as asked:
            sent(rows(size), clerk, "household", branch=made.root.name)
        counts.append(len(asked))
    assert counts[0] == counts[1]
