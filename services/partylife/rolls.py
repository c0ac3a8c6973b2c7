"""Who is due at a meeting: the members and committees of one village, read once for many meetings."""

from collections.abc import Collection
from datetime import date
from functools import cached_property

from django.db.models import F

from grids.choices import COMMITTEE_ROLES, CloseReason, Kind
from grids.models import Node, Post
from grids.registers.spots import Spot
from services.partylife.choices import MeetingKind

Unit = Node | Spot


class Rolls:
    """One village's. Since when somebody is a member is not known: who was struck off later was there."""

    def __init__(self, root_id: int) -> None:
        self.root_id = root_id

    @cached_property
    def members(self) -> list[Node]:
        """All of the village in its order, with who is away; those entered by mistake never were."""
        rows = Node.objects.filter(root_id=self.root_id, kind=Kind.MEMBER)
        rows = rows.exclude(close_reason__in=(CloseReason.MISTAKE, CloseReason.MERGED))
        about = {"floating": F("member_profile__is_floating"), "person_id": F("member_profile__person_id")}
        return list(rows.annotate(**about).order_by("lft"))

    @cached_property
    def _committees(self) -> list[tuple[int, int, date | None, date | None]]:
        posts = Post.objects.filter(node__root_id=self.root_id, role__in=COMMITTEE_ROLES).order_by()
        return list(posts.values_list("node_id", "person_id", "since", "until"))

    def _committee(self, unit: Unit, on: date) -> Collection[int]:
        """Persons who held a post in it that day."""
        return {
            person
            for node, person, since, until in self._committees
            if node == unit.pk and (since is None or since <= on) and (until is None or until > on)
        }

    def of(self, unit: Unit, kind: str, *, on: date) -> list[Node]:
        """The committee, the group's members, or all members of the organisation, as it was that day."""
        found = [one for one in self.members if one.closed_on is None or one.closed_on > on]
        if kind == MeetingKind.COMMITTEE:
            seated = self._committee(unit, on)
            return [one for one in found if one.person_id in seated]
        if unit.kind == Kind.GROUP:
            return [one for one in found if one.group_id == unit.pk]
        if unit.kind == Kind.BRANCH and unit.parent_id is not None:
            return [one for one in found if one.branch_id == unit.pk]
        return found
