"""Every page of the tree and its people: who gets in, what it shows, how many queries it takes."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from grids.kinds import KINDS, LISTED
from grids.models import GridProfile, Person
from grids.pinyin import initials
from tests import factories
from township.choices import Deed
from township.models import AuditEvent

SEATS = ("clerk", "secretary", "other_secretary", "leader", "group_leader")


def answers(town, client, url, method="get") -> tuple[int, ...]:
    found = []
    for seat in SEATS:
        client.force_login(town.seats[seat])
        found.append(getattr(client, method)(url).status_code)
    return tuple(found)


def test_pages_of_a_row_by_seat(town, client):
    hub, person = town.own.hubs[0], town.own.people[0]
    post = factories.appoint(person, "hub_head", hub)
    expected = {
        reverse("grids:node", args=[hub.pk]): (200, 200, 404, 200, 200),
        reverse("grids:tree_children", args=[hub.pk]): (200, 200, 404, 200, 200),
        reverse("grids:node_edit", args=[hub.pk]): (200, 200, 404, 403, 403),
        reverse("grids:node_move", args=[hub.pk]): (200, 200, 404, 403, 403),
        reverse("grids:node_close", args=[hub.pk]): (200, 200, 404, 403, 403),
        reverse("grids:node_add") + f"?parent={hub.pk}&kind=member": (200, 200, 404, 403, 403),
        reverse("grids:person", args=[person.pk]): (200, 200, 404, 200, 200),
        reverse("grids:person_edit", args=[person.pk]): (200, 200, 404, 403, 403),
        reverse("grids:post_add") + f"?node={hub.pk}": (200, 200, 404, 403, 403),
        reverse("grids:post_end", args=[post.pk]): (200, 200, 404, 403, 403),
    }
    found = {url: answers(town, client, url) for url in expected}
    assert found == expected


def test_pages_without_a_row_by_seat(town, client):
    expected = {
        reverse("grids:tree"): (200, 200, 200, 200, 200),
        reverse("grids:search") + "?q=甲": (200, 200, 200, 200, 200),
        reverse("grids:people"): (200, 200, 200, 200, 200),
        reverse("grids:posts"): (200, 200, 200, 200, 200),
        reverse("grids:villager_groups"): (200, 200, 200, 200, 200),
        reverse("grids:person_add"): (200, 200, 200, 403, 403),
        reverse("grids:post_add"): (200, 200, 200, 403, 403),
        reverse("grids:post_add") + "?town=1": (200, 403, 403, 403, 403),
        reverse("grids:node_add") + "?kind=branch": (200, 403, 403, 403, 403),
        **{reverse("grids:node_list", args=[info.kind]): (200,) * 5 for info in LISTED},
        **{
            reverse("grids:node_list", args=[info.kind]) + "?export=xlsx": (200,) * 4 + (403,)
            for info in LISTED
        },
    }
    assert {url: answers(town, client, url) for url in expected} == expected


def test_an_auditor_sees_no_roster_and_a_stranger_signs_in(town, client):
    assert client.get(reverse("grids:tree")).status_code == 302
    client.force_login(town.auditor)
    urls = [reverse(f"grids:{name}") for name in ("tree", "people", "posts", "villager_groups", "search")]
    urls += [reverse("grids:node_list", args=[info.kind]) for info in LISTED]
    assert {client.get(url).status_code for url in urls} == {403}
    assert client.get(town.own.root.get_absolute_url()).status_code == 404


def test_wrong_addresses_are_404(town, signed_in):
    client = signed_in(town.clerk)
    assert client.get("/grids/branch/").status_code == 404
    assert client.get(reverse("grids:node_add") + "?kind=castle").status_code == 404
    assert (
        client.get(reverse("grids:node_add") + f"?kind=household&parent={town.own.root.pk}").status_code
        == 404
    )
    assert client.get(reverse("grids:node_move", args=[town.own.hubs[0].pk]) + "?to=abc").status_code == 404


@pytest.mark.parametrize("kind", [info.kind for info in LISTED])
@pytest.mark.parametrize("export", ["", "&export=xlsx"])
def test_lists_take_the_same_queries_for_5_rows_and_60(
    town, signed_in, django_assert_num_queries, kind, export
):
    client = signed_in(town.clerk)
    url = reverse("grids:node_list", args=[kind]) + f"?q={export}"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    factories.village(town.township, "丙村", groups=6, hubs=5, members=3, households=2)
    with django_assert_num_queries(len(few)):
        client.get(url)


@pytest.mark.parametrize("name", ["people", "posts", "villager_groups", "tree"])
def test_other_pages_take_the_same_queries_for_few_rows_and_many(
    town, signed_in, django_assert_num_queries, name
):
    client, url = signed_in(town.clerk), reverse(f"grids:{name}")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for place in ("丙村", "丁村", "戊村"):
        made = factories.village(town.township, place, groups=3)
        for group, person in zip(made.groups, made.people, strict=False):
            factories.appoint(person, "group_leader", group)
    with django_assert_num_queries(len(few)):
        client.get(url)


@pytest.mark.parametrize("number", [1, 30])
def test_a_nodes_page_takes_the_same_queries_for_any_children(
    town, signed_in, django_assert_max_num_queries, number
):
    for i in range(number):
        factories.node("household", f"新户{i}", town.own.groups[0])
    client = signed_in(town.clerk)
    with django_assert_max_num_queries(30):
        response = client.get(town.own.groups[0].get_absolute_url())
    assert response.context["page_obj"].paginator.count == 2 + number


def test_list_filters_by_village_place_state_and_name(town, signed_in):
    client = signed_in(town.clerk)

    def found(kind, **query):
        return client.get(reverse("grids:node_list", args=[kind]), query).context["page_obj"].paginator.count

    own = town.own
    assert found("household") == 48
    assert found("household", village=own.root.pk) == 24
    assert found("household", village=own.root.pk, grid=own.grids[0].pk) == 12
    assert found("household", village=own.root.pk, group=own.groups[1].pk) == 12
    assert found("member", state="unplaced") == 0
    assert found("group", state="leaderless") == 3
    assert found("hub", state="headless") == 8
    assert found("hub", state="off_band") == 8
    assert found("member", state="off_band") == 16
    assert found("household", state="unlinked") == 0
    factories.node("household", "解志强", own.groups[0])
    assert found("household", state="unlinked") == 1
    assert found("household", q="xzq") == 1
    assert found("household", q="jzq") == 1  # the everyday reading finds it too
    assert found("member", q=own.people[0].phone[-6:]) == 1
    assert found("household", state="closed") == 0
    assert found("household", village="abc", state="nonsense") == 49


def test_phones_in_lists_are_masked_for_leaders(town, signed_in):
    url = reverse("grids:node_list", args=["member"])
    assert town.own.people[0].phone in signed_in(town.clerk).get(url).content.decode()
    page = signed_in(town.leader).get(url).content.decode()
    assert town.own.people[0].phone not in page
    assert "138••••" in page


def test_asking_for_a_whole_phone_is_logged(town, signed_in):
    person, node = town.own.people[0], town.own.members[0]
    client = signed_in(town.leader)
    for url in (reverse("grids:person_phone", args=[person.pk]), reverse("grids:node_phone", args=[node.pk])):
        assert client.get(url).status_code == 405
        assert person.phone in client.post(url).content.decode()
        assert person.phone in client.post(url, headers={"hx-request": "true"}).content.decode()
    assert AuditEvent.objects.filter(deed=Deed.REVEAL, user=town.leader).count() == 4
    client = signed_in(town.other_secretary)
    assert client.post(reverse("grids:person_phone", args=[person.pk])).status_code == 404


def test_exports_keep_text_as_text_and_are_logged(town, signed_in):
    factories.node("household", "=1+1", town.own.members[0])
    response = signed_in(town.clerk).get(
        reverse("grids:node_list", args=["household"]), {"village": town.own.root.pk, "export": "xlsx"}
    )
    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells["=1+1"] == "s"
    event = AuditEvent.objects.get(deed=Deed.EXPORT)
    assert (event.rows, event.target, event.user) == (25, "农户名单", town.clerk)


def test_a_leaders_export_has_no_whole_phone(town, signed_in):
    for name in ("people", "posts"):
        response = signed_in(town.leader).get(reverse(f"grids:{name}"), {"export": "xlsx"})
        sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]
        values = {str(cell.value) for row in sheet.iter_rows() for cell in row}
        assert not values & set(Person.objects.values_list("phone", flat=True))
        assert any("••••" in value for value in values)


def test_tree_page_opens_without_javascript(town, signed_in):
    client = signed_in(town.clerk)
    page = client.get(reverse("grids:tree"))
    first = page.context["rows"][0]
    opened = client.get(reverse("grids:tree") + first["toggle"])
    names = [line["row"].name for line in opened.context["rows"]]
    assert names == ["甲村党支部", "第1网格", "第2网格", "乙村党支部"]
    again = client.get(reverse("grids:tree") + opened.context["rows"][0]["toggle"])
    assert [line["row"].name for line in again.context["rows"]] == ["甲村党支部", "乙村党支部"]


def test_who_comes_to_add_a_row_is_told_how_and_sees_the_usual_tree(town, signed_in):
    client = signed_in(town.clerk)
    told = client.get(reverse("grids:tree") + "?adding=grid")
    assert "新增网格：先点开它的上级" in told.content.decode()
    usual = client.get(reverse("grids:tree"))
    assert len(told.context["rows"]) == len(usual.context["rows"])
    assert "先点开它的上级" not in usual.content.decode()
    assert client.get(reverse("grids:tree") + "?adding=branch").context["adding"] is None
    grids = client.get(reverse("grids:node_list", args=["grid"])).content.decode()
    assert f"{reverse('grids:tree')}?adding=grid" in grids
    households = client.get(reverse("grids:node_list", args=["household"])).content.decode()
    assert re.search(r'href="/grids/entry/household/[^"]*" data-new', households)


def test_tree_shows_rows_for_screen_readers_and_marks_in_words(town, signed_in):
    page = signed_in(town.secretary).get(reverse("grids:tree")).content.decode()
    assert 'role="treegrid"' in page
    assert 'aria-level="3" aria-expanded="false"' in page
    assert "少于5" in page
    assert "缺党小组长" in page


def test_tree_search_by_initials_shows_the_way_down(town, signed_in):
    factories.node("household", "仇玉兰", town.own.members[0])
    page = signed_in(town.clerk).get(reverse("grids:tree"), {"q": "qyl"})
    assert [line["row"].kind for line in page.context["rows"]] == [
        "branch", "grid", "group", "hub", "member", "household",
    ]  # fmt: skip


def test_children_for_htmx_carry_their_depth(town, signed_in):
    url = reverse("grids:tree_children", args=[town.own.groups[0].pk])
    page = signed_in(town.clerk).get(url, {"level": "3"}).content.decode()
    assert page.count('aria-level="4"') == 2
    assert "<html" not in page


def test_industry_grids_are_marked(town, signed_in):
    GridProfile.objects.filter(node=town.own.grids[0]).update(shape="industry")
    page = signed_in(town.secretary).get(reverse("grids:tree")).content.decode()
    assert page.count("行业产业</span>") == 1


def test_search_page_finds_places_and_people(town, signed_in):
    Person.objects.create(township=town.township, name="朴海燕", initials=initials("朴海燕"))
    page = signed_in(town.clerk).get(reverse("grids:search"), {"q": "phy"})
    assert page.context["found"].names("people") == ["朴海燕"]
    empty = signed_in(town.clerk).get(reverse("grids:search"), {"q": "没有这个人"})
    assert "没有找到" in empty.content.decode()


def test_every_kind_has_what_the_pages_need():
    for kind, info in KINDS.items():
        assert kind == info.kind
        assert info.profile._meta.get_field("node").remote_field.related_name == info.profile_name
        for name in info.fields:
            info.profile._meta.get_field(name)
        assert info.close_reasons
    assert all(info.columns and info.states and info.list_title for info in LISTED)
