"""Items to choose from at the window."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet

from services.models import ItemVersion, Ticket

if TYPE_CHECKING:
    from township.models import User

MOST_USUAL = 8


def offered(user: "User | Any", text: str = "") -> QuerySet[ItemVersion]:
    """Items that can be asked for today, in their categories' order; of a name if one is typed."""
    rows = ItemVersion.objects.visible_to(user).filter(current=True, item__closed_on=None)
    if text:
        rows = rows.filter(name__icontains=text)
    return rows.select_related("item").order_by("category", "item__code")


def usual(user: "User | Any") -> list[ItemVersion]:
    """What this user is asked for most often."""
    counted = (
        Ticket.objects.visible_to(user)
        .filter(written_by_id=user.pk, version__isnull=False)
        .order_by()
        .values_list("version__item_id")
        .annotate(n=Count("pk"))
        .order_by("-n", "version__item_id")[:MOST_USUAL]
    )
    order = [item for item, _ in counted]
    rows = {row.item_id: row for row in offered(user).filter(item_id__in=order)}
    return [rows[item] for item in order if item in rows]
