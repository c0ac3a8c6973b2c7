"""How a receiver wants its file: which rows, which columns under which headings, in whose codes."""

from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from grids.access import TownQuerySet
from reports.choices import DateForm, HandoverFormat, HandoverSource
from township.models import Township, Tracked


class HandoverPreset(models.Model):
    """交换文件 for one receiver (一表通 and the like); set up once by the office, used by every village."""

    township = models.ForeignKey(
        Township, verbose_name="乡镇", on_delete=models.PROTECT, related_name="handover_presets"
    )
    name = models.CharField("名称", max_length=40)
    receiver = models.CharField("接收单位", max_length=60, blank=True)
    source = models.CharField("内容", max_length=12, choices=HandoverSource.choices)
    columns = models.JSONField("列", default=list)  # [{"code", "heading", "codes": {ours: theirs}}], in order
    file_format = models.CharField(
        "格式", max_length=10, choices=HandoverFormat.choices, default=HandoverFormat.CSV_UTF8
    )
    header = models.BooleanField("第一行写列名", default=True)
    date_form = models.CharField("日期写法", max_length=10, choices=DateForm.choices, default=DateForm.DASHES)
    is_example = models.BooleanField("示例", default=False)
    retired = models.BooleanField("停用", default=False)

    objects = TownQuerySet.as_manager()
    history = HistoricalRecords(bases=[Tracked])

    class Meta:
        verbose_name = verbose_name_plural = "交换方案"
        ordering = ["retired", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="handover_preset_once",
                fields=["township", "name"],
                violation_error_message="已有同名的交换方案，请换一个名称。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("reports:handover", args=[self.pk])
