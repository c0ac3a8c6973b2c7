"""Cells as villages write them."""

from datetime import date

import pytest

from grids.imports.reading import values
from grids.imports.reading.values import Unclear

FIRST = date(2026, 9, 1)


@pytest.mark.parametrize(
    "written",
    [
        "2026.9.1",
        "2026年9月",
        "202609",
        "20260901",
        "2026/9/1",
        "2026-09-01 00:00:00",
        "26.9.1",
        "260901",
        FIRST,
        46266.0,
        46266,
        "46266",
        2026.9,
        " 2026 年 9 月 1 日",
        "２０２６．９．１",
        "2026年9月1日起",
    ],
)
def test_dates(written):
    assert values.parse_date(written) == FIRST


@pytest.mark.parametrize("written", ["2021/09/31", "1021-09-16", "去年秋天", "2026.13.1", date(1021, 9, 16)])
def test_dates_that_are_none(written):
    with pytest.raises(Unclear, match="留空"):
        values.parse_date(written)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("13812345678.0", "13812345678"),
        ("1.3812345678E+10", "13812345678"),
        ("'13812345678", "13812345678"),
        ("0933-8712345", "0933-8712345"),
        ("(0933)8712345", "0933-8712345"),
        ("8712345", "8712345"),
        ("138****5678", ""),
    ],
)
def test_phones(written, phone):
    assert values.parse_phone(written) == (phone, "")


def test_two_phones_give_the_first_with_a_notice():
    assert values.parse_phone("13812345678/13912345678") == ("13812345678", "一格写了多个电话，只取第一个。")


@pytest.mark.parametrize("written", ["1.38E+10", "138123", "无电话", "23812345678"])
def test_phones_that_are_none(written):
    with pytest.raises(Unclear, match="已留空"):
        values.parse_phone(written)


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("3人", 3),
        ("３", 3),
        ("3口", 3),
        ("三人", 3),
        ("十二", 12),
        (4.0, 4),
        ("—", None),
        ("", None),
        (" 5 口人 ", 5),
    ],
)
def test_counts(written, count):
    assert values.parse_count(written, most=50, what="家庭人口数") == count


@pytest.mark.parametrize("written", [-1.0, 1e9, "约30", True, 2.5, 0, "51", "99999999999999999"])
def test_counts_that_are_none(written):
    with pytest.raises(Unclear, match="家庭人口数"):
        values.parse_count(written, most=50, what="家庭人口数")


@pytest.mark.parametrize(
    ("number", "numeral"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九")]
)
def test_numerals(number, numeral):
    assert values.chinese_numeral(number) == numeral
    assert values.chinese_number(numeral) == number


@pytest.mark.parametrize("written", ["是", "√", "有", "Y", "1", "流动", "外出"])
def test_yes(written):
    assert values.parse_flag(written) is True


@pytest.mark.parametrize("written", ["否", "×", "无", "N", "0", "X", "在家"])
def test_no(written):
    assert values.parse_flag(written) is False


@pytest.mark.parametrize(
    ("written", "standing"),
    [
        ("正式党员", "full"),
        ("中共正式党员", "full"),
        ("中共党员", "full"),
        ("预备", "probationary"),
        ("(预)", "probationary"),
        ("—", ""),
    ],
)
def test_standing(written, standing):
    assert values.parse_standing(written) == standing


def test_standing_that_is_none():
    with pytest.raises(Unclear, match="党员类别"):
        values.parse_standing("积极分子")


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("证 622101199001011234 号", "证 〔已略去证件号〕 号"),
        ("62210119900101123x", "〔已略去证件号〕"),
        ("622101900101123", "〔已略去证件号〕"),
        ("6222 0212 3456 7890 123", "〔已略去银行卡号〕"),
        ("6222021234567890", "〔已略去银行卡号〕"),
        ("13812345678 0933-8712345", "13812345678 0933-8712345"),
        ("622101 19900101 1234", "〔已略去证件号〕"),
        ("一社12号", "一社12号"),
    ],
)
def test_private_numbers_are_struck(written, left):
    assert values.strike_private(written) == (left, left != written)


def test_masks_hide_long_numbers():
    assert values.mask("证 622101199001011234") == "证 622****"
    assert values.mask(622101199001011234.0).startswith("622****")
    assert values.mask("13812345678") == "13812345678"


def test_text_of_odd_cells():
    assert values.text_of("\u202e王\u200b军\u3000 ") == "王军"
    assert values.text_of("１３８，Ｘ") == "138,X"
    assert values.text_of(13812345678.0) == "13812345678"


@pytest.mark.parametrize(
    ("remark", "kept"),
    [
        ("低保户", ""),
        ("五保户，春节后外出务工", "春节后外出务工"),
        ("新建房（建档立卡贫困户）", "新建房"),
        ("春节后外出务工", "春节后外出务工"),
        ("监测户、残疾人", ""),
    ],
)
def test_remarks_keep_no_label_on_people(remark, kept):
    assert values.strike_labels(remark) == (kept, kept != remark)
