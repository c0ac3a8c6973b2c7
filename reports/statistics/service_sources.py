"""Numbers of annex 1 that come from the rooms of services, and from the reserve of cadres."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from grids import access
from grids.choices import Kind
from grids.models import Node, ReserveCadre
from grids.reserve.choices import ReserveState
from reports.statistics.roster_sources import TREE_ORDER
from reports.statistics.sources import OWN, Key, Source, Told, describe_with, register
from services.models import CardIssue, DemoHousehold, ServiceTeam, Sign, Venue, Volunteer, VolunteerPoint

Counted = Iterator[tuple[str, Key | None]]
ROOT_ORDER = ("root__position", "root_id", "name", "pk")
MEMBER_ORDER = ("member__root__position", "member__root_id", "member_id", "pk")


def _until(end: str, on: date) -> Q:
    """Rows that have not ended by that day."""
    return Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": on})


def _since(begin: str, on: date) -> Q:
    """Rows that had begun by that day; a blank day counts as long ago."""
    return Q(**{f"{begin}__isnull": True}) | Q(**{f"{begin}__lte": on})


# --- rows and what they count in ----------------------------------------------------------------------


def _demos(roots: Collection[int], on: date) -> QuerySet[Any]:
    rows = DemoHousehold.objects.filter(member__root_id__in=roots, member__closed_on=None)
    return rows.filter(_since("since", on), _until("ended_on", on))


def _count_demo() -> Counted:
    yield "demo_household_count", OWN


def _cadres(roots: Collection[int], on: date) -> QuerySet[Any]:
    """Those the office had taken in by that day and who were neither used nor gone."""
    past = ReserveCadre.history.filter(id=OuterRef("pk"), state_on__lte=on).order_by("-history_id")
    rows = ReserveCadre.objects.filter(root_id__in=roots).annotate(then=Subquery(past.values("state")[:1]))
    return rows.filter(then=ReserveState.TRAINING)


def _count_cadre() -> Counted:
    yield "reserve_cadre_count", OWN


def _venues(roots: Collection[int], on: date) -> QuerySet[Any]:
    rows = Venue.objects.filter(root_id__in=roots)
    return rows.filter(_since("opened_on", on), _until("ended_on", on))


def _count_venue() -> Counted:
    yield "venue_count", OWN


def _stations(roots: Collection[int], on: date) -> QuerySet[Any]:
    """Built ones; the township's centre stands in no village's row."""
    return VolunteerPoint.objects.filter(root_id__in=roots, opened_on__lte=on)


def _count_station() -> Counted:
    yield "volunteer_station_count", OWN


def _teams(roots: Collection[int], on: date) -> QuerySet[Any]:
    rows = ServiceTeam.objects.filter(root_id__in=roots)
    return rows.filter(_since("founded_on", on), _until("ended_on", on))


def _count_team() -> Counted:
    yield "team_count", OWN


def _volunteers(roots: Collection[int], on: date) -> QuerySet[Any]:
    rows = Volunteer.objects.filter(root_id__in=roots)
    return rows.filter(_since("joined_on", on), _until("left_on", on))


def _count_volunteer() -> Counted:
    yield "volunteer_count", OWN


SIGNS = {Kind.GRID: "board", Kind.HUB: "plate"}


def _signs(roots: Collection[int], on: date) -> QuerySet[Any]:
    hung = Sign.objects.filter(node_id=OuterRef("pk"), hung_on__lte=on)
    return Node.objects.open().filter(root_id__in=roots, kind__in=SIGNS).annotate(hangs=Exists(hung))


def _count_sign(kind: str, hangs: bool) -> Counted:
    yield f"{SIGNS[Kind(kind)]}_due", OWN
    if hangs:
        yield f"{SIGNS[Kind(kind)]}_installed", OWN


def _issues(roots: Collection[int], on: date) -> QuerySet[Any]:
    return CardIssue.objects.filter(node__root_id__in=roots, day__lte=on)


def _count_cards(cards: int) -> Counted:
    """One line stands for many cards."""
    for _ in range(cards):
        yield "card_issued", OWN


# --- how the records are told ---------------------------------------------------------------------------


def _tells(model: type[Model], name: str, village: str, place: str, tab: str) -> Any:
    """Rows of a ledger: by a name and one fact, with their page."""

    def tell(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
        rows = model._default_manager.filter(pk__in=pks).annotate(told=F(name), village=F(village))
        facts = rows.values_list("pk", "told", "village", place)
        room, code = model.LEDGER  # type: ignore[attr-defined]
        return {
            pk: Told(told, fact or "", reverse("services:ledger_row", args=[room, code, pk]), root or "", tab)
            for pk, told, root, fact in facts
        }

    return tell


def tell_cadres(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
    """No names outside the reserve's own pages, and a way there only for those who may go."""
    may = user is not None and access.may(user, access.Right.READ_RESERVE)
    rows = ReserveCadre.objects.filter(pk__in=pks).values_list("pk", "root__name")
    return {
        pk: Told(
            f"后备干部（编号 {pk}）",
            "姓名见后备干部库",
            reverse("grids:reserve_row", args=[pk]) if may else "",
            village,
            "后备干部",
        )
        for pk, village in rows
    }


def tell_issues(pks: Collection[int], user: Any, on: date) -> dict[int, Told]:
    """Lines of cards handed out: where, when, by whom."""
    fields = ("pk", "node__name", "day", "handed_by", "node__root__name")
    rows = CardIssue.objects.filter(pk__in=pks).values_list(*fields)
    return {
        pk: Told(
            place, f"{day:%Y-%m-%d} {by}", reverse("services:card_issue", args=[pk]), village, "联系卡发放"
        )
        for pk, place, day, by, village in rows
    }


describe_with("demo", _tells(DemoHousehold, "member__name", "member__root__name", "industry", "党员示范户"))
describe_with("venue", _tells(Venue, "name", "root__name", "address", "活动场所"))
describe_with("station", _tells(VolunteerPoint, "name", "root__name", "place", "志愿服务站"))
describe_with("team", _tells(ServiceTeam, "name", "root__name", "leader", "服务队"))
describe_with("volunteer", _tells(Volunteer, "name", "root__name", "team__name", "志愿者"))
describe_with("reserve", tell_cadres)
describe_with("card_issue", tell_issues)
register(
    Source(
        "demo",
        frozenset({"demo_household_count"}),
        _demos,
        ("member__root_id",),
        _count_demo,
        order=MEMBER_ORDER,
    ),
    Source(
        "reserve", frozenset({"reserve_cadre_count"}), _cadres, ("root_id",), _count_cadre, order=ROOT_ORDER
    ),
    Source("venue", frozenset({"venue_count"}), _venues, ("root_id",), _count_venue, order=ROOT_ORDER),
    Source(
        "station",
        frozenset({"volunteer_station_count"}),
        _stations,
        ("root_id",),
        _count_station,
        order=ROOT_ORDER,
    ),
    Source("team", frozenset({"team_count"}), _teams, ("root_id",), _count_team, order=ROOT_ORDER),
    Source(
        "volunteer",
        frozenset({"volunteer_count"}),
        _volunteers,
        ("root_id",),
        _count_volunteer,
        order=ROOT_ORDER,
    ),
    Source(
        "node",
        frozenset(f"{sign}_{part}" for sign in SIGNS.values() for part in ("due", "installed")),
        _signs,
        ("root_id", "kind", "hangs"),
        _count_sign,
        order=TREE_ORDER,
    ),
    Source(
        "card_issue",
        frozenset({"card_issued"}),
        _issues,
        ("node__root_id", "cards"),
        _count_cards,
        order=("node__root__position", "node__root_id", "day", "pk"),
    ),
)
