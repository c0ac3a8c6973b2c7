"""The kinds of registers that go through the session pages, by the name stored with each session."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from grids.imports.preview import Source
from grids.imports.roster_source import RosterSource

if TYPE_CHECKING:
    from township.models import User

SOURCES: dict[str, Source] = {"roster": RosterSource()}
NOT_YOURS = "您的岗位不能做这项操作。"


def require(user: "User | Any", code: str) -> None:
    """Raise PermissionDenied (403) unless the user may load files of that kind."""
    if not SOURCES[code].may_use(user):
        raise PermissionDenied(NOT_YOURS)


def require_some(user: "User | Any") -> None:
    """Raise PermissionDenied (403) of somebody who loads no files at all."""
    if not any(source.may_use(user) for source in SOURCES.values()):
        raise PermissionDenied(NOT_YOURS)
