"""CSV as offices save it: the encoding, the separator and the quotes are found out, never assumed."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

from grids.imports.reading.result import Limits, Refused

SEPARATORS = ",\t;"


def read_csv(data: bytes, limits: Limits) -> list[list[str]]:
    text = decode(data)
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise Refused(f"CSV 第 {row} 行含有空字节，文件已损坏，请用 Excel 打开后重新另存为 CSV 或 .xlsx。")
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if len(line) > limits.line_chars:
            raise Refused(f"CSV 第 {number} 行长得不正常，这不像花名册，请检查文件。")
    if len(lines) > limits.rows:
        raise Refused(f"表格超过 {limits.rows} 行，请删除多余的行，或分成几个文件导入。")
    separator = find_separator(lines)
    csv.field_size_limit(limits.line_chars)
    rows = parse(text, separator)
    if any(len(row) > limits.columns for row in rows):
        raise Refused(f"表格超过 {limits.columns} 列，请删除右侧多余的列再导入。")
    return rows


def parse(text: str, separator: str) -> list[list[str]]:
    """Strict first: it alone notices a quote that is never closed; stray quotes inside a cell pass."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as fault:
        if "unexpected end" in str(fault) or "field larger" in str(fault):
            raise Refused('CSV 里有没有成对的双引号（"），请用 Excel 打开检查后重新保存。') from None
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise Refused("CSV 的格式不对，请用 Excel 打开检查后另存为 .xlsx 再导入。") from None


def find_separator(lines: list[str]) -> str:
    """The separator that gives the most columns in the most lines of the first fifty."""
    head = lines[:50]
    return max(SEPARATORS, key=lambda mark: sum(min(line.count(mark), 40) for line in head))


def decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode_utf16(data, "utf-16")
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    wide = guess_utf16(data)
    if wide:
        return decode_utf16(data, wide)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        refuse_mixture(data)
    return data.decode("gb18030")


def decode_utf16(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("CSV 的编码已损坏，请用 Excel 打开后另存为 .xlsx 再导入。") from None


def guess_utf16(data: bytes) -> str:
    """UTF-16 without its mark: separators and line ends have a zero byte on one side, always the same."""
    head = data[:4000]
    pairs = Counter(head[place : place + 2] for place in range(0, len(head) - 1, 2))
    little = sum(pairs[bytes([mark, 0])] for mark in b",;\t\r\n")
    big = sum(pairs[bytes([0, mark])] for mark in b",;\t\r\n")
    if max(little, big) < 3:
        return ""
    return "utf-16-le" if little > big else "utf-16-be"


def refuse_mixture(data: bytes) -> None:
    """A file pasted together from two encodings would give wrong names without an error; name its row."""
    narrow: list[int] = []
    chinese: list[int] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        if is_utf8_chinese(line):
            narrow.append(number)
            continue
        chinese.append(number)
        try:
            line.decode("gb18030")
        except UnicodeDecodeError:
            message = f"CSV 第 {number} 行的编码认不出来，请用 Excel 打开核对，另存为 .xlsx 再导入。"
            raise Refused(message) from None
    if narrow and chinese:
        number = min(narrow, chinese, key=len)[0]
        raise Refused(
            f"CSV 混用了两种编码（第 {number} 行与其他行不同），请用 Excel 打开核对，另存为 .xlsx 再导入。"
        )


def is_utf8_chinese(line: bytes) -> bool:
    """Whether a line can hardly be anything but UTF-8: three characters or more, all of three bytes."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    wide = [character for character in text if not character.isascii()]
    return len(wide) >= 3 and all(len(character.encode()) >= 3 for character in wide)
