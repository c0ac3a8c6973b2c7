"""Pages without a sign-in that the sign-in page leads to; the apps above enter theirs when ready."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Door:
    """One such page: its words, its address, and whether it answers anybody just now."""

    words: str
    url_name: str
    is_open: Callable[[], bool]

    @property
    def url(self) -> str:
        """Where it leads."""
        return reverse(self.url_name)


_doors: list[Door] = []


def enter(door: Door) -> None:
    """Make it known."""
    _doors.append(door)


def open_doors() -> list[Door]:
    """Those that answer."""
    return [door for door in _doors if door.is_open()]
