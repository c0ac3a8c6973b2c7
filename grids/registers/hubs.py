"""党员中心户、党员示范岗 as a register; their heads are posts."""

from collections.abc import Sequence
from typing import Any

from grids.choices import HubKind, Kind
from grids.imports.planning.keys import group_key
from grids.imports.reading.values import parse_hub_kind
from grids.registers.columns import Choices, RegisterColumn
from grids.registers.desk import Desk
from grids.registers.nodes import (
    NodeRegister,
    Raw,
    doubles,
    fixed_choices,
    named_below,
    remark_column,
    since_column,
)
from grids.registers.register import register
from grids.registers.rows import Line
from grids.registers.spots import Spot, by_kind, labelled


def groups(desk: Desk) -> Choices:
    """Party groups of the village; a group is also meant by the name of its grid."""

    def grid_name(spot: Spot) -> tuple[str, ...]:
        grid = desk.spots.get(spot.grid_id or 0)
        return (grid.name,) if grid else ()

    return labelled(by_kind(desk.spots, Kind.GROUP), desk.spots, group_key, grid_name)


class Hubs(NodeRegister):
    """中心户（示范岗）."""

    code = kind = Kind.HUB.value
    title, unit, rank = "中心户（示范岗）", "个", 3
    parent_keys = ("group",)
    columns = (
        RegisterColumn(
            "name", "名称", ("中心户名称", "中心户", "示范岗名称", "中心户（示范岗）"),
            required=True, max_length=40, width=12,
        ),
        RegisterColumn(
            "hub_kind",
            "类别",
            ("类型",),
            kind="choice",
            choices=lambda _: fixed_choices(Kind.HUB, "hub_kind"),
            default=HubKind.CENTRAL.value,
            reads=parse_hub_kind,
            width=6,
        ),
        RegisterColumn(
            "group", "党小组", ("所属党小组", "所在党小组", "网格"),
            kind="choice", choices=groups, required=True, width=10,
        ),
        RegisterColumn("plate_no", "标识牌编号", ("编号", "牌号"), kind="code", max_length=20),
        RegisterColumn(
            "served_households", "周边农户数", ("周边户数", "农户数", "服务户数"),
            kind="number", low=0, width=7,
            help="标识牌上写的周边农户数", example="12",
        ),
        RegisterColumn("address", "地址", ("位置", "所在地"), max_length=40, width=10),
        since_column("起始时间", "设立时间"),
        remark_column(),
    )  # fmt: skip

    def place_values(self, raw: Raw, parent_kind: str | None) -> dict[str, Any]:
        """Its group."""
        return {"group": raw["group_id"]}

    def find_place(self, desk: Desk, line: Line) -> Spot | None:
        """Under the group named."""
        return desk.spots.get(line.values.get("group") or 0)

    def judge_together(self, desk: Desk, lines: Sequence[Line]) -> None:
        """No two of one name under a group, here or in the database."""
        mine = [line for line in lines if line.is_new or line.is_moved or line.changes("name")]

        def identity(line: Line) -> tuple[Any, ...]:
            return (line.values["name"], line.values["group"])

        for _, later in doubles(mine, identity):
            later.refuse("name", f"上面已有同一党小组的“{later.values['name']}”。")
        leaving = {line.held.pk for line in mine if line.held is not None}
        known = named_below(desk, self.kind, (line.values["name"] for line in mine))
        for line in mine:
            rows = known.get(line.values["name"], ())
            if any(row["group_id"] == line.values["group"] and row["pk"] not in leaving for row in rows):
                line.refuse("name", f"同一上级下已有名为“{line.values['name']}”的{Kind.HUB.label}。")


HUBS = register(Hubs())
