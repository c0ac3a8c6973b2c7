"""The year's register and its boxes: columns, filters, order, masks, who takes it out, how many at once."""

from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from grids import access
from services import sending
from services.models import Ticket
from services.tickets.actions.steps import take_step
from services.tickets.register import tables
from services.tickets.register.forms import RegisterBar
from services.tickets.register.queries import Asked, archived, box_of, boxes, register_of, years_of
from tests.services.tickets.conftest import DAY, NOON, Town, intake
from tests.services.tickets.seen import rows_of, sent, words_of
from township.models import AuditEvent
from township.sheets import Column, Sheet
from township.sheets.paper import paper

# Word for word, in the order of domain 6 and the issue.
COLUMNS = [
    "序号", "受理编号", "受理时间", "申办人", "联系电话", "代办事项", "受理件型", "现件型", "代办员",
    "承办单位", "承诺办结日", "办结日期", "结果", "送达（说明）", "签收人", "回访", "满意度", "归档号",
]  # fmt: skip


def boxed(ticket: Ticket, town: Town, box: int) -> Ticket:
    """Done, handed over, asked back on, and put away."""
    for code, facts in (
        ("finish", {"text": "已办"}),
        ("deliver", {"day": DAY, "who": "李申办"}),
        ("callback", {"day": DAY, "satisfaction": "good"}),
        ("archive", {"box": box}),
    ):
        take_step(ticket=ticket, code=code, facts=facts, by=town.secretary, now=NOON)
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def book(town: Town) -> list[Ticket]:
    """Four errands of this village's year, one of another village, two of them in boxes."""
    first = intake(town, town.group_leader)
    second = intake(town, town.secretary, "supplement", at=NOON + timedelta(days=20), subject="办理老年证")
    third, fourth = (intake(town, town.secretary, "instant", version=None) for _ in range(2))
    intake(town, town.clerk, node=town.other.grids[0], subject="乙村的事")
    return [boxed(first, town, 2), second, boxed(third, town, 1), fourth]


def numbers(rows) -> list[str]:
    return [row.no for row in rows]


def file(client, name: str, kind: str, query: str = "?year=2026", **data):
    return client.post(reverse(f"services:{name}", args=[kind]) + query, data)


def test_the_register_has_the_columns_of_the_book_in_the_order_of_numbers(book, town, client):
    client.force_login(town.secretary)
    lines = rows_of(file(client, "ticket_register_file", "xlsx"))
    at = lines.index(COLUMNS)
    assert [line[0] for line in lines[at + 1 : at + 5]] == [1, 2, 3, 4]
    assert [line[1] for line in lines[at + 1 : at + 5]] == numbers(book)
    first = dict(zip(COLUMNS, lines[at + 1], strict=True))
    assert first == {
        "序号": 1, "受理编号": book[0].no, "受理时间": "2026-09-21 12:00", "申办人": "李申办",
        "联系电话": "13900001234", "代办事项": book[0].subject, "受理件型": "承诺件", "现件型": "承诺件",
        "代办员": town.agent.name, "承办单位": "便民服务中心", "承诺办结日": f"{book[0].due_on:%Y-%m-%d}",
        "办结日期": "2026-09-21", "结果": "办结", "送达（说明）": "2026-09-21", "签收人": "李申办",
        "回访": "2026-09-21", "满意度": "满意", "归档号": book[0].archive_no,
    }  # fmt: skip
    assert "乙村的事" not in str(lines)
    event = AuditEvent.objects.latest("pk")
    assert (event.rows, "李申办" in f"{event.target}{event.note}") == (4, False)


def test_the_print_is_bound_on_its_left_on_a3_or_a4(book, town, client):
    column = (Column("a", "甲"),)
    for size, wide in (("A3", 420), ("A4", 297)):
        plain = paper(Sheet(title="册", columns=column, rows=[], paper=size), "plain")
        bound = paper(Sheet(title="册", columns=column, rows=[], paper=size, bound=True), "plain")
        assert (bound.width, bound.recto[3] - plain.recto[3], bound.verso[3]) == (wide, 13, 28)
    client.force_login(town.secretary)
    pdf = sent(file(client, "ticket_register_file", "pdf", paper="A4"))
    words = words_of(pdf)
    assert [no in words for no in numbers(book)] == [True] * 4
    assert "2026年度代办登记册" in words
    with pikepdf.open(BytesIO(pdf)) as found:
        assert [round(float(side) / 72 * 25.4) for side in found.pages[0].mediabox[2:]] == [297, 210]


def test_the_bar_asks_for_year_village_month_kind_state_and_category(book, town):
    def found(**query: str) -> list[str]:
        bar = RegisterBar(QueryDict(urlencode(query)), user=town.clerk, on=date(2026, 12, 1))
        return numbers(register_of(town.clerk, bar.asked()))

    everything = numbers(Ticket.objects.order_by("no"))
    assert found() == everything == found(year="nonsense", month="77", kind="x", state="x", category="x")
    assert found(year="2025") == everything  # a year without a book is this one
    assert found(month="10") == [book[1].no]
    assert found(month="12") == []
    assert found(village=str(town.other.root.pk)) == [everything[-1]]
    assert found(kind="supplement", state="waiting") == [book[1].no]
    assert found(state="archived") == [book[0].no, book[2].no]
    assert found(category="other", village=str(town.own.root.pk)) == [book[0].no, book[1].no]
    assert years_of(town.clerk, date(2028, 1, 1)) == [2028, 2027, 2026]


def test_whoever_sees_no_whole_phone_takes_out_none(book, town, client):
    client.force_login(town.leader)
    lines = rows_of(file(client, "ticket_register_file", "xlsx"))
    assert "139••••1234" in str(lines)
    assert "13900001234" not in str(lines)
    client.force_login(town.group_leader)
    assert file(client, "ticket_register_file", "xlsx").status_code == 403
    page = client.get(reverse("services:ticket_register"))
    assert (book[0].no in page.text, "导出 Excel" in page.text, "批量打印" in page.text) == (
        True,
        False,
        True,
    )
    assert "13900001234" not in page.text
    client.force_login(town.clerk)
    assert file(client, "ticket_register_file", "csv").status_code == 404


def test_beyond_the_limit_nothing_is_printed_but_all_goes_into_a_workbook(book, town, client, monkeypatch):
    monkeypatch.setattr(sending, "MOST_PRINTED", 1)
    client.force_login(town.secretary)
    for name in ("ticket_register_file", "ticket_archive_file"):
        refused = file(client, name, "pdf", "?year=2026&month=")
        assert refused.headers["Location"].endswith("?year=2026&month=")
        assert sending.TOO_LONG in client.get(refused.headers["Location"]).text
        assert file(client, name, "xlsx").status_code == 200


def test_each_box_has_a_cover_with_its_label_and_an_index(book, town, client):
    client.force_login(town.secretary)
    asked = Asked(year=2026)
    assert numbers(archived(town.secretary, asked)) == [book[2].no, book[0].no]  # box 1 before box 2
    found = [box_of(row) for row in boxes(town.secretary, asked)]
    assert [(one.code, one.items, one.first, one.last) for one in found] == [
        (f"2026-{one.village_code:02d}-D0{n}", 1, 1, 1) for n, one in enumerate(found, 1)
    ]
    page = client.get(reverse("services:ticket_archive"))
    assert [one.code in page.text for one in found] == [True, True]
    words = "".join(words_of(sent(file(client, "ticket_archive_file", "pdf")), "-raw").split())
    found_words = ("盒内目录", "代办件档案", "第1盒", "第2盒", book[0].no, book[2].no)
    assert [words.count(word) for word in found_words] == [2, 4, 1, 1, 1, 1]  # each on cover and label
    assert numbers(archived(town.clerk, Asked(2026, village=town.own.root.pk, box=2))) == [book[0].no]
    lines = rows_of(file(client, "ticket_archive_file", "xlsx"))
    at = next(n for n, line in enumerate(lines) if line[1] == "村（党组织）")
    assert lines[at] == [
        "序号", "村（党组织）", "盒号", "件号", "受理编号", "事项", "申办人", "归档日期", "归档号",
    ]  # fmt: skip
    assert [line[4] for line in lines[at + 1 : at + 3]] == [book[2].no, book[0].no]


def test_pages_and_prints_ask_as_often_for_many_errands_as_for_few(
    town, client, django_assert_max_num_queries, django_assert_num_queries
):
    access.scope_of(town.secretary)
    intake(town, town.secretary)
    client.force_login(town.secretary)
    for n in (1, 5):
        for _ in range(n):
            boxed(intake(town, town.secretary), town, 1)
        with django_assert_num_queries(1):
            rows = list(register_of(town.secretary, Asked(year=2026)))
            reader = tables.register(town.secretary)
            assert len([reader(row) for row in rows]) > n
        with django_assert_max_num_queries(24):
            client.get(reverse("services:ticket_register"))
            client.get(reverse("services:ticket_archive"))
