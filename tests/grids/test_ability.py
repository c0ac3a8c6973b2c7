"""Who can serve: being a member is one matter, being able to take households another, and days decide."""

import io
from datetime import date, timedelta
from itertools import product

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from grids import tree
from grids.actions.nodes import change_node
from grids.actions.restoring import put_back
from grids.choices import AbsenceReason, Kind
from grids.forms.nodes import NodeForm
from grids.kinds import KINDS
from grids.models import MemberProfile, Node
from grids.queries.ability import able, part_words, unable
from grids.queries.counts import counts_for
from grids.queries.lists import ListQuery, listed, rows_of
from grids.registers.members import parse_part
from tests.factories import TownshipFactory, UserFactory, village
from tests.grids.imports.loading import load, row
from tests.worlds import remembered

TODAY = date(2026, 9, 16)
LEFT, BACK = date(2026, 9, 1), date(2026, 12, 1)
AWAY = {"takes_part": False, "absence_reason": AbsenceReason.AWAY, "absent_since": LEFT, "absent_until": BACK}
HERE = {"takes_part": True, "absence_reason": "", "absent_since": None, "absent_until": None}
DAYS = (None, *(TODAY + timedelta(days=n) for n in (-2, -1, 0, 1, 2)))


def facts(profile):
    return {name: getattr(profile, name) for name in HERE}


def give(profile, **given):
    for name, value in {**AWAY, **given}.items():
        setattr(profile, name, value)
    profile.full_clean()
    profile.save()
    return profile


@pytest.fixture
@remembered
def made(db):
    return village(TownshipFactory(), "甲村", groups=2, hubs=2, members=5, households=0)


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


@pytest.fixture
def profile(made):
    return made.members[0].member_profile


def as_form(profile, clerk, **typed):
    """The member's form as opened, with some fields typed over."""
    node = profile.node
    shown = NodeForm(kind=Kind.MEMBER, user=clerk, root_id=node.root_id, node=node, profile=profile)
    data = {field.name: field.field.prepare_value(field.value()) for field in shown}
    data = {name: value for name, value in {**data, **typed}.items() if value not in (None, False)}
    return NodeForm(data, kind=Kind.MEMBER, user=clerk, root_id=node.root_id, node=node, profile=profile)


# --- one rule, three ways of asking ----------------------------------------------------------------


def test_the_database_asks_just_as_the_profile_does(made):
    """Every order of the two days around today, with and without: able() and unable() are the two halves."""
    cases = [
        (since, until) for since, until in product(DAYS, DAYS) if not (since and until and until <= since)
    ]
    profiles = list(MemberProfile.objects.order_by("pk"))
    for start in range(0, len(cases), len(profiles)):
        for profile, (since, until) in zip(profiles, cases[start:], strict=False):
            give(profile, absent_since=since, absent_until=until)
        answers = {p.pk: p.can_serve(TODAY) for p in profiles}
        found = {ask: set(MemberProfile.objects.filter(ask(TODAY, "")).values_list("pk", flat=True))
                 for ask in (able, unable)}  # fmt: skip
        assert found[able] == {pk for pk, can in answers.items() if can}
        assert found[unable] == set(answers) - found[able]
        for profile in profiles:
            assert part_words(profile, TODAY)[0] == ("是" if answers[profile.pk] else "否")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (HERE, "是"),
        ({**AWAY}, "否（外出，至2026-12-01）"),
        ({**AWAY, "absent_until": None}, "否（外出）"),
        ({**AWAY, "absence_reason": ""}, "否（至2026-12-01）"),
        ({**HERE, "takes_part": False}, "否"),
        ({**AWAY, "absent_since": date(2026, 11, 1)}, "是（2026-11-01起外出）"),
        (
            {**AWAY, "absence_reason": AbsenceReason.OTHER, "absent_since": date(2026, 11, 1)},
            "是（2026-11-01起不参加）",
        ),
        ({**AWAY, "absent_since": None, "absent_until": TODAY}, "是（2026-09-16起恢复）"),
    ],
)
def test_words_of_an_absence_are_short_and_read_back_as_stored(given, words):
    assert part_words(MemberProfile(**given), TODAY) == words
    for text in (words, words.replace("（", "(").replace("）", ")")):
        assert parse_part(text) == ("是" if given["takes_part"] else "否")


# --- the page's form --------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["2026.12.1", "2026年12月1日", "2026/12/1", "20261201", "2026年12月"])
def test_a_day_is_read_in_the_usual_spellings(profile, clerk, typed):
    form = as_form(profile, clerk, takes_part=False, absence_reason="away", absent_until=typed)
    assert form.is_valid(), form.errors
    change_node(node=profile.node, data=form.facts(), by=clerk)
    profile.refresh_from_db()
    assert facts(profile) == {**AWAY, "absent_since": None}


def test_taking_part_again_ends_the_absence_with_its_reason_and_days(profile, clerk):
    form = as_form(give(profile), clerk, takes_part="on")
    assert form.is_valid(), form.errors
    change_node(node=profile.node, data=form.facts(), by=clerk)
    profile.refresh_from_db()
    assert facts(profile) == HERE


@pytest.mark.parametrize(
    ("absent", "typed", "wrong"),
    [
        (False, {"absence_reason": "away"}, "absence_reason"),
        (False, {"absent_since": "2026-09-01"}, "absent_since"),
        (True, {"takes_part": "on", "absent_until": "2027-01-01"}, "absent_until"),
        (True, {"absent_until": "2026-09-01"}, "absent_until"),
        (True, {"absent_since": "2026-02-30"}, "absent_since"),
    ],
)
def test_days_that_make_no_sense_are_refused_at_their_field(profile, clerk, absent, typed, wrong):
    form = as_form(give(profile) if absent else profile, clerk, **typed)
    assert not form.is_valid()
    assert list(form.errors) == [wrong]


def test_the_action_refuses_what_the_form_was_not_asked(profile, clerk):
    with pytest.raises(ValidationError, match="恢复要晚于起始"):
        change_node(node=profile.node, data={**AWAY, "absent_until": LEFT}, by=clerk)
    with pytest.raises(ValidationError, match="只在不参加联户时写"):
        change_node(node=profile.node, data={"absent_until": BACK}, by=clerk)


# --- where it shows ---------------------------------------------------------------------------------


def test_a_members_page_says_why_and_how_long(profile, clerk, client):
    give(profile, absent_since=date(2020, 1, 1), absent_until=date(2100, 1, 1))
    client.force_login(clerk)
    found = client.get(profile.node.get_absolute_url()).context["facts"]
    told = {fact.title: fact.value for fact in found}
    assert (told["参加联户"], told["未参加起始"], told["预计恢复"]) == (
        "否（外出，至2100-01-01）",
        "2020-01-01",
        "2100-01-01",
    )


def test_the_list_follows_the_day_and_so_does_its_filter(made, profile, clerk):
    give(profile)
    info = KINDS[Kind.MEMBER]

    def part(on):
        return {line["pk"]: line["part"] for line in rows_of(clerk, info, nodes, on=on)}[profile.node_id]

    nodes = Node.objects.filter(pk=profile.node_id)
    days = [LEFT - timedelta(days=1), LEFT, BACK - timedelta(days=1), BACK]
    away = "否（外出，至2026-12-01）"
    assert [part(day) for day in days] == ["是（2026-09-01起外出）", away, away, "是（2026-12-01起恢复）"]
    absent = [listed(clerk, info, ListQuery(state="absent"), on=day).count() for day in days]
    assert absent == [0, 1, 1, 0]


def test_a_list_export_says_the_same_words(profile, clerk, client):
    give(profile, absent_since=None, absent_until=None)
    client.force_login(clerk)
    data = client.get(reverse("grids:node_list", args=["member"]), {"export": "xlsx"}).content
    cells = [cell.value for line in openpyxl.load_workbook(io.BytesIO(data)).active for cell in line]
    assert cells.count("否（外出）") == 1


def test_whoever_is_away_or_floating_still_belongs_to_a_hub(made, clerk):
    """Able members only are given households; hubs, counts and unplaced members know all of them."""
    before = counts_for(made.hubs, on=TODAY)
    for profile in MemberProfile.objects.filter(node__in=made.members):
        give(profile, is_floating=True)
    assert counts_for(made.hubs, on=TODAY) == before
    assert {count.members for count in before.values()} == {5}
    info = KINDS[Kind.MEMBER]
    assert listed(clerk, info, ListQuery(state="unplaced"), on=TODAY).count() == 0
    loose = made.members[0]
    tree.move(node=loose, to=made.groups[0], by=clerk)
    assert [n.pk for n in listed(clerk, info, ListQuery(state="unplaced"), on=TODAY)] == [loose.pk]
    assert counts_for([made.root], on=TODAY)[made.root.pk].unplaced == 1
    tree.move(node=Node.objects.get(pk=loose.pk), to=made.hubs[1], by=clerk)
    assert counts_for(made.hubs, on=TODAY)[made.hubs[1].pk].members == 6


# --- the other ways in ------------------------------------------------------------------------------


def test_an_earlier_absence_is_put_back_and_taking_part_put_back_clears_it(profile, clerk):
    change_node(node=profile.node, data=AWAY, by=clerk)
    change_node(node=profile.node, data=HERE, by=clerk)
    before, absent = MemberProfile.history.filter(id=profile.pk).order_by("history_id").values()[:2]
    profile.refresh_from_db()
    put_back(row=profile, before=absent, fields=list(AWAY), by=clerk)
    profile.refresh_from_db()
    assert facts(profile) == AWAY
    put_back(row=profile, before=before, fields=["takes_part"], by=clerk)
    profile.refresh_from_db()
    assert facts(profile) == HERE


def test_a_roster_that_says_taking_part_ends_the_absence(db):
    township = TownshipFactory()
    load(township, row("一组", "白子龙户", "李平", "王一", takes_part=False))
    profile = give(MemberProfile.objects.get(node__name="李平"))
    same = load(township, row("一组", "白子龙户", "李平", "王一", takes_part=False))
    profile.refresh_from_db()
    assert (same["status"], facts(profile)) == ("unchanged", AWAY)
    load(township, row("一组", "白子龙户", "李平", "王一", takes_part=True))
    profile.refresh_from_db()
    assert facts(profile) == HERE
