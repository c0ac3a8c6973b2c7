"""The history of a place or a person in words: who, when, which field from what to what, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max, Q

from grids.kinds import KINDS
from grids.models import Node, Person, Post, VillagerGroup
from grids.queries.phones import shown
from township.models import User

MOST = 60
OUT_OF_SIGHT = "（范围以外）"
# Keys are copies of the parent, written with it; initials follow the name.
SILENT = frozenset(
    {"id", "root", "branch", "grid", "group", "hub", "initials", "township", "node", "position", "user"}
)
NAMED: Mapping[type[models.Model], str] = {Node: "name", Person: "name", VillagerGroup: "name"}


@dataclass(frozen=True)
class FieldChange:
    """One field from old to new, both in words."""

    title: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One entry of the history."""

    at: datetime
    who: str
    what: str
    reason: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class _Step:
    """A history row beside the one before it."""

    model: type[models.Model]
    row: Mapping[str, Any]
    before: Mapping[str, Any] | None
    subject: str


@dataclass(frozen=True)
class _Reader:
    """Who reads a history: phones are masked as elsewhere, places out of scope have no name."""

    user: User | Any
    root_id: int | None
    above: frozenset[int] = frozenset()  # what stands over the place is named on its page too


def history_of(user: User | Any, node: Node, *, most: int = MOST) -> list[Change]:
    """Changes of the place, its profile and the posts there, newest first."""
    steps = _steps(Node, {"id": node.pk}, most)
    steps += _steps(KINDS[node.kind].profile, {"node_id": node.pk}, most)
    steps += _steps(Post, {"node_id": node.pk}, most, subject="任职")
    keys = (node.parent_id, node.hub_id, node.group_id, node.grid_id, node.branch_id, node.root_id)
    return _told(steps, most, _Reader(user, node.root_id, frozenset(key for key in keys if key)))


def history_of_person(user: User | Any, person: Person, *, most: int = MOST) -> list[Change]:
    """Changes of the person and of all their posts, newest first."""
    steps = _steps(Person, {"id": person.pk}, most)
    steps += _steps(Post, {"person_id": person.pk}, most, subject="任职")
    return _told(steps, most, _Reader(user, person.root_id))


def version_of(*rows: models.Model | None) -> str:
    """What a form remembers of the rows it was opened with: their last history numbers."""
    marks = []
    for row in rows:
        if row is not None:
            last = type(row).history.filter(id=row.pk).aggregate(last=Max("history_id"))["last"]  # type: ignore[attr-defined]
            marks.append(f"{row._meta.model_name}{last or 0}")
    return ".".join(marks)


def _steps(model: type[models.Model], where: Mapping[str, Any], most: int, subject: str = "") -> list[_Step]:
    """History rows of one model, each with the row of the same object before it."""
    rows = list(
        model.history.filter(**where).order_by("-history_date", "-history_id").values()[: most + 1]  # type: ignore[attr-defined]
    )
    steps: list[_Step] = []
    later: dict[int, Mapping[str, Any]] = {}
    for row in reversed(rows):
        steps.append(_Step(model, row, later.get(row["id"]), subject))
        later[row["id"]] = row
    whole = len(rows) <= most
    return [step for step in steps if whole or step.before is not None or step.row["history_type"] == "+"]


def _told(steps: Sequence[_Step], most: int, reader: _Reader) -> list[Change]:
    names = _names(steps, reader)
    people = dict(
        User.objects.filter(pk__in={s.row["history_user_id"] for s in steps} - {None}).values_list(
            "pk", "full_name"
        )
    )
    told = [_tell(step, names, people, reader) for step in steps]
    found = [change for change in told if change is not None]
    return sorted(found, key=lambda change: change.at, reverse=True)[:most]


def _tell(step: _Step, names: Mapping[Any, str], people: Mapping[int, str], reader: _Reader) -> Change | None:
    row = step.row
    fields = tuple(_field_changes(step, names, reader))
    if row["history_type"] == "~" and not fields and not row["history_change_reason"]:
        return None
    what = {"+": "新增", "~": "修改", "-": "删除"}[row["history_type"]]
    who = people.get(row["history_user_id"], "") if row["history_user_id"] else "系统"
    return Change(
        row["history_date"],
        who or "（账号已删）",
        f"{what}{step.subject}",
        row["history_change_reason"] or "",
        fields,
    )


def _field_changes(step: _Step, names: Mapping[Any, str], reader: _Reader) -> Iterable[FieldChange]:
    if step.before is None and step.row["history_type"] != "+":
        return  # what it was before is not known
    for field in step.model._meta.concrete_fields:
        if field.name in SILENT or field.attname not in step.row:
            continue
        old = step.before[field.attname] if step.before else None
        new = step.row[field.attname]
        if old == new or (step.before is None and new in (None, "", False)):
            continue
        words = [_words(field, value, names, reader) for value in (old, new)]
        yield FieldChange(str(field.verbose_name), *words)


def _words(field: models.Field, value: Any, names: Mapping[Any, str], reader: _Reader) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.remote_field is not None:
        return names.get((field.remote_field.model, value), OUT_OF_SIGHT)
    if field.name == "phone":
        return shown(reader.user, reader.root_id, str(value))
    return str(value)


def _names(steps: Sequence[_Step], reader: _Reader) -> dict[Any, str]:
    """Names of everything the rows point to and the reader may see, one query a model."""
    wanted: dict[type[models.Model], set[int]] = {model: set() for model in NAMED}
    for step in steps:
        for field in step.model._meta.concrete_fields:
            target = field.remote_field.model if field.remote_field else None
            if target in wanted and field.name not in SILENT:
                wanted[target] |= {
                    row[field.attname] for row in (step.row, step.before or {}) if row.get(field.attname)
                }
    found: dict[Any, str] = {}
    for model, ids in wanted.items():
        if ids:
            seen = model._default_manager.all()
            if model is not VillagerGroup:  # 一社 says nothing by itself, and stands on pages of households
                near = Q(pk__in=reader.above) if model is Node else Q(pk__in=[])
                seen = seen.filter(near | Q(pk__in=seen.visible_to(reader.user).values("pk")))  # type: ignore[attr-defined]
            rows = seen.filter(pk__in=ids).values_list("pk", NAMED[model])
            found.update({(model, pk): name for pk, name in rows})
    return found
