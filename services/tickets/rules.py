"""The one lifecycle of errands, what differs by kind, and their numbers: plain values, no database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from services.tickets.choices import TicketKind, TicketState
from township.lifecycle import STAYS, Lifecycle, NotAllowed, Step

MOST_WORDS = 300
MOST_PAPERS = 20
MOST_PARTS = 10
MOST_DAYS = 365
MOST_IN_BOX = 200
# Working days past its day after which an errand is the secretary's to press, then the township's.
ESCALATES_TO_VILLAGE, ESCALATES_TO_OFFICE = 1, 3

# --- who --------------------------------------------------------------------------------------------

AGENT, VILLAGE, OFFICE = "agent", "village", "office"  # 代办员 of this errand, the secretary, 乡党政办
EVERYONE = frozenset({AGENT, VILLAGE, OFFICE})
ABOVE = frozenset({VILLAGE, OFFICE})

# --- the steps --------------------------------------------------------------------------------------

OPEN = (TicketState.WORKING, TicketState.WAITING)
NOTIFY, COMPLETE, TURN, ASSIGN, PART, CHASE = "notify", "complete", "turn", "assign", "part", "chase"
FINISH, DECLINE, EXPLAIN, DELIVER, CALL_BACK = "finish", "decline", "explain", "deliver", "callback"
ARCHIVE, WITHDRAW, REOPEN = "archive", "withdraw", "reopen"

TICKET = Lifecycle(
    {str(state): str(state.label) for state in TicketState},
    (
        Step(FINISH, "办结", {TicketState.WORKING}, TicketState.DONE, EVERYONE, {"text": "办理结果"}),
        Step(
            COMPLETE,
            "材料补齐",
            {TicketState.WAITING},
            TicketState.WORKING,
            EVERYONE,
            {"kind": "补齐后的件型", "day": "补齐日期"},
        ),
        Step(
            EXPLAIN,
            "当面说明",
            {TicketState.REFUSED},
            TicketState.TOLD,
            EVERYONE,
            {"day": "说明日期", "who": "说明人"},
        ),
        Step(
            DELIVER,
            "送达",
            {TicketState.DONE},
            TicketState.TOLD,
            EVERYONE,
            {"day": "送达日期", "who": "签收人"},
        ),
        Step(
            CALL_BACK,
            "回访",
            {TicketState.TOLD},
            TicketState.HEARD,
            EVERYONE,
            {"day": "回访日期", "satisfaction": "满意度"},
        ),
        Step(
            ARCHIVE,
            "归档",
            {TicketState.HEARD, TicketState.WITHDRAWN},
            TicketState.ARCHIVED,
            ABOVE,
            {"box": "归档盒号"},
        ),
        Step(
            PART,
            "登记联办情况",
            {TicketState.WORKING},
            STAYS,
            EVERYONE,
            {"part": "哪个单位", "day": "办完日期"},
        ),
        Step(CHASE, "催办", OPEN, STAYS, EVERYONE, {"chase": "方式", "who": "向谁", "text": "说了什么"}),
        Step(ASSIGN, "转办", OPEN, STAYS, EVERYONE, {"agent": "代办员", "text": "原因"}),
        Step(
            NOTIFY,
            "一次性告知补件",
            {TicketState.WORKING},
            TicketState.WAITING,
            EVERYONE,
            {"papers": "还缺哪些材料"},
        ),
        Step(
            TURN, "改变件型", {TicketState.WORKING}, STAYS, EVERYONE, {"kind": "改为哪一种件", "text": "原因"}
        ),
        Step(
            DECLINE,
            "不予办理",
            OPEN,
            TicketState.REFUSED,
            EVERYONE,
            {"text": "原因", "basis": "依据"},
        ),
        Step(WITHDRAW, "申办人撤回", OPEN, TicketState.WITHDRAWN, EVERYONE, {"text": "原因"}),
        Step(
            REOPEN,
            "重新办理",
            {
                TicketState.REFUSED,
                TicketState.DONE,
                TicketState.TOLD,
                TicketState.HEARD,
                TicketState.WITHDRAWN,
                TicketState.ARCHIVED,
            },
            TicketState.WORKING,
            ABOVE,
            {"kind": "按哪一种件办", "text": "原因"},
        ),
    ),
)

# What the promised day hangs on; every other step leaves it as it was told.
MOVES_CLOCK = frozenset({NOTIFY, COMPLETE, TURN, DECLINE, REOPEN})

# --- what differs by kind ---------------------------------------------------------------------------

SAME_DAY, PROMISE, STOPPED, PARTS, OUTER, NO_CLOCK = "same_day", "promise", "stopped", "parts", "outer", ""


@dataclass(frozen=True)
class Flow:
    """One kind: where it starts, what its day hangs on, what is asked at the window, what it can't do."""

    starts: TicketState
    clock: str
    words: str  # what the kind is for, beside the choice
    needs: Mapping[str, str] = field(default_factory=dict)
    without: Collection[str] = ()  # steps of the table it never takes


_NO_PARTS = (PART,)
FLOWS: Mapping[TicketKind, Flow] = {
    TicketKind.INSTANT: Flow(
        TicketState.WORKING, SAME_DAY, "材料齐全、手续简单，当天办完。", without=_NO_PARTS
    ),
    TicketKind.PROMISED: Flow(
        TicketState.WORKING,
        PROMISE,
        "要核对或报批，承诺几个工作日办完。",
        {"promised_days": "承诺工作日"},
        _NO_PARTS,
    ),
    TicketKind.SUPPLEMENT: Flow(
        TicketState.WAITING,
        STOPPED,
        "材料不齐，一次把缺的全部告诉申办人，补齐再计时。",
        {"papers": "还缺哪些材料"},
        _NO_PARTS,
    ),
    TicketKind.JOINT: Flow(
        TicketState.WORKING, PARTS, "要两个以上单位一起办，各有期限。", {"parts": "联办单位和期限"}
    ),
    TicketKind.FORWARDED: Flow(
        TicketState.WORKING,
        OUTER,
        "由乡镇以上决定，报上去、催下来。",
        {"handed_to": "上报单位", "handed_on": "上报日期", "outer_due": "上级答复期限"},
        _NO_PARTS,
    ),
    TicketKind.DECLINED: Flow(
        TicketState.REFUSED,
        NO_CLOCK,
        "不符合政策，当面说明原因。",
        {"reason": "原因", "basis": "依据"},
        _NO_PARTS,
    ),
}
# Under which a completed or reopened errand goes on, and what one at work can be turned into.
WORKED = (TicketKind.INSTANT, TicketKind.PROMISED, TicketKind.JOINT, TicketKind.FORWARDED)


def steps_at(kind: str, state: str, roles: Collection[str], *, notified: bool) -> list[Step]:
    """Steps that can be taken with an errand; missing papers are told once only (二(四)4 一次性告知)."""
    without = FLOWS[TicketKind(kind)].without
    return [
        step
        for step in TICKET.open_to(state, roles)
        if step.code not in without and not (step.code == NOTIFY and notified)
    ]


def check_kind(code: str, kind: str, *, notified: bool) -> None:
    """Raise NotAllowed where the kind or an earlier notice forbids the step."""
    title = TICKET.step(code).title
    if code in FLOWS[TicketKind(kind)].without:
        raise NotAllowed(f"{TicketKind(kind).label}没有“{title}”这一步。")
    if code == NOTIFY and notified:
        raise NotAllowed("补件只能一次性告知：这一件已经告知过，不能再要求补别的材料。")


def roles_of(rank: int, *, is_agent: bool) -> frozenset[str]:
    """What somebody is to an errand: rank 2 乡党政办, 1 the village's secretary (grids.access)."""
    by_rank = {1: VILLAGE, 2: OFFICE}
    found = {by_rank[rank]} if rank in by_rank else set()
    return frozenset(found | ({AGENT} if is_agent else set()))


# --- numbers ----------------------------------------------------------------------------------------


def number_of(year: int, village: int, serial: int) -> str:
    """受理编号: year, village, running number, as in 2026-07-0012 (domain §6: 年+村+流水)."""
    return f"{year}-{village:02d}-{serial:04d}"


def archive_number(year: int, village: int, box: int, item: int) -> str:
    """归档号: year, village, box, number within it, as in 2026-07-D03-015."""
    return f"{year}-{village:02d}-D{box:02d}-{item:03d}"
