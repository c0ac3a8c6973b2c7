"""Putting earlier values back, field by field, through the same doors as any other change."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.timezone import localdate

from grids.actions.nodes import change_node, close_node, move_node, reopen_node
from grids.actions.people import change_person, change_post, end_post, require_edit_post
from grids.actions.refusals import check_seen, checked, in_words
from grids.kinds import KINDS
from grids.models import MemberProfile, Node, Person, Post
from grids.models.profiles import Profile
from grids.queries.ability import NO_ABSENCE
from grids.queries.changes import version_of
from grids.queries.footprints import Row
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User

TITLE = "恢复旧值"
PROFILES = frozenset(info.profile for info in KINDS.values())
# By model, the fields whose earlier value can be put back alone; a place's parent and closing go through
# the move and the closing, with their own rules.
_PLAIN: Mapping[type[Model], tuple[str, ...]] = {
    Node: ("name", "since", "parent", "closed_on", "close_reason"),
    Person: ("name", "phone", "root"),
    Post: ("since", "until", "term_until", "source", "duties"),
}


def restorable(model: type[Model]) -> frozenset[str]:
    """Fields of a model that can be put back one by one."""
    if model in PROFILES:
        fields = {name for info in KINDS.values() if info.profile is model for name in info.fields}
        return frozenset(fields & {field.name for field in model._meta.concrete_fields})
    return frozenset(_PLAIN.get(model, ()))


def put_back(*, row: Any, before: Row, fields: Collection[str], by: "User", seen: str | None = None) -> None:
    """Give `fields` of a row the values of `before` (a history row); `seen` as in check_seen.

    Raises ValidationError in words, PermissionDenied, ChangedMeanwhile; then nothing is written.
    """
    model = type(row)
    wanted = [name for name in fields if name in restorable(model) and _differs(row, before, name)]
    if not wanted and set(fields) <= restorable(model):
        raise ValidationError("现在的值就是那时的值，不用恢复。")
    if not wanted:
        raise ValidationError("这些内容不能单独恢复，请用“撤销”恢复整个操作。")
    reason = f"恢复 {localdate(before['history_date']):%Y-%m-%d} 的值"
    write = _node if model is Node else _person if model is Person else _post if model is Post else _profile
    with in_words(), history.action(by=by, title=TITLE, reason=reason):
        write(row, _values(model, before, wanted), by=by, seen=seen, reason=reason)


def _differs(row: Any, before: Row, name: str) -> bool:
    column = type(row)._meta.get_field(name).attname
    return bool(getattr(row, column) != before[column])


def _values(model: type[Model], before: Row, fields: Collection[str]) -> dict[str, Any]:
    """Values of then; rows they point to must still be there."""
    values: dict[str, Any] = {}
    for name in fields:
        field: Any = model._meta.get_field(name)
        value = before[field.attname]
        if field.remote_field is not None and value is not None:
            there = field.related_model._default_manager.filter(pk=value).first()
            if there is None:
                raise ValidationError({name: f"原来的{field.verbose_name}已经不在，不能恢复。"})
            value = there
        values[name] = value
    return values


def _node(node: Node, values: dict[str, Any], *, by: "User", seen: str | None, reason: str) -> None:
    closing = {name: values.pop(name) for name in ("closed_on", "close_reason") if name in values}
    steps: list[Callable[[str | None], Any]] = []
    if closing and closing.get("closed_on") is None and node.closed_on is not None:
        steps.append(lambda seen: _reopened(node, by=by, seen=seen, reason=reason))
    if "parent" in values:
        to: Node | None = values.pop("parent")
        if to is None:
            raise ValidationError("恢复为最上级，请用“撤销”恢复整个操作。")
        on = values.get("since") or node.since
        steps.append(lambda seen: move_node(node=node, to=to, by=by, on=on, reason=reason, seen=seen))
    if values:
        steps.append(lambda seen: change_node(node=node, data=values, by=by, seen=seen, reason=reason))
    if (day := closing.get("closed_on")) and node.closed_on is None:
        why = closing.get("close_reason") or ""
        steps.append(
            lambda seen: close_node(
                node=node, on=day, close_reason=why, by=by, below="", reason=reason, seen=seen
            )
        )
    for number, step in enumerate(steps):
        step(seen if number == 0 else None)  # what the first step changed is our own
        node.refresh_from_db()


def _reopened(node: Node, *, by: "User", seen: str | None, reason: str) -> None:
    profile = KINDS[node.kind].profile.objects.filter(node=node).first()
    check_seen(seen, lambda: version_of(node, profile))
    reopen_node(node=node, by=by, reason=reason)


def _profile(profile: Profile, values: dict[str, Any], *, by: "User", seen: str | None, reason: str) -> None:
    if isinstance(profile, MemberProfile) and values.get("takes_part"):
        values = {**values, **NO_ABSENCE}
    node = profile.node  # type: ignore[attr-defined]
    change_node(node=node, data=values, by=by, seen=seen, reason=reason)


def _person(person: Person, values: dict[str, Any], *, by: "User", seen: str | None, reason: str) -> None:
    change_person(person=person, data=values, by=by, seen=seen, reason=reason)


def _post(post: Post, values: dict[str, Any], *, by: "User", seen: str | None, reason: str) -> None:
    if "until" in values:
        until: date | None = values.pop("until")
        check_seen(seen, lambda: version_of(post))
        seen = None
        _hold_again(post, by=by, reason=reason) if until is None else end_post(
            post=post, until=until, by=by, reason=reason
        )
        post.refresh_from_db()
    if values:
        change_post(post=post, data=values, by=by, seen=seen, reason=reason)


def _hold_again(post: Post, *, by: "User", reason: str) -> None:
    """An end of a post taken back."""
    require_edit_post(post, by)
    if post.node is not None and post.node.closed_on is not None:
        raise ValidationError(f"“{post.node.name}”已注销，请先恢复它。")
    with in_words("此人已担任这个岗位。"):
        fresh = Post.objects.select_for_update().get(pk=post.pk)
        fresh.until = None
        checked(fresh)
        history.save(fresh, by=by, reason=reason, fields=["until"])
        audit.record(by=by, deed=Deed.REOPEN, target=f"任职 {fresh}（编号 {fresh.pk}）", note=reason)
