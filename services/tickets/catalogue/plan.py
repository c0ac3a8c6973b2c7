"""Lines of a file beside the catalogue: new, changed, the same, or wrong; one code for preview and load."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.models import DEFAULT_KINDS, ItemVersion, ServiceItem
from services.tickets.catalogue.actions import CLOSED, Change
from services.tickets.catalogue.choices import ItemCategory
from services.tickets.catalogue.facts import (
    NAME_LENGTH,
    TITLES,
    Difference,
    Facts,
    Unreadable,
    differences,
    faults,
    read_papers,
    settled,
)
from services.tickets.catalogue.queries import CODE_DIGITS, facts_of
from services.tickets.catalogue.reading import CODE, Fault, Line
from township.models import Township

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "error"
STATE_WORDS = {NEW: "新增", CHANGED: "修改", SAME: "不变", WRONG: "错误"}
CATEGORIES = {one.label: one.value for one in ItemCategory}
KINDS = {one.label: one.value for one in DEFAULT_KINDS}
REQUIRED = ("name", "category", "default_kind", "office")
LENGTHS = {"name": NAME_LENGTH, "office": 40, "basis": 300, "flow_note": 500, "fee_note": 60}
CODE_LENGTH, MOST_WORKDAYS = 20, 366
_DAYS = re.compile(r"^(\d{1,3})\s*个?(?:工作日|天|日)?$")
_TODAY = ("当日", "当日办结", "当场", "当场办结", "即办", "即时")


@dataclass
class Planned:
    """One line and what it would do."""

    line: Line
    state: str = WRONG
    title: str = ""
    change: Change | None = None
    differences: Sequence[Difference] = ()

    @property
    def word(self) -> str:
        """新增, 修改, 不变, 错误."""
        return STATE_WORDS[self.state]


@dataclass
class Plan:
    """A whole file beside the catalogue."""

    rows: list[Planned] = field(default_factory=list)
    untouched: int = 0  # items in use that the file does not name

    @property
    def faults(self) -> list[Fault]:
        """All bad cells at once."""
        return [fault for row in self.rows for fault in row.line.faults]

    @property
    def changes(self) -> list[Change]:
        """What is to be written."""
        return [row.change for row in self.rows if row.state in (NEW, CHANGED) and row.change is not None]

    @property
    def counts(self) -> dict[str, int]:
        """Lines by what they do."""
        return {state: sum(row.state == state for row in self.rows) for state in STATE_WORDS}

    @property
    def digest(self) -> str:
        """One number for all that would be written, so that only what was shown is done."""
        said = [(row.state, row.change.code, row.change.facts) for row in self.rows if row.change]
        said += [tuple(row.differences) for row in self.rows]  # type: ignore[misc]
        return hashlib.sha256(repr(said).encode()).hexdigest()


class _Desk:
    """The catalogue as it stands, read once."""

    def __init__(self, township: Township) -> None:
        rows = (
            ItemVersion.objects.filter(item__township=township, current=True)
            .select_related("item")
            .prefetch_related("materials")
        )
        self.held = {row.item.code: (row.item, facts_of(row)) for row in rows}
        self.names = {facts.name: code for code, (item, facts) in self.held.items() if item.closed_on is None}
        self.numbers = {int(code): code for code in self.held if _is_number(code)}
        self.next = max(self.numbers, default=0) + 1

    def find(self, code: str) -> str:
        """The code as the catalogue writes it: Excel makes 1 of 001."""
        if code in self.held or not _is_number(code):
            return code
        return self.numbers.get(int(code), code.zfill(CODE_DIGITS))

    def open_items(self) -> list[ServiceItem]:
        """Items in use."""
        return [item for item, _ in self.held.values() if item.closed_on is None]


def _is_number(code: str) -> bool:
    return code.isascii() and code.isdecimal()


def plan_lines(lines: Sequence[Line], township: Township) -> Plan:
    """Every line judged; nothing is written."""
    desk, plan = _Desk(township), Plan()
    seen: dict[str, int] = {}
    for line in lines:
        row = _judge(line, desk)
        _refuse_twice(row, seen)
        if line.faults:
            row.state, row.change = WRONG, None
        plan.rows.append(row)
    _number_new(plan, desk)
    named = {row.change.item.pk for row in plan.rows if row.change and row.change.item}
    plan.untouched = sum(item.pk not in named for item in desk.open_items())
    return plan


def _judge(line: Line, desk: _Desk) -> Planned:
    code = desk.find(line.cells.get(CODE, ""))
    item, held = desk.held.get(code, (None, None))
    name = line.cells.get("name", "") or (held.name if held else "")
    row = Planned(line, title=name or f"第 {line.row} 行")
    if len(code) > CODE_LENGTH:
        line.fault(CODE, f"最多 {CODE_LENGTH} 个字。")
    facts = _facts(line, held)
    other = desk.names.get(name, code)
    if not code and facts is not None and other and desk.held[other][1] == facts:
        code, (item, held) = other, desk.held[other]  # the same file a second time
    elif other != code:
        advice = "要改那一项，请填它的编号" if not code else "请核对编号或换个名称"
        line.fault("name", f"已有同名的事项（编号 {other}），{advice}。")
    if line.faults or facts is None:
        return row
    row.change = Change(facts, code, item)
    row.differences = differences(held, facts) if held is not None else ()
    row.state = NEW if held is None else CHANGED if row.differences else SAME
    if item is not None and item.closed_on and row.state == CHANGED:
        line.fault(CODE, CLOSED)
    return row


def _refuse_twice(row: Planned, seen: dict[str, int]) -> None:
    """One line for each item."""
    code = row.change.code if row.change else row.line.cells.get(CODE, "")
    for key, value in ((CODE, f"{CODE}:{code}" if code else ""), ("name", row.title)):
        if not value:
            continue
        first = seen.setdefault(value, row.line.row)
        if first != row.line.row:
            row.line.fault(key, f"与第 {first} 行是同一个事项，请删去一行。")
            return


def _number_new(plan: Plan, desk: _Desk) -> None:
    taken = set(desk.held) | {row.change.code for row in plan.rows if row.change}
    number = desk.next
    for row in plan.rows:
        if row.change is None or row.change.code:
            continue
        while (code := str(number).zfill(CODE_DIGITS)) in taken:
            number += 1
        taken.add(code)
        row.change = replace(row.change, code=code)


def _facts(line: Line, held: Facts | None) -> Facts | None:
    """The line's cells over what stands; a blank cell is no word. None where a cell cannot be read."""
    said: dict[str, Any] = {}
    before = len(line.faults)
    for key in TITLES:
        text = line.cells.get(key, "")
        if text:
            try:
                said[key] = _value(key, text)
            except Unreadable as why:
                line.fault(key, str(why))
        elif key in REQUIRED and held is None:
            line.fault(key, f"请填写{TITLES[key]}。")
    if len(line.faults) > before:
        return None
    facts = settled(replace(held, **said) if held is not None else Facts(**said))
    for key, message in faults(facts):
        line.fault(key, message)
    return facts


def _value(key: str, text: str) -> Any:
    if key in LENGTHS:
        if len(text) > LENGTHS[key]:
            raise Unreadable(f"最多 {LENGTHS[key]} 个字，现在有 {len(text)} 个。")
        return text
    if key == "papers":
        return read_papers(text)
    if key in ("legal_days", "promised_days"):
        return _days(text)
    labels: Mapping[str, str] = CATEGORIES if key == "category" else KINDS
    if text not in labels:
        raise Unreadable(f"只能填：{'、'.join(labels)}。")
    return labels[text]


def _days(text: str) -> int:
    if text in _TODAY:
        return 0
    found = _DAYS.match(text)
    if found is None or int(found[1]) > MOST_WORKDAYS:
        raise Unreadable("请填工作日数，如 5。")
    return int(found[1])
