"""How a day is written in a sentence or over a table, and that what is done is not to come."""

from datetime import date

from django.core.exceptions import ValidationError

NOT_YET = "这一天还没有到。"


def not_after(day: date | None, today: date, field: str = "") -> date | None:
    """The day, which has come. Raises ValidationError of a day to come, at the field if one is named."""
    if day is not None and day > today:
        raise ValidationError({field: NOT_YET} if field else NOT_YET)
    return day


def in_words(day: date) -> str:
    """2026年9月15日, as GB/T 9704 wants it: no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
