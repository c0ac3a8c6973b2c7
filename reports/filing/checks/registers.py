"""Rules over what has its own register: errands, visits, signs, volunteers, who is on a roll (12–16)."""

from collections.abc import Iterable, Iterator

from reports.filing.checks import spots
from reports.filing.checks.findings import Finding, broken, some
from reports.filing.checks.queries import Material
from reports.statistics.indicators import column_title
from reports.statistics.queries import Organisation
from reports.statistics.ticket_sources import CODES
from services.notices.choices import Notice
from township.days import in_words

SIGNS = {  # a duty of the document → its register, how its finding is told, what hangs, what is due
    "R55": (Notice.BOARD, "boards", "board_installed", "board_due"),
    "R21": (Notice.PLATE, "plates", "plate_installed", "plate_due"),
}
KINDS = tuple(CODES.values())
ROLLS = ("demo_household_count", "reserve_cadre_count")


def errands(material: Material) -> Iterator[Finding]:
    """12: the six kinds make the sum, what is done in time is done, and each number is its register's."""
    for row in material.organisations:
        n, kinds = row.counts.value("ticket_total") or 0, sum(row.counts.value(code) or 0 for code in KINDS)
        if n != kinds:
            spot = spots.annex1(material, row.pk, "ticket_total")
            yield broken("K12", "kinds", spot, village=row.name, n=n, kinds=kinds)
        in_time, done = row.counts.value("ticket_on_time") or 0, material.errands_done.get(row.pk, 0)
        if in_time > done:
            spot = spots.annex1(material, row.pk, "ticket_on_time")
            yield broken("K12", "in_time", spot, village=row.name, n=in_time, done=done)
        yield from _unlike_register(material, row, ("ticket_total", *KINDS), "K12")


def _unlike_register(
    material: Material, row: Organisation, codes: Iterable[str], rule: str
) -> Iterator[Finding]:
    """Numbers of annex 1 that are not those of their register's rows."""
    for code in codes:
        n, rows = row.counts.value(code) or 0, row.counts.computed(code) or 0
        if n != rows:
            spot, column = spots.annex1(material, row.pk, code), column_title(code)
            yield broken(rule, "rows", spot, village=row.name, column=column, n=n, rows=rows)


def visits(material: Material) -> Iterator[Finding]:
    """13: counted numbers cannot break it, said ones can."""
    for row in material.organisations:
        n, closed, called = (
            row.counts.value(code) or 0 for code in ("opinion_in", "opinion_closed", "opinion_callback")
        )
        if not called <= closed <= n:
            spot = spots.annex1(material, row.pk, "opinion_in")
            yield broken("K13", "opinions", spot, village=row.name, n=n, closed=closed, called=called)
        calls, households = row.counts.value("visit_count") or 0, material.visited.get(row.pk, 0)
        if calls < households:
            spot = spots.annex1(material, row.pk, "visit_count")
            yield broken("K13", "visits", spot, village=row.name, n=calls, households=households)


def signs(material: Material) -> Iterator[Finding]:
    """14: before its day a board that does not hang is only progress."""
    for duty, (notice, case, hung, due) in SIGNS.items():
        day = material.overdue.get(duty)
        for row in material.organisations if day else ():
            n, wanted = row.counts.value(hung) or 0, row.counts.value(due) or 0
            if day and n < wanted:
                spot = spots.signs(material, row.pk, notice)
                yield broken("K14", case, spot, village=row.name, n=n, due=wanted, day=in_words(day))


def volunteers(material: Material) -> Iterator[Finding]:
    """15: one station for each village, and the township's centre."""
    if day := material.overdue.get("R34"):
        for row in material.organisations:
            if row.pk in material.village_roots and not row.counts.value("volunteer_station_count"):
                spot = spots.stations(material, row.pk)
                yield broken("K15", "station", spot, village=row.name, day=in_words(day))
    if material.centre is False and (day := material.overdue.get("R33")):
        yield broken("K15", "centre", spots.centre(), day=in_words(day))


def on_roll(material: Material) -> Iterator[Finding]:
    """16: annex 1's numbers against the rows of their registers."""
    for row in material.organisations:
        floating = [member.name for member in material.members.get(row.pk, ()) if member.is_floating]
        n = row.counts.value("floating_count") or 0
        if len(floating) != n:
            spot = spots.annex1(material, row.pk, "floating_count")
            people = some(floating, "名") or "无"
            yield broken("K16", "floating", spot, village=row.name, n=n, rows=len(floating), people=people)
        yield from _unlike_register(material, row, ROLLS, "K16")
