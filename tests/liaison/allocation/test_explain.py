"""What is said about an allocation that could not do better, and whether its arithmetic holds."""

from dataclasses import replace

from liaison.allocation.engine import allocate
from liaison.allocation.explain import Explanation, Kind, Nouns, explain
from liaison.allocation.instance import Band, Holder, Instance, Scope, Target, Weights
from reports.bench.villages import BAND, E1, E2, village
from tests.liaison.allocation.villages import small


def told(instance: Instance) -> list[Explanation]:
    return explain(instance, allocate(instance).links)


def of_kind(instance: Instance, kind: Kind) -> list[Explanation]:
    return [why for why in told(instance) if why.kind == kind]


def test_a_village_within_all_bands_needs_no_words():
    assert told(village(*E1)) == []


def test_a_short_grid_is_told_with_its_numbers():
    (why,) = of_kind(village(*E2, "grid"), Kind.SHORT)
    assert (why.grids, why.short, len(why.holders)) == (("G01",), 77, 9)
    assert (
        why.text == "G01：农户212户，能履职党员9名，按上限只能落实135户，还差77户（再有6名能履职党员即可）。"
    )


def test_a_grid_with_too_many_holders_is_told_with_its_numbers():
    (why,) = of_kind(village(*E2, "grid"), Kind.SURPLUS)
    assert (why.grids, why.short) == (("G03",), 120)
    assert "30名共联系180户，按下限需300户" in why.text
    assert "安排18名即可各联系10户" in why.text


def test_beyond_the_hard_limit_the_rest_stays_open():
    instance = village(7, [(312, 6, 4), (40, 4, 3)], "grid")
    (why,) = of_kind(instance, Kind.SHORT)
    assert allocate(instance).objective.uncovered == 192
    assert (why.short, why.grids) == (252, ("G01",))
    assert "再有17名" in why.text


def test_a_grid_without_anybody_is_told():
    (why,) = told(Instance(Scope.GRID, BAND, Weights(), (Holder("M", "G", able=False),), (Target("H", "G"),)))
    assert (why.kind, why.grids, why.holders, why.short) == (Kind.SHORT, ("G",), (), 1)


def test_pins_beyond_the_band_name_themselves():
    holders = (Holder("M1", "G", band=Band(0, 2, 3)), Holder("M2", "G"))
    targets = tuple(Target(f"H{i}", "G", pin="M1") for i in range(5))
    (why,) = of_kind(Instance(Scope.GRID, BAND, Weights(), holders, targets), Kind.PIN)
    assert (why.holders, why.short) == (("M1",), 3)
    assert "取消任意3条即可" in why.text
    assert "2户超过绝对上限3，列为待落实" in why.text


def test_a_pin_to_somebody_who_cannot_serve_is_a_conflict():
    holders = (Holder("M1", "G", able=False), Holder("M2", "G"))
    (why,) = of_kind(Instance(Scope.GRID, BAND, Weights(), holders, (Target("H", "G", pin="M1"),)), Kind.PIN)
    assert why.short == 1
    assert "不能履职" in why.text


def test_as_many_more_as_it_says_mend_a_shortage():
    """P13: short > 0, and adding short ÷ upper limit able members to the set removes it there."""
    mended = 0
    for seed in range(9000, 9400):
        instance = replace(small(seed), forbidden=frozenset())
        instance = replace(instance, targets=tuple(replace(t, pin=None) for t in instance.targets))
        if not instance.band.high:
            continue
        for why in of_kind(instance, Kind.SHORT):
            assert why.short > 0
            count = -(-why.short // instance.band.high)
            # Enough for the set as a whole; in grid scope a set lies in one grid.
            more = tuple(Holder(f"N{i:02}", why.grids[0]) for i in range(count))
            found = allocate(replace(instance, holders=(*instance.holders, *more)))
            after = explain(replace(instance, holders=(*instance.holders, *more)), found.links)
            assert not [w for w in after if w.kind == Kind.SHORT and set(w.grids) & set(why.grids)]
            mended += 1
    assert mended > 50


def test_the_words_follow_the_edge():
    instance = village(*E2, "grid")
    words = Nouns("党员", "名", "中心户")
    (why,) = [w for w in explain(instance, allocate(instance).links, words) if w.kind == Kind.SHORT]
    assert why.text.startswith("G01：党员212名，中心户9名，")
