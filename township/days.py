"""How a day is written in a sentence or over a table."""

from datetime import date


def in_words(day: date) -> str:
    """2026年9月15日, as GB/T 9704 wants it: no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
