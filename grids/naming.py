"""The next name of a row of names: after 第三网格 comes 第四网格, after 中心户 comes 中心户（2）."""

import re
from collections.abc import Iterable

DIGITS = "零一二三四五六七八九"
NUMBERED = re.compile(r"^(?P<head>.*第)(?P<number>[0-9]{1,4}|[一二三四五六七八九十]{1,3})(?P<tail>.+)$")
LONGEST = 40


def in_chinese(number: int) -> str:
    """1 to 99 as 一 to 九十九; other numbers in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones or not tens else "")


def from_chinese(text: str) -> int | None:
    """What in_chinese wrote, or digits; None for anything else."""
    if text.isascii() and text.isdecimal():
        return int(text)
    return next((number for number in range(1, 100) if in_chinese(number) == text), None)


def next_name(like: str, taken: Iterable[str]) -> str:
    """A name of the same pattern as `like` that nobody has yet."""
    names = set(taken) | {like}
    found = NUMBERED.match(like)
    if found is None:
        return next(
            name
            for number in range(2, len(names) + 3)
            if (name := f"{like[: LONGEST - 5]}（{number}）") not in names
        )
    written_in_digits = found["number"].isascii()
    number = 1 + max(_numbers(names, found["head"], found["tail"]), default=0)
    return f"{found['head']}{number if written_in_digits else in_chinese(number)}{found['tail']}"


def _numbers(names: Iterable[str], head: str, tail: str) -> Iterable[int]:
    for name in names:
        found = NUMBERED.match(name)
        if found is not None and (found["head"], found["tail"]) == (head, tail):
            number = from_chinese(found["number"])
            if number is not None:
                yield number
