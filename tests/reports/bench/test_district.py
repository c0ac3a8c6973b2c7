"""The allocation figures: a stopped run goes on where it was, and both sides answer the same question."""

import json

import pytest

from liaison.allocation.engine import allocate, measure
from reports.bench import Size, district
from reports.bench.allocation import SHORT_VILLAGE, allocate_group
from reports.bench.greedy import greedy_keep
from reports.bench.villages import E2, village

SMALL = Size(households=60, pdf_rows=100)


def test_villages_that_are_answered_are_not_solved_again(tmp_path, monkeypatch):
    file = tmp_path / "district.jsonl"
    solved: list[int] = []
    monkeypatch.setattr(district, "_solved", lambda number: solved.append(number) or {"village": number})
    file.write_text('{"village": 0}\n{"village": 2}\n{"villa', encoding="utf-8")
    assert district.answered(file) == [{"village": 0}, {"village": 2}]
    district.solve_missing(file, 4)
    assert solved == [1, 3]
    assert [line["village"] for line in district.answered(file)] == [0, 2, 1, 3]


def test_a_district_killed_half_way_is_finished(monkeypatch):
    monkeypatch.setattr(district, "FEWEST", 3)
    figure = district.allocate_district(SMALL)
    assert figure.value == pytest.approx(figure.ours / figure.baseline)
    assert figure.title.startswith("编排全县（3个村，做完")


def test_an_answer_is_kept_with_both_objectives():
    instance = village(1000, SHORT_VILLAGE)
    line = json.loads(json.dumps(district._solved(0)))
    found = allocate(instance).objective
    assert line["ours"] == [found.uncovered, found.over, found.cross, found.under, found.soft]
    assert line["ours"] <= line["greedy"]
    assert (line["households"], line["proved"]) == (1000, True)


def test_the_clerk_makes_whole_allocations_too():
    for scope in ("village", "grid"):
        instance = village(*E2, scope)
        links = greedy_keep(instance)
        assert links.keys() == {target.code for target in instance.targets}
        assert measure(instance, links) >= allocate(instance).objective


def test_the_group_figure_names_both_answers():
    figure = allocate_group(SMALL)
    assert (
        figure.title
        == "编排一个网格（200户/15名）：待落实/超/跨/欠/软 0/0/0/0/11475，逐户就近 0/0/0/0/11725；用时"
    )
    assert figure.value == pytest.approx(figure.ours / figure.baseline)
    assert figure.holds
