"""The ledgers of teams: teams, volunteers, activities, stations, demonstration households, venues."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from grids import access
from grids.ledgers.columns import LedgerColumn as Column
from grids.ledgers.columns import choice, day, flag, members, name, number, prose
from grids.ledgers.ledger import Asked, Ledger, enlist
from grids.ledgers.tables import Cell, Cells, Field
from grids.models import Node
from grids.registers.columns import Choice, Choices
from grids.registers.desk import Desk
from grids.registers.spots import person_key
from services.models import (
    DemoHousehold,
    HelpRecord,
    ServiceTeam,
    TeamActivity,
    Venue,
    Volunteer,
    VolunteerPoint,
)
from services.teams import queries
from services.teams.choices import Campaign, HelpKind, TeamBasis, TeamKind

if TYPE_CHECKING:
    from township.models import User

ROOM = "teams"


def _in_order(values: Mapping[str, Any], first: str, last: str, words: str) -> Iterator[tuple[str, str]]:
    begin, end = values.get(first), values.get(last)
    if begin is not None and end is not None and end < begin:
        yield last, words


class Teams(Ledger):
    """服务队."""

    code, title, unit, rank, room, model = "teams", "服务队", "支", 30, ROOM, ServiceTeam
    add, clause = "登记服务队", "二(三)2"
    empty = "按群众需要（因需）或志趣相投（因趣）组建的服务队登记在这里。"
    identity, ends, ended = ("name",), "ended_on", "已解散"
    search, order = ("name", "leader", "service"), ("name", "pk")
    children = (("volunteers", "team"), ("activities", "team"))
    more = (Field("队员", 16, "num", "center"),)
    columns = (
        prose("name", "队名", 30, ("服务队名称", "名称", "服务队"), required=True, paper=44),
        choice("kind", "类型", TeamKind, ("服务队类型",), required=True),
        choice("basis", "组建依据", TeamBasis, ("依据",), required=True),
        name("leader", "队长", ("负责人",), required=True),
        day("founded_on", "组建日期", ("组建时间",)),
        prose("service", "服务内容", 100, ("主要服务",), rows=2),
        day("ended_on", "解散日期", listed=False),
    )

    def narrowed(self, rows: QuerySet[Any], asked: Asked, *, on: date) -> QuerySet[Any]:
        """With how many belong to it."""
        return rows.annotate(size=Count("volunteers", filter=Q(volunteers__left_on=None)))

    def computed(self, row: Any, on: date) -> Cells:
        """How many."""
        return (Cell(f"{row.size} 人" if row.size else ""),)

    def faults(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """Days in order."""
        yield from _in_order(values, "founded_on", "ended_on", "解散日期不能早于组建日期。")


def teams(desk: Desk) -> Choices:
    """Teams of the village."""
    rows = ServiceTeam.objects.visible_to(desk.user).filter(root_id=desk.root_id, ended_on=None)
    return Choices(tuple(Choice(called, pk) for pk, called in rows.values_list("pk", "name")))


class Volunteers(Ledger):
    """志愿者, in the Party and not."""

    code, title, unit, rank, room, model = "volunteers", "志愿者名册", "人", 31, ROOM, Volunteer
    tab, add, clause = "志愿者", "登记志愿者", "二(三)2"
    empty = "党员和群众自愿报名的登记在这里；特长由本人提出，可以随时撤回。"
    identity, ends, ended = ("name", "phone"), "left_on", "已退出"
    search, order = ("name", "skills", "team__name"), ("name", "pk")
    columns = (
        name("name", "姓名", ("志愿者", "志愿者姓名"), required=True),
        flag("is_member", "党员", ("是否党员", "政治面貌")),
        Column("phone", "联系电话", ("电话", "手机"), "phone", width=9, paper=28, css="nowrap"),
        prose("skills", "特长（本人自愿）", 60, ("特长", "技能"), help="本人愿意提供的才填，可随时撤回"),
        Column("team", "服务队", ("所在服务队", "队名"), "choice", choices=teams, width=10, paper=32),
        day("joined_on", "加入日期", ("加入时间", "登记日期")),
        day("left_on", "退出日期", listed=False),
    )

    def faults(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """Days in order."""
        yield from _in_order(values, "joined_on", "left_on", "退出不能早于加入。")


class Activities(Ledger):
    """服务活动."""

    code, title, unit, rank, room, model = "activities", "服务活动记录", "次", 32, ROOM, TeamActivity
    tab, add, clause = "活动", "登记活动", "二(三)2"
    empty = "每次活动登记一条；主题行动只标在活动上。"
    identity, dated, order = ("day", "title", "team"), "day", ("-day", "-pk")
    search = ("title", "place", "note", "team__name")
    columns = (
        prose("title", "主题", 60, ("活动主题", "活动名称", "活动内容"), required=True, paper=52),
        day("day", "日期", ("活动日期", "时间"), required=True, is_today=True, is_past=True),
        prose("place", "地点", 40, ("活动地点",), paper=30),
        Column("team", "服务队", ("组织队伍",), "choice", choices=teams, width=10, paper=32),
        number("participants", "参加人数", ("人数", "参加人次")),
        choice("campaign", "主题行动", Campaign, ("行动",)),
        prose("note", "简要情况", 200, ("备注",), rows=2, listed=False, help="不写受助人的姓名和家庭情况"),
    )


class Stations(Ledger):
    """志愿服务站, one for each village; the township's centre stands over the list."""

    code, title, unit, rank, room, model = "stations", "志愿服务站", "个", 33, ROOM, VolunteerPoint
    tab, add, clause = "志愿服务中心（站）", "登记服务站", "二(三)2"
    empty = "每个村设一个志愿服务站，9月30日前建成。"
    identity, missing_words = (), "还没有建成志愿服务站"
    search, order = ("name", "place", "coordinator"), ("pk",)
    more = (Field("进度", 24, "", "center"),)
    columns = (
        prose("name", "名称", 40, ("站点名称", "服务站"), required=True, paper=50),
        prose("place", "地点", 40, ("地址", "位置"), paper=44),
        name("coordinator", "负责人", ("站长", "联系人")),
        day("opened_on", "建成日期", ("建成时间", "挂牌日期"), is_past=True, help="还没有建成就空着"),
        prose("remark", "备注", 100),
    )

    def rows_of_village(self, desk: Desk) -> QuerySet[Any]:
        """The village's one station."""
        return super().rows_of_village(desk).filter(root__isnull=False)

    def computed(self, row: Any, on: date) -> Cells:
        """Built, or still to be."""
        built = row.opened_on is not None and row.opened_on <= on
        return (Cell("已建成", "done") if built else Cell("筹建中", "wait"),)

    def narrowed(self, rows: QuerySet[Any], asked: Asked, *, on: date) -> QuerySet[Any]:
        """Stations; the centre has its own line."""
        return rows.filter(root__isnull=False)

    def missing(self, user: "User | Any", *, on: date) -> list[tuple[str, str]]:
        """Villages without a station that is built; where one is entered, its day is still to be written."""
        add = reverse("services:ledger_new", args=[self.room, self.code])
        edit = partial(reverse, "services:ledger_edit")
        return [
            (one.name, edit(args=[self.room, self.code, begun]) if begun else f"{add}?village={one.pk}")
            for one, begun in queries.without_station(user, on=on)
        ]

    def panel(self, user: "User | Any", *, on: date) -> Mapping[str, Any]:
        """The township's centre and how many stations there are."""
        return {
            "progress": queries.progress(user, on=on),
            "centre": queries.centre(user),
            "may_centre": access.may(user, access.Right.EDIT_TOWN_CONTACTS),
        }


class Demo(Ledger):
    """党员示范户."""

    code, title, unit, rank, room, model = "demo", "党员示范户", "户", 34, ROOM, DemoHousehold
    add, clause = "登记示范户", "二(三)2"
    empty = "带头发展产业、帮带群众的党员示范户登记在这里。"
    path, identity, ends, ended = "member__root", ("member",), "ended_on", "已退出"
    search, order = ("member__name", "industry", "remark"), ("member__lft", "pk")
    children = (("help", "demo"),)
    more = (Field("帮带", 18, "num", "center"),)
    columns = (
        Column("member", "党员", ("姓名", "户主", "示范户"), "choice", True, members, width=9, paper=28),
        prose("industry", "示范产业", 30, ("产业", "示范项目"), required=True, paper=44),
        day("since", "认定日期", ("认定时间",)),
        day("ended_on", "退出日期", listed=False),
        prose("remark", "备注", 100),
    )

    def narrowed(self, rows: QuerySet[Any], asked: Asked, *, on: date) -> QuerySet[Any]:
        """With how often it helped."""
        return rows.annotate(helped=Count("help"))

    def computed(self, row: Any, on: date) -> Cells:
        """How often."""
        return (Cell(f"{row.helped} 次" if row.helped else ""),)

    def faults(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """Days in order."""
        yield from _in_order(values, "since", "ended_on", "退出日期不能早于认定日期。")


def demos(desk: Desk) -> Choices:
    """Demonstration households of the village."""
    own = Node.objects.editable_by(desk.user).filter(root_id=desk.root_id).order_by()
    rows = DemoHousehold.objects.filter(member__in=own.values("pk"), ended_on=None)
    named = rows.order_by("member__lft").values_list("pk", "member__name", "industry")
    return Choices(tuple(Choice(f"{who}（{what}）", pk, (who,)) for pk, who, what in named), person_key)


class Help(Ledger):
    """示范户的帮带记录, of three kinds."""

    code, title, unit, rank, room, model = "help", "示范户帮带记录", "次", 35, ROOM, HelpRecord
    tab, add, clause = "帮带记录", "登记帮带", "二(三)2"
    empty = "供销行情分析、种养技术指导、销售渠道三类帮带，每次登记一条。"
    path, identity, dated = "demo__member__root", ("demo", "day", "kind"), "day"
    search = ("demo__member__name", "note")
    order = ("-day", "-pk")
    columns = (
        Column("demo", "示范户", ("党员示范户", "姓名"), "choice", True, demos, width=11, paper=32),
        day("day", "日期", ("帮带日期", "时间"), required=True, is_today=True, is_past=True),
        choice("kind", "帮带内容", HelpKind, ("内容", "类别"), required=True, paper=32),
        number("households", "受助户数", ("户数",)),
        prose("note", "简要情况", 100, ("摘要", "备注"), paper=80, help="不写受助户的姓名和家庭情况"),
    )

    def _foreign(self) -> list[str]:
        return ["demo", "demo__member"]


FUNCTIONS = ("learning", "service", "activity", "culture")


class Venues(Ledger):
    """活动场所 with its four functions."""

    code, title, unit, rank, room, model = "venues", "活动场所", "处", 36, ROOM, Venue
    add, clause = "登记场所", "二(三)1"
    empty = "党群活动场所登记在这里，勾选它有哪些功能。"
    identity, ends, ended = ("name",), "ended_on", "已停用"
    search, order = ("name", "address", "remark"), ("name", "pk")
    columns = (
        prose("name", "名称", 40, ("场所名称", "活动场所"), required=True, paper=48),
        prose("address", "地址", 40, ("地点", "位置"), paper=36),
        *(
            flag(key, title)
            for key, title in zip(FUNCTIONS, ("学习教育", "便民服务", "党群活动", "文体娱乐"), strict=True)
        ),
        day("opened_on", "启用日期", ("建成日期",)),
        day("ended_on", "停用日期", listed=False),
        prose("remark", "备注", 100, listed=False),
    )

    def faults(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """Days in order."""
        yield from _in_order(values, "opened_on", "ended_on", "停用不能早于启用。")

    def notes(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """A venue without any of the four is hardly one."""
        if not any(values.get(key) for key in FUNCTIONS):
            yield "", "四项功能一项也没有勾选"


ALL = enlist(Teams(), Volunteers(), Activities(), Stations(), Demo(), Help(), Venues())
