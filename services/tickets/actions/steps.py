"""An errand taken through its steps; each is one transaction that leaves it before or after."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from grids.actions.refusals import checked, in_words
from services.models import Chase, Ticket, TicketPaper, TicketPause
from services.tickets import clock
from services.tickets.actions.guards import require_handling, roles_on
from services.tickets.actions.intake import add_papers, take_in
from services.tickets.actions.kinds import KIND_FIELDS, require_kind, set_kind, set_parts
from services.tickets.actions.numbers import next_in_box
from services.tickets.actions.reckoning import reckon
from services.tickets.calendar.queries import calendar_of, settings_of
from services.tickets.choices import ChaseKind, TicketKind, TicketResult, TicketState
from services.tickets.rules import (
    ABOVE,
    ARCHIVE,
    ASSIGN,
    CALL_BACK,
    CHASE,
    COMPLETE,
    DECLINE,
    DELIVER,
    EXPLAIN,
    FINISH,
    MOVES_CLOCK,
    NOTIFY,
    PART,
    REOPEN,
    TICKET,
    TURN,
    WITHDRAW,
    check_kind,
)  # fmt: skip
from services.visits.actions import matters
from township import audit, history
from township.choices import Deed
from township.days import not_after
from township.lifecycle import NotAllowed, move
from township.models import User

Facts = Mapping[str, Any]
EDITABLE = ("subject", "applicant_name", "applicant_phone", "office", *KIND_FIELDS)


def take_step(*, ticket: Ticket, code: str, facts: Facts, by: User, now: datetime) -> Ticket:
    """One step of the table, or nothing at all. Raises NotAllowed, PermissionDenied, ValidationError."""
    step, text = TICKET.step(code), str(facts.get("text") or "")
    with history.action(by=by, title=f"代办件{step.title}", reason=text), in_words():
        row = locked(ticket)
        roles = require_handling(by, row)
        check_kind(code, row.kind, notified=row.notified_on is not None)
        move(row, TICKET, code, roles=roles, **facts)
        _APPLY[code](row, facts, by, now)
        row.step, row.said = code, text or str(facts.get("who") or "")
        if code in MOVES_CLOCK:
            reckon(row, now)
        checked(row)
        history.save(row, by=by, reason=step.title)
        _tell_matter(row, code, by=by)
        audit.record(by=by, deed=Deed.CHANGE, target=f"代办件{step.title} {row.no}")
    return row


def locked(ticket: Ticket) -> Ticket:
    """As it stands now, and as nobody else changes it before the end of the transaction."""
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("node", "root", "township", "matter")
    return rows.get(pk=ticket.pk)


def serve(*, data: Facts, by: User, now: datetime, **given: Any) -> Ticket:
    """Taken in, and with a `result` done and handed over at once (即收即办): all of it or nothing."""
    with history.action(by=by, title="受理代办件"), in_words():
        row = take_in(data=data, by=by, now=now, **given)
        if data.get("result") and row.kind == TicketKind.INSTANT and row.state == TicketState.WORKING:
            today = localdate(now)
            take_step(ticket=row, code=FINISH, facts={"text": data["result"], "day": today}, by=by, now=now)
            told = {"day": today, "who": row.applicant_name}
            row = take_step(ticket=row, code=DELIVER, facts=told, by=by, now=now)
    return row


def change(*, ticket: Ticket, data: Facts, by: User, now: datetime) -> Ticket:
    """Correct what was written down; steps are taken, not typed, and a promise is moved from above only."""
    with history.action(by=by, title="修改代办件"), in_words():
        row = locked(ticket)
        roles = require_handling(by, row)
        if not row.is_open:
            raise ValidationError("已经办结的不能修改，要改先“重新办理”。")
        names, due = [name for name in EDITABLE if name in data], row.due_on
        for name in names:
            setattr(row, name, data[name])
        if row.kind == TicketKind.JOINT:
            set_parts(row, data.get("parts") or (), by=by)
        require_kind(row, localdate(now))
        if row.kind != TicketKind.INSTANT:
            reckon(row, now)
        if row.due_on != due and not roles & ABOVE:
            raise NotAllowed("期限已告知申办人，要改请村党组织书记或乡党政办修改。")
        checked(row)
        history.save(row, by=by, reason="修改代办件", fields=[*names, "due_on"])
        _keep_matter_day(row, by=by)
        note = "" if row.due_on == due else f"承诺办结日 {due or '—'} → {row.due_on or '—'}"
        audit.record(by=by, deed=Deed.CHANGE, target=f"代办件 {row.no}", note=note)
    return row


def _day(row: Ticket, facts: Facts, now: datetime, *, after: date | None = None) -> date:
    """The day of the step: come, and not before what it follows."""
    day: date = facts["day"]
    not_after(day, localdate(now), "day")
    first = after or localdate(row.accepted_at)
    if day < first:
        raise ValidationError({"day": f"不能早于 {first:%Y-%m-%d}。"})
    return day


# --- papers and the clock ---------------------------------------------------------------------------


def _notify(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    """The whole list, once; from today the clock stands still."""
    papers = facts["papers"]
    add_papers(row, papers, by=by, now=now)
    row.kind, row.notified_on = TicketKind.SUPPLEMENT, localdate(now)
    since = max(localdate(now), row.clock_from or localdate(now))
    history.save(TicketPause(ticket=row, since=since), by=by, reason="一次性告知补件")


def _complete(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    """All there: the clock goes on under the errand's own kind."""
    day = _day(row, facts, now, after=row.notified_on)
    waiting = list(row.papers.filter(received_on=None))
    for paper in waiting:
        paper.received_on = day
    history.update_all(TicketPaper, waiting, ["received_on"], by=by, reason="材料补齐")
    pause = row.pauses.get(until=None)
    pause.until = max(day, pause.since)
    history.save(pause, by=by, reason="材料补齐", fields=["until"])
    set_kind(row, facts, by=by, today=localdate(now))


def _turn(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    """Into another kind; past its day only those above may, so that nobody turns away being late."""
    if facts["kind"] == row.kind:
        raise NotAllowed({"kind": f"现在就是{row.get_kind_display()}。"})
    if row.is_late(localdate(now)) and not roles_on(by, row) & ABOVE:
        raise NotAllowed("已经逾期，请村党组织书记或乡党政办改变件型。")
    set_kind(row, facts, by=by, today=localdate(now))


def _reopen(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    """From today anew; what was said and told before stays in the timeline."""
    row.result, row.result_note, row.basis, row.told_who, row.satisfaction = "", "", "", "", ""
    row.closed_on = row.told_on = row.called_back_on = None
    row.archived_on = row.archive_box = row.archive_item = None
    cut_off = settings_of(row.township).cut_off
    row.clock_from = clock.first_day(now, calendar_of(row.township), cut_off)
    if not (row.consented or facts.get("consented")):
        raise ValidationError({"consented": "申办人签字委托以后才能代办。"})
    row.consented = True
    for pause in row.pauses.filter(until=None):  # refused while papers were awaited
        pause.until = max(localdate(now), pause.since)
        history.save(pause, by=by, reason="重新办理", fields=["until"])
    set_kind(row, facts, by=by, today=localdate(now), anew=True)
    _await_papers(row, by=by, now=now)


def _await_papers(row: Ticket, *, by: User, now: datetime) -> None:
    """A new round may tell of missing papers once more; those that never came are waited for again."""
    row.notified_on = None
    if row.papers.filter(received_on=None).exists():
        row.state, row.kind, row.notified_on = TicketState.WAITING, TicketKind.SUPPLEMENT, localdate(now)
        since = max(localdate(now), row.clock_from or localdate(now))
        history.save(TicketPause(ticket=row, since=since), by=by, reason="重新办理")


# --- others -----------------------------------------------------------------------------------------


def _part(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    part = row.parts.filter(pk=facts["part"]).first()
    if part is None:
        raise ValidationError({"part": "这一件没有这个联办单位，请刷新再看。"})
    part.done_on, part.result = _day(row, facts, now), str(facts.get("text") or "")[:100]
    history.save(part, by=by, reason="登记联办情况", fields=["done_on", "result"])


def _chase(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    """Not oftener than the township has set: who is asked every hour answers nobody."""
    today, whom = localdate(now), str(facts["who"]).strip()
    every = settings_of(row.township).chase_every_days
    asked = row.chases.filter(to_whom=whom) if row.kind == TicketKind.JOINT else row.chases.all()
    last = asked.order_by("-day").first()
    if last is not None and (today - last.day).days < every:
        did = f"{last.day:%Y-%m-%d} 已向{last.to_whom}{last.get_kind_display()}过"
        raise NotAllowed(f"{did}，每 {every} 天最多一次。")
    word = Chase(
        ticket=row,
        kind=ChaseKind(facts["chase"]),
        day=today,
        to_whom=whom,
        words=str(facts["text"]),
        written_by=by,
    )
    checked(word)
    history.save(word, by=by, reason=str(word.get_kind_display()))


def _assign(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    row.agent = facts["agent"]
    row.office = facts.get("office") or row.office


# --- the end ----------------------------------------------------------------------------------------


def _finish(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    """A 联办件 is done when all its offices are."""
    waiting = [one.office for one in row.parts.filter(done_on=None)] if row.kind == TicketKind.JOINT else []
    if waiting:
        raise NotAllowed(f"联办单位还没有全部办完：{'、'.join(waiting)}。请先登记联办情况。")
    row.result, row.result_note = TicketResult.COMPLETED, facts["text"]
    first = _begun_on(row, localdate(now))
    row.closed_on = _day(row, facts, now, after=first) if facts.get("day") else localdate(now)


def _begun_on(row: Ticket, today: date) -> date:
    """The day before which it cannot be done: taken in or reopened, papers and offices all in."""
    reopened = row.history.filter(step=REOPEN).order_by("-history_id").values_list("history_date", flat=True)
    days = [localdate(row.accepted_at), *(localdate(at) for at in reopened[:1])]
    days += [one.until for one in row.pauses.all() if one.until is not None]
    if row.kind == TicketKind.JOINT:
        days += [one.done_on for one in row.parts.all() if one.done_on is not None]
    return min(max(days), today)


def _decline(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    row.kind, row.result = TicketKind.DECLINED, TicketResult.DECLINED
    row.result_note, row.basis, row.closed_on = facts["text"], facts["basis"], localdate(now)
    _end_pause(row, by=by, now=now)


def _withdraw(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    row.result, row.result_note, row.closed_on = TicketResult.WITHDRAWN, facts["text"], localdate(now)
    _end_pause(row, by=by, now=now)


def _end_pause(row: Ticket, *, by: User, now: datetime) -> None:
    for pause in row.pauses.filter(until=None):
        pause.until = max(localdate(now), pause.since)
        history.save(pause, by=by, reason="不再等待补件", fields=["until"])


def _tell(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    """送达 and 当面说明: from here the resident knows."""
    row.told_on, row.told_who = _day(row, facts, now, after=row.closed_on), facts["who"]


def _call_back(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    row.called_back_on = _day(row, facts, now, after=row.told_on)
    row.satisfaction = facts["satisfaction"]


def _archive(row: Ticket, facts: Facts, by: User, now: datetime) -> None:
    row.archived_on, row.archive_box = localdate(now), int(facts["box"])
    row.archive_item = next_in_box(row, row.archive_box)


_APPLY: Mapping[str, Callable[[Ticket, Facts, User, datetime], None]] = {
    NOTIFY: _notify, COMPLETE: _complete, TURN: _turn, REOPEN: _reopen, PART: _part, CHASE: _chase,
    ASSIGN: _assign, FINISH: _finish, DECLINE: _decline, WITHDRAW: _withdraw, DELIVER: _tell,
    EXPLAIN: _tell, CALL_BACK: _call_back, ARCHIVE: _archive,
}  # fmt: skip


# --- back to the visit ------------------------------------------------------------------------------


def _keep_matter_day(row: Ticket, *, by: User) -> None:
    """What it came from has the same day, so that it is late when the errand is."""
    if row.matter is not None and row.is_open and row.matter.due_on != row.due_on:
        row.matter.due_on = row.due_on
        history.save(row.matter, by=by, reason="代办件期限", fields=["due_on"])


def _tell_matter(row: Ticket, code: str, *, by: User) -> None:
    """What the visit was told of closes when the resident knows, and not before."""
    if row.matter is None:
        return
    _keep_matter_day(row, by=by)
    words = f"代办件 {row.no} {row.get_result_display()}：{row.result_note}"[:300]
    steps: Mapping[str, tuple[str, Facts]] = {
        DELIVER: ("answer", {"text": words, "day": row.told_on}),
        EXPLAIN: ("answer", {"text": words, "day": row.told_on}),
        WITHDRAW: ("answer", {"text": words, "day": row.closed_on}),
        CALL_BACK: ("callback", {"day": row.called_back_on, "satisfaction": row.satisfaction}),
        REOPEN: ("again", {"text": f"代办件 {row.no} 重新办理"}),
    }
    if code in steps:
        step, facts = steps[code]
        matters.follow_errand(matter=row.matter, code=step, facts=facts, by=by)
