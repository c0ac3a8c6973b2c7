"""The workbook, read again by another library."""

import io
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from township.sheets import Column, Sheet
from township.sheets.layout import digest
from township.sheets.xlsx import write, write_book

PAYLOADS = [
    "=1+1",
    "==1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "http://a.example",
    "00123",
    "13800000000",
    "{=1}",
]


def reopen(sheet: Sheet) -> openpyxl.Workbook:
    target = io.BytesIO()
    write(sheet, target)
    return openpyxl.load_workbook(target)


def test_layout_of_the_sheet(annex: Callable[..., Sheet]) -> None:
    page = reopen(annex(7))["附件4"]
    assert [page["A1"].value, page["A2"].value] == ["附件4", "青河乡党员包挂联系花名册"]
    assert page["A3"].value == "填报单位（盖章）：青河乡党委"
    assert [page["A4"].value, page["D4"].value, page["D5"].value, page["J4"].value] == [
        "序号",
        "党员",
        "姓名",
        "branch_code",
    ]
    assert page.freeze_panes == "A6"
    assert page.print_title_rows == "$4:$5"
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert page.page_setup.fitToWidth in (None, 1)  # one page wide is what leaving it out means
    assert page.page_setup.fitToHeight == 0
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert page["A13"].value.startswith("单位负责人：　　")
    assert page["A2"].font.name == "方正小标宋简体"
    assert page["D6"].font.name == "仿宋_GB2312"
    assert page["A4"].font.name == "黑体"


def test_merged_holders_hidden_codes_and_borders(annex: Callable[..., Sheet]) -> None:
    page = reopen(annex(12))["附件4"]
    merged = {str(area) for area in page.merged_cells.ranges}
    assert {"B6:B17", "C6:C17", "D6:D10", "D11:D15", "D16:D17", "E6:E10"} <= merged
    assert [page.column_dimensions[letter].hidden for letter in "IJ"] == [False, True]
    assert [page.cell(row, 12).value for row in (6, 10, 11)] == ["M0", "M0", "M1"]  # codes stand in every row
    assert page["D10"].border.bottom.style == "thin"


def test_types_and_formats(annex: Callable[..., Sheet]) -> None:
    page = reopen(annex(20))["附件4"]
    assert [(page[cell].value, page[cell].data_type) for cell in ("A6", "D16", "D21", "E6")] == [
        (1, "n"),
        ("㛃䶮𬭎喆", "s"),
        ("=cmd()", "s"),
        ("13800000000", "s"),
    ]
    assert [page[cell].number_format for cell in ("D6", "E6", "G7")] == ["@", "@", "0"]
    assert page["H6"].value == datetime(2026, 9, 1)  # noqa: DTZ001 Excel knows no zones
    assert page["G6"].value is None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_stays_text(payload: str) -> None:
    columns = (Column("a", "甲"), Column("b", "乙", kind="int"), Column("c", "丙", merge_by=("a",)))
    sheet = Sheet(
        title=payload, columns=columns, rows=[(payload, payload, payload)] * 2, totals=((payload,) * 3,)
    )
    page = reopen(sheet).worksheets[0]
    cells = [page.cell(row, col) for row in (1, 3, 5) for col in (1, 2, 3)]
    texts = [cell for cell in cells if cell.value is not None]
    assert {cell.data_type for cell in texts} == {"s"}
    assert {cell.value for cell in texts} == {payload.replace("\t", " ")}
    assert all(cell.hyperlink is None for cell in texts)


def test_control_characters_do_not_break_the_file() -> None:
    sheet = Sheet(title="表", columns=(Column("a", "甲"),), rows=[("王\x00\x0b军\ud800",)])
    assert reopen(sheet).worksheets[0]["A3"].value == "王军"


def test_meta_is_hidden_and_holds_the_digest(annex: Callable[..., Sheet]) -> None:
    sheet = annex(3, meta={"year": "2026", "township": "T01"})
    book = reopen(sheet)
    assert book.sheetnames == ["附件4", "meta"]
    assert book["meta"].sheet_state == "hidden"
    values = {key: value for _, key, value in book["meta"].iter_rows(min_row=2, values_only=True)}
    assert values["sha256"] == digest(sheet.columns, sheet.read())
    assert (values["year"], values["township"], values["rows"], values["annex"]) == (
        "2026",
        "T01",
        "3",
        "附件4",
    )


def test_a_book_of_sheets_of_one_name(annex: Callable[..., Sheet]) -> None:
    target = io.BytesIO()
    write_book([annex(2), annex(2, paper="A3"), annex(1, name="一/二[三]:*?" + "长" * 40)], target)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["附件4", "附件4（2）", "一二三" + "长" * 28, "meta"]
    assert book["附件4（2）"].page_setup.paperSize == 8


def test_watermark_ampersand_is_escaped(annex: Callable[..., Sheet]) -> None:
    page = reopen(annex(1, watermark="甲&乙 2026"))["附件4"]
    assert page.oddHeader.right.text.endswith("甲&&乙 2026")


def test_libreoffice_opens_it_with_head_and_numbers_on_each_page(
    annex: Callable[..., Sheet], tmp_path: Path
) -> None:
    with (tmp_path / "a.xlsx").open("wb") as target:
        write(annex(60), target)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    read = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "a.pdf", "-"], check=True, capture_output=True, text=True
    )
    pages = read.stdout.split("\f")[:-1]
    assert len(pages) >= 3
    assert ["户主姓名" in page for page in pages] == [True] * len(pages)
    assert [f"第{n}页共{len(pages)}页" in page.replace(" ", "") for n, page in enumerate(pages, 1)] == [
        True
    ] * len(pages)
    assert "=cmd()" in read.stdout
