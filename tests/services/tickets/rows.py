"""Rows of the catalogue and the calendar, two of each, and how each constraint on them would be broken."""

from datetime import date

from django.utils.timezone import now

from services.models import (
    CalendarDay,
    CalendarYear,
    ItemMaterial,
    ItemVersion,
    LookupTry,
    ServiceItem,
    TicketSettings,
)
from services.tickets.calendar.choices import DayKind
from services.tickets.catalogue.choices import ItemCategory
from services.tickets.choices import TicketKind
from tests.factories import SINCE, TownshipFactory
from township.models import Township


def two_of_each(town: Township) -> None:
    """Two of each thing of the catalogue."""
    for number in (1, 2):
        item = ServiceItem.objects.create(township=town, code=f"{number}")
        for edition in (1, 2):
            version = ItemVersion.objects.create(
                item=item, number=edition, current=edition == 2, since=SINCE, name=f"代办{number}",
                category=ItemCategory.OTHER, office="便民服务中心", default_kind=TicketKind.PROMISED,
                promised_days=5, legal_days=10,
            )  # fmt: skip
            for position in (1, 2):
                ItemMaterial.objects.create(version=version, position=position, name="申请表")
        CalendarYear.objects.create(township=town, year=2030 + number, source="县政府通知")
        CalendarDay.objects.create(
            township=town, day=date(2030, 1, number), kind=DayKind.HOLIDAY, note="地方节日"
        )
        LookupTry.objects.create(key=f"{number}", since=now())
    TicketSettings.objects.create(township=town)
    TicketSettings.objects.create(township=TownshipFactory())


VERSIONS = ItemVersion.objects.order_by("pk")
BROKEN = {
    "service_item_code_once": (ServiceItem.objects.order_by("pk"), lambda first: {"code": first.code}),
    "service_item_closed_with_reason": (ServiceItem.objects.order_by("pk"), {"closed_on": SINCE}),
    "item_version_number_once": (VERSIONS, lambda first: {"number": first.number}),
    "item_version_current_once": (VERSIONS.filter(item__code="1").order_by("-pk"), {"current": True}),
    "item_version_kind": (VERSIONS, {"default_kind": TicketKind.DECLINED}),
    "item_version_promise_has_days": (VERSIONS, {"promised_days": None}),
    "item_version_promise_within_law": (VERSIONS, {"promised_days": 11}),
    "item_material_position_once": (
        ItemMaterial.objects.order_by("pk"),
        lambda first: {"position": first.position},
    ),
    "item_material_copies": (ItemMaterial.objects.order_by("pk"), {"copies": 0}),
    "calendar_year_once": (CalendarYear.objects.order_by("pk"), lambda first: {"year": first.year}),
    "calendar_day_once": (CalendarDay.objects.order_by("pk"), lambda first: {"day": first.day}),
    "lookup_try_once": (LookupTry.objects.order_by("pk"), lambda first: {"key": first.key}),
    "ticket_settings_in_range": (TicketSettings.objects.order_by("pk"), {"chase_every_days": 0}),
}
