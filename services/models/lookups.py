"""How often the progress of an errand was asked for, counted for all processes together."""

from django.db import models


class LookupTry(models.Model):
    """Tries of one hour, under the keyed digest of a number or of an address: the row names neither."""

    key = models.CharField("摘要", max_length=40)
    since = models.DateTimeField("从何时起")
    tries = models.PositiveSmallIntegerField("次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "进度查询次数"
        constraints = [
            models.UniqueConstraint(
                name="lookup_try_once", fields=["key"], violation_error_message="这个摘要已在计数。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} 起 {self.tries} 次"
