"""From the upload to the filled file: clerk, secretary, leader, next year's blank, refusals, the log."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from grids.choices import Kind
from grids.models import Node
from reports.blanks import actions, exports
from reports.blanks.actions import Wanted
from reports.blanks.looks import read_looks
from reports.blanks.page import fingerprint, pages_of, place_of
from reports.models import Blank, BlankMark
from tests.factories import TownshipFactory, UserFactory, Village, secretary, village
from tests.reports.blanks.books import roster, saved, statistics, villages
from township.choices import Deed, OfficeRole
from township.models import AuditEvent, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> list[Village]:
    township = TownshipFactory(name="青河乡")
    return [village(township, "甲村", households=1), village(township, "乙村", groups=1)]


@pytest.fixture
def clerk(town: list[Village]) -> User:
    return UserFactory(township=town[0].root.township)


@pytest.fixture
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Reading and filling without a process each; tests/…/test_refusals.py runs them in theirs."""
    monkeypatch.setattr(actions, "looks_in_child", lambda path, **_: read_looks(path))

    def fill_here(source: Path, orders: list[dict[str, Any]], limits: object) -> None:
        from reports.blanks.filling import fill

        for order in orders:
            fill(source, order)

    monkeypatch.setattr(exports, "fill_in_child", fill_here)
    return


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kept(book: Any, by: User, title: str = "统计表", year: int = 2026) -> Blank:
    file = SimpleUploadedFile(f"{title}.xlsx", saved(book))
    return actions.keep(file=file, title=title, year=year, by=by)


def marked(blank: Blank, by: User, **cells: str) -> None:
    wanted = {}
    for cell, code in cells.items():
        roster, _, column = code.rpartition(":")
        wanted[place_of(cell)] = Wanted(column, int(roster) if roster else None)
    actions.mark(blank=blank, sheet=0, wanted=wanted, by=by)  # type: ignore[arg-type]


def fill(client: Client, blank: Blank, place: object) -> Any:
    return client.post(reverse("reports:blank_fill", args=[blank.pk]), {"place": place, "purpose": "报县委"})


def values(content: bytes, *cells: str) -> list[Any]:
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [page[cell].value for cell in cells]


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- the clerk's path ---------------------------------------------------------------------------------


def test_uploaded_seen_marked_filled_through_the_pages_and_the_child_process(town, clerk):
    client = signed_in(clerk)
    file = SimpleUploadedFile("县统计表.xlsx", saved(statistics()))
    response = client.post(reverse("reports:blank_new"), {"file": file, "title": "", "year": 2026})
    blank = Blank.objects.get()
    assert (response.status_code, response.url, blank.title) == (302, blank.get_absolute_url(), "县统计表")
    stored = Path(settings.UPLOAD_DIR) / "blanks" / blank.kept_name
    assert (stored.stat().st_mode & 0o777, stored.read_bytes()) == (0o600, saved_again(stored))

    page = client.get(blank.get_absolute_url()).content.decode()
    assert page.count('name="take"') == 8
    assert BlankMark.objects.count() == 0  # proposals are not taken by themselves
    take = ["cell-A2=unit_name", "cell-A5=member_count", "cell-F5=coverage_rate"]
    client.post(reverse("reports:blank_marks", args=[blank.pk]), {"sheet": 0, "take": take})
    assert sorted(blank.marks.values_list("row", "column", "code")) == [
        (2, 1, "unit_name"),
        (5, 1, "member_count"),
        (5, 6, "coverage_rate"),
    ]

    response = fill(client, blank, town[0].root.pk)
    content = b"".join(response.streaming_content)
    assert values(content, "A2", "A5", "F5", "E5") == ["填报单位（盖章）：甲村党支部", 8, 1, None]
    entry = AuditEvent.objects.get(deed=Deed.EXPORT)
    assert (entry.rows, entry.note.partition("，")[2]) == (3, "1 个村，用途：报县委")
    assert entry.target.startswith("青河乡_甲村党支部_县统计表_")


def saved_again(path: Path) -> bytes:
    """What was kept is a workbook like the one sent; zip times differ, so the test reads the kept one."""
    content = path.read_bytes()
    assert fingerprint(pages_of(read_looks(path))) == Blank.objects.get().fingerprint
    return content


@pytest.mark.usefixtures("_in_this_process")
def test_sum_of_the_township_and_a_zip_of_all_villages(town, clerk):
    blank = kept(statistics(), clerk)
    marked(blank, clerk, A2="unit_name", A5="member_count", E5="e5_targets")
    client = signed_in(clerk)
    content = b"".join(fill(client, blank, "town").streaming_content)
    assert values(content, "A2", "A5", "E5") == ["填报单位（盖章）：中共青河乡委员会", 12, 20]
    with zipfile.ZipFile(io.BytesIO(b"".join(fill(client, blank, "all").streaming_content))) as archive:
        found = {name.split("_")[1]: values(archive.read(name), "A5", "E5") for name in archive.namelist()}
        names = [name.rpartition("_")[0] for name in archive.namelist()]
    assert found == {"甲村党支部": [8, 8], "乙村党支部": [4, 12]}
    assert names == ["青河乡_甲村党支部_统计表", "青河乡_乙村党支部_统计表"]


@pytest.mark.usefixtures("_in_this_process")
def test_a_list_of_villages_and_a_roster_grow(town, clerk):
    client = signed_in(clerk)
    blank = kept(villages(), clerk, "汇总")
    marked(blank, clerk, A3="1:seq", B3="1:org_name", C3="1:member_count", D3="1:coverage_rate")
    content = b"".join(fill(client, blank, "town").streaming_content)
    assert values(content, "A3", "B3", "C3", "B4", "C4", "A5") == [1, "甲村党支部", 8, "乙村党支部", 4, None]

    blank = kept(roster(), clerk, "花名册")
    marked(blank, clerk, A3="4:seq", C3="4:member", D3="4:member_phone", E3="4:householder")
    content = b"".join(fill(client, blank, town[1].root.pk).streaming_content)
    households = list(
        Node.objects.filter(root=town[1].root, kind=Kind.HOUSEHOLD).values_list("name", flat=True)
    )
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert {page.cell(row, 5).value for row in range(3, 15)} == set(households)
    assert [page.cell(row, 1).value for row in (3, 14)] == [1, 12]
    assert page["A15"].value == "填表人：                    联系电话："


@pytest.mark.usefixtures("_in_this_process")
def test_marks_are_changed_and_taken_away(town, clerk):
    blank = kept(statistics(), clerk)
    marked(blank, clerk, A5="member_count", B5="probationary_count")
    marked(blank, clerk, A5="household_count", B5="")
    assert list(blank.marks.values_list("column", "code", "column_label")) == [
        (1, "household_count", "党员 总数")
    ]
    assert AuditEvent.objects.filter(deed=Deed.CHANGE).values_list("rows", "note").last() == (
        2,
        "统计表：A5、B5",
    )


@pytest.mark.usefixtures("_in_this_process")
@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"C6": "member_count"}, "C6 是公式，打开时自己会算，不能填写。"),
        ({"B6": "member_count"}, "B6 在合并单元格里面，请选左上角的 A6。"),
        ({"A2": "member_count"}, "A2 已有文字“序号”，不能填写。"),
        ({"Z9": "member_count"}, "Z9 不在表格范围内，请重新选格。"),
        ({"A3": "no_such"}, "A3：没有这个指标，请重新选择。"),
        ({"B6": "4:member"}, "B6 在合并单元格里面，请选左上角的 A6。"),
        ({"C2": "4:member"}, "第 2 行不是空行，花名册不能从这里往下填。"),
        ({"A3": "4:seq", "B3": "3:member"}, "第 3 行起的表格一次只能填一种花名册，请先取消原来的对应。"),
        (
            {"A3": "4:seq", "B4": "member_count"},
            "B4 在从第 3 行往下填的表格里面，不能再单独对应，请先取消其中一个。",
        ),
    ],
)
def test_what_cannot_be_marked_is_told(town, clerk, cells, sentence):
    blank = kept(villages(), clerk)
    sent = {f"{'grow' if ':' in code else 'cell'}-{cell}": code for cell, code in cells.items()}
    response = signed_in(clerk).post(reverse("reports:blank_marks", args=[blank.pk]), {"sheet": 0, **sent})
    assert said(response) == [sentence]
    assert blank.marks.count() == 0


def test_a_refused_file_says_why_and_leaves_nothing(town, clerk):
    before = sorted((Path(settings.UPLOAD_DIR) / "blanks").glob("*"))
    book = statistics()
    book.worksheets[0].protection.sheet = True
    file = SimpleUploadedFile("表.xlsx", saved(book))
    response = signed_in(clerk).post(reverse("reports:blank_new"), {"file": file, "year": 2026})
    assert response.context["form"].errors["file"] == [
        "工作表“统计表”设了工作表保护，不能填写，请先撤销保护，另存为 .xlsx 再上传。"
    ]
    assert (Blank.objects.count(), sorted((Path(settings.UPLOAD_DIR) / "blanks").glob("*"))) == (0, before)


@pytest.mark.usefixtures("_in_this_process")
def test_a_removed_blank_takes_its_file_along(town, clerk, django_capture_on_commit_callbacks):
    blank = kept(statistics(), clerk)
    path = Path(settings.UPLOAD_DIR) / "blanks" / blank.kept_name
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(clerk).post(reverse("reports:blank_remove", args=[blank.pk]))
    assert (Blank.objects.count(), path.exists()) == (0, False)
    assert AuditEvent.objects.filter(deed=Deed.CLOSE).count() == 1


# --- next year ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_in_this_process")
def test_the_same_form_takes_its_marks_over(town, clerk):
    marked(kept(statistics(), clerk), clerk, A5="member_count", E5="household_count")
    file = SimpleUploadedFile("表.xlsx", saved(statistics(2027)))
    response = signed_in(clerk).post(
        reverse("reports:blank_new"), {"file": file, "title": "表", "year": 2027}
    )
    assert said(response) == ["表样与“统计表（2026）”一样，沿用了 2 格的对应，请核对一遍。"]
    assert list(Blank.objects.get(year=2027).marks.values_list("column", "code")) == [
        (1, "member_count"),
        (5, "household_count"),
    ]


@pytest.mark.usefixtures("_in_this_process")
def test_a_changed_form_shows_the_differences_and_takes_what_is_ticked(town, clerk):
    marked(kept(statistics(), clerk), clerk, A5="member_count", D5="grid_count", E5="household_count")
    client = signed_in(clerk)
    file = SimpleUploadedFile("表.xlsx", saved(statistics(2027, moved=True)))
    response = client.post(reverse("reports:blank_new"), {"file": file, "year": 2027})
    blank = Blank.objects.get(year=2027)
    assert response.url == reverse("reports:blank_again", args=[blank.pk])
    assert blank.marks.count() == 0
    page = client.get(response.url)
    rows = [
        (row["words"], row["change"].words, row["change"].now, row["ticked"]) for row in page.context["rows"]
    ]
    assert rows == [
        ("党员 · 总数", "换了位置", "B5", True),
        ("组织设置 · 网格数", "标题有变", "A5", False),
    ]
    assert [row["words"] for row in page.context["kept"]] == ["基本情况 · 农户数"]
    assert [one["address"] for one in page.context["fresh"]] == ["A2", "C5", "D5", "F5", "H5"]
    client.post(response.url, {"pick": ["0", "2", "99", "²"]})
    assert list(blank.marks.values_list("column", "code")) == [(2, "member_count"), (5, "household_count")]


@pytest.mark.usefixtures("_in_this_process")
def test_pages_ask_the_database_as_often_for_many_as_for_few(town, clerk, django_assert_max_num_queries):
    client, blank = signed_in(clerk), kept(statistics(), clerk)
    marked(blank, clerk, A5="member_count", E5="household_count")
    for _ in range(12):
        again = kept(statistics(), clerk)
    assert again.marks.count() == 2
    for url in (reverse("reports:blanks"), blank.get_absolute_url(), f"{blank.get_absolute_url()}?row=5"):
        with django_assert_max_num_queries(15):
            client.get(url)


# --- who may ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_in_this_process")
def test_a_secretary_fills_the_own_village_only(town, clerk):
    blank = kept(statistics(), clerk)
    marked(blank, clerk, A2="unit_name", A5="member_count")
    client = signed_in(secretary(town[1]))
    page = client.get(blank.get_absolute_url())
    assert [value for value, _ in page.context["fill"].fields["place"].choices] == [str(town[1].root.pk)]
    assert "blank-cell" not in page.content.decode()
    for place in ("town", "all", town[0].root.pk):
        response = fill(client, blank, place)
        assert (response.status_code, said(response)[-1]) == (
            302,
            "没有下载：请选择填哪里，用途不超过 60 个字。",
        )
    content = b"".join(fill(client, blank, town[1].root.pk).streaming_content)
    assert values(content, "A2", "A5") == ["填报单位（盖章）：乙村党支部", 4]
    assert AuditEvent.objects.filter(deed=Deed.EXPORT).count() == 1


@pytest.mark.usefixtures("_in_this_process")
def test_phones_are_masked_for_who_sees_them_masked(town, clerk):
    blank = kept(roster(), clerk)
    marked(blank, clerk, D3="4:member_phone")
    leader = UserFactory(township=clerk.township, office_role=OfficeRole.LEADER)
    masked, whole = (
        values(b"".join(fill(signed_in(user), blank, town[1].root.pk).streaming_content), "D3")[0]
        for user in (leader, clerk)
    )
    assert ("*" in masked, whole.isdecimal(), masked[:3]) == (True, True, whole[:3])


@pytest.mark.usefixtures("_in_this_process")
def test_nothing_marked_or_no_file_is_told(town, clerk):
    client, blank = signed_in(clerk), kept(statistics(), clerk)
    assert said(fill(client, blank, "town")) == [exports.NOTHING_MARKED]
    marked(blank, clerk, A5="member_count")
    (Path(settings.UPLOAD_DIR) / "blanks" / blank.kept_name).unlink()
    assert said(fill(client, blank, "town"))[-1] == exports.GONE


@pytest.mark.usefixtures("_in_this_process")
def test_the_sheet_is_shown_with_merges_and_hidden_parts_left_out(town, clerk):
    book = villages()
    book.worksheets[0].column_dimensions["E"].hidden = True
    book.worksheets[0].row_dimensions[4].hidden = True
    blank = kept(book, clerk)
    page = signed_in(clerk).get(blank.get_absolute_url())
    screen = page.context["screen"]
    assert [letter for letter, _, _ in screen.columns] == ["A", "B", "C", "D", "F"]
    assert [row.number for row in screen.rows] == [1, 2, 3, 5, 6, 7]
    assert (screen.rows[0].cells[0].columns, screen.rows[4].cells[0].columns) == (4, 2)
    assert [one.name for one in page.context["pages"]] == ["汇总", "说明"]
