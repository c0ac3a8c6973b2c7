"""Rule 11: whoever holds more or fewer than the ratio, each with the words a roster prints in 备注.

Ranges of single holders and accepted exceptions are respected; a ratio that only advises gives a hint, one
that is off gives nothing.
"""

from collections import Counter
from collections.abc import Iterator

from grids.choices import COMMITTEE_ROLES, BandCode, BandMode, Kind
from grids.rules import Band, personal
from liaison.choices import Level
from liaison.queries import Place
from liaison.sheets.frame import short_note
from reports.filing.checks import spots
from reports.filing.checks.findings import Finding, Spot, broken
from reports.filing.checks.queries import Material
from reports.filing.checks.rules import HINT, WARN


def outside(material: Material) -> Iterator[Finding]:
    """11: over all six ratios, village by village."""
    hubs_of, members_of = _below(material)
    for row in material.organisations:
        yield from _committees(material, row.pk)
        for group in material.of(row.pk, Kind.GROUP):
            yield from _leader(material, group, hubs_of[group.pk])
        for hub in material.of(row.pk, Kind.HUB):
            yield from _hub(material, hub, members_of[hub.pk])
        if row.pk in material.village_roots:
            yield from _members(material, row.pk)


def _below(material: Material) -> tuple[Counter[int], Counter[int]]:
    hubs = Counter(p.parent for p in material.roster.places.values() if p.kind == Kind.HUB and p.parent)
    members = Counter(m.hub for m in material.roster.members.values() if m.hub)
    return hubs, members


def _off(material: Material, code: str, pk: int, n: int) -> Band | None:
    """The ratio as it holds for the place, when `n` lies outside it and nobody has accepted that."""
    band = material.roster.measure.band(code, pk)
    off = band.verdict(n) != "ok" and material.roster.measure.accepted(code, pk) is None
    return band if off else None


def _said(band: Band, n: int, spot: Spot, name: str, what: str = "联系", case: str = "outside") -> Finding:
    severity = WARN if band.mode == BandMode.CHECK else HINT
    return broken(
        "K11",
        case,
        spot,
        severity=severity,
        note=short_note(band, what, n),
        name=name,
        what=what,
        measured=band.note(n),
        load=f"{n}{band.unit}",
    )


def _leader(material: Material, group: Place, n: int) -> Iterator[Finding]:
    if (band := _off(material, BandCode.LEADER, group.pk, n)) is None:
        return
    if n > band.high:
        url, repair = spots.share_out(group.pk), "调整中心户"
    else:
        url, repair = spots.add_below(group.pk, Kind.HUB), "新增中心户"
    case = BandCode.LEADER.value
    spot = spots.place(material, group.root, group.pk, url=url, repair=repair, case=case, above=group.parent)
    yield _said(band, n, spot, f"{group.name}组长")


def _hub(material: Material, hub: Place, n: int) -> Iterator[Finding]:
    def spot(code: BandCode, url: str, repair: str) -> Spot:
        return spots.place(
            material, hub.root, hub.pk, url=url, repair=repair, case=code.value, above=hub.parent
        )

    if (band := _off(material, BandCode.HUB, hub.pk, n)) is not None:
        give = n > band.high or hub.parent is None
        url = spots.share_out(hub.pk) if give else spots.share_out(hub.parent or 0, hub.pk)
        yield _said(band, n, spot(BandCode.HUB, url, "调整党员"), hub.name)
    facts = material.roster.hubs.get(hub.pk)
    if facts is None or facts.served is None:
        return
    if (band := _off(material, BandCode.DENSITY, hub.pk, facts.served)) is not None:
        place = spot(BandCode.DENSITY, spots.edit(hub.pk), "修改周边户数")
        yield _said(band, facts.served, place, hub.name, "周边")


def _members(material: Material, root: int) -> Iterator[Finding]:
    """Members who can serve; whoever cannot is to have none, so that whatever he has is over."""
    code = BandCode.MEMBER
    for member in material.members.get(root, ()):
        n, spared = len(material.households.get(member.pk, ())), member.pk in material.unable
        band = _off(material, code, member.pk, n)
        if spared:
            band = personal(material.roster.measure.bands[code], 0, 0)
            if band.verdict(n) == "ok" or material.roster.measure.accepted(code, member.pk) is not None:
                continue
        if band is None:
            continue
        give = n > band.high or member.group is None
        url = spots.share_out(member.pk) if give else spots.share_out(member.group or 0, member.pk)
        repair = "调整农户" if give else "联系农户"
        spot = spots.place(
            material, root, member.pk, url=url, repair=repair, case=code.value, above=member.parent
        )
        yield _said(band, n, spot, member.name, case="spared" if spared else "outside")


def _committees(material: Material, root: int) -> Iterator[Finding]:
    """支部委员 by their groups and 总支班子 by their branches; an exception is the committee's."""
    if root in material.village_roots:
        for branch in material.of(root, Kind.BRANCH):
            yield from _seats(material, branch, Level.COMMITTEE, "包挂")
    for general in material.of(root, Kind.GENERAL_BRANCH):
        yield from _seats(material, general, Level.GENERAL_BRANCH, "联系")


def _seats(material: Material, place: Place, level: Level, what: str) -> Iterator[Finding]:
    people = {one.person: one.name for one in material.roster.holders(place.pk, *COMMITTEE_ROLES)}
    for person, name in people.items():
        n = material.loads.get((level.value, person), 0)
        band = _off(material, level.value, place.pk, n)
        if band is not None:
            spot = Spot(
                place.root,
                material.names[place.root],
                f"person:{person}:{level.value}",
                spots.holders_of(level, place.root),
                "看包挂",
                place.pk,
                place.name,
            )
            yield _said(band, n, spot, name, what)
