"""Who sees and may do what hangs on the posts held today, read anew with each request."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from grids import access
from grids.access import Right, Seat
from grids.choices import Role
from grids.models import HouseholdProfile, Node, Person, Post, VillagerGroup
from liaison.models import Contact
from tests import factories
from township.choices import OfficeRole
from township.models import User


def fresh(user: User) -> User:
    """As the next request reads it."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("since", "until", "seat"),
    [
        (-30, None, Seat.SECRETARY),
        (0, None, Seat.SECRETARY),
        (1, None, Seat.NOBODY),
        (-30, 1, Seat.SECRETARY),
        (-30, 0, Seat.NOBODY),
        (-30, -1, Seat.NOBODY),
    ],
)
def test_a_post_counts_from_its_first_day_to_the_day_before_its_end(town, since, until, seat):
    today = localdate()
    Post.objects.filter(person__user=town.secretary).update(
        since=today + timedelta(since), until=None if until is None else today + timedelta(until)
    )
    assert access.seat_of(fresh(town.secretary)) == seat
    assert Node.objects.visible_to(fresh(town.secretary)).exists() == (seat == Seat.SECRETARY)


def test_a_post_that_ended_yesterday_opens_nothing_today(town, signed_in):
    client = signed_in(town.secretary)
    page = town.own.households[0].get_absolute_url()
    assert client.get(page).status_code == 200
    Post.objects.filter(person__user=town.secretary).update(until=localdate() - timedelta(1))
    assert client.get(page).status_code == 404
    assert client.get(reverse("grids:tree")).status_code == 403


def test_a_clerk_made_auditor_is_out_of_the_roster_with_the_next_request(town, signed_in):
    client = signed_in(town.clerk)
    page = town.own.households[0].get_absolute_url()
    assert client.get(page).status_code == 200
    User.objects.filter(pk=town.clerk.pk).update(office_role=OfficeRole.AUDITOR)
    assert client.get(page).status_code == 404
    assert client.post(page + "edit/").status_code == 404


def test_a_closed_place_gives_its_holder_nothing(town):
    Node.objects.filter(pk=town.own.root.pk).update(closed_on=date(2026, 9, 2), close_reason="merged")
    assert access.seat_of(fresh(town.secretary)) == Seat.NOBODY


def test_an_inactive_account_has_no_scope_even_where_it_still_has_an_object(town):
    town.clerk.is_active = False
    assert access.scope_of(town.clerk).seat == Seat.NOBODY
    assert not Node.objects.visible_to(town.clerk).exists()


@pytest.mark.parametrize("model", [Node, Person, Post, VillagerGroup, HouseholdProfile, Contact])
def test_an_office_sees_nothing_of_another_township(town, model):
    far = factories.village(factories.TownshipFactory(), "丙村")
    for user in (town.clerk, town.leader, town.secretary, town.group_leader):
        seen = set(model.objects.visible_to(user).values_list("pk", flat=True))
        theirs = set(
            model.objects.visible_to(factories.UserFactory(township=far.root.township)).values_list(
                "pk", flat=True
            )
        )
        assert seen.isdisjoint(theirs)


def test_deputy_secretaries_edit_and_committee_members_read(town):
    for role, may in ((Role.DEPUTY_SECRETARY, True), (Role.COMMITTEE, False), (Role.INSTRUCTOR, False)):
        user = factories.UserFactory(township=town.township, office_role=OfficeRole.BY_POST)
        person = factories.PersonFactory(township=town.township, root=town.own.root, user=user)
        factories.appoint(person, role, town.own.root)
        assert access.may(user, Right.EDIT_ROSTER) is may
        assert access.may_edit(user, town.own.households[0]) is may
        assert not access.may_edit(user, town.other.households[0])
