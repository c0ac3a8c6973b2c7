"""What a user keeps of the lists: named views, and how each list was left."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from grids import access
from township.models import Township

if TYPE_CHECKING:
    from township.models import User


class SavedViewQuerySet(models.QuerySet):
    """Views by who keeps them."""

    def visible_to(self, user: "User | Any") -> Self:
        """One's own, and for the office those its people share."""
        shared = Q(shared=True) & access.within_township(user)
        return self.filter(Q(by_id=user.pk) | shared)

    def owned_by(self, user: "User | Any") -> Self:
        """Those one may rename and delete."""
        return self.filter(by_id=user.pk)


class SavedView(models.Model):
    """A list's filters, columns and order under a name; all of it is the list's own query string."""

    NODE_PATH = ""  # hangs on no place: its scope is who keeps it, and its rows are scoped when it is opened

    township = models.ForeignKey(
        Township, verbose_name="乡镇", null=True, on_delete=models.PROTECT, related_name="saved_views"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", on_delete=models.PROTECT, related_name="saved_views"
    )
    listing = models.CharField("名单", max_length=20)
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=1000, blank=True)
    shared = models.BooleanField("办公室共用", default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名单视图"
        ordering = ["shared", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="saved_view_once",
                fields=["by", "listing", "name"],
                violation_error_message="这个名单已有同名的视图。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListMemoryQuerySet(models.QuerySet):
    """Memories by whose they are."""

    def visible_to(self, user: "User | Any") -> Self:
        """One's own."""
        return self.filter(user_id=user.pk)


class ListMemory(models.Model):
    """How a user left a list, and which view it opens with when nothing is remembered."""

    NODE_PATH = ""  # as with SavedView

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", on_delete=models.CASCADE, related_name="list_memories"
    )
    listing = models.CharField("名单", max_length=20)
    query = models.CharField("条件", max_length=1000, blank=True)
    default = models.ForeignKey(
        SavedView, verbose_name="默认视图", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ListMemoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名单记忆"
        ordering = ["user", "listing"]
        constraints = [
            models.UniqueConstraint(
                name="list_memory_once",
                fields=["user", "listing"],
                violation_error_message="每个名单只记一次。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.listing}"
