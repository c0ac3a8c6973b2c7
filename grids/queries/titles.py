"""Names of rows of any tracked model, for sentences about what was done to them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, ForeignKey, Model

from grids.choices import Kind, Role
from grids.models import GridProfile, Node, Person, VillagerGroup
from grids.queries.footprints import places_of_rows, way_to_node
from township.history import records_of

Row = Mapping[str, Any]
NAMES: Mapping[type[Model], str] = {
    Node: "name", Person: "name", VillagerGroup: "name", GridProfile: "node__name",
}  # fmt: skip


def kind_of(model: type[Model], row: Row) -> str:
    """What the row is, in one word for counting, such as 农户 or 任职."""
    return Kind(row["kind"]).label if model is Node else str(model._meta.verbose_name)


def titles_of(model: type[Model], rows: Iterable[Row]) -> dict[int, str]:
    """A title of each row by its number, such as 党员“张三”: a fixed number of queries."""
    found = list(rows)
    links = [] if model in (Node, Person, VillagerGroup) else _links(model)
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    for row in found:
        for field in links:
            wanted[_target(field)] |= {row[field.attname]} - {None}
    names = {target: names_of(target, ids) for target, ids in wanted.items()}
    nameless = not links and any("name" not in row for row in found)
    places = _places(model, found) if nameless else {}
    titles = {}
    for row in found:
        if links:
            parts = [
                names[_target(field)].get(row[field.attname], "") for field in links if row[field.attname]
            ]
            said = " ".join(dict.fromkeys(part for part in parts if part))
            said += f" {Role(row['role']).label}" if "role" in row else ""
        else:
            said = str(row.get("name") or places.get(row["id"], ""))
        titles[row["id"]] = f"{kind_of(model, row)}“{said}”"
    return titles


def _places(model: type[Model], rows: Iterable[Row]) -> dict[int, str]:
    """What the node is called that each row hangs on, be it two steps away."""
    first, _ = way_to_node(model)
    nodes = places_of_rows(model, {row["id"]: row[f"{first}_id"] for row in rows})
    names = names_of(Node, {node for node in nodes.values() if node})
    return {pk: names.get(node or 0, "") for pk, node in nodes.items()}


def _links(model: type[Model]) -> list[ForeignKey]:
    """Its keys to rows that have a name, in the order of the model; a profile is called as its node."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    if one := [field for field in fields if field.name == "node" and field.one_to_one]:
        return one
    return [field for field in fields if _target(field) in NAMES]


def _target(field: ForeignKey) -> type[Model]:
    target: Any = field.related_model
    return target


def names_of(model: type[Model], pks: Iterable[int]) -> dict[int, str]:
    """Names as they are now; of rows that are gone the last one they had."""
    wanted = list(pks)
    path = NAMES[model]
    found = dict(model._default_manager.filter(pk__in=wanted).values_list("pk", path))
    if gone := [pk for pk in wanted if pk not in found]:
        rows = records_of(model).objects.filter(id__in=gone).order_by("history_id")
        # A link of a row that is gone leads to a row that may be gone as well.
        if path == "node__name":
            nodes = dict(rows.values_list("id", "node_id"))
            names = names_of(Node, set(nodes.values()))
            found |= {pk: names.get(node, "") for pk, node in nodes.items()}
        else:
            found |= dict(rows.values_list("id", F(path)))
    return found


def titles_by_number(model: type[Model], pks: Iterable[int]) -> dict[int, str]:
    """Titles of rows of a model with a name of its own, of gone ones too: at most two queries."""
    wanted = set(pks)
    if not wanted:
        return {}
    columns = ("pk", "name", "kind") if model is Node else ("pk", "name")
    rows = list(model._default_manager.filter(pk__in=wanted).values(*columns))
    if gone := wanted - {row["pk"] for row in rows}:
        past = records_of(model).objects.filter(id__in=gone).order_by("history_id")
        rows += [{**row, "pk": row["id"]} for row in past.values("id", *columns[1:])]
    return {row["pk"]: f"{kind_of(model, row)}“{row['name']}”" for row in rows}
