"""Drop-downs with a list from another sheet, and data bars, as Excel writes them: they outlive filling."""

import io
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from grids.imports.reading.result import Limits
from reports.blanks.filling import fill
from reports.blanks.parts import refuse_unfit
from tests.reports.blanks.books import CORPUS, everything, saved, villages

# openpyxl tells of what it drops when the tests read a workbook with it.
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROOT = (
    f'<worksheet xmlns="{MAIN}"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr"'
    ' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    ' xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
    ' xr:uid="{00000000-0001-0000-0000-000000000000}">'
)
X14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
XM = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
NUMBER = "{D2C6F6A5-0D1B-4E5C-9A57-3B1C9A0E7F11}"
BAR = (
    '<conditionalFormatting sqref="D3:D5"><cfRule type="dataBar" priority="7"><dataBar><cfvo type="min"/>'
    '<cfvo type="max"/><color rgb="FF638EC6"/></dataBar><extLst>'
    f'<ext {X14} uri="{{B025F937-C7B1-47D3-B67F-A62EFF666E3E}}"><x14:id>{NUMBER}</x14:id></ext>'
    "</extLst></cfRule></conditionalFormatting>"
)
NEWER_BAR = (
    f'<ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" {X14}><x14:conditionalFormattings>'
    f'<x14:conditionalFormatting {XM}><x14:cfRule type="dataBar" id="{NUMBER}">'
    '<x14:dataBar minLength="0" maxLength="100" border="1"><x14:cfvo type="autoMin"/>'
    '<x14:cfvo type="autoMax"/><x14:borderColor rgb="FF638EC6"/></x14:dataBar></x14:cfRule>'
    "<xm:sqref>D3:D5</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
)
CHOICES = (
    f'<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" {X14}><x14:dataValidations count="2" {XM}>'
    '<x14:dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1"'
    ' xr:uid="{3F9A5B0C-1111-4222-8333-444455556666}">'
    "<x14:formula1><xm:f>字典!$A$1:$A$9</xm:f></x14:formula1>"
    "<xm:sqref>E3:E5 H1</xm:sqref></x14:dataValidation>"
    '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>汇总!$C$3:$C$5</xm:f></x14:formula1>'
    "<xm:sqref>B3</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
)


def as_excel_writes_it() -> bytes:
    """The villages' blank with a data bar and two lists from other sheets."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(villages()))) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry).decode()
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = re.sub(r"<worksheet[^>]*>", ROOT, content, count=1)
                content = content.replace("</conditionalFormatting>", f"</conditionalFormatting>{BAR}", 1)
                content = content.replace(
                    "</worksheet>", f"<extLst>{NEWER_BAR}{CHOICES}</extLst></worksheet>"
                )
            new.writestr(entry, content)
    return out.getvalue()


def table(rows: int) -> dict[str, Any]:
    return {"sheet": 0, "row": 3, "room": 3, "columns": [1], "rows": [[n] for n in range(rows)]}


def filled(folder: Path, content: bytes, cells: list[list[Any]], tables: list[dict[str, Any]]) -> bytes:
    source, target = folder / "空表.xlsx", folder / "填好.xlsx"
    source.write_bytes(content)
    refuse_unfit(source, name="空表.xlsx", limits=Limits())
    fill(source, {"target": str(target), "cells": cells, "tables": tables})
    return target.read_bytes()


def sheet_of(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


def told(content: bytes) -> tuple[list[str], list[str], int]:
    """Formulas and areas of the newer kind in their order, and how often the data bar's number stands."""
    text = sheet_of(content)
    formulas, areas = (re.findall(rf"<xm:{tag}>(.*?)</xm:{tag}>", text) for tag in ("f", "sqref"))
    return formulas, areas, text.count(NUMBER)


def test_they_are_there_after_filling_and_nothing_else_has_changed(tmp_path: Path) -> None:
    content = as_excel_writes_it()
    after = filled(tmp_path, content, [[0, 3, 3, 33, False]], [])
    assert told(after) == told(content)
    assert told(after)[2] == 2  # the old rule still names the newer one
    assert everything(after, but={("汇总", "C3")}) == everything(content, but={("汇总", "C3")})
    text = sheet_of(after)
    assert text.endswith("</extLst></worksheet>")
    assert "x14:dataValidations" in text
    assert "uid" not in text


def test_they_follow_a_table_that_grows(tmp_path: Path) -> None:
    after = filled(tmp_path, as_excel_writes_it(), [], [table(6)])
    assert told(after) == (
        ["字典!$A$1:$A$9", "汇总!$C$3:$C$8"],
        ["D3:D8", "E3:E8 H1", "B3"],
        2,
    )
    rules = openpyxl.load_workbook(io.BytesIO(after))["汇总"].conditional_formatting
    assert sorted(str(one.sqref) for one in rules) == ["C3:C9", "D3:D8"]


def test_a_sheet_without_any_is_not_written_twice(tmp_path: Path) -> None:
    after = filled(tmp_path, saved(villages()), [[0, 3, 3, 33, False]], [])
    assert "extLst" not in sheet_of(after)


# --- all of the corpus in another program -------------------------------------------------------------


WRITTEN = {"统计表": [0, 5, 3, 4, False], "花样": [0, 5, 10, 4, False]}
IN_OTHERS = [0, 3, 3, 4, False]


@pytest.fixture(scope="module")
def reopened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, bytes]]:
    """Each blank, and the same filled in one cell, as LibreOffice saves them; one start for all."""
    folder, out = tmp_path_factory.mktemp("books"), tmp_path_factory.mktemp("out")
    books = {name: saved(make()) for name, make in CORPUS.items()} | {"下拉": as_excel_writes_it()}
    for name, content in books.items():
        (folder / f"{name}_空.xlsx").write_bytes(content)
        (folder / f"{name}_填.xlsx").write_bytes(filled(folder, content, [WRITTEN.get(name, IN_OTHERS)], []))
    profile = f"-env:UserInstallation=file://{tmp_path_factory.mktemp('profile')}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    files = sorted(map(str, folder.glob("*_*.xlsx")))
    subprocess.run([*command, str(out), *files], check=True, capture_output=True, timeout=180)
    return {
        name: ((out / f"{name}_空.xlsx").read_bytes(), (out / f"{name}_填.xlsx").read_bytes())
        for name in books
    }


@pytest.mark.parametrize("name", [*CORPUS, "下拉"])
def test_libreoffice_sees_one_cell_changed(reopened: dict[str, tuple[bytes, bytes]], name: str) -> None:
    """Every other cell with its looks, and widths, merges, formulas, formats, lists, areas of each sheet."""
    blank, full = reopened[name]
    sheet, row, column, value, _ = WRITTEN.get(name, IN_OTHERS)
    page = openpyxl.load_workbook(io.BytesIO(full)).worksheets[sheet]
    assert page.cell(row, column).value == value
    but = {(page.title, page.cell(row, column).coordinate)}
    assert everything(full, but=but) == everything(blank, but=but)
    assert len(everything(full)) > 20


def test_libreoffice_keeps_the_list_from_another_sheet(reopened: dict[str, tuple[bytes, bytes]]) -> None:
    blank, full = (openpyxl.load_workbook(io.BytesIO(content))["汇总"] for content in reopened["下拉"])
    lists, before = (
        {str(one.sqref): one.formula1 for one in page.data_validations.dataValidation}
        for page in (full, blank)
    )
    assert lists == before
    again = sheet_of(reopened["下拉"][1])
    assert "字典!$A$1:$A$9" in [*lists.values(), *re.findall(r"<xm:f>(.*?)</xm:f>", again)]
    assert "dataBar" in again
