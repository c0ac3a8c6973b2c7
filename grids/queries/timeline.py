"""The list of actions and what one of them changed, as far as the reader sees the rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, Model, OuterRef, Q, QuerySet, Value

from grids import access
from grids.models import Node, Person
from grids.queries.changes import FieldChange, Reader, Step, field_changes, linked_names
from grids.queries.footprints import Row, compared, places_of_rows, tracked_models, way_to_node
from grids.queries.titles import kind_of, names_of, titles_by_number, titles_of
from township.history import records_of
from township.models import Action, User

UNOWNED = Q(township=None)


_KEPT = "_actions_shown"
_WRITTEN = "_models_written"


@dataclass(frozen=True)
class ActionQuery:
    """What of the actions is asked for."""

    by: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    state: str = ""


@dataclass(frozen=True)
class ActionLine:
    """One line of the list."""

    pk: int
    at: datetime
    who: str
    title: str
    reason: str
    rows: int
    undone: bool
    undoes: int | None
    touched: int  # rows that have been changed since
    subject: str = ""  # what it was about, as far as the reader sees it


def _seen_rows(user: User | Any, model: type[Model]) -> QuerySet[Any]:
    """History rows of what the user sees now, and of what is gone from places the user sees."""
    manager: Any = model._default_manager
    first = way_to_node(model)[0] or "parent"
    above: Any = model._meta.get_field(first).related_model
    held = getattr(manager, "above_open_to", above._default_manager.visible_to)(user)
    places = (held if access.readable(user, model) else held.none()).order_by().values("pk")
    seen = Q(id__in=manager.visible_to(user).order_by().values("pk"))
    gone = ~Q(id__in=manager.order_by().values("pk"))
    records = records_of(model).objects.filter(action__isnull=False).order_by()
    found: QuerySet[Any] = records.filter(seen | (gone & Q(**{f"{first}__in": places})))
    return found


def _shown(user: User | Any) -> Q:
    """Actions with a row the user sees; over all models, so it is made once and kept on the user object."""
    kept: Q | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = _over_all_models(user)
        setattr(user, _KEPT, kept)
    return kept


def _over_all_models(user: User | Any) -> Q:
    scope = access.scope_of(user)
    own = Q(township_id=scope.township_id)
    written: Any = Q(pk__in=[])
    seen = Q(pk__in=[])
    for model in _models_written(user):
        if scope.whole_township:
            written |= Exists(records_of(model).objects.filter(action=OuterRef("pk")).order_by())
        seen |= Q(pk__in=_seen_rows(user, model).values("action_id"))
    # What a command did belongs to no township; its rows do.
    return (own & written) | (UNOWNED & seen) if scope.whole_township else (own | UNOWNED) & seen


def _models_written(user: User | Any) -> list[type[Model]]:
    """Those of which some action wrote a row, kept on the user object.

    Asking it costs one short query; each model left out saves a dozen joins on the page of actions.
    """
    kept: list[type[Model]] | None = getattr(user, _WRITTEN, None)
    if kept is None:
        models = list(tracked_models())
        by_actions = [records_of(model).objects.filter(action__isnull=False).order_by() for model in models]
        asked = User.objects.filter(pk=user.pk).order_by()
        [found] = asked.values_list(*(Exists(records) for records in by_actions))
        kept = [model for model, wrote in zip(models, found, strict=True) if wrote]
        setattr(user, _WRITTEN, kept)
    return kept


def actions(user: User | Any, query: ActionQuery) -> QuerySet[Action]:
    """Actions with a row the user sees, newest first."""
    found = Action.objects.filter(_shown(user)).select_related("by")
    if query.by is not None:
        found = found.filter(by_id=query.by)
    if query.since:
        found = found.filter(at__date__gte=query.since)
    if query.until:
        found = found.filter(at__date__lt=query.until + timedelta(days=1))
    if query.text:
        found = found.filter(Q(title__icontains=query.text) | Q(reason__icontains=query.text))
    if query.state == "undone":
        found = found.filter(undone_by__isnull=False).distinct()
    elif query.state == "undo":
        found = found.filter(undoes__isnull=False)
    return found.order_by("-at", "-pk")


def action_named(user: User | Any, pk: int) -> Action | None:
    """An action of the user's township or of a command; whether one sees any row of it `traces` tells."""
    scope = access.scope_of(user)
    own = Q(township_id=scope.township_id) | UNOWNED
    return Action.objects.filter(own, pk=pk).select_related("by", "undoes").first()


def latest_undo(action: Action) -> Action | None:
    """The last action that took it back."""
    return Action.objects.filter(undoes=action).select_related("by").order_by("-pk").first()


def actors(user: User | Any) -> list[tuple[int, str]]:
    """Accounts that did something the user sees."""
    found = actions(user, ActionQuery()).filter(by__isnull=False).order_by("by__full_name", "by_id")
    return list(found.values_list("by_id", "by__full_name").distinct())


def action_lines(user: User | Any, found: Sequence[Action], undone: set[int]) -> list[ActionLine]:
    """The actions of a page with their numbers: a handful of queries, whatever the number of models."""
    ids = [action.pk for action in found]
    models = _models_written(user)
    rows = _summed(_written(model, ids) for model in models)
    touched = _summed(_touched(model, ids) for model in models)
    subjects = _subjects(user, ids)
    return [
        ActionLine(
            action.pk,
            action.at,
            action.by.full_name if action.by else "系统",
            action.title,
            action.reason,
            rows[action.pk],
            action.pk in undone,
            action.undoes_id,
            touched[action.pk],
            subjects.get(action.pk, ""),
        )
        for action in found
    ]


def _written(model: type[Model], action_ids: Sequence[int]) -> QuerySet[Any]:
    found: QuerySet[Any] = records_of(model).objects.filter(action_id__in=action_ids).order_by()
    return found


def _touched(model: type[Model], action_ids: Sequence[int]) -> QuerySet[Any]:
    """Rows that another action or nobody's has written since."""
    later = records_of(model).objects.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    others = later.order_by().filter(~Q(action_id=OuterRef("action_id")) | Q(action_id=None))
    return _written(model, action_ids).filter(Exists(others))


def _summed(queries: Iterable[QuerySet[Any]]) -> Counter[int]:
    """Rows by action over all models, in one query."""
    counted = [query.values_list("action_id").annotate(n=Count("history_id")) for query in queries]
    found: Counter[int] = Counter()
    for action_id, n in counted[0].union(*counted[1:], all=True) if counted else ():
        found[action_id] += n
    return found


def _subjects(user: User | Any, action_ids: Sequence[int]) -> dict[int, str]:
    """What each action was about by one name: a place, or a person where no place was written."""
    places: dict[int, int] = {}
    people: dict[int, int] = {}
    queries = []
    for rank, model in enumerate(sorted(_models_written(user), key=lambda model: model is not Node)):
        column = "id" if model in (Node, Person) else f"{'__'.join(filter(None, way_to_node(model)))}_id"
        order = Value(-1 if model is Person else rank)
        rows = _seen_rows(user, model).filter(action_id__in=action_ids)
        queries.append(rows.values_list("action_id", order).annotate(first=Min(column)))
    found = queries[0].union(*queries[1:], all=True) if queries else ()
    for action_id, rank, pk in sorted(found, key=lambda row: -row[1]):
        if pk is not None:
            (people if rank < 0 else places)[action_id] = pk
    named = titles_by_number(Node, places.values()), titles_by_number(Person, people.values())
    return {pk: named[1].get(people.get(pk, 0), "") or "" for pk in action_ids} | {
        pk: named[0][place] for pk, place in places.items() if place in named[0]
    }


# --- one action -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trace:
    """One row an action wrote."""

    model: type[Model]
    pk: int
    place: int | None  # the node it belongs to


@dataclass(frozen=True)
class RowChange:
    """One row in words."""

    title: str
    what: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class PlaceChanges:
    """What an action changed at one place."""

    pk: int | None  # None: the township itself
    title: str
    there: bool  # the place has a page
    rows: tuple[RowChange, ...]


def traces(user: User | Any, action: Action) -> tuple[list[Trace], int]:
    """Rows of an action the user sees, by place, and the number of the others."""
    scope = access.scope_of(user)
    whole = scope.whole_township and action.township_id == scope.township_id
    seen: list[Trace] = []
    hidden = 0
    for model in tracked_models():
        records = records_of(model).objects.filter(action=action).order_by()
        first, _ = way_to_node(model)
        pairs = dict(records.values_list("id", f"{first}_id" if first else "id"))
        if not pairs:
            continue
        mine = set(_seen_rows(user, model).filter(action=action).values_list("id", flat=True))
        places = places_of_rows(model, pairs)
        for pk in pairs:
            if whole or pk in mine:
                seen.append(Trace(model, pk, places.get(pk)))
            else:
                hidden += 1
    order = _tree_order({trace.place for trace in seen if trace.place})
    seen.sort(key=lambda trace: (order.get(trace.place or 0, (1, 0)), trace.place or 0))
    return seen, hidden


def _tree_order(pks: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    rows = Node.objects.filter(pk__in=list(pks)).values_list("pk", "root_id", "lft")
    return {pk: (0, root, lft) for pk, root, lft in rows}


def told(user: User | Any, action: Action, page: Sequence[Trace]) -> list[PlaceChanges]:
    """What the action did to these rows, by place, with old and new values in words."""
    of: dict[type[Model], list[Trace]] = defaultdict(list)
    for trace in page:
        of[trace.model].append(trace)
    nodes = {trace.place for trace in page if trace.place}
    roots = dict(Node.objects.filter(pk__in=nodes).values_list("pk", "root_id"))
    steps: dict[Trace, tuple[Step, str]] = {}
    titles: dict[Trace, str] = {}
    for model, group in of.items():
        states = _states(model, action, [trace.pk for trace in group])
        called = titles_of(model, [after or before for before, after in states.values()])  # type: ignore[misc]
        for trace in group:
            before, after = states[trace.pk]
            what = "新增" if before is None else "删除" if after is None else "修改"
            row = {**(after or before or {}), "history_type": "-" if after is None else None}
            steps[trace] = Step(model, row, before, root_id=roots.get(trace.place or 0)), what
            titles[trace] = called[trace.pk]
    reader = Reader(user, None, frozenset(nodes))
    names = linked_names([step for step, _ in steps.values()], reader)
    return _by_place(page, steps, titles, names, reader, roots)


def _states(
    model: type[Model], action: Action, pks: Sequence[int]
) -> dict[int, tuple[Row | None, Row | None]]:
    """How rows stood before the action and after it."""
    columns = compared(model)
    records = records_of(model).objects.filter(id__in=list(pks)).order_by("history_id")
    before: dict[int, Row | None] = {}
    after: dict[int, Row | None] = {}
    for row in records.values("history_type", "action_id", *columns):
        kind, own = row.pop("history_type"), row.pop("action_id") == action.pk
        state = None if kind == "-" else row
        if own:
            after[row["id"]] = state
        elif row["id"] not in after:
            before[row["id"]] = state
    return {pk: (before.get(pk), after.get(pk)) for pk in pks}


def _by_place(
    page: Sequence[Trace],
    steps: Mapping[Trace, tuple[Step, str]],
    titles: Mapping[Trace, str],
    names: Mapping[Any, str],
    reader: Reader,
    there: Mapping[int, int],
) -> list[PlaceChanges]:
    called = names_of(Node, {trace.place for trace in page if trace.place})
    kinds = {trace.pk: kind_of(Node, steps[trace][0].row) for trace in page if trace.model is Node}
    known = dict(Node.objects.filter(pk__in=list(called)).values_list("pk", "kind"))
    found: dict[int | None, list[RowChange]] = {}
    for trace in page:
        step, what = steps[trace]
        change = RowChange(titles[trace], what, tuple(field_changes(step, names, reader)))
        found.setdefault(trace.place, []).append(change)
    return [
        PlaceChanges(
            place,
            _place_title(place, called, kinds, known),
            place in there,
            tuple(rows),
        )
        for place, rows in found.items()
    ]


def _place_title(
    place: int | None, called: Mapping[int, str], kinds: Mapping[int, str], known: Mapping[int, str]
) -> str:
    if place is None:
        return "乡（镇）"
    kind = kind_of(Node, {"kind": known[place]}) if place in known else kinds.get(place, "")
    return f"{kind} {called.get(place, '')}".strip()
