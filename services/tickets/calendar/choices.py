"""What a day of the calendar can be, beside an ordinary day of its week."""

from django.db.models import TextChoices


class DayKind(TextChoices):
    """放假, 调休上班, or back to what the day of the week says."""

    HOLIDAY = "holiday", "放假"
    MAKEUP = "makeup", "调休上班"
    ORDINARY = "ordinary", "按星期"
