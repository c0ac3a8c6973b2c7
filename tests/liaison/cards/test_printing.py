"""Cards as PDF: paper, pages, fonts, and words as they are printed."""

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from grids.choices import Kind
from liaison.cards import printing, queries, sheets

# A page is set the same on both; the names of the test's people grow with the row numbers on PostgreSQL.
pytestmark = pytest.mark.sqlite_only
TODAY = date(2026, 9, 10)
A5, A4 = (419.5, 595.3), (841.9, 595.3)


@pytest.fixture
def printed(made):
    """The cards of a kind, all of the village, as a file."""

    def write(kind, paper="a5", change=lambda cards: cards):
        nodes = list(queries.with_card(made.clerk, kind, made.root).select_related("root", "branch"))
        cards = change(sheets.cards_of(made.clerk, kind, nodes, on=TODAY))
        return printing.write(
            cards, paper=paper, place="青河乡", on=TODAY, stamp="演示乡党政办 2026-09-10 08:00 打印"
        ).getvalue()

    return write


def sizes(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [tuple(round(float(side), 1) for side in page.mediabox[2:]) for page in pdf.pages]


def lacking(content):
    """Fonts that are only named."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        found = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/FontName" in one]
        assert found
        return [one for one in found if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys())]


def test_each_member_has_an_a5_page_with_the_own_households_only(made, printed, words):
    content = printed(Kind.MEMBER)
    pages = words(content)
    assert (sizes(content), lacking(content)) == ([A5] * 4, [])
    for i, page in enumerate(pages):
        there = [home.name for home in made.households if home.name in page]
        assert there == [home.name for home in made.households[3 * i : 3 * i + 3]]
        assert made.members[i].name in page
        assert "青河乡甲村党支部我联系的户" in page
        assert "共3户，一般为10–15户，少7户" in page
        assert "截至2026-09-10演示乡党政办2026-09-1008:00打印" in page
        assert "含个人信息" in page
    assert "13911112222" in pages[0]


def test_a_households_page_shows_the_contact_and_no_other_household(made, printed, words):
    first, _ = words(printed(Kind.HOUSEHOLD, change=lambda cards: cards[:2]))
    assert [home.name for home in made.households if home.name in first] == [made.households[0].name]
    assert first.startswith("青河乡甲村党支部党员联系群众")
    assert f"联系您家的党员{made.members[0].name}{made.people[0].phone}" in first
    assert ("何文" in first, "13900000077" in first) == (True, True)
    assert "同时是中心户负责人、党小组长自2026年9月1日起联系" in first
    assert "打印" not in first
    assert "13911112222" not in first


def test_two_cards_lie_on_one_a4_and_the_odd_one_alone(printed, words):
    content = printed(Kind.MEMBER, paper="a4", change=lambda cards: cards[:3])
    assert (sizes(content), lacking(content)) == ([A4] * 2, [])
    assert [page.count("我联系的户") for page in words(content)] == [2, 1]


def test_a_long_list_goes_on_under_its_head_and_name(printed, words):
    def long(cards):
        # Names of the test's own making: those of the world grow with the number of its run and then wrap.
        short = tuple((seq, "王家", *rest) for seq, _, *rest in cards[0].rows)
        return [replace(cards[0], rows=short * 12), cards[1]]

    pages = words(printed(Kind.MEMBER, change=long))
    assert len(pages) == 3
    assert [page.count("村民小组/门牌") for page in pages] == [1, 1, 1]
    assert ["（续）" in page for page in pages] == [False, True, False]
    assert ["走访备忘" in page for page in pages] == [False, True, True]


def test_a_card_without_number_leaves_a_line_for_it_and_many_steps_stay_on_one_page(printed, words):
    def full(cards):
        steps = tuple(sheets.Fact(f"第{i}级", f"联系人{i}", "13900000000") for i in range(8))
        return [replace(cards[0], phone="", contact="阿依古丽·买买提江·艾合买提", ladder=steps)]

    (page,) = words(printed(Kind.HOUSEHOLD, change=full))
    assert "电话：" in page
    assert page.count("13900000000") == 8


def test_batches_come_out_as_one_file_in_order(made, printed, words, monkeypatch):
    monkeypatch.setattr(printing, "BATCH", 2)
    pages = words(printed(Kind.HOUSEHOLD, change=lambda cards: cards[:3]))
    assert [home.name in page for home, page in zip(made.households[:3], pages, strict=True)] == [True] * 3


def test_hostile_names_stay_text(printed, words):
    def hostile(cards):
        return [replace(cards[0], name="<b>甲</b><img src='http://203.0.113.9/x.png'>")]

    (page,) = words(printed(Kind.MEMBER, change=hostile))
    assert "<b>甲</b><imgsrc='http://203.0.113.9/x.png'>" in page
