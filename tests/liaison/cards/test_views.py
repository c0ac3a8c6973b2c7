"""The cards page and its files: who gets which, what is refused in which words, and what the log says."""

import io
from dataclasses import replace
from datetime import date, datetime, time
from urllib.parse import unquote

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.timezone import localdate, make_aware

from grids.actions import nodes as places
from grids.choices import Kind
from grids.queries.footprints import tracked_models
from liaison.cards import printing
from liaison.cards.choices import CARDS
from tests.factories import UserFactory, group_leader, secretary
from township.choices import Deed, OfficeRole
from township.history import records_of
from township.models import AuditEvent

PAGE = "liaison:cards"


def take(client, place, kind, **data):
    return client.post(reverse("liaison:card_file", args=[place.pk, kind]), {"numbers": "on", **data})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def unprinted(monkeypatch):
    """What is handed to the printer, which takes its time."""
    found = []

    def write(cards, **more):
        found.append((cards, more))
        return io.BytesIO(b"%PDF")

    monkeypatch.setattr(printing, "write", write)
    return found


def test_a_secretary_takes_the_card_of_a_member(client, made, words):
    client.force_login(secretary(made))
    response = take(client, made.members[0], Kind.MEMBER, purpose="发给党员")
    assert response.headers["Content-Type"] == "application/pdf"
    name = f"青河乡_{made.members[0].name}_我联系的户_{localdate():%Y-%m-%d}.pdf"
    assert unquote(response.headers["Content-Disposition"]).endswith(name)
    (page,) = words(b"".join(response.streaming_content))
    assert made.people[0].phone in page
    event = AuditEvent.objects.get(deed=Deed.EXPORT)
    assert (event.target, event.rows, event.note) == (name, 3, "联系卡 1 张；用途：发给党员")


def test_all_cards_of_a_grid_in_one_file(client, made, unprinted):
    client.force_login(made.clerk)
    response = take(client, made.grids[0], Kind.HOUSEHOLD, paper="a4")
    assert response.status_code == 200
    ((cards, more),) = unprinted
    assert [card.home for card in cards] == [home.name for home in made.households[:6]]
    assert more["paper"] == "a4"
    assert "谁联系我_6张_" in unquote(response.headers["Content-Disposition"])
    assert AuditEvent.objects.get(deed=Deed.EXPORT).rows == 6


def test_cards_of_one_member_are_for_the_own_households(client, made, unprinted):
    client.force_login(made.clerk)
    take(client, made.members[1], Kind.HOUSEHOLD)
    assert [card.home for card in unprinted[0][0]] == [home.name for home in made.households[3:6]]


def test_too_many_cards_ask_for_a_grid(client, made, unprinted, monkeypatch):
    monkeypatch.setitem(CARDS, Kind.HOUSEHOLD, replace(CARDS[Kind.HOUSEHOLD], most=7))
    client.force_login(made.clerk)
    response = take(client, made.root, Kind.HOUSEHOLD)
    assert said(response) == ["“甲村党支部”的卡超过 7 张，一次印不完，请选一个网格再下载。"]
    assert response.url == f"{reverse(PAGE)}?kind=household&village={made.root.pk}"
    page = client.get(response.url).content.decode()
    assert "超过 7 张" in page
    assert "下载全部 " not in page
    assert take(client, made.grids[0], Kind.HOUSEHOLD).status_code == 200
    assert len(unprinted) == 1


def test_nothing_to_print_is_said_in_words(client, made, unprinted):
    places.move_node(node=made.households[0], to=made.groups[0], by=made.clerk, reason="未联户")
    client.force_login(made.clerk)
    response = take(client, made.households[0], Kind.HOUSEHOLD)
    assert said(response) == [f"没有卡可印：“{made.households[0].name}”还没有由党员联系。"]
    assert response.url == made.households[0].get_absolute_url()
    assert unprinted == []
    assert AuditEvent.objects.filter(deed=Deed.EXPORT).count() == 0


def test_too_long_a_purpose_exports_nothing(client, made, unprinted):
    client.force_login(made.clerk)
    response = take(client, made.members[0], Kind.MEMBER, purpose="发" * 61)
    assert said(response) == ["没有导出：请检查选项，用途不超过 60 个字。"]
    assert unprinted == []


def test_others_find_no_card_and_readers_take_none(client, made, other, unprinted):
    client.force_login(secretary(other))
    assert take(client, made.members[0], Kind.MEMBER).status_code == 404
    assert take(client, made.root, Kind.HOUSEHOLD).status_code == 404
    client.force_login(group_leader(made))
    assert take(client, made.members[0], Kind.MEMBER).status_code == 403
    assert client.get(reverse(PAGE)).status_code == 403
    client.force_login(made.clerk)
    assert take(client, made.members[0], "grid").status_code == 404
    assert unprinted == []


def test_page_lists_cards_and_says_who_has_none(client, made):
    places.move_node(node=made.households[0], to=made.groups[0], by=made.clerk, reason="未联户")
    client.force_login(secretary(made))
    answer = client.get(reverse(PAGE), {"kind": "household", "grid": made.grids[0].pk})
    page = answer.content.decode()
    assert [row.name for row in answer.context["rows"]] == [home.name for home in made.households[1:6]]
    assert "下载全部 5 张" in page
    assert "另有 1 户还没有由党员联系，没有卡。" in page
    assert "隐去中间几位" not in page


def test_office_chooses_a_village_before_taking_all(client, made, other):
    client.force_login(UserFactory(township=made.root.township, office_role=OfficeRole.LEADER))
    page = client.get(reverse(PAGE)).content.decode()
    assert "选一个村或网格" in page
    assert "下载全部 " not in page
    assert "隐去中间几位" in page
    answer = client.get(reverse(PAGE), {"village": other.root.pk})
    assert [row.name for row in answer.context["rows"]] == [member.name for member in other.members]
    assert [grid.pk for grid in answer.context["bar"].fields["grid"].queryset] == [
        grid.pk for grid in other.grids
    ]


def test_cards_of_a_past_day_are_those_of_then(client, made, unprinted):
    then = date(2026, 9, 10)
    for model in tracked_models():
        records_of(model).objects.update(history_date=make_aware(datetime.combine(then, time(12))))
    places.move_node(node=made.households[0], to=made.members[1], by=made.clerk, reason="就近")
    client.force_login(made.clerk)
    for data, rows in (({"on": f"{then}"}, 3), ({}, 2)):
        take(client, made.members[0], Kind.MEMBER, **data)
        cards, more = unprinted[-1]
        assert len(cards[0].rows) == rows
        assert more["on"] == (then if data else localdate())
    page = client.get(reverse(PAGE), {"kind": "member", "village": made.root.pk, "on": f"{then}"})
    assert 'name="on" value="2026-09-10"' in page.content.decode()
    assert [row.n for row in page.context["rows"]] == [3] * 4


@pytest.mark.parametrize("kind", ["member", "hub", "group", "household", "grid"])
def test_each_place_leads_to_its_cards(client, made, kind):
    at = {
        "member": made.members[0],
        "hub": made.hubs[0],
        "group": made.groups[0],
        "household": made.households[0],
        "grid": made.grids[0],
    }[kind]
    client.force_login(secretary(made))
    page = client.get(at.get_absolute_url()).content.decode()
    own = kind if kind in CARDS else "member"
    assert reverse("liaison:card_file", args=[at.pk, own]) in page
    client.force_login(group_leader(made))
    assert "联系卡" not in client.get(at.get_absolute_url()).content.decode()
