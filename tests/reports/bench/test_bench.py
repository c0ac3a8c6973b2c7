"""The benchmark's arithmetic on little data: it measures what it says, and both sides do the same."""

import pytest

from grids.choices import Kind
from grids.models import HouseholdProfile, Node, RosterUpload
from grids.tree import verify
from reports.bench import SIZES, Figure, Size
from reports.bench import rosters as bench_rosters
from reports.bench.desk import desk_queries
from reports.bench.entry import save_against_single_pages
from reports.bench.moves import move_with_many_villages
from reports.bench.previews import preview_against_dry_run
from reports.bench.sheets import xlsx_against_openpyxl
from reports.bench.statistics import annex1_district, annex1_villages
from reports.bench.tickets import inbox, register
from reports.bench.undoing import undo_against_load
from reports.bench.visits import coverage, due_list
from reports.models import Filing
from services.models import Ticket, Visit
from township.models import Action

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


@pytest.mark.django_db
def test_the_entry_figure_saves_the_same_rows_on_both_sides():
    figure = save_against_single_pages(SMALL)
    for village in ("甲村党支部", "乙村党支部"):
        homes = Node.objects.filter(root__name=village, kind=Kind.HOUSEHOLD)
        assert homes.count() == SMALL.households
        assert homes.filter(household_profile__door="2号").count() == SMALL.households // 2 + 1
        assert (
            homes.filter(name__startswith="新户", parent__kind=Kind.MEMBER).count() == SMALL.households // 2
        )
    assert verify() == []
    assert figure.value == pytest.approx(figure.baseline / figure.ours)


@pytest.mark.django_db
def test_the_preview_figure_shows_every_row_and_writes_nothing(settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path
    figure = preview_against_dry_run(SMALL)
    upload = RosterUpload.objects.get()
    assert (upload.report["good"], upload.report["rows"]["new"]) == (SMALL.households,) * 2
    assert not Node.objects.filter(township__code="PREVIEW").exists()
    assert not HouseholdProfile.objects.exists()
    assert list(tmp_path.rglob("*.xlsx")) == []
    assert figure.value == pytest.approx(figure.baseline / figure.ours)


@pytest.mark.django_db
def test_the_undo_figure_takes_every_household_back():
    figure = undo_against_load(SMALL)
    taken = HouseholdProfile.history.filter(history_type="-")
    assert taken.count() == SMALL.households
    assert taken.values("action").distinct().count() == 1
    assert Action.objects.get(undoes__isnull=False).pk == taken.first().action_id
    assert not Node.objects.filter(township__code="UNDO").exists()
    assert figure.value == pytest.approx(figure.ours / figure.baseline)


@pytest.mark.django_db
def test_annex_1_is_counted_the_same_by_hand_and_a_district_is_all_its_townships(monkeypatch):
    monkeypatch.setattr("reports.bench.statistics.VILLAGES", 2)
    monkeypatch.setattr("reports.bench.statistics.ROUNDS", 1)
    monkeypatch.setattr("reports.bench.statistics.LEAST", 0)
    few = annex1_villages(SMALL)
    assert few.holds  # nothing but equal numbers is asked
    assert few.value == pytest.approx(few.baseline / few.ours)
    district = annex1_district(SMALL)
    assert Node.objects.filter(township__code__startswith="D", parent=None).count() == 4
    assert district.value == pytest.approx(district.ours / district.baseline)
    assert verify() == []


@pytest.mark.django_db
@pytest.mark.sqlite_only  # how often a page asks is the page's doing, not the database's
def test_the_desk_figure_opens_the_page_of_all_villages(monkeypatch):
    monkeypatch.setattr("reports.bench.desk.VILLAGES", 4)
    monkeypatch.setattr("reports.bench.desk.ROUNDS", 1)
    figure = desk_queries(SMALL)
    assert Node.objects.filter(township__code="DESK", parent=None).count() == 4
    assert Filing.objects.count() == 2
    assert 0 < figure.ours < figure.baseline == 15
    assert figure.holds


def test_the_xlsx_figure_is_ours_to_bare_openpyxl():
    figure = xlsx_against_openpyxl(SMALL)
    assert figure.value == pytest.approx(figure.ours / figure.baseline)


def test_a_figure_says_whether_it_holds():
    figure = Figure("x", "某项", 3.0, 2.0, "秒", "≤ 1.5", 1.5, holds=True)
    assert figure.line() == "✔ 某项：1.50 倍（要求 ≤ 1.5；本系统 3.00秒，对照 2.00秒）"


def test_sizes_name_what_the_readme_quotes():
    assert SIZES["big_town"].households == 11_000
    assert SIZES["town"].households == 3_100


@pytest.mark.django_db
def test_the_figures_of_visits_find_the_same_households_on_both_sides():
    due, covered = due_list(SMALL), coverage(SMALL)
    assert Visit.objects.count() == 2 * 600
    assert Node.objects.filter(kind=Kind.HOUSEHOLD).count() == 600
    for figure in (due, covered):
        assert figure.value == pytest.approx(figure.ours / figure.baseline)


@pytest.mark.django_db
def test_the_figures_of_errands_find_the_same_errands_on_both_sides():
    inbox_page, book = inbox(SMALL), register(SMALL)
    assert Ticket.objects.count() == 500
    for figure in (inbox_page, book):  # each raises where its two ways find different ones
        assert figure.value == pytest.approx(figure.ours / figure.baseline)
