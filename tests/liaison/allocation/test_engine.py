"""The engine against known optima, against another solver, and against what must hold of every answer."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from liaison.allocation.engine import Effort, Objective, allocate, measure
from liaison.allocation.instance import BadInstance, Band, Holder, Instance, Scope, Target, Weights
from reports.bench.greedy import greedy_keep
from reports.bench.villages import BAND, E1, E2, village
from tests.liaison.allocation.oracle import best
from tests.liaison.allocation.villages import accepted, small

RANDOM = 1200


@pytest.mark.parametrize("scope", ["village", "grid"])
def test_the_ordinary_village_has_its_known_optimum(scope):
    assert allocate(village(*E1, scope)).objective == Objective(0, 0, 0, 0, 48012)


def test_a_short_grid_borrows_exactly_what_it_lacks():
    assert allocate(village(*E2)).objective == Objective(0, 0, 77, 43, 44393)


def test_a_short_grid_alone_overloads_its_own_members():
    assert allocate(village(*E2, "grid")).objective == Objective(0, 77, 0, 120, 34026)


def proved_against_the_oracle(instance: Instance) -> bool:
    found = allocate(instance)
    released = sum(
        instance.weights.releasing
        for target in instance.targets
        if found.links[target.code] is None and instance.is_able(target.current)
    )
    goal = found.objective
    return found.proved and best(instance) == (
        goal.uncovered,
        goal.over,
        goal.cross,
        goal.under,
        goal.soft + released,
    )


@pytest.mark.parametrize("chunk", range(12))
def test_another_solver_finds_the_same(chunk):  # P5
    for seed in range(chunk * RANDOM // 12, (chunk + 1) * RANDOM // 12):
        assert proved_against_the_oracle(small(seed)), seed


def test_another_solver_finds_the_same_where_grids_borrow():  # P5
    for seed in range(3000, 3060):
        instance = replace(small(seed, 14, 60), scope=Scope.VILLAGE)
        assert proved_against_the_oracle(instance), seed


def test_costs_of_any_size_stay_apart():
    instance = small(12)
    far = tuple(replace(t, x=t.x * 10**15 - 10**18) for t in instance.targets)
    heavy = replace(instance, targets=far, weights=Weights(10**9, 10**9, 10**9, 0))
    near = allocate(instance).objective
    found = allocate(heavy).objective
    assert (found.uncovered, found.over, found.cross, found.under) == (
        near.uncovered,
        near.over,
        near.cross,
        near.under,
    )


# --- what must hold of every answer (numbers as in the design's list) ---------------------------------


def every(count: int = 150, release: int | None = 0) -> list[Instance]:
    """Where a release weighs nothing, as the objective defines it, unless something else is said."""
    found = (small(seed) for seed in range(5000, 5000 + count))
    return [replace(one, weights=replace(one.weights, release=release)) for one in found]


def test_each_target_has_one_contact_or_is_open():  # P1, P2
    for instance in every():
        found = allocate(instance).links
        assert found.keys() == {target.code for target in instance.targets}
        for target in instance.targets:
            code = found[target.code]
            if code is not None:
                holder = instance.holder_of[code]
                assert holder.able
                assert instance.scope == Scope.VILLAGE or target.pin or holder.grid == target.grid


def test_pins_hold_or_stay_open():  # P3
    for instance in every():
        found = allocate(instance).links
        for target in instance.targets:
            if target.pin is not None:
                assert found[target.code] in (target.pin, None)
                if not instance.holder_of[target.pin].able:
                    assert found[target.code] is None


def test_nobody_is_beyond_the_hard_limit():  # P4
    for instance in every():
        loads = Counter(allocate(instance).links.values())
        assert all(loads[h.code] <= instance.band_of(h).hard for h in instance.holders)


def test_the_order_of_rows_means_nothing():  # P6
    for seed, instance in enumerate(every(60)):
        dice = random.Random(seed)
        holders, targets = list(instance.holders), list(instance.targets)
        dice.shuffle(holders)
        dice.shuffle(targets)
        shuffled = replace(instance, holders=tuple(holders), targets=tuple(targets))
        assert allocate(shuffled) == allocate(instance)


def test_the_order_of_rows_means_nothing_for_a_village():  # P6
    instance = village(*E2)
    dice = random.Random(1)
    holders, targets = list(instance.holders), list(instance.targets)
    dice.shuffle(holders)
    dice.shuffle(targets)
    assert allocate(replace(instance, holders=tuple(holders), targets=tuple(targets))) == allocate(instance)


def violations(instance: Instance) -> tuple[int, int, int, int]:
    goal = allocate(instance).objective
    return goal.uncovered, goal.over, goal.cross, goal.under


def test_one_more_able_member_never_makes_it_worse():  # P7; more may then be below their band
    for instance in every():
        grid = instance.targets[0].grid if instance.targets else "G0"
        more = replace(instance, holders=(*instance.holders, Holder("N01", grid)))
        assert violations(more)[:3] <= violations(instance)[:3]


def test_taking_a_pin_away_never_makes_it_worse():  # P8; in grid scope only if the pin stays in its grid
    freed = 0
    for instance in every():
        for target in instance.targets:
            if target.pin is not None and (
                instance.scope == Scope.VILLAGE or instance.holder_of[target.pin].grid == target.grid
            ):
                rest = tuple(replace(t, pin=None) if t is target else t for t in instance.targets)
                assert violations(replace(instance, targets=rest)) <= violations(instance)
                freed += 1
    assert freed > 50


def test_one_more_household_never_leaves_more_below_their_band():  # P8
    """One more target makes one chain of moves, and a chain takes no load from anybody."""
    for instance in every():
        more = replace(instance, targets=(*instance.targets, Target("N01", "G0")))
        assert violations(more)[3] <= violations(instance)[3]


def test_a_wider_band_never_makes_it_worse():  # P9
    for instance in every():
        band = instance.band
        for wider in (
            Band(max(0, band.low - 1), band.high, band.hard),
            Band(band.low, band.high + 1, band.hard + 1),
        ):
            assert violations(replace(instance, band=wider)) <= violations(instance)


def test_an_accepted_roster_stays_as_it_is():  # P10
    for instance in every(300, release=None):
        links = dict(allocate(instance).links)
        assert allocate(accepted(instance, links)).links == links


def test_other_names_change_nothing_but_ties():  # P11
    for instance in every(60, release=0):
        holders = {holder.code: f"乙{holder.code}" for holder in instance.holders}
        renamed = replace(
            instance,
            holders=tuple(replace(h, code=holders[h.code], grid=f"新{h.grid}") for h in instance.holders),
            targets=tuple(
                replace(
                    t,
                    code=f"丙{t.code}",
                    grid=f"新{t.grid}",
                    current=holders.get(t.current or "", t.current),
                    relative=holders.get(t.relative or "", t.relative),
                    pin=holders.get(t.pin or ""),
                )
                for t in instance.targets
            ),
            forbidden=frozenset((f"丙{t}", holders[h]) for t, h in instance.forbidden),
        )
        assert allocate(renamed).objective == allocate(instance).objective


def test_grids_that_manage_alone_are_the_joint_optimum():  # P12
    for seed in range(40):
        groups = [(30, 4, 3), (28, 3, 3), (40, 5, 4)]
        alone, joint = village(seed, groups, "grid"), village(seed, groups)
        found = allocate(alone).objective
        if not found.uncovered and not found.over:
            assert allocate(joint).objective == found


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize(
    ("holders", "targets", "expected"),
    [
        ((), (), (0, 0, 0, 0, 0)),
        ((), (Target("H1", "G"),), (1, 0, 0, 0, 0)),
        ((Holder("M1", "G"),), (), (0, 0, 0, 10, 0)),
        ((Holder("M1", "G"),), (Target("H1", "G", pin="M1"),), (0, 0, 0, 9, 2)),
        ((Holder("M1", "G", able=False),), (Target("H1", "G", current="M1"),), (1, 0, 0, 0, 0)),
        ((Holder("M1", "G", band=Band(0, 0, 0)),), (Target("H1", "G"),), (1, 0, 0, 0, 0)),
        ((Holder("M1", "G", band=Band(1, 1, 1)),), (Target("H1", "G"),), (0, 0, 0, 0, 2)),
    ],
    ids=["nothing", "no holders", "no targets", "all pinned", "nobody able", "no room", "low is high"],
)
def test_empty_and_narrow_cases(scope, holders, targets, expected):  # P14
    found = allocate(Instance(scope, BAND, Weights(), holders, targets))
    assert found.objective == Objective(*expected)


def test_accepting_a_part_loses_no_target():  # P15
    for instance in every(60):
        links = dict(allocate(instance).links)
        half = {t.code: links[t.code] if i % 2 else t.current for i, t in enumerate(instance.targets)}
        again = allocate(accepted(instance, half))
        assert again.links.keys() == links.keys()


def test_what_is_reported_is_what_counting_gives():
    for instance in every():
        found = allocate(instance)
        assert found.objective == measure(instance, found.links)


# --- as much effort as is allowed --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instance", "steps"),
    [
        (village(11, [(200, 20, 15)], "grid"), 1_000),
        (village(*E1), 4_500),
        (village(*E2), 5_000),
        (village(12, [(212, 20, 13), *[(197, 24, 19)] * 4]), 6_000),
        (village(15, [(240, 24, 17)] * 5), 7_000),
    ],
    ids=["grid", "E1", "E2", "borrowing", "tight"],
)
def test_a_village_needs_few_steps(instance, steps):  # P16; a step is a holder settled in a search
    assert allocate(instance, Effort(budget=steps)).proved


@pytest.mark.parametrize("steps", [0, 300, 2000])
@pytest.mark.parametrize(("scope", "over"), [(Scope.VILLAGE, 0), (Scope.GRID, 77)])
def test_an_interrupted_search_still_gives_a_sensible_answer(scope, over, steps):
    instance = village(*E2, scope)
    found = allocate(instance, Effort(budget=steps))
    assert not found.proved
    assert found.objective == measure(instance, found.links)
    assert (found.objective.uncovered, found.objective.over) == (0, over)
    assert found.objective <= measure(instance, greedy_keep(instance))


def test_an_interrupted_search_keeps_pins_and_limits():
    for instance in every():
        for steps in (0, 5, 20):
            found = allocate(instance, Effort(budget=steps))
            loads = Counter(found.links.values())
            assert all(loads[h.code] <= instance.band_of(h).hard for h in instance.holders)
            for target in instance.targets:
                code = found.links[target.code]
                assert code is None or instance.may_link(target, instance.holder_of[code])
            assert found.objective >= allocate(instance).objective


def test_a_stop_is_asked_for_every_target_and_ends_it():
    instance = village(*E2)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 100

    found = allocate(instance, Effort(stop=stop))
    assert len(asked) == 101
    assert not found.proved


def test_progress_is_told_up_to_the_end():
    instance = small(5003)
    told: list[tuple[int, int]] = []
    allocate(instance, Effort(progress=lambda done, of: told.append((done, of))))
    count = len(instance.targets)
    assert told == [(done, count) for done in range(1, count + 1)]


def test_forbidden_pairs_are_never_made():
    instance = village(5, [(60, 8, 5), (50, 6, 4)])
    free = allocate(instance)
    pairs = frozenset((code, holder) for code, holder in list(free.links.items())[:20] if holder is not None)
    found = allocate(replace(instance, forbidden=pairs))
    assert not pairs & set(found.links.items())
    assert found.objective > free.objective


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: Band(-1, 3, 9), "负数"),
        (lambda: Instance(Scope.GRID, Band(5, 3, 9), Weights(), (), ()), "比例区间"),
        (lambda: Weights(change=-1), "负数"),
        (lambda: Instance(Scope.GRID, BAND, Weights(), (Holder("M", "G"),) * 2, ()), "出现了两次"),
        (lambda: Instance(Scope.GRID, BAND, Weights(), (), (Target("H", "G", pin="X"),)), "不在包联人名单"),
    ],
)
def test_contradictions_are_refused_in_words(build, word):
    with pytest.raises(BadInstance, match=word):
        build()
