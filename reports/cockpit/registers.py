"""Plates and boards as far as they are registered: the one place that changes when their registers come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from grids.models import HubProfile


@dataclass(frozen=True)
class Progress:
    """How many of those due are there."""

    done: int
    due: int


def plates(root_ids: Iterable[int]) -> Mapping[int, Progress] | None:
    """标识牌 by village: a hub's plate has a number before it is hung up; None would say 未建台账."""
    rows = (
        HubProfile.objects.filter(node__root_id__in=list(root_ids), node__closed_on=None)
        .order_by()
        .values_list("node__root_id")
        .annotate(done=Count("pk", filter=~Q(plate_no="")), due=Count("pk"))
    )
    return {root: Progress(done, due) for root, done, due in rows}


def boards(root_ids: Iterable[int]) -> Mapping[int, Progress] | None:
    """公示牌 by village: no register holds them yet."""
    return None
