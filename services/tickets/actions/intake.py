"""An errand taken in: once however often it is sent, with a number that leaves no hole."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from grids.actions.refusals import checked, in_words
from services.models import Matter, Ticket, TicketPaper, TicketPause, Visit
from services.tickets import clock
from services.tickets.actions.guards import require_intake
from services.tickets.actions.kinds import OWN_FIELDS, check_days, check_parts, set_parts
from services.tickets.actions.numbers import next_number
from services.tickets.actions.reckoning import reckon
from services.tickets.calendar.queries import calendar_of, settings_of
from services.tickets.choices import TicketKind, TicketResult, TicketState
from services.tickets.given import GivenPaper, GivenPart
from services.tickets.rules import FLOWS, MOST_PAPERS, number_of
from services.visits.actions import matters
from services.visits.choices import MatterSource, Need
from services.visits.rules import ERRAND, MATTER
from township import audit, history
from township.choices import Deed
from township.models import User

FIELDS = (
    "version", "subject", "applicant_name", "applicant_phone", "consented", "agent", "office",
)  # fmt: skip
TWICE = "这一件刚才已经受理过。"
# Read aloud at a window and typed on a phone: no 0/O, 1/I/L.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


def taken_in_before(by: User, client_id: str) -> Ticket | None:
    """The errand that this user sent under that id, if there is one."""
    return Ticket.objects.filter(written_by=by, client_id=client_id).first() if client_id else None


def take_in(
    *,
    data: Mapping[str, Any],
    papers: Sequence[GivenPaper] = (),
    parts: Sequence[GivenPart] = (),
    by: User,
    now: datetime,
    client_id: str = "",
) -> Ticket:
    """A new errand with node, kind, FIELDS, `reason` of a refusal, and `visit` or `matter` it comes from.

    Sent again under the same client_id it is the first one. Raises PermissionDenied, ValidationError.
    """
    require_intake(by, data["node"])
    kind = TicketKind(data["kind"])
    _require_facts(kind, data, papers, parts)
    try:
        with history.action(by=by, title="受理代办件"), in_words(TWICE):
            known = _the_same(taken_in_before(by, client_id), data)
            if known is not None:
                return known
            row = _row(data, kind, by=by, now=now, client_id=client_id)
            row.matter = _matter(data, row, by=by)
            _number(row)
            checked(row, unchecked=("matter",) if row.matter is None else ())
            history.save(row, by=by, reason="受理代办件")
            _hang(row, papers, parts, by=by, now=now)
            reckon(row, now)
            history.save(row, by=by, reason="受理代办件", fields=["due_on"])
            if row.matter is not None:
                matters.follow_errand(matter=row.matter, code=ERRAND, facts=_handed(row), by=by)
            audit.record(by=by, deed=Deed.CREATE, target=f"代办件 {row.no}", note=row.get_kind_display())
            return row
    except ValidationError:
        known = _the_same(taken_in_before(by, client_id), data)  # the same moment sent it twice
        if known is None:
            raise
        return known


def _the_same(known: Ticket | None, data: Mapping[str, Any]) -> Ticket | None:
    """The errand sent before, unless the page has since been filled in for somebody else."""
    if known is not None and known.applicant_name != data["applicant_name"]:
        raise ValidationError(f"这一页已经受理过 {known.no}。再受理一件，请重新点“受理一件”。")
    return known


def _require_facts(
    kind: TicketKind,
    data: Mapping[str, Any],
    papers: Sequence[GivenPaper],
    parts: Sequence[GivenPart],
) -> None:
    """What the kind asks for at the window, all that is missing at once."""
    lists = {"papers": [one for one in papers if not one.here], "parts": parts}
    missing = {
        name: f"{kind.label}请填写{title}。"
        for name, title in FLOWS[kind].needs.items()
        if not (lists[name] if name in lists else data.get(name))
    }
    if kind not in (TicketKind.SUPPLEMENT, TicketKind.DECLINED) and lists["papers"]:
        missing["papers"] = f"还有 {len(lists['papers'])} 份材料没有收到：请选“补办件”，或补收后再受理。"
    if missing:
        raise ValidationError(missing)
    check_parts(kind, len(parts))


def _row(data: Mapping[str, Any], kind: TicketKind, *, by: User, now: datetime, client_id: str) -> Ticket:
    node, today = data["node"], localdate(now)
    township = node.township
    cut_off = settings_of(township).cut_off
    row = Ticket(
        township=township,
        node=node,
        root_id=node.root_id,
        written_by=by,
        client_id=client_id,
        code="".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)),
        kind_at_acceptance=kind,
        kind=kind,
        state=FLOWS[kind].starts,
        accepted_at=now,
        year=today.year,
        clock_from=clock.first_day(now, calendar_of(township), cut_off),
        **{name: data[name] for name in (*FIELDS, *OWN_FIELDS.get(kind, ())) if data.get(name) is not None},
    )
    check_days(row, today)
    if kind == TicketKind.DECLINED:
        row.clock_from = None
        row.result, row.result_note, row.closed_on = TicketResult.DECLINED, data["reason"], today
    if kind == TicketKind.SUPPLEMENT:
        row.notified_on = today
    if row.state not in (TicketState.WAITING, TicketState.WORKING):
        row.due_on = None
    return row


def _number(row: Ticket) -> None:
    book = next_number(row.root, row.year)
    row.serial, row.village_code = book.last, book.village_code
    row.no = number_of(row.year, book.village_code, book.last)


def _hang(
    row: Ticket, papers: Sequence[GivenPaper], parts: Sequence[GivenPart], *, by: User, now: datetime
) -> None:
    """Papers, parts and the pause of an errand that begins by waiting."""
    add_papers(row, papers, by=by, now=now)
    set_parts(row, parts, by=by)
    if row.state == TicketState.WAITING:
        pause = TicketPause(ticket=row, since=row.clock_from or localdate(now))
        history.save(pause, by=by, reason="受理代办件")


def add_papers(row: Ticket, papers: Sequence[GivenPaper], *, by: User, now: datetime) -> None:
    """Papers in their order after those that are there; what is not here is missing."""
    today, start = localdate(now), row.papers.count()
    papers = list({one.name: one for one in papers}.values())
    if start + len(papers) > MOST_PAPERS:
        raise ValidationError({"papers": f"材料最多 {MOST_PAPERS} 份。"})
    made = [
        TicketPaper(
            ticket=row,
            position=start + at,
            name=one.name,
            detail=one.detail,
            missing=not one.here,
            received_on=today if one.here else None,
        )
        for at, one in enumerate(papers)
    ]
    for paper in made:
        checked(paper)
    history.create_all(TicketPaper, made, by=by, reason="登记材料")


def _matter(data: Mapping[str, Any], row: Ticket, *, by: User) -> Matter | None:
    """The matter it comes from; a visit that was none yet becomes one, so that its answer is told."""
    matter = data.get("matter")
    if data.get("visit") is not None:
        visit = (
            Visit.objects.select_for_update(of=("self",))
            .select_related("matter", "node")
            .get(pk=data["visit"].pk)
        )
        matter = visit.matter or _matter_of(visit, by=by)
    if matter is None:
        return None
    found = matters.locked(matter)
    if Ticket.objects.filter(matter=found).exists():
        raise ValidationError("这件事已经转为代办件，请打开看。")
    if found.state not in MATTER.step(ERRAND).sources:
        raise ValidationError("这条意见建议已经反馈，不能再转代办。")
    return found


def _matter_of(visit: Visit, *, by: User) -> Matter:
    facts = {
        "node": visit.node,
        "household": visit.household,
        "source": MatterSource.VISIT,
        "need": visit.need or Need.ERRANDS,
        "content": visit.words,
        "raised_on": visit.happened_on,
        "owner": visit.visitor,
    }
    visit.matter = matters.write_matter(data=facts, by=by, today=localdate())
    history.save(visit, by=by, reason="转为代办件", fields=["matter"])
    return visit.matter


def _handed(row: Ticket) -> dict[str, Any]:
    return {"text": f"转为代办件 {row.no}", "handler": f"代办件 {row.no}", "due_on": row.due_on}
