"""The history of a row in words: who, when, which field from what to what, why, and in which action."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Max, Q

from grids.access import scope_of
from grids.choices import Kind
from grids.kinds import KINDS
from grids.models import GridCover, Node, Person, Post, VillagerGroup
from grids.queries.phones import shown
from grids.spelling import SPELLED
from township.models import Action, Attached, User

MOST = 60
OUT_OF_SIGHT = "（范围以外）"
TAKEN_OUT = "（已撤销）"  # made by an action that was taken back
# Keys are copies of the parent, written with it; initials follow the name; a file is named where it is kept.
SILENT = frozenset(
    {*SPELLED, *Attached.FILE_FIELDS, "id", "root", "branch", "grid", "group", "hub", "township", "node",
     "position", "user", "profile", "client_id"}
)  # fmt: skip
EMPTY = (None, "", False)
NAMED: Mapping[type[models.Model], str] = {Node: "name", Person: "name", VillagerGroup: "name"}


@dataclass(frozen=True)
class FieldChange:
    """One field from old to new, both in words."""

    title: str
    old: str
    new: str
    name: str = ""  # of the column, for putting the old value back
    model: str = ""


@dataclass(frozen=True)
class Change:
    """One entry of the history."""

    at: datetime
    who: str
    what: str
    reason: str
    fields: tuple[FieldChange, ...]
    action_id: int | None = None
    record: str = ""  # model and number of its history row


@dataclass(frozen=True)
class Entry:
    """What one action did to the row a history is of."""

    at: datetime
    who: str
    title: str
    reason: str
    action_id: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Step:
    """A state of a row beside the one before it; history rows, or what an action made of them."""

    model: type[models.Model]
    row: Mapping[str, Any]
    before: Mapping[str, Any] | None
    subject: str = ""
    root_id: int | None = None  # whose phones these are, where a page shows rows of several villages


@dataclass(frozen=True)
class Reader:
    """Who reads a history: phones are masked as elsewhere, places out of scope have no name."""

    user: User | Any
    root_id: int | None
    above: frozenset[int] = frozenset()  # what stands over the place is named on its page too


def history_of(user: User | Any, node: Node, *, most: int = MOST) -> list[Change]:
    """Changes of the place, its profile and the posts there, newest first."""
    steps = _steps(Node, {"id": node.pk}, most)
    steps += _steps(KINDS[node.kind].profile, {"node_id": node.pk}, most)
    steps += _steps(Post, {"node_id": node.pk}, most, subject="任职")
    if node.kind == Kind.GRID:
        steps += _steps(GridCover, {"profile__node_id": node.pk}, most, subject="覆盖的村民小组")
    keys = (node.parent_id, node.hub_id, node.group_id, node.grid_id, node.branch_id, node.root_id)
    return _told(steps, most, Reader(user, node.root_id, frozenset(key for key in keys if key)))


def history_of_person(user: User | Any, person: Person, *, most: int = MOST) -> list[Change]:
    """Changes of the person and of all their posts, newest first."""
    steps = _steps(Person, {"id": person.pk}, most)
    steps += _steps(Post, {"person_id": person.pk}, most, subject="任职")
    return _told(steps, most, Reader(user, person.root_id))


def history_of_row(
    user: User | Any, model: type[models.Model], pk: int, *, root_id: int | None, most: int = MOST
) -> list[Change]:
    """Changes of one row of any model with a history, newest first; the caller has looked at its scope."""
    return _told(_steps(model, {"id": pk}, most), most, Reader(user, root_id))


def entries(changes: Sequence[Change]) -> list[Entry]:
    """Changes by the action they belong to, in the order given; those without an action stand alone."""
    ids = {change.action_id for change in changes if change.action_id is not None}
    titles = dict(Action.objects.filter(pk__in=ids).values_list("pk", "title"))
    found = []
    for (action_id, _), together in groupby(
        enumerate(changes), key=lambda pair: (pair[1].action_id, None if pair[1].action_id else pair[0])
    ):
        group = tuple(change for _, change in together)
        first = group[0]
        reason = next((change.reason for change in group if change.reason), "")
        title = titles.get(action_id, "") if action_id else ""
        found.append(Entry(first.at, first.who, title or first.what, reason, action_id, group))
    return found


def state_before(model: type[models.Model], history_id: int) -> tuple[int, Mapping[str, Any] | None]:
    """The number of the row a history row is of, and how the row stood before it; None when nothing tells."""
    records = model.history  # type: ignore[attr-defined]
    pk = records.filter(history_id=history_id).values_list("id", flat=True).first()
    earlier = records.filter(id=pk, history_id__lt=history_id).order_by("-history_id").values().first()
    return pk or 0, earlier if earlier and earlier["history_type"] != "-" else None


def ways_back(changes: Iterable[Change], own: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    """By history row, the changed fields with a value to go back to; `own`: fields by name of the model."""
    found: dict[str, list[str]] = {}
    for change in changes:
        model = change.record.partition("-")[0]
        fields = [field.name for field in change.fields if field.name in own.get(model, ())]
        if change.what == "修改" and fields:
            found[change.record] = fields
    return found


def way_asked(text: str) -> tuple[str, int, str] | None:
    """Model, number of the history row and field of a button of the history, None for anything else."""
    name, _, rest = text.partition("-")
    number, _, field = rest.partition("-")
    sound = name.isalpha() and number.isascii() and number.isdecimal() and len(number) < 18 and field
    return (name, int(number), field) if sound else None


def version_of(*rows: models.Model | None) -> str:
    """What a form remembers of the rows it was opened with: their last history numbers."""
    marks = []
    for row in rows:
        if row is not None:
            last = type(row).history.filter(id=row.pk).aggregate(last=Max("history_id"))["last"]  # type: ignore[attr-defined]
            marks.append(f"{row._meta.model_name}{last or 0}")
    return ".".join(marks)


def _steps(model: type[models.Model], where: Mapping[str, Any], most: int, subject: str = "") -> list[Step]:
    """History rows of one model, each with the row of the same object before it."""
    rows = list(
        model.history.filter(**where).order_by("-history_date", "-history_id").values()[: most + 1]  # type: ignore[attr-defined]
    )
    steps: list[Step] = []
    later: dict[int, Mapping[str, Any]] = {}
    for row in reversed(rows):
        steps.append(Step(model, row, later.get(row["id"]), subject))
        later[row["id"]] = row
    whole = len(rows) <= most
    return [step for step in steps if whole or step.before is not None or step.row["history_type"] == "+"]


def _told(steps: Sequence[Step], most: int, reader: Reader) -> list[Change]:
    names = linked_names(steps, reader)
    people = dict(
        User.objects.filter(pk__in={s.row["history_user_id"] for s in steps} - {None}).values_list(
            "pk", "full_name"
        )
    )
    told = [_tell(step, names, people, reader) for step in steps]
    found = [change for change in told if change is not None]
    return sorted(found, key=lambda change: (change.at, change.action_id or 0), reverse=True)[:most]


def _tell(step: Step, names: Mapping[Any, str], people: Mapping[int, str], reader: Reader) -> Change | None:
    row = step.row
    fields = tuple(field_changes(step, names, reader))
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
        row["action_id"],
        f"{step.model._meta.model_name}-{row['history_id']}",
    )


def field_changes(step: Step, names: Mapping[Any, str], reader: Reader) -> Iterable[FieldChange]:
    """The fields that differ, in words; of a row that went what it had, of a new one what it came with."""
    kind = step.row.get("history_type")
    if step.before is None and kind not in ("+", None):
        return  # what it was before is not known
    # Facts that a model says only its village reads.
    kept = getattr(step.model, "FIELDS_KEPT_IN_VILLAGE", ()) if scope_of(reader.user).whole_township else ()
    for field in step.model._meta.concrete_fields:
        if field.name in SILENT or field.attname not in step.row or isinstance(field, models.JSONField):
            continue
        if field.name in kept or field.name in getattr(step.model, "FIELDS_NEVER_TOLD", ()):
            continue
        old = step.before[field.attname] if step.before else None
        new = None if kind == "-" else step.row[field.attname]
        if old == new or (old in EMPTY and new in EMPTY):
            continue
        was, is_now = (_words(field, value, names, reader, step) for value in (old, new))
        yield FieldChange(str(field.verbose_name), was, is_now, field.name, str(step.model._meta.model_name))


def _words(field: models.Field, value: Any, names: Mapping[Any, str], reader: Reader, step: Step) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.remote_field is not None:
        return names.get((field.remote_field.model, value), OUT_OF_SIGHT)
    if field.name.endswith("phone"):
        return shown(reader.user, step.root_id or reader.root_id, str(value))
    return str(value)


def linked_names(steps: Sequence[Step], reader: Reader) -> dict[Any, str]:
    """Names of everything the rows point to and the reader may see, two queries a model."""
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for step in steps:
        for field in step.model._meta.concrete_fields:
            if field.remote_field is not None and field.name not in SILENT:
                wanted[field.remote_field.model] |= {
                    row[field.attname] for row in (step.row, step.before or {}) if row.get(field.attname)
                }
    found: dict[Any, str] = {}
    for model, ids in wanted.items():
        scoped = model in NAMED or hasattr(model._default_manager, "visible_to")
        if ids and scoped:
            named = _named(model, ids, reader)
            unnamed = ids - named.keys()
            there = set(model._default_manager.filter(pk__in=unnamed).values_list("pk", flat=True))
            named |= dict.fromkeys(unnamed - there, TAKEN_OUT)
            found.update({(model, pk): name for pk, name in named.items()})
    return found


def _named(model: type[models.Model], ids: set[int], reader: Reader) -> dict[int, str]:
    """Rows in sight by name; one of a model without a name says itself what it is."""
    rows: Any = model._default_manager.filter(pk__in=ids)
    if model not in NAMED:
        seen = rows.visible_to(reader.user)
        keys = [field.name for field in model._meta.concrete_fields if field.remote_field is not None]
        return {row.pk: str(row) for row in seen.select_related(*keys)}
    if model is not VillagerGroup:  # 一社 says nothing by itself, and stands on pages of households
        near = Q(pk__in=reader.above) if model is Node else Q(pk__in=[])
        gone = {"merged": True} if model is Person else {}  # an emptied record keeps its name
        known = model._default_manager.all().visible_to(reader.user, **gone)  # type: ignore[attr-defined]
        rows = rows.filter(near | Q(pk__in=known.values("pk")))
    return dict(rows.values_list("pk", NAMED[model]))
