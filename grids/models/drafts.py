"""What somebody has typed into a paste grid and not saved yet."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models

from grids.models.node import Node

if TYPE_CHECKING:
    from township.models import User


class EntryDraftQuerySet(models.QuerySet):
    """Drafts by their owner."""

    def visible_to(self, user: "User | Any") -> Self:
        """One's own; what is not saved is nobody else's business."""
        return self.filter(user_id=user.pk)


class EntryDraft(models.Model):
    """Changed and new rows of one register at one place, as they stand on one person's screen."""

    NODE_PATH = "node"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", on_delete=models.CASCADE, related_name="entry_drafts"
    )
    register = models.CharField("表", max_length=24)
    node = models.ForeignKey(Node, verbose_name="单位", on_delete=models.CASCADE, related_name="+")
    rows = models.JSONField("未保存的行", default=list)
    at = models.DateTimeField("保存时间", auto_now=True, db_index=True)

    objects = EntryDraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "录入草稿"
        constraints = [
            models.UniqueConstraint(
                name="entry_draft_once",
                fields=["user", "register", "node"],
                violation_error_message="这张表已有草稿。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.at:%m-%d %H:%M}"
