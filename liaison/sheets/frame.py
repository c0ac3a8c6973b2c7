"""What the rosters share: their frame, notes on ratios, and how places and people are written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from grids.choices import COMMITTEE_ROLES, Role
from grids.rules import Band
from liaison.queries import Holder, MemberRow, Roster
from township import days
from township.sheets import SIGNATURES

NONE = "—"
_BRACKETS = str.maketrans("〔〕", "（）")

Phone = Callable[[str, int], str]


@dataclass(frozen=True)
class Frame:
    """What stands around a roster's table, and what its hidden sheet remembers."""

    township: str
    code: str
    year: int
    unit: str  # 填报单位
    as_of: date
    root: str = ""  # name of the one organisation, blank for the whole township
    exported: str = ""

    def around(self, *, annex: int, title: str, measure: str, label: str = "") -> dict[str, Any]:
        """The arguments of a Sheet that all rosters share; `label` stands over one that is no annex."""
        return {
            "annex": label or f"附件{annex}",
            "title": f"{self.township}{title}",
            "unit": self.unit,
            "as_of": days.in_words(self.as_of),
            "measure": measure,
            "foot": SIGNATURES,
            "meta": {
                "annex": str(annex),
                "township": self.code,
                "year": str(self.year),
                "root": self.root,
                "exported": self.exported,
            },
        }


def full(phone: str, root: int) -> str:
    """Phones as they are: for exports by those who may have them."""
    return phone


def short_note(band: Band, subject: str, n: int) -> str:
    """A band note as a roster prints it: nothing within the band, else '联系16户，超1户'."""
    verdict = band.verdict(n)
    if verdict == "ok":
        return ""
    gap = band.low - n if verdict == "under" else n - band.high
    return f"{subject}{n}{band.unit}，{'少' if verdict == 'under' else '超'}{gap}{band.unit}"


def place_note(roster: Roster, code: str, pk: int | None, subject: str, n: int) -> str:
    """The note of a place under its own range; lying outside with the office's consent is said as that."""
    note = short_note(roster.measure.band(code, pk), subject, n)
    accepted = roster.measure.accepted(code, pk)
    if not note or accepted is None:
        return note
    # 〔2026〕5号 is how documents are numbered; inside our own marks the brackets would end the note early.
    return f"{note}（已认可：{accepted.reason.translate(_BRACKETS)}）"


def branch_name(roster: Roster, row: MemberRow) -> str:
    """The 党支部 of a member, or the 党总支 for one that belongs to no branch of it."""
    return roster.name(row.branch or row.root)


def group_name(roster: Roster, group: int | None) -> str:
    """第一党小组（东坡村第一网格）."""
    place = roster.places.get(group or 0)
    if place is None:
        return ""
    grid = roster.name(place.grid)
    return f"{place.name}（{grid}）" if grid else place.name


def names(holders: Iterable[Holder]) -> str:
    """张三、李四."""
    return "、".join(holder.name for holder in holders)


def phones(holders: Iterable[Holder], root: int, phone: Phone) -> str:
    """Their numbers, as far as they have any."""
    return "、".join(phone(holder.phone, root) for holder in holders if holder.phone)


def sorted_members(roster: Roster) -> list[MemberRow]:
    """Members by branch, grid, group, hub and place within; those not yet placed come last."""

    def key(row: MemberRow) -> tuple[Any, ...]:
        return (
            roster.order.get(row.branch or row.root, ()),
            row.group is None,
            roster.order.get(row.group or 0, ()),
            row.hub is None,
            roster.order.get(row.hub or 0, ()),
            row.position,
            row.pk,
        )

    return sorted(roster.members.values(), key=key)


def committee_posts(roster: Roster, person: int, places: tuple[int | None, ...]) -> str:
    """书记、组织委员: what the person is in this branch, else in the organisation above it."""
    for pk in places:
        labels = [
            Role(role).label
            for role in COMMITTEE_ROLES
            if any(holder.person == person for holder in roster.posts.get((pk or 0, role), ()))
        ]
        if labels:
            return "、".join(labels)
    return ""
