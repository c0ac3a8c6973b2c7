"""The arithmetic of ratios: how many holders they ask for, two ways to count hubs, and words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.choices import BandCode, BandMode
from grids.rules import PRESET, Band
from liaison.bands.rules import (
    NeedBar,
    Sum,
    Tally,
    differences,
    hub_count,
    hub_words,
    tallied,
    tally_changes,
    tells_health,
)

MEMBER = PRESET[BandCode.MEMBER]
numbers = st.integers(0, 20_000)
ends = st.tuples(st.integers(0, 40), st.integers(1, 40)).map(sorted).filter(lambda pair: pair[1] > 0)


def band(low: int, high: int) -> Band:
    return replace(MEMBER, low=low, high=high, hard=high)


def test_a_township_of_the_issue_in_a_sentence():
    found = Sum(MEMBER, 11_000, 640)
    assert found.sentence == "农户 11000 户 ÷ 15 = 至少 734 名能履职党员；现有 640 名，差 94 名。"
    assert (found.upper, found.span, found.state) == ("÷ 10 = 至多 1100 名", "734–1100", "under")


@pytest.mark.parametrize(
    ("targets", "have", "span", "verdict"),
    [
        (212, 9, "15–21", "差 6 名"),
        (180, 30, "12–18", "多 12 名（平均每名不足 10 户）"),
        (180, 18, "12–18", "够用"),
        (16, 2, "2", "够用"),  # no number fits exactly: one has too many, two have too few
        (16, 1, "2", "差 1 名"),
        (0, 0, "0", "够用"),
    ],
)
def test_verdicts(targets, have, span, verdict):
    assert (Sum(MEMBER, targets, have).span, Sum(MEMBER, targets, have).verdict) == (span, verdict)


def test_a_ratio_without_a_lower_end_asks_for_no_most():
    found = Sum(band(0, 15), 30, 100)
    assert (found.most, found.span, found.state, found.upper) == (
        None,
        "2 以上",
        "ok",
        "没有下限，人数不封顶",
    )


@given(numbers, numbers, ends)
def test_the_verdict_is_what_an_even_spread_shows(targets, have, pair):
    """Enough: nobody has to have more than the high end. Not too many: everybody can have the low end."""
    low, high = pair
    found = Sum(band(low, high), targets, have)
    assert (found.short == 0) == (have * high >= targets)
    if found.state == "over":
        assert have * low > targets
    if found.state == "ok" and found.most is not None and found.least <= have <= found.most:
        least, most = divmod(targets, have) if have else (0, 0)
        assert (low <= least and least + bool(most) <= high) or targets == have == 0
    assert found.least * high >= targets > (found.least - 1) * high
    assert found.short * found.spare == 0


@given(numbers, numbers, ends)
def test_a_sum_is_drawn_inside_its_frame(targets, have, pair):
    bar = NeedBar(Sum(band(*pair), targets, have))
    assert 0 <= bar.have_x <= bar.WIDTH
    assert 0 <= bar.need_x <= bar.need_x + bar.need_width <= bar.WIDTH
    assert (bar.have_x < bar.need_x) <= (bar.sum.state == "under")


def test_the_documents_two_ways_to_count_hubs_do_not_agree():
    found = hub_count(PRESET)
    assert (found.around, found.below, found.agree, found.factors) == (
        (10, 15),
        (50, 150),
        False,
        ("3.3", "15"),
    )
    assert hub_words(PRESET).endswith(
        "两种算法相差 3.3–15 倍，不能同时做到。联系和编排都按联系党员算，户均中心户只供参考。"
    )


def test_other_ratios_may_make_them_agree():
    bands = PRESET | {BandCode.DENSITY: replace(PRESET[BandCode.DENSITY], low=60, high=120)}
    assert hub_words(bands).endswith("按现在的区间，两种算法可以同时做到。")


def test_states_are_counted():
    found = tallied(["ok", "over", "accepted", "ok"])
    assert (found, found.total) == (Tally(under=0, ok=2, over=1, accepted=1), 4)
    before, after = Tally(under=3, over=12), Tally(under=3, over=3)
    assert tally_changes(BandCode.MEMBER, before, after) == ["超出的党员 12 → 3 名"]
    assert tally_changes(BandCode.HUB, before, Tally(under=4, over=12)) == ["不足的中心户（示范岗） 3 → 4 个"]


def test_differences_say_only_what_changes():
    assert differences(MEMBER, MEMBER) == []
    new = replace(MEMBER, low=12, high=20, mode=BandMode.CHECK, clause="县委通知")
    assert differences(MEMBER, new) == [
        "党员联系群众 10–15户 → 12–20户",
        "党员联系群众用法 提示 → 检查（超出须说明）",
        "党员联系群众条款 二(四)1 → 县委通知",
    ]


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("常年有病", True),
        ("肢体残疾", True),
        ("去年手术", True),
        ("年老体弱", True),
        ("年满七十", False),
        ("负责病虫害防治", False),
        ("山大沟深，住得分散", False),
        ("长期外出", False),
    ],
)
def test_reasons_of_health_are_known(text, tells):
    assert tells_health(text) is tells
