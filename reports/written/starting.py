"""What a report begins with where the township has written no template of its own."""

from django.template.loader import get_template

from reports.models import ReportTemplate
from township.models import Township


def document_text(level: str) -> str:
    """The text that comes with the program (templates/reports/written/*.txt)."""
    return str(get_template(f"reports/written/{level}.txt").render({})).strip()


def template_of(township: Township, year: int, level: str) -> ReportTemplate | None:
    """The township's own template of the year, or of the latest year before it."""
    rows = ReportTemplate.objects.filter(township=township, level=level, year__lte=year)
    return rows.order_by("-year").first()


def starting_text(township: Township, year: int, level: str) -> str:
    """What a new report begins with."""
    own = template_of(township, year, level)
    return own.text if own else document_text(level)
