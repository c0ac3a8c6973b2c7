"""Official blanks: a county's empty workbook as it came, and what each of its cells is for."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from grids.access import TownQuerySet
from township.models import Township


class MarkQuerySet(TownQuerySet):
    """Marks by the township of their blank."""

    PATH = "blank__township_id"


class Blank(models.Model):
    """A workbook to be filled; `looks` is what the page shows of it, read once when it came."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="blanks"
    )
    title = models.CharField("表名", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    file_name = models.CharField("文件名", max_length=200)
    kept_name = models.CharField("存档文件", max_length=60)
    fingerprint = models.CharField("表样指纹", max_length=64)  # of its labels, not of the file's bytes
    looks = models.JSONField("表样")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = TownQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "空表"
        ordering = ["-year", "-pk"]
        indexes = [models.Index(fields=["township", "fingerprint"], name="blank_by_fingerprint")]

    def __str__(self) -> str:
        return f"{self.title}（{self.year}）"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("reports:blank", args=[self.pk])


class BlankMark(models.Model):
    """What goes into one cell, or into the cells from here down when `roster` names a table that grows."""

    blank = models.ForeignKey(Blank, verbose_name="空表", on_delete=models.CASCADE, related_name="marks")
    sheet = models.PositiveSmallIntegerField("工作表")  # from 0
    row = models.PositiveIntegerField("行")  # from 1, as in the workbook
    column = models.PositiveSmallIntegerField("列")
    roster = models.PositiveSmallIntegerField("花名册", null=True, blank=True)  # annex number; None: one cell
    code = models.CharField("内容", max_length=40)
    # The labels beside and above it when it was marked: by them next year's blank is mapped again.
    row_label = models.CharField("行标题", max_length=120, blank=True)
    column_label = models.CharField("列标题", max_length=120, blank=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "空表对应"
        ordering = ["blank", "sheet", "row", "column"]
        constraints = [
            models.UniqueConstraint(
                name="blank_cell_once",
                fields=["blank", "sheet", "row", "column"],
                violation_error_message="这一格已有对应。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.blank} {self.row},{self.column}"
