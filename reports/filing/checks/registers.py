"""Rules over what has its own register: visits, boards and plates, volunteers, who is on a roll (13–16)."""

from collections.abc import Iterator

from reports.filing.checks import spots
from reports.filing.checks.findings import Finding, broken, some
from reports.filing.checks.queries import Material
from reports.statistics.indicators import column_title
from services.notices.choices import Notice
from township.days import in_words

SIGNS = {  # a duty of the document → its register, how its finding is told, what hangs, what is due
    "R55": (Notice.BOARD, "boards", "board_installed", "board_due"),
    "R21": (Notice.PLATE, "plates", "plate_installed", "plate_due"),
}
ROLLS = ("demo_household_count", "reserve_cadre_count")


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
        for code in ROLLS:
            n, rows = row.counts.value(code) or 0, row.counts.computed(code) or 0
            if n != rows:
                spot, column = spots.annex1(material, row.pk, code), column_title(code)
                yield broken("K16", "rows", spot, village=row.name, column=column, n=n, rows=rows)
