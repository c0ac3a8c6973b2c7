"""Files of WPS and LibreOffice, and what is hidden or calculated in a workbook, read as a clerk would."""

import io
import zipfile

import openpyxl
import pytest

from grids.imports.reading.result import Limits
from grids.imports.reading.rosters import parse_roster
from tests.grids.imports import attacks

OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def read(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return parse_roster(path, name=name, limits=Limits())


def open_document(rows, below=""):
    """An .ods with text cells; `below` goes after the rows as it stands."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
            for value in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = "".join(f' xmlns:{name}="{OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="名册">{cells}{below}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0"><manifest:file-entry '
            'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
        )
    return out.getvalue()


TRAILING = (
    '<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
)


@pytest.mark.parametrize("below", ["", TRAILING])
def test_open_document_is_read(tmp_path, below):
    reading = read(tmp_path, "名册.ods", open_document([attacks.HEADER, *attacks.ROWS], below))
    assert [row.household for row in reading.rows] == ["王军", "赵兰"]


def test_wps_files_are_read_whatever_is_inside(tmp_path):
    old = attacks.old_workbook([attacks.HEADER, *attacks.ROWS])
    for data in (old, attacks.workbook()):
        assert len(read(tmp_path, "名册.et", data).rows) == 2


def messages(reading):
    return " ".join(problem.message for problem in reading.problems)


def test_hidden_rows_columns_and_sheets_are_counted_and_named(tmp_path):
    def hide(book):
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["F"].hidden = True
        book.create_sheet("底稿").append(["x"])
        book["底稿"].sheet_state = "hidden"

    reading = read(tmp_path, "a.xlsx", attacks.workbook(change=hide))
    assert len(reading.rows) == 2
    said = messages(reading)
    assert "有 1 行被隐藏或筛选掉（第 3 行）" in said
    assert "有 1 列被隐藏（F）" in said
    assert ("底稿", "这张工作表是隐藏的，没有读取；要导入请先取消隐藏。") in [
        (problem.sheet, problem.message) for problem in reading.problems
    ]


def test_formulas_with_a_value_are_read_with_a_notice(tmp_path):
    body = attacks.roster_rows().replace(
        '<c r="F2" t="inlineStr"><is><t>3</t></is></c>', '<c r="F2"><f>1+2</f><v>3</v></c>'
    )
    reading = read(tmp_path, "a.xlsx", attacks.sheet_of(body))
    assert reading.rows[0].household_size == 3
    assert "有 1 格是公式，按表里已算好的结果读取" in messages(reading)


def test_formulas_without_a_value_are_errors_where_a_row_needs_them(tmp_path):
    book = openpyxl.Workbook()
    for row in [attacks.HEADER, *attacks.ROWS]:
        book.active.append(row)
    book.active["E3"] = '="赵"&"兰"'
    out = io.BytesIO()
    book.save(out)
    [error] = read(tmp_path, "a.xlsx", out.getvalue()).errors
    assert (error.row, error.column, error.index) == (3, "户主姓名", 4)
