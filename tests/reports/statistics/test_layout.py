"""The form of a year: changed on its pages, its versions, its A4 sheets; and what waits no longer."""

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from grids.choices import Kind
from grids.models import Node
from reports.annexes.registry import ANNEXES, Order
from reports.choices import Paper
from reports.filing import actions as filings
from reports.models import Figure, StatisticsForm
from reports.statistics import actions, queries, sources
from reports.statistics.forms import moved
from reports.statistics.indicators import BY_CODE, countable, waiting
from reports.statistics.layout import CUTS, DEFAULT, FormColumn, Layout, layout_from
from reports.statistics.roster_sources import tell_nodes
from reports.statistics.screen import rows_url
from reports.statistics.sources import OWN, Source, registered
from tests.factories import secretary, village
from tests.reports.statistics.test_figures import TODAY, campaign, campaign_of, clerk, first, read, second
from township.models import AuditEvent

__all__ = ["campaign", "clerk", "first", "second"]
EXTRA = FormColumn("extra_1", "宣讲场次", "其他", 12, typed="int")
LAYOUT = reverse("reports:statistics_layout")


def save(clerk, columns, year=TODAY.year):
    return actions.save_form(township=clerk.township, year=year, columns=columns, by=clerk)


def order(clerk, **more):
    return Order(township=clerk.township, year=TODAY.year, today=TODAY, **more)


def keys(sheet):
    return [column.key for column in sheet.columns]


@pytest.mark.both_databases  # it writes through pages
def test_the_form_is_moved_renamed_hidden_and_added_to_on_its_pages(client, first, clerk, campaign):
    client.force_login(clerk)
    page = client.get(LAYOUT).text
    assert "第 1–19 栏、第 20–32 栏、第 33–44 栏" in page
    client.post(LAYOUT, {"do": "up:grid_count"})
    url = reverse("reports:statistics_layout_column", args=["group_count"])
    asked = {"place": 1, "title": "党小组个数", "group": "", "width": 12, "shown": "on"}
    preview = client.post(url, {**asked, "do": "preview"})
    assert "预览，还没有保存" in preview.text
    assert "党小组个数" in preview.context["table"]
    assert queries.layout_of(clerk.township_id, TODAY.year).column("group_count").title == "党小组数"
    client.post(url, asked)
    hidden = reverse("reports:statistics_layout_column", args=["ticket_total"])
    client.post(hidden, {"place": 38, "title": "受理合计", "group": "代办", "width": 8})
    client.post(
        reverse("reports:statistics_layout_add"), {"title": "宣讲场次", "group": "其他", "typed": "int"}
    )
    layout = queries.layout_of(clerk.township_id, TODAY.year)
    assert [column.key for column in layout.columns][:6] == [
        "group_count", "villager_group_count", "household_count", "population_count", "grid_count",
        "branch_count",
    ]  # fmt: skip
    assert [column.key for column in layout.columns][-2:] == ["extra_1", "remark"]
    assert layout.version == 1  # nothing has been filed under it yet
    (sheet,) = ANNEXES[1].build(order(clerk)).sheets
    assert keys(sheet)[2:4] == ["group_count", "villager_group_count"]
    assert (sheet.columns[2].title, "ticket_total" in keys(sheet)) == ("党小组个数", False)
    assert sheet.meta["form_version"] == "1"
    client.post(LAYOUT, {"do": "reset"})
    assert queries.layout_of(clerk.township_id, TODAY.year).shown == DEFAULT.columns


def test_the_form_is_for_the_office_and_nonsense_is_refused(client, first, clerk):
    client.force_login(secretary(first))
    assert client.get(LAYOUT).status_code == 403
    client.force_login(clerk)
    client.post(LAYOUT, {"do": "up:nonsense"})
    url = reverse("reports:statistics_layout_column", args=["group_count"])
    for name, value in (("place", 0), ("title", ""), ("width", 900), ("title", "长" * 31)):
        asked = {"place": 1, "title": "数", "group": "", "width": 12, "shown": "on", name: value}
        assert client.post(url, asked).context["form"].errors[name]
    assert client.get(reverse("reports:statistics_layout_column", args=["nonsense"])).status_code == 404
    with pytest.raises(ValidationError, match="至少要显示一栏"):
        save(clerk, [FormColumn("grid_count", "网格数", shown=False)])
    assert not StatisticsForm.objects.exists()


def test_a_version_under_which_was_filed_stays(first, clerk, campaign):
    save(clerk, moved(DEFAULT, "grid_count", -1))
    filing = filings.begin(campaign=campaign, root=first.root, by=clerk)
    for code in ("review", "submit"):
        filing = filings.take_step(filing=filing, code=code, by=clerk, today=TODAY)
    assert filing.snapshots.get().sheets["1"]["meta"]["form_version"] == "1"
    for _ in range(2):  # the second change goes into the version that the first one began
        save(clerk, (*DEFAULT.columns, EXTRA))
    assert list(StatisticsForm.objects.values_list("version", flat=True)) == [1, 2]
    assert queries.layout_of(clerk.township_id, TODAY.year).extra == (EXTRA,)


def test_next_year_begins_with_this_years_form(first, clerk, campaign):
    save(clerk, (*DEFAULT.columns, EXTRA))
    campaign_of(first.root.township, clerk, TODAY.year + 1)
    copied = queries.layout_of(clerk.township_id, TODAY.year + 1)
    assert (copied.version, copied.extra) == (1, (EXTRA,))


def test_villages_fill_in_typed_columns(client, first, second, clerk, campaign):
    save(clerk, (*DEFAULT.columns, EXTRA, FormColumn("extra_2", "特色做法", "其他", 20, typed="text")))
    client.force_login(secretary(first))
    url = reverse("reports:statistics_typed", args=[first.root.pk])
    assert url in client.get(reverse("reports:annex", args=[1]), {"root": first.root.pk}).text
    assert client.post(url, {"extra_1": "-1"}).context["form"].errors["extra_1"]
    client.post(url, {"extra_1": "3", "extra_2": "=村干部讲"})
    (sheet,) = ANNEXES[1].build(order(clerk)).sheets
    assert [row[-2:] for row in sheet.read()] == [(3, "=村干部讲"), (None, None)]
    assert sheet.totals[0][-2:] == (3, None)
    client.post(url, {"extra_1": "", "extra_2": "=村干部讲"})
    assert list(Figure.objects.values_list("code", flat=True)) == ["extra_2"]
    assert client.get(reverse("reports:statistics_typed", args=[second.root.pk])).status_code == 404


@pytest.mark.parametrize("hidden", [0, 8, 20, 40])
def test_a4_sheets_hold_every_column_once_and_end_with_a_group(hidden):
    columns = tuple(
        FormColumn(c.key, c.title, c.group, c.width, shown=i >= hidden) for i, c in enumerate(DEFAULT.columns)
    )
    layout = Layout((*columns, EXTRA), 1)
    parts = layout.parts()
    assert [n for start, stop in parts for n in range(start, stop + 1)] == list(
        range(1, len(layout.shown) + 3)
    )
    for _, stop in parts[:-1]:
        here, after = layout.shown[stop - 3], layout.shown[stop - 2]
        assert here.group != after.group or not here.group
    assert DEFAULT.cuts == CUTS


def test_a_stored_form_meets_columns_that_came_or_went():
    stored = [{"key": "gone", "title": "旧栏"}, *Layout(DEFAULT.columns[:-1]).stored()]
    layout = layout_from(stored, 3)
    assert [column.key for column in layout.columns] == [column.key for column in DEFAULT.columns]
    assert not layout.columns[-1].shown


# --- columns that wait ------------------------------------------------------------------------------


def tickets(roots, on):
    return Node.objects.open().filter(root_id__in=roots, kind=Kind.GRID)


def count_ticket():
    yield "ticket_total", OWN


TICKETS = Source("ticket", frozenset({"ticket_total"}), tickets, ("root_id",), count_ticket)


def test_a_column_fills_by_itself_when_its_register_comes(client, first, second, clerk, monkeypatch):
    client.force_login(clerk)
    url = reverse("reports:annex", args=[1])
    monkeypatch.setattr(sources, "_SOURCES", [one for one in sources.sources() if one.kind != "ticket"])
    before = client.get(url).text
    assert "受理合计（待建：代办登记）" in before
    assert client.get(rows_url("ticket_total", first.root.pk)).status_code == 404
    with registered(TICKETS, describe={"ticket": tell_nodes}):
        page = client.get(url).text
        assert "受理合计（待建" not in page
        assert rows_url("ticket_total", first.root.pk).replace("&", "&amp;") in page
        assert "ticket_total" in countable()
        assert [one.counts.value("ticket_total") for one in read(first)] == [2, 2]
        opened = client.get(rows_url("ticket_total", first.root.pk))
        assert (opened.context["total"], opened.context["rows"][0][0].name) == (2, "第1网格")
        built = ANNEXES[1].build(order(clerk)).detailed()
        tab = next(sheet for sheet in built.sheets if sheet.name == "网格明细")
        assert "ticket_total" in keys(tab)
    assert BY_CODE["ticket_total"] in waiting()


# --- for pens ---------------------------------------------------------------------------------------


def test_the_form_for_pens_is_empty_or_has_what_is_known(client, first, second, clerk):
    client.force_login(clerk)
    url = reverse("reports:statistics_paper", args=["xlsx"])

    def lines(**asked):
        got = b"".join(client.post(url, asked).streaming_content)
        tabs = openpyxl.load_workbook(io.BytesIO(got)).worksheets[:-1]
        return len(tabs), [row for row in tabs[0].values if row[1] in ("合计", "甲村党支部", "乙村党支部")]

    assert lines(kind="empty", paper="A3") == (
        1, [(None, name, *[None] * 42) for name in ("合计",)] + [
            (n, name, *[None] * 42) for n, name in ((1, "甲村党支部"), (2, "乙村党支部"))
        ],
    )  # fmt: skip
    tabs, (total, one, _) = lines(kind="filled", paper="A4")
    assert (tabs, one[:6], set(total[2:])) == (3, (1, "甲村党支部", 1, 24, 200, 1), {None})
    assert len(lines(kind="filled", root=first.root.pk)[1]) == 2
    assert AuditEvent.objects.latest("pk").target.endswith("预填表.xlsx")
    assert client.post(url, {"root": "x"}).status_code == 404
    assert client.post(reverse("reports:statistics_paper", args=["docx"])).status_code == 404
    client.force_login(secretary(village(first.root.township, "丙村")))
    assert client.post(url, {"root": first.root.pk}).status_code == 404


@pytest.mark.parametrize("paper", [Paper.A3, Paper.A4])
def test_the_form_for_pens_as_pdf(client, first, clerk, paper):
    client.force_login(clerk)
    asked = {"kind": "empty", "paper": paper, "mode": "official"}
    sent = client.post(reverse("reports:statistics_paper", args=["pdf"]), asked)
    assert b"".join(sent.streaming_content).startswith(b"%PDF")
