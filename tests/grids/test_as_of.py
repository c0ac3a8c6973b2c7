"""Pages as they stood on a day: the tables of then, who is named, and nothing left behind."""

import io
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, make_aware
from openpyxl import load_workbook

from grids import tree
from grids.actions import nodes as places
from grids.actions.people import end_post
from grids.actions.undo import undo
from grids.choices import CloseReason, Kind, Role
from grids.models import GridCover, Node, Person, Post
from grids.queries.as_of import first_day, standing
from grids.queries.footprints import tracked_models
from liaison.actions import end_contact
from liaison.choices import Level
from liaison.models import Contact
from tests import factories
from township.history import records_of
from township.models import Action, Township

# Which table a name leads to, the live or the temporary one, is the database's affair.
pytestmark = pytest.mark.both_databases
THEN = date(2026, 9, 10)
EARLIER = date(2026, 9, 2)


def age(days: int) -> None:
    """Let everything recorded so far have happened earlier."""
    for model in tracked_models():
        for row in records_of(model).objects.all():
            row.history_date -= timedelta(days=days)
            row.save()


def set_back(day: date) -> None:
    """Let everything recorded so far have happened at noon of a day."""
    for model in tracked_models():
        records_of(model).objects.update(history_date=make_aware(datetime.combine(day, time(12))))


@pytest.fixture
def past(town):
    """The town as built on 2026-09-02, then changed today."""
    holder = town.own.people[0]
    factories.appoint(holder, Role.COMMITTEE, town.own.root)
    contact = Contact.objects.create(
        township=town.township, level=Level.COMMITTEE, holder=holder, target=town.own.groups[0], since=EARLIER
    )
    set_back(EARLIER)
    end_contact(contact=contact, until=localdate(), by=town.clerk)
    end_post(post=town.group_leader.person.posts.get(), until=localdate(), by=town.clerk)
    town.moved, town.closed = town.own.households[0], town.own.households[1]
    places.move_node(node=town.moved, to=town.own.members[-1], by=town.clerk, reason="就近")
    places.close_node(node=town.closed, on=localdate(), close_reason=CloseReason.MOVED_AWAY, by=town.clerk)
    places.change_node(node=town.own.hubs[0], data={"name": "改名的中心户"}, by=town.clerk)
    places.change_node(node=town.own.grids[0], data={"villager_groups": []}, by=town.clerk)
    town.new = places.create_node(
        kind=Kind.HOUSEHOLD, parent=town.own.members[0], data={"name": "新户"}, by=town.clerk
    )
    return town


def rows_now() -> dict:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        for model in tracked_models()
    }


def test_inside_everything_is_as_it_was_and_afterwards_as_it_is(past):
    now = rows_now()
    with standing(THEN, township_id=past.township.pk):
        assert tree.verify() == []
        assert Node.objects.get(pk=past.moved.pk).parent_id == past.own.members[0].pk
        assert Node.objects.get(pk=past.moved.pk).hub_id == past.own.hubs[0].pk
        assert Node.objects.get(pk=past.closed.pk).closed_on is None
        assert Node.objects.get(pk=past.own.hubs[0].pk).name != "改名的中心户"
        assert not Node.objects.filter(pk=past.new.pk).exists()
        assert GridCover.objects.filter(profile__node=past.own.grids[0]).exists()
        assert Post.objects.current(THEN).filter(node=past.own.groups[0]).count() == 1
    assert rows_now() == now
    assert Node.objects.get(pk=past.own.hubs[0].pk).name == "改名的中心户"


def test_keys_follow_the_parents_of_then_even_where_history_did_not_write_them(past):
    """A moved member takes the households along without a history row of their own."""
    member = past.own.members[0]
    child = Node.objects.filter(parent=member, kind=Kind.HOUSEHOLD).first()
    places.move_node(node=member, to=past.own.hubs[-1], by=past.clerk)
    assert Node.objects.get(pk=child.pk).hub_id == past.own.hubs[-1].pk
    with standing(THEN, township_id=past.township.pk):
        assert Node.objects.get(pk=child.pk).hub_id == past.own.hubs[0].pk


def test_other_townships_are_not_in_it(past):
    far = factories.village(factories.TownshipFactory(), "丙村")
    age(30)
    with standing(THEN, township_id=past.township.pk):
        assert not Node.objects.filter(root=far.root).exists()
        assert not Person.objects.exclude(township=past.township).exists()


def test_an_error_inside_leaves_the_present_behind(past):
    now = rows_now()
    with pytest.raises(ZeroDivisionError), standing(THEN, township_id=past.township.pk):
        raise ZeroDivisionError
    assert rows_now() == now
    with standing(THEN, township_id=past.township.pk):
        assert rows_now() != now


def test_a_day_before_the_first_row_is_empty(past):
    assert first_day(past.township.pk) == EARLIER
    assert first_day(None) is None
    with standing(EARLIER - timedelta(days=1), township_id=past.township.pk):
        assert not Node.objects.exists()
    with standing(EARLIER, township_id=past.township.pk):
        assert Node.objects.exists()


def test_a_row_taken_out_and_brought_back_is_there_only_when_it_was(past):
    undo(action=Action.objects.order_by("-pk").first(), by=past.clerk)
    assert not Node.objects.filter(pk=past.new.pk).exists()
    tomorrow = localdate() + timedelta(days=1)
    with standing(tomorrow, township_id=past.township.pk):
        assert not Node.objects.filter(pk=past.new.pk).exists()
        assert Node.objects.get(pk=past.moved.pk).parent_id == past.own.members[-1].pk


# --- pages ------------------------------------------------------------------------------------------


def page(client, name, *args, on="2026-09-10", **query):
    query = "&".join(f"{key}={value}" for key, value in ({"on": on} | query).items())
    return client.get(reverse(name, args=args) + f"?{query}")


def test_the_tree_of_a_day_opens_to_the_end(past, signed_in):
    client = signed_in(past.secretary)
    shown = page(client, "grids:tree", depth="household").content.decode()
    assert "2026-09-10 的情况" in shown
    assert past.closed.name in shown
    assert "新户" not in shown
    assert "改名的中心户" not in shown
    below = page(client, "grids:tree_children", past.own.members[0].pk, level=5).content.decode()
    assert past.moved.name in below
    assert f"{past.moved.pk}/then/?on=2026-09-10" in below
    assert "新户" in client.get(reverse("grids:tree") + "?depth=household").content.decode()


def test_the_list_of_a_day_is_marked_and_offers_no_change(past, signed_in):
    client = signed_in(past.clerk)
    answer = page(client, "grids:node_list", "household", village=past.own.root.pk)
    assert {line["row"]["name"] for line in answer.context["rows"]} >= {past.closed.name, past.moved.name}
    assert "新户" not in answer.content.decode()
    assert 'id="bulk"' not in answer.content.decode()
    assert '<input type="hidden" name="on" value="2026-09-10">' in answer.content.decode()
    again = client.get(reverse("grids:node_list", args=["household"]), follow=True)
    assert again.wsgi_request.GET.get("on") is None  # a day in the past is not how the list was left


def test_the_export_of_a_day_has_the_rows_of_then(past, signed_in):
    answer = page(
        signed_in(past.clerk), "grids:node_list", "household", export="xlsx", village=past.own.root.pk
    )
    assert "2026-09-10" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    words = {str(cell.value) for row in sheet for cell in row}
    assert past.closed.name in words
    assert "新户" not in words


def words_of(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return {str(cell.value) for row in load_workbook(io.BytesIO(content)).active for cell in row}


@pytest.mark.parametrize("seat", ["clerk", "secretary", "leader"])
def test_the_people_of_a_day_hold_the_posts_of_then(past, signed_in, seat):
    late = factories.PersonFactory(township=past.township, root=past.own.root, name="后来的人")
    client, leader = signed_in(past.seats[seat]), past.group_leader.person

    def held(answer):
        return {row["name"]: row["posts"] for row in answer.context["rows"]}

    answer = page(client, "grids:people", village=past.own.root.pk)
    assert "党小组长" in held(answer)[leader.name]
    assert late.name not in held(answer)
    shown = answer.content.decode()
    assert "2026-09-10 的情况" in shown
    for way in (f"people/{leader.pk}/", "grids/people/add/", "存为视图", "批量录入", "登记人员"):
        assert way not in shown
    now = client.get(reverse("grids:people") + f"?village={past.own.root.pk}")
    assert "党小组长" not in held(now)[leader.name]
    assert late.name in held(now)
    assert f"people/{leader.pk}/" in now.content.decode()
    file = page(client, "grids:people", village=past.own.root.pk, export="xlsx")
    assert "2026-09-10" in file.headers["Content-Disposition"]
    words = words_of(file)
    assert any("党小组长" in word for word in words if past.own.groups[0].name in word)
    assert late.name not in words


@pytest.mark.parametrize("seat", ["clerk", "secretary", "leader"])
def test_the_posts_of_a_day_are_those_held_then(past, signed_in, seat):
    client, leader = signed_in(past.seats[seat]), past.group_leader.person

    def held(answer):
        return {(row["person_id"], row["role"]) for row in answer.context["rows"]}

    own = (leader.pk, Role.GROUP_LEADER.label)
    answer = page(client, "grids:posts", village=past.own.root.pk)
    shown = answer.content.decode()
    assert own in held(answer)
    assert f"{past.own.groups[0].pk}/then/?on=2026-09-10" in shown
    for way in (f"people/{leader.pk}/", "登记任职", "登记乡领导", "批量录入", "存为视图"):
        assert way not in shown
    now = client.get(reverse("grids:posts") + f"?village={past.own.root.pk}")
    assert own not in held(now)
    ended = page(client, "grids:posts", village=past.own.root.pk, state="ended")
    assert own not in held(ended)
    file = page(client, "grids:posts", village=past.own.root.pk, export="xlsx")
    assert "2026-09-10" in file.headers["Content-Disposition"]
    assert own[1] in words_of(file)
    file = client.get(reverse("grids:posts") + f"?village={past.own.root.pk}&export=xlsx")
    assert "2026-09-10" not in file.headers["Content-Disposition"]
    assert own[1] not in words_of(file)


def test_the_words_for_terms_are_those_of_the_day(past, signed_in):
    """A term that has run out by now had not then."""
    yesterday = localdate() - timedelta(days=1)
    Post.objects.filter(role=Role.COMMITTEE).update(term_until=yesterday)
    records_of(Post).objects.filter(role=Role.COMMITTEE).update(term_until=yesterday)
    client = signed_in(past.clerk)
    then, now = page(client, "grids:posts"), client.get(reverse("grids:posts"))
    assert (then.context["terms"].past, now.context["terms"].past) == (0, 1)
    assert "term=past" not in then.content.decode()
    assert "term=past" in now.content.decode()


@pytest.mark.parametrize("name", ["grids:people", "grids:posts", "liaison:contacts"])
def test_lists_of_a_day_are_nobodys_who_reads_no_roster(past, signed_in, name):
    assert page(signed_in(past.auditor), name).status_code == 403
    empty = page(signed_in(past.clerk), name, on="2026-08-01").content.decode()
    assert "2026-08-01 还没有登记" in empty


@pytest.mark.parametrize("name", ["grids:people", "grids:posts"])
def test_nothing_found_on_a_day_offers_nothing_to_register(past, signed_in, name):
    shown = page(signed_in(past.clerk), name, q="无此人").content.decode()
    assert "或换一天再查" in shown
    assert "?all=1" not in shown


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_annexes_of_a_day(past, signed_in, number):
    client = signed_in(past.clerk)
    answer = page(client, "reports:annex", number, root=past.own.root.pk)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "2026年9月10日" in shown
    if number == 4:
        assert past.closed.name in shown
        assert "新户" not in shown
    if number == 2:
        assert past.own.people[0].name in shown
    if number == 3:
        assert "改名的中心户" not in shown
    now = client.get(reverse("reports:annex", args=[number]) + f"?root={past.own.root.pk}").content.decode()
    assert (past.closed.name in now) is False
    url = reverse("reports:annex_download", args=[number, "xlsx"])
    file = client.post(url, {"root": past.own.root.pk, "on": "2026-09-10"})
    words = {
        str(cell.value)
        for sheet in load_workbook(io.BytesIO(b"".join(file.streaming_content))).worksheets
        for row in sheet
        for cell in row
    }
    assert any("2026年9月10日" in word for word in words)
    assert (past.closed.name in words) is (number in (1, 4))  # annex 1 brings the rows behind its numbers


def test_who_looked_after_a_household_on_a_day(past, signed_in):
    client = signed_in(past.secretary)
    then = page(client, "grids:node_then", past.moved.pk)
    names = [(link.kind, link.pk, [head.name for head in link.heads]) for link in then.context["chain"]]
    own = past.own
    assert [row[:2] for row in names] == [
        ("household", past.moved.pk), ("member", own.members[0].pk), ("hub", own.hubs[0].pk),
        ("group", own.groups[0].pk), ("grid", own.grids[0].pk), ("branch", own.root.pk),
    ]  # fmt: skip
    assert names[3][2] == [past.group_leader.person.name]
    now = client.get(reverse("grids:node_then", args=[past.moved.pk]))
    assert now.context["chain"][1].pk == own.members[-1].pk
    assert now.context["chain"][3].heads == ()
    assert page(client, "grids:node_then", past.new.pk).status_code == 404
    assert page(client, "grids:node_then", past.other.households[0].pk).status_code == 404


def test_a_day_before_everything_says_so(past, signed_in):
    shown = page(signed_in(past.clerk), "grids:tree", on="2026-08-01").content.decode()
    assert "2026-08-01 还没有登记" in shown
    assert "2026-09-02" in shown
    empty = factories.UserFactory(township=factories.TownshipFactory())
    assert "没有任何登记" in page(signed_in(empty), "grids:tree", on="2026-08-01").content.decode()


@pytest.mark.parametrize("on", ["2099-01-01", "昨天", "2026-13-01"])
def test_a_senseless_day_is_the_present(past, signed_in, on):
    answer = page(signed_in(past.clerk), "grids:node_list", "household", on=on, village=past.own.root.pk)
    assert answer.status_code == 200
    assert "新户" in {line["row"]["name"] for line in answer.context["rows"]}
    assert "下面是现在的情况" in answer.content.decode()


def test_no_seat_sees_more_in_the_past(past, signed_in):
    assert page(signed_in(past.auditor), "grids:tree").status_code == 403
    assert page(signed_in(past.group_leader), "grids:tree").status_code == 403  # a post that ended today
    shown = page(signed_in(past.other_secretary), "grids:node_list", "household").context["rows"]
    assert {line["row"]["name"] for line in shown} == {node.name for node in past.other.households}
    assert Township.objects.count() == 1


def test_queries_do_not_grow_with_rows(past, signed_in):
    client = signed_in(past.clerk)
    url = "grids:node_list"
    page(client, url, "household")
    numbers = []
    for name in ("丙村", "丁村"):
        with CaptureQueriesContext(connection) as met:
            page(client, url, "household")
        numbers.append(len(met))
        factories.village(past.township, name, households=9)
        age(60)
    assert numbers[0] == numbers[1]
