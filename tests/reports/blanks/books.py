"""A corpus of odd workbooks as counties make them, and what two workbooks have in common."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

THIN = Border(*[Side(style="thin")] * 4)


def framed(page: Worksheet, area: str) -> None:
    """Lines around every cell of an area."""
    for row in page[area]:
        for cell in row:
            cell.border = THIN
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def statistics(year: int = 2026, *, moved: bool = False) -> Workbook:
    """One row of numbers for a village under a merged head; `moved` is how it came back a year later."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "统计表"
    page["A1"] = f"青河县{year}年基层党组织网格化管理服务情况统计表"
    page["A1"].font = Font(name="方正小标宋简体", size=20, bold=True)
    page["A1"].alignment = Alignment(horizontal="center")
    page.merge_cells("A1:H1")
    page["A2"] = "填报单位（盖章）：＿＿＿＿＿＿"
    page["G2"] = "单位：个、人、户"
    heads = ["党员", "", "", "网格数", "农户数", "联系覆盖率", "备注", ""]
    if moved:
        heads = ["网格个数", "党员", "", "", "农户数", "联系覆盖率", "志愿者人数", "备注"]
    for column, text in enumerate(heads, 1):
        page.cell(3, column, text or None)
    first = 2 if moved else 1
    for column, text in enumerate(("总数", "预备", "流动"), first):
        page.cell(4, column, text)
    page.merge_cells(start_row=3, end_row=3, start_column=first, end_column=first + 2)
    for column in range(1, 9):
        if not first <= column <= first + 2:
            page.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    if not moved:
        page.cell(3, 7, "备注")
        page.unmerge_cells("G3:G4")
        page.unmerge_cells("H3:H4")
        page.merge_cells("G3:H4")
        page.merge_cells("G5:H5")
    framed(page, "A3:H5")
    page["A6"] = "单位负责人：        审核人：        填表人："
    page.column_dimensions["E"].width = 24.5
    page.row_dimensions[5].height = 31.5
    page.print_area = "A1:H6"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 8
    return book


def villages() -> Workbook:
    """Three free rows for villages over a row of sums, a second sheet that refers to it, and a hidden one."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "汇总"
    page["A1"] = "各村党组织情况汇总表"
    page.merge_cells("A1:E1")
    for column, text in enumerate(("序号", "党支部名称", "党员总数", "农户数", "备注"), 1):
        page.cell(2, column, text)
    page["A6"] = "合计"
    page.merge_cells("A6:B6")
    page["C6"] = "=SUM(C3:C5)"
    page["D6"] = "=SUM(D3:D5)"
    for row in (3, 4, 5):
        page.cell(row, 6, f"=IF(C{row}>0,D{row}/C{row},0)")
        page.cell(row, 6).number_format = "0.00"
    framed(page, "A2:E6")
    for row, height in ((2, 28.0), (5, 19.5), (6, 24.0)):
        page.row_dimensions[row].height = height
    page.print_area = "A1:F7"
    page.print_title_rows = "1:2"
    page.freeze_panes = "A3"
    page["A7"] = "注：按 9 月 15 日数据填报。"
    page.merge_cells("A7:F7")
    page.conditional_formatting.add(
        "C3:C6", CellIsRule(operator="lessThan", formula=["$C$6"], font=Font(bold=True))
    )
    other = book.create_sheet("说明")
    other["A1"] = "党员合计"
    other["B1"] = "=汇总!C6"
    other["B2"] = "=SUM(汇总!$D$3:$D$5)"
    hidden = book.create_sheet("字典")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "是"
    book.defined_names["合计行"] = DefinedName("合计行", attr_text="汇总!$A$6:$E$6")
    return book


def roster() -> Workbook:
    """A roster with two free rows and nothing below but a foot."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "花名册"
    page["A1"] = "党员联系群众花名册"
    page.merge_cells("A1:G1")
    heads = ("序号", "党支部", "党员姓名", "党员电话", "户主姓名", "家庭人口数", "联系起始时间")
    for column, text in enumerate(heads, 1):
        page.cell(2, column, text)
    framed(page, "A2:G4")
    page["A5"] = "填表人：                    联系电话："
    page.merge_cells("A5:G5")
    return book


def ornate() -> Workbook:
    """Rich text, fills, lists, names, comments, hidden rows and columns, filters, headers, hidden sheets."""
    book = statistics()
    page = book.worksheets[0]
    page["A2"] = CellRichText(TextBlock(InlineFont(b=True, color="FFFF0000"), "填报单位"), "（盖章）：")
    page["J3"], page["J5"] = "网格员数", None
    page["J5"].fill = PatternFill("solid", fgColor="FFFFF2CC")
    page["J5"].number_format = "#,##0"
    page["J5"].protection = Protection(locked=False)
    page["J5"].comment = Comment("按任职登记填写", "县委组织部")
    page["K5"] = "=B5+C5"
    page["K6"] = date(2026, 9, 16)
    page["K6"].number_format = 'yyyy"年"m"月"d"日"'
    page["K7"].hyperlink = "#'附页'!A1"
    page["K7"] = "见附页"
    page["M1"] = 3.5
    page["M1"].font = Font(name="仿宋_GB2312", size=8, italic=True, underline="single", strike=True)
    page["M1"].alignment = Alignment(text_rotation=90, indent=1, shrink_to_fit=True)
    page.conditional_formatting.add(
        "A5:H5",
        ColorScaleRule(start_type="min", start_color="FF63BE7B", end_type="max", end_color="FFF8696B"),
    )
    choices = DataValidation(
        type="list", formula1='"是,否"', allow_blank=True, showErrorMessage=True, error="只能填是或否"
    )
    choices.add("L5:L9")
    page.add_data_validation(choices)
    page.row_dimensions[8].hidden = True
    page.column_dimensions["I"].hidden = True
    page.column_dimensions.group("N", "P", outline_level=1, hidden=True)
    page.oddHeader.left.text, page.oddFooter.center.text = "青河县", "第 &P 页 共 &N 页"
    page.page_margins.left = 0.25
    page.sheet_view.zoomScale = 85
    page.sheet_properties.tabColor = "FFC00000"
    page.freeze_panes = "B5"
    page.auto_filter.ref = "A4:H5"
    page.print_title_rows = "3:4"
    other = book.create_sheet("附页")
    other["A1"], other["A2"] = "附页", "=统计表!A5*2"
    other.merge_cells("A3:C5")
    other["A3"] = "合并"
    other.sheet_view.showGridLines = False
    very = book.create_sheet("深藏")
    very.sheet_state = "veryHidden"
    very["Z99"] = "=SUM(统计表!A5:H5)"
    book.defined_names["率"] = DefinedName("率", attr_text="统计表!$F$5")
    return book


CORPUS: dict[str, Callable[[], Workbook]] = {
    "统计表": statistics,
    "汇总": villages,
    "花名册": roster,
    "花样": ornate,
}


def saved(book: Workbook) -> bytes:
    """As a file."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def everything(content: bytes, *, but: set[tuple[str, str]] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    """All that openpyxl knows of a workbook, cell by cell and property by property, `but` some cells."""
    book = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
    found: dict[str, Any] = {
        "sheets": [(page.title, page.sheet_state) for page in book.worksheets],
        "names": {name: defined.attr_text for name, defined in book.defined_names.items()},
        "active": book.active.title if book.active else "",
    }
    for page in book.worksheets:
        found[page.title] = _sheet(page)
        for cell in (cell for row in page.iter_rows() for cell in row):
            if (page.title, cell.coordinate) not in but:
                found[f"{page.title}!{cell.coordinate}"] = _cell(cell)
    return found


def _sheet(page: Worksheet) -> dict[str, Any]:
    return {
        "merges": sorted(str(area) for area in page.merged_cells.ranges),
        "widths": {
            k: (d.width, d.hidden, d.min, d.max, d.outlineLevel) for k, d in page.column_dimensions.items()
        },
        "heights": {k: (d.height, d.hidden) for k, d in page.row_dimensions.items() if d.height or d.hidden},
        "print": (page.print_area, page.print_title_rows, page.print_title_cols),
        "setup": {k: v for k, v in dict(page.page_setup).items() if k != "id"},
        "margins": dict(page.page_margins),
        "panes": page.freeze_panes,
        "filter": page.auto_filter.ref,
        "formats": [
            (str(f.sqref), [(r.type, r.formula) for r in f.rules]) for f in page.conditional_formatting
        ],
        "lists": [(str(v.sqref), v.type, v.formula1, v.error) for v in page.data_validations.dataValidation],
        "header": (page.oddHeader.left.text, page.oddFooter.center.text),
        "view": (page.sheet_view.zoomScale, page.sheet_view.showGridLines),
        "tab": page.sheet_properties.tabColor.rgb if page.sheet_properties.tabColor else None,
    }


def _cell(cell: Any) -> tuple[Any, ...]:
    styles = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)
    comment, link = getattr(cell, "comment", None), getattr(cell, "hyperlink", None)
    return (
        repr(cell.value),
        cell.number_format,
        *(repr(style) for style in styles),
        (comment.text, comment.author) if comment else None,
        link.location if link else None,
    )
