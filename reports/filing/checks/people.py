"""Rules over members, households and posts (4, 8–10, 16, 17, 19)."""

from collections import defaultdict
from collections.abc import Iterator

from grids.choices import Role
from liaison.queries import HouseholdRow, MemberRow
from liaison.sheets.annex3 import linked_members
from reports.filing.checks import spots
from reports.filing.checks.findings import Finding, Spot, broken, some
from reports.filing.checks.queries import Material
from reports.filing.checks.rules import change_words, is_jump
from reports.statistics.indicators import column_title, countable
from reports.statistics.queries import Organisation

PARTS_OF_MEMBERS = ("probationary_count", "floating_count", "liaison_member_count")


def member_numbers(material: Material) -> Iterator[Finding]:
    """4: parts of the members are no more than all; who is away and still takes part is named."""
    for row in material.organisations:
        members, floating = _n(row, "member_count"), _n(row, "floating_count")
        for code in PARTS_OF_MEMBERS:
            if _n(row, code) > members:
                spot = spots.annex1(material, row.pk, code)
                n, column = _n(row, code), column_title(code)
                yield broken("K04", "exceeds", spot, village=row.name, column=column, n=n, members=members)
        if _n(row, "liaison_member_count") > members - floating:
            for member in material.members.get(row.pk, ()):
                if member.is_floating and member.pk not in material.unable:
                    spot = _member_spot(material, member, spots.edit(member.pk), "修改党员")
                    yield broken("K04", "floating", spot, name=member.name)


def hub_members(material: Material) -> Iterator[Finding]:
    """8: annex 3 has each member once, and all of them.

    The tree gives a member one place and a person one membership, so nobody can stand twice; the rows are
    counted all the same.
    """
    linked = defaultdict(list)
    for member in linked_members(material.roster):
        linked[member.root].append(member)
    for row in material.organisations:
        rows, members = linked[row.pk], _n(row, "member_count")
        yield from _twice(material, rows)
        if not len(rows) == _n(row, "e4_targets") <= members:
            spot = spots.annex1(material, row.pk, "e4_targets")
            n = _n(row, "e4_targets")
            yield broken("K08", "rows", spot, village=row.name, rows=len(rows), n=n, members=members)
        for member in material.members.get(row.pk, ()):
            if member.hub is not None and member.hub not in material.roster.places:
                yield broken("K08", "closed", _placing(material, member, "closed"), name=member.name)
            elif member.hub is None and row.pk in material.village_roots:
                yield broken("K08", "unplaced", _placing(material, member), name=member.name)


def _twice(material: Material, rows: list[MemberRow]) -> Iterator[Finding]:
    by_person: defaultdict[int, list[MemberRow]] = defaultdict(list)
    for member in rows:
        by_person[member.person].append(member)
    for same in by_person.values():
        if len(same) > 1:
            names = "、".join(material.roster.name(member.hub) for member in same)
            spot = _placing(material, same[-1], "twice")
            yield broken("K08", "twice", spot, name=same[0].name, n=len(same), hubs=names)


def annexes_agree(material: Material) -> Iterator[Finding]:
    """9: whoever has households in annex 4 stands in annex 3 or heads a hub.

    Branch, group and hub of both annexes are printed from the same member's row, so they cannot differ.
    """
    linked = {member.pk for member in linked_members(material.roster)}
    heads = {
        holder.person
        for (_, role), holders in material.roster.posts.items()
        if role == Role.HUB_HEAD
        for holder in holders
    }
    for pk, households in material.households.items():
        member = material.roster.members.get(pk)
        if member is None or pk in linked or member.person in heads or member.root not in material.names:
            continue
        yield broken(
            "K09", "missing", _placing(material, member, "missing"),
            name=member.name, n=len(households), households=_names(households),
        )  # fmt: skip
    for gone in material.closed_holders:
        if gone.root in material.names:
            url, left = spots.share_out(gone.pk), material.households.get(gone.pk, [])
            spot = spots.place(material, gone.root, gone.pk, url=url, repair="调整农户", case="closed")
            yield broken("K09", "closed", spot, name=gone.name, n=len(left), households=_names(left))


def households(material: Material) -> Iterator[Finding]:
    """10: annex 4 has each linked household once, and all of them; nobody looks after his own."""
    rows: defaultdict[int, list[tuple[MemberRow, HouseholdRow]]] = defaultdict(list)
    for household in material.roster.households:
        member = material.roster.members.get(household.member)
        if member is not None:
            rows[member.root].append((member, household))
    for row in material.organisations:
        found, n = rows[row.pk], _n(row, "e5_targets")
        if not len({one.pk for _, one in found}) == len(found) == n <= _n(row, "household_count"):
            yield broken(
                "K10",
                "rows",
                spots.annex1(material, row.pk, "e5_targets"),
                village=row.name,
                rows=len(found),
                n=n,
                households=_n(row, "household_count"),
                names=_left_out(material, row.pk),
            )
        yield from _same_household(material, found)
        for member, household in found:
            if household.name == member.name:
                spot = _household_spot(material, member, household, spots.move(household.pk), "调整", "self")
                yield broken("K10", "self", spot, name=household.name)


def _left_out(material: Material, root: int) -> str:
    """，不在附件4的有张某、李某: households of members no longer on the roll."""
    names = [
        household.name
        for gone in material.closed_holders
        if gone.root == root
        for household in material.households.get(gone.pk, ())
    ]
    return f"，不在附件4的有{some(names, '户')}" if names else ""


def _same_household(material: Material, rows: list[tuple[MemberRow, HouseholdRow]]) -> Iterator[Finding]:
    """One name at one door is one household; without a door two families may share a name."""
    by_door: defaultdict[tuple[str, str | None, str], list[tuple[MemberRow, HouseholdRow]]] = defaultdict(
        list
    )
    for member, household in rows:
        if household.door:
            by_door[household.name, household.villager_group, household.door].append((member, household))
    for (name, lane, door), same in by_door.items():
        if len(same) > 1:
            member, household = same[-1]
            url = spots.look(household.pk)
            spot = _household_spot(material, member, household, url, "看农户", "twice")
            members = "、".join(dict.fromkeys(member.name for member, _ in same))
            yield broken(
                "K10", "twice", spot, name=name, door=f"{lane or ''}{door}", n=len(same), members=members
            )


def jumps(material: Material) -> Iterator[Finding]:
    """17: a number far from what was last accepted; without an accepted submission nothing is compared."""
    for row in material.organisations:
        before_all = material.previous.get(row.pk, {})
        for code in countable():
            before, now = before_all.get(code), row.counts.value(code)
            if before is None or now is None or not is_jump(before, now):
                continue
            yield broken(
                "K17", "jump", spots.annex1(material, row.pk, code), village=row.name,
                column=column_title(code), before=before, now=now, change=change_words(before, now),
            )  # fmt: skip


def officers(material: Material) -> Iterator[Finding]:
    """19: posts against the roll, and annex 2's members against their posts."""
    for gone in material.gone_officers:
        if gone.root in material.names:
            url, case = spots.end_post(gone.post), f"post{gone.post}"
            spot = spots.place(material, gone.root, gone.node, url=url, repair="结束任职", case=case)
            yield broken(
                "K19", "gone", spot, name=gone.name, reason=gone.reason, place=gone.place, role=gone.role
            )
    for line in material.postless:
        if line.root in material.names:
            target = material.roster.places.get(line.target)
            url, case = spots.end_contact(line.contact), f"contact{line.contact}"
            spot = spots.place(
                material, line.root, line.target, url=url, repair="结束包挂", case=case,
                above=target.parent if target else None,
            )  # fmt: skip
            yield broken("K19", "postless", spot, name=line.name, target=line.target_name)


# --- where they are ---------------------------------------------------------------------------------


def _placing(material: Material, member: MemberRow, case: str = "") -> Spot:
    return _member_spot(material, member, spots.move(member.pk), "编入中心户", case)


def _member_spot(material: Material, member: MemberRow, url: str, repair: str, case: str = "") -> Spot:
    return spots.place(
        material, member.root, member.pk, url=url, repair=repair, case=case, above=member.parent
    )


def _household_spot(
    material: Material, member: MemberRow, household: HouseholdRow, url: str, repair: str, case: str
) -> Spot:
    where = f"{spots.way(material.roster, member.parent)} › {member.name}".removeprefix(" › ")
    key = f"node:{household.pk}:{case}"
    return Spot(member.root, material.names[member.root], key, url, repair, household.pk, where)


def _names(households: list[HouseholdRow]) -> str:
    return some([household.name for household in households], "户")


def _n(row: Organisation, code: str) -> int:
    return row.counts.value(code) or 0
