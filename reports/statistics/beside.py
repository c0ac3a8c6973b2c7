"""Last year beside this year: the accepted numbers, what moved too far, and what the village says to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grids.models import Node
from reports.filing.checks.queries import last_accepted
from reports.filing.checks.rules import change_words, is_jump
from reports.models import CheckNote
from reports.statistics.indicators import BY_PERSON, column_title, countable
from reports.statistics.queries import Organisation

RULE = "K17"  # its explanations are those of the cross-check
Before = Mapping[int, Mapping[str, int]]  # root → code → number; 0 is 合计


@dataclass(frozen=True)
class Jump:
    """One number that moved by more than the limit against last year."""

    root: int
    name: str
    code: str
    before: int
    now: int
    note: CheckNote | None = None
    may_explain: bool = False

    @property
    def anchor(self) -> str:
        """Where on the page it is explained."""
        return f"jump-{self.root}-{self.code}"

    @property
    def title(self) -> str:
        """党员·总数."""
        return column_title(self.code)

    @property
    def change(self) -> str:
        """增加25%."""
        return change_words(self.before, self.now)

    @property
    def subject(self) -> str:
        """What the cross-check calls it."""
        return f"col:{self.code}"


def last_year(township_id: int, organisation: Node | None, year: int) -> dict[int, dict[str, int]]:
    """Each village's numbers as last accepted in a year before this one: one query."""
    return last_accepted(township_id, organisation, before=year)


def with_total(before: Before, organisations: Sequence[Organisation]) -> dict[int, Mapping[str, int]]:
    """合计 too, where every organisation has a number and rows add up (persons do not)."""
    found: dict[int, Mapping[str, int]] = {one.pk: before.get(one.pk, {}) for one in organisations}
    found[0] = {
        code: sum(numbers[code] for numbers in found.values())
        for code in countable()
        if code not in BY_PERSON and organisations and all(code in numbers for numbers in found.values())
    }
    return found


def jumps(organisations: Sequence[Organisation], before: Before) -> list[Jump]:
    """All of them, village by village."""
    return [
        Jump(one.pk, one.name, code, was, now)
        for one in organisations
        for code, was in before.get(one.pk, {}).items()
        if (now := one.counts.value(code)) is not None and is_jump(was, now)
    ]
