"""The left menu: what each seat can open."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from grids.access import Right, Scope, Seat, may, scope_of
from grids.choices import Kind
from reports.cockpit.queries.todo import todo_count

PARTY_SEATS = {Seat.CLERK, Seat.LEADER, Seat.SECRETARY, Seat.STAFF, Seat.MEMBER}
OUT_VISITING = {Seat.SECRETARY, Seat.STAFF, Seat.MEMBER}
OFFICE_AND_SECRETARY = {Seat.CLERK, Seat.LEADER, Seat.SECRETARY}
READERS_OF_EXPORTS = OFFICE_AND_SECRETARY | {Seat.AUDITOR}


@dataclass(frozen=True)
class Item:
    """One menu line."""

    title: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Group:
    """A heading with its lines."""

    title: str
    items: list[Item]


@dataclass(frozen=True)
class Entry:
    """A menu line before it is known whose menu it is; a right or a set of seats opens it."""

    title: str
    view: str
    icon: str
    args: tuple[str, ...] = ()
    right: Right | None = None
    seats: frozenset[Seat] | None = None
    room: str = ""  # address that begins all pages of this line, where its own is one of several

    @cached_property
    def url(self) -> str:
        """Its address; computed once, since every page shows it."""
        return reverse(self.view, args=self.args)

    @cached_property
    def begins(self) -> str:
        """How the addresses of all its pages begin."""
        return reverse(self.room) if self.room else self.url

    def shown_to(self, request: HttpRequest, scope: Scope) -> bool:
        """True when the user's seat has the right, or is among the seats."""
        if self.right is not None:
            return may(request.user, self.right)
        return self.seats is None or scope.seat in self.seats


def _lists() -> tuple[Entry, ...]:
    kinds = (
        (Kind.GRID, "网格", "grid"),
        (Kind.GROUP, "党小组", "group"),
        (Kind.HUB, "中心户（示范岗）", "hub"),
        (Kind.MEMBER, "党员", "member"),
        (Kind.HOUSEHOLD, "农户", "household"),
    )
    party = frozenset(PARTY_SEATS)
    return tuple(
        Entry(title, "grids:node_list", icon, args=(str(kind),), seats=party) for kind, title, icon in kinds
    )


LAYOUT: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("首页", "reports:home", "home", seats=frozenset({*PARTY_SEATS, Seat.NOBODY})),
            Entry("待办", "reports:todo", "todo", right=Right.EDIT_ROSTER),
            Entry("网格结构", "grids:tree", "tree", right=Right.READ_ROSTER),
            Entry("覆盖缺口", "grids:gaps", "warning", right=Right.READ_ROSTER),
            Entry(
                "导入花名册", "grids:import_new", "upload", right=Right.IMPORT_ROSTER, room="grids:imports"
            ),
        ),
    ),
    (
        "花名册",
        (
            *_lists(),
            Entry("人员", "grids:people", "people", right=Right.READ_ROSTER),
            Entry("任职", "grids:posts", "person", right=Right.READ_ROSTER),
            Entry("后备干部库", "grids:reserve", "lock", right=Right.READ_RESERVE),
            Entry("村民小组", "grids:villager_groups", "village", seats=frozenset(OFFICE_AND_SECRETARY)),
        ),
    ),
    (
        "联系服务",
        (
            Entry("谁联系谁", "liaison:edges", "link", right=Right.READ_ROSTER),
            Entry("需调整", "liaison:adjust", "refresh", right=Right.READ_ROSTER),
            Entry("编排建议", "liaison:proposals", "check", right=Right.EXPORT_ROSTER),
            Entry("包挂联系", "liaison:contacts", "link", right=Right.READ_ROSTER),
            Entry("比例区间", "liaison:bands", "chart", right=Right.READ_ROSTER),
        ),
    ),
    (
        "服务",
        (
            Entry("手机页", "services:phone", "phone", seats=frozenset(OUT_VISITING)),
            Entry("走访", "services:visits", "calendar", right=Right.READ_ROSTER),
            Entry("意见建议", "services:matters", "todo", right=Right.READ_ROSTER),
            Entry("代办事项", "services:tickets", "check", right=Right.READ_ROSTER),
            Entry("党内生活", "services:party_meetings", "book", right=Right.READ_ROSTER),
            Entry("队伍与志愿", "services:teams_room", "people", right=Right.EXPORT_ROSTER),
            Entry("公示与标牌", "services:notices", "bell", right=Right.EXPORT_ROSTER),
        ),
    ),
    (
        "上报",
        (
            Entry("年度任务", "reports:campaigns", "calendar", right=Right.READ_ROSTER),
            Entry("各村上报", "reports:filings", "upload", right=Right.EXPORT_ROSTER),
            Entry("勾稽检查", "reports:checks", "check", right=Right.EXPORT_ROSTER),
            Entry("目标完成情况", "reports:goals", "chart", right=Right.READ_ROSTER),
            Entry("督查与例会", "reports:supervision", "bell", right=Right.EXPORT_ROSTER),
            Entry("备案与领导小组", "reports:records", "book", right=Right.EXPORT_ROSTER),
        ),
    ),
    (
        "报表",
        (
            Entry("附件1至4", "reports:annexes", "table", right=Right.EXPORT_ROSTER),
            Entry("联系卡", "liaison:cards", "print", right=Right.EXPORT_ROSTER),
            Entry("县里的空表", "reports:blanks", "file", right=Right.EXPORT_ROSTER),
            Entry("交换文件", "reports:handovers", "link", right=Right.EXPORT_ROSTER),
            Entry("导出任务", "reports:jobs", "download", right=Right.EXPORT_ROSTER),
            Entry("导出记录", "reports:exports", "history", seats=frozenset(READERS_OF_EXPORTS)),
        ),
    ),
    (
        "管理",
        (
            Entry("操作记录", "grids:actions", "refresh", right=Right.READ_ROSTER),
            Entry("账号管理", "township:users", "user", right=Right.MANAGE_USERS),
            Entry("操作日志", "township:audit", "history", right=Right.READ_AUDIT),
        ),
    ),
)


@dataclass(frozen=True)
class Todo:
    """The link to 待办 in the top bar; the office's own is not counted on every page."""

    url: str
    n: int | None


def todo(request: HttpRequest) -> Todo | None:
    """How much waits for a village's secretary; None for seats nothing is sent to."""
    seat = scope_of(request.user).seat
    if seat not in (Seat.CLERK, Seat.SECRETARY):
        return None
    return Todo(reverse("reports:todo"), todo_count(request.user) if seat == Seat.SECRETARY else None)


def build(request: HttpRequest) -> list[Group]:
    """Menu groups for the user's seat; empty groups are left out."""
    scope = scope_of(request.user)
    shown = [
        (title, [(entry, entry.begins) for entry in entries if entry.shown_to(request, scope)])
        for title, entries in LAYOUT
    ]
    current = _current(request.path, [room for _, entries in shown for _, room in entries])
    return [
        Group(title, [Item(entry.title, entry.url, entry.icon, room == current) for entry, room in entries])
        for title, entries in shown
        if entries
    ]


def _current(path: str, urls: list[str]) -> str:
    """The line one stands on: the longest address that begins the page's own; home only for itself."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(above, key=len, default="")
