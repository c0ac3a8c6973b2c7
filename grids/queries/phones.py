"""Phone numbers as a reader may see them: whole for the office and the village's own branch, else masked."""

from typing import TYPE_CHECKING, Any

from grids import access

if TYPE_CHECKING:
    from township.models import User

HIDDEN = "•"


def masked(phone: str) -> str:
    """The number with its middle hidden: 138••••5678."""
    if len(phone) < 7:
        return HIDDEN * len(phone)
    return f"{phone[:3]}{HIDDEN * (len(phone) - 7)}{phone[-4:]}"


def shown(user: "User | Any", root_id: int | None, phone: str) -> str:
    """The number as `user` may see it without asking for more."""
    return phone if not phone or access.sees_full_phone(user, root_id) else masked(phone)
