"""One action, one number: nested ones join, an empty one leaves nothing, a failed one neither."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from grids.models import Person
from tests.factories import PersonFactory, TownshipFactory, UserFactory
from township import history
from township.acting import current_action_id
from township.models import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return UserFactory()


def person(clerk, name="张三") -> Person:
    return Person(township=clerk.township, name=name, initials="zs")


def numbers() -> list:
    return list(Person.history.order_by("history_id").values_list("action_id", flat=True))


@history.acts("登记两人")
def register(*, names, by, reason=""):
    for name in names:
        history.save(person(by, name), by=by, reason=reason)


@history.acts("外层")
def outer(*, by, reason=""):
    register(names=["甲"], by=by, reason="里层")
    register(names=["乙"], by=by, reason="里层")


@transaction.atomic
@history.acts("失败的")
def broken(*, by):
    history.save(person(by), by=by)
    raise ValidationError("不行")


def test_all_rows_of_one_call_carry_one_number(clerk):
    register(names=["张三", "李四"], by=clerk, reason="新登记")
    action = Action.objects.get()
    assert numbers() == [action.pk, action.pk]
    assert (action.title, action.reason, action.by, action.township, action.undoes) == (
        "登记两人", "新登记", clerk, clerk.township, None,
    )  # fmt: skip


def test_nested_actions_join_the_outermost(clerk):
    outer(by=clerk, reason="外面的原因")
    action = Action.objects.get()
    assert (action.title, action.reason) == ("外层", "外面的原因")
    assert numbers() == [action.pk] * 2
    assert set(Person.history.values_list("history_change_reason", flat=True)) == {"里层"}


def test_two_calls_are_two_actions(clerk):
    register(names=["甲"], by=clerk)
    register(names=["乙"], by=clerk)
    assert len(set(numbers())) == 2


def test_nothing_written_leaves_no_action(clerk):
    with history.action(by=clerk, title="看看") as act:
        history.create_all(Person, [], by=clerk)
        history.update_all(Person, [], ["name"], by=clerk)
        history.remove_all(Person, [], by=clerk)
    assert act.pk is None
    assert not Action.objects.exists()


def test_a_write_outside_opens_an_action_by_itself(clerk):
    history.save(person(clerk), by=clerk, reason="单独")
    assert Action.objects.get().title == "单独"
    assert current_action_id() is None


def test_a_failed_action_leaves_neither_rows_nor_number(clerk):
    with pytest.raises(ValidationError):
        broken(by=clerk)
    assert not Action.objects.exists()
    assert not Person.objects.exists()
    assert current_action_id() is None
    history.save(person(clerk), by=clerk, reason="后来")
    assert numbers() == [Action.objects.get().pk]


@pytest.mark.parametrize("kind", ["save", "bulk"])
def test_single_and_bulk_writes_carry_the_number(clerk, kind):
    with history.action(by=clerk, title="三步") as act:
        if kind == "save":
            made = [history.save(person(clerk), by=clerk)]
        else:
            made = history.create_all(Person, [person(clerk)], by=clerk)
        made[0].name = "改名"
        history.update_all(Person, made, ["name"], by=clerk)
        history.remove_all(Person, made, by=clerk)
    rows = Person.history.order_by("history_id").values_list(
        "history_type", "name", "action_id", "history_user"
    )
    assert list(rows) == [
        ("+", "张三", act.pk, clerk.pk), ("~", "改名", act.pk, clerk.pk), ("-", "改名", act.pk, clerk.pk),
    ]  # fmt: skip


def test_a_command_belongs_to_the_township_it_names():
    town = TownshipFactory()
    with history.action(by=None, title="装入", township=town):
        history.create_all(Person, [PersonFactory.build(township=town)], by=None)
    assert (Action.objects.get().township, Action.objects.get().by) == (town, None)


def test_a_row_that_takes_two_saves_begins_its_history_once(clerk):
    made = person(clerk)
    history.leave_no_row(made)
    made.save()
    made.name = "定下的名"
    made.save()
    history.begin(made, by=clerk, reason="登记")
    assert list(Person.history.values_list("history_type", "name")) == [("+", "定下的名")]
