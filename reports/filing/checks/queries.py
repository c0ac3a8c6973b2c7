"""What the rules compare: annex 1's numbers, the rosters' rows, and the few facts neither of them prints."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Exists, Func, JSONField, OuterRef, Q, When

from grids.choices import COMMITTEE_ROLES, BranchSetting, CloseReason, GridShape, Kind, Role
from grids.models import Node, Post
from grids.queries.ability import able
from grids.queries.counts import has_child
from liaison.choices import Level
from liaison.models import Contact
from liaison.queries import HouseholdRow, MemberRow, Place, Roster, current, inside, read_roster
from liaison.rules import HOLDER_ROLES
from reports.campaign.rules import DUTIES
from reports.choices import ACCEPTED_STATES
from reports.filing.frozen import Frozen, rows_by
from reports.models import Deadline, Snapshot
from reports.statistics.indicators import INDICATORS
from reports.statistics.queries import Counts, Organisation, total
from reports.statistics.queries import read as read_numbers
from services.models import Ticket, Visit, VolunteerPoint
from services.tickets.choices import TicketResult
from township.sheets import MARK

GONE = (CloseReason.TRANSFERRED, CloseReason.DECEASED, CloseReason.EXPELLED)
OFFICERS = (*COMMITTEE_ROLES, Role.GROUP_LEADER)


@dataclass(frozen=True)
class ClosedHolder:
    """A member no longer on the roll under whom households still hang."""

    pk: int
    name: str
    root: int


@dataclass(frozen=True)
class GoneOfficer:
    """A post still running whose holder has left the roll."""

    post: int
    name: str
    reason: str
    role: str
    node: int
    place: str
    root: int


@dataclass(frozen=True)
class Postless:
    """A running contact of annex 2 whose holder sits on no committee there."""

    contact: int
    name: str
    target: int
    target_name: str
    root: int


@dataclass(frozen=True)
class Material:
    """Everything one run compares, of one village or of all."""

    organisations: Sequence[Organisation]
    totals: Counts
    roster: Roster
    village_roots: frozenset[int] = frozenset()  # only these have hubs and households
    industry: frozenset[int] = frozenset()  # grids of a trade
    unable: frozenset[int] = frozenset()  # members who are to have no households
    closed_holders: tuple[ClosedHolder, ...] = ()
    gone_officers: tuple[GoneOfficer, ...] = ()
    postless: tuple[Postless, ...] = ()
    previous: Mapping[int, Mapping[str, int]] = field(default_factory=dict)  # root → code → number
    visited: Mapping[int, int] = field(default_factory=dict)  # households called on this year, by root
    errands_done: Mapping[int, int] = field(default_factory=dict)  # 办结 of the year, by root
    overdue: Mapping[str, date] = field(default_factory=dict)  # duties whose day is past, by code
    centre: bool | None = None  # whether the township's volunteer centre is set up; None: not looked at

    @cached_property
    def names(self) -> Mapping[int, str]:
        """The villages looked at, by number."""
        return {row.pk: row.name for row in self.organisations}

    @cached_property
    def places(self) -> Mapping[tuple[int, str], list[Place]]:
        """Places by village and kind, in printing order."""
        found: defaultdict[tuple[int, str], list[Place]] = defaultdict(list)
        order = self.roster.order
        for place in sorted(self.roster.places.values(), key=lambda place: order[place.pk]):
            found[place.root, place.kind].append(place)
        return found

    @cached_property
    def members(self) -> Mapping[int, list[MemberRow]]:
        """Members by village."""
        found: defaultdict[int, list[MemberRow]] = defaultdict(list)
        for row in self.roster.members.values():
            found[row.root].append(row)
        return found

    @cached_property
    def households(self) -> Mapping[int, list[HouseholdRow]]:
        """Linked households by member."""
        found: defaultdict[int, list[HouseholdRow]] = defaultdict(list)
        for row in self.roster.households:
            found[row.member].append(row)
        return found

    @cached_property
    def loads(self) -> Mapping[tuple[str, int], int]:
        """How many targets each person has at each upper level, as far as the rosters read reach."""
        return Counter((edge.level, edge.holder.person) for edge in self.roster.edges)

    def of(self, root: int, kind: str) -> list[Place]:
        """The village's places of a kind."""
        return self.places.get((root, kind), [])


def read(
    *,
    township_id: int,
    root: Node | None,
    on: date,
    previous: Mapping[int, Mapping[str, int]] | None = None,
    year: int | None = None,
) -> Material:
    """Read it all, in a fixed number of queries whatever the number of villages and rows."""
    organisations = read_numbers(township_id=township_id, on=on, organisation=root, year=year)
    roster = read_roster(
        township_id=township_id, on=on, organisation=root, parts=("members", "households", "edges")
    )
    settings, industry, unable, closed = _facts(township_id, root, on)
    return Material(
        organisations,
        total(organisations),
        roster,
        village_roots=frozenset(settings),
        industry=frozenset(industry),
        unable=frozenset(unable),
        closed_holders=tuple(closed),
        gone_officers=_gone_officers(township_id, root, on),
        postless=_postless(township_id, root, on),
        previous=previous or {},
        visited=_visited(township_id, root, on),
        errands_done=_errands_done(township_id, root, on),
        overdue=_overdue(township_id, on),
        centre=_has_centre(township_id, on) if root is None else None,
    )


def _visited(township_id: int, root: Node | None, on: date) -> dict[int, int]:
    """How many households were called on since the first of January, by village."""
    rows = Visit.objects.filter(
        inside(root, "node"), node__township_id=township_id, household__isnull=False,
        happened_on__range=(date(on.year, 1, 1), on),
    )  # fmt: skip
    counted = rows.order_by().values_list("node__root_id").annotate(n=Count("household_id", distinct=True))
    return dict(counted)


def _errands_done(township_id: int, root: Node | None, on: date) -> dict[int, int]:
    """How many errands taken in this year were done by the day; what was declined is not 办结."""
    rows = Ticket.objects.filter(
        inside(root, "node"), township_id=township_id, year=on.year, result=TicketResult.COMPLETED,
        closed_on__lte=on,
    )  # fmt: skip
    return dict(rows.order_by().values_list("root_id").annotate(n=Count("pk")))


def _has_centre(township_id: int, on: date) -> bool:
    return VolunteerPoint.objects.filter(township_id=township_id, root=None, opened_on__lte=on).exists()


def _overdue(township_id: int, on: date) -> dict[str, date]:
    """Duties of the year whose day is past: the year's own days, else those of the document."""
    own = Deadline.objects.filter(campaign__township_id=township_id, campaign__year=on.year)
    days = {duty.code: duty.due(on.year) for duty in DUTIES} | dict(own.values_list("code", "due_on"))
    return {code: day for code, day in days.items() if day < on}


def _facts(
    township_id: int, root: Node | None, on: date
) -> tuple[list[int], list[int], list[int], list[ClosedHolder]]:
    """Village roots, industry grids, members who cannot serve, and closed ones with households: one query."""
    standing = Q(closed_on__isnull=True)
    closed = Q(kind=Kind.MEMBER, closed_on__isnull=False) & Q(has_child(Kind.HOUSEHOLD))
    wanted = (
        (standing & Q(parent__isnull=True, branch_profile__setting=BranchSetting.VILLAGE))
        | (standing & Q(kind=Kind.GRID, grid_profile__shape=GridShape.INDUSTRY))
        | (standing & Q(kind=Kind.MEMBER) & ~Q(Case(When(able(on), then=True), default=False)))
        | closed
    )
    rows = Node.objects.filter(wanted, inside(root), township_id=township_id).order_by("pk")
    villages, industry, unable, gone = [], [], [], []
    for pk, kind, name, root_id, closed_on in rows.values_list("pk", "kind", "name", "root_id", "closed_on"):
        if kind == Kind.GRID:
            industry.append(pk)
        elif kind != Kind.MEMBER:
            villages.append(pk)
        elif closed_on is None:
            unable.append(pk)
        else:
            gone.append(ClosedHolder(pk, name, root_id))
    return villages, industry, unable, gone


def _gone_officers(township_id: int, root: Node | None, on: date) -> tuple[GoneOfficer, ...]:
    rows = Post.objects.current(on).filter(
        inside(root, "node"),
        township_id=township_id,
        role__in=OFFICERS,
        node__closed_on__isnull=True,
        person__membership__node__closed_on__isnull=False,
        person__membership__node__close_reason__in=GONE,
    )
    fields = (
        "pk", "person__name", "person__membership__node__close_reason", "role", "node_id", "node__name",
        "node__root_id",
    )  # fmt: skip
    return tuple(
        GoneOfficer(pk, name, str(CloseReason(reason).label), str(Role(role).label), *place)
        for pk, name, reason, role, *place in rows.order_by("pk").values_list(*fields)
    )


def _postless(township_id: int, root: Node | None, on: date) -> tuple[Postless, ...]:
    """Contacts of annex 2 whose holder has no seat on a committee of that organisation."""
    seats = Post.objects.current(on).filter(
        person_id=OuterRef("holder_id"),
        role__in=HOLDER_ROLES[Level.COMMITTEE],
        node__root_id=OuterRef("target__root_id"),
        node__closed_on__isnull=True,
    )
    rows = Contact.objects.filter(
        current(on),
        inside(root, "target"),
        ~Q(Exists(seats.order_by())),
        township_id=township_id,
        level=Level.COMMITTEE,
        target__closed_on__isnull=True,
    )
    fields = ("pk", "holder__name", "target_id", "target__name", "target__root_id")
    return tuple(Postless(*row) for row in rows.order_by("pk").values_list(*fields))


# --- the last accepted submission -------------------------------------------------------------------


class AnnexOne(Func):
    """The frozen annex 1 out of a snapshot's sheets; Django's own path takes the key "1" for a position."""

    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        """By the key in SQLite's path."""
        return self.as_sql(compiler, connection, template="JSON_EXTRACT(%(expressions)s, '$.\"1\"')", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        """By the key as text."""
        return self.as_sql(compiler, connection, template="(%(expressions)s -> '1')", **extra)


def last_accepted(
    township_id: int, root: Node | None = None, *, before: int | None = None
) -> dict[int, dict[str, int]]:
    """Each village's numbers of annex 1 as last accepted, `before` a year if one is named: one query."""
    rows = Snapshot.objects.filter(filing__root__township_id=township_id, filing__state__in=ACCEPTED_STATES)
    if root is not None:
        rows = rows.filter(filing__root=root)
    if before is not None:
        rows = rows.filter(filing__campaign__year__lt=before)
    newest = rows.order_by("filing__campaign__year", "number").values_list(
        "filing__root_id", AnnexOne("sheets")
    )
    return {root_id: numbers_of(sheet) for root_id, sheet in newest if sheet}


def numbers_of(sheet: Frozen) -> dict[str, int]:
    """The numbers of one village's frozen annex 1, by code; cells like 3/5 hold several."""
    found: dict[str, int] = {}
    row = next(rows_by(sheet), {})
    for indicator in INDICATORS:
        if indicator.form in ("text", "percent"):
            continue
        words = str(row.get(indicator.key) or "").split("/")
        for code, word in zip(indicator.codes, words, strict=False):
            bare = word.strip().removesuffix(MARK)
            if bare.isdigit():
                found[code] = int(bare)
    return found
