"""What a village still owes, in words: forms and counts only, never a household's or a member's name."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from reports.choices import FilingState

FORMS = "附件1至4"
STEPS = {
    "": f"{FORMS}还没有开始填报",
    FilingState.DRAFT: f"{FORMS}还没有上报",
    FilingState.REVIEWED: f"{FORMS}书记已审，还没有上报",
    FilingState.RETURNED: f"{FORMS}退回后还没有重新上报",
}


class Numbers(Protocol):
    """What the cross-checks found in a village."""

    @property
    def block(self) -> int:
        """✖."""

    @property
    def warn(self) -> int:
        """!."""


def owed(state: str, *, has_report: bool, tally: Numbers | None, gaps: int) -> list[str]:
    """The things a village owes; `state` '' is a filing not begun."""
    found = [STEPS[state]]
    if not has_report:
        found.append("书面材料还没有写")
    if tally and tally.block:
        found.append(f"勾稽检查须改正 {tally.block} 处")
    if tally and tally.warn:
        found.append(f"要写说明 {tally.warn} 处")
    if gaps:
        found.append(f"网格结构还缺 {gaps} 处")
    return found


def message(
    *, office: str, year: int, due_on: date, left: str, today: date, lines: Sequence[tuple[str, str, str]]
) -> str:
    """Text to paste into a chat group; `lines` are village, what it owes, and the phones of who owes it."""
    head = [
        f"【{office}党政办】{year}年度党建网格上报提醒（{today.month}月{today.day}日）",
        f"{due_on.month}月{due_on.day}日截止，{left}。还有 {len(lines)} 个村没有报齐：",
    ]
    body = [
        f"{number}. {village}：{owes}。{f'书记电话 {phones}' if phones else ''}"
        for number, (village, owes, phones) in enumerate(lines, 1)
    ]
    return "\n".join([*head, *body, "登录系统打开首页，“还差什么”里每一项点开就能补，报齐后提醒自动消失。"])
