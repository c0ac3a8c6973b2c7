"""农户 as a register: one household a row, linked to a member or waiting in its grid."""

from collections.abc import Sequence
from typing import Any

from grids.choices import Kind
from grids.imports.planning.keys import grid_key, lane_key
from grids.models import VillagerGroup
from grids.registers.columns import Choice, Choices, RegisterColumn
from grids.registers.desk import Desk
from grids.registers.nodes import NodeRegister, Raw, doubles, named_below, remark_column, since_column
from grids.registers.register import register
from grids.registers.rows import Line
from grids.registers.spots import Spot, by_kind, labelled, person_key


def lanes(desk: Desk) -> Choices:
    """Villager groups of the village, in its order."""
    rows = VillagerGroup.objects.visible_to(desk.user).filter(root_id=desk.root_id)
    return Choices(tuple(Choice(name, pk) for pk, name in rows.values_list("pk", "name")), lane_key)


def grids(desk: Desk) -> Choices:
    """Grids of the village; a grid is also meant by the name of its one Party group."""

    def group_name(spot: Spot) -> tuple[str, ...]:
        group = desk.group_of_grid.get(spot.pk)
        return (group.name,) if group else ()

    return labelled(by_kind(desk.spots, Kind.GRID), desk.spots, grid_key, group_name)


def members(desk: Desk) -> Choices:
    """Members of the village."""
    return labelled(by_kind(desk.spots, Kind.MEMBER), desk.spots, person_key)


class Households(NodeRegister):
    """农户."""

    code = kind = Kind.HOUSEHOLD.value
    title, unit, rank = "农户", "户", 1
    parent_keys = ("grid", "linked_by")
    columns = (
        RegisterColumn(
            "name", "户主姓名", ("户主", "姓名", "农户姓名", "群众姓名"), required=True, max_length=20
        ),
        RegisterColumn(
            "villager_group", "村民小组", ("组别", "社", "组", "小组"), kind="choice", choices=lanes, width=7
        ),
        RegisterColumn("door", "门牌", ("门牌号", "住址", "家庭住址", "户号"), kind="code", max_length=40),
        RegisterColumn(
            "size", "家庭人口数", ("人口", "人口数", "家庭人口"), kind="number", low=1, high=50, width=7
        ),
        RegisterColumn("phone", "户联系电话", ("联系电话", "电话", "手机", "手机号"), kind="phone", width=9),
        RegisterColumn(
            "grid", "网格", ("所属网格", "所在网格", "党小组"), kind="choice", choices=grids, width=10
        ),
        RegisterColumn(
            "linked_by",
            "联系党员",
            ("联户党员", "包联党员", "党员姓名", "联系人"),
            kind="choice",
            choices=members,
            help="还没有联系的党员就空着",
        ),
        since_column("联系起始", "联系起始时间", "起始时间"),
        remark_column(),
    )

    def place_values(self, raw: Raw, parent_kind: str | None) -> dict[str, Any]:
        """Its grid, and the member above it if there is one."""
        linked = raw["parent_id"] if parent_kind == Kind.MEMBER else None
        return {"grid": raw["grid_id"], "linked_by": linked}

    def find_place(self, desk: Desk, line: Line) -> Spot | None:
        """Under the member named; else in the grid's group, or the grid while it has none."""
        grid, member = line.values.get("grid"), desk.spots.get(line.values.get("linked_by") or 0)
        if member is not None:
            return self._under(desk, line, member, grid)
        grid = grid or desk.place.grid_id or (desk.place.pk if desk.place.kind == Kind.GRID else None)
        if grid is None and line.is_new:
            grid = self._by_lane(desk, line)
        if grid is None:
            line.refuse("grid", "请选网格：还没有联系党员的农户先放在网格里。")
            return None
        line.values["grid"] = grid
        if line.held and line.held.values.get("grid") == grid and line.held.values.get("linked_by") is None:
            return desk.spots.get(line.held.above or 0)
        return desk.group_of_grid.get(grid) or desk.spots.get(grid)

    def _by_lane(self, desk: Desk, line: Line) -> int | None:
        """The grid that covers the villager group: what the village has said once is not asked row by row."""
        grid = desk.grid_of_lane.get(line.values.get("villager_group") or 0)
        if grid in desk.spots:
            line.remark("grid", f"按村民小组放在{desk.spots[grid].name}。")
            return grid
        return None

    def _under(self, desk: Desk, line: Line, member: Spot, grid: int | None) -> Spot:
        column = self.column("grid")
        if grid is not None and grid != member.grid:
            home = column.show(member.grid, desk) or "党支部（未编入网格）"
            if "grid" in line.touched:
                line.refuse(
                    "linked_by", f"{member.name}在{home}，与所填网格不同。请改选联系党员，或清空网格。"
                )
            else:
                line.remark("grid", f"网格随联系党员改为{home}。")
        line.values["grid"] = member.grid
        return member

    def judge_together(self, desk: Desk, lines: Sequence[Line]) -> None:
        """The same household twice: refused as on the single page; the same name elsewhere is only noted."""
        mine = [line for line in lines if line.is_new or line.changes("name") or line.changes("door")]
        known = named_below(desk, self.kind, (line.values["name"] for line in mine))

        def identity(line: Line) -> tuple[Any, ...]:
            above = line.above.pk if line.above else line.held.above if line.held else None
            return (line.values["name"], above, line.values["villager_group"], line.values["door"] or "")

        for _, later in doubles([line for line in mine if line.is_new], identity):
            later.refuse(
                "name", f"上面已有同门牌的农户“{later.values['name']}”。如果是同名的另一户，请写明门牌。"
            )
        for line in mine:
            for row in known.get(line.values["name"], ()):
                if line.held is not None and row["pk"] == line.held.pk:
                    continue
                lane, door = row["household_profile__villager_group_id"], row["household_profile__door"] or ""
                if line.is_new and identity(line) == (row["name"], row["parent_id"], lane, door):
                    line.refuse(
                        "name", f"这里已有同门牌的农户“{row['name']}”。如果是同名的另一户，请写明门牌。"
                    )
                    break
                where = self.column("villager_group").show(lane, desk) or self.column("grid").show(
                    row["grid_id"], desk
                )
                line.remark("name", f"本村已有同名农户“{row['name']}”（{where}{door}），请核对是不是同一户。")
                break


HOUSEHOLDS = register(Households())
