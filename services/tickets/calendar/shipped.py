"""The years that come with the program: what the State Council has published, with its number."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "workdays"


@dataclass(frozen=True)
class PublishedYear:
    """One notice: holidays and make-up days by name; New Year may begin in the December before."""

    year: int
    source: str
    number: str
    holidays: Mapping[date, str]
    makeups: Mapping[date, str]


@cache
def published_years() -> Mapping[int, PublishedYear]:
    """All shipped years, read once."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.json"))]
    return {year.year: year for year in found}


def _read(path: Path) -> PublishedYear:
    data = json.loads(path.read_text(encoding="utf-8"))
    return PublishedYear(
        year=data["year"],
        source=f"《{data['source']}》（{data['number']}）",
        number=data["number"],
        holidays=_days(data["holidays"]),
        makeups=_days(data["makeups"]),
    )


def _days(named: Mapping[str, list[str]]) -> dict[date, str]:
    return {date.fromisoformat(day): name for name, days in named.items() for day in days}
