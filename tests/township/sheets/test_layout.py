"""Header spans, merging and the text of cells."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from township.sheets import Cell, Column, Sheet, SignatureLine, split_columns
from township.sheets.layout import Row, body, digest, header, spans, text

TWO = (Column("name", "姓名", merge_by=("block",)), Column("block", "块", hidden=True))


def rows(*pairs: tuple[Cell, Cell]) -> list[Row]:
    return [Row(pair) for pair in pairs]


def test_header_without_groups_is_one_row() -> None:
    cells = header((Column("a", "甲"), Column("b", "乙")))
    assert [[(c.title, c.col, c.rowspan, c.colspan) for c in row] for row in cells] == [
        [("甲", 0, 1, 1), ("乙", 1, 1, 1)]
    ]


def test_header_groups_span_neighbours_only() -> None:
    columns = (
        Column("a", "甲"),
        Column("b", "乙", "组"),
        Column("c", "丙", "组"),
        Column("d", "丁"),
        Column("e", "戊", "组"),
    )
    upper, lower = header(columns)
    assert [(c.title, c.col, c.rowspan, c.colspan, c.scope) for c in upper] == [
        ("甲", 0, 2, 1, "col"),
        ("组", 1, 1, 2, "colgroup"),
        ("丁", 3, 2, 1, "col"),
        ("组", 4, 1, 1, "colgroup"),
    ]
    assert [(c.title, c.col) for c in lower] == [("乙", 1), ("丙", 2), ("戊", 4)]


def test_same_name_in_two_blocks_stays_apart() -> None:
    table = rows(("王军", "A"), ("王军", "A"), ("王军", "B"))
    assert [starts.get(0) for starts in spans(TWO, table)] == [2, None, 1]


def test_different_values_never_merge_even_under_equal_keys() -> None:
    table = rows(("王军", "A"), ("李平", "A"))
    assert [starts.get(0) for starts in spans(TWO, table)] == [1, 1]


@pytest.mark.parametrize("blank", ["", None])
def test_blank_keys_hold_nothing_together(blank: str | None) -> None:
    assert [starts.get(0) for starts in spans(TWO, rows(("", blank), ("", blank)))] == [1, 1]


def test_totals_stand_first_or_last_and_never_merge() -> None:
    for first, expected in ((True, [True, False, False]), (False, [False, False, True])):
        sheet = Sheet(
            title="表", columns=TWO, rows=[("甲", "A"), ("甲", "A")], totals=(("甲", "A"),), total_first=first
        )
        table = list(body(sheet))
        assert [row.total for row in table] == expected
        assert sorted(starts[0] for starts in spans(TWO, table) if 0 in starts) == [1, 2]


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "text", ""),
        (0, "int", "0"),
        ("=1+1", "text", "=1+1"),
        ("王\x0b军\u202e\r\n二行", "text", "王军\n二行"),
        (date(2026, 9, 1), "date", "2026.09.01"),
        (datetime(2026, 9, 1, 8, 5), "date", "2026.09.01"),  # noqa: DTZ001 a wall clock time as it is typed
        (0.875, "percent", "87.5%"),
        (True, "text", "是"),
    ],
)
def test_text_of_a_cell(value: Cell, kind: str, expected: str) -> None:
    assert text(value, Column("a", "甲", kind=kind)) == expected  # type: ignore[arg-type]


def test_digest_tells_an_edit() -> None:
    same = digest(TWO, [("王军", "A")]), digest(TWO, iter([("王军", "A")]))
    assert same[0] == same[1]
    assert digest(TWO, [("王君", "A")]) != same[0]
    assert digest(TWO, [("王", "军A")]) != digest(TWO, [("王军", "A")])


def test_an_iterator_can_still_be_read_twice() -> None:
    sheet = Sheet(title="表", columns=TWO, rows=iter([("甲", "A")]))
    assert list(sheet.read()) == list(sheet.read()) == [("甲", "A")]


def test_wrong_declarations_are_refused() -> None:
    with pytest.raises(ValueError, match="repeat"):
        Sheet(title="表", columns=(Column("a", "甲"), Column("a", "乙")), rows=[])
    with pytest.raises(ValueError, match="unknown"):
        Sheet(title="表", columns=(Column("a", "甲", merge_by=("b",)),), rows=[])
    with pytest.raises(ValueError, match="row of 1 cells"):
        list(Sheet(title="表", columns=TWO, rows=[("甲",)]).read())


def test_frame_and_foot_take_bare_or_whole_text() -> None:
    sheet = Sheet(
        title="表",
        columns=TWO,
        rows=[],
        unit="青河乡",
        as_of="填报时间：9月",
        measure="户",
        foot=("审核人", SignatureLine("电话", "1")),
    )
    assert sheet.frame == ("填报单位（盖章）：青河乡", "填报时间：9月", "单位：户")
    assert sheet.signatures == (SignatureLine("审核人"), SignatureLine("电话", "1"))


def test_split_columns_repeats_the_first_and_keeps_merging(annex: Callable[..., Sheet]) -> None:
    whole = annex(6)
    parts = split_columns(whole, repeat=2, cuts=(4, 7))
    assert [[column.title for column in part.visible] for part in parts] == [
        ["序号", "党支部", "党小组", "姓名"],
        ["序号", "党支部", "电话", "户主姓名", "家庭人口数"],
        ["序号", "党支部", "联系起始时间", "备注"],
    ]
    assert [part.title[-3:] for part in parts] == ["（一）", "（二）", "（三）"]
    assert next(parts[2].read())[:3] == (1, "青河村党支部", date(2026, 9, 1))
    assert spans(parts[1].columns, list(body(parts[1])))[0][2] == 5  # the phone still merges by its member
