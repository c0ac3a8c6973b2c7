"""A report as a Word file in the official look (GB/T 9704): real styles, the grid of 22 lines × 28 signs."""

from typing import IO, Any, cast

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reports.written.layout import BODY, FIRST, SECOND, TITLE, Appendix, Paper

SONG, HEI, KAI, FANG, PLAIN = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
BODY_SIZE = 16
LINE = Pt(28.95)  # 225 mm of text in 22 lines
GRID = {"type": "lines", "linePitch": "579"}
CLOSER = "-5"  # twentieths of a point: 28 signs of 16 pt fit into 156 mm, in Word, WPS and LibreOffice
STYLES = {TITLE: "Title", FIRST: "Heading 1", SECOND: "Heading 2", BODY: "Normal"}


def write(paper: Paper, out: IO[bytes], *, foot: str = "") -> None:
    """The whole file; `foot` stands small under every page number."""
    document = Document()
    _style(document)
    _page(document, paper)
    _foot(document, foot)
    for block in paper.blocks:
        document.add_paragraph(block.text, style=STYLES[block.kind])
    _signature(document, paper)
    if paper.appendix:
        _append(document, paper.appendix)
    document.core_properties.title = paper.title
    document.core_properties.author = paper.unit
    document.save(out)


def _style(document: Any) -> None:
    _font(document.styles["Normal"], FANG, 16)
    _font(document.styles["Title"], SONG, 22)
    _font(document.styles["Heading 1"], HEI, 16)
    _font(document.styles["Heading 2"], KAI, 16)
    for name in STYLES.values():
        layout = document.styles[name].paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
        layout.first_line_indent = Pt(32)
        layout.keep_with_next = name.startswith("Heading")
    title = document.styles["Title"].paragraph_format
    title.alignment, title.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
    title.line_spacing, title.space_after = Pt(34), LINE
    borders = document.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:  # the line under the title of Word's own template
        document.styles["Title"].element.pPr.remove(borders)


def _font(style: Any, name: str, size: float) -> None:
    """Chinese text takes its font from eastAsia, which python-docx does not know by itself."""
    style.font.name, style.font.size, style.font.bold, style.font.italic = name, Pt(size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.keys()):
        del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{key}"), name)
    for spacing in style.element.rPr.findall(qn("w:spacing")) + style.element.rPr.findall(qn("w:kern")):
        style.element.rPr.remove(spacing)
    if size == BODY_SIZE:
        closer = OxmlElement("w:spacing")
        closer.set(qn("w:val"), CLOSER)
        style.element.rPr.append(closer)


def _page(document: Any, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(23)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for key, value in GRID.items():
        grid.set(qn(f"w:{key}"), value)
    document.settings.odd_and_even_pages_header_footer = True
    _folio(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _folio(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    if paper.draft:
        for header in (section.header, section.even_page_header):
            mark = header.paragraphs[0]
            mark.alignment, mark.paragraph_format.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
            run = mark.add_run(paper.draft)
            run.font.size, run.font.color.rgb = Pt(12), RGBColor(0x80, 0x80, 0x80)


def _foot(document: Any, text: str) -> None:
    section = document.sections[0]
    for footer in (section.footer, section.even_page_footer) if text else ():
        line = footer.add_paragraph()
        line.alignment, line.paragraph_format.first_line_indent = WD_ALIGN_PARAGRAPH.LEFT, Pt(0)
        run = line.add_run(text)
        run.font.size, run.font.color.rgb = Pt(8), RGBColor(0x80, 0x80, 0x80)


def _folio(paragraph: Any, side: Any) -> None:
    """— 1 — in 四号宋体, one sign in from the edge."""
    paragraph.alignment = side
    layout = paragraph.paragraph_format
    layout.first_line_indent = Pt(0)
    layout.left_indent = layout.right_indent = Pt(14)
    for part in ("— ", None, " —"):
        run = paragraph.add_run(part or "")
        run.font.size, run.font.name = Pt(14), PLAIN
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), PLAIN)
        if part is None:
            for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "1"), ("end", "")):
                run._r.append(_field(kind, text))


def _field(kind: str, text: str) -> Any:
    if not text:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        return mark
    held = OxmlElement("w:t" if kind else "w:instrText")
    held.text = text
    return held


def _signature(document: Any, paper: Paper) -> None:
    for number, text in enumerate((paper.unit, paper.day)):
        line = document.add_paragraph(text)
        layout = line.paragraph_format
        layout.alignment, layout.first_line_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(0)
        layout.right_indent, layout.keep_with_next = Pt(32 if number else 16), number == 0
        if number == 0:
            layout.space_before = LINE


def _append(document: Any, appendix: Appendix) -> None:
    """附件 on a page of its own, its table ruled."""
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    mark = document.add_paragraph("附件")
    mark.paragraph_format.first_line_indent = Pt(0)
    _run_font(mark.runs[0], HEI, 16)
    document.add_paragraph(appendix.title, style="Title")
    table = document.add_table(rows=1 + len(appendix.rows), cols=len(appendix.head), style="Table Grid")
    table.autofit = False
    for row, cells in zip(table.rows, (appendix.head, *appendix.rows), strict=True):
        for cell, text, width in zip(row.cells, cells, appendix.widths, strict=True):
            cell.width = Mm(width)
            held = cell.paragraphs[0]
            held.paragraph_format.first_line_indent = Pt(0)
            held.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
            held.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run_font(held.add_run(text), HEI if cells is appendix.head else FANG, 12)


def _run_font(run: Any, name: str, size: float) -> None:
    run.font.name, run.font.size = name, Pt(size)
    cast("Any", run._r).get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
