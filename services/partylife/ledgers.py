"""The ledgers of Party life: appraisal as counts, education, floating members and the contacts with them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from grids.ledgers.columns import LedgerColumn as Column
from grids.ledgers.columns import branches, choice, day, members, name, number, prose
from grids.ledgers.ledger import CURRENT, ENDED, Asked, Ledger, enlist
from grids.ledgers.tables import Cell, Cells, Field, day_cell
from grids.models import Node
from grids.registers.columns import Choice, Choices
from grids.registers.desk import Desk
from grids.registers.spots import person_key
from services.models import Appraisal, EducationEvent, FloatingContact, FloatingMember
from services.partylife import queries
from services.partylife.choices import Channel, EducationForm, FloatingReason
from services.partylife.rules import (
    CONTACT_DAYS,
    YEAR_FROM,
    YEAR_TO,
    appraisal_fault,
    contact_due,
    contact_words,
    excellent_note,
)

if TYPE_CHECKING:
    from township.models import User

ROOM, OVERDUE = "partylife", "overdue"
GRADES = ("excellent", "qualified", "basic", "unqualified")


class Appraisals(Ledger):
    """民主评议 as counts per branch and year."""

    code, title, unit, rank, room, model = "appraisals", "民主评议汇总", "个支部", 20, ROOM, Appraisal
    tab, add, clause = "民主评议", "登记评议结果", "二(三)1"
    empty = "每个支部每年登记一行人数，不登记个人的等次。"
    path, identity, dated, order = "branch__root", ("branch", "year"), "year", ("-year", "branch__lft", "pk")
    search = ("branch__name", "remark")
    more = (Field("提示", 40, "wrap"),)
    columns = (
        Column(
            "branch", "党支部", ("支部", "党组织"), "choice", True, branches, width=12, paper=44, css="wrap"
        ),
        number("year", "年度", required=True, low=YEAR_FROM, high=YEAR_TO, example="2026"),
        number("assessed", "参评人数", ("参评", "参加评议人数"), required=True, low=1),
        *(
            number(key, title, (f"{title}人数",), default=0)
            for key, title in zip(GRADES, ("优秀", "合格", "基本合格", "不合格"), strict=True)
        ),
        prose("remark", "备注", 100, ("说明",)),
    )

    def faults(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """The four add up to those assessed."""
        text = appraisal_fault(values["assessed"], [values.get(key) or 0 for key in GRADES])
        if text:
            yield "assessed", text

    def notes(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """More than a third excellent is worth a look."""
        if text := excellent_note(values["assessed"], values.get("excellent") or 0):
            yield "excellent", text

    def computed(self, row: Appraisal, on: date) -> Cells:
        """The same word beside the row."""
        return (Cell(excellent_note(row.assessed, row.excellent)),)


class Education(Ledger):
    """教育活动."""

    code, title, unit, rank, room, model = "education", "教育活动台账", "次", 21, ROOM, EducationEvent
    tab, add, clause = "教育活动", "登记教育活动", "二(三)1"
    empty = "集中培训、座谈交流、上门送学各登记一条。"
    identity, dated, order = ("day", "form", "topic"), "day", ("-day", "-pk")
    search = ("topic", "speaker", "place", "note")
    columns = (
        prose("topic", "主题", 60, ("教育主题", "内容"), required=True, paper=52),
        day("day", "日期", ("时间", "活动日期"), required=True, is_today=True, is_past=True),
        choice("form", "形式", EducationForm, ("教育形式",), required=True),
        prose("place", "地点", 40, paper=30),
        name("speaker", "授课人", ("主讲人",)),
        number("attendees", "参加人次", ("人次", "参加人数")),
        number("floating", "其中流动党员", ("流动党员人次",)),
        prose("note", "简要情况", 200, ("备注",), rows=2, listed=False, help="不写个人的健康、家庭情况"),
    )

    def faults(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """A part is no more than the whole."""
        if values.get("floating") and values["floating"] > (values.get("attendees") or 0):
            yield "floating", "其中流动党员不能多于参加人次。"


class Floating(Ledger):
    """流动党员台账, with when the next contact is due."""

    code, title, unit, rank, room, model = "floating", "流动党员台账", "人", 22, ROOM, FloatingMember
    tab, add, clause = "流动党员", "登记流动党员", "二(三)1"
    empty = "外出半年以上、没有转出组织关系的党员登记在这里；只记去向到县，不记行踪。"
    path, identity, ends, ended = "member__root", ("member",), "returned_on", "已返回"
    missing_words = "花名册标为流动、还没有登记去向"
    search = ("member__name", "destination", "host_org", "contact_person")
    order = ("member__lft", "pk")
    children = (("floating-contacts", "floating"),)
    more = (Field("最近联系", 24, "nowrap", "center"), Field("下次联系", 30, "", "center"))
    columns = (
        Column("member", "党员", ("姓名", "党员姓名", "流动党员"), "choice", True, members, paper=26),
        prose("destination", "去向（县级）", 30, ("外出地点", "去向", "流入地", "流动去向"), required=True,
              paper=34, help="只写到县（市、区），不写详细地址"),
        day("since", "外出时间", ("流动时间", "外出日期"), required=True, is_past=True),
        choice("reason", "外出事由", FloatingReason, ("事由", "外出原因", "流动原因"), required=True),
        prose("host_org", "流入地党组织", 40, paper=34),
        name("contact_person", "联系人", ("支部联系人", "联系党员"), help="本支部负责与其联系的人"),
        day("returned_on", "返回日期", ("返乡日期",), listed=False, help="回来了才填，填了就移出在册"),
    )  # fmt: skip

    @property
    def states(self) -> Sequence[tuple[str, str]]:
        """Those to be called, too."""
        return ((CURRENT, "在外"), (OVERDUE, "该联系未联系"), (ENDED, self.ended), ("all", "全部"))

    def narrowed(self, rows: QuerySet[Any], asked: Asked, *, on: date) -> QuerySet[Any]:
        """With the last contact; those only to whom nobody spoke for too long, where they are asked for."""
        rows = rows.annotate(last=Max("contacts__day"))
        if asked.state != OVERDUE:
            return rows
        limit = on - timedelta(days=CONTACT_DAYS)
        return rows.annotate(silent=Coalesce("last", "since")).filter(silent__lt=limit)

    def listed_in(self, asked: Asked) -> tuple[str, ...]:
        """The longest silence first among those to be called."""
        order = super().listed_in(asked)
        return ("silent", *order) if asked.state == OVERDUE else order

    def computed(self, row: Any, on: date) -> Cells:
        """Last contact, and until when the next one is due."""
        if row.returned_on is not None:
            return (day_cell(row.last), Cell(""))
        state, words = contact_words(contact_due(row.last, row.since), on)
        return (day_cell(row.last), Cell(words, state))

    def faults(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """Days in order."""
        back = values.get("returned_on")
        if back is not None and back < values["since"]:
            yield "returned_on", "返回日期不能早于外出时间。"

    def missing(self, user: "User | Any", *, on: date) -> list[tuple[str, str]]:
        """Members the roster calls floating who have no row yet."""
        add = reverse("services:ledger_new", args=[self.room, self.code])
        return [
            (f"{one.name}（{one.village}）", f"{add}?village={one.root_id}&member={one.pk}")
            for one in queries.flagged_without_row(user)
        ]


def away(desk: Desk) -> Choices:
    """Members of the village who are away."""
    own = Node.objects.editable_by(desk.user).filter(root_id=desk.root_id).order_by()
    rows = FloatingMember.objects.filter(member__in=own.values("pk"), returned_on=None)
    named = rows.order_by("member__lft").values_list("pk", "member__name", "destination")
    return Choices(tuple(Choice(f"{who}（{where}）", pk, (who,)) for pk, who, where in named), person_key)


class Contacts(Ledger):
    """与流动党员的联系记录."""

    code, title, unit, rank, room, model = (
        "floating-contacts",
        "流动党员联系记录",
        "次",
        23,
        ROOM,
        FloatingContact,
    )
    tab, add, clause = "联系记录", "登记联系", "二(三)1"
    empty = "电话回访、QQ群、微信群、寄发资料，每次登记一条。"
    path, identity, dated = "floating__member__root", ("floating", "day", "channel"), "day"
    search = ("floating__member__name", "note")
    order = ("-day", "-pk")
    columns = (
        Column("floating", "流动党员", ("党员", "姓名"), "choice", True, away, width=11, paper=34),
        day("day", "日期", ("联系日期", "时间"), required=True, is_today=True, is_past=True),
        choice("channel", "方式", Channel, ("联系方式",), required=True),
        prose("note", "内容", 100, ("联系内容", "备注"), paper=90, help="只记联系要点，不记行踪、收入、健康"),
    )

    def _foreign(self) -> list[str]:
        return ["floating", "floating__member"]


ALL = enlist(Appraisals(), Education(), Floating(), Contacts())
