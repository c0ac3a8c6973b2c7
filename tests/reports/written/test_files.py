"""Word and PDF of a report: official sizes, real styles, the draft mark, and LibreOffice opens the one."""

import io
import subprocess
import zipfile

import docx
import pikepdf
from docx.oxml.ns import qn

from reports.written import files
from reports.written.layout import Appendix, Paper, blocks_of

TEXT = "东坡村党支部2026年推进情况\n一、基本情况\n（一）划分\n" + "全村有农户二百户，划分网格三个。" * 45
SERIAL = "青河乡2026-000001"
GROUP = Appendix("领导小组名单", ["序号", "姓名"], [["1", "李平"]], [20, 60])


def paper(**more):
    return Paper(blocks_of(TEXT), "东坡村党支部", "2026年9月16日", **more)


def written(of, suffix):
    return io.BytesIO(files.maker(of, suffix)(SERIAL))


def pdf_text(content):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def test_word_has_the_official_page_and_real_styles():
    document = docx.Document(written(paper(draft="草稿（未接收）"), "docx"))
    section = document.sections[0]
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [round(margin.mm) for margin in margins] == [37, 26, 35, 28]
    assert [one.style.name for one in document.paragraphs[:4]] == [
        "Title",
        "Heading 1",
        "Heading 2",
        "Normal",
    ]
    fonts = [
        document.styles[name].element.rPr.rFonts for name in ("Title", "Heading 1", "Heading 2", "Normal")
    ]
    assert [one.get(qn("w:eastAsia")) for one in fonts] == [
        "方正小标宋简体",
        "黑体",
        "楷体_GB2312",
        "仿宋_GB2312",
    ]
    assert [document.styles[name].font.size.pt for name in ("Title", "Heading 1", "Normal")] == [22, 16, 16]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    for footer in (section.footer, section.even_page_footer):
        assert "PAGE" in footer._element.xml
        assert footer.paragraphs[0].text.startswith("— ")
    assert section.header.paragraphs[0].text == "草稿（未接收）"
    assert [one.text for one in document.paragraphs[-2:]] == ["东坡村党支部", "2026年9月16日"]


def test_an_accepted_report_bears_no_mark_and_may_carry_the_leading_group():
    document = docx.Document(written(paper(appendix=GROUP), "docx"))
    assert document.sections[0].header.paragraphs[0].text == ""
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells == [["序号", "姓名"], ["1", "李平"]]
    with pikepdf.open(written(paper(appendix=GROUP), "pdf")) as pdf:
        assert len(pdf.pages) == 3


def test_the_pdf_is_a4_numbered_and_marked_on_every_page():
    content = written(paper(draft="草稿（未接收） 青河乡"), "pdf").read()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        sizes = {tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:]) for page in pdf.pages}
        assert sizes == {(210, 297)}
        marks = ["/TownshipMark" in page.obj.Resources.XObject for page in pdf.pages]
    assert marks == [True, True]
    words = pdf_text(content).replace(" ", "")
    pages = words.split("\f")
    assert "—1—" in pages[0]
    assert "—2—" in pages[1]
    assert words.count("草稿（未接收）青河乡") == 2  # over the text, beside the watermark under it


def test_a_line_holds_28_signs_and_a_page_22_lines():
    plain = Paper(blocks_of("标题\n" + "网" * 28 * 60), "", "")
    pages = pdf_text(written(plain, "pdf").read()).split("\f")
    lines = [line for line in pages[1].split() if "网" in line]
    assert [len(line) for line in lines] == [28] * 22


def test_an_accepted_file_bears_its_number_and_no_other_mark():
    words = pdf_text(written(paper(), "pdf").read())
    assert (words.count(f"导出编号 {SERIAL}"), "草稿" in words) == (2, False)
    section = docx.Document(written(paper(), "docx")).sections[0]
    for footer in (section.footer, section.even_page_footer):
        assert footer.paragraphs[-1].text == f"导出编号 {SERIAL}"


def test_libreoffice_opens_the_word_file(tmp_path):
    source = tmp_path / "report.docx"
    source.write_bytes(written(paper(appendix=GROUP), "docx").read())
    assert zipfile.ZipFile(source).testzip() is None
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    words = pdf_text((tmp_path / "report.pdf").read_bytes()).replace(" ", "")
    assert "东坡村党支部2026年推进情况" in words
    assert "—1—" in words
    assert "李平" in words
