"""By when the volunteer centre and the stations are to stand (二(三)2)."""

from datetime import date

STATIONS_DUE = (9, 30)


def days_to(month_day: tuple[int, int], on: date) -> int:
    """Days left in this year; below zero once it has passed."""
    return (date(on.year, *month_day) - on).days
