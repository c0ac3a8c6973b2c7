"""目标完成情况: four goals, and every number is that of the list it opens."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from grids.choices import AbsenceReason, Kind, Role
from grids.models import MemberProfile, VillagerGroup
from services.models import Matter, Sign, Ticket, Visit, VolunteerPoint
from services.tickets.choices import TicketKind, TicketState
from services.visits.choices import MatterLevel
from tests.factories import PersonFactory, appoint, group_leader, node, village
from tests.reports.cockpit.conftest import begin

GOALS = reverse("reports:goals")


@pytest.fixture
def made(township):
    made = village(township, groups=2, hubs=2)
    appoint(PersonFactory(township=township, root=made.root), Role.GROUP_LEADER, made.groups[0])
    VillagerGroup.objects.create(root=made.root, name="九社")
    node(Kind.HOUSEHOLD, "未联户", made.groups[0])
    newcomer = PersonFactory(township=township, root=made.root, name="未编入")
    MemberProfile.objects.create(node=node(Kind.MEMBER, "未编入", made.groups[0]), person=newcomer)
    Sign.objects.create(node=made.hubs[0], hung_on=localdate())
    at = {"township": township, "node": made.grids[0]}
    seen = {"visitor": made.people[0], "household": made.households[0], "happened_on": localdate()}
    Visit.objects.create(**at, **seen, plain=True)
    Matter.objects.create(**at, content="路灯不亮", raised_on=localdate(), level=MatterLevel.GROUP)
    late = at | {"root": made.root, "no": "2026-01-0001", "year": 2026, "serial": 1, "village_code": 1}
    kinds = {"kind": TicketKind.PROMISED, "kind_at_acceptance": TicketKind.PROMISED, "consented": True}
    days = {"accepted_at": now() - timedelta(days=9), "due_on": localdate() - timedelta(days=1)}
    Ticket.objects.create(**late, **kinds, **days, subject="高龄津贴", state=TicketState.WORKING)
    MemberProfile.objects.filter(node=made.members[0]).update(
        takes_part=False, absence_reason=AbsenceReason.values[0]
    )
    return made


def bars(client):
    answer = client.get(GOALS)
    return {bar.measure.title: bar for reached in answer.context["goals"] for bar in reached.bars}


def test_numbers_are_counted_from_what_is_registered(client, clerk, township, made):
    begin(township, clerk, localdate().year)
    told = {title: (bar.done, bar.total) for title, bar in bars(client).items()}
    assert told == {
        "村民小组划入网格": (1, 2),
        "网格建立党小组": (2, 2),
        "党小组确定中心户": (2, 2),
        "党员编入中心户": (8, 9),
        "农户有党员联系": (24, 25),
        "党组织配备书记": (0, 1),
        "党小组配备组长": (1, 2),
        "网格配备工作人员": (0, 2),
        "中心户有负责人": (0, 4),
        "任职没有过期": (1, 1),
        "中心户标识牌挂好": (1, 4),
        "网格公示牌挂好": (0, 2),
        "村建成志愿服务站": (0, 1),
        "能联户的党员有联系户": (7, 8),
        "能联户的党员联系户数在规定范围": (0, 8),
        "中心户联系党员数在规定范围": (0, 4),
        "农户按间隔走访到": (1, 25),
        "意见建议办结归档": (0, 1),
        "代办件按期办结": (0, 1),
        "党员参加联户": (8, 9),
        "三会一课和组织生活按期召开": (0, 3),
        "各村上报": (0, 1),
        "各村按时上报": (0, 1),
    }
    html = client.get(GOALS).content.decode()
    assert '<progress class="meter' in html


def test_each_number_opens_exactly_its_rows(client, clerk, made):
    VolunteerPoint.objects.create(township=made.root.township, root=made.root, name="筹建中的站")
    found = bars(client)
    assert "各村上报" not in found  # no campaign yet
    for title, bar in found.items():
        answer = client.get(bar.lacking)
        if bar.measure.lacking[0] == "gaps":
            shown = next(t.n for t in answer.context["totals"] if t.kind.code == bar.measure.missing)
        elif bar.measure.missing == "stationless":
            shown = len(answer.context["missing"])
        else:
            shown = answer.context["page_obj"].paginator.count
        assert shown == bar.missing, title
        if bar.rows:
            assert client.get(bar.rows).context["page_obj"].paginator.count == bar.total, title
    assert [title for title, bar in found.items() if not bar.rows] == [
        "党组织配备书记",
        "任职没有过期",
        "村建成志愿服务站",
        "能联户的党员有联系户",
        "能联户的党员联系户数在规定范围",
        "代办件按期办结",
    ]


def test_the_page_takes_29_queries(client, clerk, township, made, django_assert_num_queries):
    begin(township, clerk, localdate().year)
    client.get(GOALS)
    with django_assert_num_queries(29):
        client.get(GOALS)


def test_village_people_see_the_goals_of_their_own_place(client, clerk, township, made):
    village(township, "乙村", groups=1)
    client.force_login(group_leader(made))
    found = bars(client)
    assert (found["农户有党员联系"].total, found["党小组确定中心户"].total) == (13, 1)
    assert "各村上报" not in found
