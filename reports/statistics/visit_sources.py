"""The sources of annex 1 that lie in the log of visits: calls and diary (columns 33, 34), opinions (35)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from reports.statistics.roster_sources import Counted
from reports.statistics.sources import OWN, Source, Told, describe_with, register
from services.models import Matter, Visit
from services.visits.choices import MatterState

ORDER = ("node__root__position", "node__root_id", "node_id")


def _true(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _of_year(rows: QuerySet[Any], name: str, roots: Collection[int], on: date) -> QuerySet[Any]:
    """From the first of January to the day."""
    days = {f"{name}__gte": date(on.year, 1, 1), f"{name}__lte": on}
    return rows.filter(node__root_id__in=roots, **days)


def _visits(roots: Collection[int], on: date) -> QuerySet[Any]:
    rows = _of_year(Visit.objects.all(), "happened_on", roots, on)
    return rows.annotate(at_home=_true(Q(household__isnull=False)), entry=_true(Visit.ENTRIES))


def _count_visit(at_home: bool, entry: bool) -> Counted:
    """户次 is a call on a household, 篇 an entry of the diary."""
    if at_home:
        yield "visit_count", OWN
    if entry:
        yield "diary_count", OWN


def _matters(roots: Collection[int], on: date) -> QuerySet[Any]:
    rows = _of_year(Matter.objects.all(), "raised_on", roots, on)
    told = Q(state__in=[MatterState.ANSWERED, MatterState.ARCHIVED])
    return rows.annotate(told=_true(told), called=_true(told & Q(called_back_on__isnull=False)))


def _count_matter(told: bool, called: bool) -> Counted:
    """办结 is an answer that was told; who was called back was told before."""
    yield "opinion_in", OWN
    if told:
        yield "opinion_closed", OWN
    if called:
        yield "opinion_callback", OWN


def tell_visits(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
    """Day and household; what was said stands on the visit's own page."""
    rows = Visit.objects.filter(pk__in=pks).select_related("node__root", "household")
    return {
        row.pk: Told(
            f"{row.happened_on:%Y-%m-%d} {row.household or ''}".strip(),
            row.node.name,
            row.get_absolute_url(),
            row.node.root.name if row.node.root else "",
            "走访",
        )
        for row in rows
    }


def tell_matters(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
    """Day and kind; the words stand on its own page."""
    rows = Matter.objects.filter(pk__in=pks).select_related("node__root")
    return {
        row.pk: Told(
            f"{row.raised_on:%Y-%m-%d} {row.get_need_display()}（{row.get_state_display()}）",
            row.node.name,
            row.get_absolute_url(),
            row.node.root.name if row.node.root else "",
            "意见建议",
        )
        for row in rows
    }


describe_with("visit", tell_visits)
describe_with("matter", tell_matters)
register(
    Source(
        "visit",
        frozenset({"visit_count", "diary_count"}),
        _visits,
        ("node__root_id", "at_home", "entry"),
        _count_visit,
        order=(*ORDER, "happened_on", "pk"),
    ),
    Source(
        "matter",
        frozenset({"opinion_in", "opinion_closed", "opinion_callback"}),
        _matters,
        ("node__root_id", "told", "called"),
        _count_matter,
        order=(*ORDER, "raised_on", "pk"),
    ),
)
