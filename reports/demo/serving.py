"""What serves people in the invented township: signs, teams, stations, venues, meetings, the catalogue."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from grids.choices import BranchSetting, Kind
from grids.models import Node
from services.models import (
    DemoHousehold,
    HelpRecord,
    MeetingAttendance,
    PartyMeeting,
    ServiceTeam,
    Sign,
    TeamActivity,
    Venue,
    Volunteer,
    VolunteerPoint,
)
from services.partylife.choices import Absence, MeetingKind
from services.teams.choices import HelpKind, TeamBasis, TeamKind
from services.tickets.catalogue.actions import enter_examples
from services.tickets.catalogue.examples import examples
from township import history
from township.models import Township

SIGNS_UP = {Kind.GRID: ("村委会院内", 3), Kind.HUB: ("院门右侧", 4)}  # where, and that every n-th still waits
TEAMS = (
    ("红袖标巡逻队", TeamKind.MEDIATION, TeamBasis.NEED, "邻里纠纷劝解、汛期巡查"),
    ("秦腔自乐班", TeamKind.CULTURE, TeamBasis.INTEREST, "农闲演出、节日活动"),
)
VOLUNTEERS = (("李向阳", "水电维修"), ("赵桂兰", "理发"), ("王建设", "农机修理"))
ACTIVITIES = (("清扫主干道和水渠", 5), ("帮缺劳力户收玉米", 12), ("义务理发", 18))
MEETINGS = (
    (MeetingKind.ASSEMBLY, 4, "学习网格化服务管理工作方案，确定中心户"),
    (MeetingKind.COMMITTEE, 2, "研究网格划分和党小组设置"),
    (MeetingKind.THEME_DAY, 10, "志愿服务和环境整治"),
)
WITHOUT_STATION = 5  # every fifth village has still to set up its own


def serve(township: Township, *, since: date, reason: str) -> None:
    """For all villages; here and there something is still missing."""
    roots = list(
        Node.objects.filter(township=township, parent=None, branch_profile__setting=BranchSetting.VILLAGE)
        .select_related("branch_profile")
        .order_by("position", "pk")
    )
    history.create_all(Sign, _signs(township, since), by=None, reason=reason)
    history.create_all(VolunteerPoint, _points(township, roots, since), by=None, reason=reason)
    venues = [
        Venue(
            root=root,
            name=f"{_village(root)}党群活动中心",
            learning=True,
            service=True,
            activity=True,
            culture=number % 3 != 0,
            opened_on=since,
        )
        for number, root in enumerate(roots)
    ]
    history.create_all(Venue, venues, by=None, reason=reason)
    _teams(roots, since, reason)
    _demos(township, since, reason)
    _meetings(township, since, reason)
    enter_examples(township, examples(), by=None, today=since)


def _village(root: Node) -> str:
    return root.branch_profile.village or root.name


def _signs(township: Township, since: date) -> Iterator[Sign]:
    for kind, (place, waits) in SIGNS_UP.items():
        rows = Node.objects.filter(township=township, kind=kind, closed_on=None).order_by("pk")
        for number, pk in enumerate(rows.values_list("pk", flat=True)):
            if number % waits:
                hung = since + timedelta(days=6 + number % 9)
                yield Sign(node_id=pk, made_on=since + timedelta(days=3), hung_on=hung, place=place)


def _points(township: Township, roots: Sequence[Node], since: date) -> Iterator[VolunteerPoint]:
    yield VolunteerPoint(
        township=township, name=f"{township}志愿服务中心", place="乡综合服务中心", opened_on=since
    )
    for number, root in enumerate(roots):
        built = number % WITHOUT_STATION
        yield VolunteerPoint(
            township=township,
            root=root,
            name=f"{_village(root)}志愿服务站",
            place="村委会",
            opened_on=since + timedelta(days=7) if built else None,
        )


def _teams(roots: Sequence[Node], since: date, reason: str) -> None:
    teams = [
        ServiceTeam(
            root=root,
            name=name,
            kind=kind,
            basis=basis,
            leader=VOLUNTEERS[0][0],
            founded_on=since,
            service=does,
        )
        for root in roots
        for name, kind, basis, does in TEAMS
    ]
    teams = history.create_all(ServiceTeam, teams, by=None, reason=reason)
    first = {team.root_id: team for team in teams if team.basis == TeamBasis.NEED}
    volunteers = [
        Volunteer(root=root, name=name, skills=skill, team=first[root.pk], joined_on=since)
        for root in roots
        for name, skill in VOLUNTEERS
    ]
    history.create_all(Volunteer, volunteers, by=None, reason=reason)
    activities = [
        TeamActivity(
            root=root,
            day=since + timedelta(days=day),
            title=title,
            team=first[root.pk],
            participants=8 + number % 7,
        )
        for number, root in enumerate(roots)
        for title, day in ACTIVITIES[: 1 + number % len(ACTIVITIES)]
    ]
    history.create_all(TeamActivity, activities, by=None, reason=reason)


def _demos(township: Township, since: date, reason: str) -> None:
    """Every fortieth member's household shows the way; each has helped once."""
    members = Node.objects.filter(township=township, kind=Kind.MEMBER, closed_on=None).order_by("pk")[::40]
    demos = [
        DemoHousehold(member=member, industry=("苹果", "肉牛", "洋芋")[number % 3], since=since)
        for number, member in enumerate(members)
    ]
    demos = history.create_all(DemoHousehold, demos, by=None, reason=reason)
    helped = [
        HelpRecord(demo=demo, day=since + timedelta(days=9), kind=HelpKind.TECHNIQUE, households=4)
        for demo in demos
    ]
    history.create_all(HelpRecord, helped, by=None, reason=reason)


def _meetings(township: Township, since: date, reason: str) -> None:
    """Of each branch; some members were away."""
    branches = Node.objects.filter(township=township, kind=Kind.BRANCH, closed_on=None).order_by("pk")
    held = [
        PartyMeeting(
            unit=branch,
            kind=kind,
            day=since + timedelta(days=day),
            venue="党群活动中心",
            topic=topic,
        )
        for number, branch in enumerate(branches)
        for kind, day, topic in MEETINGS[: 2 + number % 2]
    ]
    held = history.create_all(PartyMeeting, held, by=None, reason=reason)
    roll: dict[int | None, list[int]] = {}
    members = Node.objects.filter(township=township, kind=Kind.MEMBER, closed_on=None).order_by("pk")
    for pk, branch in members.values_list("pk", "branch_id"):
        roll.setdefault(branch, []).append(pk)
    attendance = [
        MeetingAttendance(meeting=meeting, member_id=member, absence=Absence.AWAY if turn % 9 == 4 else "")
        for meeting in held
        if meeting.kind != MeetingKind.COMMITTEE
        for turn, member in enumerate(roll.get(meeting.unit_id, []))
    ]
    history.create_all(MeetingAttendance, attendance, by=None, reason=reason)
