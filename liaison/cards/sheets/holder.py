"""我联系的户、党员、中心户: the list a holder carries along."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from grids.choices import HubKind, Kind, Role, Standing
from grids.queries import phones
from grids.queries.marks import Mark
from grids.rules import OWN_BAND
from liaison.cards.choices import CARDS
from liaison.cards.sheets.facts import VACANT, Fact, on_paper
from liaison.queries import Holder, HouseholdRow, MemberRow, Roster
from liaison.sheets.annex3 import NO_HUB
from liaison.sheets.frame import group_name, names

FULL_PAGE = 15  # lines that leave room for notes on one page
NOTE_LINES = 4


class Head(NamedTuple):
    """One column of a card's table: its heading, and the class that sets its width."""

    title: str
    css: str


@dataclass(frozen=True)
class HolderCard:
    """What one holder looks after: households, members or hubs."""

    title: str
    organisation: str
    whose: str
    name: str
    phone: str
    facts: tuple[Fact, ...]
    total: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]

    template = "holder"
    foot = "含个人信息，只供联系服务使用，请妥善保管"

    @property
    def notes(self) -> range:
        """Lines to write on by hand: fewer where the table leaves less room, all again on a second page."""
        over = len(self.rows) - FULL_PAGE
        return range(NOTE_LINES - over if 0 < over < NOTE_LINES else NOTE_LINES)

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """Rows with the class of each cell."""
        return [[(text, head.css) for text, head in zip(row, self.heads, strict=True)] for row in self.rows]


_NAME, _PLACE, _PHONE, _SHORT, _DAY, _NOTE = "c-name", "c-place", "c-phone", "c-short", "c-day", "c-note"
HEADS: Mapping[str, tuple[Head, ...]] = {
    Kind.MEMBER: (
        Head("户主", _NAME),
        Head("村民小组/门牌", _PLACE),
        Head("联系电话", _PHONE),
        Head("起始时间", _DAY),
        Head("备注", _NOTE),
    ),
    Kind.HUB: (
        Head("党员", _NAME),
        Head("类别", _PLACE),
        Head("联系电话", _PHONE),
        Head("联系户数", _SHORT),
        Head("备注", _NOTE),
    ),
    Kind.GROUP: (
        Head("中心户（示范岗）", _PLACE),
        Head("负责人", _NAME),
        Head("联系电话", _PHONE),
        Head("党员数", _SHORT),
        Head("备注", _NOTE),
    ),
}


class Desk:
    """Makes the cards of one village's holders from its roster."""

    def __init__(self, user: Any, roster: Roster, numbers: bool) -> None:
        self.user, self.roster, self.numbers = user, roster, numbers
        self.households: dict[int, list[HouseholdRow]] = defaultdict(list)
        for household in roster.households:
            self.households[household.member].append(household)
        self.members: dict[int, list[MemberRow]] = defaultdict(list)
        for member in sorted(roster.members.values(), key=lambda row: (row.position, row.pk)):
            if member.hub is not None:
                self.members[member.hub].append(member)

    def phone(self, phone: str, root: int) -> str:
        """As the reader may see it."""
        return on_paper(phones.shown(self.user, root, phone))

    def phones(self, holders: Iterable[Holder], root: int) -> str:
        """The numbers of several people."""
        return "、".join(self.phone(holder.phone, root) for holder in holders if holder.phone)

    def card(self, kind: str, pk: int) -> HolderCard:
        """One holder's card."""
        make = {Kind.MEMBER: self._member, Kind.HUB: self._hub, Kind.GROUP: self._group}[Kind(kind)]
        return make(pk)

    def _made(
        self,
        kind: str,
        pk: int,
        *,
        branch: str,
        name: str,
        phone: str,
        facts: Sequence[Fact | None],
        rows: Any,
    ) -> HolderCard:
        lines = tuple(rows)
        return HolderCard(
            title=CARDS[kind].title,
            organisation=branch,
            whose=CARDS[kind].whose,
            name=name or VACANT,
            phone=phone,
            facts=tuple(fact for fact in facts if fact is not None),
            total=self._total(OWN_BAND[kind], pk, len(lines)),
            heads=(Head("序号", "c-seq"), *(head for head in HEADS[kind] if self._shows(kind, head))),
            rows=tuple((str(seq), *line) for seq, line in enumerate(lines, 1)),
        )

    def _shows(self, kind: str, head: Head) -> bool:
        """Households' numbers are left out with their column when nobody asked for them."""
        return self.numbers or kind != Kind.MEMBER or head.css != _PHONE

    def _total(self, code: str, pk: int, n: int) -> str:
        """共16户，一般为10–15户，超1户."""
        band = self.roster.measure.band(code, pk)
        if not band.is_on:
            return f"共{n}{band.unit}"
        accepted = None if band.verdict(n) == "ok" else self.roster.measure.accepted(code, pk)
        return f"共{Mark(band, n, str(n), accepted).note}"

    def _branch(self, root: int, branch: int | None) -> str:
        top, own = self.roster.name(root), self.roster.name(branch)
        return top if branch in (None, root) else f"{top}{own}"

    def _led(self, title: str, text: str, pk: int | None, role: str, root: int) -> Fact | None:
        """A place above with who answers for it."""
        if pk is None:
            return None
        holders = self.roster.holders(pk, role)
        return Fact(title, f"{names(holders) or VACANT}　{text}", self.phones(holders, root))

    def _member(self, pk: int) -> HolderCard:
        row = self.roster.members[pk]
        return self._made(
            Kind.MEMBER,
            pk,
            branch=self._branch(row.root, row.branch),
            name=row.name,
            phone=self.phone(row.phone, row.root),
            facts=(
                self._led("中心户（岗）", self.roster.name(row.hub), row.hub, Role.HUB_HEAD, row.root),
                self._led(
                    "党小组长", group_name(self.roster, row.group), row.group, Role.GROUP_LEADER, row.root
                ),
            ),
            rows=(
                (
                    household.name,
                    (household.villager_group or "") + household.door,
                    *((self.phone(household.phone, row.root),) if self.numbers else ()),
                    _day(household.since),
                    "",
                )
                for household in self.households[pk]
            ),
        )

    def _hub(self, pk: int) -> HolderCard:
        place, heads = self.roster.places[pk], self.roster.holders(pk, Role.HUB_HEAD)
        facts = self.roster.hubs.get(pk, NO_HUB)
        group = group_name(self.roster, place.group)
        return self._made(
            Kind.HUB,
            pk,
            branch=self._branch(place.root, place.branch),
            name=names(heads),
            phone=self.phones(heads, place.root),
            facts=(
                Fact(str(HubKind(facts.kind).label), place.name),
                self._led("党小组长", group, place.group, Role.GROUP_LEADER, place.root),
            ),
            rows=(
                (
                    member.name,
                    Standing(member.standing).label + ("（流动）" if member.is_floating else ""),
                    self.phone(member.phone, member.root),
                    str(len(self.households[member.pk])),
                    "",
                )
                for member in self.members[pk]
            ),
        )

    def _group(self, pk: int) -> HolderCard:
        place, leaders = self.roster.places[pk], self.roster.holders(pk, Role.GROUP_LEADER)
        hubs = [self.roster.places[hub] for hub in self.roster.seen_hubs if hub in self.roster.places]
        own = sorted((hub for hub in hubs if hub.group == pk), key=lambda hub: self.roster.order[hub.pk])
        counts = Counter(member.hub for member in self.roster.members.values())
        return self._made(
            Kind.GROUP,
            pk,
            branch=self._branch(place.root, place.branch),
            name=names(leaders),
            phone=self.phones(leaders, place.root),
            facts=(Fact("党小组", group_name(self.roster, pk)),),
            rows=(
                (
                    hub.name,
                    names(heads := self.roster.holders(hub.pk, Role.HUB_HEAD)),
                    self.phones(heads, hub.root),
                    str(counts[hub.pk]),
                    "",
                )
                for hub in own
            ),
        )


def _day(day: date | None) -> str:
    return f"{day:%Y.%m.%d}" if day else ""
