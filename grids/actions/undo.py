"""Taking a whole action back: every row gets the values it had before, or nothing is changed at all."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import CASCADE, ForeignKey, Model
from django.utils.timezone import localtime

from grids import access, tree
from grids.access import Right
from grids.actions.refusals import in_words
from grids.choices import ROOT_KINDS
from grids.models import Node
from grids.queries.footprints import (
    COPIES,
    Footprint,
    compared,
    footprints,
    hangs_nowhere,
    later_changes,
    places_of,
    tracked_models,
)
from grids.queries.titles import kind_of, titles_of
from township import audit, history
from township.choices import Deed
from township.history import records_of
from township.models import Action

if TYPE_CHECKING:
    from township.models import User

Prints = Mapping[type[Model], Sequence[Footprint]]
MOST_NAMED = 20
SINGLY = 20  # rows that are put back one by one, in the reverse order of the writing


@dataclass(frozen=True)
class UndoLine:
    """What an undo does to one kind of rows."""

    title: str
    removed: int = 0
    restored: int = 0
    recreated: int = 0

    @property
    def total(self) -> int:
        """All rows of the kind."""
        return self.removed + self.restored + self.recreated


@dataclass(frozen=True)
class Undo:
    """What taking an action back would do, or why it can't be done."""

    possible: bool
    touched: Sequence[str]  # sentences: what stands in the way
    rows: Sequence[UndoLine]
    allowed: bool = True  # False: somebody with more rights has to do it

    @property
    def total(self) -> int:
        """All rows that would be written."""
        return sum(line.total for line in self.rows)


def plan_undo(action: Action, user: "User") -> Undo:
    """Look at every row the action wrote and say what an undo would do. Changes nothing."""
    return _plan(action, footprints(action), user)


def undo(*, action: Action, by: "User", reason: str = "") -> Action:
    """Take the action back; returns the action that did so, which can itself be taken back.

    Raises PermissionDenied when `by` may not change all places involved, ValidationError with one
    sentence per obstacle when rows were changed since; then nothing is written.
    """
    title = f"撤销：{action.title}"[:60]
    with in_words("撤销时与别人的改动冲突，没有撤销，请刷新后再试。"):
        with (
            tree.rewriting(_nodes_in(action)),
            history.action(by=by, title=title, reason=reason, undoes=action) as act,
        ):
            prints = footprints(action, lock=True)
            plan = _plan(action, prints, by)
            if not plan.allowed:
                raise PermissionDenied("这次操作涉及您不能修改的内容，请由乡党政办撤销。")
            if not plan.possible:
                raise ValidationError(list(plan.touched))
            _take_back(prints, by=by, reason=reason or title)
            note = "；".join(f"{line.title}{line.total}" for line in plan.rows)
            audit.record(
                by=by, deed=Deed.UNDO, target=f"{title}（操作 {action.pk}）", rows=plan.total, note=note
            )
        return Action.objects.get(pk=act.pk or 0)


def is_undone(action: Action) -> bool:
    """True when somebody took it back, and nobody took that back in turn."""
    return undone_among([action.pk]) == {action.pk}


def undone_among(action_ids: Sequence[int]) -> set[int]:
    """Which of these actions are taken back just now; a query per undo of an undo, which are few."""
    pairs = list(Action.objects.filter(undoes_id__in=list(action_ids)).values_list("undoes_id", "pk"))
    if not pairs:
        return set()
    void = undone_among([pk for _, pk in pairs])
    return {undone for undone, pk in pairs if undone is not None and pk not in void}


# --- looking ----------------------------------------------------------------------------------------


def _nodes_in(action: Action) -> set[int]:
    """Nodes the action wrote and the parents they had and have: whose trees have to be held."""
    records = records_of(Node).objects
    written = records.filter(action=action).order_by().values("id")
    pairs = records.filter(id__in=written).values_list("id", "parent_id").distinct()
    now = Node.objects.filter(pk__in=written).values_list("pk", "parent_id")
    return {pk for pair in (*pairs, *now) for pk in pair if pk is not None}


def _plan(action: Action, prints: Prints, user: "User") -> Undo:
    lines = _lines(prints)
    if not _may_undo(user, action, prints):
        return Undo(possible=False, touched=[], rows=lines, allowed=False)
    if is_undone(action):
        return Undo(possible=False, touched=["这次操作已经撤销过了。"], rows=[])
    said = [*_unreachable(action), *_standing(prints), *_moved_on(prints), *_hanging(action, prints)]
    if not said and not lines:
        said = ["这次操作没有留下可以撤销的改动。"]
    return Undo(possible=not said, touched=said, rows=lines)


def _lines(prints: Prints) -> list[UndoLine]:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for model, steps in prints.items():
        for step in steps:
            what = "removed" if step.made else "recreated" if step.taken else "restored"
            sums[kind_of(model, step.any)][what] += 1
    return [UndoLine(title, **counts) for title, counts in sums.items()]


def _may_undo(user: "User", action: Action, prints: Prints) -> bool:
    """The office takes back what was done in its township, a secretary what lies in the own places."""
    scope = access.scope_of(user)
    if not access.may(user, Right.EDIT_ROSTER) or not all(access.readable(user, model) for model in prints):
        return False
    rows = [step.any for steps in prints.values() for step in steps]
    if any(row.get("township_id", scope.township_id) != scope.township_id for row in rows):
        return False
    places = set().union(*(places_of(model, steps) for model, steps in prints.items()))
    if scope.whole_township:
        return not Node.objects.filter(pk__in=places).exclude(township_id=scope.township_id).exists()
    if any(hangs_nowhere(model, step) for model, steps in prints.items() for step in steps):
        return False  # 乡领导 and their posts
    if any(_rehangs_branch(step) for step in prints.get(Node, ())):
        return False
    foreign_app = any(model._meta.app_label != Node._meta.app_label for model in prints)
    if foreign_app and action.by_id != user.pk:
        return False  # such rows have rules of their own, which the one who wrote them has met
    nodes = Node.objects.filter(pk__in=places).only("pk", "township_id", "root_id", "branch_id")
    return all(access.may_edit(user, node) for node in nodes)


def _rehangs_branch(step: Footprint) -> bool:
    """A Party organisation made, taken out or hung elsewhere: the office's business."""
    if step.any.get("kind") not in ROOT_KINDS:
        return False
    return not step.changed or (step.before or {})["parent_id"] != (step.after or {})["parent_id"]


def _unreachable(action: Action) -> list[str]:
    """Accounts and the township's own row are no part of the roster."""
    from township.models import Township, User  # only for this look

    met = [m for m in (User, Township) if records_of(m).objects.filter(action=action).exists()]
    return ["这次操作改了账号或乡镇资料，不能在这里撤销，请到账号管理里改回。"] if met else []


def _standing(prints: Prints) -> list[str]:
    """What has a number in somebody's hands is never taken back; its model says what to do instead."""
    return list(dict.fromkeys(m.NEVER_TAKEN_BACK for m in prints if hasattr(m, "NEVER_TAKEN_BACK")))


def _moved_on(prints: Prints) -> list[str]:
    """Rows that were changed since, each with who and when."""
    said: list[str] = []
    more = 0
    for model, steps in prints.items():
        moved = [step for step in steps if not step.stands]
        shown = moved[: max(0, MOST_NAMED - len(said))]
        more += len(moved) - len(shown)
        later = later_changes(model, shown) if shown else {}
        titles = titles_of(model, [step.any for step in shown]) if shown else {}
        said.extend(_why(titles[step.pk], step, later.get(step.pk)) for step in shown)
    return [*said, f"还有 {more} 行在这以后也改过。"] if more else said


def _why(title: str, step: Footprint, later: Mapping[str, Any] | None) -> str:
    if not step.known:
        return f"{title}：没有记下改动以前的值。"
    if later is None:
        return f"{title}：现在的值与当时不同。"
    who = later["history_user__full_name"] or "系统"
    did = {"+": "重新登记", "-": "删除"}.get(later["history_type"], "改")
    what = f"（{later['action__title']}）" if later["action__title"] else ""
    return f"{title}：{localtime(later['history_date']):%Y-%m-%d %H:%M} 由{who}{did}过{what}。"


def _hanging(action: Action, prints: Prints) -> list[str]:
    """What was hung since on rows the action made, and would be torn off."""
    leaving = {
        model: {step.pk for step in steps if step.made and step.now} for model, steps in prints.items()
    }
    said: list[str] = []
    for model, gone in leaving.items():
        for field in _keys_to(model) if gone else ():
            other: Any = field.model
            written = records_of(model).objects.filter(action=action).order_by().values("id")
            pairs = other._default_manager.filter(**{f"{field.name}__in": written}).order_by()
            mine = leaving.get(other, set()) | {
                step.pk
                for step in prints.get(other, ())
                if step.changed and step.before and step.before[field.attname] not in gone
            }
            met = pairs.values_list("pk", field.attname)
            held = Counter(there for pk, there in met if there in gone and pk not in mine)
            first = dict(held.most_common(MOST_NAMED))
            rows = {step.pk: step.any for step in prints[model] if step.pk in first}
            titles = titles_of(model, rows.values()) if rows else {}
            label = "下级" if field.name == "parent" else str(other._meta.verbose_name)
            said.extend(f"{titles[pk]}：后来有了{n}项{label}。" for pk, n in first.items())
    return said[:MOST_NAMED]


def _keys_to(model: type[Model]) -> list[ForeignKey]:
    """Foreign keys of other rows that keep a row of `model` in place."""
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if not relation.auto_created or not isinstance(field, ForeignKey) or not _binds(field):
            continue
        follows = model is Node and field.model is Node and field.attname in COPIES
        passes = field.remote_field.on_delete is CASCADE and field.model not in tracked_models()
        if not follows and not passes:
            found.append(field)
    return found


def _binds(field: Any) -> bool:
    """True for a key the database holds on to; those of history rows let go."""
    return bool(field.db_constraint)


# --- writing ----------------------------------------------------------------------------------------


def _take_back(prints: Prints, *, by: "User", reason: str) -> None:
    """Places first: what hangs on them is written after the tree stands as it did."""
    others = {model: steps for model, steps in prints.items() if model is not Node}
    for model in [*others, *([Node] if Node in prints else ())]:
        _drop_drafts(model, [step.pk for step in prints[model] if step.made])
    for model, steps in others.items():
        history.remove_all(model, _instances(model, steps, "made"), by=by, reason=reason)
    if Node in prints:
        _restore_places(prints[Node], by=by, reason=reason)
    for model, steps in others.items():
        rows, fields = _with_earlier_values(model, steps)
        written = {step.pk: step.last_id for step in steps}
        rows.sort(key=lambda row: written[row.pk], reverse=True)
        # What stands only once (a phone, an account) may have gone from row to row: last written, first back
        size = 1 if len(rows) <= SINGLY else len(rows)
        for start in range(0, len(rows), size):
            history.update_all(model, rows[start : start + size], fields, by=by, reason=reason)
    for model, steps in others.items():
        back = [model(**step.before) for step in steps if step.taken and step.before]
        history.create_all(model, back, by=by, reason=reason)


def _restore_places(steps: Sequence[Footprint], *, by: "User", reason: str) -> None:
    changed, fields = _with_earlier_values(Node, steps)
    tree.restore(
        leaving=_instances(Node, steps, "made"),
        changed=changed,
        fields=fields,
        returning=[Node(**step.before) for step in steps if step.taken and step.before],
        by=by,
        reason=reason,
    )


def _instances(model: type[Model], steps: Sequence[Footprint], what: str) -> list[Any]:
    pks = [step.pk for step in steps if getattr(step, what)]
    # In no order: one by a row that has just been taken out would hide these.
    return list(model._default_manager.filter(pk__in=pks).order_by()) if pks else []


def _with_earlier_values(model: type[Model], steps: Sequence[Footprint]) -> tuple[list[Any], list[str]]:
    """The changed rows with their values of before, and the fields in which any of them differs."""
    pairs = [(step.before, step.after) for step in steps if step.changed and step.before and step.after]
    before = {step.pk: step.before for step in steps if step.changed and step.before}
    names = [name for name in compared(model) if any(old[name] != new[name] for old, new in pairs)]
    rows = list(model._default_manager.filter(pk__in=before)) if before else []
    for row in rows:
        for name in names:
            setattr(row, name, before[row.pk][name])
    fields = {field.attname: field.name for field in model._meta.concrete_fields}
    return rows, [fields[name] for name in names]


def _drop_drafts(model: type[Model], pks: Sequence[int]) -> None:
    """What has no history and goes with its row (drafts, say) goes first."""
    tracked = tracked_models()
    for relation in model._meta.get_fields(include_hidden=True) if pks else ():
        field = getattr(relation, "field", None)
        if relation.auto_created and isinstance(field, ForeignKey) and _binds(field):
            other: Any = field.model
            if field.remote_field.on_delete is CASCADE and other not in tracked:
                other._default_manager.filter(**{f"{field.name}__in": pks}).delete()
