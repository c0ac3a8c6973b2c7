"""django-import-export resources of every list: the same rows as on the page, all of them, as a workbook."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import IO, Any

from import_export import fields, resources, widgets
from tablib import Dataset

from grids.kinds import KindInfo, ListColumn
from grids.queries.marks import Mark
from township.sheets import Column, Sheet, xlsx

PEOPLE_COLUMNS = (
    ListColumn("name", "姓名", "name"),
    ListColumn("village", "村（党组织）"),
    ListColumn("member", "党员"),
    ListColumn("posts", "现任职务（任职日期、任期）"),
    ListColumn("phone", "联系电话", "phone"),
)
POST_COLUMNS = (
    ListColumn("name", "姓名", "name"),
    ListColumn("role", "岗位"),
    ListColumn("place", "单位"),
    ListColumn("village", "村（党组织）"),
    ListColumn("source", "来源"),
    ListColumn("since", "任职日期", "code"),
    ListColumn("term_until", "任期届满", "code"),
    ListColumn("term", "任期提示"),
    ListColumn("until", "离任日期", "code"),
    ListColumn("duties", "职责"),
    ListColumn("phone", "联系电话", "phone"),
)
# The term stands in one cell with its end, and duties are long: on the page they wait to be chosen.
POST_COLUMNS_AT_FIRST = tuple(one for one in POST_COLUMNS if one.key not in {"term", "duties"})
VILLAGER_GROUP_COLUMNS = (
    ListColumn("village", "村（党组织）"),
    ListColumn("name", "村民小组", "name"),
    ListColumn("households", "户数", "num"),
    ListColumn("grids", "所在网格"),
)
WIDTHS = {"name": 28, "text": 28, "code": 26, "phone": 30, "num": 16, "mark": 18}


class CellWidget(widgets.Widget):
    """Values as they stand on the page; a mark gives its number only."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """One cell."""
        if isinstance(value, Mark):
            return int(value.value) if value.value == int(value.value) else value.value
        if isinstance(value, date):
            return f"{value:%Y-%m-%d}"
        return "" if value is None else value


class ListResource(resources.Resource):
    """Export of a list, declared by the list's own columns."""

    def __init__(self, columns: Sequence[ListColumn], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns = tuple(columns)
        for column in columns:
            self.fields[column.key] = fields.Field(
                attribute=column.key, column_name=column.title, widget=CellWidget()
            )

    def write(self, rows: Iterable[Mapping[str, Any]], *, title: str, unit: str, out: IO[bytes]) -> int:
        """Write the workbook through the product's one xlsx renderer, which keeps text as text."""
        dataset: Dataset = self.export(queryset=list(rows))
        sheet = Sheet(
            title=title,
            unit=unit,
            name=title,
            columns=tuple(
                Column(
                    key=column.key,
                    title=column.title,
                    width=WIDTHS[column.show],
                    kind="int" if column.show in ("num", "mark") else "text",
                )
                for column in self.columns
            ),
            rows=[tuple(row) for row in dataset],
        )
        xlsx.write(sheet, out)
        return len(dataset)


def export_columns(info: KindInfo, *, closed: bool) -> tuple[ListColumn, ...]:
    """A list's columns as exported; the closed ones say when and why."""
    ending = (ListColumn("closed_on", "注销日期", "code"), ListColumn("closing", "注销原因"))
    return (*info.columns, *ending) if closed else info.columns
