"""Meetings as asked for, who is due at one, who owes which in a period, and members who are away."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet

from grids import access
from grids.choices import COMMITTEE_ROLES, Kind
from grids.models import Node, Post
from services.models import FloatingMember, MeetingAttendance, PartyMeeting
from services.models.partylife import led_groups
from services.partylife.absentees import told
from services.partylife.choices import Absence, MeetingKind
from services.partylife.rolls import Rolls
from services.partylife.rules import DUTIES, Standing, owed, period_of, standing

if TYPE_CHECKING:
    from township.models import User

BETWEEN = " · "
UNIT_KINDS = (Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GROUP)


# --- meetings ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the list of meetings is asked for."""

    village: int | None = None
    year: int | None = None
    kind: str = ""
    text: str = ""


def meetings(user: "User | Any", asked: Asked) -> QuerySet[PartyMeeting]:
    """The latest first, with how many were due and came."""
    rows = PartyMeeting.objects.visible_to(user)
    if asked.village is not None:
        rows = rows.filter(unit__root_id=asked.village)
    if asked.year:
        rows = rows.filter(day__year=asked.year)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.text:
        words = Q(topic__icontains=asked.text) | Q(decisions__icontains=asked.text)
        rows = rows.filter(words | Q(host__icontains=asked.text) | Q(venue__icontains=asked.text))
    return rows.select_related("unit", "unit__root").counted().order_by("-day", "-pk")


def may_record(user: "User | Any", unit: Node, kind: str, *, on: date) -> bool:
    """Clerk and secretary; the group's leader its own meetings."""
    if access.may_edit(user, unit):
        return True
    return kind == MeetingKind.GROUP and unit.kind == Kind.GROUP and unit.pk in led_groups(user, on=on)


def unit_path(*names: str) -> str:
    """甲村党支部 · 第一党小组, each name once."""
    return BETWEEN.join(dict.fromkeys(names))


def whole_path(unit: Node) -> str:
    """A unit with all that stands over it; its root and branch are read with it."""
    above = [node.name for node in (unit.root, unit.branch) if node is not None and node.pk != unit.pk]
    return unit_path(*above, unit.name)


def sees_names(user: "User | Any", meeting: PartyMeeting) -> bool:
    """Who was absent, and the minutes, are for the office and for whoever keeps the record."""
    return PartyMeeting.objects.names_open_to(user).filter(pk=meeting.pk).exists()


def units_to_record(user: "User | Any", *, on: date) -> QuerySet[Node]:
    """Branches and groups whose meetings the user may enter, in the order of the villages."""
    edits = Node.objects.editable_by(user).filter(kind__in=UNIT_KINDS)
    rows = Node.objects.filter(Q(pk__in=edits.values("pk")) | Q(pk__in=led_groups(user, on=on)))
    return rows.filter(closed_on=None).select_related("root").order_by("root__position", "root_id", "lft")


def roll(unit: Node, kind: str, *, on: date) -> list[Node]:
    """Who is due that day."""
    return Rolls(unit.root_id or unit.pk).of(unit, kind, on=on)


def there(meeting: PartyMeeting) -> Sequence[MeetingAttendance]:
    """Who was due, in the order entered, with names."""
    return list(meeting.attendance.select_related("member").order_by("pk"))


def absent_words(rows: Sequence[MeetingAttendance]) -> str:
    """张三（请假）、李四（外出）."""
    away = (row for row in rows if row.absence and row.absence != Absence.NOT_DUE)
    return told((row.member.name, row.absence) for row in away)


def away_from(user: "User | Any", meetings: Collection[int]) -> dict[int, str]:
    """Who was not there, or not due, by meeting, as far as the user reads names."""
    rows = MeetingAttendance.objects.visible_to(user).filter(meeting__in=meetings).exclude(absence="")
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for meeting, name, absence in rows.order_by("pk").values_list("meeting_id", "member__name", "absence"):
        found[meeting].append((name, absence))
    return {meeting: told(pairs) for meeting, pairs in found.items()}


# --- who owes what ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitDue:
    """One branch or group with how it stands in each duty, in the order of the table."""

    unit: Node
    village: str
    standings: tuple[Standing, ...]
    floating: int = 0

    @property
    def owes(self) -> bool:
        """True while something has not been held."""
        return any(one.state in ("open", "late") for one in self.standings)


def due_list(
    user: "User | Any", *, on: date, today: date, village: int | None = None, only_owing: bool = False
) -> list[UnitDue]:
    """Every branch and group in sight and what it owes in the periods of `on`: three queries."""
    units = Node.objects.visible_to(user).filter(kind__in=(Kind.BRANCH, Kind.GROUP), closed_on=None)
    if village is not None:
        units = units.filter(root_id=village)
    found = list(units.select_related("root").order_by("root__position", "root_id", "lft"))
    committee = _committees(user, today)
    held = _held(user, on)
    rows = [
        UnitDue(
            unit,
            unit.root.name if unit.root else unit.name,
            tuple(
                standing(
                    duty,
                    is_owed=owed(duty, unit.kind, committee.get(unit.pk, 0)),
                    held=held.get((unit.pk, duty.kind), ()),
                    on=on,
                    today=today,
                )
                for duty in DUTIES
            ),
        )
        for unit in found
    ]
    return [row for row in rows if row.owes or not only_owing]


def _committees(user: "User | Any", on: date) -> Mapping[int, int]:
    posts = Post.objects.visible_to(user).current(on).filter(role__in=COMMITTEE_ROLES).order_by()
    return dict(posts.values_list("node_id").annotate(n=Count("person_id", distinct=True)))


def _held(user: "User | Any", on: date) -> Mapping[tuple[int, str], list[date]]:
    year = period_of(12, on)
    rows = PartyMeeting.objects.visible_to(user).filter(day__gte=year.first, day__lte=year.last)
    found: dict[tuple[int, str], list[date]] = defaultdict(list)
    for unit, kind, day in rows.values_list("unit_id", "kind", "day").order_by():
        found[unit, kind].append(day)
    return found


# --- floating members -------------------------------------------------------------------------------


def flagged_without_row(user: "User | Any") -> QuerySet[Node]:
    """Members whose roster says 流动 and whom the ledger does not hold."""
    rows = Node.objects.visible_to(user).filter(
        kind=Kind.MEMBER, closed_on=None, member_profile__is_floating=True
    )
    held = FloatingMember.objects.filter(returned_on=None).values("member_id")
    rows = rows.exclude(pk__in=held).annotate(village=F("root__name"))
    return rows.order_by("root__position", "root_id", "lft")
