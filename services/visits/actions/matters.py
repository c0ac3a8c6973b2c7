"""A matter opened, corrected, and taken through its steps and levels."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate

from grids.actions.refusals import checked, in_words
from services.models import Matter
from services.visits.actions.guards import require_change, require_log
from services.visits.choices import MatterState
from services.visits.queries.errands import errand_of
from services.visits.queries.places import rank_of
from services.visits.rules import ERRAND, LEVELS, MATTER, PRESS, level_after, roles_at
from township import audit, history
from township.choices import Deed
from township.days import not_after
from township.lifecycle import NotAllowed, move
from township.models import User

FIELDS = ("source", "need", "content", "raised_on", "owner", "due_on", "callback_due")
ARCHIVED = "已归档的不能修改，要改先“重新办理”。"


def open_matter(*, data: Mapping[str, Any], by: User, today: date) -> Matter:
    """A new one, at the level of whoever writes it down."""
    require_log(by, data["node"], data.get("household"))
    return write_matter(data=data, by=by, today=today)


def write_matter(*, data: Mapping[str, Any], by: User, today: date) -> Matter:
    """The same for a caller that has asked for the right."""
    not_after(data["raised_on"], today, "raised_on")
    with history.action(by=by, title="登记意见建议"), in_words():
        row = Matter(
            township_id=data["node"].township_id,
            node=data["node"],
            household=data.get("household"),
            written_by=by,
            level=LEVELS[max(rank_of(by, data["node"]), 0)],
            **{name: data[name] for name in FIELDS if name in data},
        )
        checked(row)
        history.save(row, by=by, reason="登记意见建议")
        audit.record(by=by, deed=Deed.CREATE, target=f"意见建议 {row}（编号 {row.pk}）")
    return row


def change_matter(*, matter: Matter, data: Mapping[str, Any], by: User, today: date) -> Matter:
    """Correct what was written; steps are taken, not typed, and what is archived stands."""
    require_change(by, matter)
    not_after(data["raised_on"], today, "raised_on")
    with history.action(by=by, title="修改意见建议"), in_words():
        row = locked(matter)
        _still_open(row, data)
        names = [name for name in FIELDS if name in data]
        for name in names:
            setattr(row, name, data[name])
        checked(row)
        history.save(row, by=by, reason="修改意见建议", fields=names)
        audit.record(by=by, deed=Deed.CHANGE, target=f"意见建议 {row}（编号 {row.pk}）")
    return row


def locked(matter: Matter) -> Matter:
    """As it stands now, and as nobody else changes it before the end of the transaction."""
    rows = Matter.objects.select_for_update(of=("self",)).select_related("node", "household")
    return rows.get(pk=matter.pk)


def _still_open(row: Matter, data: Mapping[str, Any]) -> None:
    if row.state == MatterState.ARCHIVED:
        raise ValidationError(ARCHIVED)
    if row.state == MatterState.ANSWERED and row.callback_due and not data.get("callback_due", True):
        raise ValidationError({"callback_due": "已经反馈的，不能再取消回访。"})


def take_step(*, matter: Matter, code: str, facts: Mapping[str, Any], by: User, today: date) -> Matter:
    """One step of the table. Raises NotAllowed, PermissionDenied, ValidationError."""
    step = MATTER.step(code)
    text = str(facts.get("text") or "")
    with history.action(by=by, title=f"意见建议{step.title}", reason=text), in_words():
        row = locked(matter)
        _follows_errand(row, code)
        rank = rank_of(by, row.node)
        if rank < 0:
            raise PermissionDenied("您只能查看，不能办理这一条。")
        move(row, MATTER, code, roles=roles_at(rank, row.level), **facts)
        row.level = level_after(code, row.level)
        _APPLY.get(code, _nothing)(row, facts, today)
        row.step, row.said = code, text
        checked(row)
        history.save(row, by=by, reason=step.title)
        audit.record(by=by, deed=Deed.CHANGE, target=f"意见建议{step.title}（编号 {row.pk}）", note=text)
    return row


def _follows_errand(row: Matter, code: str) -> None:
    """What has become an errand is answered there; one can press for it here."""
    errand = errand_of(row)
    if errand is not None and code != PRESS:
        raise NotAllowed(f"已转为代办件 {errand.no}，请在代办件里办理，告知申办人后这里自动反馈。")


def follow_errand(*, matter: Matter, code: str, facts: Mapping[str, Any], by: User) -> Matter:
    """A step that the matter's errand has taken: whoever may take that one need not be asked again.

    Of a matter that stands elsewhere meanwhile (called back on, archived) nothing changes.
    """
    step = MATTER.step(code)
    row = locked(matter)
    if row.state not in step.sources:
        return row
    move(row, MATTER, code, roles=step.roles, **facts)
    _APPLY.get(code, _nothing)(row, facts, localdate())
    row.step, row.said = code, str(facts.get("text") or "")
    checked(row)
    history.save(row, by=by, reason=step.title)
    return row


def _nothing(row: Matter, facts: Mapping[str, Any], today: date) -> None:
    """Some steps carry words only."""


def _hand(row: Matter, facts: Mapping[str, Any], today: date) -> None:
    row.handler, row.due_on = facts["handler"], facts["due_on"]


def _answer(row: Matter, facts: Mapping[str, Any], today: date) -> None:
    not_after(facts["day"], today, "day")
    row.answer, row.answered_on = facts["text"], facts["day"]


def _call_back(row: Matter, facts: Mapping[str, Any], today: date) -> None:
    not_after(facts["day"], today, "day")
    row.called_back_on, row.satisfaction = facts["day"], facts["satisfaction"]


def _archive(row: Matter, facts: Mapping[str, Any], today: date) -> None:
    row.archived_on = today


def _again(row: Matter, facts: Mapping[str, Any], today: date) -> None:
    """What comes next has to be told and asked about anew; the history keeps what was said."""
    row.answer, row.satisfaction = "", ""
    row.answered_on = row.called_back_on = row.archived_on = None


_APPLY = {
    "hand": _hand,
    ERRAND: _hand,
    "answer": _answer,
    "callback": _call_back,
    "archive": _archive,
    "again": _again,
}
