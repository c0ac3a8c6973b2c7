"""Invented villages for the allocation engine, the same on every machine."""

from collections.abc import Iterator, Sequence

from liaison.allocation.instance import Band, Holder, Instance, Scope, Target, Weights

WORD = (1 << 64) - 1
BAND = Band(10, 15, 30)
E1 = (20260901, [(200, 24, 18)] * 5)
E2 = (20260902, [(212, 12, 9), (200, 24, 18), (180, 30, 30)])


def _words(seed: int) -> Iterator[int]:
    """Splitmix64."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & WORD
        word = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & WORD
        yield word ^ (word >> 31)


def village(
    seed: int,
    groups: Sequence[tuple[int, int, int]],
    scope: str = "village",
    *,
    stale: int = 10,
    nolink: int = 5,
    related: int = 10,
) -> Instance:
    """Grids of (households, members, able members): places on a lattice, most links as they are today."""
    words = _words(seed)

    def below(limit: int) -> int:
        return next(words) % limit

    homes: list[list[tuple[int, int]]] = []
    members: list[list[Holder]] = []
    for index, (households, people, able) in enumerate(groups):
        left, top = 1000 * (index % 3), 1000 * (index // 3)
        home = []
        for j in range(households):
            right, down = below(10), below(10)
            home.append((left + 25 * (j % 20) + right, top + 40 * (j // 20) + down))
        homes.append(home)
        staff = []
        for i in range(people):
            seat, right, down = below(households), below(10), below(10)
            fit = (i * able // people) != ((i + 1) * able // people)
            code, grid = f"V01-G{index + 1:02}-M{i + 1:03}", f"G{index + 1:02}"
            staff.append(Holder(code, grid, home[seat][0] + right, home[seat][1] + down, able=fit))
        members.append(staff)
    targets = []
    for index, (households, people, _) in enumerate(groups):
        for j in range(households):
            draw = below(100)
            current = None
            if draw >= nolink:
                current = members[index][below(people) if draw < nolink + stale else j * people // households]
            relative = members[index][below(people)] if below(100) < related else None
            targets.append(
                Target(
                    f"V01-G{index + 1:02}-H{j + 1:04}",
                    f"G{index + 1:02}",
                    *homes[index][j],
                    current.code if current else None,
                    relative.code if relative else None,
                )
            )
    holders = tuple(member for staff in members for member in staff)
    return Instance(Scope(scope), BAND, Weights(release=0), holders, tuple(targets))
