"""Which action is being carried out right now: what gives all rows of one click one number."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from township.models import Township, User


@dataclass(eq=False)
class Acting:
    """An action under way; its row is made with its first write, so that none stands empty."""

    by: "User | None"
    title: str
    reason: str
    township: "Township | None"
    undoes_id: int | None = None
    pk: int | None = None


CURRENT: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current_action_id() -> int | None:
    """The number history rows written now carry; none outside an action (migrations, tests of the tree)."""
    acting = CURRENT.get()
    return acting.pk if acting else None
