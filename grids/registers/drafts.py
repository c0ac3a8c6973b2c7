"""Keeping what is typed and not saved: one draft a person, register and place, for a week."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from grids.models import EntryDraft, Node

if TYPE_CHECKING:
    from township.models import User

KEPT = timedelta(days=7)


def keep(*, user: "User", code: str, place: Node, rows: Sequence[dict[str, Any]]) -> EntryDraft | None:
    """Put the draft in place of the one before; no rows remove it. Everybody's old ones go on the way."""
    EntryDraft.objects.filter(at__lt=timezone.now() - KEPT).delete()
    if not rows:
        drop(user=user, code=code, place=place)
        return None
    draft, _ = EntryDraft.objects.update_or_create(
        user=user, register=code, node=place, defaults={"rows": list(rows)}
    )
    return draft


def drop(*, user: "User", code: str, place: Node) -> None:
    """Forget the draft: it was saved or thrown away."""
    EntryDraft.objects.visible_to(user).filter(register=code, node=place).delete()


def found(*, user: "User", code: str, place: Node) -> EntryDraft | None:
    """The draft to offer, if it is not too old."""
    drafts = EntryDraft.objects.visible_to(user).filter(register=code, node=place)
    return drafts.filter(at__gte=timezone.now() - KEPT).first()


def shown_at(draft: EntryDraft) -> str:
    """14:32 today, else 11-22 14:32."""
    at = timezone.localtime(draft.at)
    return f"{at:%H:%M}" if at.date() == timezone.localdate() else f"{at:%m-%d %H:%M}"
