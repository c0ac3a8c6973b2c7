"""What is said about an allocation that could not do better, and whether its arithmetic holds."""

from dataclasses import replace

import pytest

from liaison.allocation.engine import allocate
from liaison.allocation.explain import Explanation, Kind, explain
from liaison.allocation.instance import Band, Holder, Instance, Scope, Target, Weights
from liaison.allocation.wording import GROUPS, HUBS, MEMBERS, in_order, listed
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
    assert why.text == (
        "G01：农户212户，能履职党员9名，每人最多联系15户，只能落实135户，还差77户（再有6名能履职党员即可）。"
    )


def test_a_grid_with_too_many_holders_is_told_with_its_numbers():
    (why,) = of_kind(village(*E2, "grid"), Kind.SURPLUS)
    assert (why.grids, why.short) == (("G03",), 120)
    assert why.text == (
        "G03：农户180户，能履职党员30名，每人至少10户需300户，少120户（18名能履职党员即可各联系10户）。"
    )


def test_a_grid_that_borrows_is_told_from_whom():
    (cross,) = of_kind(village(*E2), Kind.CROSS)
    assert (cross.grids, cross.short, len(cross.holders)) == (("G01",), 77, 9)
    assert cross.text == (
        "G01：农户212户，能履职党员9名，每人最多联系15户，本网格落实135户，77户由G03跨网格承担。"
    )
    (surplus,) = of_kind(village(*E2), Kind.SURPLUS)
    assert surplus.text == (
        "G03：农户257户（含其他网格77户），能履职党员30名，每人至少10户需300户，少43户"
        "（25名能履职党员即可各联系10户）。"
    )


def test_several_helpers_are_named_with_their_shares():
    holders = (Holder("M1", "一组"), Holder("M2", "二组"), Holder("M3", "三组"))
    targets = tuple(Target(f"H{i}", "一组") for i in range(5))
    instance = Instance(Scope.VILLAGE, Band(0, 2, 3), Weights(), holders, targets)
    (why,) = of_kind(instance, Kind.CROSS)
    assert why.text.startswith("一组：农户5户，能履职党员1名，每人最多联系2户，本网格落实2户，3户由")
    assert sorted(why.text.removesuffix("跨网格承担。").partition("3户由")[2].split("、")) in (
        ["三组（1户）", "二组（2户）"],
        ["三组（2户）", "二组（1户）"],
    )


def test_a_whole_village_short_of_members_is_told_as_one():
    (why,) = of_kind(village(3, [(100, 8, 6)] * 3), Kind.SHORT)
    assert (why.grids, why.short, len(why.holders)) == (("G01", "G02", "G03"), 30, 18)
    assert why.text == (
        "全村：农户300户，能履职党员18名，每人最多联系15户，只能落实270户，还差30户（再有2名能履职党员即可）。"
    )


def test_beyond_the_hard_limit_the_rest_stays_open():
    instance = village(7, [(312, 6, 4), (40, 4, 3)], "grid")
    (why,) = of_kind(instance, Kind.SHORT)
    assert allocate(instance).objective.uncovered == 192
    assert (why.short, why.grids) == (252, ("G01",))
    assert "再有17名" in why.text


def test_personal_bands_count_for_what_they_are():
    holders = (Holder("M1", "G", band=Band(0, 1, 3)), Holder("M2", "G"))
    targets = tuple(Target(f"H{i}", "G") for i in range(5))
    (why,) = of_kind(Instance(Scope.GRID, Band(1, 2, 3), Weights(), holders, targets), Kind.SHORT)
    assert (
        why.text == "G：农户5户，能履职党员2名，按各自上限，只能落实3户，还差2户（再有1名能履职党员即可）。"
    )


def test_who_may_only_go_to_one_another_is_short_by_himself():
    """Sums look fine: it takes the walk from holder to holder to see it."""
    holders = tuple(Holder(f"M{i}", "G") for i in (1, 2, 3))
    targets = tuple(Target(f"H{i}", "G") for i in range(5))
    avoided = frozenset((t.code, h) for t in targets[:4] for h in ("M2", "M3"))
    instance = Instance(Scope.GRID, Band(0, 2, 3), Weights(), holders, targets, avoided)
    (why,) = of_kind(instance, Kind.SHORT)
    assert (why.holders, why.short) == (("M1",), 2)
    assert (
        why.text
        == "G：农户4户，能履职党员1名，每人最多联系2户，只能落实2户，还差2户（再有1名能履职党员即可）。"
    )


def test_a_grid_without_anybody_is_told():
    (why,) = told(Instance(Scope.GRID, BAND, Weights(), (Holder("M", "G", able=False),), (Target("H", "G"),)))
    assert (why.kind, why.grids, why.holders, why.short) == (Kind.SHORT, ("G",), (), 1)
    assert why.text == "G：农户1户，没有能履职党员，还差1户（再有1名能履职党员即可）。"


@pytest.mark.parametrize(
    ("holder", "pinned", "avoided", "short", "text"),
    [
        (
            Holder("张三", "G", band=Band(0, 2, 9)),
            5,
            False,
            3,
            "张三被指定5户，超上限3户（取消任意3条即可）。",
        ),
        (
            Holder("张三", "G", band=Band(0, 2, 3)),
            5,
            False,
            3,
            "张三被指定5户，超上限3户（取消任意3条即可）。其中2户超过绝对上限3，列为待落实。",
        ),
        (
            Holder("张三", "G", able=False),
            2,
            False,
            2,
            "张三现在不能履职，指定给他的2户列为待落实，请改指定。",
        ),
        (Holder("张三", "G"), 1, True, 1, "指定给张三的1户又列为回避，现为待落实，请取消其一。"),
    ],
    ids=["beyond the band", "beyond the hard limit", "unable", "avoided"],
)
def test_pins_that_do_harm_name_themselves(holder, pinned, avoided, short, text):
    targets = tuple(Target(f"H{i}", "G", pin="张三") for i in range(pinned))
    forbidden = frozenset((target.code, "张三") for target in targets if avoided)
    instance = Instance(Scope.GRID, BAND, Weights(), (holder, Holder("李四", "G")), targets, forbidden)
    (why,) = of_kind(instance, Kind.PIN)
    assert (why.grids, why.holders, why.short) == (("G",), ("张三",), short)
    assert why.text == f"固定指定造成：{text}"
    assert of_kind(instance, Kind.SHORT) == []


def test_a_pin_that_another_target_keeps_out_is_told():
    """The objective counts open targets, whoever they are; here the free one is nearer."""
    targets = (Target("H1", "G", pin="张三", x=90), Target("H2", "G"))
    instance = Instance(Scope.GRID, Band(0, 1, 1), Weights(), (Holder("张三", "G"),), targets)
    (why,) = of_kind(instance, Kind.PIN)
    assert why.text == "固定指定造成：张三已到绝对上限1户，指定给他的1户列为待落实。"


def test_as_many_more_as_it_says_mend_a_shortage():
    """P13: short > 0, and adding short ÷ upper limit able members to the set removes it there."""
    mended = 0
    for seed in range(9000, 9300):
        instance = small(seed)
        if not instance.band.high:
            continue
        before = of_kind(instance, Kind.SHORT)
        for why in before:
            assert why.short > 0
            count = -(-why.short // instance.band.high)
            more = tuple(Holder(f"N{i:02}", why.grids[0]) for i in range(count))
            after = of_kind(replace(instance, holders=(*instance.holders, *more)), Kind.SHORT)
            assert sum(w.short for w in after) <= sum(w.short for w in before) - why.short
            mended += 1
    assert mended > 50


def test_every_shortfall_has_its_reason():
    for seed in range(9000, 9150):
        instance = small(seed)
        found = allocate(instance)
        kinds = {why.kind for why in explain(instance, found.links)}
        if found.objective.uncovered or found.objective.over:
            assert kinds & {Kind.SHORT, Kind.PIN}
        assert (Kind.SURPLUS in kinds) == (found.objective.under > 0)


def test_an_interrupted_answer_is_not_explained_with_sums_that_do_not_hold():
    instance = village(*E2)
    links = {target.code: None for target in instance.targets}
    for why in explain(instance, links):
        assert why.short > 0


@pytest.mark.parametrize(
    ("words", "short", "surplus"),
    [
        (
            MEMBERS,
            "一组：党员9名，中心户（示范岗）1个，每个最多联系4名，只能落实4名，还差5名（再有2个中心户（示范岗）即可）。",
            "一组：党员9名，中心户（示范岗）6个，每个至少2名需12名，少3名（4个中心户（示范岗）即可各联系2名）。",
        ),
        (
            HUBS,
            "一组：中心户（示范岗）9个，党小组长1名，每人最多联系4个，只能落实4个，还差5个（再有2名党小组长即可）。",
            "一组：中心户（示范岗）9个，党小组长6名，每人至少2个需12个，少3个（4名党小组长即可各联系2个）。",
        ),
        (
            GROUPS,
            "一组：党小组9个，支部委员1名，每人最多联系4个，只能落实4个，还差5个（再有2名支部委员即可）。",
            "一组：党小组9个，支部委员6名，每人至少2个需12个，少3个（4名支部委员即可各联系2个）。",
        ),
    ],
    ids=["hubs", "leaders", "committee"],
)
def test_the_words_follow_the_edge(words, short, surplus):
    targets = tuple(Target(f"T{i}", "一组") for i in range(9))
    for count, text in ((1, short), (6, surplus)):
        holders = tuple(Holder(f"M{i}", "一组") for i in range(count))
        instance = Instance(Scope.GRID, Band(2, 4, 9), Weights(), holders, targets)
        (why,) = explain(instance, allocate(instance).links, words)
        assert why.text == text


@pytest.mark.parametrize("hubs", [0, 1])
def test_a_grid_too_small_for_a_hub_is_advised_to_unite(hubs):
    holders = tuple(Holder(f"Z{i}", "二组") for i in range(hubs))
    targets = tuple(Target(f"M{i}", "二组") for i in range(5))
    instance = Instance(Scope.GRID, Band(5, 10, 12), Weights(), holders, targets)
    (why,) = explain(instance, allocate(instance).links, MEMBERS)
    assert (why.kind, why.grids, why.short) == (Kind.HUB, ("二组",), 1)
    assert why.text == (
        "二组：党员5名，不足以设置中心户（每户须联系5–10名且不含本人），建议与邻组合并网格或设示范岗。"
    )


def test_a_grid_big_enough_without_a_hub_is_told_how_many_it_needs():
    targets = tuple(Target(f"M{i:02}", "二组") for i in range(18))
    instance = Instance(Scope.GRID, Band(5, 10, 12), Weights(), (), targets)
    (why,) = explain(instance, allocate(instance).links, MEMBERS)
    assert why.text == "二组：党员18名，没有中心户（示范岗），还差18名（再有2个中心户（示范岗）即可）。"


def test_grids_are_named_as_people_count_them():
    names = ["十二组", "三组", "2组", "一组", "东街", "十组", "10组", "二十一组", "二组"]
    assert in_order(names) == ["一组", "2组", "二组", "三组", "10组", "十组", "十二组", "二十一组", "东街"]
    assert listed(names) == "一组、2组、二组、三组、10组等9个网格"
