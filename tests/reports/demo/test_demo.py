"""The demo: the township the README promises, loaded once, whole, with one account per role."""

from io import StringIO

import pytest
from django.core.management import call_command

from grids import tree
from grids.choices import BranchSetting, Kind, Role
from grids.models import BranchProfile, MemberProfile, Node, Post
from liaison.models import Contact
from reports.demo import load, town
from reports.models import ReviewFinding
from services.models import Matter, PartyMeeting, Sign, Ticket, Visit, VolunteerPoint
from services.tickets.choices import TicketKind
from township.models import Township, User

pytestmark = pytest.mark.django_db


def test_the_town_has_the_promised_numbers():
    made = town.build()
    rows = [row for village in made.villages for row in village.rows]
    members = {(row.branch, row.member, row.member_phone) for row in [*rows, *made.office] if row.member}
    assert len(made.villages) == 12
    assert len({(row.branch, row.group) for row in rows if not row.industry}) == 75
    assert len({(row.branch, row.group) for row in rows if row.industry}) == 4
    assert sum(bool(row.household) for row in rows) == 3100
    assert len(members) == 300
    assert town.build() == made


def test_load_demo_fills_an_empty_system_and_a_second_run_changes_nothing(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    first, second = StringIO(), StringIO()
    call_command("load_demo", stdout=first)
    township = Township.objects.get()
    counts = dict(load.summary(township))
    assert counts["农户"] == 3100
    assert counts["党员"] == 300
    assert counts["党小组"] == 79
    assert counts["党总支"] == 2
    assert tree.verify() == []
    assert BranchProfile.objects.filter(setting=BranchSetting.OFFICE).count() == 1
    assert Node.objects.filter(kind=Kind.HOUSEHOLD).exclude(parent__kind=Kind.MEMBER).count() > 100
    assert MemberProfile.objects.filter(is_floating=True).count() > 5
    assert Post.objects.filter(role=Role.TOWN_LEADER).count() == 7
    assert set(Contact.objects.values_list("level", flat=True)) == {"E0", "E1", "E2"}
    assert set(ReviewFinding.objects.values_list("state", flat=True)) == {"open", "rectified"}
    assert 2000 < Visit.objects.count() < 3000
    assert set(Matter.objects.values_list("state", flat=True)) == {
        "collected",
        "handed",
        "answered",
        "archived",
    }
    waiting = Node.objects.filter(kind__in=(Kind.GRID, Kind.HUB), sign__hung_on=None).count()
    assert 0 < waiting < Sign.objects.count()
    assert VolunteerPoint.objects.filter(root=None).count() == 1
    assert set(PartyMeeting.objects.values_list("kind", flat=True)) == {"assembly", "committee", "theme_day"}
    assert set(Ticket.objects.values_list("kind_at_acceptance", flat=True)) == set(TicketKind.values)
    assert {"working", "waiting", "done", "told", "heard", "archived", "withdrawn"} <= set(
        Ticket.objects.values_list("state", flat=True)
    )
    before = (Node.history.count(), Contact.objects.count(), User.objects.count())
    call_command("load_demo", stdout=second)
    assert (Node.history.count(), Contact.objects.count(), User.objects.count()) == before
    accounts = [line for line in first.getvalue().splitlines() if line.startswith("  ")]
    assert len(accounts) == len(load.ACCOUNTS)
    assert accounts == [line for line in second.getvalue().splitlines() if line.startswith("  ")]
    assert (tmp_path / load.ACCOUNTS_FILE).stat().st_mode & 0o777 == 0o600


def test_somebody_holds_several_posts(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    call_command("load_demo", stdout=StringIO())
    held: dict[int, set[str]] = {}
    for person, role in Post.objects.values_list("person_id", "role"):
        held.setdefault(person, set()).add(role)
    assert any({Role.SECRETARY, Role.GROUP_LEADER, Role.HUB_HEAD} <= roles for roles in held.values())
