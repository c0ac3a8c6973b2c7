"""Changing, moving or closing many rows at once: what was shown is what is written, in one action."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from grids import access, tree
from grids.actions.nodes import end_posts
from grids.actions.refusals import in_words
from grids.choices import CloseReason
from grids.kinds import KINDS
from grids.models import Node
from grids.queries.bulk_edit import Plan, PlanRow, change_plan, close_plan, move_plan, rows_with_profiles
from grids.queries.places import release_place
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User


class ShownOtherwise(ValidationError):
    """Somebody changed one of the rows after the preview; nothing was written."""

    def __init__(self) -> None:
        super().__init__("预览以后，别人改过其中的记录，还没有写入。请核对下面新的预览再确认。")


@history.acts("批量修改")
def change_many(
    *,
    kind: str,
    pks: Sequence[int],
    values: Mapping[str, Any],
    seal: str,
    by: "User",
    reason: str = "",
) -> int:
    """Set fields of the profiles of all rows; returns how many were written. `seal` as shown."""

    def write(rows: list[PlanRow]) -> None:
        alike: dict[tuple[str, ...], list[PlanRow]] = defaultdict(list)  # rows that get the same columns
        for row in rows:
            alike[tuple(cell.column for cell in row.cells)].append(row)
        for part in alike.values():
            new = {cell.column: cell.new for cell in part[0].cells}
            pks = [getattr(row.node, KINDS[kind].profile_name).pk for row in part]
            history.set_all(KINDS[kind].profile, pks, new, by=by, reason=reason)

    return _carry_out(
        kind,
        pks,
        lambda nodes: change_plan(by, kind, nodes, values),
        write,
        seal=seal,
        by=by,
        deed=Deed.CHANGE,
        note=reason,
    )


@history.acts("批量调整上级")
def move_many(
    *, kind: str, pks: Sequence[int], to: Node, on: date, seal: str, by: "User", reason: str = ""
) -> int:
    """Hang all rows under one place of their village."""
    access.require_edit(by, to)

    def write(rows: list[PlanRow]) -> None:
        tree.place(placements=[(row.node, to) for row in rows], by=by, reason=reason, on=on)

    return _carry_out(
        kind,
        pks,
        lambda nodes: move_plan(by, nodes, Node.objects.get(pk=to.pk)),
        write,
        seal=seal,
        by=by,
        deed=Deed.MOVE,
        note=f"→ {to}；{reason}",
    )


@history.acts("批量注销")
def close_many(
    *,
    kind: str,
    pks: Sequence[int],
    on: date,
    close_reason: str,
    seal: str,
    by: "User",
    reason: str = "",
) -> int:
    """Close all rows; open rows below them wait under the next place above, as with a single closing."""

    def write(rows: list[PlanRow]) -> None:
        closing = {row.node.pk: row.node for row in rows}
        below = Node.objects.filter(parent_id__in=closing, closed_on=None)
        pairs = [(child, release_place(closing[child.parent_id])) for child in below if child.parent_id]
        placements = [(child, to) for child, to in pairs if to is not None]
        if placements:
            tree.place(placements=placements, by=by, reason="随上级注销改挂", on=on)
        ending = {"closed_on": on, "close_reason": close_reason}
        history.set_all(Node, closing, ending, by=by, reason=reason or "批量注销")
        end_posts(list(closing), close_reason, on=on, by=by)

    return _carry_out(
        kind,
        pks,
        lambda nodes: close_plan(by, nodes, on=on, close_reason=close_reason),
        write,
        seal=seal,
        by=by,
        deed=Deed.CLOSE,
        note=f"{CloseReason(close_reason).label} {reason}".strip(),
    )


def _carry_out(
    kind: str,
    pks: Sequence[int],
    plan_of: Callable[[list[Node]], Plan],
    write: Callable[[list[PlanRow]], None],
    *,
    seal: str,
    by: "User",
    deed: Deed,
    note: str,
) -> int:
    """Plan again under the lock of all trees concerned, compare with what was shown, write, log."""
    access.require(by, access.Right.EDIT_ROSTER)

    def roots() -> set[int]:
        return set(Node.objects.filter(pk__in=pks).values_list("root_id", flat=True))

    with in_words(), tree.tree_write(roots):
        plan = plan_of(rows_with_profiles(kind, pks))
        if plan.seal() != seal:
            raise ShownOtherwise
        rows = plan.changing
        if not rows:
            raise ValidationError("没有需要修改的记录。")
        write(rows)
        audit.record(by=by, deed=deed, target=f"批量：{KINDS[kind].title}", rows=len(rows), note=note)
        return len(rows)
