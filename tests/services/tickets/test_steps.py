"""Every kind through its steps: what follows what, who may, and that nothing is half done."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grids.actions.undo import plan_undo
from services.models import Ticket
from services.tickets.actions.steps import change, take_step
from services.tickets.choices import TicketKind, TicketState
from services.tickets.given import GivenPaper, GivenPart
from services.tickets.rules import (
    AGENT,
    EVERYONE,
    OFFICE,
    TICKET,
    VILLAGE,
    archive_number,
    check_kind,
    number_of,
    steps_at,
)  # fmt: skip
from tests.factories import secretary
from tests.services.tickets.conftest import DAY, NOON, Town, intake
from township.lifecycle import NotAllowed
from township.models import Action, AuditEvent, User

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)

# What can be done in each state, by hand from the issue; 联办 alone has parts, papers are told of once.
CAN = {
    TicketState.WORKING: "finish part chase assign notify turn decline withdraw",
    TicketState.WAITING: "complete chase assign decline withdraw",
    TicketState.REFUSED: "explain reopen",
    TicketState.DONE: "deliver reopen",
    TicketState.TOLD: "callback reopen",
    TicketState.HEARD: "archive reopen",
    TicketState.WITHDRAWN: "archive reopen",
    TicketState.ARCHIVED: "reopen",
}
ABOVE_ONLY = {"archive", "reopen"}


def test_the_table_of_steps_says_for_every_state_kind_and_role_what_can_be_done():
    for state, kind, role, notified in product(
        TicketState, TicketKind, (AGENT, VILLAGE, OFFICE, ""), (False, True)
    ):
        wanted = set(CAN[state].split()) if role else set()
        wanted -= ABOVE_ONLY if role == AGENT else set()
        wanted -= {"part"} if kind != TicketKind.JOINT else set()
        wanted -= {"notify"} if notified else set()
        roles = frozenset({role} if role else ())
        assert {step.code for step in steps_at(kind, state, roles, notified=notified)} == wanted
        for step in TICKET.steps:
            allowed = True
            try:
                check_kind(step.code, kind, notified=notified)
                TICKET.check(step.code, state, roles, dict.fromkeys(step.needs, "x"))
            except NotAllowed:
                allowed = False
            assert allowed == (step.code in wanted), (state, kind, role, step.code)
    assert {role for step in TICKET.steps for role in step.roles} == EVERYONE


def step(ticket: Ticket, code: str, by: User, *, after: int = 0, **facts: Any) -> Ticket:
    """A step so many days after the intake."""
    now = NOON + after * DAYS
    facts = {"day": now.date()} | facts
    return take_step(ticket=ticket, code=code, facts=facts, by=by, now=now)


def to_the_box(ticket: Ticket, by: User, town: Town, *, after: int) -> Ticket:
    """From done to archived."""
    step(ticket, "deliver", by, after=after, who="李申办")
    step(ticket, "callback", by, after=after, satisfaction="good")
    return step(ticket, "archive", town.secretary, after=after, box=1)


def test_promised_errand_from_the_window_to_its_box(town):
    ticket = intake(town, town.group_leader)
    assert (ticket.no, ticket.state, ticket.kind_at_acceptance) == ("2026-01-0001", "working", "promised")
    # Friday 25 September to Sunday 27 are the Mid-Autumn holidays.
    assert ticket.due_on == date(2026, 9, 29)
    done = step(ticket, "finish", town.group_leader, after=3, text="已参保")
    assert (done.state, done.result, done.closed_on, done.is_late(DAY)) == (
        "done", "completed", DAY + 3 * DAYS, False,
    )  # fmt: skip
    kept = to_the_box(ticket, town.group_leader, town, after=4)
    assert (kept.state, kept.archive_no, kept.satisfaction) == ("archived", "2026-01-D01-001", "good")
    again = step(ticket, "reopen", town.clerk, after=10, kind="promised", text="社保局退回")
    assert (again.state, again.result, again.archive_no, again.told_on) == ("working", "", "", None)
    another = step(intake(town, town.secretary), "finish", town.secretary, text="好")
    another = to_the_box(another, town.secretary, town, after=4)
    assert another.archive_no == "2026-01-D01-002"  # the number of the one taken out is not given again
    assert again.clock_from == date(2026, 10, 8)  # 1 October is a holiday, and so on to the 7th
    assert again.due_on == date(2026, 10, 14)


def test_missing_papers_are_told_of_once_and_the_clock_stands_still_meanwhile(town):
    ticket = intake(town, town.group_leader, "supplement")
    assert (ticket.state, ticket.due_on, ticket.notified_on) == ("waiting", None, DAY)
    assert [(one.name, one.missing) for one in ticket.papers.all()] == [("户口簿", False), ("申请表", True)]
    for unfit, said in ({"kind": "declined"}, "只能按"), ({"kind": "forwarded"}, "上报单位"):
        with pytest.raises(ValidationError, match=said):
            step(ticket, "complete", town.group_leader, after=9, **unfit)
    row = step(ticket, "complete", town.group_leader, after=9, kind="promised")
    assert (row.kind, row.kind_at_acceptance, row.due_on) == ("promised", "supplement", date(2026, 10, 13))
    assert not row.papers.filter(received_on=None).exists()
    with pytest.raises(NotAllowed, match="一次性告知"):
        step(ticket, "notify", town.secretary, after=10, papers=[GivenPaper("照片", here=False)])
    assert row.papers.count() == 2


def test_a_promise_at_work_that_lacks_a_paper_goes_on_with_the_days_it_had_left(town):
    ticket = intake(town, town.group_leader)
    row = step(ticket, "notify", town.group_leader, after=2, papers=[GivenPaper("照片", here=False)])
    assert (row.kind, row.state, row.due_on) == ("supplement", "waiting", None)
    row = step(ticket, "complete", town.group_leader, after=7, kind="promised")
    # Two of five days were used on Tuesday and Wednesday; papers came on Monday the 28th.
    assert row.due_on == date(2026, 10, 8)
    assert (row.kind, row.kind_at_acceptance) == ("promised", "promised")


def test_joint_errand_closes_when_all_offices_are_done(town):
    ticket = intake(town, town.secretary, "joint")
    assert ticket.due_on == date(2026, 9, 30)
    first, second = ticket.parts.all()
    assert (first.leads, second.leads) == (True, False)
    step(ticket, "part", town.secretary, after=2, part=first.pk, text="已勘测")
    with pytest.raises(NotAllowed, match="还没有全部办完：村建所"):
        step(ticket, "finish", town.secretary, after=3, text="办好")
    chased = {"chase": "coordinate", "who": "村建所", "text": "请周五前办完"}
    step(ticket, "chase", town.clerk, after=3, **chased)
    with pytest.raises(NotAllowed, match="最多一次"):
        step(ticket, "chase", town.clerk, after=3, **chased)
    step(ticket, "part", town.secretary, after=4, part=second.pk)
    assert step(ticket, "finish", town.secretary, after=4, text="办好").state == "done"
    with pytest.raises(ValidationError, match="至少要两个单位"):
        intake(town, town.secretary, "joint", parts=ticket_parts(ticket)[:1])


def ticket_parts(ticket: Ticket) -> list[GivenPart]:
    """What was given for its parts."""
    return [GivenPart(one.office, one.due_on) for one in ticket.parts.all()]


def test_forwarded_and_instant_and_turned(town):
    up = intake(town, town.secretary, "forwarded")
    assert up.due_on == date(2026, 10, 20)
    at_once = intake(town, town.group_leader, "instant")
    assert at_once.due_on == DAY
    late = intake(town, town.group_leader, "instant", at=NOON + timedelta(hours=6))
    assert late.due_on == DAY + DAYS  # after the cut-off hour it counts as the next workday's
    turned = step(at_once, "turn", town.group_leader, kind="promised", promised_days=3, text="要核对")
    assert (turned.kind, turned.kind_at_acceptance, turned.due_on) == (
        "promised", "instant", DAY + 3 * DAYS,
    )  # fmt: skip


def test_declined_is_explained_to_the_face_and_withdrawn_goes_to_the_box_without_a_call(town):
    no = intake(town, town.group_leader, "declined")
    assert (no.state, no.result, no.due_on) == ("refused", "declined", None)
    assert not no.is_late(DAY + 90 * DAYS)
    told = step(no, "explain", town.group_leader, who="王说明")
    assert (told.state, told.told_who) == ("told", "王说明")
    with pytest.raises(ValidationError, match="签字委托"):
        step(no, "reopen", town.secretary, kind="instant", text="政策改了")
    again = step(no, "reopen", town.secretary, kind="instant", text="政策改了", consented=True)
    assert again.state == "working"
    gone = intake(town, town.group_leader)
    step(gone, "withdraw", town.group_leader, text="不办了")
    assert step(gone, "archive", town.secretary, box=2).archive_no == archive_number(2026, 1, 2, 1)


def test_who_may_do_nothing_here_and_who_may_not_do_all(town):
    ticket = intake(town, town.group_leader)
    for user in (town.leader, town.member):
        with pytest.raises(PermissionDenied):
            step(ticket, "finish", user, text="x")
    with pytest.raises(NotAllowed, match="您的岗位不能"):
        step(ticket, "reopen", town.group_leader, kind="instant", text="x")
    with pytest.raises(PermissionDenied):
        intake(town, town.leader)
    with pytest.raises(PermissionDenied):
        intake(town, town.secretary, node=town.other.grids[0])
    given = step(ticket, "assign", town.secretary, agent=town.member.person, text="顺路")
    assert step(given, "finish", town.member, text="办好").state == "done"
    assert ticket in Ticket.objects.visible_to(town.member)
    assert ticket not in Ticket.objects.visible_to(intake_elsewhere(town).written_by)


def intake_elsewhere(town: Town) -> Ticket:
    """One of the other village, which counts by itself."""
    return intake(town, secretary(town.other), node=town.other.grids[0], agent=None)


def test_numbers_count_by_village_and_year_and_a_refused_intake_leaves_no_hole(town):
    assert intake(town, town.secretary, client_id="a" * 32).no == "2026-01-0001"
    assert intake(town, town.secretary, client_id="a" * 32).no == "2026-01-0001"
    with pytest.raises(ValidationError, match="签字委托"):
        intake(town, town.secretary, consented=False)
    with pytest.raises(ValidationError, match="没有收到"):
        intake(town, town.secretary, papers=[GivenPaper("户口簿", here=False)])
    assert intake(town, town.secretary).no == "2026-01-0002"
    assert intake_elsewhere(town).no == "2026-02-0001"
    assert intake(town, town.secretary, at=NOON + 120 * DAYS).no == number_of(2027, 1, 1)
    assert Ticket.objects.count() == 4


def test_days_are_in_order_and_have_come(town):
    ticket = intake(town, town.group_leader)
    for day, said in (DAY + 9 * DAYS, "还没有到"), (DAY - 9 * DAYS, "不能早于"):
        with pytest.raises(ValidationError, match=said):
            step(ticket, "finish", town.group_leader, text="x", day=day)
    step(ticket, "finish", town.group_leader, after=3, text="x")
    with pytest.raises(ValidationError, match="不能早于 2026-09-24"):
        step(ticket, "deliver", town.group_leader, after=3, day=DAY, who="李")
    with pytest.raises(NotAllowed, match="请填写签收人"):
        step(ticket, "deliver", town.group_leader, after=3)


def test_papers_that_never_came_are_waited_for_again_when_it_is_reopened(town):
    ticket = intake(town, town.group_leader, "supplement")
    step(ticket, "withdraw", town.group_leader, after=1, text="不办了")
    row = step(ticket, "reopen", town.secretary, after=2, kind="promised", text="又要办")
    assert (row.state, row.kind, row.due_on) == ("waiting", "supplement", None)
    row = step(ticket, "complete", town.group_leader, after=3, kind="promised")
    assert (row.state, row.papers.filter(received_on=None).count()) == ("working", 0)
    step(ticket, "finish", town.group_leader, after=3, text="办好")
    step(ticket, "reopen", town.secretary, after=7, kind="promised", text="上级退回补正")
    told = [GivenPaper("照片", here=False), GivenPaper("照片", here=False)]
    assert step(ticket, "notify", town.group_leader, after=7, papers=told).state == "waiting"


def test_offices_are_set_anew_when_a_joint_errand_is_reopened(town):
    ticket = intake(town, town.secretary, "joint")
    for part in ticket.parts.all():
        step(ticket, "part", town.secretary, after=2, part=part.pk)
    step(ticket, "finish", town.secretary, after=2, text="办好")
    anew = [GivenPart("国土所", DAY + 20 * DAYS), GivenPart("水利站", DAY + 25 * DAYS)]
    row = step(ticket, "reopen", town.secretary, after=15, kind="joint", text="退回", parts=anew)
    assert row.due_on == DAY + 25 * DAYS
    assert [(one.office, one.leads, one.done_on) for one in row.parts.all()] == [
        ("国土所", True, None), ("水利站", False, None),
    ]  # fmt: skip
    with pytest.raises(NotAllowed, match="还没有全部办完：国土所、水利站"):
        step(ticket, "finish", town.secretary, after=16, text="办好")
    early = [GivenPart("国土所", DAY - DAYS), GivenPart("水利站", DAY)]
    with pytest.raises(ValidationError, match="国土所的期限早于受理日期"):
        intake(town, town.secretary, "joint", parts=early)


def test_an_agent_moves_no_promise_and_nobody_past_the_law(town):
    ticket = intake(town, town.group_leader)
    with pytest.raises(NotAllowed, match="期限已告知申办人"):
        change(ticket=ticket, data={"promised_days": 8}, by=town.group_leader, now=NOON)
    with pytest.raises(ValidationError, match="法定时限 10 个工作日"):
        change(ticket=ticket, data={"promised_days": 11}, by=town.secretary, now=NOON)
    change(ticket=ticket, data={"promised_days": 8}, by=town.secretary, now=NOON)
    assert "2026-09-29 → 2026-10-09" in AuditEvent.objects.latest("pk").note
    change(ticket=ticket, data={"applicant_phone": ""}, by=town.group_leader, now=NOON)
    with pytest.raises(NotAllowed, match="现在就是承诺件"):
        step(ticket, "turn", town.group_leader, kind="promised", promised_days=9, text="x")
    with pytest.raises(NotAllowed, match="已经逾期"):
        step(ticket, "turn", town.group_leader, after=40, kind="instant", text="x")
    turned = step(ticket, "turn", town.group_leader, after=2, kind="instant", text="能当天办")
    assert turned.due_on == DAY + 2 * DAYS
    up = {"handed_on": DAY + DAYS}, {"outer_due": DAY - DAYS}
    for more, said in zip(up, ("还没有到", "不能早于上报日期"), strict=True):
        with pytest.raises(ValidationError, match=said):
            intake(town, town.secretary, "forwarded", **more)


def test_what_is_done_is_done_after_what_it_waited_for(town):
    ticket = intake(town, town.group_leader, "supplement")
    step(ticket, "complete", town.group_leader, after=9, kind="promised")
    with pytest.raises(ValidationError, match="不能早于 2026-09-30"):
        step(ticket, "finish", town.group_leader, after=10, text="x", day=DAY + 2 * DAYS)


def test_an_errand_is_never_undone(town):
    intake(town, town.secretary)
    plan = plan_undo(Action.objects.get(title="受理代办件"), town.clerk)
    assert not plan.possible
    assert "申办人撤回" in plan.touched[0]
