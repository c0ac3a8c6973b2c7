"""What is typed into the look-up and what it is held against: plain values, compared in constant time."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.crypto import constant_time_compare

TRIES_AN_HOUR = 10  # from one address, and for one number (security 3.15)
HOUR = timedelta(hours=1)
LONGEST_NUMBER = 16
PHONE_END = 4
SHORTEST_PHONE = 7
_NUMBER = re.compile(r"\d{4}-\d{2,4}-\d{4,6}")
_BARE = re.compile(r"(\d{4})(\d{2})(\d{4})")
_DASHES = re.compile(r"[‐-―−_]")
_NEVER = "\0"  # nobody can type it: what has no code is compared all the same


@dataclass(frozen=True)
class Progress:
    """All that the page says: the number, where it is, the promised day, and names of steps with days."""

    no: str
    state: str
    due_on: date | None
    steps: Sequence[tuple[str, date]]


def clean_number(typed: str) -> str:
    """2026-07-0012 from 2026—07—0012 or 2026070012; blank when it cannot be a number."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", "".join(typed.split())))
    if bare := _BARE.fullmatch(text):
        text = "-".join(bare.groups())
    return text if _NUMBER.fullmatch(text) and len(text) <= LONGEST_NUMBER else ""


def clean_secret(typed: str) -> str:
    """A code in groups, in small or full-width letters, as it is kept."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()


def grouped(code: str) -> str:
    """ABCDE-FGHJK: for the eye and the telephone."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}" if code else ""


def opens(secret: str, code: str, phone: str) -> bool:
    """Whether it is the code or the end of the phone; both are always compared."""
    end = phone[-PHONE_END:] if len(phone) >= SHORTEST_PHONE else ""
    by_code = constant_time_compare(secret, code or _NEVER)
    by_phone = constant_time_compare(secret, end or _NEVER)
    return by_code | by_phone
