"""An import session from file to end: columns, mends, held rows, the file that comes back, the undo."""

import io
import json
import stat
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from grids.choices import Kind
from grids.imports import uploads
from grids.imports.actions import load_file
from grids.imports.copies import COPIES
from grids.imports.reading import child
from grids.models import ColumnMemory, HouseholdProfile, Node, Person, RosterUpload
from tests.factories import TownshipFactory, UserFactory
from tests.grids.imports.attacks import old_workbook
from township.choices import Deed
from township.models import Action, AuditEvent

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_databases,
]  # cells and mends are JSON, read in the database
TODAY = date(2026, 9, 10)
NUMBER = "620102197001011234"
TITLES = ["党支部", "党小组", "党员姓名", "党员电话", "户主姓名", "门牌", "人口", "户联系电话", "身份证号"]
BRANCH, FIRST, SECOND = "甲村党支部", "第一党小组", "第二党小组"
WANG = [BRANCH, FIRST, "白子龙", "13900000001", "王军", "3号", 3, "13911110001", NUMBER]
ZHOU = [BRANCH, SECOND, "李明", "13900000002", "周强", "8号", 2, "13911110002", NUMBER]


def content(rows, titles=TITLES, change=None):
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "名册"
    for row in [titles, *rows]:
        page.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def having(row, **facts):
    """A row with some of its columns said otherwise."""
    names = {"group": 1, "member": 2, "member_phone": 3, "house": 4, "door": 5, "size": 6, "phone": 7}
    made = list(row)
    for name, value in facts.items():
        made[names[name]] = value
    return made


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture(autouse=True)
def no_child(monkeypatch):
    """The child's work without its process; test_pages.py and test_refusals.py start real ones."""

    def ask(request, limits):
        return json.loads(child.answer_to(json.loads(json.dumps(request)), limits))

    monkeypatch.setattr(child, "ask_child", ask)
    monkeypatch.setattr(child, "allow_copying", lambda: None)


@pytest.fixture
def township(tmp_path):
    """青河乡 with 甲村: two groups, a member and a household each."""
    made = TownshipFactory(name="青河乡")
    path = tmp_path / "去年.xlsx"
    path.write_bytes(content([WANG, ZHOU]))
    assert load_file(path=path, township=made, today=TODAY)["status"] == "applied"
    return made


@pytest.fixture
def clerk(client, township):
    user = UserFactory(township=township, full_name="演示乡党政办")
    client.force_login(user)
    return user


def send(client, data, name="甲村.xlsx"):
    client.post(reverse("grids:import_new"), {"file": SimpleUploadedFile(name, data)})
    return RosterUpload.objects.order_by("-pk").first()


def act(client, upload, what, **fields):
    response = client.post(reverse(f"grids:import_{what}", args=[upload.pk]), fields)
    assert response.status_code == 302
    upload.refresh_from_db()
    return upload


def page(client, upload, show="all"):
    return client.get(f"{upload.get_absolute_url()}?show={show}").content.decode()


def states(upload):
    return {row["row"]: row["state"] for row in upload.preview}


def houses():
    return set(Node.objects.filter(kind=Kind.HOUSEHOLD, closed_on=None).values_list("name", flat=True))


def issues(upload, row):
    return [issue for one in upload.preview if one["row"] == row for issue in one["issues"]]


# --- what is seen ------------------------------------------------------------------------------------


def test_each_row_has_its_state_and_each_change_its_old_value(client, clerk):
    rows = [having(WANG, size=5), ZHOU, having(ZHOU, house="冯静", door="9号"), having(ZHOU, house="赵*")]
    upload = send(client, content(rows))
    assert states(upload) == {2: "changed", 3: "same", 4: "new", 5: "error"}
    assert upload.preview[0]["changes"] == [
        {"column": "家庭人口数", "old": "3", "new": "5", "cleared": False}
    ]
    shown = page(client, upload)
    assert '<span class="diff-old">3</span> → <span class="diff-new">5</span>' in shown
    assert "错误 1 行" in shown
    assert "冯静" not in page(client, upload, "error")


def test_all_errors_of_the_file_are_told_at_once(client, clerk):
    rows = [
        having(WANG, house="赵*"),
        having(ZHOU, house="12"),
        having(ZHOU, house=""),
        having(ZHOU, group=""),
    ]
    upload = send(client, content(rows))
    told = {(row["row"], row["issues"][0]["column"]) for row in upload.preview if row["issues"]}
    assert {(2, "户主姓名"), (3, "户主姓名"), (4, "户主姓名")} <= told


def test_pages_of_a_long_file_cost_the_same(client, clerk, django_assert_num_queries):
    few = send(client, content([having(ZHOU, house=f"冯{chr(0x4E00 + n)}", door=f"{n}号") for n in range(5)]))
    address = f"{few.get_absolute_url()}?show=all"
    client.get(address)
    with django_assert_num_queries(5):
        client.get(address)
    many = send(
        client,
        content([having(ZHOU, house=f"冯{chr(0x5000 + n)}", door=f"{n}号") for n in range(120)]),
        "b.xlsx",
    )
    with django_assert_num_queries(5):
        shown = client.get(f"{many.get_absolute_url()}?show=all&page=2").content.decode()
    assert "第 2 / 3 页" in shown


# --- mending -----------------------------------------------------------------------------------------


def test_a_typed_value_is_checked_at_once(client, clerk):
    upload = send(client, content([having(ZHOU, house="赵*", door="9号")]))
    upload = act(client, upload, "mend", deed="value", sheet="名册", row=2, column=4, value="赵**")
    assert states(upload) == {2: "error"}
    upload = act(client, upload, "mend", deed="value", sheet="名册", row=2, column=4, value="赵兰")
    assert states(upload) == {2: "new"}
    act(client, upload, "confirm")
    assert "赵兰" in houses()


def test_an_unknown_group_of_a_known_branch_is_asked_about(client, clerk):
    rows = [
        having(ZHOU, group="七组", house="孙红", door="9号"),
        having(ZHOU, group="七组", house="孙青", door="10号"),
    ]
    upload = send(client, content(rows))
    assert states(upload) == {2: "error", 3: "error"}
    assert issues(upload, 2)[0]["options"] == [FIRST, SECOND]
    chosen = act(
        client, upload, "mend", deed="value", sheet="名册", row=2, column=1, choice=SECOND, alike="1"
    )
    assert states(chosen) == {2: "new", 3: "new"}
    again = send(
        client, content([having(ZHOU, group="七组", member="方亮", member_phone="", house="孙红")]), "b.xlsx"
    )
    created = act(client, again, "mend", deed="create", value="第七党小组")
    assert states(created) == {2: "new"}
    act(client, created, "confirm")
    assert Node.objects.filter(kind=Kind.GROUP, name="第七党小组").exists()


def test_skipping_a_row_needs_a_reason_and_stands_in_the_record(client, clerk):
    rows = [having(ZHOU, house="赵*"), having(ZHOU, house="冯静", door="9号")]
    upload = send(client, content(rows))
    client.post(reverse("grids:import_mend", args=[upload.pk]), {"deed": "skip", "sheet": "名册", "row": 2})
    upload.refresh_from_db()
    assert states(upload)[2] == "error"
    address = reverse("grids:import_mend", args=[upload.pk])
    answer = client.post(address, {"deed": "skip", "sheet": "名册", "row": 2}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == upload.get_absolute_url()
    assert "请写明为什么跳过这一行" in client.get(answer.headers["HX-Redirect"]).content.decode()
    upload = act(client, upload, "mend", deed="skip", sheet="名册", row=2, value="已迁出")
    assert states(upload) == {2: "skipped", 3: "new"}
    upload = act(client, upload, "confirm")
    assert upload.state == "applied"
    assert "已迁出" in page(client, upload)
    assert houses() == {"王军", "周强", "冯静"}


def test_one_who_may_be_known_is_asked_about(client, clerk):
    """Same name and same tail of the phone, under another number: the same household or another one?"""
    other = having(ZHOU, house="王军", door="20号", phone="13922220001")
    upload = send(client, content([other]))
    assert states(upload) == {2: "suspect"}
    [suspect] = issues(upload, 2)
    assert "电话尾号都是 0001" in suspect["message"]
    act(client, upload, "confirm", part="1")
    assert Node.objects.filter(name="王军").count() == 1
    same = {"sheet": "名册", "row": 2, "kind": suspect["kind"], "pk": suspect["pk"]}
    upload = act(client, upload, "mend", deed="same", **same)
    assert states(upload) == {2: "changed"}
    upload = act(client, upload, "mend", deed="different", **same)
    assert states(upload) == {2: "new"}
    act(client, upload, "confirm")
    assert Node.objects.filter(name="王军").count() == 2


def test_good_rows_go_in_and_the_others_wait(client, clerk):
    rows = [having(WANG, size=5), having(ZHOU, house="赵*", door="9号")]
    upload = send(client, content(rows))
    act(client, upload, "confirm")
    assert upload.state == "waiting"  # not all rows are right, and nobody asked for a part
    upload = act(client, upload, "confirm", part="1")
    assert upload.state == "partial"
    assert HouseholdProfile.objects.get(node__name="王军").size == 5
    assert states(upload) == {3: "error"}
    assert "还有 1 行没有处理" in client.get(reverse("grids:imports")).content.decode()
    upload = act(client, upload, "mend", deed="value", sheet="名册", row=3, column=4, value="赵兰")
    upload = act(client, upload, "confirm")
    assert (upload.state, upload.rows, len(upload.runs)) == ("applied", None, 2)
    assert "赵兰" in houses()


def test_rows_under_a_bad_merged_cell_wait_with_it(client, clerk):
    def merge(book):
        book.worksheets[0].merge_cells("C2:C3")

    rows = [
        having(ZHOU, member="李*", house="冯静", door="9号"),
        having(ZHOU, member="", house="冯远", door="10号"),
    ]
    upload = send(client, content([*rows, having(WANG, size=6)], change=merge))
    assert states(upload) == {2: "error", 3: "error", 4: "changed"}
    act(client, upload, "confirm", part="1")
    assert houses() == {"王军", "周强"}


# --- columns -----------------------------------------------------------------------------------------


def columns(client, upload, **fields):
    return act(client, upload, "columns", **{"on-0": "1", "head-0": "1"} | fields)


def test_settled_columns_hold_for_the_next_file_of_that_make(client, clerk):
    titles = [*TITLES[:4], "当家人", *TITLES[5:]]
    upload = send(client, content([ZHOU], titles))
    assert "没有认准" in client.get(reverse("grids:import_columns", args=[upload.pk])).content.decode()
    said = {f"col-0-{column['index']}": column["field"] for column in upload.report["sheets"][0]["layout"]}
    upload = columns(client, upload, **said | {"col-0-4": "household"})
    assert states(upload) == {2: "same"}
    following = send(client, content([having(ZHOU, size=4)], titles), "十月.xlsx")
    assert states(following) == {2: "changed"}
    shown = client.get(reverse("grids:import_columns", args=[following.pk])).content.decode()
    assert "对同样表头的选择" in shown
    client.post(reverse("grids:import_columns", args=[following.pk]), {"forget": "1"})
    assert not ColumnMemory.objects.exists()
    colleague = UserFactory(township=clerk.township)
    client.force_login(colleague)
    assert not send(client, content([ZHOU], titles), "别人.xlsx").is_sure


def test_a_blank_cell_clears_only_where_the_clerk_says_so(client, clerk):
    blank = having(WANG, phone="", door="", size="不详")
    upload = send(client, content([blank]))
    assert upload.state == "unchanged"
    upload = send(client, content([blank, ZHOU, having(ZHOU, house="冯静", door="9号")]), "b.xlsx")
    said = {f"col-0-{column['index']}": column["field"] for column in upload.report["sheets"][0]["layout"]}
    upload = columns(client, upload, **said | {"blank-0-7": "clear", "blank-0-6": "clear"})
    cleared = {
        change["column"]: change["old"] for change in upload.preview[0]["changes"] if change["cleared"]
    }
    assert cleared == {"电话": "13911110001", "家庭人口数": "3"}  # 不详 says nothing either
    assert "清空" in page(client, upload)
    act(client, upload, "confirm")
    profile = HouseholdProfile.objects.get(node__name="王军")
    assert (profile.phone, profile.door) == ("", "3号")


def test_a_cell_that_cannot_be_read_is_no_blank(client, clerk):
    upload = send(client, content([having(WANG, phone="12"), having(ZHOU, house="冯静", door="9号")]))
    said = {f"col-0-{column['index']}": column["field"] for column in upload.report["sheets"][0]["layout"]}
    upload = columns(client, upload, **said | {"blank-0-7": "clear"})
    assert states(upload)[2] == "same"


def test_a_column_may_be_said_to_be_never_blank(client, clerk):
    upload = send(client, content([having(WANG, door=""), having(ZHOU, house="冯静", door="9号")]))
    said = {f"col-0-{column['index']}": column["field"] for column in upload.report["sheets"][0]["layout"]}
    upload = columns(client, upload, **said | {"blank-0-5": "require"})
    assert states(upload) == {2: "error", 3: "new"}


def test_the_title_row_can_be_pointed_out(client, clerk):
    rows = [
        ["这是汇总", "另一列"],
        ["甲", "乙", "丙", "丁"],
        ["姓甲", "党小组", "党员姓名", "住户"],
        ["吴平", FIRST, "白子龙", "x"],
    ]
    upload = send(client, content(rows, ["甲村党支部花名册"]))
    assert not upload.is_sure
    upload = columns(client, upload, **{"head-0": "4"})
    assert upload.report["sheets"][0]["header_row"] == 4


# --- the file ----------------------------------------------------------------------------------------


def kept_book(upload):
    return openpyxl.load_workbook(COPIES.path_of(upload.copy_name))


def test_what_is_kept_of_a_file_holds_no_number_not_collected(client, clerk, township):
    def more(book):
        people = book.create_sheet("通讯录")
        people.append(["姓名", "出生年月", "银行卡号"])
        people.append(["张三", "1970-01", "6228480402564890018"])
        secret = book.create_sheet("底稿")
        secret.append([NUMBER])
        secret.sheet_state = "hidden"
        book.worksheets[0]["E3"].comment = openpyxl.comments.Comment(NUMBER, "村")
        book.worksheets[0]["K2"] = f"备用 {NUMBER}"
        book.worksheets[0]["L2"] = 6.2284804025648900e18

    upload = send(client, content([having(WANG, size=5), ZHOU], change=more))
    path = COPIES.path_of(upload.copy_name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.parent == Path(settings.UPLOAD_DIR) / "imports"
    book = kept_book(upload)
    assert book.sheetnames == ["名册", "通讯录", "底稿"]
    assert book["名册"]["I1"].value == "身份证号"
    assert book["名册"]["I2"].value is None
    assert book["名册"]["E2"].value == "王军"
    assert [cell.value for cell in book["通讯录"][2]] == ["张三", None, None]
    everything = f"{upload.rows}{upload.preview}{upload.report}" + str(
        [[cell.value, cell.comment] for sheet in book for row in sheet.iter_rows() for cell in row]
    )
    for number in (NUMBER, "6228480402564", "1970-01"):
        assert number not in everything
    assert NUMBER not in path.read_bytes().decode("latin-1")


@pytest.mark.parametrize("name", ["名册.csv", "名册.xls"])
def test_other_formats_are_kept_as_a_workbook(client, clerk, name):
    if name.endswith("csv"):
        data = "\n".join(
            ",".join(str(cell) for cell in row) for row in [TITLES, having(WANG, size=5)]
        ).encode()
    else:
        data = old_workbook([TITLES, having(WANG, size=5)])
    upload = send(client, data, name)
    assert states(upload) == {2: "changed"}
    page = kept_book(upload).worksheets[0]
    assert (page["E2"].value, page["I2"].value) == ("王军", None)


def fetched(client, upload, what):
    response = client.get(reverse(f"grids:import_{what}", args=[upload.pk]))
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def test_downloads_are_logged_and_go_with_the_session(client, clerk):
    upload = send(client, content([having(WANG, size=5)]))
    assert fetched(client, upload, "file").sheetnames == ["名册"]
    assert AuditEvent.objects.filter(deed=Deed.EXPORT, target__contains="存档").count() == 1
    path = COPIES.path_of(upload.copy_name)
    act(client, upload, "discard")
    assert not path.exists()
    assert client.get(reverse("grids:import_file", args=[upload.pk])).status_code == 302


def test_files_go_ninety_days_after_the_end(client, clerk):
    upload = send(client, content([having(WANG, size=5)]))
    upload = act(client, upload, "confirm")
    path = COPIES.path_of(upload.copy_name)
    RosterUpload.objects.update(ended_at=timezone.now() - timedelta(days=89))
    uploads.drop_old()
    assert path.exists()
    RosterUpload.objects.update(ended_at=timezone.now() - timedelta(days=91))
    uploads.drop_old()
    assert not path.exists()
    assert list(path.parent.iterdir()) == []


def test_the_error_file_comes_back_into_its_session(client, clerk):
    rows = [
        having(WANG, size=5),
        having(ZHOU, house="赵*", door="9号"),
        having(ZHOU, house="12", door="10号"),
    ]
    upload = send(client, content(rows))
    act(client, upload, "confirm", part="1")
    book = fetched(client, upload, "errors")
    sheet = book.worksheets[0]
    last = len(TITLES) + 1
    assert sheet.cell(1, last).value == "错误说明"
    assert sheet["E3"].fill.fgColor.rgb == sheet["E4"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["E2"].fill.fgColor.rgb != "FFFFC7CE"
    assert "星号" in sheet["E3"].comment.text
    sheet["E3"] = "赵兰"
    sheet.delete_rows(2)  # rows move up: the one loaded already is known by what it says
    out = io.BytesIO()
    book.save(out)
    again = send(client, out.getvalue(), "改好的.xlsx")
    assert again.pk == upload.pk
    again.refresh_from_db()
    assert states(again) == {2: "new", 3: "error"}
    second = fetched(client, again, "errors").worksheets[0]
    assert second["E2"].fill.fgColor.rgb != "FFFFC7CE"
    assert second["E3"].fill.fgColor.rgb == "FFFFC7CE"


def test_a_mended_file_without_its_mark_is_offered_to_its_session(client, clerk):
    first = send(client, content([having(ZHOU, house="赵*", door="9号")]))
    second = send(client, content([having(ZHOU, house="赵兰", door="9号")]))
    assert "看起来是“甲村.xlsx”" in page(client, second)
    act(client, second, "join")
    first.refresh_from_db()
    assert (second.state, states(first)) == ("discarded", {2: "new"})
    assert COPIES.path_of(first.copy_name) is not None


# --- undo, twice, history ----------------------------------------------------------------------------


def test_a_run_is_taken_back_while_nobody_touched_its_rows(client, clerk):
    upload = send(client, content([having(WANG, size=5), having(ZHOU, house="冯静", door="9号")]))
    upload = act(client, upload, "confirm")
    assert Action.objects.get(pk=upload.runs[0]["action"]).title == "导入花名册"
    assert "撤销这次导入" in page(client, upload)
    upload = act(client, upload, "undo")
    assert upload.state == "undone"
    assert houses() == {"王军", "周强"}
    assert HouseholdProfile.objects.get(node__name="王军").size == 3


def test_what_was_touched_since_is_listed_instead(client, clerk):
    upload = send(client, content([having(WANG, size=5)]))
    upload = act(client, upload, "confirm")
    later = send(client, content([having(WANG, size=6)]), "后来.xlsx")
    act(client, later, "confirm")
    shown = page(client, upload)
    assert "撤销这次导入" not in shown
    assert "不能整批撤销" in shown
    act(client, upload, "undo")
    assert HouseholdProfile.objects.get(node__name="王军").size == 6


def test_rows_that_do_not_change_get_no_history(client, clerk):
    before = HouseholdProfile.history.count(), Node.history.count(), Person.history.count()
    upload = send(client, content([having(WANG, size=5), ZHOU]))
    act(client, upload, "confirm")
    assert HouseholdProfile.history.count() == before[0] + 1
    assert (Node.history.count(), Person.history.count()) == before[1:]
    assert not HouseholdProfile.history.filter(node__name="周强", history_user=clerk).exists()


def test_the_same_file_twice_is_loaded_once_and_told(client, clerk):
    data = content([having(ZHOU, house="冯静", door="9号")])
    first, second = send(client, data), send(client, data, "又一份.xlsx")
    act(client, first, "confirm")
    response = client.post(reverse("grids:import_confirm", args=[second.pk]), follow=True)
    second.refresh_from_db()
    assert second.state == "unchanged"
    assert "没有变化" in response.content.decode()
    assert Node.objects.filter(name="冯静").count() == 1
