"""What an allocation changes and why, what would mend a shortage, and who could open a new hub."""

from dataclasses import replace

import pytest

from liaison.allocation.changes import WORDS, Reason, Step, changes
from liaison.allocation.engine import allocate
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


def test_ways_out_of_a_shortage_with_their_numbers():
    instance = village(*E2, "grid")
    found = {option.text: option.objective for option in options(instance, allocate(instance))}
    assert list(found) == ["允许跨网格联系", "G01再有6名能履职党员", "每名上限由15户放宽到16户"]
    across, more, wider = found.values()
    assert (across.over, across.cross) == (0, 77)
    assert (more.uncovered, more.over) == (0, 0)
    assert wider.over == 77 - 9


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
