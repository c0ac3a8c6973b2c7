"""The catalogue read: items as they stand, versions with who made them, the next number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from services.models import ItemMaterial, ItemVersion, ServiceItem
from services.tickets.catalogue.facts import FIELDS, Difference, Facts, Paper, differences
from township.history import records_of
from township.models import Township

if TYPE_CHECKING:
    from township.models import User

STATES = (("", "在办"), ("example", "示例"), ("closed", "停办"), ("all", "全部"))
CODE_DIGITS = 3
MOST_WORDS = 4


@dataclass(frozen=True)
class Asked:
    """What the list's bar asks for."""

    category: str = ""
    office: str = ""
    kind: str = ""
    state: str = ""
    text: str = ""


def current_versions(user: "User | Any", asked: Asked) -> QuerySet[ItemVersion]:
    """Items as they stand now, with the number of their papers."""
    rows = ItemVersion.objects.visible_to(user).filter(current=True).select_related("item")
    for name, value in (
        ("category", asked.category),
        ("office", asked.office),
        ("default_kind", asked.kind),
    ):
        rows = rows.filter(**{name: value}) if value else rows
    if asked.state != "all":
        rows = rows.filter(item__closed_on__isnull=asked.state != "closed")
    if asked.state == "example":
        rows = rows.filter(is_example=True)
    for word in asked.text.split()[:MOST_WORDS]:
        asks_for = ItemMaterial.objects.filter(version=OuterRef("pk"), name__icontains=word)
        rows = rows.filter(Q(name__icontains=word) | Q(item__code__icontains=word) | Exists(asks_for))
    return rows.annotate(papers=Count("materials")).order_by("item__code", "item_id")


def offices(user: "User | Any") -> list[str]:
    """Offices of items in use, for the bar."""
    rows = ItemVersion.objects.visible_to(user).filter(current=True, item__closed_on=None)
    return sorted(set(rows.values_list("office", flat=True)))


def is_empty(user: "User | Any") -> bool:
    """Whether there is no item at all, not even a closed one."""
    return not ServiceItem.objects.visible_to(user).exists()


def facts_of(version: ItemVersion) -> Facts:
    """What a version says; its materials are prefetched where many are read."""
    papers = tuple(Paper(row.name, row.copies, row.issuer, row.kind) for row in version.materials.all())
    return Facts(papers=papers, **{name: getattr(version, name) for name in FIELDS if name != "papers"})


def current_of(item: ServiceItem) -> ItemVersion:
    """The version that holds."""
    return item.versions.prefetch_related("materials").get(current=True)


@dataclass(frozen=True)
class Edition:
    """A version on its item's page: by whom and when, and what it changed."""

    version: ItemVersion
    facts: Facts
    who: str
    at: datetime | None
    changes: Sequence[Difference]


def editions(item: ServiceItem) -> list[Edition]:
    """All versions of an item, the latest first: three queries."""
    rows = list(item.versions.prefetch_related("materials").order_by("number"))
    made = _made(row.pk for row in rows)
    found: list[Edition] = []
    before: Facts | None = None
    for row in rows:
        facts = facts_of(row)
        changes = differences(before, facts) if before is not None else []
        found.append(Edition(row, facts, *made.get(row.pk, ("", None)), changes))
        before = facts
    return found[::-1]


def _made(pks: Iterable[int]) -> dict[int, tuple[str, datetime | None]]:
    """Who brought each version in, and when."""
    rows = records_of(ItemVersion).objects.filter(id__in=list(pks), history_type="+")
    return {
        pk: (who or "系统", at)
        for pk, who, at in rows.values_list("id", "history_user__full_name", "history_date")
    }


def next_code(township: Township) -> str:
    """The number after the highest one that is a number."""
    codes = ServiceItem.objects.filter(township=township).values_list("code", flat=True)
    numbers = [int(code) for code in codes if code.isascii() and code.isdecimal()]
    return str(max(numbers, default=0) + 1).zfill(CODE_DIGITS)


def named_so(township: Township, name: str, *, but: int | None = None) -> ItemVersion | None:
    """Another item in use that bears the name."""
    rows = ItemVersion.objects.filter(
        item__township=township, item__closed_on=None, current=True, name=name
    ).exclude(item_id=but)
    return rows.select_related("item").first()
