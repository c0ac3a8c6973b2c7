"""Posts with their terms, sources and duties: the actions, the forms, the lists and their exports."""

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import load_workbook

from grids.actions import people as actions
from grids.choices import Kind, PostSource, Role
from grids.duties import DUTIES, SOURCES, term_state, term_words
from grids.forms.people import PostEditForm, PostForm
from grids.models import Person, Post
from grids.queries.handover import people_to_choose
from grids.queries.people import PeopleQuery, people_of_village, people_rows, post_places, post_rows
from grids.queries.people import people as people_found
from grids.queries.people import posts as posts_found
from grids.queries.terms import term_of_committee, terms
from liaison.choices import Level
from liaison.models import Contact
from tests import factories
from township.models import Action

DAY = date(2026, 9, 16)


def form_at(town, node, user=None):
    user = user or town.clerk
    return PostForm(
        user=user,
        places=post_places(user, node.root_id),
        people=people_of_village(user, node.root_id),
        node=node,
        root_id=node.root_id,
    )


def offered(form):
    """All values of the source field."""
    pairs = form.fields["source"].choices
    return {v for value, label in pairs for v in ([value] if isinstance(label, str) else dict(label))} - {""}


def appoint(town, role, node, **kwargs):
    person = kwargs.pop("person", None) or factories.PersonFactory(township=town.township, root=town.own.root)
    return actions.appoint(person=person, role=role, node=node, since=DAY, by=town.clerk, **kwargs)


def test_every_post_has_duties_that_fit_its_column():
    longest = Post._meta.get_field("duties").max_length
    assert set(DUTIES) == set(Role)
    assert [role for role, text in DUTIES.items() if not text or len(text) > longest] == []


def test_r16_and_r18_share_out_all_sources():
    assert [source for sources in SOURCES.values() for source in sources] == list(PostSource)


def test_a_branch_offers_the_secretary_s_sources_a_group_the_leader_s_and_a_hub_none(town):
    assert offered(form_at(town, town.own.root)) == set(SOURCES[Role.SECRETARY])
    assert offered(form_at(town, town.own.groups[0])) == set(SOURCES[Role.GROUP_LEADER])
    assert form_at(town, town.own.hubs[0])["source"].is_hidden


@pytest.mark.parametrize(
    ("role", "source"),
    [(Role.GROUP_LEADER, PostSource.CADRE), (Role.HUB_HEAD, PostSource.VETERAN)],
)
def test_a_source_that_does_not_fit_the_post_is_refused(town, role, source):
    node = town.own.groups[0] if role == Role.GROUP_LEADER else town.own.hubs[0]
    with pytest.raises(ValidationError) as refused:
        appoint(town, role, node, source=source)
    assert "source" in refused.value.message_dict


def test_the_correcting_form_refuses_a_source_that_does_not_fit(town):
    post = appoint(town, Role.HUB_HEAD, town.own.hubs[0])
    form = PostEditForm({"source": PostSource.VETERAN}, post=post)
    assert form.errors["source"] == ["中心户（示范岗）负责人不用填来源；来源只对书记和党小组长填写。"]


def test_the_office_sends_its_own_people_and_a_secretary_does_not_see_them(town):
    cadre = factories.PersonFactory(township=town.township, root=None)
    assert cadre in form_at(town, town.own.root).fields["person"].queryset
    assert cadre not in form_at(town, town.own.root, town.secretary).fields["person"].queryset


def test_namesakes_are_told_apart_where_one_of_them_is_chosen(town):
    one, other = (
        factories.PersonFactory(root=town.own.root, township=town.township, name="姚天祥", phone=phone)
        for phone in ("19900000021", "")
    )
    labels = dict(form_at(town, town.own.root).fields["person"].choices)
    assert [labels[row.pk] for row in (one, other)] == ["姚天祥（电话尾号0021）", "姚天祥（没有登记电话）"]
    handed = dict(people_to_choose(town.clerk, town.own.people[0]))
    assert handed[one.pk] == "姚天祥（电话尾号0021）"
    assert handed[town.own.people[1].pk] == town.own.people[1].name


def test_a_new_instructor_sent_by_the_office_belongs_to_the_township(town, signed_in):
    data = {"node": town.own.root.pk, "role": Role.INSTRUCTOR, "name": "何指导", "since": "2026-09-16"}
    url = reverse("grids:post_add") + f"?node={town.own.root.pk}"
    assert signed_in(town.clerk).post(url, data).status_code == 302
    assert Person.objects.get(name="何指导").root is None


def test_a_term_ends_after_it_began(town):
    with pytest.raises(ValidationError, match="任期届满"):
        appoint(town, Role.SECRETARY, town.own.root, term_until=DAY)


def test_a_by_elected_member_is_offered_the_committee_s_term(town, signed_in):
    appoint(town, Role.ORGANISATION, town.own.root, term_until=date(2029, 1, 31))
    assert term_of_committee(town.own.root.pk) == date(2029, 1, 31)
    page = signed_in(town.clerk).get(reverse("grids:post_add") + f"?node={town.own.root.pk}")
    assert 'value="2029-01-31"' in page.text


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (-1, "past", "已届满 1 天"),
        (0, "past", "今天届满"),
        (1, "soon", "1 天后届满"),
        (60, "soon", "60 天后届满"),
        (61, "", ""),
    ],
)
def test_a_term_warns_sixty_days_ahead(days, state, words):
    until = DAY + timedelta(days=days)
    assert (term_state(until, DAY), term_words(until, DAY)) == (state, words)


@pytest.fixture
def termed(town):
    """One post of each state, all held on DAY."""
    roles = {"past": Role.ORGANISATION, "soon": Role.PUBLICITY, "": Role.DISCIPLINE, "unknown": Role.YOUTH}
    days = {"past": 0, "soon": 30, "": 400}
    made = {}
    for state, role in roles.items():
        until = DAY + timedelta(days=days[state]) if state in days else None
        person = factories.PersonFactory(township=town.township, root=town.own.root)
        made[state] = Post.objects.create(
            township=town.township,
            person=person,
            node=town.own.root,
            role=role,
            since=date(2026, 1, 1),
            term_until=until,
        )
    return made


@pytest.mark.parametrize("state", ["past", "soon"])
def test_posts_and_people_are_filtered_by_term(town, termed, state):
    query = PeopleQuery(term=state)
    assert list(posts_found(town.clerk, query, on=DAY)) == [termed[state]]
    assert list(people_found(town.clerk, query, on=DAY)) == [termed[state].person]


def test_the_warning_counts_what_the_filters_show(town, termed):
    counted = terms(town.clerk, on=DAY)
    for state in ("past", "soon", "unknown"):
        assert posts_found(town.clerk, PeopleQuery(term=state), on=DAY).count() == getattr(counted, state)
    assert (counted.past, counted.soon) == (1, 1)
    assert terms(town.other_secretary, on=DAY).past == 0


def test_rows_show_since_term_and_duties(town, termed):
    rows = post_rows(town.clerk, posts_found(town.clerk, PeopleQuery(term="past"), on=DAY), on=DAY)
    assert [(row["term"], row["term_state"], row["duties"]) for row in rows] == [
        ("今天届满", "past", DUTIES[Role.ORGANISATION])
    ]
    people = people_rows(town.clerk, people_found(town.clerk, PeopleQuery(term="soon"), on=DAY), on=DAY)
    assert people[0]["posts"] == "甲村党支部 宣传委员（2026-01-01 起，30 天后届满）"


def test_an_ended_post_warns_of_no_term(town, termed):
    Post.objects.filter(pk=termed["past"].pk).update(until=DAY)
    rows = post_rows(town.clerk, posts_found(town.clerk, PeopleQuery(state="ended"), on=DAY), on=DAY)
    assert [(row["term"], row["term_until"]) for row in rows] == [("", DAY)]


@pytest.mark.parametrize("view", ["grids:people", "grids:posts"])
def test_the_export_holds_exactly_the_filtered_rows(town, signed_in, view):
    person = factories.PersonFactory(township=town.township, root=town.own.root, name="任到期")
    appoint(town, Role.YOUTH, town.own.root, person=person, term_until=localdate() + timedelta(days=9))
    response = signed_in(town.clerk).get(reverse(view) + "?term=soon&export=xlsx")
    cells = [row for row in load_workbook(io.BytesIO(response.content)).active.values if any(row)]
    titles = next(number for number, row in enumerate(cells) if "姓名" in row)
    assert [row[cells[titles].index("姓名")] for row in cells[titles + 1 :]] == ["任到期"]


def test_a_post_is_corrected_with_history_and_only_where_one_may(town):
    post = appoint(town, Role.GROUP_LEADER, town.own.groups[0])
    changed = actions.change_post(
        post=post,
        data={"duties": "看好水渠", "source": PostSource.VETERAN, "term_until": date(2031, 9, 16)},
        by=town.secretary,
        reason="换届",
    )
    assert (changed.duty_text, changed.source) == ("看好水渠", PostSource.VETERAN)
    last = changed.history.first()
    assert (last.term_until, last.history_change_reason, last.history_user) == (
        date(2031, 9, 16),
        "换届",
        town.secretary,
    )
    with pytest.raises(PermissionDenied):
        actions.change_post(post=post, data={"duties": ""}, by=town.other_secretary)


def test_the_post_s_page_changes_it_and_refuses_a_stale_form(town, signed_in):
    post = appoint(town, Role.GROUP_LEADER, town.own.groups[0])
    client, url = signed_in(town.clerk), reverse("grids:post_edit", args=[post.pk])
    seen = client.get(url).context["form"].initial["seen"]
    data = {
        "since": "2026-09-16",
        "term_until": "2031-09-15",
        "source": "veteran",
        "duties": "",
        "seen": seen,
    }
    assert client.post(url, data).status_code == 302
    post.refresh_from_db()
    assert (post.term_until, post.duty_text) == (date(2031, 9, 15), DUTIES[Role.GROUP_LEADER])
    again = client.post(url, data | {"duties": "另一个人的改动"})
    assert again.status_code == 200
    assert "别人改过" in again.text


def test_the_person_s_page_shows_all_posts_with_term_and_duties(town, signed_in):
    person = factories.PersonFactory(township=town.township, root=town.own.root)
    appoint(town, Role.YOUTH, town.own.root, person=person, term_until=localdate() + timedelta(days=9))
    appoint(town, Role.GRID_STAFF, town.own.grids[0], person=person, duties="管东边三条巷")
    page = signed_in(town.clerk).get(person.get_absolute_url()).text
    for said in ("9 天后届满", DUTIES[Role.YOUTH], "管东边三条巷", Kind.GRID.label):
        assert said in page


def test_the_form_names_the_present_holder_and_offers_to_take_over(town, signed_in):
    post = appoint(town, Role.GROUP_LEADER, town.own.groups[1])
    client = signed_in(town.clerk)
    page = client.get(reverse("grids:post_add") + f"?node={town.own.groups[1].pk}")
    assert f"现任：党小组长 {post.person.name}" in page.text
    assert page.context["form"]["replace"].initial is True
    empty = client.get(reverse("grids:post_add") + f"?node={town.own.hubs[0].pk}")
    assert "现在没有人任职" in empty.text


def test_who_may_only_read_sees_the_contacts_of_a_person(town, signed_in):
    contact = Contact.objects.create(
        township=town.township,
        level=Level.COMMITTEE,
        holder=factories.PersonFactory(township=town.township, root=town.own.root),
        target=town.own.groups[0],
    )
    page = signed_in(town.leader).get(contact.holder.get_absolute_url())
    assert f"包挂 {town.own.groups[0]}" in page.text


def test_the_committee_s_term_is_written_once_for_all_without_one(town, signed_in):
    first, second, other = (
        appoint(town, role, town.own.root) for role in (Role.ORGANISATION, Role.PUBLICITY, Role.YOUTH)
    )
    leader = appoint(town, Role.GROUP_LEADER, town.own.groups[0])
    Post.objects.filter(pk=other.pk).update(term_until=date(2027, 1, 1))
    client, url = signed_in(town.clerk), reverse("grids:post_edit", args=[first.pk])
    form = client.get(url).context["form"]
    data = {"term_until": "2031-01-31", "whole_committee": "on", "seen": form.initial["seen"]}
    assert client.post(url, data).status_code == 302
    found = Post.objects.in_bulk([first.pk, second.pk, other.pk, leader.pk])
    assert [found[row.pk].term_until for row in (first, second, other, leader)] == [
        date(2031, 1, 31),
        date(2031, 1, 31),
        date(2027, 1, 1),
        None,
    ]
    assert second.history.first().action_id == first.history.first().action_id
    page = client.get(reverse("grids:post_edit", args=[leader.pk]))
    assert "whole_committee" not in page.context["form"].fields


def test_the_secretary_leads_the_committee_in_the_list(town):
    for role in (Role.DEPUTY_SECRETARY, Role.PUBLICITY, Role.SECRETARY):
        appoint(town, role, town.other.root)
    found = posts_found(town.clerk, PeopleQuery(village=town.other.root.pk), on=localdate())
    roles = [post.role for post in found if post.node_id == town.other.root.pk]
    assert roles.index(Role.DEPUTY_SECRETARY) > roles.index(Role.SECRETARY)
    assert roles.index(Role.PUBLICITY) > roles.index(Role.DEPUTY_SECRETARY)


def test_ending_a_post_offers_the_way_back(town, signed_in):
    post = appoint(town, Role.GROUP_LEADER, town.own.groups[1])
    client = signed_in(town.clerk)
    page = client.post(reverse("grids:post_end", args=[post.pk]), {"until": "2026-11-01"}, follow=True)
    action = Action.objects.latest("pk")
    assert reverse("grids:action", args=[action.pk]) in page.text
    assert action.title == "离任"
