"""Files that are no rosters, or mean harm, made in code: nothing here comes from elsewhere."""

import io
import re
import struct
import zipfile

import openpyxl
import xlwt

HEADER = ["党小组", "网格", "党员中心户", "党员姓名", "户主姓名", "人口"]
ROWS = [
    ["第一党小组", "石门村第一网格", "李明户", "李明", "王军", 3],
    ["第一党小组", "石门村第一网格", "李明户", "李明", "赵兰", 2],
]
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows=None, change=None):
    book = openpyxl.Workbook()
    for row in [HEADER, *(ROWS if rows is None else rows)]:
        book.active.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def old_workbook(rows):
    book = xlwt.Workbook()
    page = book.add_sheet("名册")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(number, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def patched(data, changes, extra=None, level=zipfile.ZIP_DEFLATED):
    """The same zip with some parts rewritten and some added."""
    out = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(out, "w", level) as target:
        for name in source.namelist():
            content = source.read(name)
            for pattern, change in changes.items():
                if re.fullmatch(pattern, name):
                    content = change(content)
            target.writestr(name, content)
        for name, content in (extra or {}).items():
            target.writestr(name, content)
    return out.getvalue()


def sheet_of(body):
    head = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{NAMESPACE}">'
    text = f"{head}<sheetData>{body}</sheetData></worksheet>"
    return patched(workbook(), {SHEET: lambda _: text.encode()})


def inline(row, values, start=0):
    cells = "".join(
        f'<c r="{chr(65 + start + number)}{row}" t="inlineStr"><is><t>{value}</t></is></c>'
        for number, value in enumerate(values)
    )
    return f'<row r="{row}">{cells}</row>'


def roster_rows():
    return inline(1, HEADER) + "".join(inline(number, row) for number, row in enumerate(ROWS, 2))


def blank_rows(first, last, columns):
    letters = "ABCDEFGHIJ"[:columns]
    return "".join(
        f'<row r="{row}">' + "".join(f'<c r="{letter}{row}" s="0"/>' for letter in letters) + "</row>"
        for row in range(first, last)
    )


def zip_bomb():
    return patched(workbook(), {}, {"xl/media/image1.bin": b"\0" * 60_000_000})


def shared_string_bomb():
    big = f'<sst xmlns="{NAMESPACE}"><si><t>' + "A" * 150_000_000 + "</t></si></sst>"
    return patched(workbook(), {}, {"xl/sharedStrings.xml": big})


def many_entries():
    return patched(workbook(), {}, {f"xl/media/p{number}.txt": b"x" for number in range(1200)})


def doctype():
    laughs = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>'
    return patched(
        workbook(), {SHEET: lambda xml: xml.replace(b"<worksheet", laughs.encode() + b"<worksheet", 1)}
    )


def external_entity():
    entity = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return patched(workbook(), {"xl/workbook.xml": lambda xml: entity.encode() + xml})


def far_corner():
    return sheet_of(roster_rows() + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def far_corner_unmarked():
    """The same without cell references: our look at the XML sees nothing, the reader counts."""
    return sheet_of(roster_rows() + '<row r="1048576">' + "<c><v>1</v></c>" * 300 + "</row>")


def ole(name):
    """An OLE2 container, as far as its first sector and one stream name go."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack("<16xHHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    return head.ljust(512, b"\0") + name.encode("utf-16-le").ljust(512, b"\0")


def foreign_zip(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def wrong_dimension():
    return patched(
        workbook([ROWS[0]] * 40),
        {SHEET: lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', xml)},
    )


def strict():
    old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    new = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    relations = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return patched(
        workbook(),
        {
            r".*\.(xml|rels)": lambda xml: xml.replace(old, new).replace(
                relations, b"http://purl.oclc.org/ooxml/officeDocument/relationships"
            )
        },
    )


def lying_directory():
    """The directory says a sheet is small; what is packed is not."""
    data = bytearray(patched(workbook(), {SHEET: lambda xml: xml + b" " * 30_000_000}))
    real = struct.pack("<I", zipfile.ZipFile(io.BytesIO(bytes(data))).getinfo(SHEET).file_size)
    return bytes(data).replace(real, struct.pack("<I", 2000))


REFUSED = {
    "empty file": ("a.xlsx", b"", "空的"),
    "spaces only": ("a.csv", b"  \n \n", "表头"),
    "GBK text called xlsx": ("a.xlsx", "党小组,户主\n".encode("gbk"), "不是 Excel"),
    "HTML called xls": ("a.xls", b"\xef\xbb\xbf\n<html><table><tr><td>x</td></tr></table>", "网页"),
    "HTML called csv": ("a.csv", b"<!DOCTYPE html><html></html>", "网页"),
    "XML spreadsheet": ("a.xls", b'<?xml version="1.0"?><Workbook/>', "XML"),
    "PDF": ("a.xlsx", b"%PDF-1.7 ...", "PDF"),
    "image": ("a.xls", b"\x89PNG\r\n\x1a\n....", "不是表格"),
    "encrypted": ("a.xlsx", ole("EncryptedPackage"), "密码"),
    "Word 97": ("a.xls", ole("WordDocument"), "Word"),
    "other OLE": ("a.xls", ole("PowerPoint"), "损坏"),
    "macro xls": ("a.xls", ole("_VBA_PROJECT_CUR"), "宏"),
    "broken xls": ("a.xls", ole("Workbook"), "内部结构异常"),
    "macro by name": ("a.xlsm", workbook(), "宏"),
    "macro inside": ("a.xlsx", patched(workbook(), {}, {"xl/vbaProject.bin": b"x"}), "宏"),
    "docx renamed": ("a.xlsx", foreign_zip("[Content_Types].xml", "word/document.xml"), "Word"),
    "ods renamed": ("a.xlsx", foreign_zip("mimetype", "content.xml"), "另存为"),
    "xlsb renamed": ("a.xlsx", foreign_zip("[Content_Types].xml", "xl/workbook.bin"), "另存为"),
    "plain zip": ("a.xlsx", foreign_zip("a.txt"), "压缩包"),
    "ods": ("a.ods", b"PK", "另存为"),
    "et": ("a.et", ole("Workbook"), "另存为"),
    "xlsb": ("a.xlsb", b"PK", "另存为"),
    "exe": ("a.exe", b"MZ", "扩展名"),
    "no suffix": ("roster", workbook(), "扩展名"),
    "workbook called csv": ("a.csv", workbook(), "扩展名"),
    "truncated zip": ("a.xlsx", workbook()[:-200], "损坏"),
    "half zip": ("a.xlsx", workbook()[:2000], "损坏"),
    "zip magic only": ("a.xlsx", b"PK\x03\x04", "损坏"),
    "broken sheet xml": ("a.xlsx", patched(workbook(), {SHEET: lambda xml: xml[:600]}), "。"),
    "no workbook relations": ("a.xlsx", foreign_zip("xl/workbook.xml"), "损坏"),
    "zip bomb": ("a.xlsx", zip_bomb(), "大得不正常"),
    "string bomb": ("a.xlsx", shared_string_bomb(), "大得不正常"),
    "too many entries": ("a.xlsx", many_entries(), "部件"),
    "nested workbook": ("a.xlsx", patched(workbook(), {}, {"xl/embeddings/b.xlsx": b"PK"}), "嵌着"),
    "doctype": ("a.xlsx", doctype(), "DOCTYPE"),
    "external entity": ("a.xlsx", external_entity(), "DOCTYPE"),
    "far corner": ("a.xlsx", far_corner(), "行"),
    "far corner without references": ("a.xlsx", far_corner_unmarked(), "。"),
    "far column": ("a.xlsx", sheet_of(roster_rows() + '<row r="9"><c r="ZZZ9"><v>1</v></c></row>'), "列"),
    "lying directory": ("a.xlsx", lying_directory(), "。"),
    "no header": ("a.xlsx", workbook([["x"] * 6] * 9, lambda book: book.active.delete_rows(1)), "户主姓名"),
    "empty workbook": ("a.xlsx", workbook([], lambda book: book.active.delete_rows(1)), "户主姓名"),
    "only a sheet of phones": (
        "a.xlsx",
        workbook([["张三", "主任", "13800000000"]], lambda book: book.active.delete_rows(1)),
        "户主姓名",
    ),
    "NUL in csv": ("a.csv", "户主,党员,党小组\n王\0军,李明,一组\n".encode(), "第 2 行"),
    "open quote": ("a.csv", '户主,党员,党小组\n"王军,李明,一组\n'.encode(), "引号"),
    "mixed encodings": (
        "a.csv",
        "户主姓名,党员姓名,党小组\n王军,李明,一组\n".encode("gb18030") * 9
        + "赵兰芳,李明华,第一党小组\n".encode(),
        "第 19 行",
    ),
    "broken bytes": ("a.csv", "户主姓名,党员姓名\n".encode("gb18030") + b"\xff\xff\xff,x\n", "第 2 行"),
    "long line": ("a.csv", "户主,党员,党小组,".encode() + b"x" * 9_000_000, "长得不正常"),
    "50 MB line": ("a.csv", b"x" * 50_000_000, "MB"),
}
