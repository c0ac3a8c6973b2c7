"""Numbers, states and comparisons on plain values."""

import pytest

from grids.choices import Role
from services.notices.choices import HangState
from services.notices.content import Board, Card, Staff, differences, facts
from services.notices.rules import duties_of, hang_state, next_numbers, pages_for
from tests.factories import SINCE


def test_numbers_go_on_after_the_highest_of_their_prefix():
    taken = ["001", "007", "柳012", "柳x", ""]
    assert next_numbers(taken, 2) == ["008", "009"]
    assert next_numbers(taken, 1, prefix="柳") == ["柳013"]
    assert next_numbers(["999"], 1) == ["1000"]
    assert next_numbers([], 0) == []


def test_what_hangs_is_hung_and_what_is_made_is_made():
    assert [hang_state(*days) for days in ((None, None), (SINCE, None), (None, SINCE))] == [
        HangState.NONE,
        HangState.MADE,
        HangState.HUNG,
    ]


def test_own_duties_go_before_those_of_the_document():
    assert duties_of(Role.GRID_STAFF, "管第一网格") == "管第一网格"
    assert "四清" in duties_of(Role.GRID_STAFF, "")
    assert (pages_for([7, 4]), pages_for([10]), pages_for([])) == (2, 1, 0)


def staff(name="李某", *, posts=("党小组长",), phone="139", duties=("走访",), photo="", person=0):
    return Staff(name, posts, phone, duties, photo, person=person or {"李某": 1, "王某": 2}[name])


def board(*people, **facts):
    return Board(**{"unit": "甲村", "place": "第一网格", "hotline": "1", "staff": people} | facts)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (board(staff()), board(staff()), []),
        (board(staff()), board(staff("王某")), ["党小组长 李某 → 王某"]),
        (board(staff()), board(), ["党小组长 李某 已不在岗"]),
        (board(), board(staff()), ["新任党小组长 李某"]),
        (board(staff()), board(staff(phone="138", photo="ab")), ["李某的电话、照片有变"]),
        (board(staff()), board(staff(duties=("调解",))), ["李某的职责有变"]),
        (
            board(staff()),
            board(staff(), place="东网格", hotline=""),
            ["网格 第一网格 → 东网格", "监督电话 1 → 无"],
        ),
        (board(staff()), board(staff("王某", person=1)), ["姓名 李某 → 王某"]),
        (board(staff(person=1)), board(staff(person=7)), []),  # a double record, merged since
        (board(staff(), staff(person=3)), board(staff(person=3), staff()), []),  # two of one name
        (
            board(staff(), staff(person=3, phone="136")),
            board(staff(), staff(person=3, phone="137")),
            ["李某的电话有变"],
        ),
        (board(staff(), staff(person=3)), board(staff(person=3)), ["党小组长 李某 已不在岗"]),
        (board(), board(qr="x"), ["公开页已发布，牌上还没有二维码"]),
        (board(qr="y"), board(qr="x"), ["公开页换了地址，二维码要重印"]),
        (board(qr="y"), board(), ["公开页已停用，牌上的二维码打不开"]),
    ],
)
def test_differences_say_what_changed(before, now, told):
    assert differences(facts(before), facts(now)) == told


def test_what_is_kept_holds_no_number_and_nothing_for_outside():
    kept = [
        facts(board(staff(phone="13812345678"))),
        facts(Card("甲村", "第一网格", "李某", "", "13812345678", "1")),
    ]
    assert "13812345678" not in str(kept)
    assert sorted(kept[0]["staff"][0]) == ["duties", "name", "person", "phone", "photo", "posts"]


def test_a_card_says_whose_number_changed_without_people_of_a_board():
    one = Card("甲村", "第一网格", "李某", "联系党员", "138", "1")
    other = Card("甲村", "第一网格", "李某", "联系党员", "139", "1")
    assert differences(facts(one), facts(other)) == ["电话有变"]
