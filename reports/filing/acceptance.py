"""Whether the office has accepted what a table shows: the one rule for the word 草稿 on page and paper."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef

from grids.models import Node
from reports.annexes.registry import ANNEXES, Built, Order
from reports.choices import ACCEPTED_STATES, Acceptance
from reports.filing.frozen import PHONE_COLUMNS, Frozen, freeze, rows_by
from reports.filing.queries import FILED
from reports.models import Campaign, Filing, Snapshot

DRAFT = str(Acceptance.DRAFT.label)
EXPLAINED = "说明："  # what submitting adds to 备注 (obstacles.with_explanations)
APART = PHONE_COLUMNS | {"seq"}  # masked for some, and counted anew in every table


def villages_of(order: Order) -> list[int]:
    """The villages whose filings a table is made of."""
    if order.organisation is not None:
        return [order.organisation.root_id]
    rows = Node.objects.filter(township=order.township, parent=None, closed_on=None)
    return list(rows.order_by("position", "pk").values_list("pk", flat=True))


def reception_of(order: Order) -> str:
    """Whether the office has accepted every village of the table this year; '' without a campaign."""
    villages = Node.objects.filter(township=order.township, parent=None, closed_on=None)
    if order.organisation is not None:
        villages = Node.objects.filter(pk=order.organisation.root_id)
    accepted = Filing.objects.filter(
        root=OuterRef("pk"), campaign=OuterRef(OuterRef("pk")), state__in=ACCEPTED_STATES
    )
    missing = Exists(villages.filter(~Exists(accepted)))
    campaigns = Campaign.objects.filter(township=order.township, year=order.year)
    found = campaigns.annotate(missing=missing).values_list("missing", flat=True).first()
    if found is None:
        return ""
    return Acceptance.DRAFT if found else Acceptance.ACCEPTED


def has_filed_table(order: Order, number: int, reception: str) -> bool:
    """Whether the table can be had as it was accepted: a whole village's, or the township's."""
    if number not in FILED or order.past or reception != Acceptance.ACCEPTED:
        return False
    return order.organisation is None or order.organisation.parent_id is None


def accepted_snapshots(order: Order) -> list[Snapshot]:
    """The last filing of every village in the table, in their order."""
    villages = villages_of(order)
    rows = (
        Snapshot.objects.filter(
            filing__campaign__township=order.township,
            filing__campaign__year=order.year,
            filing__root__in=villages,
        )
        .select_related("filing__root", "filing__campaign__township")
        .order_by("number")
    )
    found = {row.filing.root_id: row for row in rows}  # a later one takes the place
    return [found[pk] for pk in villages if pk in found]


def acceptance_of(order: Order, number: int, built: Built, reception: str) -> str:
    """Accepted is a table whose villages all are, with the rows that were accepted; anything else is a draft.

    Tables that nobody files, and years without a campaign, are neither.
    """
    if number not in FILED or not reception:
        return ""
    accepted = reception == Acceptance.ACCEPTED
    same = accepted and _same_rows(order, number, built, accepted_snapshots(order))
    return Acceptance.ACCEPTED if same else Acceptance.DRAFT


def mark_of(acceptance: str, watermark: str = "") -> str:
    """The words across a page: 草稿 until accepted, then 单位 姓名 时间."""
    return " ".join(part for part in (DRAFT if acceptance == Acceptance.DRAFT else "", watermark) if part)


def _same_rows(order: Order, number: int, built: Built, snapshots: Iterable[Snapshot]) -> bool:
    if len(built.sheets) > 1:  # annex 1 on three sheets of A4
        built = ANNEXES[number].build(replace(order, paper="A3"))
    tables: list[Frozen] = [snapshot.sheets[str(number)] for snapshot in snapshots]
    keys = {column["key"] for table in tables for column in table["columns"]} - APART
    if not keys <= {column.key for column in built.sheets[0].columns}:
        return False
    filed = Counter(_told(row, keys) for table in tables for row in rows_by(table))
    shown = Counter(_told(row, keys) for row in rows_by(freeze(built.sheets[0])))
    part = order.organisation is not None and order.organisation.parent_id is not None
    return shown <= filed if part else shown == filed


def _told(row: dict[str, Any], keys: set[str]) -> tuple[Any, ...]:
    """A row without what differs although nothing has changed."""
    told = {**row, "remark": str(row.get("remark") or "").partition(EXPLAINED)[0].rstrip("；")}
    return tuple(told[key] for key in sorted(keys))
