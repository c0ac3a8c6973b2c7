"""Writing many nodes of one kind with their profiles; the caller holds transaction and tree lock."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from grids import access, tree
from grids.kinds import KINDS
from grids.models import Node
from grids.registers.desk import Desk
from grids.registers.rows import Line
from grids.spelling import SPELLED, respell
from township import history

if TYPE_CHECKING:
    from grids.registers.nodes import NodeRegister
    from township.models import User


def write(
    register: "NodeRegister", desk: Desk, lines: Sequence[Line], *, by: "User", reason: str
) -> dict[str, int]:
    """New rows in, moved rows hung anew, facts written; returns numbers of new rows by the sender's keys."""
    above = Node.objects.in_bulk({line.above.pk for line in lines if line.above is not None})
    for node in above.values():
        access.require_edit(by, node)
    owners = register.owners(desk, lines, by=by, reason=reason)
    new = [line for line in lines if line.is_new]
    made = _plant(register, desk, new, above, by=by, reason=reason)
    known = Node.objects.in_bulk([line.held.pk for line in lines if line.held is not None])
    touched = _change(lines, known, above, by=by, reason=reason)
    tree.renumber(touched | ({desk.root_id} if made else set()))
    _write_profiles(register, lines, made, owners, by=by, reason=reason)
    return {line.row: made[id(line)].pk for line in new}


def _plant(
    register: "NodeRegister",
    desk: Desk,
    new: Sequence[Line],
    above: dict[int, Node],
    *,
    by: "User",
    reason: str,
) -> dict[int, Node]:
    if not new:
        return {}
    root = Node.objects.get(pk=desk.root_id)
    taken = _positions(register.kind, above)
    rows = []
    for line in new:
        parent = above[line.above.pk]  # type: ignore[union-attr]
        taken[parent.pk] += 1
        rows.append(
            Node(
                township_id=root.township_id,
                kind=register.kind,
                name=line.values["name"],
                since=line.values.get("since"),
                position=taken[parent.pk],
                parent=parent,
            )
        )
    planted = tree.plant(root=root, new=rows, by=by, reason=reason)
    return {id(line): node for line, node in zip(new, planted, strict=True)}


def _positions(kind: str, above: dict[int, Node]) -> Counter[int]:
    rows = Node.objects.filter(parent_id__in=above, kind=kind).order_by().values_list("parent_id")
    return Counter(dict(rows.annotate(n=Count("pk"))))


def _change(
    lines: Sequence[Line], known: dict[int, Node], above: dict[int, Node], *, by: "User", reason: str
) -> set[int]:
    """Names and days, then places; returns the trees to renumber."""
    renamed, pairs = [], []
    for line in lines:
        if line.held is None:
            continue
        node = known[line.held.pk]
        facts = line.changes("name") or line.changes("since")
        node.name, node.since = line.values["name"], line.values.get("since")
        respell(node)
        if line.changes("name") or (facts and not line.is_moved):
            renamed.append(node)
        if line.is_moved and line.above is not None:
            pairs.append((node, above[line.above.pk]))
    history.update_all(Node, renamed, ["name", "since", *SPELLED], by=by, reason=reason)
    return tree.rehang(pairs=pairs, by=by, reason=reason) if pairs else set()


def _write_profiles(
    register: "NodeRegister",
    lines: Sequence[Line],
    made: dict[int, Node],
    owners: dict[int, Any],
    *,
    by: "User",
    reason: str,
) -> None:
    """One profile a node: new ones for new rows, the changed columns of known ones."""
    model = KINDS[register.kind].profile
    names = [name for name in KINDS[register.kind].fields if any(c.key == name for c in register.columns)]
    known = model.objects.in_bulk(
        [line.held.pk for line in lines if line.held is not None], field_name="node_id"
    )
    new, changed, columns = [], [], set()
    for line in lines:
        facts = {_column(model, name): line.values.get(name) for name in names}
        if line.held is None:
            new.append(model(node=made[id(line)], **facts, **owners.get(id(line), {})))
        elif line.held.pk not in known:
            new.append(model(node_id=line.held.pk, **facts, **owners.get(id(line), {})))
        elif moved := [name for name in names if line.changes(name)]:
            profile = known[line.held.pk]
            for name in moved:
                setattr(profile, _column(model, name), line.values.get(name))
            changed.append(profile)
            columns |= set(moved)
    history.create_all(model, new, by=by, reason=reason)
    history.update_all(model, changed, sorted(columns), by=by, reason=reason)


def _column(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).attname)
