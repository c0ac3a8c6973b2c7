"""A list as a workbook: an import-export resource names the columns, our xlsx renderer keeps text as text."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.http import FileResponse
from import_export.resources import Resource

from township.sheets import Column, Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(resource: Resource, rows: Iterable[Any], *, title: str, unit: str = "") -> FileResponse:
    """The rows in the resource's columns as a download named after the title."""
    from township.sheets import xlsx  # slow import

    table = resource.export(queryset=rows)
    columns = tuple(
        Column(key=f"c{number}", title=heading, align="left") for number, heading in enumerate(table.headers)
    )
    texts = [tuple("" if value is None else str(value) for value in row) for row in table]
    file = BytesIO()
    xlsx.write(Sheet(title=title, columns=columns, rows=texts, unit=unit), file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)
