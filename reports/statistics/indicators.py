"""Every column of annex 1, declared once: code, title, group, unit, clause, and what it still waits for."""

from dataclasses import dataclass
from typing import Literal

from reports.statistics import sources

Form = Literal["int", "pair", "triple", "percent", "text"]


@dataclass(frozen=True)
class Indicator:
    """One printed column; `register` names what must be built before it can be counted."""

    codes: tuple[str, ...]
    title: str
    group: str
    unit: str
    clause: str
    form: Form = "int"
    register: str = ""
    width: float = 8.4

    @property
    def key(self) -> str:
        """The column's key in the sheet."""
        return self.codes[0]

    @property
    def waits(self) -> bool:
        """True until its register's rows have a source: printed empty, listed as 待建."""
        return bool(self.register) and not sources.answered(self.codes)


POPULATION, COVERAGE, REMARK = "population_count", "coverage_rate", "remark"
CARDS = "card_issued"
# Numbers that add up what their rows say; all others count rows.
ADDED = frozenset({POPULATION, CARDS})
BASICS, SETUP, MEMBERS, TEAM = "基本情况", "组织设置", "党员", "队伍"
LIAISON, GROUNDS, VISITS, ERRANDS = "联系包挂（人/对象）", "阵地标识", "走访", "代办"


def _one(
    code: str, title: str, group: str, unit: str, clause: str, *, waits: str = "", width: float = 8.4
) -> Indicator:
    return Indicator((code,), title, group, unit, clause, register=waits, width=width)


def _pair(edge: str, title: str, clause: str, width: float = 11.5) -> Indicator:
    codes = (f"{edge}_holders", f"{edge}_targets")
    return Indicator(codes, title, LIAISON, "人/对象", clause, form="pair", width=width)


def _due(codes: tuple[str, ...], title: str, unit: str, clause: str, register: str) -> Indicator:
    return Indicator(codes, title, GROUNDS, unit, clause, form="pair", register=register, width=11.5)


def _errand(code: str, title: str) -> Indicator:
    return _one(code, title, ERRANDS, "件", "二(四)4", waits="代办登记")


INDICATORS: tuple[Indicator, ...] = (
    _one("villager_group_count", "村民小组数", BASICS, "个", "二(一)"),
    _one("household_count", "农户数", BASICS, "户", "二(一)", width=9.5),
    _one("population_count", "人口数", BASICS, "人", "二(一)", width=11),
    _one("branch_count", "党支部数", SETUP, "个", "二(一)"),
    _one("grid_count", "网格数", SETUP, "个", "二(一)"),
    _one("group_count", "党小组数", SETUP, "个", "二(一)"),
    _one("industry_group_count", "其中行业产业", SETUP, "个", "二(一)"),
    _one("member_count", "总数", MEMBERS, "人", "二(一)", width=9),
    _one("probationary_count", "预备", MEMBERS, "人", "二(一)"),
    _one("floating_count", "流动", MEMBERS, "人", "二(三)1"),
    _one("liaison_member_count", "参加联户", MEMBERS, "人", "二(四)1"),
    _one("grid_staff_count", "网格工作人员", TEAM, "人", "二(二)"),
    _one("group_leader_count", "党小组长", TEAM, "人", "二(二)"),
    _one("central_household_count", "党员中心户", TEAM, "户", "二(一)"),
    _one("demo_post_count", "党员示范岗", TEAM, "个", "二(一)"),
    _one("demo_household_count", "党员示范户", TEAM, "户", "二(三)2", waits="党员示范户登记"),
    _one("reserve_cadre_count", "后备干部", TEAM, "人", "二(二)", waits="后备干部库"),
    _pair("e0", "乡领导→支部", "二(四)1"),
    _pair("e1", "总支→支部", "二(四)1"),
    _pair("e2", "委员→党小组", "二(四)1"),
    _pair("e3", "组长→中心户(岗)", "二(四)1", width=14.5),
    _pair("e4", "中心户→党员", "二(四)1", width=16),
    _pair("e5", "党员→户", "二(四)1", width=17),
    Indicator(("coverage_rate",), "联系覆盖率", "", "%", "一", form="percent", width=15),
    _one("venue_count", "活动场所", GROUNDS, "处", "二(三)1", waits="党群活动场所登记"),
    _one(
        "volunteer_station_count",
        "志愿服务中心（站）",
        GROUNDS,
        "个",
        "二(三)2",
        waits="志愿服务站登记",
        width=13,
    ),
    _due(("team_count", "volunteer_count"), "服务队/志愿者", "支/人", "二(三)2", "服务队与志愿者名册"),
    _due(("board_installed", "board_due"), "公示牌 已装/应装", "块", "二(四)3", "公示牌安装登记"),
    _due(("plate_installed", "plate_due"), "标识牌 已装/应装", "块", "二(二)", "标识牌安装登记"),
    _one("card_issued", "联系卡发放", GROUNDS, "张", "二(四)3", waits="联系卡发放登记"),
    _one("visit_count", "户次", VISITS, "户次", "二(四)2", waits="走访台账", width=11),
    _one("diary_count", "民情日记篇数", VISITS, "篇", "二(四)2", waits="民情日记", width=9.5),
    Indicator(
        ("opinion_in", "opinion_closed", "opinion_callback"),
        "意见 收集/办结/回访",
        VISITS,
        "条",
        "二(四)2",
        form="triple",
        register="意见建议台账",
        width=18,
    ),
    _errand("ticket_total", "受理合计"),
    _errand("ticket_instant", "即办"),
    _errand("ticket_promised", "承诺"),
    _errand("ticket_supplement", "补办"),
    _errand("ticket_joint", "联办"),
    _errand("ticket_forwarded", "上报"),
    _errand("ticket_declined", "不予办理"),
    _errand("ticket_on_time", "按期办结"),
    Indicator(("remark",), "备注", "", "", "附件1", form="text", width=18),
)
KINDS: dict[Form, Literal["text", "int", "percent"]] = {
    "int": "int",
    "percent": "percent",
    "pair": "text",
    "triple": "text",
    "text": "text",
}
BY_CODE = {code: indicator for indicator in INDICATORS for code in indicator.codes}
# Persons are counted once over the township (ARCHITECTURE 17), so these need not add up.
BY_PERSON = frozenset({"grid_staff_count", "group_leader_count", *(f"e{edge}_holders" for edge in range(6))})


def waiting() -> tuple[Indicator, ...]:
    """Columns whose register does not exist yet."""
    return tuple(indicator for indicator in INDICATORS if indicator.waits)


def countable() -> list[str]:
    """The codes of annex 1 that can be counted today."""
    return [
        code
        for one in INDICATORS
        if not one.waits and one.form in ("int", "pair", "triple")
        for code in one.codes
    ]


def correctable(code: str) -> bool:
    """True for a number that rows give: population and 备注 are typed, the rate follows from two others."""
    return code in countable() and code != POPULATION


def column_title(code: str) -> str:
    """党员·总数: a number of annex 1 as its heading says it."""
    group, title = heading(code)
    return f"{group}·{title}" if group else title


def heading(code: str) -> tuple[str, str]:
    """Group and title of a number; those that share a cell say which they are."""
    one = BY_CODE.get(code)
    return (one.group, f"{one.title}{_part(one, code)}") if one else ("", code)


def unit_of(code: str) -> str:
    """个, 人, 户: what one number counts."""
    one = BY_CODE[code]
    units = one.unit.split("/")
    return units[one.codes.index(code)] if len(units) > 1 else one.unit


def _part(indicator: Indicator, code: str) -> str:
    """（人）, （对象）: which of the numbers that share a cell."""
    if len(indicator.codes) == 1:
        return ""
    at = indicator.codes.index(code)
    if indicator.group == LIAISON:
        return ("（人）", "（对象）")[at]
    return f"（{indicator.title.split(' ')[-1].split('/')[at]}）"
