"""Links a person fixes or does not want, whatever the engine would do; proposals obey them until they end."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from grids import access
from grids.actions.refusals import in_words
from grids.models import Node, Person
from liaison.choices import TREE_EDGES, WishKind
from liaison.models import Wish
from liaison.proposals.rules import HOLDER_KIND
from township import audit, history
from township.choices import Deed
from township.models import User


@history.acts("固定或回避联系")
def wish(
    *, edge: str, target: Node, holder: Node | Person, kind: str, reason: str, by: User, today: date
) -> Wish:
    """Fix a link or rule it out. An earlier fixing of the same target ends; asking twice changes nothing."""
    access.require_edit(by, target)
    end = "holder_node" if edge in TREE_EDGES else "holder_person"
    if isinstance(holder, Node) and (
        holder.kind != HOLDER_KIND.get(edge) or holder.root_id != target.root_id
    ):
        raise ValidationError("请选本村的联系人。")
    with in_words(), transaction.atomic():
        standing = Wish.objects.filter(target=target, until=None).exclude(**{end: None})
        same = standing.filter(kind=kind, **{end: holder}).first()
        if same is not None:
            return same
        ending = (
            standing.filter(kind=WishKind.PIN) if kind == WishKind.PIN else standing.filter(**{end: holder})
        )
        for earlier in [*ending, *standing.filter(**{end: holder}).exclude(pk__in=ending)]:
            end_wish(wish=earlier, by=by, today=today)
        made = Wish(target=target, kind=kind, reason=reason, since=today, **{end: holder})
        made.full_clean()
        history.save(made, by=by, reason=reason or str(WishKind(kind).label))
        audit.record(by=by, deed=Deed.CREATE, target=f"{WishKind(kind).label}：{made}", note=reason)
        return made


@history.acts("取消固定或回避")
def end_wish(*, wish: Wish, by: User, today: date) -> Wish:
    """From today on the engine is free again; the row stays in the history."""
    access.require_edit(by, wish.target)
    wish.until = today
    history.save(wish, by=by, reason="取消固定或回避", fields=["until"])
    audit.record(by=by, deed=Deed.CLOSE, target=f"{wish.get_kind_display()}：{wish}")
    return wish
