"""Merging two records of one person: all goes to the one, and the emptied one keeps its history."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate

from grids import access, holdings
from grids.actions.people import require_edit_post
from grids.actions.refusals import checked, in_words
from grids.models import MemberProfile, Person, Post
from grids.queries.people import may_edit_person
from grids.spelling import SPELLED
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User

CHOSEN = ("name", "phone", "root")


@history.acts("合并人员")
def merge_people(
    *, keep: Person, drop: Person, theirs: Collection[str] = (), by: "User", reason: str = ""
) -> Person:
    """Empty `drop` into `keep`; fields named in `theirs` take the value of `drop`.

    Posts, contacts, the place as a member and the account go over. Raises ValidationError in words when
    both are members or both have accounts, PermissionDenied when a post of either is not the user's to
    change: an account that goes over takes the rights of these posts with it.
    """
    with in_words("本乡镇已有同名同号码的人员。"):
        rows = Person.objects.standing().select_for_update().in_bulk([keep.pk, drop.pk])
        if len(rows) != 2:
            raise ValidationError("其中一条记录已经合并过，请刷新后再看。")
        kept, dropped = rows[keep.pk], rows[drop.pk]
        _require(kept, dropped, by)
        if why := why_not(kept, dropped):
            raise ValidationError(why)
        told = reason or f"与{dropped.name}（编号 {dropped.pk}）合并"
        _posts(kept, dropped, by=by, reason=told)
        for provider in holdings.providers():
            provider.merge(keep=kept, drop=dropped, by=by, reason=told)
        account = dropped.user
        dropped.merged_into, dropped.user = kept, None
        history.save(dropped, by=by, reason=told, fields=["merged_into", "user"])
        _fields(kept, dropped, theirs, by=by)
        if account is not None:
            kept.user = account
        checked(kept)
        history.save(kept, by=by, reason=told)
        _membership(kept, dropped, by=by, reason=told)
        audit.record(
            by=by,
            deed=Deed.CHANGE,
            target=f"合并人员 {kept.name}（编号 {kept.pk}）",
            note=f"并入 {dropped.name}（编号 {dropped.pk}）；{reason}",
        )
    return kept


def why_not(keep: Person, drop: Person) -> str:
    """Why these two can't be merged into `keep`, and what to do about it; '' when they can."""
    if keep.pk == drop.pk:
        return "这是同一条记录，不用合并。"
    if keep.township_id != drop.township_id:
        return "两条记录不在同一个乡镇，不能合并。"
    if keep.user_id and drop.user_id:
        return "两条记录都关联了登录账号。请系统管理员先解除其中一个账号的关联，再来合并。"
    ours, other = _place(keep), _place(drop)
    if ours is None or other is None or other.node.closed_on is not None:
        return ""
    if ours.node.closed_on is not None:
        return f"要保留的{keep.name}已在党员名册注销，另一条还在册。请换成保留在册的那一条。"
    return (
        f"两条记录都是在册党员（“{ours.node.parent}”和“{other.node.parent}”）。"
        "请先核实，把重复的党员位置注销（原因选“录入有误”），再来合并。"
    )


def _place(person: Person) -> MemberProfile | None:
    return MemberProfile.objects.select_related("node__parent").filter(person=person).first()


def _require(keep: Person, drop: Person, by: "User") -> None:
    if not (may_edit_person(by, keep) and may_edit_person(by, drop)):
        raise PermissionDenied("您只能合并自己能修改的人员。")
    for post in Post.objects.filter(person__in=(keep, drop)).select_related("node"):
        require_edit_post(post, by)
    for place in (_place(keep), _place(drop)):
        if place is not None:
            access.require_edit(by, place.node)


def _posts(keep: Person, drop: Person, *, by: "User", reason: str) -> None:
    """All posts go over; one that both hold goes on once, from the earlier day, and the other ends."""
    held = {(post.role, post.node_id): post for post in Post.objects.filter(person=keep, until=None)}
    moving = list(Post.objects.filter(person=drop))
    earlier = []
    for post in moving:
        twin = held.get((post.role, post.node_id)) if post.until is None else None
        post.person = keep
        if twin is not None:
            if post.since and (twin.since is None or post.since < twin.since):
                twin.since = post.since
                earlier.append(twin)
            post.until = max(localdate(), post.since) if post.since else localdate()
    history.update_all(Post, moving, ["person", "until"], by=by, reason=reason)
    history.update_all(Post, earlier, ["since"], by=by, reason=reason)


def _fields(keep: Person, drop: Person, theirs: Collection[str], *, by: "User") -> None:
    for name in CHOSEN:
        if name in theirs:
            setattr(keep, name, getattr(drop, name))
    place = _place(keep) or _place(drop)
    if place is not None:
        keep.root_id = place.node.root_id  # a member belongs where the place in the tree is
    if not may_edit_person(by, keep):
        raise PermissionDenied("您不能把人员转到别的村。")


def _membership(keep: Person, drop: Person, *, by: "User", reason: str) -> None:
    """The open place goes over, and is called as the person is; a closed one beside it stays as history."""
    place = _place(keep)
    if place is None:
        place = _place(drop)
        if place is None:
            return
        place.person = keep
        history.save(place, by=by, reason=reason, fields=["person"])
    node = place.node
    if node.name != keep.name:
        node.name = keep.name
        history.save(node, by=by, reason=reason, fields=["name", *SPELLED])
