"""Somebody is recommended into the reserve, a line is corrected, a step is taken; each look leaves a line."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest

from grids import access
from grids.actions.refusals import checked, in_words
from grids.models import Node, ReserveCadre
from grids.reserve.queries import roles_of
from grids.reserve.rules import RESERVE
from township import audit, history
from township.choices import Deed
from township.lifecycle import move
from township.models import User

AGAIN = "此人已在后备干部库里。"


def note_look(*, by: User, what: str, rows: int | None, request: HttpRequest) -> None:
    """Who looked at the reserve, and at how much of it."""
    audit.record(by=by, deed=Deed.LOOK, target=f"后备干部库：{what}"[:200], rows=rows, request=request)


def require_write(by: User, root: Node) -> None:
    """Clerk and the village's secretary."""
    access.require(by, access.Right.READ_RESERVE)
    access.require_edit(by, root)


def recommend(*, root: Node, data: Mapping[str, Any], by: User) -> ReserveCadre:
    """A new line, which waits for the office's review."""
    require_write(by, root)
    with history.action(by=by, title="推荐后备干部"), in_words(AGAIN):
        row = ReserveCadre(township=root.township, root=root, state_on=data["nominated_on"], **data)
        checked(row)
        history.save(row, by=by, reason="推荐后备干部")
        audit.record(by=by, deed=Deed.CREATE, target=f"后备干部库：{root.name}（编号 {row.pk}）")
    return row


def change(*, cadre: ReserveCadre, data: Mapping[str, Any], by: User) -> ReserveCadre:
    """Correct a line; its state moves by steps only."""
    require_write(by, cadre.root)
    with history.action(by=by, title="修改后备干部"), in_words(AGAIN):
        row = _held(cadre)
        for name, value in data.items():
            setattr(row, name, value)
        checked(row)
        history.save(row, by=by, reason="修改后备干部", fields=list(data))
        audit.record(by=by, deed=Deed.CHANGE, target=f"后备干部库：{row.root.name}（编号 {row.pk}）")
    return row


def _held(cadre: ReserveCadre) -> ReserveCadre:
    """The line as it stands, which nobody else writes until this is done."""
    return ReserveCadre.objects.select_for_update(of=("self",)).select_related("root").get(pk=cadre.pk)


def take_step(*, cadre: ReserveCadre, code: str, text: str, day: date, by: User) -> ReserveCadre:
    """One step of the table. Raises NotAllowed, PermissionDenied, ValidationError."""
    roles = roles_of(by, cadre.root)
    if not roles:
        raise PermissionDenied("您不能处理这个村的后备干部。")
    step = RESERVE.step(code)
    with history.action(by=by, title=f"后备干部{step.title}"), in_words(AGAIN):
        row = _held(cadre)
        move(row, RESERVE, code, roles=roles, text=text)
        if day < row.nominated_on:
            raise ValidationError({"day": f"日期不能早于推荐日期 {row.nominated_on:%Y-%m-%d}。"})
        row.said, row.state_on = text, day
        checked(row)
        history.save(row, by=by, reason=step.title)
        audit.record(by=by, deed=Deed.CHANGE, target=f"后备干部库：{step.title}，编号 {row.pk}")
    return row
