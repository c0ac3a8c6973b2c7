"""The chain of any place up to the 乡: 户 → 党员 → 中心户 → 党小组长 → 支部委员 → 总支班子 → 乡领导."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.urls import reverse

from grids import access
from grids.choices import BranchSetting, HubKind, Kind, Role
from grids.models import BranchProfile, HouseholdProfile, MemberProfile, Node, Post
from grids.queries import phones
from liaison.choices import Level
from liaison.models import Contact
from liaison.queries import current

if TYPE_CHECKING:
    from township.models import User

HEADS = (Role.SECRETARY, Role.GRID_STAFF, Role.GROUP_LEADER, Role.HUB_HEAD)
_PERSON = ("person__name", "person__phone", "person_id")
ABOVE = ("parent_id", "hub_id", "group_id", "grid_id", "branch_id", "root_id")


@dataclass(frozen=True)
class Holder:
    """Somebody who answers for a step of the chain; the phone is masked or whole as the reader may see it."""

    name: str
    phone: str = ""
    person_id: int | None = None


@dataclass(frozen=True)
class ChainLink:
    """One step: the level in words, the place, who holds it, or what is missing.

    `url` leads to the place where the reader may see it, and where something is missing to its repair,
    for whoever may mend it.
    """

    level: str
    place: str
    holders: tuple[Holder, ...] = ()
    missing: str = ""
    url: str = ""
    node_id: int | None = None


def chain_of(user: "User | Any", node: Node, *, on: date) -> list[ChainLink]:
    """From the place itself up to the 乡领导; names above oneself are no secret, phones go by the rule."""
    return chains_of(user, [node], on=on)[node.pk]


def chains_of(user: "User | Any", nodes: Iterable[Node], *, on: date) -> dict[int, list[ChainLink]]:
    """The chains of many places, in a fixed number of queries."""
    found = list(nodes)
    frame = _read(user, found, on)
    return {node.pk: _Climb(frame, node).links() for node in found}


@dataclass(frozen=True)
class _Frame:
    """Everything the chains of some places need."""

    user: Any
    places: Mapping[int, Node]
    visible: frozenset[int]
    heads: Mapping[tuple[int, str], Sequence[tuple[str, str, int]]]  # (place, role) → name, phone, person
    members: Mapping[int, tuple[str, str, int]]
    households: Mapping[int, tuple[str | None, str, str]]  # villager group, door, phone
    contacts: Mapping[tuple[str, int], Sequence[tuple[str, str, int]]]  # (level, target)
    group_in: Mapping[int, int]  # grid → its group
    offices: frozenset[int]  # tops that are no villages

    def holders(self, root_id: int | None, rows: Sequence[tuple[str, str, int]]) -> tuple[Holder, ...]:
        """People with the phones this reader may see."""
        return tuple(Holder(name, phones.shown(self.user, root_id, phone), pk) for name, phone, pk in rows)

    def mending(self, node: Node | None, address: str) -> str:
        """The address of a repair, for whoever may make it."""
        return address if node is not None and access.may_edit(self.user, node) else ""


def _read(user: Any, nodes: Sequence[Node], on: date) -> _Frame:
    above = {getattr(node, name) for node in nodes for name in ABOVE} - {None}
    grids = {node.grid_id or node.pk for node in nodes if not node.group_id} - {None}
    groups = Node.objects.filter(parent_id__in=grids, kind=Kind.GROUP, closed_on=None)
    group_in = dict(groups.values_list("parent_id", "pk"))
    wanted = {node.pk for node in nodes} | above | set(group_in.values())
    rows = Node.objects.filter(pk__in=wanted).annotate(hub_kind=F("hub_profile__hub_kind"))
    places = {place.pk: place for place in rows}
    member_ids = [pk for pk, place in places.items() if place.kind == Kind.MEMBER]
    home_ids = [node.pk for node in nodes if node.kind == Kind.HOUSEHOLD]
    members = MemberProfile.objects.filter(node_id__in=member_ids).values_list("node_id", *_PERSON)
    homes = HouseholdProfile.objects.filter(node_id__in=home_ids)
    tops = BranchProfile.objects.filter(node_id__in={node.root_id for node in nodes})
    return _Frame(
        user=user,
        places=places,
        visible=frozenset(Node.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)),
        heads=_heads([pk for pk, place in places.items() if place.kind != Kind.HOUSEHOLD], on),
        members={pk: (name, phone, person) for pk, name, phone, person in members},
        households={
            row[0]: (row[1], row[2], row[3])
            for row in homes.values_list("node_id", "villager_group__name", "door", "phone")
        },
        contacts=_contacts([pk for pk in places if pk not in home_ids], on),
        group_in=group_in,
        offices=frozenset(tops.exclude(setting=BranchSetting.VILLAGE).values_list("node_id", flat=True)),
    )


def _heads(place_ids: Sequence[int], on: date) -> dict[tuple[int, str], list[tuple[str, str, int]]]:
    rows = Post.objects.current(on).filter(node_id__in=place_ids, role__in=HEADS).order_by("since", "pk")
    found: dict[tuple[int, str], list[tuple[str, str, int]]] = defaultdict(list)
    for place, role, name, phone, pk in rows.values_list("node_id", "role", *_PERSON):
        found[place or 0, role].append((name, phone, pk))
    return found


def _contacts(place_ids: Sequence[int], on: date) -> dict[tuple[str, int], list[tuple[str, str, int]]]:
    rows = Contact.objects.filter(current(on), target_id__in=place_ids).order_by("since", "pk")
    found: dict[tuple[str, int], list[tuple[str, str, int]]] = defaultdict(list)
    for level, target, name, phone, pk in rows.values_list(
        "level", "target_id", "holder__name", "holder__phone", "holder_id"
    ):
        found[level, target].append((name, phone, pk))
    return found


@dataclass(frozen=True)
class _Climb:
    """The chain of one place, step by step."""

    frame: _Frame
    node: Node

    def links(self) -> list[ChainLink]:
        """From the place itself to the 乡."""
        node = self.node
        steps: list[ChainLink | None] = []
        if node.kind == Kind.HOUSEHOLD:
            steps += [self._home(), self._contact_of_home()]
        elif node.kind == Kind.MEMBER:
            steps.append(self._member(node))
        if node.root_id in self.frame.offices:
            steps.append(self._organisation(self._place(node.branch_id or node.root_id)))
        elif node.kind in (Kind.HOUSEHOLD, Kind.MEMBER, Kind.HUB, Kind.GROUP):
            steps += [self._hub(), self._leader(), self._committee()]
        else:
            steps.append(self._organisation(node))
            steps.append(self._committee() if node.kind == Kind.GRID else None)
        steps += [self._general_branch(), self._town()]
        return [step for step in steps if step is not None]

    def _place(self, pk: int | None) -> Node | None:
        return self.frame.places.get(pk or 0)

    def _step(self, level: str, place: Node | None, role: str, missing: str) -> ChainLink:
        """A place of the tree whose head holds a post."""
        if place is None:
            return ChainLink(level, "", missing=missing)
        heads = self.frame.holders(place.root_id, self.frame.heads.get((place.pk, role), ()))
        link = ChainLink(level, place.name, heads, node_id=place.pk)
        if heads:
            return replace(link, url=place.get_absolute_url() if place.pk in self.frame.visible else "")
        return replace(link, missing=missing, url=self.frame.mending(place, _appoint(place)))

    def _home(self) -> ChainLink:
        lane, door, phone = self.frame.households.get(self.node.pk, (None, "", ""))
        home = self.frame.holders(self.node.root_id, [(self.node.name, phone, 0)])[0]
        return ChainLink(
            "农户",
            f"{lane or ''}{door}",
            (replace(home, person_id=None),),
            url=self.node.get_absolute_url(),
            node_id=self.node.pk,
        )

    def _contact_of_home(self) -> ChainLink:
        member = self._place(self.node.parent_id)
        if member is not None and member.kind == Kind.MEMBER:
            return self._member(member)
        move = reverse("grids:node_move", args=[self.node.pk])
        return ChainLink("党员", "", missing="还没有联系党员", url=self.frame.mending(self.node, move))

    def _member(self, member: Node) -> ChainLink:
        rows = [self.frame.members[member.pk]] if member.pk in self.frame.members else []
        holders = self.frame.holders(member.root_id, rows) or (Holder(member.name),)
        seen = member.pk in self.frame.visible
        url = member.get_absolute_url() if seen else ""
        return ChainLink("党员", "", holders, url=url, node_id=member.pk)

    def _hub(self) -> ChainLink | None:
        node = self.node
        if node.kind == Kind.GROUP:
            return None
        hub = self._place(node.pk if node.kind == Kind.HUB else node.hub_id)
        if hub is not None:
            return self._step(_hub_title(hub), hub, Role.HUB_HEAD, "没有登记负责人")
        parent = self._place(node.parent_id)
        member = node if node.kind == Kind.MEMBER else parent
        if member is None or member.kind != Kind.MEMBER:
            return None  # it comes with the member, who is missing
        move = reverse("grids:node_move", args=[member.pk])
        return ChainLink("中心户", "", missing="还没有编入中心户", url=self.frame.mending(member, move))

    def _group(self) -> Node | None:
        node = self.node
        if node.kind == Kind.GROUP:
            return node
        grid = node.pk if node.kind == Kind.GRID else node.grid_id
        return self._place(node.group_id or self.frame.group_in.get(grid or 0))

    def _leader(self) -> ChainLink:
        group = self._group()
        if group is not None:
            return self._step("党小组长", group, Role.GROUP_LEADER, "没有登记党小组长")
        grid = self._place(self.node.grid_id)
        if grid is None:
            move = reverse("grids:node_move", args=[self.node.pk])
            return ChainLink("党小组长", "", (), "还没有编入党小组", self.frame.mending(self.node, move))
        make = f"{reverse('grids:node_add')}?parent={grid.pk}&kind={Kind.GROUP.value}"
        return ChainLink("党小组长", grid.name, (), "还没有建党小组", self.frame.mending(grid, make))

    def _committee(self) -> ChainLink:
        group, node = self._group(), self.node
        branch = self._place(node.branch_id or node.root_id)
        where = branch.name if branch else ""
        if group is None:
            return ChainLink("支部委员", where, missing="没有党小组，委员无从包挂")
        return self._contact(Level.COMMITTEE, "支部委员", where, (group,), "没有委员包挂")

    def _organisation(self, place: Node | None) -> ChainLink:
        """A branch with its secretary, or a grid with its staff."""
        kind = place.kind if place is not None else Kind.BRANCH
        role, missing = Role.SECRETARY, "没有登记书记"
        if kind == Kind.GRID:
            role, missing = Role.GRID_STAFF, "没有登记网格工作人员"
        return self._step(str(Kind(kind).label), place, role, missing)

    def _general_branch(self) -> ChainLink | None:
        """E1 exists only under a 总支."""
        top, branch = self._place(self.node.root_id), self._branch()
        if top is None or top.kind != Kind.GENERAL_BRANCH or branch is None:
            return None
        return self._contact(
            Level.GENERAL_BRANCH, "总支班子", top.name, (branch,), "没有总支班子成员联系这个党支部"
        )

    def _branch(self) -> Node | None:
        own = self.node if self.node.kind == Kind.BRANCH else self._place(self.node.branch_id)
        return own if own is not None and own.parent_id is not None else None

    def _town(self) -> ChainLink:
        """E0 points to the top organisation, or to the branch itself."""
        targets = [place for place in (self._branch(), self._place(self.node.root_id)) if place is not None]
        return self._contact(Level.TOWN_LEADER, "乡领导", "乡（镇）", targets, "没有乡领导包挂")

    def _contact(
        self, level: Level, title: str, where: str, targets: Sequence[Node], missing: str
    ) -> ChainLink:
        """People who look after a place by a Contact row."""
        rows = [row for place in targets for row in self.frame.contacts.get((level, place.pk), ())]
        if holders := self.frame.holders(self.node.root_id, list(dict.fromkeys(rows))):
            return ChainLink(title, where, holders)
        town_only = level != Level.COMMITTEE
        may = not town_only or access.may(self.frame.user, access.Right.EDIT_TOWN_CONTACTS)
        add = f"{reverse('liaison:contact_add')}?level={level.value}&target={targets[0].pk}"
        return ChainLink(title, where, (), missing, self.frame.mending(targets[0], add) if may else "")


def _hub_title(hub: Node) -> str:
    demo = getattr(hub, "hub_kind", "") == HubKind.DEMO_POST
    return str((HubKind.DEMO_POST if demo else HubKind.CENTRAL).label)


def _appoint(place: Node) -> str:
    return f"{reverse('grids:post_add')}?node={place.pk}"
