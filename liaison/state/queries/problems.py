"""What is out of order at each edge: nobody in charge, across grids, oneself in charge, holders who left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from grids.choices import COMMITTEE_ROLES, ROOT_KINDS, Kind, Role
from grids.models import GridCover, MemberProfile, Node, Post
from grids.queries.ability import unable
from grids.queries.counts import has_child, has_holder, outside_villages
from grids.queries.names import name_matches
from liaison.choices import Edge, Level
from liaison.models import Contact
from liaison.rules import HOLDER_ROLES
from liaison.state.queries.loads import Asker, running
from liaison.state.queries.places import under
from liaison.state.rules import CROSS, GAP, LEFT, SELF, EdgeInfo

MEMBER_LINK = Q(parent__kind=Kind.MEMBER)


@dataclass(frozen=True)
class _Among:
    """The rows of one kind among which a problem is looked for."""

    rows: QuerySet[Any]
    conditions: Mapping[str, Q]


def problem_rows(
    asker: Asker, info: EdgeInfo, code: str, place: Node | None, text: str = ""
) -> QuerySet[Any]:
    """The rows of one problem, village by village, ready to be paged; nodes or contacts."""
    for among in _sources(asker, info, place):
        if code in among.conditions:
            rows = among.rows.filter(among.conditions[code])
            if text:
                rows = rows.filter(_named(rows, text))
            if rows.model is Contact:
                return rows.order_by("target__root__position", "target__root_id", "target__lft", "pk")
            return rows.order_by("root__position", "root_id", "grid__position", "grid_id", "lft")
    return Node.objects.none()


def _named(rows: QuerySet[Any], text: str) -> Q:
    """By the row's own name or its holder's."""
    if rows.model is Contact:
        return name_matches(text, "holder__") | name_matches(text, "target__")
    return name_matches(text) | (MEMBER_LINK & name_matches(text, "parent__"))


def problem_counts(asker: Asker, info: EdgeInfo, place: Node | None) -> dict[str, int]:
    """How many of each problem the edge has: at most two queries."""
    found: dict[str, int] = {}
    for among in _sources(asker, info, place):
        sums = {f"n_{name}": Count("pk", filter=where) for name, where in among.conditions.items()}
        numbers = among.rows.order_by().aggregate(**sums)
        found |= {name: numbers[f"n_{name}"] for name in among.conditions}
    return found


def _sources(asker: Asker, info: EdgeInfo, place: Node | None) -> list[_Among]:
    nodes = Node.objects.visible_to(asker.user).filter(under(place), closed_on=None)
    if info.level is not None:
        return [
            _Among(nodes.filter(TARGETS[info.level]), {GAP: nobody(info.level, asker.on)}),
            _Among(_contacts(asker, info.level, place), _of_contacts(info.level, asker.on)),
        ]
    if info.edge == Edge.LEADER:
        return _of_leaders(nodes, asker.on)
    if info.edge == Edge.HUB:
        return _of_hubs(nodes, asker.on)
    seen = Node.objects.visible_to(asker.user).filter(under(place), kind=Kind.MEMBER)
    return _of_members(nodes, seen, asker.on)


# --- 党员→农户 ----------------------------------------------------------------------------------------


def _of_members(nodes: QuerySet[Node], members: QuerySet[Node], on: date) -> list[_Among]:
    """Households by their link, and members of whatever standing who still have some."""
    lane = OuterRef("household_profile__villager_group_id")
    covers = GridCover.objects.filter(villager_group_id=lane, profile__node__closed_on=None)
    elsewhere = Q(Exists(covers)) & ~Q(Exists(covers.filter(profile__node_id=OuterRef("grid_id"))))
    gone = Exists(MemberProfile.objects.filter(away(on), node_id=OuterRef("pk")))
    return [
        _Among(
            nodes.filter(kind=Kind.HOUSEHOLD),
            {
                GAP: ~MEMBER_LINK,
                CROSS: MEMBER_LINK & elsewhere,
                SELF: MEMBER_LINK & Q(name=F("parent__name")),
            },
        ),
        _Among(members, {LEFT: Q(has_child(Kind.HOUSEHOLD)) & (Q(closed_on__isnull=False) | Q(gone))}),
    ]


def away(on: date, path: str = "") -> Q:
    """Members who are not there: unable, floating, or closed; `path` leads to the profile."""
    prefix = f"{path}__" if path else ""
    left = Q(**{f"{prefix}is_floating": True}) | Q(**{f"{prefix}node__closed_on__isnull": False})
    return unable(on, path) | left


# --- 中心户→党员, 党小组长→中心户 ----------------------------------------------------------------------


def _present(role: str, on: date) -> Exists:
    """Somebody holds this post who is there; whoever is no member is taken to be."""
    posts = Post.objects.current(on).filter(node_id=OuterRef("pk"), role=role)
    gone = MemberProfile.objects.filter(away(on), person_id=OuterRef("person_id"))
    return Exists(posts.filter(~Exists(gone)).order_by())


def unplaced() -> Q:
    """Members of villages whom no hub has."""
    return Q(kind=Kind.MEMBER, hub=None) & ~Q(outside_villages())


def unled(on: date) -> Q:
    """Hubs whose group nobody leads."""
    leading = Post.objects.current(on).filter(role=Role.GROUP_LEADER).order_by()
    return Q(kind=Kind.HUB) & ~Q(Exists(leading.filter(node_id=OuterRef("group_id"))))


def _of_hubs(nodes: QuerySet[Node], on: date) -> list[_Among]:
    return [
        _Among(
            nodes.filter(kind__in=[Kind.MEMBER, Kind.HUB]),
            {
                GAP: unplaced(),
                LEFT: Q(kind=Kind.HUB) & ~Q(_present(Role.HUB_HEAD, on)),
            },
        )
    ]


def _of_leaders(nodes: QuerySet[Node], on: date) -> list[_Among]:
    leading = Post.objects.current(on).filter(role=Role.GROUP_LEADER).order_by()
    heads = Post.objects.current(on).filter(node_id=OuterRef("pk"), role=Role.HUB_HEAD).order_by()
    same = Exists(
        heads.filter(person_id__in=leading.filter(node_id=OuterRef(OuterRef("group_id"))).values("person_id"))
    )
    return [
        _Among(
            nodes.filter(kind__in=[Kind.HUB, Kind.GROUP]),
            {
                GAP: unled(on),
                SELF: Q(kind=Kind.HUB) & Q(same),
                LEFT: Q(kind=Kind.GROUP)
                & Q(has_holder(Role.GROUP_LEADER, on))
                & ~Q(_present(Role.GROUP_LEADER, on)),
            },
        )
    ]


# --- contacts ---------------------------------------------------------------------------------------


TARGETS: Mapping[str, Q] = {
    Level.TOWN_LEADER: Q(kind__in=ROOT_KINDS, parent=None),
    Level.GENERAL_BRANCH: Q(kind=Kind.BRANCH, parent__isnull=False),
    Level.COMMITTEE: Q(kind=Kind.GROUP),
}


def nobody(level: str, on: date) -> Q:
    """Targets nobody looks after; a 总支 all of whose branches have a 乡领导 counts as looked after."""
    lines = running(level, on)
    none = TARGETS[level] & ~Q(Exists(lines.filter(target_id=OuterRef("pk"))))
    if level != Level.TOWN_LEADER:
        return none
    branches = Node.objects.filter(parent_id=OuterRef("pk"), kind=Kind.BRANCH, closed_on=None)
    bare = branches.filter(~Exists(lines.filter(target_id=OuterRef("pk"))))
    return none & ~(Q(Exists(branches)) & ~Q(Exists(bare)))


def _contacts(asker: Asker, level: Level, place: Node | None) -> QuerySet[Contact]:
    return running(level, asker.on).visible_to(asker.user).filter(under(place, "target"))


def _of_contacts(level: Level, on: date) -> dict[str, Q]:
    held = Post.objects.current(on).filter(person_id=OuterRef("holder_id")).order_by()
    fits = held.filter(role__in=HOLDER_ROLES[level])
    if level != Level.TOWN_LEADER:
        fits = fits.filter(node__root_id=OuterRef("target__root_id"), node__closed_on=None)
    if level == Level.GENERAL_BRANCH:
        fits = fits.filter(node__kind=Kind.GENERAL_BRANCH)
    roles = (Role.GROUP_LEADER,) if level == Level.COMMITTEE else COMMITTEE_ROLES
    own = held.filter(role__in=roles, node_id=OuterRef("target_id"))
    return {SELF: Q(Exists(own)), LEFT: ~Q(Exists(fits))}


# --- their rows as plain values -----------------------------------------------------------------------


@dataclass(frozen=True)
class ProblemRow:
    """One thing out of order: what, where, who has it, and the numbers its repair needs."""

    pk: int  # of the node, or of the contact
    target_id: int  # the node it is about
    mended_at: int  # the place whose post is empty or to be changed
    name: str
    village: str
    place: str
    holder: str = ""
    note: str = ""
    root_id: int | None = None


def read_problems(asker: Asker, info: EdgeInfo, code: str, rows: QuerySet[Any]) -> list[ProblemRow]:
    """One page of `problem_rows`."""
    if rows.model is Contact:
        return [_contact_row(row) for row in rows.values(*_CONTACT)]
    found = list(rows.values(*_NODE))
    facts = _facts(info, code, [row["pk"] for row in found], asker.on)
    return [_node_row(info, code, row, facts.get(row["pk"], "")) for row in found]


_CONTACT = ("pk", "target_id", "target__name", "target__root_id", "target__root__name", "holder__name")
_NODE = (
    "pk", "kind", "name", "root_id", "parent_id", "group_id", "branch_id", "closed_on", "root__name",
    "branch__name", "grid__name", "group__name", "hub__name", "parent__name", "parent__kind",
    "household_profile__villager_group__name", "household_profile__door",
)  # fmt: skip


def _contact_row(row: Mapping[str, Any]) -> ProblemRow:
    return ProblemRow(
        row["pk"],
        row["target_id"],
        row["target_id"],
        row["target__name"],
        row["target__root__name"],
        row["target__root__name"],
        holder=row["holder__name"],
        root_id=row["target__root_id"],
    )


def _node_row(info: EdgeInfo, code: str, row: Mapping[str, Any], fact: str) -> ProblemRow:
    branch = row["branch__name"] if row["branch_id"] != row["root_id"] else None
    above = [row["grid__name"], row["group__name"], row["hub__name"]]
    home = row["household_profile__villager_group__name"] or ""
    linked = row["kind"] == Kind.HOUSEHOLD and row["parent__kind"] == Kind.MEMBER
    mended_at = row["group_id"] if info.edge == Edge.LEADER and code == GAP else row["pk"]
    lives = f"住{home}{row['household_profile__door'] or ''}" if home else ""
    return ProblemRow(
        row["pk"],
        row["pk"],
        mended_at,
        row["name"],
        row["root__name"],
        " › ".join(name for name in (branch, *above) if name) or row["root__name"],
        holder=row["parent__name"] if linked else "",
        note=fact or lives,
        root_id=row["root_id"],
    )


def _facts(info: EdgeInfo, code: str, pks: list[int], on: date) -> dict[int, str]:
    """Why a holder counts as having left, by the row's number: one query."""
    if code == LEFT and info.edge == Edge.MEMBER:
        members = MemberProfile.objects.filter(node_id__in=pks).select_related("node")
        return {profile.node_id: _why(profile, on) for profile in members}
    if code == LEFT or (code == SELF and info.edge == Edge.LEADER):
        role = Role.GROUP_LEADER if info.holder_kind == Kind.GROUP and code == LEFT else Role.HUB_HEAD
        posts = Post.objects.current(on).filter(node_id__in=pks, role=role).order_by("pk")
        found: dict[int, str] = {}
        for post in posts.select_related("person", "person__membership__node"):
            profile = getattr(post.person, "membership", None)
            why = _why(profile, on) if profile is not None and code == LEFT else ""
            found[post.node_id or 0] = (
                f"{post.get_role_display()}{post.person.name}{f'：{why}' if why else ''}"
            )
        empty = "没有负责人" if code == LEFT else ""
        return {pk: found.get(pk, empty) for pk in pks}
    return {}


def _why(profile: MemberProfile, on: date) -> str:
    if profile.node.closed_on is not None:
        return f"已注销（{profile.node.get_close_reason_display()}）"
    if not profile.can_serve(on):
        reason = profile.get_absence_reason_display()
        return f"不参加联户（{reason}）" if reason else "不参加联户"
    return "流动党员" if profile.is_floating else ""
