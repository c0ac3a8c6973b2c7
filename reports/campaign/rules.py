"""Every deadline the document sets, as (month, day) of a campaign year, with clause and owner (domain §2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from reports.choices import DutyOwner

CUT_OFF = (9, 15)
FILING_DUE = (9, 16)
MEETING_MONTHS = (2, 4, 6, 8, 10, 12)  # 二(四)5 每两个月一次


@dataclass(frozen=True)
class Duty:
    """One deadline of every year."""

    code: str
    title: str
    clause: str
    owner: str
    month: int
    day: int

    def due(self, year: int) -> date:
        """Its day in a year."""
        return date(year, self.month, self.day)


def _meetings() -> Iterator[Duty]:
    for number, month in enumerate(MEETING_MONTHS, 1):
        last = 28 if month == 2 else 30 if month in (4, 6) else 31
        title = f"党建工作推进例会（第{number}次）"
        yield Duty(f"R69-{number}", title, "二(四)5", DutyOwner.OFFICE, month, last)


DUTIES: tuple[Duty, ...] = (
    Duty("R45", "附件2–4 包挂联系花名册上报", "二(四)1", DutyOwner.VILLAGE, *FILING_DUE),
    Duty("R76", "附件1 情况统计表上报", "三3", DutyOwner.VILLAGE, *FILING_DUE),
    Duty("R75", "推进情况书面材料上报", "三3", DutyOwner.VILLAGE, *FILING_DUE),
    Duty("R21", "党员中心户标识牌安装到位", "二(二)", DutyOwner.VILLAGE, 9, 30),
    Duty("R55", "网格公示牌安装到位", "二(四)3", DutyOwner.VILLAGE, 9, 30),
    Duty("R33", "乡志愿服务中心建成", "二(三)2", DutyOwner.COMMITTEE, 9, 30),
    Duty("R34", "村志愿服务站建成", "二(三)2", DutyOwner.VILLAGE, 9, 30),
    Duty("R74", "网格划分、组建、运行情况备案", "三3", DutyOwner.VILLAGE, 9, 30),
    *_meetings(),
    Duty("R27", "民主评议党员", "二(三)1", DutyOwner.VILLAGE, 12, 31),
    Duty("R68", "党组织书记述职考评", "二(四)5", DutyOwner.COMMITTEE, 12, 31),
)
BY_SIGN = frozenset({"R21", "R55"})  # counted from what hangs; the office may tick them off as well
BY_RECORD = frozenset({"R74"})  # counted from what is on record; the office may tick it off as well
BY_FILING = frozenset({"R45", "R76", "R75"})  # done when a village has filed; nobody ticks them
