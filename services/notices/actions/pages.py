"""The public page published, stopped, given a new address; what is written into the box, and its answer."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from grids import access
from grids.actions.refusals import checked, in_words
from grids.choices import Kind
from grids.models import Node
from services.models import GridPage, Suggestion
from services.models.notices import new_token
from services.notices.choices import SuggestionState
from services.notices.queries.pages import box_is_full
from services.notices.rules import SUGGESTION
from township import audit, history
from township.choices import Deed
from township.lifecycle import move
from township.models import User

TWICE = timedelta(minutes=10)  # the same words within it are one suggestion
FULL = "今天收到的意见比较多，请明天再提，或直接打监督电话。"


def _page(grid: Node, by: User) -> GridPage:
    access.require_edit(by, grid)
    if grid.kind != Kind.GRID or grid.closed_on is not None:
        raise ValidationError("只有在册的网格才有公开页。")
    return GridPage.objects.select_for_update().filter(node=grid).first() or GridPage(node=grid)


def _kept(page: GridPage, deed: str, by: User, note: str = "") -> GridPage:
    checked(page)
    history.save(page, by=by, reason=deed)
    audit.record(
        by=by, deed=Deed.CHANGE, target=f"公开页{deed} {page.node}（编号 {page.node_id}）", note=note
    )
    return page


@history.acts("发布公开页")
def publish(*, grid: Node, fields: Collection[str], has_box: bool, by: User, on: date) -> GridPage:
    """Show exactly these fields to everybody who has the address."""
    with in_words():
        page = _page(grid, by)
        for name in GridPage.FIELDS:
            setattr(page, name, name in fields)
        page.has_box = has_box
        page.published_on = page.published_on or on
        shown = [title for name, title in GridPage.titles().items() if name in fields]
        return _kept(page, "发布", by, note=f"公开：{'、'.join(shown)}")


@history.acts("停用公开页")
def withdraw(*, grid: Node, by: User) -> GridPage:
    """Nobody can open it any more; published again it has the address it had."""
    with in_words():
        page = _page(grid, by)
        page.published_on = None
        return _kept(page, "停用", by)


@history.acts("更换公开页地址")
def renew(*, grid: Node, by: User) -> GridPage:
    """A new address; the old one is dead, also on boards that hang already."""
    with in_words():
        page = _page(grid, by)
        page.token = new_token()
        return _kept(page, "更换地址", by)


# --- the box ----------------------------------------------------------------------------------------


@transaction.atomic
def suggest(*, page: GridPage, text: str, phone: str, now: datetime) -> Suggestion:
    """Keep what somebody without an account wrote; the log says that something came, not what or who."""
    if not page.has_box:
        raise ValidationError("这个网格没有开通意见箱。")
    Node.objects.select_for_update().get(pk=page.node_id)  # of two at once the second finds the first
    same = Suggestion.objects.filter(node=page.node, text=text, phone=phone, at__gt=now - TWICE).first()
    if same is not None:
        return same
    if box_is_full(page.node, now):
        raise ValidationError(FULL)
    row = Suggestion(node=page.node, text=text, phone=phone)
    checked(row)
    row.save()
    audit.record(
        by=None,
        who="公开页访客",
        deed=Deed.CREATE,
        target=f"群众意见 {page.node}（编号 {row.pk}）",
        township=page.node.township,
    )
    return row


def take_step(*, suggestion: Suggestion, code: str, answer: str, by: User, on: date) -> Suggestion:
    """Read, handle with an answer, or open again. Raises NotAllowed."""
    access.require_edit(by, suggestion.node)
    with in_words():
        row = Suggestion.objects.select_for_update(of=("self",)).select_related("node").get(pk=suggestion.pk)
        step = move(row, SUGGESTION, code, roles={access.seat_of(by)}, answer=answer)
        if row.state == SuggestionState.HANDLED:
            row.answer, row.handled_on = answer, on
        checked(row)
        history.stamp(row, by=by, reason=step.title)
        row.save()
        audit.record(by=by, deed=Deed.CHANGE, target=f"群众意见{step.title} {row.node}（编号 {row.pk}）")
    return row
