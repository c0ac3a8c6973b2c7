"""The engine against known optima, against another solver, and against what must hold of every answer."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from liaison.allocation.engine import Effort, Objective, allocate, measure
from liaison.allocation.instance import BadInstance, Band, Holder, Instance, Scope, Target, Weights
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


@pytest.mark.parametrize("chunk", range(12))
def test_another_solver_finds_the_same(chunk):
    for seed in range(chunk * RANDOM // 12, (chunk + 1) * RANDOM // 12):
        instance = small(seed)
        found = allocate(instance)
        lost = sum(
            instance.weights.change
            for target in instance.targets
            if found.links[target.code] is None
            and target.current is not None
            and instance.holder_of[target.current].able
        )
        goal = found.objective
        ours = (goal.uncovered, goal.over, goal.cross, goal.under, goal.soft + lost)
        assert ours == best(instance), seed
        assert found.proved


# --- what must hold of every answer (numbers as in the design's list) ---------------------------------


def every(count: int = 150) -> list[Instance]:
    return [small(seed) for seed in range(5000, 5000 + count)]


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


def test_one_more_able_member_never_makes_it_worse():  # P7
    for instance in every():
        before = allocate(instance).objective
        grid = instance.targets[0].grid if instance.targets else "G0"
        more = replace(instance, holders=(*instance.holders, Holder("N01", grid)))
        after = allocate(more).objective
        assert (after.uncovered, after.over, after.cross) <= (before.uncovered, before.over, before.cross)


def test_taking_a_pin_away_never_makes_it_worse():  # P8
    for instance in every():
        if instance.scope != Scope.VILLAGE:
            continue
        for target in instance.targets:
            if target.pin is not None:
                freed = tuple(replace(t, pin=None) if t is target else t for t in instance.targets)
                before, after = (
                    allocate(instance).objective,
                    allocate(replace(instance, targets=freed)).objective,
                )
                assert (after.uncovered, after.over, after.cross, after.under) <= (
                    before.uncovered,
                    before.over,
                    before.cross,
                    before.under,
                )


def test_a_wider_band_never_makes_it_worse():  # P9
    for instance in every():
        band = instance.band
        for wider in (
            Band(max(0, band.low - 1), band.high, band.hard),
            Band(band.low, band.high + 1, band.hard + 1),
        ):
            before, after = allocate(instance).objective, allocate(replace(instance, band=wider)).objective
            assert (after.uncovered, after.over, after.cross, after.under) <= (
                before.uncovered,
                before.over,
                before.cross,
                before.under,
            ) or after.uncovered < before.uncovered


def test_an_accepted_roster_stays_as_it_is():  # P10
    for instance in every(300):
        links = dict(allocate(instance).links)
        assert allocate(accepted(instance, links)).links == links


def test_other_names_change_nothing_but_ties():  # P11
    for instance in every(60):
        holders = {holder.code: f"乙{holder.code}" for holder in instance.holders}
        renamed = replace(
            instance,
            holders=tuple(replace(h, code=holders[h.code], grid=f"新{h.grid}") for h in instance.holders),
            targets=tuple(
                replace(
                    t,
                    code=f"丙{t.code}",
                    grid=f"新{t.grid}",
                    current=holders.get(t.current or ""),
                    relative=holders.get(t.relative or ""),
                    pin=holders.get(t.pin or ""),
                )
                for t in instance.targets
            ),
            forbidden=frozenset((f"丙{t}", holders[h]) for t, h in instance.forbidden),
        )
        if not allocate(instance).objective.uncovered:
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


def test_a_budget_or_a_stop_ends_it_unproved():
    instance = village(*E2)
    for effort in (Effort(budget=50), Effort(stop=lambda: True)):
        found = allocate(instance, effort)
        assert not found.proved
        assert found.links.keys() == {target.code for target in instance.targets}


def test_forbidden_pairs_are_never_made():
    instance = village(*E1)
    free = allocate(instance).links
    pairs = frozenset((code, holder) for code, holder in list(free.items())[:40] if holder is not None)
    found = allocate(replace(instance, forbidden=pairs))
    assert not pairs & set(found.links.items())
    assert found.objective > allocate(instance).objective


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: Band(5, 3, 9), "比例区间"),
        (lambda: Weights(change=-1), "负数"),
        (lambda: Instance(Scope.GRID, BAND, Weights(), (Holder("M", "G"),) * 2, ()), "出现了两次"),
        (lambda: Instance(Scope.GRID, BAND, Weights(), (), (Target("H", "G", pin="X"),)), "不在包联人名单"),
    ],
)
def test_contradictions_are_refused_in_words(build, word):
    with pytest.raises(BadInstance, match=word):
        build()
