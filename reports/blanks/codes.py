"""What a cell of a blank can hold: each indicator of annex 1 by itself, facts of the form, roster columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from liaison.sheets.annex2 import ANNEX2
from liaison.sheets.annex3 import ANNEX3
from liaison.sheets.annex4 import ANNEX4
from reports.statistics.indicators import INDICATORS, LIAISON, Indicator

UNIT, TOWN, YEAR, AS_OF, TODAY = "unit_name", "township_name", "year", "as_of", "today"
FORM = "表头"
ORGANISATIONS = 1  # annex 1: one row for each top organisation
ROSTER_NAMES = {
    ORGANISATIONS: "各党（总）支部（附件1）",
    2: "支部委员包挂（附件2）",
    3: "中心户联系党员（附件3）",
    4: "党员联系群众（附件4）",
}


@dataclass(frozen=True)
class Code:
    """One thing a cell can hold: its words for a person, and what a county's labels may call it."""

    code: str
    title: str
    group: str
    calls: tuple[str, ...] = ()
    waits: str = ""

    @property
    def words(self) -> str:
        """党员 · 总数."""
        return f"{self.group} · {self.title}" if self.group not in {FORM, ""} else self.title


FACTS = (
    Code(UNIT, "填报单位", FORM, ("填报单位", "填表单位", "报送单位", "单位名称", "上报单位", "村名")),
    Code(TOWN, "乡（镇）名称", FORM, ("乡镇", "乡镇名称", "所属乡镇", "乡（镇）")),
    Code(YEAR, "年度", FORM, ("年度", "年份")),
    Code(AS_OF, "统计截止日期", FORM, ("统计截止日期", "截止日期", "统计时间", "统计日期")),
    Code(TODAY, "填报日期", FORM, ("填报时间", "填报日期", "填表时间", "填表日期", "上报日期", "报送时间")),
)
# Other names under which counties ask for the same number.
CALLS: dict[str, tuple[str, ...]] = {
    "villager_group_count": ("村民小组", "村民小组个数", "社数"),
    "household_count": ("总户数", "户数", "农户总数", "农户"),
    "population_count": ("总人口", "人口", "总人口数", "农业人口"),
    "branch_count": ("党支部", "党支部个数", "设立党支部"),
    "grid_count": ("网格", "划分网格数", "网格个数", "网格总数"),
    "group_count": ("党小组", "党小组个数", "组建党小组数"),
    "industry_group_count": ("行业党小组数", "产业党小组数", "其中行业产业党小组"),
    "member_count": ("党员数", "党员总数", "党员人数", "党员", "党员总人数"),
    "probationary_count": ("预备党员", "预备党员数", "其中预备党员"),
    "floating_count": ("流动党员", "流动党员数", "其中流动党员"),
    "liaison_member_count": ("参加联户党员", "联户党员数", "参与联户党员数"),
    "grid_staff_count": ("网格员", "网格员数", "网格员人数", "专兼职网格员"),
    "group_leader_count": ("党小组长", "党小组长数", "党小组组长"),
    "central_household_count": ("党员中心户数", "中心户", "中心户数"),
    "demo_post_count": ("党员示范岗数", "示范岗", "示范岗数"),
    "demo_household_count": ("党员示范户数", "示范户", "示范户数"),
    "reserve_cadre_count": ("后备干部数", "村级后备干部"),
    "e4_targets": ("中心户联系党员数",),
    "e5_holders": ("联系农户的党员数", "联系群众党员数"),
    "e5_targets": ("联系农户数", "党员联系户数", "联系户数", "联户数", "已联系农户数"),
    "coverage_rate": ("覆盖率", "联系覆盖率", "联户覆盖率"),
    "venue_count": ("活动场所", "党群活动场所", "活动场所数"),
    "board_installed": ("公示牌已安装", "公示牌数"),
    "plate_installed": ("标识牌已安装", "标识牌数"),
    "card_issued": ("联系卡", "发放联系卡", "联系卡发放数"),
    "visit_count": ("走访户次", "走访户数", "入户走访"),
    "diary_count": ("民情日记", "民情日记数"),
    "ticket_total": ("代办件数", "代办事项", "受理代办"),
}
COLUMN_CALLS: dict[str, tuple[str, ...]] = {
    "seq": ("序号", "编号"),
    "org_name": (
        "党支部名称",
        "党组织名称",
        "村",
        "村名",
        "行政村",
        "村（社区）",
        "单位名称",
        "单位",
        "填报单位",
    ),
    "householder": ("户主", "户主姓名", "群众姓名", "联系户户主"),
    "address": ("住址", "门牌", "家庭住址", "村民小组"),
    "size": ("家庭人口", "人口", "人口数"),
    "household_phone": ("户主电话", "群众电话", "农户联系电话"),
    "member": ("党员", "党员姓名", "姓名"),
    "member_phone": ("党员联系电话", "联系电话", "电话"),
    "phone": ("电话", "委员电话"),
    "branch": ("支部", "所在党支部", "党支部名称"),
    "group": ("党小组", "所在党小组", "党小组名称"),
    "hub": ("中心户", "党员中心户", "中心户名称"),
    "since": ("起始时间", "联系时间", "起始日期"),
    "count": ("联系户数", "户数", "联系人数"),
    "remark": ("备注", "说明"),
}


def _titles(indicator: Indicator) -> list[str]:
    """A title for each code of a column that prints several: 公示牌已装 and 公示牌应装."""
    if len(indicator.codes) == 1:
        return [indicator.title]
    if "/" not in indicator.title:
        return [f"{indicator.title}（{part}）" for part in indicator.unit.split("/")]
    prefix, _, parts = indicator.title.rpartition(" ")
    return [f"{prefix}{part}" for part in parts.split("/")]


@cache
def numbers() -> dict[str, Code]:
    """Every number (and the remark) of annex 1 by code, as they stand in it."""
    return {
        code: Code(code, title, _group(indicator), CALLS.get(code, ()), indicator.register)
        for indicator in INDICATORS
        for code, title in zip(indicator.codes, _titles(indicator), strict=True)
    }


def _group(indicator: Indicator) -> str:
    return "联系包挂" if indicator.group == LIAISON else indicator.group


@cache
def cell_codes() -> dict[str, Code]:
    """What one cell can hold."""
    return {**{fact.code: fact for fact in FACTS}, **numbers()}


@cache
def roster_codes(roster: int) -> dict[str, Code]:
    """What a column of a growing table can hold."""
    if roster == ORGANISATIONS:
        leading = (("seq", "序号"), ("org_name", "党（总）支部名称"))
        found = {code: Code(code, title, "", COLUMN_CALLS.get(code, ())) for code, title in leading}
        return {**found, **numbers()}
    columns = {2: ANNEX2, 3: ANNEX3, 4: ANNEX4}[roster]
    return {
        column.key: Code(column.key, column.title, column.group, COLUMN_CALLS.get(column.key, ()))
        for column in columns
        if not column.hidden
    }


def words_of(code: str, roster: int | None) -> str:
    """What a mark says on the page; a code that is no more says so."""
    found = (roster_codes(roster) if roster in ROSTER_NAMES else cell_codes()).get(code) if roster else None
    if roster is None:
        found = cell_codes().get(code)
    return found.words if found else "已取消的指标"


def grouped(codes: Iterable[Code]) -> list[tuple[str, list[Code]]]:
    """Codes under their headings, for a list to choose from."""
    groups: dict[str, list[Code]] = {}
    for code in codes:
        groups.setdefault(code.group or "其他", []).append(code)
    return list(groups.items())
