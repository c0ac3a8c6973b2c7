"""Making and changing people, their posts, and villager groups."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError

from grids import access, rules
from grids.access import Right
from grids.actions.refusals import check_seen, checked, in_words
from grids.choices import COMMITTEE_ROLES, Kind, Role
from grids.duties import why_not_from
from grids.models import Node, Person, Post, VillagerGroup
from grids.pinyin import initials
from grids.queries.changes import version_of
from grids.queries.people import may_edit_person
from grids.spelling import SPELLED
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User


@history.acts("登记人员")
def add_person(*, name: str, phone: str = "", root: Node | None, by: "User", reason: str = "") -> Person:
    """Somebody new in a village (root None: of the township itself, office only)."""
    access.require(by, Right.EDIT_ROSTER)
    if by.township is None:
        raise PermissionDenied("您的账号不属于任何乡镇。")
    person = Person(township=by.township, root=root, name=name, initials=initials(name), phone=phone)
    if not may_edit_person(by, person) or (root is not None and root.township_id != by.township.pk):
        raise PermissionDenied("您只能登记本村的人员。")
    with in_words("本乡镇已有同名同号码的人员。"):
        same = Person.objects.standing().filter(township=by.township, root=root, name=name, phone="")
        if not phone and same.exists():
            raise ValidationError({"phone": f"已有同名的“{name}”，也没有电话。如果是另一人，请写上电话。"})
        checked(person)
        history.save(person, by=by, reason=reason)
        audit.record(by=by, deed=Deed.CREATE, target=f"人员 {person.name}（编号 {person.pk}）", note=reason)
    return person


@history.acts("修改人员")
def change_person(
    *, person: Person, data: Mapping[str, Any], by: "User", seen: str | None = None, reason: str = ""
) -> Person:
    """Write name, phone and village; a member's place in the tree takes the new name too."""
    if not may_edit_person(by, person):
        raise PermissionDenied("您只能查看，不能修改这位人员。")
    with in_words("本乡镇已有同名同号码的人员。"):
        fresh = Person.objects.select_for_update().get(pk=person.pk)
        check_seen(seen, lambda: version_of(fresh))
        for name in ("name", "phone", "root"):
            if name in data:
                setattr(fresh, name, data[name])
        if not may_edit_person(by, fresh):
            raise PermissionDenied("您不能把人员转到别的村。")
        checked(fresh)
        history.save(fresh, by=by, reason=reason)
        node = Node.objects.filter(member_profile__person=fresh).exclude(name=fresh.name).first()
        if node is not None:
            node.name = fresh.name
            history.save(node, by=by, reason=reason, fields=["name", *SPELLED])
        audit.record(by=by, deed=Deed.CHANGE, target=f"人员 {fresh.name}（编号 {fresh.pk}）", note=reason)
    return fresh


@history.acts("任职")
def appoint(
    *,
    person: Person,
    role: str,
    node: Node | None,
    since: date,
    by: "User",
    source: str = "",
    duties: str = "",
    term_until: date | None = None,
    replace: bool = False,
    reason: str = "",
) -> Post:
    """Give somebody a post from a day on; `replace` ends the present holder's on the same day."""
    _require_place(role, node, by)
    _require_source(source, role)
    if person.township_id != by.township_id:
        raise PermissionDenied("只能任命本乡镇的人员。")
    with in_words("此人已担任这个岗位。"):
        if replace:
            _end_predecessors(role, node, person, since, by)
        post = Post(
            township_id=person.township_id,
            person=person,
            node=node,
            role=role,
            source=source,
            since=since,
            term_until=term_until,
            duties=duties,
        )
        checked(post)
        history.save(post, by=by, reason=reason)
        audit.record(by=by, deed=Deed.CREATE, target=f"任职 {post}（编号 {post.pk}）", note=reason)
    return post


def _require_place(role: str, node: Node | None, by: "User") -> None:
    """The post must belong to such a place, and the place to the one who appoints."""
    if node is None:
        if role != Role.TOWN_LEADER:
            raise ValidationError({"role": "除乡领导外，任职要写明所在单位。"})
        access.require(by, Right.EDIT_TOWN_CONTACTS)
        return
    access.require_edit(by, node)
    if node.kind not in rules.POST_PLACES[role]:
        raise ValidationError({"role": f"{Role(role).label}不是{Kind(node.kind).label}的岗位。"})
    if node.closed_on is not None:
        raise ValidationError(f"“{node.name}”已注销，不能再任职。")


def _require_source(source: str, role: str) -> None:
    if why := why_not_from(source, role):
        raise ValidationError({"source": why})


def _end_predecessors(role: str, node: Node | None, person: Person, since: date, by: "User") -> None:
    held = list(Post.objects.filter(role=role, node=node, until=None).exclude(person=person))
    for post in held:
        post.until = max(since, post.since) if post.since else since
    history.update_all(Post, held, ["until"], by=by, reason=f"由{person.name}接任")


@history.acts("修改任职")
def change_post(
    *,
    post: Post,
    data: Mapping[str, Any],
    by: "User",
    whole_committee: bool = False,
    seen: str | None = None,
    reason: str = "",
) -> Post:
    """Write since, term_until, source and duties; another role or place is another post.

    `whole_committee` gives the term to those of the same committee who have none written.
    """
    require_edit_post(post, by)
    with in_words():
        fresh = Post.objects.select_for_update().get(pk=post.pk)
        check_seen(seen, lambda: version_of(fresh))
        for name in ("since", "term_until", "source", "duties"):
            if name in data:
                setattr(fresh, name, data[name])
        if fresh.source != post.source:  # what an older rule let in may stay as it is
            _require_source(fresh.source, fresh.role)
        checked(fresh)
        history.save(fresh, by=by, reason=reason)
        also = _give_term(fresh, by=by, reason=reason) if whole_committee else 0
        note = f"同届委员 {also} 人一并填写任期；{reason}" if also else reason
        audit.record(by=by, deed=Deed.CHANGE, target=f"任职 {fresh}（编号 {fresh.pk}）", note=note)
    return fresh


def _give_term(post: Post, *, by: "User", reason: str) -> int:
    """The day on which the committee's term ends, for its members without one; returns how many."""
    if post.role not in COMMITTEE_ROLES or post.term_until is None:
        return 0
    rows = list(
        Post.objects.filter(node=post.node, role__in=COMMITTEE_ROLES, until=None, term_until=None).exclude(
            since__gte=post.term_until
        )
    )
    for row in rows:
        row.term_until = post.term_until
    return history.update_all(Post, rows, ["term_until"], by=by, reason=reason)


@history.acts("离任")
def end_post(*, post: Post, until: date, by: "User", reason: str = "") -> Post:
    """End a post on a day."""
    require_edit_post(post, by)
    with in_words():
        fresh = Post.objects.select_for_update().get(pk=post.pk)
        if fresh.until is not None and fresh.until <= until:
            raise ValidationError("这项任职已经结束。")
        fresh.until = until
        checked(fresh)
        history.save(fresh, by=by, reason=reason, fields=["until"])
        audit.record(by=by, deed=Deed.CLOSE, target=f"任职 {fresh}（编号 {fresh.pk}）", note=reason)
    return fresh


def require_edit_post(post: Post, by: "User") -> None:
    """Raise PermissionDenied unless the user may change or end this post."""
    if post.node is None:
        access.require(by, Right.EDIT_TOWN_CONTACTS)
    else:
        access.require_edit(by, post.node)


@history.acts("新增村民小组")
def add_villager_group(*, root: Node, name: str, by: "User", reason: str = "") -> VillagerGroup:
    """A new villager group of a village, after the ones it has."""
    access.require_edit(by, root)
    with in_words("本村已有同名的村民小组。"):
        group = VillagerGroup(root=root, name=name, position=root.villager_groups.count())
        checked(group)
        history.save(group, by=by, reason=reason)
        audit.record(by=by, deed=Deed.CREATE, target=f"村民小组 {group}（{root}）", note=reason)
    return group


@history.acts("村民小组改名")
def rename_villager_group(*, group: VillagerGroup, name: str, by: "User", reason: str = "") -> VillagerGroup:
    """Another name for a villager group; its households stay in it."""
    access.require_edit(by, group.root)
    with in_words("本村已有同名的村民小组。"):
        old, group.name = group.name, name
        checked(group)
        history.save(group, by=by, reason=reason, fields=["name"])
        audit.record(by=by, deed=Deed.CHANGE, target=f"村民小组 {old} → {name}（{group.root}）", note=reason)
    return group
