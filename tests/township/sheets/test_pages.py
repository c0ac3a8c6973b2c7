"""Cutting into pages, without setting them."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from township.sheets import SIGNATURES, Column, Sheet
from township.sheets.measure import line_count, lines, text_width
from township.sheets.pages import Page, Plan, paginate
from township.sheets.paper import paper

COLUMNS = (
    Column("holder", "联系人", width=20, merge_by=("code",)),
    Column("name", "户主", width=30),
    Column("remark", "备注", width=40),
    Column("code", "编码", hidden=True),
)


def cut(sheet: Sheet) -> tuple[Plan, list[Page]]:
    plan = Plan(sheet, paper(sheet, "plain"))
    return plan, list(paginate(plan))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["王军", "王" * 60]),
            st.text("户abc", max_size=30),
            st.text("很长的备注，x ", max_size=900),
            st.sampled_from("AB"),
        ),
        max_size=60,
    )
)
def test_no_row_and_no_text_is_lost_and_nothing_overflows(rows: list[tuple[str, str, str, str]]) -> None:
    plan, pages = cut(Sheet(title="表", columns=COLUMNS, rows=rows, foot=SIGNATURES))
    printed = [row.values for page in pages for row in page.rows]
    if rows:
        for col in (1, 2):
            joined = "".join(str(values[col]) for values in printed)
            assert joined.replace("\n", "") == "".join(row[col] for row in rows)
    for page in pages:
        assert page.rows
        capacity = plan.capacity_first if page.first else plan.capacity_later
        assert sum(page.heights) + (plan.foot if page.last else 0) <= capacity + 0.01
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]


def test_foot_takes_a_row_along(annex: Callable[..., Sheet]) -> None:
    lengths = []
    for count in range(1, 60):
        _, pages = cut(annex(count))
        assert len(pages[-1].rows) >= 1
        lengths.append(len(pages))
    assert sorted(lengths) == lengths


def test_long_holder_gets_room_on_every_page() -> None:
    rows = [("王" * 40, f"户{i}", "", "A") for i in range(60)]
    plan, pages = cut(Sheet(title="表", columns=COLUMNS, rows=rows))
    needed = plan.height("王" * 40, plan.widths[0])
    assert all(sum(page.heights) >= needed for page in pages)


def test_lines_break_like_type() -> None:
    assert lines("一二三四五", 3) == ["一二三", "四五"]
    assert lines("一二三，四", 3) == ["一二", "三，四"]
    assert lines("甲\n乙", 9) == ["甲", "乙"]
    assert line_count("", 3) == 1
    assert text_width("㛃𬭎") == 2


@given(st.text(max_size=80), st.floats(1, 20))
def test_lines_lose_nothing_and_fit(words: str, width: float) -> None:
    broken = lines(words, width)
    assert "".join(broken) == words.replace("\n", "")
    assert all(text_width(line) <= max(width, 1.05) + 1e-9 or len(line) == 1 for line in broken)
