"""Words in braces: which there are, which are refused, how they are filled, and how lines are read."""

from decimal import Decimal

import pytest

from reports.blanks.codes import numbers
from reports.choices import ReportLevel
from reports.filing.frozen import freeze
from reports.statistics.layout import DEFAULT
from reports.written import words
from reports.written.layout import Block, blocks_of, parted, prompts
from reports.written.numbers import cells_of
from reports.written.starting import document_text
from township.sheets import Sheet


def annex1(**cells):
    """Annex 1 of one village, frozen; a cell not named is empty."""
    row = tuple(cells.get(column.key) for column in DEFAULT.sheet_columns())
    return freeze(Sheet(title="统计表", columns=DEFAULT.sheet_columns(), rows=(row,)))


def test_every_number_that_can_be_counted_has_one_word_of_its_own():
    countable = {code for code, known in numbers().items() if not known.waits and code != "remark"}
    assert set(words.codes().values()) == countable
    assert len(words.codes()) == len(countable)
    assert words.codes()["党员总数"] == "member_count"
    assert words.codes()["网格数"] == "grid_count"
    assert words.codes()["联系覆盖率"] == "coverage_rate"


@pytest.mark.parametrize("level", ReportLevel.values)
def test_the_texts_of_the_program_use_known_words_only(level):
    text = document_text(level)
    assert words.unknown(text) == []
    assert len(words.used(text)) > 15
    assert len(prompts(text)) == 3


def test_unknown_words_are_named_with_what_may_have_been_meant():
    assert words.unknown("现有{党员总数}名，{党员总}名，{天气}。") == [
        "不认识{党员总}，是不是{党员总数}。",
        "不认识{天气}。",
    ]
    assert words.unknown("{} {\n} { 没有右括号") == []


def test_what_a_chinese_keyboard_types_is_tidied():
    assert words.tidied("｛党员总数｝名\r\n{ 网格数 }个\r") == "{党员总数}名\n{网格数}个\n"


def test_words_are_filled_and_one_without_a_value_stays():
    assert words.filled("{党员总数}名{网格数}个", {"党员总数": "25"}) == "25名{网格数}个"
    assert words.used("{a}{b}{a}") == ["a", "b"]


def test_numbers_come_from_the_frozen_table():
    first = annex1(
        member_count=25,
        household_count=200,
        e5_holders="20/190",
        e1_holders="无",
        coverage_rate=Decimal("0.95"),
    )
    cells = cells_of(first)
    assert (cells["member_count"], cells["e5_holders"], cells["e5_targets"]) == (25, 20, 190)
    assert "e1_holders" not in cells  # asked of a 党总支 only


def test_a_long_title_is_parted_behind_a_word():
    assert parted("东坡村党支部2026年推进情况") == "东坡村党支部2026年推进情况"
    parts = ["青河乡2026年", "党建网格化管理工作推进情况报告"]
    assert parted("".join(parts)) == "\n".join(parts)
    assert parted("长" * 30) == "长" * 15 + "\n" + "长" * 15


def test_lines_are_headings_by_their_numbering():
    text = "　青河乡报告\n\n一、基本情况\n（一）划分\n(二)组建\n1.全村\n一、" + "长" * 60
    assert blocks_of(text) == [
        Block("title", "青河乡报告"),
        Block("first", "一、基本情况"),
        Block("second", "（一）划分"),
        Block("second", "(二)组建"),
        Block("body", "1.全村"),
        Block("body", "一、" + "长" * 60),
    ]
    assert blocks_of(" \n") == []
    assert prompts("（请写措施。）\n请写\n（请写）后面还有") == ["（请写措施。）"]
