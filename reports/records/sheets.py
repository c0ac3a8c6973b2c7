"""Columns of the list of 备案, and the leading group as a printed table."""

from collections.abc import Iterable

from grids.kinds import ListColumn
from reports.models import LeadingMember, RecordFiling
from township.sheets import Column, Sheet

COLUMNS = (
    ListColumn("number", "备案号", "name"),
    ListColumn("village", "村（党组织）"),
    ListColumn("kind", "备案事项"),
    ListColumn("title", "标题"),
    ListColumn("filed_on", "备案日期", "code"),
    ListColumn("file", "附件"),
    ListColumn("note", "备注"),
    ListColumn("state", "状态"),
)
GROUP_COLUMNS = (
    Column("seq", "序号", width=12, kind="int"),
    Column("duty", "领导小组职务", width=34, merge_by=("duty",)),
    Column("name", "姓名", width=28),
    Column("unit_post", "单位及职务", width=70, align="left"),
    Column("remark", "备注", width=26),
)


def record_row(record: RecordFiling) -> dict[str, object]:
    """One line of the list's workbook."""
    withdrawn = (
        f"{record.withdrawn_on:%Y-%m-%d}撤销：{record.withdrawn_why}" if record.withdrawn_on else "有效"
    )
    return {
        "number": record.number,
        "village": record.root.name if record.root else "全乡",
        "kind": record.get_kind_display(),
        "title": record.title,
        "filed_on": record.filed_on,
        "file": record.file_name,
        "note": record.note,
        "state": withdrawn,
    }


def group_title(title_name: str) -> str:
    """青河乡基层党建网格化管理工作领导小组名单."""
    return f"{title_name}基层党建网格化管理工作领导小组名单"


def group_sheet(members: Iterable[LeadingMember], *, title_name: str, year: int) -> Sheet:
    """领导小组名单, upright on A4."""
    return Sheet(
        title=group_title(title_name),
        columns=GROUP_COLUMNS,
        rows=tuple(
            (number, row.get_duty_display(), row.name, row.unit_post, "")
            for number, row in enumerate(members, 1)
        ),
        as_of=f"年度：{year}",
        landscape=False,
        text_size=12,
        name="领导小组名单",
    )
