"""What labels say: proposals for cells and tables, the fingerprint, and last year's marks found again."""

import io
from collections.abc import Sequence
from typing import Any

import pytest

from reports.blanks import proposing
from reports.blanks.codes import cell_codes, numbers, roster_codes
from reports.blanks.looks import read_looks
from reports.blanks.page import Labels, Page, address, fingerprint, pages_of, place_of
from reports.blanks.remapping import GONE, KEPT, MOVED, RENAMED, Mark, compare
from reports.statistics.indicators import INDICATORS
from tests.reports.blanks.books import CORPUS, roster, saved, statistics, villages


class Held:
    """A workbook in memory where `read_looks` wants a path."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def open(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self.content)


def pages(book: Any) -> list[Page]:
    return pages_of(read_looks(Held(saved(book))))  # type: ignore[arg-type]


def proposed(page: Page) -> dict[str, str]:
    tables = proposing.tables(page)
    grown = {row for table in tables for row in range(table.row, table.row + table.room)}
    found = proposing.cells(page, grown=grown, marked=set())
    return {address(one.place): one.best.code.code for one in found}


def columns(page: Page) -> list[tuple[int, int, int, dict[int, str]]]:
    return [
        (table.row, table.room, table.roster, {column: one.code.code for column, _, one in table.columns})
        for table in proposing.tables(page)
    ]


def test_a_row_of_numbers_is_proposed_cell_by_cell():
    (page,) = pages(statistics())
    assert columns(page) == []
    assert proposed(page) == {
        "A2": "unit_name",
        "A5": "member_count",
        "B5": "probationary_count",
        "C5": "floating_count",
        "D5": "grid_count",
        "E5": "household_count",
        "F5": "coverage_rate",
        "G5": "remark",
    }


def test_a_list_of_villages_grows_over_its_free_rows():
    page = pages(villages())[0]
    wanted = {1: "seq", 2: "org_name", 3: "member_count", 4: "household_count", 5: "remark"}
    assert columns(page) == [(3, 3, 1, wanted)]
    assert proposed(page) == {}


def test_a_roster_is_known_by_its_titles():
    (page,) = pages(roster())
    wanted = ("seq", "branch", "member", "member_phone", "householder", "size", "since")
    assert columns(page) == [(3, 2, 4, dict(enumerate(wanted, 1)))]


def test_labels_come_from_both_sides_and_never_from_titles():
    (page,) = pages(statistics())
    assert page.labels((5, 2)) == Labels(column="党员 预备")
    assert page.labels((6, 4)) == Labels(row="单位负责人：        审核人：        填表人：")
    assert page.labels((5, 7)) == Labels(column="备注")


@pytest.mark.parametrize("name", CORPUS)
def test_the_fingerprint_is_of_labels_and_places(name: str):
    found = pages(CORPUS[name]())
    assert fingerprint(found) == fingerprint(pages(CORPUS[name]()))
    others = [fingerprint(pages(make())) for other, make in CORPUS.items() if other != name]
    assert fingerprint(found) not in others


def test_the_year_and_looks_make_no_other_form():
    book = statistics(2027)
    book.worksheets[0].column_dimensions["A"].width = 50
    assert fingerprint(pages(book)) == fingerprint(pages(statistics(2026)))
    assert fingerprint(pages(statistics(2027, moved=True))) != fingerprint(pages(statistics(2026)))


def marks(page: Page, wanted: Sequence[tuple[str, str]]) -> list[Mark]:
    return [
        Mark(0, place, None, code, page.labels(place)) for cell, code in wanted if (place := place_of(cell))
    ]


def test_next_years_blank_says_what_moved_what_is_renamed_and_what_is_gone():
    book = statistics(2027, moved=True)
    book.worksheets[0]["F3"] = None
    (old,), new = pages(statistics()), pages(book)
    wanted = list(proposed(old).items())
    found = compare(marks(old, wanted), ["统计表"], new)
    assert {change.old.code: (change.state, change.now) for change in found} == {
        "unit_name": (KEPT, "A2"),
        "member_count": (MOVED, "B5"),
        "probationary_count": (MOVED, "C5"),
        "floating_count": (MOVED, "D5"),
        "grid_count": (RENAMED, "A5"),
        "household_count": (KEPT, "E5"),
        "coverage_rate": (GONE, ""),
        "remark": (MOVED, "H5"),
    }


def test_a_growing_column_is_found_again_by_its_head():
    (old,) = pages(roster())
    book = roster()
    book.worksheets[0].insert_cols(3)
    book.worksheets[0]["C2"] = "党小组"
    mark = Mark(0, (3, 5), 4, "householder", Labels(column="户主姓名"))
    (change,) = compare([mark], ["花名册"], pages(book))
    assert (change.state, change.now, change.new and change.new.roster) == (MOVED, "F3", 4)
    assert old.labels((3, 5)).column == "户主姓名"


def test_every_code_of_annex_1_can_be_chosen_by_itself():
    codes = [code for indicator in INDICATORS for code in indicator.codes]
    assert list(numbers()) == codes
    titles = [code.words for code in cell_codes().values()]
    assert len(set(titles)) == len(titles)
    assert numbers()["board_due"].title == "公示牌应装"
    assert numbers()["e5_targets"].title == "党员→户（对象）"
    assert "householder" in roster_codes(4)
    assert "household_code" not in roster_codes(4)
