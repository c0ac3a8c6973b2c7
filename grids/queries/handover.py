"""What somebody holds, item by item, and who could take each of them over, with the reason in words."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from grids import access
from grids.choices import COMMITTEE_ROLES, BandCode, Kind, Role
from grids.holdings import Candidate, Holding, providers
from grids.models import Node, Person, Post
from grids.queries.ability import able
from grids.queries.bands import bands_in_force
from grids.queries.duplicates import naming
from grids.queries.people import may_edit_post

if TYPE_CHECKING:
    from township.models import User

POST, HOUSEHOLD = "post", "household"
BEST = 8  # candidates named for one item; everybody else stands in the list below them
WITHIN: Mapping[str, str] = {
    Role.GROUP_LEADER: "group_id",
    Role.HUB_HEAD: "hub_id",
    Role.GRID_STAFF: "grid_id",
}
WORDS = {"group_id": "同一党小组", "hub_id": "同一中心户（示范岗）", "grid_id": "同一网格"}


@dataclass(frozen=True)
class Able:
    """A member who takes part in the work, with the place and what they do already."""

    person_id: int
    name: str
    node_id: int
    root_id: int
    branch_id: int | None
    grid_id: int | None
    group_id: int | None
    hub_id: int | None
    households: int

    def under(self, key: str, node_id: int | None) -> bool:
        """True when this member stands below that grid, group or hub."""
        return node_id is not None and getattr(self, key) == node_id


@dataclass(frozen=True)
class Field:
    """Everybody who comes into question, read once for all items."""

    members: Sequence[Able]
    held: Mapping[int, Sequence[tuple[str, int | None]]]  # person → (role, node) of the posts held now
    names: Mapping[int, str]
    most: int  # households one member takes at the most, by the ratio in force

    def at(self, node_id: int | None, roles: Collection[str]) -> list[int]:
        """People who hold one of these posts at a place, in the order of the roles."""
        found = [
            (list(roles).index(role), person_id)
            for person_id, posts in self.held.items()
            for role, place in posts
            if place == node_id and role in roles
        ]
        return list(dict.fromkeys(person_id for _, person_id in sorted(found)))

    def why(self, person_id: int, said: str) -> str:
        """The reason, with the posts somebody holds already."""
        roles = [str(Role(role).label) for role, _ in self.held.get(person_id, ())][:2]
        return "，".join([said, *([f"现任{'、'.join(roles)}"] if roles else [])])


def holdings_of(user: "User | Any", person: Person, *, on: date) -> list[Holding]:
    """All the person holds that this user may change: posts, linked households, and what other apps know."""
    posts = [post for post in _posts(user, person, on) if _may_change(user, post)]
    node = member_node(person)
    node = node if node is not None and access.may_edit(user, node) else None
    roots = {post.node.root_id for post in posts if post.node} | ({node.root_id} if node else set())
    field = _field(roots, person, on)
    found = _spread([_post_holding(post, field) for post in posts])
    if node is not None:
        found += _households(node, field)
    for provider in providers():
        found += provider.held(user, person, on=on)
    return found


def member_node(person: Person) -> Node | None:
    """The person's open place as a member, if any."""
    return Node.objects.filter(member_profile__person=person, closed_on=None).first()


def holds_anything(user: "User | Any", person: Person, *, on: date) -> bool:
    """True when there is something to hand over; cheaper than the whole list."""
    node = member_node(person)
    return (
        _posts(user, person, on).exists()
        or (node is not None and Node.objects.filter(parent=node, closed_on=None).exists())
        or any(provider.held(user, person, on=on) for provider in providers())
    )


def _posts(user: "User | Any", person: Person, on: date) -> Any:
    open_ones = Post.objects.visible_to(user).filter(Q(until=None) | Q(until__gt=on), person=person)
    return open_ones.select_related("node", "node__root").order_by("since", "pk")


def _may_change(user: "User | Any", post: Post) -> bool:
    return may_edit_post(user, post) and (post.node is None or post.node.closed_on is None)


def _field(roots: Collection[int], person: Person, on: date) -> Field:
    """Three queries, however many items there are."""
    rows = (
        Node.objects.filter(
            able(on),
            root_id__in=roots,
            kind=Kind.MEMBER,
            closed_on=None,
            member_profile__is_floating=False,
        )
        .exclude(member_profile__person=person)
        .annotate(households=Count("children", filter=Q(children__closed_on=None)))
        .order_by("lft")
        .values_list(
            "member_profile__person_id", "name", "pk", "root_id", "branch_id", "grid_id", "group_id",
            "hub_id", "households",
        )
    )  # fmt: skip
    members = [Able(*row) for row in rows]
    posts = (
        Post.objects.current(on)
        .filter(Q(node__root_id__in=roots) | Q(person_id__in=[one.person_id for one in members]))
        .exclude(person=person)
        .order_by("since", "pk")
        .values_list("person_id", "role", "node_id", "person__name")
    )
    held: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    names = {one.person_id: one.name for one in members}
    for person_id, role, node_id, name in posts:
        held[person_id].append((role, node_id))
        names[person_id] = name
    most = bands_in_force(person.township_id, year=on.year)[BandCode.MEMBER].high
    return Field(members, held, names, most)


# --- posts ------------------------------------------------------------------------------------------


def _post_holding(post: Post, field: Field) -> Holding:
    able, said = _for_post(post, field)
    holders = {pid for pid, posts in field.held.items() if (post.role, post.node_id) in posts}
    fitting = [pid for pid in able if pid not in holders][:BEST]
    return Holding(
        key=f"{POST}:{post.pk}",
        title=str(post.get_role_display()),
        where=post.node.name if post.node else "乡（镇）",
        since=post.since,
        group="职务",
        candidates=tuple(
            Candidate(pid, field.names[pid], field.why(pid, _near(pid, post, field))) for pid in fitting
        ),
        proposal=said if fitting or not able else f"{said.split('，')[0]}，但都已任此职",
    )


def _near(person_id: int, post: Post, field: Field) -> str:
    key = WITHIN.get(post.role)
    if key is None:
        return "本支部"
    here = any(one.person_id == person_id and one.under(key, post.node_id) for one in field.members)
    return WORDS[key] if here else "本支部"


def _for_post(post: Post, field: Field) -> tuple[list[int], str]:
    """Who could take this post, best first, and the rule in words."""
    key = WITHIN.get(post.role)
    if key is not None:
        near = [one.person_id for one in field.members if one.under(key, post.node_id)]
        near.sort(key=lambda pid: (len(field.held.get(pid, ())), pid))
        what = WORDS[key]
        return near, f"建议由{what}中任职最少的党员接任" if near else f"{what}里没有别的可接任的党员"
    if post.role == Role.SECRETARY:
        deputies = field.at(post.node_id, COMMITTEE_ROLES[1:])
        return deputies, "建议由副书记接任，没有副书记的由其他委员接任" if deputies else "支部没有别的委员"
    if post.role in COMMITTEE_ROLES:
        leaders = [
            one.person_id
            for one in field.members
            if post.node_id in (one.branch_id, one.root_id)
            and any(role == Role.GROUP_LEADER for role, _ in field.held.get(one.person_id, ()))
        ]
        return leaders, "建议从党小组长中补选" if leaders else "没有在任的党小组长，请另选"
    return [], "由乡党政办另行选派"


def _spread(found: Iterable[Holding]) -> list[Holding]:
    """Propose somebody for each item without piling all of them on one person."""
    proposed: Counter[int] = Counter()
    spread = []
    for item in found:
        if not item.candidates:
            spread.append(item)
            continue
        order = {one.person_id: place for place, one in enumerate(item.candidates)}
        best = min(order, key=lambda pid: (proposed[pid], order[pid]))
        proposed[best] += 1
        spread.append(_proposing(item, best))
    return spread


def _proposing(item: Holding, person_id: int | None, said: str = "") -> Holding:
    return Holding(**{**item.__dict__, "proposed": person_id, "proposal": said or item.proposal})


# --- households -------------------------------------------------------------------------------------


def _households(node: Node, field: Field) -> list[Holding]:
    """Each linked household, given to whoever is near and has room in the band."""
    rows = (
        Node.objects.filter(parent=node, kind=Kind.HOUSEHOLD, closed_on=None)
        .order_by("position", "pk")
        .values_list(
            "pk", "name", "since", "household_profile__villager_group__name", "household_profile__door"
        )
    )
    near = [one for one in field.members if _is_near(one, node)]
    load = Counter({one.person_id: one.households for one in near})
    found = []
    for pk, name, since, lane, door in rows:
        best = _with_room(near, node, load, field.most)
        if best is not None:
            load[best.person_id] += 1
        found.append(
            Holding(
                key=f"{HOUSEHOLD}:{pk}",
                title=name,
                where="".join(part for part in (lane, door) if part),
                since=since,
                group="联系的农户",
                candidates=tuple(
                    Candidate(one.person_id, one.name, f"{_hub_words(one, node)}，现联系 {one.households} 户")
                    for one in near[:BEST]
                ),
                proposed=best.person_id if best else None,
                proposal=_household_words(best, node, load, near, field.most),
                vacant="先不联户",
            )
        )
    return found


def _is_near(one: Able, node: Node) -> bool:
    if node.group_id is None:
        return one.branch_id == node.branch_id
    return one.group_id == node.group_id


def _hub_words(one: Able, node: Node) -> str:
    same_hub = node.hub_id is not None and one.hub_id == node.hub_id
    return WORDS["hub_id"] if same_hub else WORDS["group_id"]


def _with_room(near: Sequence[Able], node: Node, load: Mapping[int, int], most: int) -> Able | None:
    """The same hub first, then the one with the fewest households; nobody beyond the band."""
    free = [one for one in near if load[one.person_id] < most]
    same = [one for one in free if node.hub_id is not None and one.hub_id == node.hub_id]
    return min(same or free, key=lambda one: (load[one.person_id], one.person_id), default=None)


def _household_words(
    best: Able | None, node: Node, load: Mapping[int, int], near: Sequence[Able], most: int
) -> str:
    if best is not None:
        return f"{_hub_words(best, node)}，接后 {load[best.person_id]} 户（一般不超 {most} 户）"
    return f"附近党员都已满 {most} 户" if near else "附近没有可联户的党员"


def people_to_choose(user: "User | Any", person: Person) -> list[tuple[int, str]]:
    """Everybody else a clerk may choose for a post: the village's people, for the office the 乡's too."""
    place = Q(root_id=person.root_id)
    if access.scope_of(user).whole_township:
        place |= Q(root_id=None)
    rows = Person.objects.visible_to(user).filter(place).exclude(pk=person.pk).order_by("pinyin_order", "pk")
    called = naming(rows)
    return [(one.pk, called(one)) for one in rows]


def members_to_choose(person: Person, *, on: date) -> list[tuple[int, str]]:
    """Members of the person's village who could take households over, with how many they have."""
    node = member_node(person)
    if node is None:
        return []
    members = _field({node.root_id}, person, on).members
    return [(one.person_id, f"{one.name}（现联系 {one.households} 户）") for one in members]
