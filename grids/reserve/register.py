"""The reserve of cadres as a register: a workbook in and out, by the actions and the form of its pages."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.urls import reverse

from grids import access
from grids.ledgers.columns import LedgerColumn, choice, day, name, prose
from grids.ledgers.ledger import KNOWN, TWICE, Ledger
from grids.models import Node, ReserveCadre
from grids.registers.desk import Desk
from grids.registers.forms import fit, read_cells, run
from grids.registers.register import register
from grids.registers.rows import Line
from grids.reserve import actions
from grids.reserve.choices import Nomination, ReserveState, TargetPost
from grids.reserve.forms import CadreForm
from grids.reserve.queries import IN_RESERVE

if TYPE_CHECKING:
    from django.http import HttpRequest

    from township.models import User

ENDED = tuple(str(state.label) for state in ReserveState if state not in IN_RESERVE)


class Reserve(Ledger):
    """后备干部库 of a village; a file recommends and corrects, steps are taken on the pages."""

    code, title, unit, rank, room, model = "reserve", "后备干部库", "人", 60, "reserve", ReserveCadre
    list_name = "grids:reserve"
    order = ("name", "nominated_on", "pk")
    known_by = ("name",)
    by_file_only = over_villages = True
    advice = (
        "表里新推荐的人从“待审查”开始；状态不从表里读，审查、培养、使用、出库在页面上办理。",
        "已在库里的人按村和姓名认出，显示为修改或不变，不会登记两次。",
        "从后备干部库导出的 Excel 改好可以直接传回；一张表可以有几个村，另有一列写村。",
        "这里的文件和预览只有乡党政办和上传的书记能看，每次查看都记入操作日志。",
    )
    columns = (
        name("name", "姓名", ("后备干部", "后备干部姓名", "人选"), required=True),
        prose("current_post", "现任职务", 40, ("职务", "现职务")),
        choice("nomination", "推荐方式", Nomination, ("推荐形式",), required=True),
        day("nominated_on", "推荐日期", ("推荐时间", "入库时间"), required=True, is_past=True),
        choice("target_post", "培养方向", TargetPost, ("拟任职务", "培养岗位"), required=True),
        name("mentor", "培养联系人", ("联系人", "帮带人")),
        choice(
            "state", "状态", ReserveState, ("目前状态",), readonly=True,
            help="只供对照，不从表里读：审查、使用、出库在页面上办理",
        ),
        day("state_on", "状态日期", readonly=True, help="只供对照，不从表里读"),
    )  # fmt: skip

    def list_address(self) -> str:
        """Its list, which is no ledger's."""
        return reverse(self.list_name)

    # --- who ----------------------------------------------------------------------------------------

    def may_load(self, user: "User | Any") -> bool:
        """Whoever reads the reserve."""
        return super().may_load(user) and access.may(user, access.Right.READ_RESERVE)

    def allows(self, user: "User | Any", place: Node) -> bool:
        """What the action asks."""
        try:
            self.require(user, place)
        except PermissionDenied:
            return False
        return True

    def require(self, user: "User | Any", place: Node) -> None:
        """Clerk and the village's secretary."""
        actions.require_write(user, self.kept_at(place))

    def note_look(self, *, by: "User", what: str, rows: int, request: "HttpRequest") -> None:
        """Each look is noted."""
        actions.note_look(by=by, what=what, rows=rows, request=request)

    # --- rows ---------------------------------------------------------------------------------------

    def tells_apart(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        """Who has left the reserve may be recommended anew: a line means that row only if it says so."""
        state = cells.get("state", "")
        return (state if state in ENDED else "",)

    def judge(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Each line by the form of the page, then against those in the reserve."""
        form = fit(CadreForm(user=desk.user, today=desk.today, is_new=False))
        for line in lines:
            if line.errors:
                continue
            read_cells(self.columns, desk, line)
            run(form, self.columns, line)
            self._tell_state(line)
        self._refuse_again(desk, [line for line in lines if not line.errors])

    def _tell_state(self, line: Line) -> None:
        said, now = line.given.get("state", ""), line.held.cells["state"] if line.held else ""
        begins = str(ReserveState.RECOMMENDED.label)
        if said and said != (now or begins):
            rest = f"系统里是“{now}”，没有改动" if now else f"新的一行从“{begins}”开始"
            line.remark("state", f"状态不从表里读，{rest}；审查、使用、出库请在页面上办理。")

    def _refuse_again(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Nobody is in the reserve of a village twice."""
        inside = self._of_village(desk).filter(Q(state__in=IN_RESERVE))
        known = dict(inside.values_list("name", "pk")) if lines else {}
        seen: set[str] = set()
        for line in lines:
            if line.held is not None and line.held.values["state"] not in IN_RESERVE:
                continue
            called, other = line.values["name"], known.get(line.values["name"])
            if called in seen:
                line.refuse("name", TWICE)
            elif other is not None and (line.held is None or line.held.pk != other):
                line.refuse("name", KNOWN)
            seen.add(called)

    def write(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[str, int]:
        """Each by the action of the page."""
        stand = self.model.objects.select_related("root").in_bulk([x.held.pk for x in lines if x.held])
        root, ids = self.kept_at(desk.place), {}
        for line in lines:
            data = {one.key: self._kept(one, line) for one in self.columns if not one.readonly}
            if line.held is None:
                ids[line.row] = actions.recommend(root=root, data=data, by=by).pk
            else:
                actions.change(cadre=stand[line.held.pk], data=data, by=by)
        return ids

    def _kept(self, column: LedgerColumn, line: Line) -> Any:
        value = line.values.get(column.key)
        return "" if value is None else value


RESERVE = register(Reserve())
