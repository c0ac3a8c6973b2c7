"""The benchmark's arithmetic on little data: it measures what it says, and both sides do the same."""

import pytest

from grids.choices import Kind
from grids.models import HouseholdProfile, Node
from reports.bench import SIZES, Figure, Size
from reports.bench import rosters as bench_rosters
from reports.bench.moves import move_with_many_villages
from reports.bench.sheets import xlsx_against_openpyxl

SMALL = Size(households=60, pdf_rows=100)


@pytest.mark.django_db
def test_both_sides_of_the_roster_figure_write_every_household():
    figure = bench_rosters.load_against_import_export(SMALL)
    for code in ("OURS", "THEIRS"):
        households = Node.objects.filter(township__code=code, kind=Kind.HOUSEHOLD, parent__kind=Kind.MEMBER)
        assert households.count() == SMALL.households
        assert HouseholdProfile.history.filter(node__in=households).count() == SMALL.households
        assert Node.history.filter(id__in=households).count() == SMALL.households
    assert figure.value == pytest.approx(figure.baseline / figure.ours)


@pytest.mark.django_db
def test_the_move_figure_compares_equal_moves(monkeypatch):
    monkeypatch.setattr("reports.bench.moves.MANY", 14)
    figure = move_with_many_villages(SMALL)
    assert Node.objects.filter(parent=None).count() == 14
    assert figure.value == pytest.approx(figure.ours / figure.baseline)


def test_the_xlsx_figure_is_ours_to_bare_openpyxl():
    figure = xlsx_against_openpyxl(SMALL)
    assert figure.value == pytest.approx(figure.ours / figure.baseline)


def test_a_figure_says_whether_it_holds():
    figure = Figure("x", "某项", 3.0, 2.0, "秒", "≤ 1.5", 1.5, holds=True)
    assert figure.line() == "✔ 某项：1.50 倍（要求 ≤ 1.5；本系统 3.00秒，对照 2.00秒）"


def test_sizes_name_what_the_readme_quotes():
    assert SIZES["big_town"].households == 11_000
    assert SIZES["town"].households == 3_100
