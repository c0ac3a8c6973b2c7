"""A blank filled: for one village, for every village by itself, or for the township as one."""

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError

from grids import access
from grids.imports.reading.result import Limits, Refused
from grids.models import Node
from reports.annexes.files import safe_name
from reports.annexes.registry import Order
from reports.blanks import values
from reports.blanks.child import fill_in_child
from reports.blanks.kept import BLANKS
from reports.blanks.page import pages_of
from reports.blanks.queries import marks_of, villages
from reports.exportlog.actions import Issued, Leaving, issue
from reports.models import Blank, BlankMark
from reports.statistics import queries as statistics
from township.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_ROWS = 20_000
GONE = "这张空表的存档文件已不在，请重新上传。"
NOTHING_MARKED = "这张空表还没有对应任何指标，请先点选格子，选定要填的内容。"


@dataclass(frozen=True)
class Asked:
    """For whom a blank is filled: one village, every village by itself, or the township as one."""

    villages: tuple[Node, ...] = ()
    township: bool = False


def fill(
    *, blank: Blank, asked: Asked, by: User, today: date, purpose: str, request: "HttpRequest"
) -> Issued:
    """The filled workbook, or a zip of one for each village; what leaves is in the log."""
    access.require(by, access.Right.EXPORT_ROSTER)
    _require(asked, by)
    source, marks = BLANKS.path_of(blank.kept_name), marks_of(blank)
    if source is None:
        raise ValidationError(GONE)
    if not marks:
        raise ValidationError(NOTHING_MARKED)
    places: list[Node | None] = [None] if asked.township else list(asked.villages)
    with tempfile.TemporaryDirectory(prefix="blank-") as folder:
        orders = _orders(blank, marks, places, by=by, today=today, folder=Path(folder))
        rows = sum(len(one["cells"]) + sum(len(table["rows"]) for table in one["tables"]) for one in orders)
        try:
            fill_in_child(source, orders, Limits())
        except Refused as why:
            raise ValidationError(str(why)) from None
        names = [_name(blank, place, today, "xlsx") for place in places]
        made = [Path(one["target"]).read_bytes() for one in orders]
    single = len(made) == 1
    name = names[0] if single else _name(blank, None, today, "zip")
    content = made[0] if single else _zipped(dict(zip(names, made, strict=True)))
    whom = "全乡合计" if asked.township else f"{len(places)} 个村"
    leaving = Leaving(
        township=blank.township,
        name=name,
        table=blank.title,
        format="xlsx" if single else "zip",
        rows=rows,
        purpose=purpose,
        organisation=places[0] if single else None,
        place="" if single else whom,
        note=whom,
    )
    # The county's form stays as it is: its number stands in the log and beside the button, not in its foot.
    return issue(leaving, lambda _: content, by=by, request=request)


def _require(asked: Asked, by: User) -> None:
    """Raise PermissionDenied for a place outside the user's scope."""
    whole = access.scope_of(by).whole_township
    own = set(villages(by).values_list("pk", flat=True))
    if (asked.township and not whole) or {place.pk for place in asked.villages} - own:
        raise PermissionDenied("这份表不在您的负责范围内。")


def _orders(
    blank: Blank,
    marks: list[BlankMark],
    places: Sequence[Node | None],
    *,
    by: User,
    today: date,
    folder: Path,
) -> list[dict[str, Any]]:
    pages = pages_of(blank.looks)
    counted = statistics.read(township_id=blank.township_id, on=today, user=by)
    orders = []
    for number, place in enumerate(places):
        order = Order(township=blank.township, year=blank.year, today=today, organisation=place, user=by)
        sources = values.sources_for(order, counted, place)
        orders.append(values.order_of(pages, marks, sources, str(folder / f"{number}.xlsx")))
    if sum(len(table["rows"]) for one in orders for table in one["tables"]) > MOST_ROWS:
        raise ValidationError(f"一次最多填 {MOST_ROWS} 行花名册，请按村分别下载。")
    return orders


def _zipped(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def _name(blank: Blank, place: Node | None, today: date, suffix: str) -> str:
    """青河乡_东坡村党支部_统计表_20260910.xlsx."""
    parts = (blank.township.name, place.name if place else "", blank.title, f"{today:%Y%m%d}")
    return safe_name(*parts, suffix=suffix)
