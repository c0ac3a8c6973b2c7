"""Reading what a user keeps of a list."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grids.models import ListMemory, SavedView

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Kept:
    """How the list was left, the view it opens with, and all views of it."""

    left: str
    default_id: int | None
    views: list[SavedView]

    @property
    def opens_with(self) -> str:
        """The query a bare address leads to; empty for all rows."""
        if self.left:
            return self.left
        return next((view.query for view in self.views if view.pk == self.default_id), "")


def kept_of(user: "User | Any", listing: str) -> Kept:
    """Two queries."""
    memory = ListMemory.objects.visible_to(user).filter(listing=listing).first()
    views = list(SavedView.objects.visible_to(user).filter(listing=listing))
    if memory is None:
        return Kept("", None, views)
    return Kept(memory.query, memory.default_id, views)
