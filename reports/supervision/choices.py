"""Fixed choices of supervision."""

from django.db.models import TextChoices


class FindingState(TextChoices):
    """How far a finding has come: raised, put right, rechecked and struck off."""

    OPEN = "open", "待整改"
    RECTIFIED = "rectified", "待复查"
    CLOSED = "closed", "已销号"


class Grade(TextChoices):
    """The four grades of a yearly review (二(四)5); the office enters them, nothing computes them."""

    GOOD = "good", "好"
    FAIRLY_GOOD = "fairly_good", "较好"
    FAIR = "fair", "一般"
    POOR = "poor", "差"


class SupportKind(TextChoices):
    """What was given (三2 权随事走、费随事转)."""

    PEOPLE = "people", "人"
    FUNDS = "funds", "财"
    GOODS = "goods", "物"
