"""What an item says, as one value: typed, read from a workbook or a version, compared, and put in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from services.tickets.catalogue.choices import ItemCategory, PaperKind
from services.tickets.choices import TicketKind

KINDS = {kind.label: kind.value for kind in PaperKind}
MOST_PAPERS = 30
NAME_LENGTH, ISSUER_LENGTH = 60, 40
NO_FEE = "不收费"
_GROUP = re.compile(r"^(?P<rest>.*?)\s*[（(](?P<group>[^（）()]*)[）)]$")
_COPIES = re.compile(r"^(?P<name>.+?)(?:\s*[×xX*]\s*(?P<copies>\d{1,2})\s*份?)?$")
_NUMBERED = re.compile(r"^\d{1,2}\s*[.、．]\s*")


@dataclass(frozen=True)
class Paper:
    """One material: what, how many, from whom, the paper itself or a copy."""

    name: str
    copies: int = 1
    issuer: str = ""
    kind: str = PaperKind.ORIGINAL.value

    def __str__(self) -> str:
        """居民身份证×1（公安机关，复印件）."""
        beside = "，".join(part for part in (self.issuer, PaperKind(self.kind).label) if part)
        return f"{self.name}×{self.copies}（{beside}）"


class Unreadable(ValueError):
    """A material nobody can read for sure; the message is for people."""


def read_paper(line: str) -> Paper:
    """A line as `str(paper)` writes it; brackets without 原件 or 复印件 are part of the name."""
    text = _NUMBERED.sub("", line.strip())
    found = _GROUP.match(text)
    parts = re.split(r"\s*[，,]\s*", found["group"]) if found else []
    kinds = [part for part in parts if part in KINDS]
    kind, issuer = PaperKind.ORIGINAL.value, ""
    if found and kinds:
        text, kind = found["rest"], KINDS[kinds[0]]
        issuer = "、".join(part for part in parts if part and part not in KINDS)
    counted = _COPIES.match(text.strip())
    if counted is None:
        raise Unreadable(f"“{line.strip()}”没有材料名称。")
    paper = Paper(counted["name"].strip(), int(counted["copies"] or 1), issuer, kind)
    if paper.copies < 1:
        raise Unreadable(f"“{paper.name}”的份数应在 1 到 99 之间。")
    if len(paper.name) > NAME_LENGTH or len(issuer) > ISSUER_LENGTH:
        raise Unreadable(
            f"“{paper.name[:10]}…”太长：名称最多 {NAME_LENGTH} 字，出具单位最多 {ISSUER_LENGTH} 字。"
        )
    return paper


def read_papers(cell: str) -> tuple[Paper, ...]:
    """One material a line; a name that stands twice is a slip."""
    papers = tuple(read_paper(line) for line in cell.splitlines() if line.strip())
    if len(papers) > MOST_PAPERS:
        raise Unreadable(f"最多 {MOST_PAPERS} 种材料。")
    names = [paper.name for paper in papers]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise Unreadable(f"“{twice}”写了两遍。")
    return papers


@dataclass(frozen=True)
class Facts:
    """All a version says, without its number and days."""

    name: str
    category: str
    default_kind: str
    office: str
    basis: str = ""
    flow_note: str = ""
    papers: tuple[Paper, ...] = ()
    legal_days: int | None = None
    promised_days: int | None = None
    fee_note: str = NO_FEE

    def words(self) -> dict[str, str]:
        """Each fact as people read it, by its name."""
        return {
            "name": self.name,
            "category": ItemCategory(self.category).label,
            "default_kind": TicketKind(self.default_kind).label,
            "office": self.office,
            "basis": self.basis,
            "flow_note": self.flow_note,
            "papers": "\n".join(map(str, self.papers)),
            "legal_days": _number(self.legal_days),
            "promised_days": _number(self.promised_days),
            "fee_note": self.fee_note,
        }

    def columns(self) -> dict[str, Any]:
        """What a version keeps itself; papers are rows of their own."""
        return {name: getattr(self, name) for name in FIELDS if name != "papers"}


TITLES: Mapping[str, str] = {
    "name": "事项名称",
    "category": "类别",
    "default_kind": "件型",
    "office": "承办单位",
    "basis": "办理依据",
    "flow_note": "办理条件和流程",
    "papers": "申办材料",
    "legal_days": "法定时限（工作日）",
    "promised_days": "承诺时限（工作日）",
    "fee_note": "收费",
}
FIELDS = tuple(field.name for field in fields(Facts))


@dataclass(frozen=True)
class Difference:
    """One fact that is not the same."""

    title: str
    old: str
    new: str


def differences(old: Facts, new: Facts) -> list[Difference]:
    """What has changed, fact by fact; of materials only the lines that came or went."""
    before, after = old.words(), new.words()
    found = []
    for name, title in TITLES.items():
        if before[name] == after[name]:
            continue
        was, now = before[name], after[name]
        if name == "papers" and set(was.splitlines()) != set(now.splitlines()):
            was, now = _without(was, now), _without(now, was)
        found.append(Difference(title, was, now))
    return found


def _without(lines: str, others: str) -> str:
    return "\n".join(line for line in lines.splitlines() if line not in others.splitlines())


def settled(facts: Facts) -> Facts:
    """即办件 ends the same day, whatever stood in the box; an empty fee says nothing is charged."""
    days = 0 if facts.default_kind == TicketKind.INSTANT else facts.promised_days or None
    return replace(facts, promised_days=days, fee_note=facts.fee_note or NO_FEE)


def faults(facts: Facts) -> list[tuple[str, str]]:
    """What cannot stand, by fact: the same words the database would use."""
    found = []
    if facts.default_kind == TicketKind.PROMISED and not facts.promised_days:
        found.append(("promised_days", "承诺件要写明承诺时限（至少 1 个工作日）。"))
    if facts.legal_days is not None and (facts.promised_days or 0) > facts.legal_days:
        found.append(("promised_days", "承诺时限不能长于法定时限。"))
    return found


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def promise(days: int | None, kind: str) -> str:
    """当场办结, 5 个工作日, or nothing promised."""
    if kind == TicketKind.INSTANT:
        return "当日办结"
    return f"{days} 个工作日" if days else "按上级规定"
