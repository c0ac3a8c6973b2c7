"""What pages of actions tell of the rooms of services, and what a branch below a 党总支 may enter."""

from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from grids.choices import Kind, Role
from grids.models import BranchProfile, MemberProfile, Node
from grids.queries.changes import OUT_OF_SIGHT
from services.models import (
    Appraisal,
    DemoHousehold,
    FloatingMember,
    HelpRecord,
    MeetingAttendance,
    PartyMeeting,
    ServiceTeam,
)
from tests.factories import SINCE, PersonFactory, UserFactory, appoint, node
from tests.worlds import remembered
from township.choices import OfficeRole
from township.models import Action, User

DAY = f"{localdate():%Y-%m-%d}"


def entered(client, room, code, village, **data):
    """One row through its form; returns the number of the action."""
    url = reverse("services:ledger_new", args=[room, code])
    answer = client.post(f"{url}?village={village.pk}", data)
    assert answer.status_code == 302, answer.context["form"].errors
    return Action.objects.latest("pk").pk


def told(client, user, number):
    """The page of an action as the user sees it, with the list's line."""
    client.force_login(user)
    page = client.get(reverse("grids:action", args=[number]))
    listed = {line.pk for line in client.get(reverse("grids:actions")).context["lines"]}
    assert (number in listed) == (page.status_code == 200)
    return page


def test_rows_without_a_name_are_called_by_their_member_and_keys_by_what_they_lead_to(office, client):
    root, (first, second) = office.own.root, office.own.members[:2]
    demo = DemoHousehold.objects.create(member=first, industry="苹果")
    away = FloatingMember.objects.create(member=second, destination="银川市", since=SINCE, reason="work")
    team = ServiceTeam.objects.create(root=root, name="帮忙队", kind="other", basis="need", leader="李平")
    client.force_login(office.secretary)
    numbers = {
        entered(client, "teams", "help", root, demo=demo.pk, day=DAY, kind="market"): f"“{first.name}”",
        entered(client, "partylife", "floating-contacts", root, floating=away.pk, day=DAY, channel="qq"): (
            f"“{second.name}”"
        ),
        entered(client, "teams", "activities", root, title="清扫", day=DAY, team=team.pk): "帮忙队",
    }
    for number, words in numbers.items():
        for user in (office.secretary, office.clerk):
            page = told(client, user, number).content.decode()
            assert words in page
            assert OUT_OF_SIGHT not in page
            assert client.get(reverse("grids:action_undo", args=[number])).status_code == 200
    client.post(reverse("grids:action_undo", args=[number]), {"reason": "登错"})
    HelpRecord.objects.all().delete()
    assert f"“{first.name}”" in told(client, office.clerk, min(numbers)).content.decode()


def test_a_page_of_an_action_shows_nothing_that_the_rows_own_page_would_not(office, client):
    client.force_login(office.secretary)
    skills = entered(client, "teams", "volunteers", office.own.root, name="王成", skills="电工")
    url = f"{reverse('services:party_meeting_new')}?unit={office.own.root.pk}&kind=assembly"
    data = {f"why-{one.pk}": "away" for one in office.own.members}
    minutes = SimpleUploadedFile("记录.pdf", b"%PDF-1.4\n%%EOF")
    client.post(url, {"day": DAY, "topic": "学习文件", "file": minutes, **data})
    meeting = Action.objects.latest("pk").pk
    for user in (office.member, office.group_leader):
        assert told(client, user, skills).status_code == 404
        page = told(client, user, meeting).content.decode()
        assert "学习文件" in page
        assert not any(words in page for words in ("外出", "记录.pdf", office.own.members[0].name))
    assert "电工" in told(client, office.leader, skills).content.decode()
    page = told(client, office.secretary, meeting).content.decode()
    assert "外出" in page
    assert office.own.members[0].name in page
    MeetingAttendance.objects.all().delete()
    page = told(client, office.member, meeting).content.decode()
    assert "外出" not in page, "gone rows are shown to nobody else"


# --- branches below a 党总支 ------------------------------------------------------------------------


@dataclass
class Wide:
    """A village with a 党总支, two branches below it with a member each, and who leads them."""

    top: Node
    branches: list[Node]
    members: list[Node]
    clerk: User
    secretary: User
    beside: User
    head: User


@pytest.fixture
@remembered
def wide(db) -> Wide:
    top = node(Kind.GENERAL_BRANCH, "丙村党总支")
    BranchProfile.objects.create(node=top, village="丙村", population=900)
    branches = [node(Kind.BRANCH, f"丙村第{at}党支部", top) for at in ("一", "二")]
    members = []
    for branch in branches:
        BranchProfile.objects.create(node=branch, village="丙村", population=400)
        members.append(node(Kind.MEMBER, f"{branch.name}党员", branch))
        person = PersonFactory(township=top.township, root=top, name=members[-1].name)
        MemberProfile.objects.create(node=members[-1], person=person, is_floating=True)
    users = []
    for place in (*branches, top):
        user = UserFactory(township=top.township, office_role=OfficeRole.BY_POST)
        appoint(PersonFactory(township=top.township, root=top, user=user), Role.SECRETARY, place)
        users.append(user)
    return Wide(top, branches, members, UserFactory(township=top.township), *users)


def test_a_branch_below_a_general_branch_enters_its_own_rows_and_nobody_elses(wide, client):
    (own, other), (mine, theirs) = wide.branches, wide.members
    client.force_login(wide.secretary)
    listed = client.get(reverse("services:ledger", args=["partylife", "floating"]))
    assert listed.context["may_add"]
    assert f"?village={own.pk}" in listed.context["add_url"]
    assert [name for name, _ in listed.context["missing"]] == [f"{mine.name}（{wide.top.name}）"]
    url = reverse("services:ledger_new", args=["partylife", "floating"])
    data = {"destination": "银川市", "since": DAY, "reason": "work"}
    assert client.post(url, data | {"member": theirs.pk}).context["form"].errors.keys() == {"member"}
    answer = client.post(url, data | {"member": mine.pk})
    row = FloatingMember.objects.get()
    assert "修改</a>" in client.get(row.get_absolute_url()).content.decode()
    edit = reverse("services:ledger_edit", args=["partylife", "floating", row.pk])
    assert client.post(edit, data | {"member": mine.pk, "destination": "兰州市"}).status_code == 302
    entry = reverse("grids:entry", args=["floating"])
    assert [client.get(entry + asked).status_code for asked in ("", f"?node={own.pk}")] == [200, 200]
    entered(client, "partylife", "appraisals", own, branch=own.pk, year="2026", assessed="1", qualified="1")
    assert Appraisal.objects.get().branch == own
    client.force_login(wide.beside)
    assert [client.get(one).status_code for one in (answer.url, edit)] == [404, 404]
    assert client.get(f"{entry}?node={own.pk}").status_code == 404
    client.force_login(wide.head)
    assert client.post(edit, data | {"member": mine.pk, "destination": "西安市"}).status_code == 302
    assert client.get(f"{entry}?node={other.pk}").status_code == 200


def test_rows_of_the_whole_village_are_offered_only_to_who_may_enter_them(wide, client):
    pages = [("services:ledger", ["teams", "venues"]), ("grids:reserve", [])]
    new = [reverse("services:ledger_new", args=["teams", "venues"]), reverse("grids:reserve_new")]
    for user, shown in ((wide.secretary, False), (wide.head, True), (wide.clerk, True)):
        client.force_login(user)
        for (name, args), url in zip(pages, new, strict=True):
            assert client.get(reverse(name, args=args)).context["may_add"] == shown
            assert client.get(url).status_code == (200 if shown else 403)
    client.force_login(wide.secretary)
    for name in ("grids:entry", "grids:register_load"):
        assert client.get(reverse(name, args=["venues"])).status_code == 403
        tabs = client.get(reverse(name, args=["demo"])).context["tabs"]
        assert [one.code for one, _ in tabs] == ["demo", "help"]
    page = client.get(reverse("services:ledger", args=["teams", "stations"])).content.decode()
    assert "由村党组织书记和乡党政办登记" in page
    assert "已全部建成" not in page


def test_names_and_minutes_of_a_meeting_are_for_who_keeps_its_record(wide, client):
    meeting = PartyMeeting.objects.create(unit=wide.branches[0], kind="assembly", day=SINCE, topic="学习")
    MeetingAttendance.objects.create(meeting=meeting, member=wide.members[0], absence="away")
    minutes = reverse("services:party_meeting_minutes", args=[meeting.pk])
    sign = reverse("services:party_meeting_sign", args=[meeting.pk])
    for user, sees in ((wide.secretary, True), (wide.head, True), (wide.clerk, True), (wide.beside, False)):
        client.force_login(user)
        page = client.get(meeting.get_absolute_url()).content.decode()
        assert (wide.members[0].name in page) == sees
        assert ("打印签到表" in page) == sees
        assert client.post(sign).status_code == (200 if sees else 403)
        assert (client.get(minutes).status_code == 403) == (not sees)
