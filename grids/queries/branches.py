"""The tree as rows of one table, drawn flat: which rows stand open, and what each row shows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from grids import access
from grids.choices import BranchSetting, GridShape, Kind
from grids.models import BranchProfile, GridProfile, HubProfile, MemberProfile, Node
from grids.queries.ability import unable
from grids.queries.bands import Yardstick, yardstick
from grids.queries.counts import NOTHING, Counts, Holder, counts_for, holders
from grids.queries.marks import Mark, marks_for
from grids.queries.names import name_matches

if TYPE_CHECKING:
    from township.models import User

MOST_CHILDREN = 200  # under one place; the lists show the rest page by page
MOST_FOUND = 100
KIND_ORDER = {kind: place for place, kind in enumerate(Kind.values)}
READ = ("pk", "parent_id", "root_id", "kind", "name", "level", "position", "closed_on",
        "branch_id", "grid_id", "group_id", "hub_id")  # fmt: skip


@dataclass(frozen=True)
class TreeRow:
    """One line of the tree with everything its cells show."""

    pk: int
    parent_id: int | None
    root_id: int
    kind: str
    name: str
    level: int
    position: int
    closed_on: date | None
    branch_id: int | None
    grid_id: int | None
    group_id: int | None
    hub_id: int | None
    counts: Counts = NOTHING
    marks: Mapping[str, Mark] = field(default_factory=dict)
    heads: tuple[Holder, ...] = ()
    problems: tuple[str, ...] = ()
    industry: bool = False
    has_children: bool = False
    is_open: bool = False
    depth: int = 1
    more: int = 0  # children left out because there are too many

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(Kind(self.kind).label)

    @property
    def households(self) -> int | None:
        """户数; a household itself shows none."""
        return None if self.kind == Kind.HOUSEHOLD else self.counts.households

    @property
    def members(self) -> int | None:
        """党员; shown above members."""
        return None if self.kind in (Kind.MEMBER, Kind.HOUSEHOLD) else self.counts.members

    @property
    def hubs(self) -> int | None:
        """中心户; shown above hubs."""
        return None if self.kind in (Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD) else self.counts.hubs

    @property
    def has_trouble(self) -> bool:
        """True when something is missing here or below, or a band is left."""
        return bool(self.problems) or any(mark.state != "ok" for mark in self.marks.values())

    @property
    def ancestors(self) -> tuple[int, ...]:
        """The places above, as far as the row knows them."""
        known = (self.root_id, self.branch_id, self.grid_id, self.group_id, self.hub_id, self.parent_id)
        return tuple({pk for pk in known if pk and pk != self.pk})


@dataclass(frozen=True)
class TreeView:
    """What of the tree is asked for."""

    village: int | None = None
    opened: frozenset[int] = frozenset()
    depth: str = ""  # open everything above this kind; only with one village
    text: str = ""
    problems: bool = False
    closed: bool = False


def tree_rows(user: "User | Any", view: TreeView, *, on: date) -> list[TreeRow]:
    """The rows in the order they are drawn; the number of queries does not grow with them."""
    rows = _found(user, view) if view.text else _standing(user, view)
    drawn = _in_order(rows, cut=not view.text)
    measure = yardstick(access.scope_of(user).township_id, on=on)
    return _narrowed(_dressed(drawn, measure, on=on, closed=view.closed), view, measure, on)


def child_rows(
    user: "User | Any",
    parent: Node,
    *,
    on: date,
    depth: int = 1,
    problems: bool = False,
    closed: bool = False,
) -> list[TreeRow]:
    """The rows right under one place, for a branch opened later; `depth` is the parent's."""
    rows = _read(_shown(user, closed).filter(parent=parent))
    drawn = [replace(row, depth=depth + 1) for row in _in_order(rows)]
    measure = yardstick(access.scope_of(user).township_id, on=on)
    dressed = _dressed(drawn, measure, on=on, closed=closed)
    return _narrowed(dressed, TreeView(problems=problems), measure, on)


def _shown(user: "User | Any", closed: bool) -> QuerySet[Node]:
    nodes = Node.objects.visible_to(user)
    return nodes if closed else nodes.filter(closed_on=None)


def _read(nodes: QuerySet[Node], most: int | None = None) -> list[TreeRow]:
    return [TreeRow(*row) for row in nodes.order_by("pk").values_list(*READ)[:most]]


def _tops(user: "User | Any") -> Q:
    """Where the user's tree begins: the roots, or the uppermost places of one's posts."""
    scope = access.scope_of(user)
    if scope.whole_township:
        return Q(parent=None)
    places = _read(Node.objects.visible_to(user).filter(pk__in=[place.node_id for place in scope.places]))
    known = {row.pk for row in places}
    return Q(pk__in=[row.pk for row in places if known.isdisjoint(row.ancestors)])


def _standing(user: "User | Any", view: TreeView) -> list[TreeRow]:
    """Tops, and the children of every opened place."""
    nodes = _shown(user, view.closed)
    tops = _tops(user)
    if view.village is not None:
        nodes = nodes.filter(root_id=view.village)
    wanted = set(view.opened)
    if wanted:  # a place stands open only when all above it do
        wanted.update(pk for row in _read(nodes.filter(pk__in=wanted)) for pk in row.ancestors)
    opened = Q(parent_id__in=wanted)
    if view.village is not None and view.depth:
        above = [kind for kind in Kind.values if KIND_ORDER[kind] < KIND_ORDER[view.depth]]
        opened |= Q(parent__kind__in=above)
    rows = _read(nodes.filter(tops | opened))
    parents = {row.parent_id for row in rows}
    return [replace(row, is_open=row.pk in parents) for row in rows]


def _found(user: "User | Any", view: TreeView) -> list[TreeRow]:
    """Rows whose name matches, with the places above them, all open."""
    nodes = _shown(user, view.closed)
    if view.village is not None:
        nodes = nodes.filter(root_id=view.village)
    hits = _read(nodes.filter(name_matches(view.text)), most=MOST_FOUND)
    above = {pk for row in hits for pk in row.ancestors} - {row.pk for row in hits}
    rows = hits + _read(Node.objects.visible_to(user).filter(pk__in=above))
    parents = {row.parent_id for row in rows}
    return [replace(row, is_open=row.pk in parents) for row in rows]


def _in_order(rows: Sequence[TreeRow], *, cut: bool = True) -> list[TreeRow]:
    """Depth first; brothers by kind as in the document, then by their place."""
    known = {row.pk for row in rows}
    below: dict[int | None, list[TreeRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (KIND_ORDER[r.kind], r.position, r.pk)):
        below[row.parent_id if row.parent_id in known else None].append(row)
    drawn: list[TreeRow] = []
    stack = [(row, 1) for row in reversed(below[None])]
    while stack:
        row, depth = stack.pop()
        children = below.get(row.pk, [])
        more = max(0, len(children) - MOST_CHILDREN) if cut else 0
        drawn.append(replace(row, depth=depth, more=more))
        stack.extend((child, depth + 1) for child in reversed(children[: len(children) - more]))
    return drawn


def _dressed(rows: Sequence[TreeRow], measure: Yardstick, *, on: date, closed: bool) -> list[TreeRow]:
    """Give the rows their numbers, heads and marks: a handful of queries for all of them."""
    counts = counts_for(rows, on=on)
    heads = holders([row.pk for row in rows], on=on)
    facts = _facts(rows, measure, on)
    parents = _parents_of_any(rows, closed)
    return [
        _dress(row, counts[row.pk], tuple(heads.get(row.pk, ())), facts, row.pk in parents) for row in rows
    ]


@dataclass(frozen=True)
class _Facts:
    """What the marks need to know from profiles."""

    served: Mapping[int, int | None]
    absent: Collection[int]
    industry: Collection[int]
    outside_villages: Collection[int]
    measure: Yardstick


def _facts(rows: Sequence[TreeRow], measure: Yardstick, on: date) -> _Facts:
    def ids(kind: str) -> list[int]:
        return [row.pk for row in rows if row.kind == kind]

    return _Facts(
        served=dict(
            HubProfile.objects.filter(node_id__in=ids(Kind.HUB)).values_list("node_id", "served_households")
        ),
        absent=set(
            MemberProfile.objects.filter(unable(on, ""), node_id__in=ids(Kind.MEMBER)).values_list(
                "node_id", flat=True
            )
        ),
        industry=set(
            GridProfile.objects.filter(node_id__in=ids(Kind.GRID), shape=GridShape.INDUSTRY).values_list(
                "node_id", flat=True
            )
        ),
        outside_villages=set(
            BranchProfile.objects.filter(node_id__in={row.root_id for row in rows})
            .exclude(setting=BranchSetting.VILLAGE)
            .values_list("node_id", flat=True)
        ),
        measure=measure,
    )


def _parents_of_any(rows: Sequence[TreeRow], closed: bool) -> set[int | None]:
    """Those of the rows that have children to open."""
    children = Node.objects.filter(parent_id__in=[row.pk for row in rows]).order_by()
    if not closed:
        children = children.filter(closed_on=None)
    return set(children.values_list("parent_id", flat=True).distinct())


def _dress(
    row: TreeRow, counts: Counts, heads: tuple[Holder, ...], facts: _Facts, has_children: bool
) -> TreeRow:
    in_village = row.root_id not in facts.outside_villages
    marks = (
        {}
        if row.closed_on
        else marks_for(
            row.kind,
            counts,
            facts.measure,
            pk=row.pk,
            served=facts.served.get(row.pk),
            takes_part=row.pk not in facts.absent,
            in_village=in_village,
        )
    )
    return replace(
        row,
        counts=counts,
        heads=heads,
        marks=marks,
        problems=() if row.closed_on else problems_of(row, counts, heads, in_village),
        industry=row.pk in facts.industry,
        has_children=has_children,
    )


def problems_of(
    row: TreeRow | Node, counts: Counts, heads: Sequence[Holder], in_village: bool
) -> tuple[str, ...]:
    """What is missing at a place and below it, in words."""
    own = {
        Kind.GROUP: [(not heads, "缺党小组长"), (not counts.hubs, "没有中心户")],
        Kind.HUB: [(not heads, "缺负责人"), (not counts.members, "没有党员")],
        Kind.GRID: [(not counts.groups, "未建党小组")],
        Kind.MEMBER: [(row.hub_id is None and in_village, "未编入中心户")],
        Kind.HOUSEHOLD: [(row.hub_id is None and row.parent_id in (row.group_id, row.grid_id), "未联户")],
    }.get(Kind(row.kind), [(not heads, "缺书记")])
    below = [
        (counts.groupless, f"{counts.groupless}个网格未建党小组"),
        (counts.leaderless, f"{counts.leaderless}个党小组缺组长"),
        (counts.hubless, f"{counts.hubless}个党小组没有中心户"),
        (counts.memberless, f"{counts.memberless}个中心户没有党员"),
        (counts.unplaced, f"{counts.unplaced}名党员未编入中心户"),
        (counts.unlinked, f"{counts.unlinked}户未联户"),
    ]
    return tuple(words for there, words in (*own, *below) if there)


def dressed_children(rows: QuerySet[Node], measure: Yardstick, *, on: date) -> list[TreeRow]:
    """Rows of one page of a place's children, in the order given."""
    return _dressed([TreeRow(*row) for row in rows.values_list(*READ)], measure, on=on, closed=True)


def _narrowed(rows: list[TreeRow], view: TreeView, measure: Yardstick, on: date) -> list[TreeRow]:
    """With 只看有问题, keep rows with trouble and the rows above trouble further down."""
    if not view.problems:
        return rows
    deep = places_above_trouble({row.root_id for row in rows}, measure, on)
    return [row for row in rows if row.has_trouble or row.pk in deep]


def places_above_trouble(root_ids: Collection[int], measure: Yardstick, on: date) -> set[int | None]:
    """Hubs and members out of their band lie above unopened rows too: all places over one of them."""
    nodes = Node.objects.filter(root_id__in=list(root_ids), closed_on=None)
    sizes = dict(
        nodes.filter(parent__kind__in=(Kind.HUB, Kind.MEMBER), kind__in=(Kind.MEMBER, Kind.HOUSEHOLD))
        .order_by()
        .values_list("parent_id")
        .annotate(n=Count("pk"))
    )
    found: set[int | None] = set()
    outside = set(
        BranchProfile.objects.filter(node_id__in=list(root_ids))
        .exclude(setting=BranchSetting.VILLAGE)
        .values_list("node_id", flat=True)
    )
    absent = set(
        MemberProfile.objects.filter(unable(on, ""), node__in=nodes).values_list("node_id", flat=True)
    )
    placed = nodes.filter(kind__in=(Kind.HUB, Kind.MEMBER)).order_by()
    for pk, kind, *above in placed.values_list(
        "pk", "kind", "root_id", "branch_id", "grid_id", "group_id", "hub_id"
    ):
        size = sizes.get(pk, 0)
        counts = Counts(members=size, households=size)
        marks = marks_for(
            kind, counts, measure, pk=pk, takes_part=pk not in absent, in_village=above[0] not in outside
        )
        if any(mark.state != "ok" for mark in marks.values()):
            found |= {pk, *above}
    return found
