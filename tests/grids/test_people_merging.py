"""One person entered twice: warned of while typing, listed in pairs, merged with all that hangs on both."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grids.actions.merging_people import merge_people, why_not
from grids.actions.nodes import close_node
from grids.actions.undo import undo
from grids.choices import CloseReason, Kind, Role
from grids.imports.planning.held import read_people
from grids.models import Node, Person, Post
from grids.queries.changes import history_of
from grids.queries.duplicates import pairs, twins_of
from liaison.choices import Level
from liaison.models import Contact
from tests import factories
from township import history
from township.accounts.queries import people_named
from township.choices import OfficeRole
from township.models import Action

DAY = date(2026, 9, 16)


def person(town, name="单晓霞", phone="", root=True, **kwargs):
    home = town.own.root if root is True else root
    return factories.PersonFactory(township=town.township, root=home, name=name, phone=phone, **kwargs)


def merge(town, keep, drop, **kwargs):
    return merge_people(keep=keep, drop=drop, by=kwargs.pop("by", town.clerk), **kwargs)


# --- warned of --------------------------------------------------------------------------------------


def likeness(town, user=None, **kwargs):
    asked = {"name": "单晓霞", "phone": "", "root_id": town.own.root.pk, "on": DAY} | kwargs
    return [(twin.pk, twin.strength) for twin in twins_of(user or town.clerk, **asked)]


def test_the_same_name_in_the_branch_is_a_note_and_the_same_tail_a_warning(town):
    bare, same = person(town), person(town, phone="13900001234")
    found = likeness(town, phone="13711111234")
    assert found == [(same.pk, "strong"), (bare.pk, "note")]


def test_the_same_name_elsewhere_counts_only_with_the_phone(town):
    other = person(town, phone="13900001234", root=town.other.root)
    assert likeness(town) == []
    assert likeness(town, phone="13800001234") == [(other.pk, "strong")]


def test_nobody_is_told_of_people_out_of_sight(town):
    person(town, phone="13900001234", root=town.other.root)
    assert likeness(town, town.secretary, phone="13900001234") == []


def test_the_warning_costs_two_queries_however_many_people(town):
    for number in range(30):
        person(town, phone=f"139{number:08d}")
    list(twins_of(town.clerk, name="甲", phone="", root_id=None, on=DAY))
    with CaptureQueriesContext(connection) as queries:
        found = likeness(town)
    assert (len(queries), len(found)) == (2, 5)


def test_the_partial_lists_the_namesake_while_one_types(town, signed_in):
    person(town, phone="13900001234")
    url = reverse("grids:person_twins")
    page = signed_in(town.clerk).get(
        url, {"name": "单晓霞", "phone": "13711111234", "root": town.own.root.pk}
    )
    assert "很可能是同一人" in page.text
    assert "<html" not in page.text
    assert "确认不是同一人" not in signed_in(town.clerk).get(url, {"name": "没有人", "phone": "x"}).text


FORMS = {
    "person": lambda town: (reverse("grids:person_add"), {"root": town.own.root.pk}),
    "member": lambda town: (
        reverse("grids:node_add") + f"?kind=member&parent={town.own.hubs[0].pk}",
        {"standing": "full", "takes_part": "on"},
    ),
    "post": lambda town: (
        reverse("grids:post_add") + f"?node={town.own.groups[0].pk}",
        {"node": town.own.groups[0].pk, "role": Role.GROUP_LEADER, "since": "2026-09-16"},
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_without_javascript_asks_once_and_then_believes(town, signed_in, form):
    person(town, phone="13900001234")
    url, data = FORMS[form](town)
    data |= {"name": "单晓霞", "phone": "13711111234"}
    client = signed_in(town.clerk)
    first = client.post(url, data)
    assert "确认不是同一人" in first.text
    assert Person.objects.filter(name="单晓霞").count() == 1
    assert client.post(url, data | {"not_same": "on"}).status_code == 302
    assert Person.objects.filter(name="单晓霞").count() == 2


def test_changing_something_else_of_a_namesake_asks_nothing(town, signed_in):
    person(town, phone="13900001234")
    second = person(town, phone="13711112222")
    url = reverse("grids:person_edit", args=[second.pk])
    client = signed_in(town.clerk)
    seen = client.get(url).context["form"].initial["seen"]
    data = {"name": "单晓霞", "phone": "13711112222", "root": town.own.root.pk, "seen": seen}
    assert client.post(url, data).status_code == 302


# --- the list ---------------------------------------------------------------------------------------


def test_pairs_come_with_the_likely_first_and_the_unlikely_only_when_asked(town):
    sure = [person(town, "王一", "13900001234"), person(town, "王一", "13800001234")]
    bare = [person(town, "李二", "13900005678"), person(town, "李二")]
    person(town, "赵三", "13900001111")
    person(town, "赵三", "13900002222")
    found = pairs(town.clerk, village=None, everything=False)
    assert [{pair.first.pk, pair.second.pk} for pair in found] == [{p.pk for p in sure}, {p.pk for p in bare}]
    assert len(pairs(town.clerk, village=None, everything=True)) == 3
    assert pairs(town.clerk, village=town.other.root.pk, everything=True) == []
    assert pairs(town.other_secretary, village=None, everything=True) == []


def test_the_member_is_the_one_to_keep(town):
    member = town.own.people[0]
    person(town, member.name, f"137{member.phone[3:]}")
    (pair,) = pairs(town.clerk, village=None, everything=False)
    assert pair.first.pk == member.pk


def test_the_list_costs_the_same_for_a_hundred_pairs_as_for_one(town, signed_in):
    client, url = signed_in(town.clerk), reverse("grids:duplicates")

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    person(town), person(town, phone="13900001234")
    count()
    few = count()
    for number in range(100):
        person(town, f"人{number}某"), person(town, f"人{number}某", f"139{number:08d}")
    assert count() == few


# --- merging ----------------------------------------------------------------------------------------


def test_all_goes_over_and_the_emptied_record_keeps_its_history(town):
    keep, drop = person(town), person(town, phone="13900001234")
    account = factories.UserFactory(township=town.township, office_role=OfficeRole.BY_POST)
    drop.user = account
    drop.save()
    post = factories.appoint(drop, Role.GRID_STAFF, town.own.grids[0])
    contact = Contact.objects.create(
        township=town.township, level=Level.COMMITTEE, holder=drop, target=town.own.groups[0]
    )
    before = Action.objects.count()
    merge(town, keep, drop, theirs=["phone"], reason="录了两次")
    assert Action.objects.count() == before + 1
    for row in (keep, drop, post, contact):
        row.refresh_from_db()
    assert (keep.phone, keep.user, post.person, contact.holder) == ("13900001234", account, keep, keep)
    assert (drop.merged_into, drop.user, drop.name, drop.phone) == (keep, None, "单晓霞", "13900001234")
    act = Action.objects.latest("pk")
    assert act.title == "合并人员"
    assert {row.history.first().action_id for row in (keep, drop, post, contact)} == {act.pk}


def test_a_place_as_a_member_goes_over_and_takes_the_name(town):
    keep, drop = person(town, "单晓霞"), town.own.people[0]
    merge(town, keep, drop)
    node = Node.objects.get(member_profile__person=keep)
    assert (node.pk, node.name, node.initials.split()[0]) == (town.own.members[0].pk, "单晓霞", "sxx")


def test_a_post_that_both_hold_goes_on_once_from_the_earlier_day(town):
    keep, drop = person(town), person(town, phone="13900001234")
    kept = factories.appoint(keep, Role.GRID_STAFF, town.own.grids[0], since=date(2026, 9, 1))
    factories.appoint(drop, Role.GRID_STAFF, town.own.grids[0], since=date(2026, 3, 1))
    for holder in (keep, drop):
        Contact.objects.create(
            township=town.township, level=Level.COMMITTEE, holder=holder, target=town.own.groups[0]
        )
    merge(town, keep, drop)
    assert Post.objects.get(person=keep, until=None) == kept
    assert Post.objects.get(pk=kept.pk).since == date(2026, 3, 1)
    assert Post.objects.filter(person=keep).count() == 2
    assert Contact.objects.filter(holder=keep, until=None).count() == 1


def test_the_emptied_record_stands_on_no_list(town, signed_in):
    keep, drop = person(town), person(town, phone="13900001234")
    merge(town, keep, drop)
    client = signed_in(town.clerk)
    account = factories.UserFactory(township=town.township, office_role=OfficeRole.BY_POST)
    choices = [
        client.get(reverse("grids:post_add") + f"?node={town.own.groups[0].pk}"),
        client.get(reverse("grids:node_add") + f"?kind=member&parent={town.own.hubs[0].pk}"),
    ]
    found = {
        "list": [row["pk"] for row in client.get(reverse("grids:people")).context["rows"]],
        "search": [
            one.pk
            for one in (keep, drop)
            if one.get_absolute_url() in client.get(reverse("grids:search"), {"q": "单晓霞"}).text
        ],
        "import": [held.pk for held in read_people(town.township)["单晓霞"]],
        "accounts": [one.pk for one in people_named(account, "单晓霞")],
        "twins": [
            twin.pk for twin in twins_of(town.clerk, name="单晓霞", phone="", root_id=keep.root_id, on=DAY)
        ],
        "choices": [one.pk for page in choices for one in page.context["form"].fields["person"].queryset],
    }
    assert {name for name, pks in found.items() if drop.pk in pks} == set()
    assert {name for name, pks in found.items() if keep.pk not in pks} == set()
    page = client.get(drop.get_absolute_url())
    assert keep.get_absolute_url() in page.text
    assert drop.get_absolute_url() in client.get(keep.get_absolute_url()).text
    assert client.get(reverse("grids:person_edit", args=[drop.pk])).status_code == 404


def test_the_number_of_an_emptied_record_is_free_again(town):
    keep, drop = person(town), person(town, phone="13900001234")
    merge(town, keep, drop)
    assert person(town, phone="13900001234").pk


def test_two_members_are_refused_until_one_is_closed(town):
    keep, drop = town.own.people[:2]
    with pytest.raises(ValidationError, match="都是在册党员"):
        merge(town, keep, drop)
    closed = close_node(
        node=town.own.members[1], on=DAY, close_reason=CloseReason.MISTAKE, below="release", by=town.clerk
    )
    assert "换成保留在册" in why_not(drop, keep)
    merge(town, keep, drop)
    assert Node.objects.get(member_profile__person=keep).closed_on is None
    assert Node.objects.get(member_profile__person=drop) == closed


def test_two_accounts_are_refused_in_words(town):
    keep, drop = person(town), person(town, phone="13900001234")
    for one in (keep, drop):
        one.user = factories.UserFactory(township=town.township, office_role=OfficeRole.BY_POST)
        one.save()
    with pytest.raises(ValidationError, match="系统管理员先解除"):
        merge(town, keep, drop)


def test_one_record_merges_once_and_not_with_itself(town):
    keep, drop = person(town), person(town, phone="13900001234")
    with pytest.raises(ValidationError):
        merge(town, keep, keep)
    merge(town, keep, drop)
    with pytest.raises(ValidationError, match="已经合并过"):
        merge(town, keep, drop)


def test_an_account_reaches_no_post_that_the_merger_could_not_give(town):
    """A secretary who could merge a person with a post elsewhere would get that place's rights."""
    keep, drop = person(town), person(town, phone="13900001234")
    factories.appoint(keep, Role.SECRETARY, town.other.root)
    with pytest.raises(PermissionDenied):
        merge(town, keep, drop, by=town.secretary)
    with pytest.raises(PermissionDenied):
        merge(town, drop, keep, by=town.secretary)
    with pytest.raises(PermissionDenied):
        merge(town, person(town, "甲某"), person(town, "乙某"), by=town.other_secretary)


def test_the_page_compares_and_merges(town, signed_in):
    keep, drop = person(town), person(town, phone="13900001234", root=town.other.root)
    client = signed_in(town.clerk)
    url = reverse("grids:person_merge", args=[keep.pk])
    assert reverse("grids:person_merge", args=[keep.pk]) in client.get(keep.get_absolute_url()).text
    form = client.get(f"{url}?with={drop.pk}").context["form"]
    assert [name for name in form.fields if name in ("name", "phone", "root")] == ["phone", "root"]
    assert form.fields["phone"].initial == "drop"
    data = {"phone": "drop", "root": "keep"}
    assert "请先核实" in client.post(f"{url}?with={drop.pk}", data).text
    assert client.post(f"{url}?with={drop.pk}", data | {"sure": "on"}).status_code == 302
    keep.refresh_from_db()
    assert (keep.phone, keep.root) == ("13900001234", town.own.root)


def test_the_other_record_is_found_by_search_too(town, signed_in):
    keep, other = person(town), person(town, "单小霞")
    url = reverse("grids:person_merge", args=[keep.pk])
    page = signed_in(town.clerk).get(url, {"q": "单小霞"})
    assert f"{url}?with={other.pk}" in page.text


def test_a_merge_counts_nobody_twice(town):
    members = Node.objects.filter(kind=Kind.MEMBER, closed_on=None).count()
    merge(town, town.own.people[0], person(town, town.own.people[0].name))
    assert Node.objects.filter(kind=Kind.MEMBER, closed_on=None).count() == members


@pytest.mark.parametrize("kept_first", [True, False])
def test_a_merge_is_taken_back_with_account_phone_posts_and_contacts(town, kept_first):
    keep = person(town) if kept_first else None
    drop = person(town, "单晓侠", phone="13900001234")
    keep = keep or person(town)
    drop.user = factories.UserFactory(township=town.township, office_role=OfficeRole.BY_POST)
    drop.save()
    history.save(drop, by=None)
    post = factories.appoint(drop, Role.GRID_STAFF, town.own.grids[0])
    kept = factories.appoint(keep, Role.GRID_STAFF, town.own.grids[0], since=date(2026, 9, 2))
    contact = Contact.objects.create(
        township=town.township, level=Level.COMMITTEE, holder=drop, target=town.own.groups[0]
    )
    before = [list(model.objects.order_by("pk").values()) for model in (Person, Post, Contact)]
    merge(town, keep, drop, theirs=["phone", "name"])
    assert (
        Post.objects.get(pk=post.pk).person == Post.objects.get(pk=kept.pk).person == contact_holder(contact)
    )
    undo(action=Action.objects.latest("pk"), by=town.clerk)
    assert [list(model.objects.order_by("pk").values()) for model in (Person, Post, Contact)] == before


def contact_holder(contact):
    return Contact.objects.get(pk=contact.pk).holder


def test_the_history_of_a_post_still_names_the_emptied_record(town):
    keep, drop = person(town, "单晓霞"), person(town, "单小霞")
    post = factories.appoint(drop, Role.GRID_STAFF, town.own.grids[0])
    history.save(post, by=None)
    merge(town, keep, drop)
    told = [field for change in history_of(town.clerk, town.own.grids[0]) for field in change.fields]
    assert ("单小霞", "单晓霞") in [(field.old, field.new) for field in told]


def test_a_member_s_village_is_that_of_the_place_whatever_was_chosen(town, signed_in):
    keep, drop = person(town, root=town.other.root), town.own.people[0]
    url = reverse("grids:person_merge", args=[keep.pk]) + f"?with={drop.pk}"
    assert "root" not in signed_in(town.clerk).get(url).context["form"].fields
    merge(town, keep, drop)
    keep.refresh_from_db()
    assert keep.root == town.own.root
