"""The page of the edges: order, tabs, filters, phones, the workbook, and how it stood on a day."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, make_aware

from grids import tree
from grids.choices import Kind
from grids.models import Node
from grids.queries.footprints import tracked_models
from liaison.choices import Edge
from tests.factories import UserFactory
from tests.liaison.state.test_loads import recount
from township.choices import Deed, OfficeRole
from township.history import records_of
from township.models import AuditEvent

DAY = date(2026, 9, 10)


def edge(code):
    return reverse("liaison:edge", args=[code])


def names(page):
    return [row.name for row in page.context["rows"]]


def test_the_page_lists_the_worst_first_with_bar_and_words(town, client):
    client.force_login(town.clerk)
    page = client.get(edge("E5"))
    ranks = [row.bar.rank for row in page.context["rows"]]
    assert ranks == sorted(ranks)
    text = page.content.decode()
    worst = page.context["rows"][0]
    assert f"{worst.bar.label}" in text
    assert client.get(reverse("liaison:edges")).context["info"].edge == Edge.MEMBER
    assert client.get("/liaison/edges/E6/").status_code == 404


def test_tabs_and_problems_keep_the_village(town, client):
    client.force_login(town.clerk)
    text = client.get(edge("E5"), {"village": town.made.root.pk, "q": "x"}).content.decode()
    assert f'href="{edge("E4")}?village={town.made.root.pk}"' in text
    assert f'href="{edge("E5")}?show=gap&amp;village={town.made.root.pk}"' in text


def test_a_village_narrows_and_nonsense_shows_all(town, client):
    client.force_login(town.clerk)
    own = client.get(edge("E4"), {"village": town.made.root.pk}).context["rows"]
    assert {row.pk for row in own} == {hub.pk for hub in town.made.hubs}
    everywhere = client.get(edge("E4"), {"village": "²", "show": "nothing"}).context["rows"]
    assert len(everywhere) == len(own) + 1


def test_a_problem_that_cannot_occur_says_why(town, client):
    client.force_login(town.clerk)
    page = client.get(edge("E4"), {"show": "cross"})
    assert page.context["problem"].can_occur is False
    assert "不会跨网格" in page.content.decode()


def test_group_leaders_see_masked_phones_and_no_workbook(town, client):
    client.force_login(town.leader)
    page = client.get(edge("E5"))
    phones = [head.phone for row in page.context["rows"] for head in row.heads]
    assert phones
    assert all("•" in phone for phone in phones)
    assert "export=xlsx" not in page.content.decode()
    assert client.get(edge("E5"), {"export": "xlsx"}).status_code == 403


def test_the_workbook_has_the_rows_of_the_page(town, client):
    client.force_login(town.clerk)
    page = client.get(edge("E5"), {"show": "over"})
    response = client.get(edge("E5"), {"show": "over", "export": "xlsx"})
    rows = list(
        openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0].iter_rows(values_only=True)
    )
    head = rows.index(next(row for row in rows if row[0] == "联系人"))
    assert [row[0] for row in rows[head + 1 :]] == names(page)
    assert AuditEvent.objects.get(deed=Deed.EXPORT).rows == len(names(page))
    problem = client.get(edge("E5"), {"show": "left", "export": "xlsx"})
    cells = [
        c for row in openpyxl.load_workbook(io.BytesIO(problem.content)).worksheets[0].values for c in row
    ]
    assert "不参加联户（外出）" in cells


@pytest.fixture
def long_known(town):
    """Everything above was entered on 2026-09-02; today the first household goes to somebody else."""
    for model in tracked_models():
        records_of(model).objects.update(
            history_date=make_aware(datetime.combine(date(2026, 9, 2), time(12)))
        )
    member = town.made.members[14]
    household = Node.objects.filter(parent=member, kind=Kind.HOUSEHOLD)[0]
    before = Node.objects.filter(parent=member, kind=Kind.HOUSEHOLD).count()
    tree.move(node=household, to=town.made.members[15], on=localdate())
    return member, before


def test_a_past_day_has_the_loads_of_then_and_nothing_to_change(town, client, long_known):
    member, before = long_known
    client.force_login(town.clerk)
    asked = {"q": member.name}
    (now,) = client.get(edge("E5"), asked).context["rows"]
    page = client.get(edge("E5"), asked | {"on": f"{DAY}"})
    (then,) = page.context["rows"]
    assert (then.bar.n, now.bar.n) == (before, before - 1)
    text = page.content.decode()
    assert f"{DAY} 的情况" in text
    assert f'href="{edge("E4")}?on={DAY}"' in text
    assert reverse("grids:person_phone", args=[then.heads[0].pk]) not in text
    gaps = client.get(edge("E5"), {"show": "gap", "on": f"{DAY}"}).context["rows"]
    assert {repair for _, repair in gaps} == {""}
    chain = client.get(reverse("liaison:chain", args=[member.pk]), {"on": f"{DAY}"})
    assert chain.context["below"].sentence == f"{before}户"
    assert "去办理" not in chain.content.decode()
    picture = client.get(reverse("liaison:pyramid"), {"on": f"{DAY}", "node": town.made.root.pk})
    assert f"{DAY} 的情况" in picture.content.decode()


@pytest.mark.parametrize(
    ("kind", "code"), [("group", Edge.LEADER), ("hub", Edge.HUB), ("member", Edge.MEMBER)]
)
def test_lists_can_be_read_worst_first(town, client, kind, code):
    client.force_login(town.clerk)
    url = reverse("grids:node_list", args=[kind])
    client.get(url, {"sort": "worst"})  # the first time it is also kept as the last look of the list
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url, {"sort": "worst"})
    assert len(queries) <= 15
    distance = {pk: (-over, -under, -n) for pk, n, over, under in recount(code)}
    # Whoever cannot serve and has nothing is listed too: in order, and last among those.
    ranks = [distance.get(line["row"]["pk"], (0, 0, 0)) for line in page.context["rows"]]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1
    assert "最偏离规定的在前" in page.content.decode()


def test_leaders_of_the_office_read_and_auditors_do_not(town, client):
    township = town.made.root.township
    client.force_login(UserFactory(township=township, office_role=OfficeRole.LEADER))
    assert client.get(edge("E5")).status_code == 200
    client.force_login(UserFactory(township=township, office_role=OfficeRole.AUDITOR))
    for url in (edge("E5"), reverse("liaison:pyramid")):
        assert client.get(url).status_code == 403
