"""What the page of annex 1 shows beyond the printed table: links to rows, last year, corrections."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from reports.filing.checks.rules import is_jump
from reports.statistics.beside import Before, Jump, with_total
from reports.statistics.indicators import BY_CODE, COVERAGE, Indicator, column_title
from reports.statistics.queries import Counts, Organisation, total
from township.sheets import MARK
from township.sheets.html import Extra, Look, Part


def rows_url(code: str, root: int | None, on: date | None = None) -> str:
    """The rows behind one number; without a root those of 合计."""
    asked = {"code": code, "root": root, "on": on.isoformat() if on else None}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('reports:statistics_rows')}?{query}"


def links(
    organisations: Sequence[Organisation], *, on: date | None = None, before: Before | None = None
) -> Look:
    """What the cells lead to; `on` is the past day the table shows, `before` the numbers of last year."""
    all_together = Organisation(0, "合计", total(organisations))
    earlier = None if before is None else with_total(before, organisations)

    def look(row: int | None, key: str) -> Extra | None:
        indicator = BY_CODE.get(key)
        if indicator is None or indicator.waits or indicator.form == "text":
            return None
        one = organisations[row] if row is not None else all_together
        below = [*_corrected(indicator, one)]
        if earlier is not None:
            below += _last_year(indicator, one, earlier[one.pk])
        return Extra(_parts(indicator, one, on), tuple(below))

    return look


def _parts(indicator: Indicator, one: Organisation, on: date | None) -> tuple[Part, ...]:
    """The numbers of one cell, with a stroke between those that share it."""
    if indicator.key == "e1_holders" and not one.counts.general:
        return ()
    found: list[Part] = []
    for code in indicator.codes:
        words = _words(code, one.counts)
        if found:
            found.append(Part("/"))
        if words in ("", "0"):
            found.append(Part(words))
            continue
        label = f"{words} {one.name} {column_title(code)}，看明细"
        found.append(Part(words, rows_url(code, one.pk or None, on), label))
    return tuple(found) if any(part.href for part in found) else ()


def _words(code: str, counts: Counts) -> str:
    if code == COVERAGE:
        return "" if counts.coverage is None else f"{counts.coverage:.1%}"
    value = counts.value(code)
    return "" if value is None else f"{value}{MARK if code in counts.overrides else ''}"


def _corrected(indicator: Indicator, one: Organisation) -> list[Part]:
    """The computed number beside the one that was said instead."""
    return [
        Part(f"系统计 {one.counts.computed(code)}")
        for code in indicator.codes
        if code in one.counts.overrides
    ]


def _last_year(indicator: Indicator, one: Organisation, before: Mapping[str, int]) -> list[Part]:
    """上年 40，+3; what moved too far leads to its explanation."""
    found = []
    for code in indicator.codes:
        was, now = before.get(code), one.counts.value(code)
        if was is None or now is None:
            continue
        if one.pk and is_jump(was, now):
            jump = Jump(one.pk, one.name, code, was, now)
            label = f"上年 {was}，{now - was:+} {one.name} {jump.title}，{jump.change}，写说明"
            found.append(Part(f"! 上年 {was}，{now - was:+}", f"#{jump.anchor}", label))
        else:
            found.append(Part(f"上年 {was}" + (f"，{now - was:+}" if now != was else "")))
    return found
