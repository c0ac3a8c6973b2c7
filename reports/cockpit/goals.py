"""The four goals of 一 (R02) as bars: which numbers stand for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from grids.choices import Kind
from services.notices.choices import Notice
from services.teams.ledgers import Stations
from services.tickets.queries.lists import OFF_TIME
from services.visits.queries.matters import OPEN

Place = tuple[str, Mapping[str, str]]  # a kind of PAGES or of the tree, and the query of its list


@dataclass(frozen=True)
class Measure:
    """One number: of `total` things `missing` are not yet so; both codes are read by queries/goals.py.

    `rows` and `lacking` name the lists that have exactly these rows.
    """

    title: str
    unit: str
    total: str
    missing: str
    clause: str
    rows: Place | None  # None: no list has just these rows
    lacking: Place


@dataclass(frozen=True)
class Goal:
    """One of the four goals."""

    title: str
    measures: Sequence[Measure]
    untargeted: Sequence[str]  # counted in annex 1, but the document names no number to reach


PAGES = {
    "gaps": "grids:gaps",
    "lanes": "grids:villager_groups",
    "filings": "reports:filings",
    "boards": "services:signs",
    "plates": "services:signs",
    "stations": "services:ledger",
    "unseen": "services:register",
    "matters": "services:matters",
    "errands": "services:tickets",
    "meetings": "services:party_due",
}
ARGS: Mapping[str, Sequence[str]] = {
    "boards": [Notice.BOARD],
    "plates": [Notice.PLATE],
    "stations": [Stations.room, Stations.code],
    "unseen": ["due"],
}
LISTS: Mapping[str, tuple[Kind, str]] = {
    "grids": (Kind.GRID, "个"),
    "groups": (Kind.GROUP, "个"),
    "hubs": (Kind.HUB, "个"),
    "members": (Kind.MEMBER, "名"),
    "able": (Kind.MEMBER, "名"),
    "households": (Kind.HOUSEHOLD, "户"),
}


def address(place: Place) -> str:
    """The list's address."""
    name, query = place
    view, args = (PAGES[name], ARGS.get(name, [])) if name in PAGES else ("grids:node_list", [name])
    url = reverse(view, args=args)
    return f"{url}?{urlencode(query)}" if query else url


def _all(total: str) -> Place | None:
    return None if total == "able" else (LISTS[total][0].value, {"all": "1"})


def _gap(code: str) -> Place:
    return "gaps", {"kind": code}


def _listed(title: str, total: str, missing: str, clause: str, *, state: str = "") -> Measure:
    """A measure whose missing rows are one state of the kind's own list."""
    kind, unit = LISTS[total]
    lacking = (kind.value, {"state": state or missing})
    return Measure(title, unit, total, missing, clause, _all(total), lacking)


def _sign(title: str, total: str, clause: str) -> Measure:
    return Measure(title, "块", total, f"{total}_waiting", clause, (total, {}), (total, {"state": "waiting"}))


FILED: Place = ("filings", {})

GOALS: tuple[Goal, ...] = (
    Goal(
        "服务触角有效延伸",
        (
            Measure("村民小组划入网格", "个", "lanes", "gridless", "二(一)", ("lanes", {}), _gap("gridless")),
            _listed("网格建立党小组", "grids", "groupless", "二(一)"),
            _listed("党小组确定中心户", "groups", "hubless", "二(一)"),
            _listed("党员编入中心户", "members", "unplaced", "二(四)1"),
            _listed("农户有党员联系", "households", "unlinked", "二(四)1"),
        ),
        (),
    ),
    Goal(
        "服务资源配置优化",
        (
            Measure(
                "党组织配备书记",
                "个",
                "organisations",
                "secretaryless",
                "二(二)",
                None,
                _gap("secretaryless"),
            ),
            _listed("党小组配备组长", "groups", "leaderless", "二(二)"),
            Measure(
                "网格配备工作人员", "个", "grids", "staffless", "二(二)", _all("grids"), _gap("staffless")
            ),
            _listed("中心户有负责人", "hubs", "headless", "二(二)"),
            Measure("任职没有过期", "项", "posts", "past_term", "二(二)", None, _gap("past_term")),
            _sign("中心户标识牌挂好", "plates", "二(二)"),
            _sign("网格公示牌挂好", "boards", "二(四)3"),
            Measure(
                "村建成志愿服务站",
                "个村",
                "station_villages",
                "stationless",
                "二(三)2",
                None,
                ("stations", {}),
            ),
        ),
        ("党群活动场所", "后备干部", "保障情况（人、财、物）"),
    ),
    Goal(
        "服务水平不断提升",
        (
            _listed("能联户的党员有联系户", "able", "idle", "二(四)1"),
            _listed("能联户的党员联系户数在规定范围", "able", "members_off", "二(四)1", state="off_band"),
            _listed("中心户联系党员数在规定范围", "hubs", "hubs_off", "二(四)1", state="off_band"),
            Measure(
                "农户按间隔走访到", "户", "homes", "unseen", "二(四)2", _all("households"), ("unseen", {})
            ),
            Measure(
                "意见建议办结归档",
                "条",
                "matters",
                "open_matters",
                "二(四)2",
                ("matters", {}),
                ("matters", {"state": OPEN}),
            ),
            Measure(
                "代办件按期办结",
                "件",
                "errands",
                "late_errands",
                "二(四)4",
                None,
                ("errands", {"state": OFF_TIME}),
            ),
        ),
        ("民情日记", "走访户次"),
    ),
    Goal(
        "功能作用发挥明显",
        (
            _listed("党员参加联户", "members", "absent", "二(四)1"),
            Measure(
                "三会一课和组织生活按期召开",
                "个支部、党小组",
                "units",
                "owing",
                "二(三)1",
                ("meetings", {}),
                ("meetings", {"owing": "on"}),
            ),
            Measure("各村上报", "个村", "villages", "unfiled", "三3", FILED, FILED),
            Measure("各村按时上报", "个村", "villages", "late", "三3", FILED, FILED),
        ),
        ("民主评议", "党员示范户帮带", "服务队和志愿者活动"),
    ),
)
