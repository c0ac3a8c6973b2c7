"""Which place of the system each place of a file is: by our own code, then by name and place, then by less.

Each pass takes what the passes before it left over. A pass that concludes a move from a name alone asks
that the file speaks about the old place too; otherwise a file about one group would take households of
the same name out of another group.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from grids.choices import Kind
from grids.imports.planning import keys
from grids.imports.planning.held import Held, HeldBranch
from grids.imports.planning.wanted import Gathering, Want

WantKey = Callable[[Want], Hashable | None]
HeldKey = Callable[[Held], Hashable | None]
Fits = Callable[[Want, Held], bool]


def match(found: Gathering, branch: HeldBranch) -> None:
    """Give every wanted place the place of the system it means, if there is one."""
    _match_groups(found, branch)
    _match_grids(found, branch)
    _match_hubs(found, branch)
    _match_members(found, branch)
    _match_households(found, branch)


def _take(want: Want, held: Held) -> None:
    want.held = held
    held.used = True


def _always(want: Want, held: Held) -> bool:
    return True


def _pair(
    wants: Iterable[Want], helds: Iterable[Held], want_key: WantKey, held_key: HeldKey, *,
    fits: Fits = _always, only: bool = False,
) -> None:  # fmt: skip
    """Match by equal keys, in the order of both lists; with `only`, where one stands against one."""
    free: dict[Hashable, list[Held]] = defaultdict(list)
    for held in helds:
        if not held.used and (key := held_key(held)) is not None:
            free[key].append(held)
    asking: dict[Hashable, list[Want]] = defaultdict(list)
    for want in wants:
        if want.held is None and (key := want_key(want)) is not None and key in free:
            asking[key].append(want)
    for key, named in asking.items():
        if only and (len(named) > 1 or len(free[key]) > 1):
            continue
        for want in named:
            chosen = next((h for h in free[key] if not h.used and fits(want, h)), None)
            if chosen is not None:
                _take(want, chosen)


def _pair_codes(wants: Iterable[Want], branch: HeldBranch, kind: str, fits: Fits) -> None:
    """Match by the code our own export wrote, as far as the rest of the row agrees with it."""
    for want in wants:
        if want.held is not None:
            continue
        for code in sorted(want.codes):
            held = branch.by_pk.get(int(code)) if code.isdecimal() and len(code) < 19 else None
            if held is not None and held.kind == kind and not held.used and fits(want, held):
                _take(want, held)
                break


def _above_pk(want: Want) -> int | None:
    return want.above.held.pk if want.above is not None and want.above.held is not None else None


def group_of(want: Want) -> Want | None:
    """The group a wanted place hangs in, as far as the file says."""
    place = want.above
    while place is not None and place.kind != Kind.GROUP:
        place = place.above
    return place


def _group_pk(want: Want) -> int | None:
    group = group_of(want)
    return group.held.pk if group is not None and group.held is not None else None


# --- groups, grids, hubs ----------------------------------------------------------------------------


def _match_groups(found: Gathering, branch: HeldBranch) -> None:
    groups = found.groups.values()
    _pair(groups, branch.of[Kind.GROUP], lambda w: w.key, lambda h: h.key)
    # A group only concluded from its grid is whatever group that grid has, whatever its name.
    grid_keys = {grid.pk: grid.key for grid in branch.of[Kind.GRID]}
    derived = [group for group in groups if group.derived]
    _pair(
        derived, branch.of[Kind.GROUP],
        lambda w: w.above.key if w.above else None, lambda h: grid_keys.get(h.parent_id),
    )  # fmt: skip


def _match_grids(found: Gathering, branch: HeldBranch) -> None:
    """A written grid name may point to another grid; else the grid of the matched group is meant."""
    for group in found.groups.values():
        grid = group.above
        if grid is None or grid.held is not None or group.held is None:
            continue
        own = branch.by_pk.get(group.held.parent_id)
        other = None if grid.derived else _free_grid(branch, grid.key)
        if own is not None and (other is None or own.key == grid.key) and not own.used:
            _take(grid, own)
    _pair(found.grids.values(), branch.of[Kind.GRID], lambda w: w.key, lambda h: h.key)


def _free_grid(branch: HeldBranch, key: str) -> Held | None:
    return next((h for h in branch.of[Kind.GRID] if h.key == key and not h.used), None)


def _match_hubs(found: Gathering, branch: HeldBranch) -> None:
    hubs = list(found.hubs.values())
    held = branch.of[Kind.HUB]
    _pair_codes(hubs, branch, Kind.HUB, lambda w, h: w.key == h.key)
    _pair(hubs, held, lambda w: (pk, w.key) if (pk := _above_pk(w)) else None, lambda h: (h.parent_id, h.key))
    _pair(hubs, held, lambda w: w.key if w.above is None else None, lambda h: h.key, only=True)
    # The same code under a new name, while no row has the old name: the hub was renamed.
    _pair_codes(hubs, branch, Kind.HUB, lambda w, h: _group_pk(w) in (h.group_id, None))
    spoken = _spoken_groups(found)
    _pair(hubs, held, lambda w: w.key, lambda h: h.key if h.group_id in spoken else None, only=True)


def _spoken_groups(found: Gathering) -> set[int | None]:
    return {group.held.pk for group in found.groups.values() if group.held is not None}


# --- members ----------------------------------------------------------------------------------------


def _phone(want: Want) -> str:
    return str(want.facts.get("phone", ""))


def _phones_agree(want: Want, held: Held) -> bool:
    one, two = _phone(want), held.facts.get("phone", "")
    return not one or not two or one == two


def _same_phone(want: Want, held: Held) -> bool:
    return _phone(want) != "" and _phone(want) == held.facts.get("phone", "")


def _same_place(want: Want, held: Held) -> bool:
    return _above_pk(want) == held.parent_id and _phones_agree(want, held)


def _match_members(found: Gathering, branch: HeldBranch) -> None:
    wants, held = found.members, branch.of[Kind.MEMBER]

    def in_group(want: Want) -> Hashable | None:
        return (pk, want.name) if (pk := _group_pk(want)) else None

    def held_group(one: Held) -> Hashable:
        return one.group_id, one.name

    _pair_codes(wants, branch, Kind.MEMBER, lambda w, h: w.name == h.name)
    _pair(wants, held, in_group, held_group, fits=_same_phone)
    _pair(wants, held, in_group, held_group, fits=_same_place)
    _pair(wants, held, in_group, held_group, fits=_phones_agree)
    _pair(
        wants, held,
        lambda w: (w.name, _phone(w)) if _phone(w) else None, lambda h: (h.name, h.facts["phone"]),
    )  # fmt: skip
    # A file that names no group, or a member the system has not placed yet: the name must be the only one.
    _pair(
        wants, held, lambda w: w.name, lambda h: h.name, only=True,
        fits=lambda w, h: (w.above is None or h.group_id is None) and _phones_agree(w, h),
    )  # fmt: skip
    _pair_codes(wants, branch, Kind.MEMBER, _phones_agree)
    _pair(wants, held, in_group, held_group, only=True)
    spoken = _spoken_groups(found)
    _pair(
        wants, held, lambda w: w.name, lambda h: h.name if h.group_id in spoken else None,
        only=True, fits=_phones_agree,
    )  # fmt: skip


# --- households -------------------------------------------------------------------------------------


def _door(want: Want) -> str:
    return str(want.facts.get("door", ""))


def addresses_equal(want: Want, held: Held) -> bool:
    """One cell may write 河西3号 where the system keeps 河西 and 3号 apart."""
    return written_together(want.facts) == written_together(held.facts)


def written_together(facts: Mapping[str, Any]) -> str:
    """Villager group and door as one text."""
    return keys.lane_key(facts.get("villager_group") or "") + (facts.get("door") or "")


def _addresses_agree(want: Want, held: Held) -> bool:
    """No contradiction between what either side writes."""
    if addresses_equal(want, held):
        return True
    if want.key and held.key and want.key != held.key:
        return False
    one, two = _door(want), held.facts["door"]
    return not one or not two or one == two


def _still_plausible(want: Want, held: Held) -> bool:
    """A row under our code with another name is the same household if its door or phone is the same."""
    door, phone = held.facts["door"], held.facts["phone"]
    if door and _door(want):
        return _door(want) == door or addresses_equal(want, held)
    if phone and want.facts.get("phone"):
        return bool(want.facts["phone"] == phone)
    same_size = want.facts.get("size") in (None, held.facts["size"])
    return same_size and _above_pk(want) == held.parent_id and _addresses_agree(want, held)


def _match_households(found: Gathering, branch: HeldBranch) -> None:
    wants, held = found.households, branch.of[Kind.HOUSEHOLD]

    def written(want: Want) -> Hashable:
        return _above_pk(want), want.name, want.key, _door(want)

    def address(want: Want) -> Hashable | None:
        return (want.name, want.key, _door(want)) if _door(want) else None

    def above(want: Want) -> Hashable | None:
        return (pk, want.name) if (pk := _above_pk(want)) else None

    _pair_codes(wants, branch, Kind.HOUSEHOLD, lambda w, h: w.name == h.name and _addresses_agree(w, h))
    _pair_codes(wants, branch, Kind.HOUSEHOLD, lambda w, h: w.name == h.name)
    _pair(wants, held, written, lambda h: (h.parent_id, h.name, h.key, h.facts["door"]))
    _pair(wants, held, address, lambda h: (h.name, h.key, h.facts["door"]) if h.facts["door"] else None)
    _pair_codes(wants, branch, Kind.HOUSEHOLD, _still_plausible)
    _pair(wants, held, above, lambda h: (h.parent_id, h.name), fits=_addresses_agree)
    _match_by_less(found, branch, wants, held)


def _match_by_less(found: Gathering, branch: HeldBranch, wants: list[Want], held: list[Held]) -> None:
    """Households whose place changed, or whose place this file leaves out: the name must be the only one."""
    spoken = _spoken_members(found) | _spoken_groups(found)
    spoken |= {grid.held.pk for grid in found.grids.values() if grid.held is not None}

    def here(want: Want) -> Hashable | None:
        return (pk, want.name) if (pk := _own_group_pk(want)) else None

    def free(one: Held) -> bool:
        return one.parent_id in spoken

    _pair(
        wants, held, here, lambda h: (_held_group(h, branch), h.name) if free(h) else None,
        only=True, fits=_addresses_agree,
    )  # fmt: skip
    _pair(
        wants, held, lambda w: (w.name, w.facts["phone"]) if w.facts.get("phone") else None,
        lambda h: (h.name, h.facts["phone"]) if h.facts["phone"] else None, only=True,
    )  # fmt: skip
    _pair(
        wants, held, lambda w: w.name, lambda h: h.name if free(h) else None,
        only=True, fits=_addresses_agree,
    )  # fmt: skip
    _pair(
        wants, held, lambda w: w.name if w.above is None or w.above.kind == Kind.GROUP else None,
        lambda h: h.name, only=True, fits=lambda w, h: _unlinked_fits(w, h) and _addresses_agree(w, h),
    )  # fmt: skip


def _spoken_members(found: Gathering) -> set[int]:
    """Members whose households the file lists."""
    return {
        house.above.held.pk
        for house in found.households
        if house.above is not None and house.above.held is not None and house.above.kind == Kind.MEMBER
    }


def _own_group_pk(want: Want) -> int | None:
    """The group of a household: the file's, or that of its member in the system."""
    if want.above is not None and want.above.kind == Kind.MEMBER and group_of(want) is None:
        return want.above.held.group_id if want.above.held is not None else None
    return _group_pk(want)


def _held_group(one: Held, branch: HeldBranch) -> int | None:
    """The group of a place; a household that hangs under a grid belongs to that grid's group."""
    if one.group_id is not None:
        return one.group_id
    return next((g.pk for g in branch.of[Kind.GROUP] if g.parent_id == one.parent_id), None)


def _unlinked_fits(want: Want, held: Held) -> bool:
    """A row without member says nothing about the link, so a linked household of that group may be meant."""
    return want.above is None or _group_pk(want) == held.group_id
