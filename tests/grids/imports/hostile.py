"""Bad input by the cell: cases as functions over a table of columns, so that any register can be put to them.

A case spoils one row of a table the system already holds. Dirty spellings of the value that is there must be
cleaned (CLEANED: the row is 不变), what can't be read is left blank with a word there (TOLD), and what
a row can't do without keeps the row out (HELD). In any case nothing in the database may change.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

CLEANED, TOLD, HELD, BLOCKED = "cleaned", "told", "held", "blocked"
NAME, PHONE, COUNT, DATE, FLAG, KEY, TEXT, FIXED = (
    "name", "phone", "count", "date", "flag", "key", "text", "fixed",
)  # fmt: skip
NUMBER = "620102197001011234"


@dataclass(frozen=True)
class Col:
    """One column: its title, what kind of value it holds, and the value the system has."""

    title: str
    role: str
    value: Any
    needed: bool = False  # no row can do without it


@dataclass(frozen=True)
class Table:
    """A register in one layout; its row is in the system already."""

    name: str
    columns: tuple[Col, ...]

    @property
    def titles(self) -> list[Any]:
        """The header."""
        return [column.title for column in self.columns]

    @property
    def row(self) -> list[Any]:
        """The good row."""
        return [column.value for column in self.columns]

    def of(self, *roles: str) -> list[int]:
        """Columns of these roles."""
        return [index for index, column in enumerate(self.columns) if column.role in roles]


@dataclass(frozen=True)
class Case:
    """A spoiled sheet: `cells` with its header; `row` (from 1) and `column` (title) of what is wrong."""

    number: int  # in the list of bad inputs
    name: str
    cells: list[list[Any]]
    verdict: str
    row: int = 2
    column: str = ""
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


Maker = Callable[[Table], Iterator[Case]]


def _with(table: Table, index: int, value: Any) -> list[list[Any]]:
    row = table.row
    row[index] = value
    return [table.titles, row]


def _cells(
    number: int, verdict: str, values: Sequence[Any], *roles: str, needed: bool | None = None
) -> Maker:
    """The same bad values in every column of these roles."""

    def make(table: Table) -> Iterator[Case]:
        for index in table.of(*roles):
            column = table.columns[index]
            if needed is not None and column.needed != needed:
                continue
            for value in values:
                said = value.format(column.value) if isinstance(value, str) and "{}" in value else value
                yield Case(
                    number, f"{column.title} {value!r:.30}", _with(table, index, said), verdict,
                    column=column.title,
                )  # fmt: skip

    return make


def _spelled(number: int, spell: Callable[[str], str], word: str, *roles: str) -> Maker:
    """Another spelling of the value that is there."""

    def make(table: Table) -> Iterator[Case]:
        for index in table.of(*roles):
            column = table.columns[index]
            cells = _with(table, index, spell(str(column.value)))
            yield Case(number, f"{column.title} {word}", cells, CLEANED, column=column.title)

    return make


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


# --- the sheet as a whole ---------------------------------------------------------------------------


def framed(table: Table) -> Iterator[Case]:
    """12, 19: title and unit above; totals, notes and signatures below."""
    above = [["甲村党支部花名册"], ["填报单位：甲村党支部"]]
    for number, name, below in (
        (12, "title above, note below", [["说明：一式两份。"]]),
        (19, "total", [["合计", *[""] * (len(table.columns) - 2), 9]]),
        (19, "signature", [["填表人：", "审核人："]]),
        (19, "page", [["第 1 页 共 1 页"]]),
    ):
        yield Case(number, name, [*above, table.titles, table.row, *below], CLEANED, row=4)


def examples(table: Table) -> Iterator[Case]:
    """Rows marked as examples are never read."""
    index = (table.of(NAME) or table.of(KEY))[-1]
    for word in ("示例", "（示例）", "示例："):
        made = table.row
        made[0], made[index] = word, "张三"
        yield Case(16, f"example {word}", [table.titles, made, table.row], CLEANED, row=3)


def headers(table: Table) -> Iterator[Case]:
    """16: re-ordered, spaced, extra and missing titles."""
    yield Case(16, "reordered", [table.titles[::-1], table.row[::-1]], CLEANED)
    spaced = [" ".join(title) for title in table.titles]
    yield Case(16, "spaced titles", [spaced, table.row], CLEANED)
    yield Case(16, "extra column", [[*table.titles, "养殖规模"], [*table.row, "5 头"]], CLEANED)
    yield Case(16, "private column", [[*table.titles, "身份证号"], [*table.row, NUMBER]], CLEANED)
    yield Case(16, "no header", [["x"] * len(table.columns), table.row], BLOCKED)


def ditto(table: Table) -> Iterator[Case]:
    """同上 under a holder says what the row above says."""
    for mark in ("同上", "〃", "″", '"'):
        for index in table.of(KEY):
            holders = [
                column.value
                if column.role in (FIXED, KEY) or (column.role == NAME and not column.needed)
                else ""
                for column in table.columns
            ]
            below = table.row
            below[index] = mark
            name = f"{table.columns[index].title} {mark}"
            yield Case(16, name, [table.titles, holders, below], CLEANED, row=3)


def faults(table: Table) -> Iterator[Case]:
    """17, 18: formulas without a value, error values."""
    for index in table.of(NAME, KEY, COUNT, PHONE):
        column = table.columns[index]
        verdict = HELD if column.needed else TOLD
        lost = _with(table, index, "")
        yield Case(
            17, f"{column.title} formula", lost, verdict, column=column.title, faults={(1, index): "formula"}
        )
        for value in ("#N/A", "#REF!"):
            made = _with(table, index, value)
            yield Case(18, f"{column.title} {value}", made, verdict, column=column.title)


CASES: tuple[Maker, ...] = (
    framed,
    examples,
    headers,
    ditto,
    faults,
    _spelled(20, lambda text: f"'{text}", "text mark", COUNT, PHONE),
    _cells(21, CLEANED, [46266], DATE),
    _cells(
        23, CLEANED, ["2026.9.1", "2026年9月", "2026/9/1", "20260901", "260901", "2026-09-01 00:00:00"], DATE
    ),
    _cells(23, TOLD, ["2021/09/31", "1021-09-16", "去年", "13月"], DATE),
    _cells(24, TOLD, ["1900-02-29"], DATE),
    _spelled(25, _wide, "full width", COUNT, PHONE),
    _spelled(26, "\u3000".join, "wide blank", NAME),
    _spelled(26, lambda text: f"\u00a0{text}\u200b", "blanks nobody sees", NAME, KEY),
    _spelled(26, lambda text: f"\t{text} ", "tab", NAME, KEY, COUNT, PHONE),
    _cells(31, TOLD, ["{}" + NUMBER, "{} 620102700101123456"], NAME),
    _cells(32, TOLD, [6.20102197001011e17, NUMBER], PHONE),
    _cells(33, TOLD, ["1.38E+10", "1390000", "没有电话号", "139000000011"], PHONE),
    _spelled(33, lambda text: f"{text}.0", "as a number", PHONE),
    _spelled(33, lambda text: f"+86 {text}", "+86", PHONE),
    _spelled(33, lambda text: f"{text[:3]}-{text[3:7]}-{text[7:]}", "dashes", PHONE),
    _cells(33, TOLD, ["{}、13800000009"], PHONE),
    _cells(34, HELD, ["王" * 41, "王*", "王军等3户"], NAME, needed=True),
    _cells(36, CLEANED, ["{}_x000D_", "\x00{}", "{}\x1f", "\ud800{}"], NAME, KEY),
    _cells(38, TOLD, [-1, 2.5, 1e9, "约30", True, "很多"], COUNT),
    _cells(38, CLEANED, ["—", "", "{}人", "{}.0", "共{}人"], COUNT),
    _cells(38, TOLD, ["可能", "√√"], FLAG),
    _cells(38, CLEANED, ["√", "Y", "true", "有", " 是 "], FLAG),
)
MARKUP = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "{{7*7}}", "'; DROP TABLE x; --", "\u202e王军")


def cases(table: Table) -> list[Case]:
    """Every case this table's columns allow."""
    found = [case for make in CASES for case in make(table)]
    return [replace(case, name=f"{table.name} {case.number} {case.name}") for case in found]


def markup(table: Table) -> list[tuple[str, list[list[Any]]]]:
    """35: text that means something to a program, in each column; it may only ever be shown."""
    return [
        (f"{table.name} 35 {column.title} {text:.12}", _with(table, index, text))
        for index, column in enumerate(table.columns)
        for text in MARKUP
    ]
