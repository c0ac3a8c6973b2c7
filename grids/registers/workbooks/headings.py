"""The header of a flat table: the row that names the columns of a register, in whatever words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grids.imports.reading.files import RawSheet
from grids.imports.reading.guides import NO_GUIDE, SheetGuide
from grids.imports.reading.result import Refused
from grids.imports.reading.rosters import column_letters
from grids.imports.reading.values import mask, text_of
from grids.registers.register import REGISTERS, Register
from grids.registers.workbooks.marks import NOTES_SHEET, ROW_TITLE

HEADER_SEARCH_ROWS = 40
VILLAGE_TITLES = ("村（党组织）", "村", "所在党组织", "行政村", "所属党组织")
NUMBERS = ("序号", "序", "NO", "行号")
LIST_WORDS = {"党小组长", "网格工作人员", "覆盖村民小组"}
SURE_SCORE = 6
SEQUENCE = "seq"
UNKNOWN = -1
VILLAGE = "village"  # a list over many villages says of each row whose it is
_NOISE = re.compile(r"[\s*:：_\-—/、,，.()（）\[\]【】]+")


@dataclass
class FileColumn:
    """One column of the file; `key` is the register's column, "" for one that is not read."""

    index: int
    title: str
    key: str = ""
    samples: list[str] = field(default_factory=list)


@dataclass
class Header:
    """A header row (or two) of a sheet with the columns it names."""

    row: int
    rows: int
    columns: list[FileColumn]
    score: int


def plain(title: str) -> str:
    """A title without marks and blanks, so that 联系 电话* is 联系电话."""
    return _NOISE.sub("", text_of(title)).upper()


def words_of(register: Register) -> dict[str, tuple[str, int]]:
    """Title → (column, weight); the own title weighs more than other words for it."""
    found: dict[str, tuple[str, int]] = {}
    for column in register.columns:
        for title in column.titles:
            found.setdefault(plain(title), (column.key, 2))
    for column in register.columns:
        found[plain(column.title)] = (column.key, 3)
    for title in VILLAGE_TITLES:
        found.setdefault(plain(title), (VILLAGE, 1))
    for title in NUMBERS:
        found.setdefault(plain(title), (SEQUENCE, 0))
    found[plain(ROW_TITLE)] = (ROW_TITLE, 1)
    return found


def find_header(sheet: RawSheet, register: Register, guide: SheetGuide = NO_GUIDE) -> Header | None:
    """The row that names most columns of the register, the name among them; or the row a person named."""
    if sheet.name == NOTES_SHEET and not guide.header_row:
        return None  # each of its lines begins with a column's title
    words, best = words_of(register), None
    needed = {column.key for column in register.columns if column.required and column.default is None}
    candidates: Iterable[int] = range(min(len(sheet.cells), HEADER_SEARCH_ROWS))
    if guide.header_row:
        candidates = [row for row in (guide.header_row - 1,) if row < len(sheet.cells)]
    for row in candidates:
        for rows in (1, 2):
            found = _header_at(sheet, row, rows, words)
            if found is None or (best is not None and found.score <= best.score):
                continue
            keys = {guide.columns.get(column.index, column.key) for column in found.columns}
            if guide.header_row or (needed & keys and len(found.columns) > 1 and not is_list(found)):
                best = found
    return best


def _header_at(sheet: RawSheet, row: int, rows: int, words: Mapping[str, tuple[str, int]]) -> Header | None:
    upper = [text_of(value) for value in sheet.cells[row]]
    lower = [text_of(v) for v in sheet.cells[row + 1]] if rows == 2 and row + 1 < len(sheet.cells) else []
    if rows == 2 and not _is_second(upper, lower, words):
        return None
    alone = _header_at(sheet, row + 1, 1, words) if rows == 2 else None
    wide = _spread(sheet, row, upper) if rows == 2 else upper
    columns, score = [], 0
    for index in range(max(len(upper), len(lower))):
        above = wide[index] if index < len(wide) else ""
        below = lower[index] if index < len(lower) else ""
        if not above and not below:
            continue
        weighed = [words.get(plain(word), ("", UNKNOWN)) for word in (above + below, below, above) if word]
        key, weight = max(weighed, key=lambda pair: pair[1])
        columns.append(FileColumn(index, mask(below or above), key))
        score += max(weight, 0)
    if alone is not None and alone.score >= score:
        return None  # the lower row says it all: what stands above is a title or advice
    return Header(row, rows, columns, score) if columns else None


def _is_second(upper: list[str], lower: list[str], words: Mapping[str, tuple[str, int]]) -> bool:
    filled = [index for index, text in enumerate(lower) if text]
    known = [index for index in filled if plain(lower[index]) in words]
    lone = [index for index in known if index >= len(upper) or plain(upper[index]) not in words]
    return bool(known) and len(known) * 3 >= len(filled) * 2 and bool(lone)


def _spread(sheet: RawSheet, row: int, texts: list[str]) -> list[str]:
    wide = texts[:]
    for (top, left), (bottom, right) in sheet.merges:
        if top <= row <= bottom:
            for column in range(left, min(right + 1, len(wide))):
                wide[column] = wide[column] or wide[left]
    return wide


def _best_score(sheets: Sequence[RawSheet], register: Register) -> int:
    headers = (find_header(sheet, register) for sheet in sheets if not sheet.hidden)
    return max((header.score for header in headers if header is not None), default=0)


def is_list(header: Header) -> bool:
    """True for the lists of grids and groups, which no workbook fills."""
    titles = {column.title for column in header.columns}
    return "名称" in titles and not titles.isdisjoint(LIST_WORDS)


def no_header(sheets: Sequence[RawSheet], register: Register) -> str:
    for sheet in sheets:
        for row in sheet.cells[:6]:
            titles = {text_of(value) for value in row}
            if "名称" in titles and not titles.isdisjoint(LIST_WORDS):
                return (
                    "这是网格或党小组名单。网格、党小组在“网格结构”里新建、调整和合并，不用工作簿导入；"
                    f"这里只读取“{register.title}”。"
                )
    needed = "、".join(column.title for column in register.columns if column.required)
    scored = [(_best_score(sheets, other), other.title) for other in REGISTERS.values()]
    best = max(scored, default=(0, ""))
    if best[0] >= SURE_SCORE:
        return f"没有找到“{register.title}”的表头，这个文件看起来是“{best[1]}”，请到对应的页面上传。"
    return f"没有找到“{register.title}”的表头：要有一行写着“{needed}”等列名，可以下载模板对照。"


def settle(header: Header, register: Register, guide: SheetGuide) -> None:
    """One column of the file for each of the register: as a person said, else the word nearest its title."""
    known = {column.key for column in register.columns} | {VILLAGE, SEQUENCE, ""}
    for column in header.columns:
        said = guide.columns.get(column.index)
        # what was said of a file for another register is no word on this one
        if said is not None and said in known and column.key != ROW_TITLE:
            column.key = said
    titles = {column.key: plain(column.title) for column in register.columns}
    taken: dict[str, FileColumn] = {}
    for column in header.columns:
        other = taken.get(column.key) if column.key and column.key != SEQUENCE else None
        if other is None:
            taken[column.key] = column
        elif plain(other.title) == plain(column.title):
            raise Refused(
                f"列“{column.title}”出现了两次（{column_letters(other.index)} 列和"
                f" {column_letters(column.index)} 列），请删去一列再上传。"
            )
        elif plain(column.title) == titles.get(column.key):
            other.key, taken[column.key] = "", column
        else:
            column.key = ""
