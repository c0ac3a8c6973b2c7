"""Builders of test data: townships, accounts, people, and whole villages planted in one go."""

from dataclasses import dataclass, field
from datetime import date

import factory
from django.utils import timezone

from grids import tree
from grids.choices import HubKind, Kind, Role
from grids.models import (
    BranchProfile,
    GridCover,
    GridProfile,
    GroupProfile,
    HouseholdProfile,
    HubProfile,
    MemberProfile,
    Node,
    Person,
    Post,
    VillagerGroup,
)
from grids.pinyin import initials
from township import history
from township.choices import OfficeRole
from township.models import Township, User

PASSWORD = "Qinghe-2026-grid"
SINCE = date(2026, 9, 1)


class TownshipFactory(factory.django.DjangoModelFactory):
    """An empty township."""

    class Meta:
        model = Township

    code = factory.Sequence(lambda n: f"T{n:02d}")
    name = factory.Sequence(lambda n: f"青河{n}乡")


class UserFactory(factory.django.DjangoModelFactory):
    """An account that has already changed its first password."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"account{n}")
    full_name = factory.Sequence(lambda n: f"演示账号{n}")
    township = factory.SubFactory(TownshipFactory)
    office_role = OfficeRole.CLERK
    must_change_password = False
    password_changed_at = factory.LazyFunction(timezone.now)
    password = factory.PostGenerationMethodCall("set_password", PASSWORD)

    @factory.post_generation
    def _saved(self, create: bool, extracted: object, **kwargs: object) -> None:
        if create:
            self.save()


class PersonFactory(factory.django.DjangoModelFactory):
    """A person of a township."""

    class Meta:
        model = Person

    township = factory.SubFactory(TownshipFactory)
    name = factory.Sequence(lambda n: f"人员{n}")
    phone = factory.Sequence(lambda n: f"139{n:08d}")
    initials = factory.LazyAttribute(lambda person: initials(person.name))


def node(kind: str, name: str, parent: Node | None = None, *, township: Township | None = None) -> Node:
    """One node through the tree's own door, without a profile."""
    owner = township or (parent.township if parent else TownshipFactory())
    return tree.add(
        node=Node(township=owner, kind=kind, name=name, initials=initials(name), since=SINCE), parent=parent
    )


@dataclass
class Village:
    """What `village` planted, by kind."""

    root: Node
    grids: list[Node] = field(default_factory=list)
    groups: list[Node] = field(default_factory=list)
    hubs: list[Node] = field(default_factory=list)
    members: list[Node] = field(default_factory=list)
    households: list[Node] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)


def village(
    township: Township,
    name: str = "甲村",
    *,
    groups: int = 2,
    hubs: int = 2,
    members: int = 2,
    households: int = 3,
) -> Village:
    """A whole village: `groups` grids with a Party group each, `hubs` per group, and so on down."""
    root = tree.add(node=Node(township=township, kind=Kind.BRANCH, name=f"{name}党支部", since=SINCE))
    BranchProfile.objects.create(node=root, village=name, population=100 * groups)
    made = Village(root)
    with tree.tree_write(lambda: {root.pk}):
        made.grids = _layer([(root, Kind.GRID, f"第{i + 1}网格") for i in range(groups)], root)
        made.groups = _layer([(g, Kind.GROUP, f"第{i + 1}党小组") for i, g in enumerate(made.grids)], root)
        made.hubs = _layer(
            [(g, Kind.HUB, f"{name}{g.pk}中心{j + 1}户") for g in made.groups for j in range(hubs)], root
        )
        made.members = _layer(
            [(h, Kind.MEMBER, f"{name}党员{h.pk}{k}") for h in made.hubs for k in range(members)], root
        )
        made.households = _layer(
            [(m, Kind.HOUSEHOLD, f"{name}户主{m.pk}{k}") for m in made.members for k in range(households)],
            root,
        )
        tree.renumber([root.pk])
    _profiles(made)
    return made


def _layer(rows: list[tuple[Node, str, str]], root: Node) -> list[Node]:
    new = [
        Node(
            township=root.township, kind=kind, name=name, parent=parent, initials=initials(name), since=SINCE
        )
        for parent, kind, name in rows
    ]
    return tree.plant(root=root, new=new)


def _profiles(made: Village) -> None:
    root = made.root
    lane = VillagerGroup.objects.create(root=root, name="一社")
    grids = history.create_all(GridProfile, [GridProfile(node=grid) for grid in made.grids], by=None)
    history.create_all(GridCover, [GridCover(profile=g, villager_group=lane) for g in grids], by=None)
    history.create_all(GroupProfile, [GroupProfile(node=g) for g in made.groups], by=None)
    hubs = [HubProfile(node=h, hub_kind=HubKind.CENTRAL) for h in made.hubs]
    history.create_all(HubProfile, hubs, by=None)
    people = [
        Person(township=root.township, root=root, name=m.name, initials=m.initials, phone=f"138{m.pk:08d}")
        for m in made.members
    ]
    made.people = history.create_all(Person, people, by=None)
    members = [MemberProfile(node=m, person=p) for m, p in zip(made.members, made.people, strict=True)]
    history.create_all(MemberProfile, members, by=None)
    households = [
        HouseholdProfile(node=h, villager_group=lane, door=f"{i + 1}号", size=i % 6 + 1)
        for i, h in enumerate(made.households)
    ]
    history.create_all(HouseholdProfile, households, by=None)


def appoint(person: Person, role: str, at: Node | None, *, since: date = SINCE) -> Post:
    """A post from `since` on."""
    return Post.objects.create(township=person.township, person=person, node=at, role=role, since=since)


def secretary(made: Village, **kwargs: object) -> User:
    """An account for the village's branch secretary."""
    return _posted(made, Role.SECRETARY, made.root, **kwargs)


def group_leader(made: Village, **kwargs: object) -> User:
    """An account for the leader of the village's first Party group."""
    return _posted(made, Role.GROUP_LEADER, made.groups[0], **kwargs)


def member(made: Village, **kwargs: object) -> User:
    """An account for the village's last member, who holds no post."""
    user = UserFactory(township=made.root.township, office_role=OfficeRole.BY_POST, **kwargs)
    person = made.people[-1]
    person.user = user
    person.save()
    return user


def _posted(made: Village, role: str, at: Node, **kwargs: object) -> User:
    user = UserFactory(township=made.root.township, office_role=OfficeRole.BY_POST, **kwargs)
    person = PersonFactory(township=made.root.township, root=made.root, user=user)
    appoint(person, role, at)
    return user
