"""What plates and cards say today, and whose there are."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from grids.choices import HubKind, Kind, Role
from grids.models import HubProfile, Node, Post
from grids.queries.orders import SET
from services.notices.choices import KIND_OF, Notice
from services.notices.content import Card, Content, Plate
from services.notices.queries.boards import ABOVE, boards, hotlines, unit_of
from services.notices.rules import BOARD_ROLES, title_of

if TYPE_CHECKING:
    from township.models import User

PLATE_TITLES = {HubKind.CENTRAL: "党员中心户", HubKind.DEMO_POST: "党员示范岗"}
CARD_TITLE = "联系党员"
_TOLD = (*BOARD_ROLES, Role.HUB_HEAD)


def plates(hubs: Sequence[Node]) -> dict[int, Plate]:
    """Each hub's plate; the hubs come with ABOVE and their profile."""
    return {hub.pk: _plate(hub) for hub in hubs}


def _plate(hub: Node) -> Plate:
    profile = getattr(hub, "hub_profile", None)
    kind = HubKind(profile.hub_kind) if profile else HubKind.CENTRAL
    return Plate(
        unit=unit_of(hub),
        title=PLATE_TITLES[kind],
        name=hub.name,
        number=profile.plate_no if profile else "",
    )


def cards(members: Sequence[Node], *, on: date) -> dict[int, Card]:
    """Each member's card; they come with ABOVE, their grid, profile and person."""
    numbers = hotlines(members)
    posts = _posts({member.member_profile.person_id for member in members}, on)
    return {member.pk: _card(member, numbers[member.pk], posts) for member in members}


def _card(member: Node, hotline: str, posts: dict[int, str]) -> Card:
    person = member.member_profile.person
    contact = getattr(person, "staff_contact", None)
    return Card(
        unit=unit_of(member),
        place=member.grid.name if member.grid else "",
        name=person.name,
        post=posts.get(person.pk, CARD_TITLE),
        phone=(contact.work_phone if contact else "") or person.phone,
        hotline=hotline,
    )


def _posts(people: set[int], on: date) -> dict[int, str]:
    """The first post of each in the order of the board; a head of a hub as such."""
    rows = Post.objects.current(on).filter(person_id__in=people, role__in=_TOLD, node__closed_on=None)
    found: dict[int, str] = {}
    for person, role in rows.order_by("pk").values_list("person_id", "role"):
        held = found.get(person)
        if held is None or _TOLD.index(Role(role)) < _TOLD.index(Role(held)):
            found[person] = role
    return {
        person: "中心户（岗）负责人" if r == Role.HUB_HEAD else title_of(r) for person, r in found.items()
    }


# --- whose they are ---------------------------------------------------------------------------------


def bearers(notice: str, rows: QuerySet[Node]) -> QuerySet[Node]:
    """Open places that have such a thing, with all that is needed to say what stands on it."""
    found = rows.filter(kind=KIND_OF[Notice(notice)], closed_on=None).select_related(*ABOVE)
    if notice == Notice.PLATE:
        found = found.select_related("hub_profile")
    if notice == Notice.CARD:
        homes = Node.objects.filter(parent_id=OuterRef("pk"), kind=Kind.HOUSEHOLD, closed_on=None)
        found = found.filter(Exists(homes), member_profile__isnull=False)
        found = found.select_related("grid", "member_profile__person__staff_contact")
    return found.order_by(*SET)


def contents(notice: str, nodes: Sequence[Node], *, on: date) -> dict[int, Content]:
    """What each says today."""
    if notice == Notice.BOARD:
        return {**boards(nodes, on=on)}
    return {**plates(nodes)} if notice == Notice.PLATE else {**cards(nodes, on=on)}


def homes_of(members: Collection[int]) -> dict[int, int]:
    """How many households each looks after."""
    rows = Node.objects.filter(parent_id__in=members, kind=Kind.HOUSEHOLD, closed_on=None).order_by()
    return dict(rows.values_list("parent_id").annotate(n=Count("pk")))


def unnumbered(user: "User | Any", village: Node) -> QuerySet[HubProfile]:
    """Hubs of a village without a plate number, in the order of the tree."""
    rows = HubProfile.objects.visible_to(user).filter(node__root=village, node__closed_on=None, plate_no="")
    return rows.order_by("node__lft")


def numbers_taken(village: Node) -> list[str]:
    """Plate numbers of the village, those of closed hubs too: a number is not given twice."""
    rows = HubProfile.objects.filter(Q(node__root=village), ~Q(plate_no=""))
    return list(rows.values_list("plate_no", flat=True))
