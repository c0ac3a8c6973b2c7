"""What an allocation changes and why, what would mend a shortage, and who could open a new hub."""

from dataclasses import replace

import pytest

from liaison.allocation.changes import WORDS, Reason, Step, changes
from liaison.allocation.engine import Effort, Objective, allocate
from liaison.allocation.instance import Band, Holder, Instance, Scope, Target, Weights
from liaison.allocation.options import candidates, options
from reports.bench.villages import E1, E2, village

NEAR, FAR = Holder("M1", "G1", 0, 0), Holder("M2", "G1", 900, 900)
AWAY, ELSEWHERE = Holder("M3", "G1", able=False), Holder("M4", "G2", 0, 0)


ROOMY, NARROW = Band(0, 5, 9), Band(0, 2, 9)


def one(target: Target, band: Band = ROOMY) -> Instance:
    return Instance(Scope.GRID, band, Weights(change=1), (NEAR, FAR, AWAY, ELSEWHERE), (target,))


@pytest.mark.parametrize(
    ("target", "step", "reason"),
    [
        (Target("H", "G1", current="M1"), Step.KEPT, Reason.NONE),
        (Target("H", "G1"), Step.NEW, Reason.FIRST),
        (Target("H", "G1", current="M3"), Step.CHANGED, Reason.UNABLE),
        (Target("H", "G1", current="M4"), Step.CHANGED, Reason.MOVED),
        (Target("H", "G1", current="M2"), Step.CHANGED, Reason.NEARER),
        (Target("H", "G1", current="M1", pin="M2"), Step.CHANGED, Reason.PINNED),
        (Target("H", "G1", 450, 460, current="M1", relative="M2"), Step.CHANGED, Reason.RELATIVE),
        (Target("H", "G3", current="M1"), Step.RELEASED, Reason.NO_ROOM),
        (Target("H", "G3"), Step.OPEN, Reason.NONE),
    ],
)
def test_every_change_has_its_reason(target, step, reason):
    instance = one(target)
    (change,) = changes(instance, allocate(instance).links)
    expected = Reason.NO_ROOM if step == Step.OPEN else reason
    assert (change.step, change.reason) == (step, expected)


def test_an_overloaded_contact_is_the_reason():
    targets = tuple(Target(f"H{i}", "G1", current="M1") for i in range(3))
    instance = replace(one(targets[0], NARROW), targets=targets)
    found = changes(instance, allocate(instance).links)
    assert sorted(change.reason for change in found) == [Reason.NONE, Reason.NONE, Reason.OVERLOADED]


def test_every_reason_has_words():
    assert WORDS.keys() == set(Reason)


def test_a_crossing_link_is_marked():
    instance = village(*E2)
    found = changes(instance, allocate(instance).links)
    assert sum(change.crosses for change in found) == 77


def told(instance: Instance) -> list[tuple[str, Objective, int]]:
    return [(one.text, one.objective, one.about) for one in options(instance, allocate(instance))]


def test_ways_out_of_a_shortage_and_a_surplus_with_their_numbers():
    across, now = Objective(0, 0, 77, 43, 44393), Objective(0, 77, 0, 120, 34026)
    found = told(village(*E2, "grid"))
    assert found[:2] == [
        ("由G03跨网格承担77户", across, 0),
        ("本网格9人超额，每人约24户（个别25户）", now, 0),
    ]
    (third, fourth, fifth) = found[2:]
    assert (third[0], third[1].uncovered, third[1].over, third[2]) == ("77户暂列“待落实”", 77, 0, 0)
    assert (fourth[0], fourth[1].under, fourth[2]) == ("12名不安排或下调其下限", 0, 1)
    assert fifth == ("承担G0177户，仍少43户", across, 1)


def test_a_village_that_cannot_borrow_may_raise_the_limit():
    found = told(village(3, [(60, 8, 3)] * 3))
    assert [text for text, *_ in found] == [
        "上限由15户放宽到20户，即可全部落实",
        "全村9人超额，每人约20户（个别23户）",
        "45户暂列“待落实”",
    ]
    assert [(goal.uncovered, goal.over) for _, goal, _ in found] == [(0, 0), (0, 45), (45, 0)]


def test_a_grid_whose_neighbours_are_full_may_raise_the_limit():
    found = told(village(3, [(34, 4, 2), (30, 4, 2)], "grid"))
    assert [text for text, *_ in found] == [
        "上限由15户放宽到17户，即可全部落实",
        "本网格2人超额，每人约17户（个别18户）",
        "4户暂列“待落实”",
    ]


def test_one_grid_alone_is_not_told_to_lean_on_others():
    """Whoever of another grid holds something here comes with the question, but not what he has at home."""
    outsider = Holder("M9", "G2", band=Band(0, 99, 99))
    targets = tuple(Target(f"H{i:02}", "G1") for i in range(20))
    instance = Instance(Scope.GRID, Band(10, 15, 30), Weights(), (Holder("M1", "G1"), outsider), targets)
    assert [text for text, *_ in told(instance)] == [
        "上限由15户放宽到20户，即可全部落实",
        "本网格1人超额，每人约20户",
        "5户暂列“待落实”",
    ]


def test_what_is_beyond_the_hard_limit_stays_open_in_every_way():
    found = told(village(7, [(70, 6, 2), (20, 4, 3)], "grid"))
    assert [text for text, _, about in found if about == 0] == [
        "由G02跨网格承担25户，仍超上限15户",
        "本网格2人超额，每人约30户，仍有10户待落实",
        "40户暂列“待落实”",
    ]


def test_ways_that_take_too_long_are_left_out():
    instance = village(*E2, "grid")
    found = options(instance, allocate(instance), effort=Effort(budget=10))
    assert [one.text for one in found] == ["本网格9人超额，每人约24户（个别25户）"]


def test_without_a_shortage_there_is_nothing_to_mend():
    instance = village(*E1)
    assert options(instance, allocate(instance)) == []


def test_candidates_for_a_hub_are_ordered_by_what_they_would_give():
    hubs = (Holder("Z1", "G", 0, 0),)
    members = tuple(Target(f"M{i:02}", "G", 100 * i, 0) for i in range(16))
    instance = Instance(Scope.GRID, Band(5, 10, 12), Weights(), hubs, members)
    homes = tuple(Holder(f"C{i:02}", "G", 100 * i, 0) for i in range(16))
    found = candidates(instance, (*homes, Holder("C99", "G", able=False)))
    assert len(found) == 16
    assert found == sorted(found, key=lambda one: one.objective)
    assert found[0].objective.uncovered == 0
    assert found[0].code in {"C10", "C11", "C12"}
