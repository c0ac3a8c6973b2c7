"""An invented annex 4 of any length, with merged holders, rare characters and awkward names."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from township.sheets import SIGNATURES, Column, Sheet, Values

REMARK = "该户劳动力常年在外，家中仅有两位老人，需每月入户一次并保持电话联系，遇有雨雪天气应及时上门查看。"
RARE = "㛃䶮𬭎喆"
FORMULA = "=cmd()"
COLUMNS = (
    Column("seq", "序号", width=10, kind="int"),
    Column("branch", "党支部", width=24, merge_by=("branch_code",)),
    Column("group", "党小组", width=24, merge_by=("branch_code", "group_code")),
    Column("member", "姓名", group="党员", width=17, merge_by=("member_code",)),
    Column("phone", "电话", group="党员", width=25, merge_by=("member_code",)),
    Column("householder", "户主姓名", group="联系群众", width=18),
    Column("size", "家庭人口数", group="联系群众", width=13, kind="int", align="right", note="待建"),
    Column("since", "联系起始时间", width=24, kind="date"),
    Column("remark", "备注", width=28, align="left"),
    *(Column(key, key, hidden=True) for key in ("branch_code", "group_code", "member_code")),
)
MEMBERS = {0: "王　军", 1: "王　军", 2: RARE, 3: FORMULA}


def annex_rows(count: int) -> Iterator[Values]:
    for i in range(count):
        member = i // 5
        yield (
            i + 1,
            "青河村党支部",
            f"第{member // 4 + 1}党小组",
            MEMBERS.get(member, f"党员{member}"),
            f"138{member:08d}",
            f"户主{i}",
            i % 6 + 1 if i % 3 else None,
            date(2026, 9, i % 28 + 1),
            REMARK if i % 17 == 6 else "",
            "B1",
            f"G{member // 4}",
            f"M{member}",
        )


@pytest.fixture
def annex() -> Callable[..., Sheet]:
    def make(count: int = 10, **changes: Any) -> Sheet:
        facts: dict[str, Any] = {
            "title": "青河乡党员包挂联系花名册",
            "annex": "附件4",
            "unit": "青河乡党委",
            "as_of": "2026年9月30日",
            "measure": "人、户",
            "columns": COLUMNS,
            "rows": lambda: annex_rows(count),
            "foot": SIGNATURES,
        }
        return Sheet(**{**facts, **changes})

    return make
