"""Versions of many rows at once: the last history number of each table a row is made of, and what it said."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.utils.timezone import localdate, localtime

from township.models import User

_TOKEN = re.compile(r"\d{1,18}(?:\.\d{1,18}){0,3}(?:>\d{1,18}(?:\.\d{1,18}){0,3})?")


@dataclass(frozen=True)
class Seen:
    """What a row was edited from, and, after a conflict was shown, the version the choices are about."""

    base: str
    shown: str

    @classmethod
    def read(cls, token: str) -> "Seen":
        """The two parts of '12.34' or '12.34>15.34'."""
        base, _, shown = token.partition(">")
        return cls(base, shown or base)


def is_token(text: str) -> bool:
    """True for what `seen` may hold."""
    return _TOKEN.fullmatch(text) is not None


def last_numbers(model: type[Model], key: str, ids: Iterable[int]) -> dict[int, int]:
    """The last history number by the row's `key`: one query."""
    rows = model.history.filter(**{f"{key}__in": list(ids)}).order_by()  # type: ignore[attr-defined]
    return dict(rows.values_list(key).annotate(last=Max("history_id")))


def token(numbers: Sequence[int | None]) -> str:
    """One row's version of its tables' numbers, 0 where there is no history."""
    return ".".join(str(number or 0) for number in numbers)


def lock(rows: QuerySet[Any]) -> None:
    """Hold rows until the transaction ends, in one order for everybody."""
    list(rows.order_by("pk").select_for_update().values_list("pk"))


class Records:
    """History rows of many rows at two versions, (before, now) by the row's number: one query a table."""

    def __init__(self, tables: Sequence[type[Model]], wanted: Mapping[int, tuple[str, str]]) -> None:
        self._numbers = {pk: tuple(_numbers_in(part) for part in both) for pk, both in wanted.items()}
        self._read = [self._records(model, at) for at, model in enumerate(tables)]

    def _records(self, model: type[Model], at: int) -> dict[int, Mapping[str, Any]]:
        both = [numbers for pair in self._numbers.values() for numbers in pair]
        found = {numbers[at] for numbers in both if at < len(numbers)} - {0}
        rows = model.history.filter(history_id__in=found).values()  # type: ignore[attr-defined]
        return {row["history_id"]: row for row in rows} if found else {}

    def _at(self, pk: int, part: int) -> list[Mapping[str, Any]]:
        numbers = self._numbers[pk][part]
        return [rows.get(numbers[at], {}) if at < len(numbers) else {} for at, rows in enumerate(self._read)]

    def then(self, pk: int) -> list[Mapping[str, Any]]:
        """The row as it was, by table; {} where its history is not known."""
        return self._at(pk, 0)

    def of_first_table(self) -> Iterable[Mapping[str, Any]]:
        """All history rows read of the first table."""
        return self._read[0].values()

    def signed(self, pk: int) -> tuple[str, str]:
        """Who wrote the latest change since, and when: 14:30 today, else 11-22 14:30."""
        pairs = zip(self._at(pk, 0), self._at(pk, 1), strict=True)
        changed = [now for before, now in pairs if now and now is not before]
        latest = max(changed, key=lambda row: row["history_date"], default=None)
        if latest is None:
            return "", ""
        at = localtime(latest["history_date"])
        shown = f"{at:%H:%M}" if at.date() == localdate() else f"{at:%m-%d %H:%M}"
        return self._name(latest["history_user_id"]), shown

    @cached_property
    def _names(self) -> dict[int, str]:
        ids = {row["history_user_id"] for rows in self._read for row in rows.values()} - {None}
        return dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))

    def _name(self, pk: int | None) -> str:
        return self._names.get(pk or 0, "") or "系统"


def _numbers_in(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
