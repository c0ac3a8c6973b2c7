"""The written report (R75): a draft in the manner of such reports, its numbers filled in from live data."""

from datetime import date

from reports.models import Filing
from reports.statistics import queries as statistics


def report_draft(filing: Filing, *, on: date) -> str:
    """Plain paragraphs the village goes on writing; blanks stand where only people know."""
    campaign = filing.campaign
    found = statistics.read(township_id=campaign.township_id, on=on, organisation=filing.root)
    if not found:
        return ""
    counts = found[0].counts

    def n(code: str) -> str:
        value = counts.value(code)
        return "—" if value is None else str(value)

    coverage = f"{counts.coverage:.1%}" if counts.coverage is not None else "—"
    return "\n".join(
        [
            f"{filing.root.name}{campaign.year}年党建网格化管理工作推进情况",
            "",
            "一、基本情况",
            f"全村有村民小组{n('villager_group_count')}个、农户{n('household_count')}户。划分网格{n('grid_count')}个，"
            f"建立党小组{n('group_count')}个（其中行业产业党小组{n('industry_group_count')}个），确定党员中心户"
            f"{n('central_household_count')}户、党员示范岗{n('demo_post_count')}个。现有党员{n('member_count')}名，"
            f"其中预备党员{n('probationary_count')}名、流动党员{n('floating_count')}名。",
            "",
            "二、主要做法和成效",
            f"落实四级联系服务：{n('e2_holders')}名支部委员包挂{n('e2_targets')}个党小组，{n('e3_holders')}名党小组长联系"
            f"{n('e3_targets')}个中心户（示范岗），{n('e4_holders')}个中心户（示范岗）联系{n('e4_targets')}名党员，"
            f"{n('e5_holders')}名党员联系{n('e5_targets')}户群众，联系覆盖率{coverage}。",
            "（请写具体做法和事例。）",
            "",
            "三、存在的问题",
            "（请写明还没有落实的和原因。）",
            "",
            "四、下一步打算",
            "（请写明措施、责任人和时限。）",
        ]
    )
