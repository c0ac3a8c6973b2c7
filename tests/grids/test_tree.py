"""The tree against a plain model of it, and each refusal by its words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grids import rules, tree
from grids.choices import CloseReason, Kind
from grids.models import Node
from tests.factories import TownshipFactory, node, village

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 16)
KINDS = [Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD]
NAMED = {Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GRID, Kind.GROUP, Kind.HUB}  # no two brothers of one name
edit = st.tuples(
    st.sampled_from(["add", "add", "add", "move", "move", "place", "close", "reopen"]),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from([Kind.GENERAL_BRANCH, *KINDS]),
)


@contextmanager
def undone() -> Iterator[None]:
    """Each example starts from an empty tree."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Model:
    """What the tree ought to be: parents, kinds and closings in dictionaries."""

    parent: dict[int, int | None] = field(default_factory=dict)
    kind: dict[int, str] = field(default_factory=dict)
    name: dict[int, str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)

    def below(self, pk: int) -> list[int]:
        """All rows under `pk`."""
        found = [child for child, above in self.parent.items() if above == pk]
        return found + [deeper for child in found for deeper in self.below(child)]

    def may_take(self, kind: str, above: int | None, itself: int | None = None) -> bool:
        """The rule of the tree, said once more in dictionaries."""
        if not rules.may_hang(kind, self.kind[above] if above else None) or above in self.closed:
            return False
        brothers = [
            pk
            for pk, parent in self.parent.items()
            if parent == above and self.kind[pk] == kind and pk not in self.closed | {itself}
        ]
        taken = itself is not None and self.name[itself] in {self.name[pk] for pk in brothers}
        return not (kind == Kind.GROUP and brothers) and not (taken and kind in NAMED)

    def may_go_together(self, moving: list[int]) -> bool:
        """Rows that arrive together must not be two groups, nor share a name."""
        arriving = [pk for pk in moving if pk not in self.closed and self.kind[pk] in NAMED]
        groups = [pk for pk in arriving if self.kind[pk] == Kind.GROUP]
        return len(groups) < 2 and len({self.name[pk] for pk in arriving}) == len(arriving)


class Player:
    """Plays edits on the tree and on the model, and compares what each says."""

    def __init__(self) -> None:
        self.township = TownshipFactory()
        self.model = Model()
        self.names = 0
        for name in ("甲村", "乙村"):
            village(self.township, name, groups=2, hubs=1, members=1, households=1)
        for row in Node.objects.order_by("pk"):
            self.know(row)

    def know(self, row: Node) -> None:
        """Take a row of the tree into the model."""
        self.model.parent[row.pk], self.model.kind[row.pk] = row.parent_id, row.kind
        self.model.name[row.pk] = row.name

    def pick(self, place: int) -> int | None:
        """Some row, or none where there is none yet (and for place 0)."""
        ids = list(self.model.parent)
        return ids[place % len(ids)] if ids and place else None

    def play(self, step: tuple[str, int, int, str]) -> None:
        """One edit."""
        name, first, second, kind = step
        getattr(self, name)(self.pick(first), self.pick(second), kind)

    def agree(self, expected: bool, done: bool) -> None:
        """The tree must refuse exactly what the model refuses."""
        assert done == expected

    def add(self, above: int | None, _: int | None, kind: str) -> None:
        below = rules.children_of(self.model.kind[above]) if above else ()
        kind = below[self.names % len(below)] if below and self.names % 4 else kind
        expected = self.model.may_take(kind, above)
        self.names += 1
        try:
            made = node(
                kind, f"名{self.names}", Node.objects.get(pk=above) if above else None, township=self.township
            )
        except tree.NotInTree:
            return self.agree(expected, False)
        self.agree(expected, True)
        self.know(made)
        return None

    def move(self, pk: int | None, above: int | None, _: str) -> None:
        if pk is None:
            return None
        expected = self.model.may_take(self.model.kind[pk], above, pk)
        try:
            tree.move(node=Node.objects.get(pk=pk), to=Node.objects.get(pk=above) if above else None)
        except tree.NotInTree:
            return self.agree(expected, False)
        self.agree(expected, True)
        self.model.parent[pk] = above
        return None

    def place(self, pk: int | None, above: int | None, _: str) -> None:
        if pk is None or above is None:
            return None
        brothers = [other for other, kind in self.model.kind.items() if kind == self.model.kind[pk]][:3]
        moving = [other for other in brothers if self.model.parent[other] != above]
        expected = self.model.may_go_together(moving) and all(
            self.model.may_take(self.model.kind[other], above, other) for other in moving
        )
        found = Node.objects.in_bulk([above, *brothers])
        try:
            with transaction.atomic():
                tree.place(placements=[(found[other], found[above]) for other in brothers])
        except tree.NotInTree:
            return self.agree(expected, False)
        self.agree(expected, True)
        self.model.parent.update(dict.fromkeys(moving, above))
        return None

    def close(self, pk: int | None, with_subtree: int | None, _: str) -> None:
        if pk is None:
            return None
        open_below = [other for other in self.model.below(pk) if other not in self.model.closed]
        try:
            tree.close(
                node=Node.objects.get(pk=pk),
                on=DAY,
                reason=CloseReason.MERGED,
                with_subtree=bool(with_subtree),
            )
        except tree.NotInTree:
            return self.agree(not open_below or bool(with_subtree), False)
        self.agree(not open_below or bool(with_subtree), True)
        self.model.closed |= {pk, *open_below}
        return None

    def reopen(self, pk: int | None, _: int | None, __: str) -> None:
        if pk is None:
            return None
        above = self.model.parent[pk]
        expected = self.model.may_take(self.model.kind[pk], above, pk)
        try:
            tree.reopen(node=Node.objects.get(pk=pk))
        except tree.NotInTree:
            return self.agree(expected, False)
        self.agree(expected, True)
        self.model.closed.discard(pk)
        return None

    def compare(self) -> None:
        """Parents, closings and every number."""
        rows = Node.objects.values_list("pk", "parent_id", "closed_on")
        assert {pk: parent for pk, parent, _ in rows} == self.model.parent
        assert {pk for pk, _, closed in rows if closed} == self.model.closed
        assert tree.verify() == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edit, min_size=5, max_size=45))
def test_any_sequence_of_edits_keeps_the_tree_whole(steps):
    with undone():
        player = Player()
        for step in steps:
            player.play(step)
        player.compare()


def test_moving_a_grid_to_another_village_takes_everything_along():
    township = TownshipFactory()
    old, new = village(township, "甲村"), village(township, "乙村", groups=1)
    grid = old.grids[0]
    grid.name = "第九网格"
    grid.save()
    tree.move(node=grid, to=new.root, reason="并村")
    moved = Node.objects.filter(grid=grid)
    assert moved.count() == 1 + 2 + 4 + 12 - 0
    assert set(moved.values_list("root_id", "branch_id")) == {(new.root.pk, new.root.pk)}
    assert tree.verify() == []


def test_a_move_writes_one_history_row_for_the_moved_node_only():
    made = village(TownshipFactory(), groups=2)
    before = Node.history.count()
    tree.move(node=made.hubs[0], to=made.groups[1], reason="调整网格")
    added = Node.history.order_by("-history_id")[: Node.history.count() - before]
    assert [(row.id, row.parent_id, row.group_id, row.history_change_reason) for row in added] == [
        (made.hubs[0].pk, made.groups[1].pk, made.groups[1].pk, "调整网格")
    ]


def test_a_branch_goes_under_a_general_branch_and_comes_back():
    township = TownshipFactory()
    made = village(township, "甲村", groups=1)
    above = node(Kind.GENERAL_BRANCH, "甲村党总支", township=township)
    tree.move(node=made.root, to=above)
    household = Node.objects.get(pk=made.households[0].pk)
    assert (household.root_id, household.branch_id) == (above.pk, made.root.pk)
    tree.move(node=made.root, to=None)
    household.refresh_from_db()
    assert (household.root_id, tree.verify()) == (made.root.pk, [])


@pytest.mark.parametrize(
    ("kind", "above"),
    [(child, parent) for child in KINDS for parent in KINDS if not rules.may_hang(child, parent)],
)
def test_a_kind_is_refused_where_the_document_has_no_place_for_it(kind, above):
    with pytest.raises(tree.NotInTree) as refusal:
        tree.add(node=Node(township=TownshipFactory.build(), kind=kind, name="名"), parent=_one_of(above))
    assert refusal.value.messages == [rules.why_not_under(kind, above)]


def _one_of(kind: str) -> Node:
    above = None
    for step in KINDS[: KINDS.index(kind) + 1]:
        above = node(step, f"{Kind(step).label}名", above)
    assert above
    return above


def test_closing_a_node_with_rows_below_names_them():
    made = village(TownshipFactory(), groups=1, hubs=1, members=1, households=2)
    with pytest.raises(tree.NotInTree) as refusal:
        tree.close(node=made.members[0], on=DAY, reason=CloseReason.TRANSFERRED)
    assert refusal.value.messages == [
        f"“{made.members[0].name}”下面还有2项（{made.households[0].name}、{made.households[1].name}等），请先移走或一并注销。"
    ]


def test_verify_names_each_wrong_row_and_repair_mends_it():
    made = village(TownshipFactory(), groups=1)
    other = village(TownshipFactory(), groups=1)
    Node.objects.filter(pk=made.households[0].pk).update(lft=999, root=other.root)
    Node.objects.filter(pk=other.root.pk).update(tree_id=made.root.tree_id)
    assert {fault.node_id for fault in tree.verify()} >= {made.households[0].pk, other.root.pk}
    assert tree.repair() > 0
    assert tree.verify() == []


def test_verify_reports_what_renumbering_cannot_mend():
    made = village(TownshipFactory(), groups=1)
    Node.objects.filter(pk=made.members[0].pk).update(closed_on=DAY, close_reason=CloseReason.DECEASED)
    below = {household.pk for household in made.households if household.parent_id == made.members[0].pk}
    assert {fault.node_id for fault in tree.verify() if not fault.repairable} == below
    tree.repair()
    assert {fault.node_id for fault in tree.verify()} == below


CONSTRAINED = {
    "node_closed_with_reason": {"closed_on": DAY},
    "node_name_written": {"name": ""},
    "node_top_is_branch": {"parent": None},
    "node_group_in_grid": {"kind": Kind.GROUP},
    "node_hub_in_group": {"kind": Kind.HUB},
    "node_general_branch_on_top": {"kind": Kind.GENERAL_BRANCH},
    "node_above_groups_plain": {"kind": Kind.GRID},
    "node_root_known": {"root": None},
}


@pytest.mark.parametrize("name", CONSTRAINED)
def test_the_database_itself_refuses(name):
    made = village(TownshipFactory(), groups=1)
    with pytest.raises(IntegrityError) as refusal:
        Node.objects.filter(pk=made.households[0].pk).update(**CONSTRAINED[name])
    assert "node_" in str(refusal.value)


def test_one_group_a_grid_and_one_name_under_a_parent():
    made = village(TownshipFactory(), groups=1, hubs=2)
    with pytest.raises(tree.NotInTree, match="每个网格只建一个党小组"):
        node(Kind.GROUP, "另一党小组", made.grids[0])
    with pytest.raises(tree.NotInTree, match="已有名为"):
        node(Kind.HUB, made.hubs[0].name, made.groups[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Node.objects.filter(pk=made.hubs[1].pk).update(name=made.hubs[0].name)
