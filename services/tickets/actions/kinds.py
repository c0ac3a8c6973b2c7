"""Under which kind an errand goes, and what that kind has to have: the same at the window and later."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from grids.actions.refusals import checked
from services.models import JointPart, Ticket
from services.tickets.choices import TicketKind
from services.tickets.given import GivenPart
from services.tickets.rules import FLOWS, MOST_PARTS, WORKED
from township import history
from township.days import not_after
from township.lifecycle import NotAllowed
from township.models import User

_OUTER = ("handed_to", "handed_on", "outer_due", "contact", "contact_phone")
OWN_FIELDS: Mapping[TicketKind, Collection[str]] = {
    TicketKind.PROMISED: ("promised_days",),
    TicketKind.SUPPLEMENT: ("promised_days",),
    TicketKind.FORWARDED: _OUTER,
    TicketKind.DECLINED: ("basis",),
}
KIND_FIELDS = ("promised_days", *_OUTER)


def set_kind(row: Ticket, facts: Mapping[str, Any], *, by: User, today: date, anew: bool = False) -> None:
    """Go on under a kind, with what it needs; `anew` when offices that were done have to do it again."""
    kind = TicketKind(facts["kind"])
    if kind not in WORKED:
        raise NotAllowed({"kind": "只能按即办件、承诺件、联办件或上报件继续办。"})
    row.kind = kind
    for name in OWN_FIELDS.get(kind, ()):
        if facts.get(name):
            setattr(row, name, facts[name])
    if kind == TicketKind.JOINT:
        set_parts(row, facts.get("parts") or (), by=by, anew=anew)
    require_kind(row, today)


def require_kind(row: Ticket, today: date) -> None:
    """Raise ValidationError of all that the errand's kind asks for and it does not have."""
    kind, parts = TicketKind(row.kind), row.parts.count()
    missing = {
        name: f"{kind.label}请填写{title}。"
        for name, title in FLOWS[kind].needs.items()
        if name not in ("papers", "reason") and not (parts if name == "parts" else getattr(row, name))
    }
    if missing:
        raise ValidationError(missing)
    check_parts(kind, parts)
    check_days(row, today)


def check_parts(kind: str, parts: int) -> None:
    """A 联办件 is done by several, and not by a crowd."""
    if kind == TicketKind.JOINT and parts == 1:
        raise ValidationError({"parts": "联办件至少要两个单位；只有一个单位的请选“承诺件”。"})
    if parts > MOST_PARTS:
        raise ValidationError({"parts": f"联办单位最多 {MOST_PARTS} 个。"})


def check_days(row: Ticket, today: date) -> None:
    """What was handed up has been; an answer comes after it; a promise keeps within the law."""
    if row.kind == TicketKind.FORWARDED and row.handed_on is not None and row.outer_due is not None:
        not_after(row.handed_on, today, "handed_on")
        if row.outer_due < row.handed_on:
            raise ValidationError({"outer_due": "上级答复期限不能早于上报日期。"})
    legal = row.version.legal_days if row.version is not None else None
    if legal is not None and row.promised_days is not None and row.promised_days > legal:
        raise ValidationError({"promised_days": f"不能超过这个事项的法定时限 {legal} 个工作日。"})


def set_parts(row: Ticket, given: Sequence[GivenPart], *, by: User, anew: bool = False) -> None:
    """Offices as they are to be: new ones added, days set anew, those not named taken out unless done."""
    if not given:
        return
    first = localdate(row.accepted_at)
    if early := [one.office for one in given if one.due_on < first]:
        raise ValidationError({"parts": f"{'、'.join(early)}的期限早于受理日期。"})
    standing = {one.office: one for one in row.parts.all()}
    named = {one.office for one in given}
    gone = [one for office, one in standing.items() if office not in named and (anew or one.done_on is None)]
    history.remove_all(JointPart, gone, by=by, reason="修改联办单位")
    leads = any(one.leads for one in standing.values() if one not in gone)
    for at, one in enumerate(given):
        part = standing.get(one.office) or JointPart(ticket=row, office=one.office, leads=not leads)
        part.position, part.task, part.due_on, leads = at, one.task, one.due_on, True
        if anew:
            part.done_on, part.result = None, ""
        checked(part)
        history.save(part, by=by, reason="登记联办单位")
