"""The only file that knows mptt: places in the tree, their lock, and the check of their numbers.

`parent` is the truth. `lft/rght/level/tree_id` are an index over it and the keys `root, branch,
grid, group, hub` are copies of it; both are written here only and compared by `verify`. Each Party
organisation at the top has a tree of its own, so an edit renumbers one village, not the township.

Why a lock: two writers that read the same numbers write overlapping ones, and rows end up under the
wrong village. On SQLite the lock is BEGIN IMMEDIATE (settings), on PostgreSQL an advisory lock per
root, held to the end of the transaction.

A row can never hang under its own descendant: each kind allows only kinds of upper layers above it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey
from mptt.querysets import TreeQuerySet

from grids import rules
from grids.choices import Kind
from grids.numbering import READ, Fault, computed, faults_in, obstacles, rows_after, taken_names
from grids.spelling import SPELLED
from grids.tree_index import KEY_FIELDS, write_index
from township import history

if TYPE_CHECKING:
    from grids.models import Node
    from township.models import User

LOCK_CLASS = 0x6772  # first half of the advisory lock's key, so that other locks cannot meet it
NEW_ROOT_LOCK = 0  # second half when a new top organisation takes the next tree number
LOCKED_ROUNDS = 5


class TreeNodeQuerySet(TreeQuerySet):
    """What rows of the tree can be asked for by open or closed."""

    def open(self) -> "TreeNodeQuerySet":
        """Rows not closed."""
        return self.filter(closed_on__isnull=True)


class TreeNode(MPTTModel):
    """The tree's own columns; grids.models.Node adds what a place is."""

    parent = TreeForeignKey(
        "self", verbose_name="上级", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        abstract = True


class TreeNodeManager(TreeManager.from_queryset(TreeNodeQuerySet)):  # type: ignore[misc]
    """Manager of the tree; subclasses add the scope."""


class NotInTree(ValidationError):
    """An edit the tree refuses; the message is for people."""


def _nodes() -> "type[Node]":
    return apps.get_model("grids", "Node")


# --- the lock ---------------------------------------------------------------------------------------


def _lock(root_ids: Iterable[int]) -> None:
    """Wait for the right to write these trees; ascending order keeps two writers from a deadlock."""
    if connection.vendor != "postgresql":
        return  # SQLite: BEGIN IMMEDIATE has locked the file already
    with connection.cursor() as cursor:
        for root_id in sorted(set(root_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, root_id % 2**31])


@contextmanager
def tree_write(roots: Callable[[], set[int]]) -> Iterator[None]:
    """One transaction that holds the lock of every root `roots()` names.

    `roots` is asked again under the lock: a node may have gone to another village while we waited.
    Then the savepoint is rolled back, which also frees its locks, and the round starts anew.
    """
    with transaction.atomic():
        for _ in range(LOCKED_ROUNDS):
            point = transaction.savepoint()
            wanted = roots()
            _lock(wanted)
            if roots() <= wanted:
                break
            transaction.savepoint_rollback(point)
        else:
            raise NotInTree("这部分网格正在被别人调整，请稍后再试。")
        yield
        transaction.savepoint_commit(point)


def _roots_of(*node_ids: int | None) -> Callable[[], set[int]]:
    ids = [pk for pk in node_ids if pk is not None]

    def ask() -> set[int]:
        return set(_nodes().objects.filter(pk__in=ids).values_list("root_id", flat=True))

    return ask


# --- single edits -----------------------------------------------------------------------------------


def add(*, node: "Node", parent: "Node | None" = None, by: "User | None" = None, reason: str = "") -> "Node":
    """Put a new, unsaved `node` under `parent` (None: a new top organisation). Raises NotInTree."""
    needed = _roots_of(parent.pk) if parent else (lambda: {NEW_ROOT_LOCK})
    with tree_write(needed):
        above = _fresh(parent.pk) if parent else None
        _check_place(node, above)
        _set_keys(node, above)
        history.stamp(node, by=by, reason=reason)
        if above is None:
            _save_new_root(node)
            history.begin(node, by=by, reason=reason)
        else:
            node.insert_at(above, position="last-child", save=True)
        return node


def _save_new_root(node: "Node") -> None:
    """A root points to itself, which needs its number first; its history begins with the complete row."""
    node.skip_history_when_saving = True
    node.insert_at(None, save=True)
    node.root = node
    node.save()
    del node.skip_history_when_saving


def move(
    *, node: "Node", to: "Node | None", by: "User | None" = None, reason: str = "", on: date | None = None
) -> "Node":
    """Hang `node` with all below it under `to` (None: make it a top organisation). Raises NotInTree."""

    def needed() -> set[int]:
        found = _roots_of(node.pk, to.pk if to else None)()
        return found if to else found | {NEW_ROOT_LOCK}

    with tree_write(needed):
        moved = _fresh(node.pk)
        above = _fresh(to.pk) if to else None
        _check_place(moved, above)
        if moved.parent_id == (above.pk if above else None):
            return moved
        # The library saves the row with its new parent, so the keys must be right by then (constraints);
        # history gets the finished row only.
        keys = _set_keys(moved, above)
        moved.skip_history_when_saving = True
        moved.move_to(above, position="last-child" if above else "first-child")
        moved = _fresh(moved.pk)
        _rekey_below(moved, keys)
        moved.since = on or moved.since
        return history.save(moved, by=by, reason=reason)


def close(
    *, node: "Node", on: date, reason: str, by: "User | None" = None, with_subtree: bool = False
) -> "Node":
    """Close `node` with date and reason; refuses while open rows hang below, unless they close with it."""
    with tree_write(_roots_of(node.pk)):
        found = _fresh(node.pk)
        below = list(_open_below(found))
        if below and not with_subtree:
            names = "、".join(child.name for child in below[:3])
            raise NotInTree(f"“{found.name}”下面还有{len(below)}项（{names}等），请先移走或一并注销。")
        rows = [row for row in (found, *below) if row.closed_on is None]
        for row in rows:
            row.closed_on, row.close_reason = on, reason
        history.update_all(_nodes(), rows, ["closed_on", "close_reason"], by=by, reason="注销")
        return found


def reopen(*, node: "Node", by: "User | None" = None, reason: str = "恢复") -> "Node":
    """Take back a closing. The parent must be open, and no other row may have taken the name."""
    with tree_write(_roots_of(node.pk)):
        found = _fresh(node.pk)
        above = _fresh(found.parent_id) if found.parent_id else None
        if above is not None and above.closed_on is not None:
            raise NotInTree(f"上级“{above.name}”已注销，请先恢复上级。")
        found.closed_on, found.close_reason = None, ""
        _check_place(found, above)
        history.save(found, by=by, reason=reason, fields=["closed_on", "close_reason"])
        return found


def raise_root(*, root: "Node", name: str, by: "User | None" = None, reason: str = "") -> "Node":
    """Make the 党支部 at the top of a tree a 党总支; what hung under it then hangs under no branch."""
    with tree_write(_roots_of(root.pk)):
        found = _fresh(root.pk)
        if found.kind != Kind.BRANCH or found.parent_id is not None or found.closed_on is not None:
            raise NotInTree("只有最上级的、在册的党支部能升格为党总支。")
        found.kind, found.name = Kind.GENERAL_BRANCH, name
        _check_place(found, None)
        history.save(found, by=by, reason=reason, fields=["kind", "name", *SPELLED])
        renumber({found.pk})
        return _fresh(found.pk)


def _fresh(pk: int) -> "Node":
    """Read a row again under the lock: numbers read before it may be stale."""
    return _nodes().objects.get(pk=pk)


def _open_below(node: "Node") -> Iterable["Node"]:
    return _nodes().objects.filter(
        tree_id=node.tree_id, lft__gt=node.lft, rght__lt=node.rght, closed_on__isnull=True
    )


def _check_place(node: "Node", above: "Node | None") -> None:
    """Refuse what must never be: a wrong kind above, a closed parent, another township, a taken name."""
    if not rules.may_hang(node.kind, above.kind if above else None):
        raise NotInTree(rules.why_not_under(node.kind, above.kind if above else None))
    if above is None:
        taken = _nodes().objects.filter(township=node.township, parent=None)
    else:
        if above.closed_on is not None:
            raise NotInTree(f"“{above.name}”已注销，不能再放入下级。")
        if above.township_id != node.township_id:
            raise NotInTree("不能移到另一个乡镇。")
        taken = _nodes().objects.filter(parent=above)
    taken = taken.filter(kind=node.kind, closed_on__isnull=True).exclude(pk=node.pk)
    if node.kind == Kind.GROUP and taken.exists():
        raise NotInTree(f"每个网格只建一个党小组，“{above}”已有党小组。")
    if node.kind not in (Kind.MEMBER, Kind.HOUSEHOLD) and taken.filter(name=node.name).exists():
        raise NotInTree(f"同一上级下已有名为“{node.name}”的{Kind(node.kind).label}。")


# --- keys -------------------------------------------------------------------------------------------


def _keys_below(above: "Node | None") -> dict[str, int | None]:
    """The keys a child of `above` stores."""
    if above is None:
        return dict.fromkeys(f"{key}_id" for key in KEY_FIELDS)
    keys = {f"{key}_id": getattr(above, f"{key}_id") for key in KEY_FIELDS}
    if above.kind in rules.KEY_KINDS:
        keys[f"{above.kind}_id"] = above.pk
    return keys


def _set_keys(node: "Node", above: "Node | None") -> dict[str, int | None]:
    """Give `node` the keys its parent implies; a root that exists already points to itself."""
    keys = _keys_below(above)
    if above is None:
        keys["root_id"] = node.pk
    for name, value in keys.items():
        setattr(node, name, value)
    return keys


def _rekey_below(moved: "Node", keys: Mapping[str, int | None]) -> None:
    """Write the keys that come from above `moved` on everything below it, in one update."""
    changed = {"root_id": keys["root_id"], **_keys_from_above(moved.kind, keys)}
    subtree(moved).exclude(pk=moved.pk).update(**changed)


def _keys_from_above(kind: str, keys: Mapping[str, int | None]) -> dict[str, int | None]:
    """Of `keys`, those that lie above a node of `kind`; the deeper ones are set inside its subtree."""
    if kind in rules.KEY_KINDS:
        depth = rules.KEY_KINDS.index(Kind(kind))
    elif kind == Kind.GENERAL_BRANCH:
        depth = 0
    else:
        depth = len(rules.KEY_KINDS)
    return {f"{name}_id": keys[f"{name}_id"] for name in rules.KEY_KINDS[:depth]}


# --- bulk -------------------------------------------------------------------------------------------


def plant(*, root: "Node", new: Sequence["Node"], by: "User | None" = None, reason: str = "") -> list["Node"]:
    """Insert rows of one layer whose `parent` is set; call `renumber` once after the last layer.

    The caller holds `tree_write`. Rows get their keys here and provisional numbers at the end of the tree.
    """
    end = root.rght
    for node in new:
        if node.parent is None or not rules.may_hang(node.kind, node.parent.kind):
            raise NotInTree(rules.why_not_under(node.kind, node.parent.kind if node.parent else None))
        _set_keys(node, node.parent)
        node.lft = node.rght = end
        node.level, node.tree_id = node.parent.level + 1, root.tree_id
    return history.create_all(_nodes(), new, by=by, reason=reason)


def rehang(
    *,
    pairs: Sequence[tuple["Node", "Node"]],
    by: "User | None" = None,
    reason: str = "",
    on: date | None = None,
) -> set[int]:
    """Write new parents for many rows, `pairs` of (node, new parent); `renumber` the returned roots after it.

    The caller holds `tree_write` and has read the rows under it. Pairs already in place are left alone.
    """
    changed, touched = [], set()
    for node, above in pairs:
        if node.parent_id == above.pk:
            continue
        _check_place(node, above)
        touched |= {node.root_id, above.root_id}
        node.parent = above
        node.since = on or node.since
        _set_keys(node, above)
        changed.append(node)
    fields = ["parent", "since", *KEY_FIELDS]
    try:
        with transaction.atomic():
            history.update_all(_nodes(), changed, fields, by=by, reason=reason)
    except IntegrityError as error:
        raise NotInTree("调整后同一上级下会有重名或重复的下级，没有保存。") from error
    return touched


def place(
    *,
    placements: Sequence[tuple["Node", "Node"]],
    by: "User | None" = None,
    reason: str = "",
    on: date | None = None,
) -> int:
    """Hang many rows under new parents at once: lock, `rehang`, `renumber`. Returns the number of rows moved.

    Raises NotInTree, and then nothing is moved.
    """
    ids = [node.pk for pair in placements for node in pair]
    with tree_write(_roots_of(*ids)):
        fresh = _nodes().objects.in_bulk(ids)
        pairs = [(fresh[node.pk], fresh[above.pk]) for node, above in placements]
        moving = [(node, above) for node, above in pairs if node.parent_id != above.pk]
        renumber(rehang(pairs=moving, by=by, reason=reason, on=on))
        return len(moving)


# --- giving an earlier state back ---------------------------------------------------------------------


def rewriting(node_ids: Iterable[int]) -> AbstractContextManager[None]:
    """`tree_write` of every root these nodes stand in, and of new roots: what `restore` runs in."""
    asked = _roots_of(*node_ids)
    return tree_write(lambda: asked() | {NEW_ROOT_LOCK})


def restore(
    *,
    leaving: Sequence["Node"],
    changed: Sequence["Node"],
    fields: Sequence[str],
    returning: Sequence["Node"],
    by: "User | None" = None,
    reason: str = "",
) -> None:
    """Take rows out, write earlier values and bring rows back with their old numbers, all at once.

    The caller holds `rewriting` of all these rows and of the parents they get; each row's `parent_id` is
    the wanted one, its `root_id` still the old. Keys and numbers are computed here. Raises NotInTree.
    """
    nodes = _nodes()
    roots = {node.root_id for node in (*leaving, *changed)}
    roots |= _roots_of(*(node.parent_id for node in (*changed, *returning)))()
    right = _rows_after(roots, leaving, [*changed, *returning])
    for node in (*changed, *returning):
        node.lft, node.rght, node.level, node.tree_id, *keys = right[node.pk]
        for key, value in zip(KEY_FIELDS, keys, strict=True):
            setattr(node, f"{key}_id", value)
    history.remove_all(nodes, leaving, by=by, reason=reason)
    written = {*fields, "tree_id", *KEY_FIELDS} if "parent" in fields else {*fields}
    history.update_all(nodes, changed, sorted(written), by=by, reason=reason)
    history.create_all(nodes, returning, by=by, reason=reason)
    renumber(roots | {node.root_id for node in (*changed, *returning)})


def _rows_after(
    roots: set[int], leaving: Sequence["Node"], placed: Sequence["Node"]
) -> dict[int, tuple[Any, ...]]:
    """Numbers and keys of these trees as they will be; raises NotInTree where they can't be so."""
    nodes = _nodes().objects.order_by()
    rows = nodes.filter(models.Q(root_id__in=roots) | models.Q(pk__in=roots)).values_list(*READ)
    number = nodes.aggregate(top=models.Max("tree_id"))["top"] or 0
    after = rows_after(rows, leaving={node.pk for node in leaving}, placed=placed, last_tree=number)
    right, lost = computed(list(after.values()))
    tops = models.Q(parent=None, township_id__in={node.township_id for node in placed})
    beside = nodes.filter(models.Q(parent_id__in={node.parent_id for node in placed}) | tops)
    named = beside.filter(closed_on=None).exclude(kind__in=(Kind.MEMBER, Kind.HOUSEHOLD))
    held = [row for row in named.values_list("pk", "parent_id", "kind", "name") if row[0] in after]
    said = [*obstacles(after, lost, placed), *taken_names(held, placed)]
    if said:
        raise NotInTree(said)
    return right


# --- numbering and checking -------------------------------------------------------------------------


def renumber(root_ids: Iterable[int]) -> int:
    """Compute index and keys of these roots from `parent` and write the rows that differ.

    The caller holds `tree_write` of these roots. Rows of one root are found by its tree number or its
    key, so that rows just re-hung from another root are seen too. Returns the number of rows written.
    """
    ids = set(root_ids)
    if not ids:
        return 0
    scope = models.Q(root_id__in=ids) | models.Q(pk__in=ids)
    rows = list(_nodes().objects.filter(scope).order_by().values_list(*READ))
    right, _ = computed(rows)
    wrong = [
        (*right[row[0]], row[0]) for row in rows if row[0] in right and right[row[0]] != tuple(row[4:13])
    ]
    write_index(connection.ops.quote_name(_nodes()._meta.db_table), wrong)
    return len(wrong)


def verify(township_id: int | None = None) -> list[Fault]:
    """Compare every row with what its parent says; an empty list means the tree is whole."""
    wanted = _nodes().objects.order_by()
    if township_id is not None:
        wanted = wanted.filter(township_id=township_id)
    return faults_in(list(wanted.values_list(*READ)))


def repair(township_id: int | None = None) -> int:
    """Give shared tree numbers apart and renumber every root; returns the number of rows written."""
    nodes = _nodes()
    tops = nodes.objects.filter(parent=None).order_by("pk")
    with tree_write(lambda: {NEW_ROOT_LOCK, *tops.values_list("pk", flat=True)}):
        used: set[int] = set()
        following = (nodes.objects.aggregate(top=models.Max("tree_id"))["top"] or 0) + 1
        for pk, tree_id in tops.values_list("pk", "tree_id"):
            if tree_id in used:
                nodes.objects.filter(pk=pk).update(tree_id=following)
                following += 1
            used.add(tree_id)
        _restore_roots()
        wanted = tops if township_id is None else tops.filter(township_id=township_id)
        return renumber(wanted.values_list("pk", flat=True))


def _restore_roots() -> None:
    """Set `root` from the parents, layer by layer, so that renumbering finds every row of its tree."""
    nodes = _nodes()
    nodes.objects.filter(parent=None).exclude(root_id=models.F("pk")).update(root_id=models.F("pk"))
    depth = len(Kind)
    for _ in range(depth):
        above = nodes.objects.filter(pk=models.OuterRef("parent_id")).values("root_id")[:1]
        wrong = nodes.objects.exclude(parent=None).exclude(root_id=models.F("parent__root_id"))
        if not wrong.update(root_id=models.Subquery(above)):
            break


def subtree(node: "Node") -> "models.QuerySet[Node]":
    """The node and everything below it, open or closed."""
    return _nodes().objects.filter(tree_id=node.tree_id, lft__gte=node.lft, rght__lte=node.rght)


__all__ = [
    "Fault", "NotInTree", "TreeNode", "TreeNodeManager", "TreeNodeQuerySet", "add", "close", "move",
    "place", "plant", "raise_root", "rehang", "renumber", "reopen", "repair", "restore", "rewriting",
    "subtree", "tree_write", "verify",
]  # fmt: skip
