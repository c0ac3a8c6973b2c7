"""The steps of a matter and its levels, periods, doors, and that nothing here scores people."""

import re
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from django.apps import apps

from services.models import FourClearCheck, GridEvent, VisitPlan
from services.visits import rules
from services.visits.choices import MatterState, Need
from services.visits.rules import HANDLER, UPPER, roles_at, steps_at
from services.visits.urls import urlpatterns
from township.lifecycle import NotAllowed

ROOT = Path(__file__).resolve().parents[3]
# 2023年12月 national rule: no points, ranks, grades of people, compulsory photos or signing in by position.
BURDENS = re.compile(
    r"积分|排名|名次|得分|打分|评分|打卡|签到|定位|点赞|红黑榜|必须拍照|score|ranking|punch|latitude"
)
LABELS = re.compile(r"困难家庭|空巢|孤寡|留守|低保|贫困|残疾|失业|特殊人群|重点人员|上访|刑释")


def test_the_table_of_steps():
    allowed = {
        (str(state), role): " ".join(step.code for step in rules.MATTER.open_to(state, {role}))
        for state, role in product(MatterState, (HANDLER, UPPER))
    }
    assert allowed == {
        ("collected", HANDLER): "review raise lower",
        ("collected", UPPER): "",
        ("reviewed", HANDLER): "hand answer raise lower",
        ("reviewed", UPPER): "",
        ("handed", HANDLER): "press answer raise lower",
        ("handed", UPPER): "press",
        ("pressed", HANDLER): "press answer raise lower",
        ("pressed", UPPER): "press",
        ("answered", HANDLER): "callback archive again",
        ("answered", UPPER): "callback archive again",
        ("archived", HANDLER): "again",
        ("archived", UPPER): "again",
    }


@pytest.mark.parametrize(
    ("rank", "level", "roles"),
    [
        (-1, "group", set()),
        (0, "group", {HANDLER}),
        (0, "branch", set()),
        (1, "group", {HANDLER, UPPER}),
        (1, "branch", {HANDLER}),
        (1, "township", set()),
        (2, "branch", {HANDLER, UPPER}),
        (2, "township", {HANDLER}),
    ],
)
def test_who_deals_with_a_matter_at_each_level(rank, level, roles):
    assert roles_at(rank, level) == roles


def test_levels_end_at_the_group_and_the_township():
    assert [step.code for step in steps_at("collected", "township", {HANDLER})] == ["review", "lower"]
    assert [step.code for step in steps_at("collected", "group", {HANDLER})] == ["review", "raise"]
    assert rules.level_after("raise", "group") == "branch"
    assert rules.level_after("lower", "township") == "branch"
    for code, level in (("raise", "township"), ("lower", "group")):
        with pytest.raises(NotAllowed):
            rules.level_after(code, level)


def test_periods_intervals_and_doors():
    day = date(2026, 11, 28)
    quarter = rules.period_of("quarter", day)
    assert (quarter.first, quarter.last, quarter.title) == (
        date(2026, 10, 1),
        date(2026, 12, 31),
        "2026年四季度",
    )
    assert rules.period_of("month", day).until == date(2026, 12, 1)
    assert rules.period_of("year", day).title == "2026年"
    assert (rules.every(Need.BATHING, 90), rules.every(Need.POLICY, 60)) == (15, 60)
    assert rules.days_over(date(2026, 8, 20), 90, day) == 10
    assert rules.days_over(None, 90, day) is None
    doors = ["10号", "", "2号", "2号-1"]
    assert sorted(doors, key=rules.door_order) == ["2号", "2号-1", "10号", ""]


def test_no_points_no_ranks_no_photo_duty_and_no_labels_on_people():
    files = [
        *(ROOT / "services" / "visits").rglob("*.py"),
        *(ROOT / "templates" / "services" / "visits").rglob("*.html"),
        ROOT / "services" / "models" / "visits.py",
        ROOT / "services" / "models" / "matters.py",
    ]
    texts = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}
    assert len(texts) == len(files) > 45
    assert {name: found[0] for name, text in texts.items() if (found := BURDENS.search(text))} == {}
    assert {name: found[0] for name, text in texts.items() if (found := LABELS.search(text))} == {}
    assert [path for path in urlpatterns if BURDENS.search(str(path.pattern))] == []
    fields = [
        str(f.verbose_name) for m in apps.get_app_config("services").get_models() for f in m._meta.fields
    ]
    assert [name for name in fields if BURDENS.search(name) or LABELS.search(name)] == []


def test_what_is_reported_and_checked_names_nobody():
    for model in (GridEvent, FourClearCheck, VisitPlan):
        to_people = {
            f.name for f in model._meta.fields if f.is_relation and f.related_model.__name__ == "Person"
        }
        assert to_people == set()
    words = {f.name for f in VisitPlan._meta.fields if f.get_internal_type() in ("CharField", "TextField")}
    assert words == {"need"}  # no free text beside a service that is due
