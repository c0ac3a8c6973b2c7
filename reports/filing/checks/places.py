"""Rules over places: 合计, grids and groups, committees and what they look after, hubs (1–3, 5–7)."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from grids.choices import COMMITTEE_ROLES, ROOT_KINDS, Kind, Role
from liaison.choices import Level
from liaison.queries import Edge, Holder, Place
from liaison.sheets.annex2 import annex2_edges
from liaison.sheets.annex3 import linked_members
from reports.filing.checks import spots
from reports.filing.checks.findings import Finding, Spot, broken, some
from reports.filing.checks.queries import Material
from reports.filing.checks.rules import LARGEST_COMMITTEE
from reports.statistics.indicators import BY_PERSON, column_title, countable
from reports.statistics.queries import Counts, Organisation


def sums(material: Material) -> Iterator[Finding]:
    """1: the 合计 row against the rows; one pass adds both up, so only a fault of ours can break it."""
    if len(material.organisations) < 2:
        return
    for code in countable():
        if code in BY_PERSON:
            continue
        all_together = material.totals.value(code) or 0
        added = sum(row.counts.value(code) or 0 for row in material.organisations)
        if all_together != added:
            spot = spots.annex1(material, None, code)
            yield broken("K01", "sum", spot, column=column_title(code), total=all_together, added=added)


def grids_and_groups(material: Material) -> Iterator[Finding]:
    """2: each geographic grid has its one group; industry groups are counted apart."""
    for row in material.organisations:
        groups = material.of(row.pk, Kind.GROUP)
        of_trades = sum(1 for group in groups if group.parent in material.industry)
        with_group = {group.parent for group in groups}
        n, industry = _n(row, "group_count"), _n(row, "industry_group_count")
        if n != len(groups) or industry != of_trades:
            yield broken(
                "K02", "groups", spots.annex1(material, row.pk, "group_count"),
                village=row.name, n=n, geographic=len(groups) - of_trades, industry=industry,
            )  # fmt: skip
        for grid in material.of(row.pk, Kind.GRID):
            if grid.pk not in with_group and grid.pk not in material.industry:
                url = spots.add_below(grid.pk, Kind.GROUP)
                spot = spots.place(material, row.pk, grid.pk, url=url, repair="建党小组", above=grid.parent)
                yield broken("K02", "groupless", spot, name=grid.name)


def grids_and_lanes(material: Material) -> Iterator[Finding]:
    """3: as many grids as villager groups at least; where groups were merged, that is explained."""
    for row in material.organisations:
        n, lanes = _n(row, "grid_count"), _n(row, "villager_group_count")
        if row.pk in material.village_roots and n < lanes:
            spot = spots.place(
                material, row.pk, row.pk, url=spots.grids_of(row.pk), repair="看网格", case="grids"
            )
            names = some([grid.name for grid in material.of(row.pk, Kind.GRID)]) or "还没有网格"
            yield broken("K03", "fewer", spot, village=row.name, lanes=lanes, n=n, names=names)


def committee_groups(material: Material) -> Iterator[Finding]:
    """5: annex 2's groups are those counted, and each has somebody from the committee and a leader."""
    by_root = _annex2(material)
    for row in material.organisations:
        groups = material.of(row.pk, Kind.GROUP)
        held = {edge.target for edge in by_root[row.pk]}
        targets, n = _n(row, "e2_targets"), _n(row, "group_count")
        if len(held) != targets or targets > n:
            yield broken(
                "K05", "rows", spots.annex1(material, row.pk, "e2_targets"),
                village=row.name, rows=len(held), n=targets, groups=n,
            )  # fmt: skip
        too_many = _n(row, "group_leader_count") > n
        for group in groups:
            yield from _of_group(material, row.pk, group, is_held=group.pk in held, too_many=too_many)


def _of_group(
    material: Material, root: int, group: Place, *, is_held: bool, too_many: bool
) -> Iterator[Finding]:
    leaders = material.roster.holders(group.pk, Role.GROUP_LEADER)
    if not is_held:
        url = spots.begin_contact(Level.COMMITTEE, group.pk)
        yield broken(
            "K05", "nobody", _group_spot(material, root, group, url, "登记包挂", "nobody"), name=group.name
        )
    if not leaders:
        url = spots.appoint(group.pk)
        spot = _group_spot(material, root, group, url, "登记组长", "leaderless")
        yield broken("K05", "leaderless", spot, name=group.name)
    if too_many and len(leaders) > 1:
        spot = _group_spot(material, root, group, spots.look(group.pk), "看任职", "leaders")
        people = "、".join(leader.name for leader in leaders)
        yield broken("K05", "leaders", spot, name=group.name, n=len(leaders), people=people)


def _group_spot(material: Material, root: int, group: Place, url: str, repair: str, case: str) -> Spot:
    return spots.place(material, root, group.pk, url=url, repair=repair, case=case, above=group.parent)


def committees(material: Material) -> Iterator[Finding]:
    """6: annex 2's committee members are those counted, and no committee is larger than seven."""
    by_root = _annex2(material)
    for row in material.organisations:
        people = {edge.holder.person: edge.holder.name for edge in by_root[row.pk]}
        n = _n(row, "e2_holders")
        if len(people) != n:
            yield broken(
                "K06", "rows", spots.annex1(material, row.pk, "e2_holders"),
                village=row.name, rows=len(people), n=n, people=some(list(people.values()), "名"),
            )  # fmt: skip
        for kind in ROOT_KINDS:
            for branch in material.of(row.pk, kind):
                yield from _size(material, row.pk, branch)


def _size(material: Material, root: int, branch: Place) -> Iterator[Finding]:
    seats: dict[int, Holder] = {
        holder.person: holder for holder in material.roster.holders(branch.pk, *COMMITTEE_ROLES)
    }
    if len(seats) > LARGEST_COMMITTEE:
        spot = spots.place(
            material, root, branch.pk, url=spots.look(branch.pk), repair="看任职", above=branch.parent
        )
        people = "、".join(holder.name for holder in seats.values())
        yield broken(
            "K06", "size", spot, name=branch.name, n=len(seats), most=LARGEST_COMMITTEE, people=people
        )


def hubs(material: Material) -> Iterator[Finding]:
    """7: hubs by groups, by annex 3 and by kind are the same; a group no committee member has is rule 5's."""
    by_group = Counter(place.group for place in material.roster.places.values() if place.kind == Kind.HUB)
    used = {member.hub for member in linked_members(material.roster)}
    for row in material.organisations:
        here = material.of(row.pk, Kind.HUB)
        for hub in here:
            if hub.pk not in material.roster.hubs:
                url = spots.edit(hub.pk)
                spot = spots.place(material, row.pk, hub.pk, url=url, repair="登记类别", above=hub.parent)
                yield broken("K07", "kindless", spot, name=hub.name)
        annex2 = sum(by_group[group.pk] for group in material.of(row.pk, Kind.GROUP))
        annex3 = len({hub.pk for hub in here} & used) + len({hub.pk for hub in here} - used)
        typed = sum(1 for hub in here if hub.pk in material.roster.hubs)
        kinds, n = _kinds(row.counts), _n(row, "e3_targets")
        if not annex2 == annex3 == n or kinds != typed:
            yield broken(
                "K07", "rows", spots.annex1(material, row.pk, "e3_targets"),
                village=row.name, annex2=annex2, annex3=annex3, kinds=kinds, n=n,
            )  # fmt: skip


def _kinds(counts: Counts) -> int:
    return (counts.value("central_household_count") or 0) + (counts.value("demo_post_count") or 0)


def _annex2(material: Material) -> defaultdict[int, list[Edge]]:
    """The lines of annex 2 by village, as the annex itself takes them."""
    found: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge in annex2_edges(material.roster):
        found[material.roster.places[edge.target].root].append(edge)
    return found


def _n(row: Organisation, code: str) -> int:
    return row.counts.value(code) or 0
