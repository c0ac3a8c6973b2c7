"""What a receiver gets, cell by cell: codes, days, no formula, and no silent question mark."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from reports.choices import DateForm, HandoverFormat
from reports.handover.files import content_of, harmless, table_of, unwritable
from reports.handover.rules import Chosen, read_codes, write_codes, wrong_with

DAY = date(2026, 9, 6)
ROWS = [
    {"name": "张三", "kind": "正式党员", "since": DAY, "size": 3},
    {"name": "=1+1", "kind": "预备党员", "since": None, "size": None},
    {"name": "䶮一", "kind": "", "since": DAY, "size": 0},
]
CHOSEN = [
    Chosen("size", "RKS"),
    Chosen("name", "XM"),
    Chosen("kind", "LB", {"正式党员": "01"}),
    Chosen("since", "RQ"),
]


def read(content, encoding):
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def test_columns_stand_in_the_receivers_order_headings_codes_and_days():
    table = table_of(ROWS, CHOSEN, DateForm.PLAIN)
    content = content_of(table, HandoverFormat.CSV_UTF8, header=True)
    assert content.startswith(b"\xef\xbb\xbf")  # else Excel takes it for GBK
    assert content.count(b"\r\n") == 4
    assert read(content, "utf-8-sig") == [
        ["RKS", "XM", "LB", "RQ"],
        ["3", "张三", "01", "20260906"],
        ["", "'=1+1", "预备党员", ""],
        ["0", "䶮一", "", "20260906"],
    ]
    assert [(fault.row, fault.heading, fault.value) for fault in table.uncoded] == [(2, "LB", "预备党员")]
    without = content_of(table, HandoverFormat.CSV_UTF8, header=False)
    assert read(without, "utf-8-sig")[0][1] == "张三"


@pytest.mark.parametrize(
    ("form", "words"),
    [("%Y-%m-%d", "2026-09-06"), ("%Y年%m月%d日", "2026年09月06日"), ("%Y/%m/%d", "2026/09/06")],
)
def test_a_day_is_written_as_the_receiver_wants_it(form, words):
    assert table_of(ROWS[:1], [Chosen("since", "日期")], form).rows == [[words]]


def test_gbk_is_written_where_it_can_and_told_by_row_and_column_where_not():
    table = table_of(ROWS, [Chosen("name", "姓名"), Chosen("size", "𬭎")], DateForm.DASHES)
    found = unwritable(table, HandoverFormat.CSV_GBK, header=True)
    assert [(fault.row, fault.heading, fault.why) for fault in found] == [
        (0, "𬭎", "编码里没有“𬭎”"),
        (3, "姓名", "编码里没有“䶮”"),
    ]
    assert unwritable(table, HandoverFormat.CSV_UTF8, header=True) == []
    plain = table_of(ROWS[:2], [Chosen("name", "姓名")], DateForm.DASHES)
    assert unwritable(plain, HandoverFormat.CSV_GBK, header=True) == []
    assert read(content_of(plain, HandoverFormat.CSV_GBK, header=True), "gbk")[1] == ["张三"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", " =", "　@"])
def test_no_cell_begins_a_formula(sign):
    assert harmless(f"{sign}cmd|' /C calc'!A0").startswith("'")


def test_harmless_words_stay():
    assert [harmless(words) for words in ("", "张三", "3=4", "138", " 甲")] == [
        "",
        "张三",
        "3=4",
        "138",
        " 甲",
    ]


def test_a_workbook_is_a_bare_table_of_text_with_its_number_in_the_foot():
    rows = [{**row, "name": f"{row['name']}"} for row in ROWS]
    table = table_of(rows, [Chosen("name", "姓名"), Chosen("size", "人口")], DateForm.DASHES)
    content = content_of(table, HandoverFormat.XLSX, header=True, mark="导出编号 青河乡2026-000001")
    tab = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in tab[1]] == ["姓名", "人口"]
    assert [(cell.value, cell.data_type) for cell in tab[3]] == [("=1+1", "s"), (None, "n")]
    assert tab["B2"].value == 3
    assert tab.oddFooter.left.text == "导出编号 青河乡2026-000001"


def test_codes_are_read_as_people_type_them():
    codes, wrong = read_codes("正式党员=01\n\n 预备党员 ＝ 02\n甲\n正式党员=3\n未联户=")
    assert (codes["预备党员"], codes["未联户"]) == ("02", "")
    assert wrong == ["第 4 行没有等号，请写成“我们的写法=对方的代码”。", "第 5 行：“正式党员”写了两次。"]
    assert write_codes({"正式党员": "01", "未联户": ""}) == "正式党员=01\n未联户="


def test_a_preset_needs_columns_with_names_of_their_own():
    assert wrong_with([]) == ["请至少选一列。"]
    twice = [Chosen("a", "姓名"), Chosen("b", "姓名"), Chosen("c", ""), Chosen("d", "长" * 41)]
    assert wrong_with(twice) == [
        "列名“姓名”用了两次。",
        "选中的列都要写列名。",
        "列名“长长长长长长长长长长……”太长，最多 40 个字。",
    ]
