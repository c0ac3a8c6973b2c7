"""Handing over: what is proposed and why, and that all of it is one action."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grids import tree
from grids.actions.handover import hand_over
from grids.actions.nodes import close_node
from grids.actions.undo import undo
from grids.choices import CloseReason, Kind, Role
from grids.holdings import KEEP, VACANT
from grids.models import MemberProfile, Node, Person, Post
from grids.queries.handover import holdings_of
from liaison.choices import Level
from liaison.models import Contact
from tests import factories
from township import history
from township.models import Action

DAY = date(2026, 9, 16)


@pytest.fixture
def leaver(town):
    """甲村's first member: hub head, group leader, committee member with one contact, two households."""
    person = town.own.people[0]
    factories.appoint(person, Role.HUB_HEAD, town.own.hubs[0])
    post = factories.appoint(person, Role.GROUP_LEADER, town.own.groups[0])
    post.term_until, post.duties = date(2029, 1, 31), "看好水渠"
    post.save()
    factories.appoint(person, Role.ORGANISATION, town.own.root)
    Contact.objects.create(
        township=town.township,
        level=Level.COMMITTEE,
        holder=person,
        target=town.own.groups[1],
        since=factories.SINCE,
    )
    return person


def held(town, person, user=None):
    return {item.key: item for item in holdings_of(user or town.clerk, person, on=DAY)}


def of_kind(items, prefix):
    return [item for key, item in items.items() if key.startswith(prefix)]


def place_of(town, person):
    return Node.objects.get(member_profile__person=person)


def households_of(node):
    return Node.objects.filter(parent=node, kind=Kind.HOUSEHOLD, closed_on=None)


def mates(town):
    """The leaver's group, without the leaver."""
    found = Person.objects.filter(
        membership__node__group=town.own.groups[0], membership__node__closed_on=None
    )
    return list(found.exclude(pk=town.own.people[0].pk).order_by("pk"))


def test_the_list_names_posts_households_and_contacts(town, leaver):
    items = held(town, leaver)
    assert [item.title for item in of_kind(items, "post")] == [
        Role.HUB_HEAD.label,
        Role.GROUP_LEADER.label,
        Role.ORGANISATION.label,
    ]
    assert len(of_kind(items, "household")) == households_of(place_of(town, leaver)).count() > 0
    assert [item.where for item in of_kind(items, "contact")] == [f"包挂 {town.own.groups[1]}"]


def test_a_member_of_the_same_group_is_proposed_with_the_reason(town, leaver):
    leading = next(i for i in of_kind(held(town, leaver), "post") if i.title == Role.GROUP_LEADER.label)
    assert leading.proposed in [mate.pk for mate in mates(town)]
    assert "同一党小组" in leading.proposal


def test_whoever_does_not_take_part_or_is_away_is_not_proposed(town, leaver):
    for mate in mates(town):
        MemberProfile.objects.filter(person=mate).update(takes_part=False)
    items = held(town, leaver)
    leading = next(i for i in of_kind(items, "post") if i.title == Role.GROUP_LEADER.label)
    assert (leading.proposed, leading.candidates) == (None, ())
    assert {item.proposed for item in of_kind(items, "household")} == {None}


def test_the_deputy_is_proposed_for_the_secretary(town):
    person, deputy = town.own.people[:2]
    factories.appoint(person, Role.SECRETARY, town.own.root)
    factories.appoint(town.own.people[2], Role.YOUTH, town.own.root)
    factories.appoint(deputy, Role.DEPUTY_SECRETARY, town.own.root)
    (item,) = of_kind(held(town, person), "post")
    assert item.proposed == deputy.pk
    assert "副书记" in item.candidates[0].why


def test_households_are_spread_and_nobody_is_proposed_beyond_the_band(town, leaver):
    node = place_of(town, leaver)
    for number in range(40):
        factories.node(Kind.HOUSEHOLD, f"新户{number}", node)
    items = of_kind(held(town, leaver), "household")
    for mate in mates(town):
        given = sum(item.proposed == mate.pk for item in items)
        assert households_of(place_of(town, mate)).count() + given <= 15
    assert items[-1].proposed is None
    assert "已满 15 户" in items[-1].proposal


def test_the_list_costs_the_same_for_forty_households_as_for_two(town, leaver):
    def count():
        with CaptureQueriesContext(connection) as queries:
            held(town, leaver)
        return len(queries)

    few = count()
    for number in range(40):
        factories.node(Kind.HOUSEHOLD, f"新户{number}", place_of(town, leaver))
    assert count() == few


def test_everything_is_handed_over_on_the_day_in_one_action(town, leaver):
    mate = mates(town)[0]
    node, went = place_of(town, leaver), list(households_of(place_of(town, leaver)))
    choices = dict.fromkeys(held(town, leaver), mate.pk)
    before = Action.objects.count()
    hand_over(
        person=leaver,
        choices=choices,
        on=DAY,
        by=town.clerk,
        close_reason=CloseReason.TRANSFERRED,
        reason="转出",
    )
    assert Action.objects.count() == before + 1
    act = Action.objects.latest("pk")
    assert (act.title, act.reason) == ("交接", "转出")
    assert set(Post.objects.filter(person=leaver).values_list("until", flat=True)) == {DAY}
    taken = Post.objects.get(person=mate, role=Role.GROUP_LEADER)
    assert (taken.since, taken.term_until, taken.duties) == (DAY, date(2029, 1, 31), "看好水渠")
    assert set(went) <= set(households_of(place_of(town, mate)))
    assert set(Contact.objects.values_list("holder", "since", "until")) == {
        (leaver.pk, factories.SINCE, DAY),
        (mate.pk, DAY, None),
    }
    node.refresh_from_db()
    assert (node.closed_on, node.close_reason) == (DAY, CloseReason.TRANSFERRED)
    assert tree.verify() == []
    rows = [*node.history.all()[:1], *taken.history.all()[:1], *Contact.objects.latest("pk").history.all()]
    assert {row.action_id for row in rows} == {act.pk}


def test_what_is_not_named_stays(town, leaver):
    key = of_kind(held(town, leaver), "contact")[0].key
    hand_over(person=leaver, choices={key: None}, on=DAY, by=town.clerk)
    assert Contact.objects.get().until == DAY
    assert Post.objects.filter(person=leaver, until=None).count() == 3
    assert place_of(town, leaver).closed_on is None


def test_households_left_vacant_wait_in_the_group(town, leaver):
    items = of_kind(held(town, leaver), "household")
    hand_over(person=leaver, choices={item.key: None for item in items}, on=DAY, by=town.clerk)
    assert Node.objects.filter(parent=town.own.groups[0], kind=Kind.HOUSEHOLD).count() == len(items)


def test_who_leaves_keeps_nothing(town, leaver):
    with pytest.raises(ValidationError, match="每一项"):
        hand_over(person=leaver, choices={}, on=DAY, by=town.clerk, close_reason=CloseReason.DECEASED)
    assert Post.objects.filter(person=leaver, until=None).count() == 3


def test_a_refusal_of_one_item_leaves_all_as_it_was(town, leaver):
    outsider = factories.PersonFactory(township=town.township, root=town.own.root)
    with pytest.raises(ValidationError, match="不在党员名册"):
        hand_over(
            person=leaver, choices=dict.fromkeys(held(town, leaver), outsider.pk), on=DAY, by=town.clerk
        )
    assert Post.objects.filter(person=leaver, until=None).count() == 3
    assert Contact.objects.get().until is None


def test_a_list_that_changed_meanwhile_is_refused(town, leaver):
    choices = dict.fromkeys(held(town, leaver))
    Contact.objects.update(until=DAY)
    with pytest.raises(ValidationError, match="有变化"):
        hand_over(person=leaver, choices=choices, on=DAY, by=town.clerk)


def test_only_editors_of_the_village_hand_over(town, leaver):
    for user in (town.other_secretary, town.leader, town.group_leader):
        with pytest.raises(PermissionDenied):
            hand_over(person=leaver, choices={}, on=DAY, by=user)


def test_closing_a_member_ends_the_contacts_too(town, leaver):
    close_node(
        node=place_of(town, leaver),
        on=DAY,
        close_reason=CloseReason.DECEASED,
        below="release",
        by=town.clerk,
    )
    contact = Contact.objects.get()
    assert contact.until == DAY
    assert contact.history.first().action_id == place_of(town, leaver).history.first().action_id


def test_closing_a_group_ends_the_contacts_that_point_to_it(town, leaver):
    close_node(
        node=town.own.grids[1], on=DAY, close_reason=CloseReason.DISSOLVED, below="close", by=town.clerk
    )
    assert Contact.objects.get().until == DAY


def test_the_page_offers_the_proposals_and_does_it(town, leaver, signed_in):
    client, url = signed_in(town.clerk), reverse("grids:person_handover", args=[leaver.pk])
    form = client.get(url).context["form"]
    data = {key: form[key].initial for key in form.fields if ":" in key}
    assert VACANT not in (data[item.key] for item in form.holdings if item.title == Role.HUB_HEAD.label)
    answer = client.post(url, data | {"on": "2026-09-16", "leaves": "", "reason": "外出务工"})
    assert answer.status_code == 302
    assert not Post.objects.filter(person=leaver, until=None).exists()


def test_all_households_go_to_one_when_one_is_chosen(town, leaver, signed_in):
    client, url = signed_in(town.clerk), reverse("grids:person_handover", args=[leaver.pk])
    mate = mates(town)[-1]
    went = list(households_of(place_of(town, leaver)))
    data = dict.fromkeys(held(town, leaver), KEEP)
    client.post(url, data | {"on": "2026-09-16", "leaves": "", "all_households": mate.pk})
    assert set(went) <= set(households_of(place_of(town, mate)))
    assert Post.objects.filter(person=leaver, until=None).count() == 3


def test_an_item_that_came_up_meanwhile_is_asked_for(town, leaver, signed_in):
    client, url = signed_in(town.clerk), reverse("grids:person_handover", args=[leaver.pk])
    data = dict.fromkeys(held(town, leaver), VACANT)
    factories.appoint(leaver, Role.GRID_STAFF, town.own.grids[0])
    answer = client.post(url, data | {"on": "2026-09-16", "leaves": ""})
    assert "清单在您打开以后有变化" in answer.text
    assert Post.objects.filter(person=leaver, until=None).count() == 4


def test_the_closing_page_leads_to_the_handover(town, leaver, signed_in):
    page = signed_in(town.clerk).get(reverse("grids:node_close", args=[place_of(town, leaver).pk]))
    assert reverse("grids:person_handover", args=[leaver.pk]) in page.text


def test_a_handover_is_taken_back_whole(town, leaver):
    for model in (Post, Contact):
        for row in model.objects.all():
            history.save(row, by=None)  # rows of the factories have no history yet

    def state():
        posts = Post.objects.order_by("pk").values_list("pk", "person", "role", "since", "until")
        nodes = Node.objects.order_by("pk").values_list("pk", "parent", "closed_on", "close_reason", "lft")
        return list(posts), list(nodes), list(Contact.objects.values_list("pk", "holder", "until"))

    before = state()
    hand_over(
        person=leaver,
        choices=dict.fromkeys(held(town, leaver), mates(town)[0].pk),
        on=DAY,
        by=town.clerk,
        close_reason=CloseReason.TRANSFERRED,
    )
    assert state() != before
    undo(action=Action.objects.latest("pk"), by=town.clerk)
    assert state() == before
    assert tree.verify() == []


def test_a_secretary_hands_over_the_village_s_things_and_not_the_office_s(town, leaver):
    factories.appoint(leaver, Role.TOWN_LEADER, None)
    contact = Contact.objects.create(
        township=town.township, level=Level.TOWN_LEADER, holder=leaver, target=town.own.root
    )
    mine, all_of_it = held(town, leaver, town.secretary), held(town, leaver)
    assert set(all_of_it) - set(mine) == {
        f"contact:{contact.pk}",
        f"post:{Post.objects.get(role=Role.TOWN_LEADER).pk}",
    }
    hand_over(person=leaver, choices=dict.fromkeys(mine), on=DAY, by=town.secretary)
    assert Contact.objects.get(pk=contact.pk).until is None


def test_a_town_leader_s_branch_goes_to_the_colleague_with_the_fewest(town):
    leaving, busy, idle = (factories.PersonFactory(township=town.township, root=None) for _ in range(3))
    for one in (leaving, busy, idle):
        factories.appoint(one, Role.TOWN_LEADER, None)
    for one, root in ((leaving, town.own.root), (busy, town.other.root)):
        Contact.objects.create(
            township=town.township, level=Level.TOWN_LEADER, holder=one, target=root, since=factories.SINCE
        )
    items = held(town, leaving)
    (contact,) = of_kind(items, "contact")
    assert (contact.proposed, contact.candidates[0].why) == (idle.pk, "乡领导，现包挂 0 个")
    hand_over(person=leaving, choices={contact.key: idle.pk}, on=DAY, by=town.clerk)
    assert Contact.objects.get(holder=idle).target == town.own.root
