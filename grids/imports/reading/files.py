"""What kind of file was sent, whether it is safe to open, and its sheets as plain grids of values."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from grids.imports.reading.csvs import read_csv
from grids.imports.reading.result import Limits, Refused

SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。"
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKBOOK_SUFFIXES = {".xlsx", ".xls", ".et", ".ods"}
TEXT_SUFFIXES = {".csv", ".txt", ".tsv"}
FOREIGN = {
    ".ett": "WPS 模板（.ett）",
    ".xlsb": "二进制工作簿（.xlsb）",
    ".xlt": "Excel 模板（.xlt）",
    ".xltx": "Excel 模板（.xltx）",
    ".numbers": "Numbers 表格",
}
BROKEN = "这个文件已损坏或没有传完整，请在电脑上重新打开、另存为 .xlsx 后再导入。"
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, RuntimeError, ValueError)
BLANK_ROWS = (
    "工作表“{}”里有海量空白的带格式行，请删除表格下方和右侧的空白行列（或把表格复制到新工作簿）后再导入。"
)


@dataclass
class RawSheet:
    """One sheet as it stands in the file; coordinates count from 0."""

    name: str
    cells: list[list[Any]]
    hidden: bool = False
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    formulas: int = 0  # formulas that have a value


@dataclass
class PartFacts:
    """What the XML of one sheet says that the reader keeps to itself; coordinates count from 0."""

    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    formulas: int = 0


def read_sheets(path: Path, *, name: str, limits: Limits) -> list[RawSheet]:
    """All sheets of the file, or Refused. Runs in the child process only: a workbook can abort the reader."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("这个文件是空的（0 字节），请重新选择文件。")
    if size > limits.upload_bytes:
        most = limits.upload_bytes // 1048576
        raise Refused(
            f"文件超过 {most} MB，花名册不会这么大，请删去图片、空白的带格式行列和无关内容后再导入。"
        )
    suffix = Path(name).suffix.lower()
    if suffix in FOREIGN:
        raise Refused(f"不能直接读取{FOREIGN[suffix]}，{SAVE_AS}")
    if suffix in {".xlsm", ".xltm", ".xlam"}:
        raise Refused(f"不接收带宏的工作簿（{suffix}），请另存为不带宏的 .xlsx 再导入。")
    if suffix not in WORKBOOK_SUFFIXES | TEXT_SUFFIXES:
        raise Refused(f"不认识扩展名“{suffix or '（无）'}”，只接收 .xlsx、.xls、.et、.ods 和 .csv 文件。")
    try:
        data = path.read_bytes()
    except OSError:
        raise Refused("这个文件打不开，请检查文件权限后重新选择。") from None
    if data.startswith((b"PK", OLE_MAGIC)):
        if suffix in TEXT_SUFFIXES:
            raise Refused(f"扩展名是 {suffix}，内容却不是文本，请把扩展名改回 .xlsx 或 .xls 再导入。")
        facts = check_zip(data, limits) if data.startswith(b"PK") else check_ole(data)
        return read_workbook(data, facts, limits)
    refuse_markup(data, suffix)
    if suffix in WORKBOOK_SUFFIXES:
        raise Refused(f"扩展名是 {suffix}，内容却不是 Excel 工作簿（可能是改了名的文本），{SAVE_AS}")
    return [RawSheet(name="CSV", cells=read_csv(data, limits))]


def refuse_markup(data: bytes, suffix: str) -> None:
    """Web systems like to call an HTML page .xls; a PDF or picture may also come along."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<div", b"<meta", b"<head")):
        raise Refused(f"这个 {suffix} 文件其实是网页（HTML），{SAVE_AS}")
    if head.startswith(b"<?xml") or b"urn:schemas-microsoft-com:office" in head:
        raise Refused(f"这个 {suffix} 文件其实是 XML 文件，{SAVE_AS}")
    if head.startswith(b"%pdf"):
        raise Refused("这是 PDF 文件，不能当作花名册读取，请导入原来的 Excel 表格。")
    if head.startswith((b"\x89png", b"\xff\xd8\xff", b"gif8", b"{\\rtf", b"rar!", b"7z\xbc\xaf")):
        raise Refused("这不是表格文件，只接收 .xlsx、.xls 和 .csv 文件。")


def check_ole(data: bytes) -> dict[str, PartFacts]:
    """Old .xls and encrypted .xlsx share one header; the stream names inside tell them apart."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("这个工作簿设了打开密码，请先取消密码，另存为 .xlsx 再导入。")
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise Refused("不接收带宏的工作簿，请另存为不带宏的 .xlsx 再导入。")
    if "WordDocument".encode("utf-16-le") in data:
        raise Refused("这是 Word 文档，请把里面的表格复制到 Excel，另存为 .xlsx 再导入。")
    if "Workbook".encode("utf-16-le") not in data and "Book".encode("utf-16-le") not in data:
        raise Refused(BROKEN)
    return {}


def check_zip(data: bytes, limits: Limits) -> dict[str, PartFacts]:
    """Look at the zip directory before unpacking anything, then through the XML; gives facts by sheet."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except UNREADABLE:
        raise Refused(BROKEN) from None
    check_zip_kind({entry.filename.lower() for entry in entries})
    check_zip_size(entries, limits)
    facts: dict[str, PartFacts] = {}
    try:
        for entry in entries:
            if entry.filename.lower().endswith((".xml", ".rels")):
                facts[entry.filename] = scan_part(archive, entry, limits)
        order = sheet_parts(archive) if "xl/workbook.xml" in archive.namelist() else {}
    except UNREADABLE:
        raise Refused(BROKEN) from None
    return {sheet: facts[part] for sheet, part in order.items() if part in facts}


def check_zip_kind(names: set[str]) -> None:
    """A zip may be a Word file, an OpenDocument file, or a workbook with things we don't take."""
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused("不接收带宏的工作簿，请另存为不带宏的 .xlsx 再导入。")
    if "xl/workbook.bin" in names:
        raise Refused(f"不能直接读取{FOREIGN['.xlsb']}，{SAVE_AS}")
    if any(name.startswith("word/") for name in names):
        raise Refused("这是 Word 文档，请把里面的表格复制到 Excel，另存为 .xlsx 再导入。")
    if "content.xml" not in names and "xl/workbook.xml" not in names:
        raise Refused(f"这是压缩包而不是 Excel 工作簿，请先解压，{SAVE_AS}")
    if any(name.endswith((".zip", ".xlsx", ".docx", ".rar", ".7z", ".xls", ".exe")) for name in names):
        raise Refused("工作簿里嵌着别的文件，请删去嵌入的附件，另存为 .xlsx 再导入。")


def check_zip_size(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise Refused("工作簿内部的部件多得不正常，请把表格复制到新建的工作簿，另存为 .xlsx 再导入。")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("这个文件是加密的压缩包，请先取消密码，另存为 .xlsx 再导入。")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    largest = max(entries, key=lambda entry: entry.file_size)
    swollen = any(
        entry.file_size > 5_000_000 and entry.file_size > limits.ratio * max(entry.compress_size, 1)
        for entry in entries
    )
    if unpacked > limits.unpacked_bytes or unpacked > limits.ratio * packed or swollen:
        if largest.filename.startswith("xl/worksheets/"):
            raise Refused(BLANK_ROWS.format(Path(largest.filename).stem))
        raise Refused(
            "文件解开后大得不正常，可能是恶意压缩文件，请把表格复制到新建的工作簿，另存为 .xlsx 再导入。"
        )


_REF = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ERROR_CELL = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>(?:(?!</c>).){0,2000}?<v>([^<]{1,20})</v>', re.DOTALL)
_FORMULA_CELL = re.compile(rb"<c\b([^>]*)>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_FAR_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"(?:[^>]*[^/])?>\s*<(?:v|is|f)\b')
_FORMULA = re.compile(rb"<f[ />]")
_DIGITS6 = re.compile(rb'<row\b[^>]*\br="\d{6,7}"')
_LETTERS3 = re.compile(rb'\br="[A-Z]{3}\d')


_HIDDEN_ROW = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d{1,7})"')
_HIDDEN_COLUMN = re.compile(rb'<col\b(?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d+)")[^>]*\bmax="(\d+)"')


def scan_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> PartFacts:
    """Stream one XML part: no DOCTYPE; in sheets also far, hidden and error cells, formulas."""
    facts = PartFacts()
    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    for chunk in xml_chunks(archive, entry):
        if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise Refused(
                "工作簿内部含有不允许的外部定义（DOCTYPE），请把表格复制到新建的工作簿，另存为 .xlsx 再导入。"
            )
        if not is_sheet:
            continue
        scan_sheet(chunk, facts, limits)
    facts.formulas -= sum(1 for fault in facts.faults.values() if fault == "formula")
    return facts


def scan_sheet(chunk: bytes, facts: PartFacts, limits: Limits) -> None:
    """What one piece of a sheet's XML adds to what is known of it. Raises Refused for far cells."""
    if _LETTERS3.search(chunk) or _DIGITS6.search(chunk):
        refuse_far_cells(chunk, limits)
    if b't="e"' in chunk:
        for found in _ERROR_CELL.finditer(chunk):
            note_fault(facts.faults, found.group(1), found.group(2).decode("ascii", "replace"))
    if b"<f" in chunk:
        for found in _FORMULA_CELL.finditer(chunk):
            note_fault(facts.faults, found.group(1), "formula")
        facts.formulas += len(_FORMULA.findall(chunk))
    if b"hidden=" in chunk:
        facts.hidden_rows += [int(row) - 1 for row in _HIDDEN_ROW.findall(chunk)]
        for first, last in _HIDDEN_COLUMN.findall(chunk):
            facts.hidden_columns += range(int(first) - 1, min(int(last), limits.columns))


def xml_chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """About a megabyte at a time, cut at the end of a row so that no cell is split."""
    rest = b""
    with archive.open(entry) as stream:
        while block := stream.read(1 << 20):
            block = rest + block
            cut = block.rfind(b"</row>")
            if cut < 0:
                yield block
                rest = block[-200:]
                continue
            yield block[: cut + 6]
            rest = block[cut + 6 :]
    yield rest


def refuse_far_cells(chunk: bytes, limits: Limits) -> None:
    for found in _FAR_CELL.finditer(chunk):
        if int(found.group(2)) > limits.rows:
            raise Refused(f"表格超过 {limits.rows} 行，请删除多余的行，或分成几个文件导入。")
        if column_number(found.group(1)) >= limits.columns:
            raise Refused(f"表格超过 {limits.columns} 列，请删除右侧多余的列再导入。")


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def note_fault(faults: dict[tuple[int, int], str], attributes: bytes, text: str) -> None:
    place = _REF.search(attributes)
    if place and len(faults) < 5000:
        faults[int(place.group(2)) - 1, column_number(place.group(1))] = text


_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet number (as text) → the part that holds it, in workbook order."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in _RELATION.findall(relations):
        ident, target = attribute(tag, "Id"), attribute(tag, "Target")
        targets[ident] = target.lstrip("/") if target.startswith("/") else "xl/" + target
    return {
        str(number): targets.get(attribute(tag, r"\w+:id"), "")
        for number, tag in enumerate(_SHEET_TAG.findall(book))
    }


def attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}=["']([^"']*)["']""", tag)
    return found.group(1) if found else ""


def read_workbook(data: bytes, facts: dict[str, PartFacts], limits: Limits) -> list[RawSheet]:
    sheets = []
    try:
        book = load_workbook(io.BytesIO(data))
        for number, about in enumerate(book.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet:
                sheet = raw_sheet(book.get_sheet_by_index(number), limits)
                sheet.hidden = about.visible != SheetVisibleEnum.Visible
                known = facts.get(str(number), PartFacts())
                sheet.faults, sheet.formulas = known.faults, max(known.formulas, 0)
                sheet.hidden_rows, sheet.hidden_columns = known.hidden_rows, known.hidden_columns
                sheets.append(sheet)
    except PasswordError:
        raise Refused("这个工作簿设了打开密码，请先取消密码，另存为 .xlsx 再导入。") from None
    except CalamineError:
        raise Refused(BROKEN) from None
    except BaseException as fault:
        if type(fault).__name__ == "PanicException":  # the reader's own bugs come as this, outside Exception
            raise Refused(BROKEN) from None
        raise
    return sheets


def raw_sheet(sheet: CalamineSheet, limits: Limits) -> RawSheet:
    if not sheet.end:
        return RawSheet(name=sheet.name, cells=[])
    height, width = sheet.end[0] + 1, sheet.end[1] + 1
    if height > limits.rows or height * width > limits.cells:
        raise Refused(f"工作表“{sheet.name}”超过 {limits.rows} 行或列数过多，请删除多余的行列再导入。")
    if width > limits.columns:
        raise Refused(f"工作表“{sheet.name}”超过 {limits.columns} 列，请删除右侧多余的列再导入。")
    merges = [merge for merge in sheet.merged_cell_ranges or [] if merge[0][0] < height]
    return RawSheet(name=sheet.name, cells=sheet.to_python(skip_empty_area=False), merges=merges)
