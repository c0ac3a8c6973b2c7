"""The annexes and supplementary rosters as workbooks against golden files: layout and every text seen."""

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from grids.imports.actions import load_file
from reports.annexes.files import write_xlsx
from reports.annexes.registry import ANNEXES, PRINTABLE, Order
from reports.choices import Paper

from .conftest import TODAY

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    "annex1": (1, {}),
    "annex1_a4": (1, {"paper": Paper.A4}),
    "annex2": (2, {}),
    "annex2_upper": (2, {"upper": True}),
    "annex3": (3, {}),
    "annex4": (4, {}),
    "annex4_phone": (4, {"household_phone": True}),
    "supplement1": (10, {}),
    "supplement2": (11, {}),
    "supplement3": (13, {}),
}
# Primary keys differ from run to run, so that hidden columns are compared by heading only.
MADE_UP_BY_THE_RUN = {"sha256", "exported"}


def shown(value):
    return value if value is None or isinstance(value, str | int | float) else value.strftime("%Y.%m.%d")


def read_tab(tab):
    spans = [size for size in tab.column_dimensions.values() if size.hidden]  # one entry for neighbours
    hidden = {get_column_letter(i) for size in spans for i in range(size.min, size.max + 1)}
    merged = sorted(str(area) for area in tab.merged_cells.ranges)
    header = next(row for row in tab.iter_rows() if row[0].value == "序号")[0].row
    return {
        "name": tab.title,
        "paper": [tab.page_setup.paperSize, tab.page_setup.orientation],
        "repeated_rows": tab.print_title_rows,
        "frozen": tab.freeze_panes,
        "widths": {letter: round(size.width, 1) for letter, size in tab.column_dimensions.items()},
        "hidden": sorted(hidden),
        "merged": merged,
        "cells": [
            [
                None if get_column_letter(cell.column) in hidden and cell.row > header else shown(cell.value)
                for cell in row
            ]
            for row in tab.iter_rows()
        ],
    }


def read_book(sheets):
    content = io.BytesIO()
    write_xlsx(sheets, content)
    book = openpyxl.load_workbook(content)
    *tabs, meta = book.worksheets
    values = [
        [cell.value for cell in row] for row in meta.iter_rows() if row[1].value not in MADE_UP_BY_THE_RUN
    ]
    return {"tabs": [read_tab(tab) for tab in tabs], "meta": values}


def order(town, **options):
    return Order(township=town.township, year=2026, today=TODAY, **options)


@pytest.mark.parametrize("case", CASES)
def test_annex_is_as_its_golden_file(town, case):
    number, options = CASES[case]
    made = read_book(PRINTABLE[number].build(order(town, **options)).sheets)
    path = GOLDEN / f"{case}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert made == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", PRINTABLE)
def test_rows_announced_are_rows_printed(town, number):
    built = PRINTABLE[number].build(order(town))
    assert len(list(built.sheets[0].read())) == built.rows


@pytest.mark.parametrize("number", [3, 4])
def test_hidden_columns_lead_back_to_the_tree(town, number):
    sheet = ANNEXES[number].build(order(town)).sheets[0]
    keys = [column.key for column in sheet.columns]
    titles = [column.title for column in sheet.columns if column.hidden]
    assert titles == {3: ["党员编号", "中心户编号"], 4: ["户编号", "党员编号", "中心户编号"]}[number]
    for row in sheet.read():
        cells = dict(zip(keys, row, strict=True))
        member = town.nodes[cells["member"]]
        assert cells["member_code"] == str(member.pk)
        assert cells["hub_code"] == (str(member.hub_id) if member.hub_id else "")
        if number == 4:
            assert cells["household_code"] == str(town.nodes[f"{member.name}/{cells['householder']}"].pk)


def test_one_branch_of_a_general_branch_holds_its_own_rows_only(town):
    branch = town.nodes["西川第一党支部"]
    built = ANNEXES[4].build(order(town, organisation=branch))
    assert [row[6] for row in _plain(built)] == ["单晓霞", "解放"]
    assert ANNEXES[4].build(order(town, organisation=town.nodes["西川第二党支部"])).rows == 0
    assert ANNEXES[2].build(order(town, organisation=branch)).rows == 1


def test_branch_of_a_general_branch_prints_its_own_supplements(town):
    branch = town.nodes["西川第一党支部"]
    assert PRINTABLE[10].build(order(town, organisation=branch)).rows == 0  # 乡长甲 looks after the 党总支
    assert PRINTABLE[10].build(order(town, organisation=branch.root)).rows == 1
    assert PRINTABLE[11].build(order(town, organisation=branch)).rows == 1
    assert PRINTABLE[11].build(order(town, organisation=town.nodes["西川第二党支部"])).rows == 0
    assert [row[5] for row in _plain(PRINTABLE[13].build(order(town, organisation=branch)))] == ["仇红户"]


def test_a_supplement_comes_back_through_the_import_without_a_change(town, tmp_path):
    path = tmp_path / "补表3.xlsx"
    with path.open("wb") as target:
        built = PRINTABLE[13].build(order(town, organisation=town.nodes["东坡村党支部"]))
        write_xlsx(built.sheets, target)
    found = load_file(path=path, township=town.township, today=TODAY)
    assert (found["status"], found["changes_total"], found["errors"]) == ("unchanged", 0, [])


def _plain(built):
    return [row[:13] for row in built.sheets[0].read()]


def test_empty_township_prints_headings_and_no_rows(town):
    town.township = replace_township()
    for annex in PRINTABLE.values():
        built = annex.build(order(town))
        assert built.rows == 0
        assert read_book(built.sheets)["tabs"][0]["cells"]


def replace_township():
    from tests.factories import TownshipFactory

    return TownshipFactory(code="EMPTY", name="空山乡")


def test_order_is_frozen_data(town):
    first = order(town)
    assert replace(first, year=2027).frame().year == 2027
    assert first.frame().unit == "中共青河乡委员会"
