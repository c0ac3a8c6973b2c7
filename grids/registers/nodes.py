"""Registers of places of the tree: rows read with their profiles, judged by the page's own form."""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.urls import reverse

from grids.choices import Kind
from grids.forms.nodes import NodeForm
from grids.kinds import KINDS
from grids.models import Node
from grids.registers import bands, tree_writing
from grids.registers.columns import Choices, RegisterColumn, plain_choices
from grids.registers.desk import Desk
from grids.registers.forms import fit, judged
from grids.registers.merging import Past
from grids.registers.register import Register
from grids.registers.rows import BandText, Held, Line
from grids.registers.spots import Spot
from grids.registers.versions import Records, last_numbers, token

if TYPE_CHECKING:
    from township.models import User

PLACES = (Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GRID, Kind.GROUP)
NODE_FIELDS = (
    "id", "name", "since", "kind", "township_id", "parent_id", "root_id", "branch_id", "grid_id", "group_id",
    "hub_id", "parent__kind",
)  # fmt: skip
Raw = Mapping[str, Any]


def fixed_choices(kind: str, name: str) -> Choices:
    """The choices of a field of the kind's profile."""
    return plain_choices(KINDS[kind].profile._meta.get_field(name).flatchoices)


class NodeRegister(Register):
    """Rows that are nodes of one kind; `parent_keys` are the columns that say where a row hangs."""

    kind: str
    parent_keys: tuple[str, ...]
    place_kinds = PLACES
    list_name = "grids:node_list"

    def list_address(self) -> str:
        """The list of the kind."""
        return reverse(self.list_name, args=[self.kind])

    # --- for the kinds to say -----------------------------------------------------------------------

    @abstractmethod
    def place_values(self, raw: Raw, parent_kind: str | None) -> dict[str, Any]:
        """The values of the parent columns of a node's row."""

    @abstractmethod
    def find_place(self, desk: Desk, line: Line) -> Spot | None:
        """Where a row shall hang, its parent columns being read; refuses the line when it can't be said."""

    @abstractmethod
    def judge_together(self, desk: Desk, lines: Sequence[Line]) -> None:
        """What one row alone does not show: doubles among the rows and in the database."""

    def owner_of(self, profile: Raw) -> dict[str, Any]:
        """Values that stand on another table the profile points to."""
        return {}

    # --- reading ------------------------------------------------------------------------------------

    @property
    def profile(self) -> type[Model]:
        """The profile's table."""
        return KINDS[self.kind].profile

    def count(self, desk: Desk) -> int:
        """Open rows of the place."""
        return self._nodes(desk).count()

    def _nodes(self, desk: Desk) -> Any:
        found = Node.objects.visible_to(desk.user).filter(kind=self.kind, closed_on=None, **desk.inside)
        return found.order_by("lft")

    def held(self, desk: Desk, ids: Iterable[int] | None = None) -> dict[int, Held]:
        """Rows with profile and version."""
        nodes = self._nodes(desk)
        if ids is not None:
            if not (wanted := list(ids)):
                return {}
            nodes = nodes.filter(pk__in=wanted)
        rows = list(nodes.values(*NODE_FIELDS))
        profiles = self._profiles([row["id"] for row in rows])
        tokens = self._tokens([row["id"] for row in rows], profiles)
        found = {}
        for row in rows:
            values = self._values(row, profiles.get(row["id"], {}), row["parent__kind"])
            cells = {column.key: column.show(values.get(column.key), desk) for column in self.columns}
            spot = Spot(row["id"], *(row[name] for name in NODE_SPOT))
            found[row["id"]] = Held(
                row["id"], values, cells, tokens[row["id"]], row["parent_id"], spot, row["since"]
            )
        return found

    def _profiles(self, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        rows = self.profile._default_manager.filter(node_id__in=ids).values()
        return {row["node_id"]: row for row in rows}

    def _values(self, node: Raw, profile: Raw, parent_kind: str | None) -> dict[str, Any]:
        own = {"name": node.get("name"), "since": node.get("since")}
        for name in KINDS[self.kind].fields:
            key = self.profile._meta.get_field(name).attname  # type: ignore[union-attr]
            own[name] = profile.get(key, self._default(name))
        return {**own, **self.owner_of(profile), **self.place_values(node, parent_kind)}

    def _default(self, name: str) -> Any:
        field = self.profile._meta.get_field(name)
        return field.get_default() if hasattr(field, "get_default") else None

    def _tokens(self, ids: Sequence[int], profiles: Mapping[int, Raw]) -> dict[int, str]:
        nodes, own = last_numbers(Node, "id", ids), last_numbers(self.profile, "node_id", ids)
        return {pk: token([nodes.get(pk), own.get(pk)]) for pk in ids}

    def past(self, desk: Desk, wanted: Mapping[int, tuple[Held, str]]) -> dict[int, Past]:
        """Rows rebuilt from their history; a cell whose history is not known is left out."""
        read = Records(self.tables(), {pk: (base, held.seen) for pk, (held, base) in wanted.items()})
        kinds = self._parent_kinds(read.of_first_table())
        return {pk: Past(self._cells_then(desk, read.then(pk), kinds), *read.signed(pk)) for pk in wanted}

    def tables(self) -> tuple[type[Model], ...]:
        """The tables of a row, in the order of its version's numbers."""
        return Node, self.profile

    def _parent_kinds(self, nodes: Iterable[Raw]) -> dict[int, str]:
        ids = {row["parent_id"] for row in nodes if row["parent_id"]}
        return dict(Node.objects.filter(pk__in=ids).values_list("pk", "kind"))

    def _cells_then(self, desk: Desk, then: Sequence[Raw], kinds: Mapping[int, str]) -> dict[str, str]:
        node, profile = then[0], then[1]
        values: dict[str, Any] = {}
        if node:
            values |= {"name": node["name"], "since": node["since"]}
            values |= self.place_values(node, kinds.get(node["parent_id"]))
        if profile:
            for name in KINDS[self.kind].fields:
                values[name] = profile[self.profile._meta.get_field(name).attname]  # type: ignore[union-attr]
        if len(then) > 2 and then[2]:
            values |= {"phone": then[2]["phone"]}
        return {c.key: c.show(values[c.key], desk) for c in self.columns if c.key in values}

    # --- judging ------------------------------------------------------------------------------------

    def form(self, desk: Desk) -> forms.Form:
        """The single page's form, to be filled with one row after the other."""
        form = NodeForm(kind=self.kind, user=desk.user, root_id=desk.root_id)
        form.fields.pop("person", None)
        form.fields["name"].required = True
        return fit(form)

    def judge(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Cells by the form, the place by its columns, then all rows together."""
        judged(self.form(desk), self.columns, desk, [line for line in lines if not line.errors])
        for line in lines:
            if line.errors and line.held is None and not line.cells:
                continue
            if not {key for key, _ in line.errors} & {"", *self.parent_keys}:
                self._judge_place(desk, line)
        self.judge_together(desk, [line for line in lines if not line.errors])

    def _judge_place(self, desk: Desk, line: Line) -> None:
        if line.held is not None and not line.touched & set(self.parent_keys):
            return
        line.above = self.find_place(desk, line)
        if line.is_moved and "since" not in line.touched:
            line.values["since"] = desk.today

    # --- writing ------------------------------------------------------------------------------------

    def lock_rows(self, ids: Sequence[int]) -> None:
        """Nodes and profiles are written under the tree's lock everywhere."""

    def write(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[str, int]:
        """New layers planted, moved rows hung anew, profiles in bulk."""
        return tree_writing.write(self, desk, lines, by=by, reason=reason)

    def owners(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[int, Any]:
        """Rows of another table new profiles point to, made or changed; by the line's id()."""
        return {}

    def bands(self, desk: Desk, lines: Sequence[Line]) -> list[BandText]:
        """Marks of the places that lose or gain rows."""
        return bands.after(self.kind, desk, lines)


NODE_SPOT = (
    "kind",
    "name",
    "township_id",
    "parent_id",
    "root_id",
    "branch_id",
    "grid_id",
    "group_id",
    "hub_id",
)


def doubles(lines: Sequence[Line], key: Any) -> Iterator[tuple[Line, Line]]:
    """Pairs (first, later) of lines that say the same by `key` (None: not comparable)."""
    first: dict[Any, Line] = {}
    for line in lines:
        found = key(line)
        if found is None:
            continue
        if found in first:
            yield first[found], line
        else:
            first[found] = line


def since_column(title: str = "起始时间", *titles: str) -> RegisterColumn:
    """When a row began to hang where it hangs."""
    return RegisterColumn(
        "since", title, titles, kind="date", width=7, help="如 2026-09-01、2026.9.1、2026年9月"
    )


def remark_column() -> RegisterColumn:
    """The profile's remark."""
    return RegisterColumn("remark", "备注", ("说明",), width=12, max_length=200)


def named_below(desk: Desk, kind: str, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Open rows of the village by name, to find doubles: one query."""
    wanted = set(names)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if wanted:
        rows = Node.objects.filter(root_id=desk.root_id, kind=kind, closed_on=None, name__in=wanted)
        fields = ["pk", "name", "parent_id", "grid_id", "group_id"]
        if kind == Kind.HOUSEHOLD:
            fields += ["household_profile__villager_group_id", "household_profile__door"]
        for row in rows.order_by("lft").values(*fields):
            found[row["name"]].append(row)
    return found
