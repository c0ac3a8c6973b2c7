"""Cells as villages write them → clean values: phones, dates, counts, yes and no, standing."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
BLANKS = dict.fromkeys([0x3000, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x09], 0x20)
CONTROL = [*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xAD]
UNSEEN = [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
NO_CHARACTERS = [*range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
UNSTORABLE = dict.fromkeys([0, *NO_CHARACTERS])  # no database text holds these
INVISIBLE = dict.fromkeys([*CONTROL, *UNSEEN, *NO_CHARACTERS])
BRACKETS = {ord(mark): "(" for mark in "【[〔"} | {ord(mark): ")" for mark in "】]〕"}
CLEAN = FULL_WIDTH | BLANKS | INVISIBLE | {0x0D: 0x0A, 0x2028: 0x0A, 0x2029: 0x0A, 0x85: 0x0A}
CLEAN_LOOSE = CLEAN | BRACKETS
CHINESE_DIGITS = "零一二三四五六七八九"
NOTHING = {
    "",
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "暂无",
    "空",
    "未定",
    "待定",
    "没有",
    "不详",
    "未知",
    "N/A",
}
NOTHING |= {"未联系", "未明确", "未安排", "无中心户", "·", ".", "*", "〃"}
ERROR_VALUES = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"}


class Unclear(ValueError):
    """A cell that can't be read; the message says in Chinese what to do."""


def text_of(value: Any) -> str:
    """Any cell as text: full-width forms narrowed, odd blanks made plain, invisible characters gone."""
    if isinstance(value, str):
        return clean_text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e22 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (time, timedelta)):
        return str(value)
    return str(value)


@lru_cache(maxsize=65536)
def clean_text(value: str) -> str:
    if "_x00" in value:
        value = re.sub(r"_x00(0D|0A|09)_", " ", value, flags=re.IGNORECASE)
    return value.translate(CLEAN).strip()


def is_nothing(text: str) -> bool:
    return text in NOTHING


# Numbers of people and of accounts


STRUCK = "〔已略去"  # how every mark of `strike_private` begins
_LONG_NUMBER = re.compile(
    r"(?<!\d)(?:\d{15,19}|\d{17}[Xx]|\d{4}(?:[ \-]\d{4}){3}(?:[ \-]?\d{1,3})?"
    r"|\d{6}[ \-]\d{8}[ \-]\d{3}[\dXx])(?![\dXx])"
)


def strike_private(text: str) -> tuple[str, bool]:
    """The text without ID and bank card numbers, and whether there were any."""
    if len(text) < 15 or not _LONG_NUMBER.search(text):
        return text, False

    def replace(found: re.Match[str]) -> str:
        digits = re.sub(r"[ \-]", "", found.group())
        return "〔已略去证件号〕" if len(digits) in {15, 18} else "〔已略去银行卡号〕"

    return _LONG_NUMBER.sub(replace, text), True


_LABEL = re.compile(
    r"〔已略去标签〕|(?:低保|五保|特困|贫困|脱贫|返贫监测|监测|建档立卡)(?:家庭|对象|户)?|(?:残疾|精神病|吸毒|刑满释放|社区矫正|上访|信访)(?:人员|人|户)?"
)


def strike_labels(text: str) -> tuple[str, bool]:
    """A remark without labels on people (decisions 1), and whether there were any."""
    rest = _LABEL.sub("", text)
    if rest == text:
        return text, False
    return re.sub(r"^[\s,，、;；。/]+|[\s,，、;；/]+$", "", re.sub(r"[(（\[]\s*[)）\]]", "", rest)), True


def mark_labels(text: str) -> str:
    """The text with a mark in place of each label, so that reading it again still tells of it."""
    return _LABEL.sub("〔已略去标签〕", text)


def without_marks(text: str) -> str:
    """A name has no room for the marks that `strike_private` leaves."""
    return re.sub(r"[(\[]?〔已略去..?.?.?号〕[)\]]?", " ", text).strip()


def mask(value: Any) -> str:
    """A cell as a message may show it: long numbers keep only their first three digits."""
    text = text_of(value).replace("\n", " ")
    text = re.sub(r"\d[\d \-]{11,}[Xx]?", lambda found: found.group()[:3] + "****", text)
    return text if len(text) <= 60 else text[:60] + "…"


# Phones


@lru_cache(maxsize=65536)
def parse_phone(text: str) -> tuple[str, str]:
    """(phone, notice): digits of a mobile, or area-number of a land line; raises Unclear."""
    text = text.removeprefix("'")
    if "*" in text:
        return "", ""
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d{1,2}", text):
        return whole_phone(text)
    text = re.sub(r"\.0+$", "", text)
    found = []
    for part in re.split(r"[、,;/\n]|\s{2,}|(?<=\d{11})\s+", text):
        phone = one_phone(part)
        if phone:
            found.append(phone)
        elif re.search(r"\d", part):
            raise Unclear("电话号码不对（手机应为 11 位数字），已留空，请核对。")
    if not found:
        raise Unclear("这一格不是电话号码，已留空，请核对。")
    return found[0], "一格写了多个电话，只取第一个。" if len(found) > 1 else ""


def phone_or_blank(text: str) -> str:
    try:
        return parse_phone(text)[0] if text else ""
    except Unclear:
        return ""


def whole_phone(text: str) -> tuple[str, str]:
    digits = len(text.lower().split("e")[0].replace(".", ""))
    number = str(int(float(text)))
    if digits >= 10 and one_phone(number):
        return number, ""
    raise Unclear("电话被表格变成了科学计数，后几位已丢失，已留空，请把该列设为文本后重新填写。")


def one_phone(part: str) -> str:
    digits = re.sub(r"[^\d]", "", re.sub(r"^\(?\+?\s*(?:00)?86\)?[\s\-]*(?=1\d{2})", "", part.strip()))
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return digits
    landline = re.fullmatch(r"(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})", digits)
    if landline:
        return f"{landline.group(1)}-{landline.group(2)}"
    return digits if re.fullmatch(r"[2-9]\d{6,7}", digits) else ""


_PHONE_INSIDE = re.compile(r"(?<!\d)(?:\+?86[\s\-]?)?(1[3-9]\d(?:[\s\-]?\d){8}|0\d{2,3}-?\d{7,8})(?!\d)")


def split_phone(text: str) -> tuple[str, str]:
    """A name cell that also holds a phone ("白子龙 138…") as (name, phone)."""
    found = _PHONE_INSIDE.search(text)
    if not found:
        return text, ""
    rest = (text[: found.start()] + " " + text[found.end() :]).strip()
    rest = re.sub(r"(?:联系)?(?:电话|手机号?码?|方式)\s*:?", " ", rest)
    return re.sub(r"\(\s*\)", "", rest).strip(" :,;、/()"), one_phone(found.group(1))


# Dates


def parse_date(value: Any) -> date | None:
    """The first day of what is written; raises Unclear when it is no date of our time."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return within_reason(value.year, value.month, value.day)
    text = re.sub(r"\s+", "", text_of(value))
    if re.fullmatch(r"[2-7]\d{4}", text):
        real = date(1899, 12, 30) + timedelta(days=int(text))
        return within_reason(real.year, real.month, real.day)
    if is_nothing(text):
        return None
    text = re.sub(r"(?:00:00(?::00)?|T00:00:00)$", "", text)
    text = re.sub(r"(起|至今|以来|开始)$", "", text)
    found = re.fullmatch(r"(\d{4}|\d{2})[年./\-](\d{1,2})(?:[月./\-](?:(\d{1,2})[日号]?)?)?", text)
    found = (
        found or re.fullmatch(r"(\d{4})(\d{2})(\d{2})?", text) or re.fullmatch(r"(\d{2})(\d{2})(\d{2})", text)
    )
    if found and re.fullmatch(r"\d{6}", text) and not 1940 <= int(text[:4]) <= 2100:
        found = re.fullmatch(r"(\d{2})(\d{2})(\d{2})", text)
    found = found or re.fullmatch(r"(\d{4})年?()()", text)
    if not found:
        raise Unclear("看不懂这个日期，已留空，请写成 2026-09-01 的样子。")
    year, month, day = (int(part) if part else 1 for part in found.groups())
    return within_reason(year + 2000 if year < 100 else year, month, day)


def within_reason(year: int, month: int, day: int) -> date:
    if not 1940 <= year <= 2100:
        raise Unclear("这个日期的年份不合理，已留空，请核对。")
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear("没有这一天，已留空，请核对日期。") from None


# Counts


def parse_count(value: Any, *, most: int, what: str) -> int | None:
    """A number of persons or households; raises Unclear for what can't be one."""
    if isinstance(value, bool):
        raise Unclear(f"{what}应是数字，已留空，请核对。")
    text = re.sub(r"\s+", "", text_of(value)).removeprefix("'")
    if is_nothing(text):
        return None
    text = re.sub(r"^(?:共计?|合计)", "", text)
    text = re.sub(r"(?:口人|人口|个人|[人口户名个])$", "", text)
    text = re.sub(r"\.0+$", "", text)
    if text.isascii() and text.isdigit():
        number = int(text) if len(text) < 12 else most + 1
    else:
        number = chinese_number(text)
        if number < 0:
            raise Unclear(f"{what}应是一个整数，已留空，请核对。")
    if not 1 <= number <= most:
        raise Unclear(f"{what}不合理，已留空，请核对。")
    return number


def chinese_number(text: str) -> int:
    """一…九十九 as a number, -1 for anything else."""
    found = re.fullmatch(r"([一二两三四五六七八九])?(十)?([一二两三四五六七八九])?", text.replace("〇", "零"))
    if not text or not found or (not found.group(2) and found.group(1) and found.group(3)):
        return -1
    tens, ten, ones = found.groups()
    digit = {"两": 2, None: 0} | {mark: number for number, mark in enumerate(CHINESE_DIGITS)}
    if not ten:
        return digit[tens] + digit[ones]
    return (digit[tens] or 1) * 10 + digit[ones]


def chinese_numeral(number: int) -> str:
    """1…99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else CHINESE_DIGITS[tens]) + "十" if tens else ""
    return head + (CHINESE_DIGITS[ones] if ones or not tens else "")


def numerals_in_chinese(text: str) -> str:
    """1社 and 一社 are one place, 第1党小组 and 第一党小组 one group: written as the notices do."""
    if not re.search(r"\d", text):
        return text
    return re.sub(
        r"(?<!\d)0?([1-9]\d?)(?=\s*(?:号?(?:党小组|网格|村民小组|小组|社|组|队|屯)))",
        lambda found: chinese_numeral(int(found.group(1))),
        text,
    )


# Yes and no, standing, kinds


YES = {
    "是",
    "√",
    "✓",
    "✔",
    "☑",
    "有",
    "y",
    "yes",
    "true",
    "1",
    "对",
    "v",
    "流动",
    "流动党员",
    "外出",
    "在外",
    "外出务工",
}
NO = {
    "否",
    "×",
    "✗",
    "✘",
    "x",
    "无",
    "不",
    "n",
    "no",
    "false",
    "0",
    "非",
    "不是",
    "没有",
    "非流动",
    "非流动党员",
}
NO |= {"在家", "在村", "常住", "未外出", "未流动", "╳", "不流动"}
YES |= {"参加", "参与", "已参加", "√是"}
NO |= {"不参加", "未参加", "不参与", "未参与"}


@lru_cache(maxsize=4096)
def parse_flag(text: str) -> bool | None:
    text = re.sub(r"\s+", "", text).lower().strip("()")
    if text in YES or text.startswith("流动("):
        return True
    if text in NO:
        return False
    if is_nothing(text):
        return None
    raise Unclear("这一格应填“是”或“否”，已留空，请核对。")


@lru_cache(maxsize=4096)
def parse_standing(text: str) -> str:
    """`full`, `probationary` or "" (blank); raises Unclear for anything else."""
    text = re.sub(r"[\s()]+", "", text)
    if is_nothing(text):
        return ""
    if "预备" in text or text in {"预", "候补党员"}:
        return "probationary"
    if "正式" in text or text in {"正", "党员", "中共党员", "共产党员", "是", "√"}:
        return "full"
    raise Unclear("党员类别应填“正式党员”或“预备党员”，已留空，请核对。")


@lru_cache(maxsize=4096)
def parse_hub_kind(text: str) -> str:
    if is_nothing(text):
        return ""
    if "岗" in text:
        return "demo_post"
    if "户" in text:
        return "central"
    raise Unclear("类别应填“中心户”或“示范岗”，已留空，请核对。")
