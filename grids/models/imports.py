"""Uploaded rosters between preview and confirmation."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from grids import access
from grids.imports.choices import UploadState
from township.models import Township

if TYPE_CHECKING:
    from township.models import User


class RosterUploadQuerySet(models.QuerySet):
    """Uploads by scope."""

    def visible_to(self, user: "User | Any") -> Self:
        """The office sees all of its township, anybody else the own ones."""
        scope = access.scope_of(user)
        found = self.filter(township_id=scope.township_id)
        return found if scope.whole_township else found.filter(by_id=user.pk)


class RosterUpload(models.Model):
    """What was read from one file; the file is not kept, since it may hold numbers we don't collect."""

    NODE_PATH = ""  # an upload comes before the places it makes; its scope is who sent it

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="roster_uploads"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上传人",
        on_delete=models.PROTECT,
        related_name="roster_uploads",
    )
    at = models.DateTimeField("上传时间", auto_now_add=True)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件校验值", max_length=64)
    chosen_branch = models.CharField("所选党支部", max_length=40, blank=True)
    state = models.CharField("状态", max_length=12, choices=UploadState.choices, default=UploadState.WAITING)
    report = models.JSONField("结果", default=dict)
    rows = models.JSONField("读出的内容", null=True, blank=True)  # none once it is done with

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "花名册上传"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["township", "-at"], name="upload_by_township")]
        constraints = [
            models.CheckConstraint(
                name="upload_rows_only_while_waiting",
                condition=models.Q(state=UploadState.WAITING) | models.Q(rows__isnull=True),
                violation_error_message="处理完的上传不再保存内容。",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """Its preview."""
        return reverse("grids:import_preview", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        """True while it can be confirmed."""
        return self.state == UploadState.WAITING
