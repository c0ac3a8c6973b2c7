"""Making, changing, moving, closing and restoring places of the tree."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model

from grids import access, holdings, tree
from grids.access import Right
from grids.actions.covers import cover
from grids.actions.refusals import check_seen, checked, in_words
from grids.choices import CloseReason, Kind
from grids.kinds import KINDS
from grids.models import GridProfile, HouseholdProfile, MemberProfile, Node, Person, Post
from grids.models.profiles import Profile
from grids.pinyin import initials
from grids.queries.changes import version_of
from grids.queries.places import profile_of, release_place
from grids.spelling import SPELLED
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import Township, User

LEAVES_POSTS = (CloseReason.TRANSFERRED, CloseReason.DECEASED, CloseReason.EXPELLED)


@history.acts("新增")
def create_node(
    *,
    kind: str,
    parent: Node | None,
    data: Mapping[str, Any],
    by: "User",
    township: "Township | None" = None,
    reason: str = "",
) -> Node:
    """A new place with its profile under `parent` (None: a top organisation, office only).

    `data` holds name and since, the profile's fields, and for a member `person` or a new one's phone.
    """
    owner = _owner(parent, township, by)
    with in_words():
        person = _person_for(kind, parent, data, owner, by) if kind == Kind.MEMBER else None
        name = person.name if person else str(data["name"])
        node = Node(township=owner, kind=kind, name=name, initials=initials(name), since=data.get("since"))
        node.position = Node.objects.filter(township=owner, parent=parent, kind=kind).count() + 1
        node = tree.add(node=node, parent=parent, by=by, reason=reason)
        profile = KINDS[kind].profile(node=node)
        if isinstance(profile, MemberProfile) and person is not None:
            profile.person = person
        _write_profile(profile, data, by=by, reason=reason)
        _refuse_second(node, profile, chosen=data.get("person") is not None)
        audit.record(by=by, deed=Deed.CREATE, target=called(node), note=reason)
        return node


def _refuse_second(node: Node, profile: Profile, *, chosen: bool) -> None:
    """A form sent twice adds nobody twice; asked after the write, when the tree's lock is held."""
    same = Node.objects.open().filter(parent_id=node.parent_id, kind=node.kind, name=node.name)
    if isinstance(profile, HouseholdProfile):
        same = same.filter(
            household_profile__villager_group=profile.villager_group_id, household_profile__door=profile.door
        )
        said = f"这里已有同门牌的农户“{node.name}”。如果是同名的另一户，请写明门牌。"
    elif isinstance(profile, MemberProfile) and not profile.person.phone and not chosen:
        same = same.filter(member_profile__person__phone="")
        said = f"这里已有同名的党员“{node.name}”。如果是另一人，请写上电话。"
    else:
        return
    if same.exclude(pk=node.pk).exists():
        raise ValidationError({"name": said})


def _owner(parent: Node | None, township: "Township | None", by: "User") -> "Township":
    if parent is not None:
        access.require_edit(by, parent)
        return parent.township
    access.require(by, Right.EDIT_ROSTER)
    if township is None or not access.scope_of(by).whole_township or by.township_id != township.pk:
        raise PermissionDenied("只有乡党政办能新建党组织。")
    return township


def _person_for(
    kind: str, parent: Node | None, data: Mapping[str, Any], township: "Township", by: "User"
) -> Person:
    """The chosen person, or a new one by name and phone; somebody known by both is not doubled."""
    chosen: Person | None = data.get("person")
    if chosen is not None:
        if MemberProfile.objects.filter(person=chosen).exists():
            raise ValidationError(
                {"person": f"{chosen.name}已在党员名册里（包括已注销的），请到原处调整或恢复。"}
            )
        return chosen
    name, phone = str(data["name"]), str(data.get("phone") or "")
    known = Person.objects.standing().filter(township=township, name=name, phone=phone)
    if phone and (person := known.filter(membership=None).first()) is not None:
        return person
    person = Person(
        township=township,
        root_id=parent.root_id if parent else None,
        name=name,
        initials=initials(name),
        phone=phone,
    )
    checked(person)
    return history.save(person, by=by, reason="登记党员")


def _write_profile(profile: Profile, data: Mapping[str, Any], *, by: "User", reason: str) -> bool:
    """Set the given fields, save when something changed; returns whether it did."""
    names = [name for name in KINDS[profile.node.kind].fields if name in data]  # type: ignore[attr-defined]
    plain = [name for name in names if not profile._meta.get_field(name).many_to_many]
    changed = profile.pk is None or any(getattr(profile, name) != data[name] for name in plain)
    for name in plain:
        setattr(profile, name, data[name])
    if changed:
        checked(profile)
        history.save(profile, by=by, reason=reason)
    if isinstance(profile, GridProfile) and "villager_groups" in data:
        cover(profile, data["villager_groups"], by=by, reason=reason)
    return changed


@history.acts("修改资料")
def change_node(
    *, node: Node, data: Mapping[str, Any], by: "User", seen: str | None = None, reason: str = ""
) -> Node:
    """Write name, since and profile; a member's person is renamed along; `seen` as in check_seen."""
    access.require_edit(by, node)
    with in_words(), tree.tree_write(lambda: {root_of(node)}):
        fresh = Node.objects.get(pk=node.pk)
        profile = profile_of(fresh)
        check_seen(seen, lambda: version_of(fresh, profile))
        fields = [name for name in ("name", "since") if name in data and getattr(fresh, name) != data[name]]
        for name in fields:
            setattr(fresh, name, data[name])
        if fields:
            checked(fresh)
            _refuse_taken_name(fresh)
            history.save(fresh, by=by, reason=reason, fields=[*fields, *SPELLED])
        if "name" in fields and isinstance(profile, MemberProfile):
            _rename(profile.person, fresh.name, by=by, reason=reason)
        _write_profile(profile or KINDS[fresh.kind].profile(node=fresh), data, by=by, reason=reason)
        audit.record(by=by, deed=Deed.CHANGE, target=called(fresh), note=reason)
        return fresh


def _rename(person: Person, name: str, *, by: "User", reason: str) -> None:
    person.name = name
    checked(person)
    history.save(person, by=by, reason=reason, fields=["name", *SPELLED])


def _refuse_taken_name(node: Node) -> None:
    if node.kind in (Kind.MEMBER, Kind.HOUSEHOLD):
        return
    others = Node.objects.filter(kind=node.kind, name=node.name, closed_on=None).exclude(pk=node.pk)
    if node.parent_id is None:
        others = others.filter(township_id=node.township_id, parent=None)
    else:
        others = others.filter(parent_id=node.parent_id)
    if node.closed_on is None and others.exists():
        raise ValidationError({"name": f"同一上级下已有名为“{node.name}”的{Kind(node.kind).label}。"})


@history.acts("调整上级")
def move_node(
    *, node: Node, to: Node, by: "User", on: date | None = None, reason: str = "", seen: str | None = None
) -> Node:
    """Hang a place with all below it under another; both ends must be one's own to edit."""
    access.require_edit(by, node)
    access.require_edit(by, to)
    with in_words(), tree.tree_write(lambda: {root_of(node), root_of(to)}):
        fresh = Node.objects.get(pk=node.pk)
        check_seen(seen, lambda: version_of(fresh, profile_of(fresh)))
        if node.closed_on is not None:
            raise tree.NotInTree("已注销的不能调整，请先恢复。")
        came_from, left_root = fresh.parent, fresh.root_id
        moved = tree.move(node=node, to=to, by=by, reason=reason, on=on)
        if moved.root_id != left_root:
            follow(moved, by=by)
        audit.record(
            by=by, deed=Deed.MOVE, target=called(moved), note=f"{came_from or '最上级'} → {to}；{reason}"
        )
        return moved


def follow(moved: Node, *, by: "User") -> None:
    """Members who went to another village take their person with them; residence stays behind."""
    below = tree.subtree(moved).filter(kind=Kind.MEMBER)
    people = list(Person.objects.filter(membership__node__in=below).exclude(root_id=moved.root_id))
    for person in people:
        person.root_id = moved.root_id
    history.update_all(Person, people, ["root"], by=by, reason="随党员调整到另一个村")


@history.acts("注销")
def close_node(
    *,
    node: Node,
    on: date,
    close_reason: str,
    by: "User",
    below: str = "",
    reason: str = "",
    seen: str | None = None,
) -> Node:
    """Close a place. `below` says what becomes of open rows under it: 'release', 'close' or '' (refuse)."""
    access.require_edit(by, node)
    with in_words(), tree.tree_write(lambda: {root_of(node)}):
        fresh = Node.objects.get(pk=node.pk)
        check_seen(seen, lambda: version_of(fresh, profile_of(fresh)))
        if fresh.closed_on is not None:
            raise tree.NotInTree(f"“{fresh.name}”已经注销。")
        released = _release(fresh, by=by, on=on) if below == "release" else 0
        closing = [row.pk for row in tree.subtree(Node.objects.get(pk=node.pk)).filter(closed_on=None)]
        closed = tree.close(node=fresh, on=on, reason=close_reason, by=by, with_subtree=below == "close")
        end_posts(closing, close_reason, on=on, by=by)
        extra = f"；{released}项改挂上级" if released else ""
        label = CloseReason(close_reason).label
        audit.record(
            by=by,
            deed=Deed.CLOSE,
            target=called(closed),
            rows=len(closing),
            note=f"{label}{extra} {reason}".strip(),
        )
        return closed


def _release(node: Node, *, by: "User", on: date) -> int:
    to = release_place(node)
    children: Sequence[Node] = list(Node.objects.filter(parent=node, closed_on=None))
    if not children:
        return 0
    if to is None:
        raise tree.NotInTree(f"“{node.name}”没有可以接收下级的党小组或网格，请先把下级调整走。")
    return tree.place(placements=[(child, to) for child in children], by=by, reason=f"{node.name}注销", on=on)


def end_posts(
    node_ids: Sequence[int], close_reason: str, *, on: date, by: "User", reason: str = "随注销离任"
) -> None:
    """Posts at closed places end; a member who left the Party organisation gives up all posts."""
    posts = Post.objects.filter(node_id__in=node_ids, until=None)
    if close_reason in LEAVES_POSTS:
        posts = posts | Post.objects.filter(person__membership__node_id__in=node_ids, until=None)
    rows: list[Post] = list(posts.distinct())
    for post in rows:
        post.until = max(on, post.since) if post.since else on
    history.update_all(Post, rows, ["until"], by=by, reason=reason)
    left = Person.objects.filter(membership__node_id__in=node_ids) if close_reason in LEAVES_POSTS else ()
    for provider in holdings.providers():  # contacts of the apps above
        provider.end_all(
            node_ids=node_ids, person_ids=[person.pk for person in left], on=on, by=by, reason=reason
        )


@history.acts("恢复")
def reopen_node(*, node: Node, by: "User", reason: str = "恢复") -> Node:
    """Take a closing back; what hung below stays closed."""
    access.require_edit(by, node)
    with in_words():
        opened = tree.reopen(node=node, by=by, reason=reason)
        audit.record(by=by, deed=Deed.REOPEN, target=called(opened), note=reason)
        return opened


def root_of(node: Node) -> int:
    return Node.objects.values_list("root_id", flat=True).get(pk=node.pk)


def called(node: Node) -> str:
    return f"{Kind(node.kind).label} {node.name}（编号 {node.pk}）"


def reveal_phone(*, of: Model, phone: str, by: "User", request: Any = None) -> str:
    """The whole number, for somebody who sees it masked; who asked stays in the log."""
    audit.record(by=by, deed=Deed.REVEAL, target=f"{of}（编号 {of.pk}）联系电话", request=request)
    return phone
