"""Filled workbooks: what was not marked is as it was, whatever the workbook; tables grow as in Excel."""

import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Border, Side

from grids.imports.reading.result import Refused
from reports.blanks.filling import fill
from tests.reports.blanks.books import CORPUS, everything, framed, roster, saved, statistics, villages

# What is written into each workbook of the corpus, and the cells that may differ afterwards.
WRITES: dict[str, list[list[Any]]] = {
    "统计表": [[0, 2, 1, "甲村党支部", True], [0, 5, 1, 33, False], [0, 5, 6, {"percent": 0.875}, False]],
    "汇总": [[0, 3, 2, "=甲村", False], [0, 3, 3, 33, False], [0, 3, 4, 357, False]],
    "花名册": [[0, 3, 3, "白子龙", False], [0, 3, 7, {"date": "2026-09-01"}, False]],
    "花样": [[0, 2, 1, "甲村党支部", True], [0, 5, 10, 4, False], [0, 5, 7, "说明", False]],
}


def filled(tmp_path: Path, content: bytes, cells: list[list[Any]] = (), tables: list[dict] = ()) -> bytes:  # type: ignore[assignment]
    source, target = tmp_path / "空表.xlsx", tmp_path / "填好.xlsx"
    source.write_bytes(content)
    fill(source, {"target": str(target), "cells": list(cells), "tables": list(tables)})
    return target.read_bytes()


def touched(content: bytes, cells: list[list[Any]]) -> set[tuple[str, str]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {(book.worksheets[s].title, book.worksheets[s].cell(r, c).coordinate) for s, r, c, *_ in cells}


@pytest.mark.parametrize("name", CORPUS)
def test_everything_unmarked_is_as_it_was(tmp_path: Path, name: str) -> None:
    content = saved(CORPUS[name]())
    but = touched(content, WRITES[name])
    after = filled(tmp_path, content, WRITES[name])
    assert everything(after, but=but) == everything(content, but=but)
    assert everything(after) != everything(content)


@pytest.mark.parametrize("name", CORPUS)
def test_marked_cells_keep_their_looks(tmp_path: Path, name: str) -> None:
    content = saved(CORPUS[name]())
    before, after = everything(content), everything(filled(tmp_path, content, WRITES[name]))
    for sheet, cell in touched(content, WRITES[name]):
        old, new = before[f"{sheet}!{cell}"], after[f"{sheet}!{cell}"]
        assert new[2:7] == old[2:7]
        assert new[1] == old[1] or old[1] == "General"


def test_values_come_as_what_they_are(tmp_path: Path) -> None:
    cells = [*WRITES["统计表"], [0, 5, 7, "=1+1", False]]
    page = openpyxl.load_workbook(io.BytesIO(filled(tmp_path, saved(statistics()), cells))).worksheets[0]
    assert page["A2"].value == "填报单位（盖章）：甲村党支部"
    assert (page["A5"].value, page["A5"].data_type) == (33, "n")
    assert (page["F5"].value, page["F5"].number_format) == (0.875, "0.0%")
    assert (page["G5"].value, page["G5"].data_type) == ("=1+1", "s")


def test_lines_inside_a_merge_are_not_drawn_anew(tmp_path: Path) -> None:
    """Compared in the file itself: openpyxl draws such lines anew whenever it reads a workbook."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page["A1"], page["A5"] = "表", None
    page["B2"].border = Border(left=Side(style="thick"))
    page["C3"].border = Border(bottom=Side(style="double"), right=Side(style="dashed"))
    styles = {place: page[place].style_id for place in ("B2", "C3")}
    assert styles["B2"] != styles["C3"]
    page.merged_cells.add("B2:C3")  # without openpyxl's own redrawing
    after = filled(tmp_path, saved(book), [[0, 5, 1, 7, False]])
    sheet = zipfile.ZipFile(io.BytesIO(after)).read("xl/worksheets/sheet1.xml").decode()
    assert {place: f'<c r="{place}" s="{style}"' in sheet for place, style in styles.items()} == {
        "B2": True,
        "C3": True,
    }


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ([0, 6, 3, 1, False], "工作表“汇总”的 C6 是公式，系统不改公式，没有填写；请重新选格。"),
        ([0, 6, 2, 1, False], "工作表“汇总”的 B6 在合并单元格里面，不是左上角那一格，没有填写；请重新选格。"),
        ([0, 2, 1, 1, False], "工作表“汇总”的 A2 已有文字，没有填写；请重新选格。"),
    ],
)
def test_formulas_texts_and_covered_cells_are_never_overwritten(
    tmp_path: Path, cell: list[Any], sentence: str
) -> None:
    with pytest.raises(Refused) as refusal:
        filled(tmp_path, saved(villages()), [cell])
    assert str(refusal.value) == sentence
    assert not (tmp_path / "填好.xlsx").exists()


# --- tables that grow ---------------------------------------------------------------------------------


def table(rows: int, room: int = 3) -> dict[str, Any]:
    values = [[n, f"{n}村党支部", 10 * n, n] for n in range(1, rows + 1)]
    return {"sheet": 0, "row": 3, "room": room, "columns": [1, 2, 3, 4], "rows": values}


def test_a_table_that_fits_moves_nothing(tmp_path: Path) -> None:
    content = saved(villages())
    but = {("汇总", f"{letter}{row}") for letter in "ABCD" for row in (3, 4)}
    assert everything(filled(tmp_path, content, tables=[table(2)]), but=but) == everything(content, but=but)


def test_more_rows_than_free_ones_make_room(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled(tmp_path, saved(villages()), tables=[table(6)])))
    page, other = book["汇总"], book["说明"]
    assert [page.cell(row, 2).value for row in range(3, 10)] == [*(f"{n}村党支部" for n in range(1, 7)), None]
    assert [page[place].value for place in ("A9", "C9", "D9", "A10")] == [
        "合计",
        "=SUM(C3:C8)",
        "=SUM(D3:D8)",
        "注：按 9 月 15 日数据填报。",
    ]
    assert [page.cell(row, 6).value for row in (3, 5, 7, 8)] == [
        f"=IF(C{row}>0,D{row}/C{row},0)" for row in (3, 5, 7, 8)
    ]
    assert [other["B1"].value, other["B2"].value] == ["=汇总!C9", "=SUM(汇总!$D$3:$D$8)"]
    assert sorted(str(area) for area in page.merged_cells.ranges) == ["A10:F10", "A1:E1", "A9:B9"]
    assert book.defined_names["合计行"].attr_text == "汇总!$A$9:$E$9"
    assert (page.print_area, page.print_title_rows, page.freeze_panes) == ("'汇总'!$A$1:$F$10", "$1:$2", "A3")
    assert [page.row_dimensions[row].height for row in (2, 5, 6, 7, 8, 9)] == [28, 19.5, 19.5, 19.5, 19.5, 24]
    rules = [(str(one.sqref), one.rules[0].formula) for one in page.conditional_formatting]
    assert rules == [("C3:C9", ["$C$9"])]
    assert {page.cell(row, 3).border.left.style for row in range(2, 10)} == {"thin"}


def test_a_single_free_row_grows_below_itself(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["序号", "村", "党员总数", "农户数"])
    page.append([None] * 4)
    page.append(["合计", None, "=SUM(C2:C2)", "=D2"])
    page.merge_cells("A3:B3")
    framed(page, "A1:D3")
    one = {**table(3, room=1), "row": 2}
    found = openpyxl.load_workbook(io.BytesIO(filled(tmp_path, saved(book), tables=[one]))).worksheets[0]
    assert [cell.value for cell in found[5]] == ["合计", None, "=SUM(C2:C4)", "=D2"]
    assert [cell.value for cell in found[4]] == [3, "3村党支部", 30, 3]


def test_an_array_formula_is_not_moved_but_told(tmp_path: Path) -> None:
    book = villages()
    book["说明"]["C1"] = openpyxl.worksheet.formula.ArrayFormula("C1", "=SUM(汇总!C3:C5*1)")
    with pytest.raises(Refused) as refusal:
        filled(tmp_path, saved(book), tables=[table(6)])
    assert str(refusal.value) == (
        "工作表“说明”里有数组公式，行数不够时不能自动加行，请在空表里先插入足够的空行再上传。"
    )


def test_rows_over_rows_keep_two_tables_apart(tmp_path: Path) -> None:
    book = roster()
    page = book.worksheets[0]
    for row in (7, 8):
        for column in range(1, 8):
            page.cell(row, column, "甲" if row == 7 else None)
    first = {"sheet": 0, "row": 3, "room": 2, "columns": [3], "rows": [[str(n)] for n in range(5)]}
    second = {"sheet": 0, "row": 8, "room": 1, "columns": [3], "rows": [["下"], ["面"]]}
    after = openpyxl.load_workbook(io.BytesIO(filled(tmp_path, saved(book), tables=[first, second])))
    assert [after.worksheets[0].cell(row, 3).value for row in range(3, 13)] == [
        *"01234",
        None,
        None,
        "甲",
        *"下面",
    ]


# --- in another program -------------------------------------------------------------------------------


def test_libreoffice_opens_it_and_sums_what_was_filled(tmp_path: Path) -> None:
    content = saved(villages())
    (tmp_path / "表.xlsx").write_bytes(filled(tmp_path, content, tables=[table(6)]))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(tmp_path / "表.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    again = (tmp_path / "out" / "表.xlsx").read_bytes()
    values = openpyxl.load_workbook(io.BytesIO(again), data_only=True)
    assert [values["汇总"][place].value for place in ("C9", "D9", "F4", "F8")] == [210, 21, 0.1, 0.1]
    assert [values["说明"][place].value for place in ("B1", "B2")] == [210, 21]
    assert [sheet.sheet_state for sheet in values.worksheets] == ["visible", "visible", "hidden"]
    ours = openpyxl.load_workbook(tmp_path / "表.xlsx")
    theirs = openpyxl.load_workbook(io.BytesIO(again))
    for page in ours.worksheets:
        other = theirs[page.title]
        assert sorted(map(str, other.merged_cells.ranges)) == sorted(map(str, page.merged_cells.ranges))
        cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
        assert {c.coordinate: str(other[c.coordinate].value).replace("$汇总.", "汇总!") for c in cells} == {
            c.coordinate: str(c.value) for c in cells
        }
