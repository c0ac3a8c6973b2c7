"""A ledger: one kind of row of a village; its columns are declared once for page, grid, Excel and print."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import CharField, F, ForeignKey, Q, QuerySet, TextField
from django.urls import reverse

from grids import access
from grids.choices import ROOT_KINDS, Kind
from grids.ledgers.columns import LedgerColumn
from grids.ledgers.fields import OptionField, RowForm
from grids.ledgers.tables import PLACE, Cell, Cells, Field, Reader
from grids.models import Node
from grids.queries.phones import masked
from grids.registers.columns import NO, YES
from grids.registers.desk import Desk
from grids.registers.forms import read_cells, run
from grids.registers.merging import Past
from grids.registers.register import Register, register
from grids.registers.rows import Held, Line
from grids.registers.versions import Records, last_numbers, lock, token
from township import history
from township.days import NOT_YET

if TYPE_CHECKING:
    from township.models import User

TWICE, KNOWN = "与上面的一行相同，请删去一行。", "同样的一条已经登记过。"
CURRENT, ENDED = "", "ended"
VILLAGE = "root"


@dataclass(frozen=True)
class Asked:
    """What a list's filter asks for."""

    village: int | None = None
    year: int | None = None
    state: str = CURRENT
    text: str = ""


class Ledger(Register):
    """One ledger; a subclass says which model, which columns, and what of its rows cannot be."""

    model: ClassVar[Any]
    columns: tuple[LedgerColumn, ...]
    tab: ClassVar[str] = ""
    add: ClassVar[str] = "登记"
    clause: ClassVar[str] = ""
    empty: ClassVar[str] = ""
    path: ClassVar[str] = VILLAGE  # from a row to its village
    identity: ClassVar[tuple[str, ...] | None] = None  # what no two rows share; () is one row per village
    ends: ClassVar[str] = ""  # the day that ends a row
    ended: ClassVar[str] = "已结束"
    dated: ClassVar[str] = ""  # the field a list's year is read from
    search: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[tuple[str, ...]] = ("pk",)
    children: ClassVar[tuple[tuple[str, str], ...]] = ()  # code and field of what hangs on a row
    missing_words: ClassVar[str] = ""  # what those named by `missing` have in common
    more: ClassVar[tuple[Field, ...]] = ()  # computed columns behind the others
    place_kinds = ROOT_KINDS
    list_name = "services:ledger"

    # --- where it stands ----------------------------------------------------------------------------

    def list_address(self) -> str:
        """Its list."""
        return reverse(self.list_name, args=[self.room, self.code])

    @property
    def by_branch(self) -> bool:
        """True when rows hang on members or branches, so that a branch below a 党总支 keeps its own."""
        return self.path != VILLAGE

    @property
    def node(self) -> str:
        """From a row to the node it hangs on."""
        return self.path.removesuffix(f"__{VILLAGE}")

    def kept_at(self, place: Node) -> Node:
        """Rows of the village are its secretary's, whichever of its organisations the file names."""
        return place if self.by_branch or place.root is None else place.root

    def places(self, user: "User | Any") -> QuerySet[Node]:
        """From where the user enters rows: villages, and where rows hang lower the own branches."""
        own = Q(parent=None)
        if self.by_branch:
            edits = access.scope_of(user).edits
            own |= Q(pk__in=edits, kind=Kind.BRANCH) & ~Q(root_id__in=edits)
        rows = Node.objects.editable_by(user).filter(own, closed_on=None)
        return rows.select_related("root").order_by("root__position", "root_id", "lft")

    def place_of(self, user: "User | Any", row: Any) -> Node | None:
        """From where the user corrects this row; None for who may only look."""
        here = self.model.objects.filter(pk=row.pk).values(self.node)
        node = Node.objects.editable_by(user).filter(pk__in=here).first()
        above = (node.pk, node.branch_id, node.root_id) if node is not None else ()
        return self.places(user).filter(pk__in=[pk for pk in above if pk]).first()

    @property
    def states(self) -> Sequence[tuple[str, str]]:
        """States a list can be narrowed to."""
        return ((CURRENT, "在册"), (ENDED, self.ended), ("all", "全部")) if self.ends else ()

    # --- rows ---------------------------------------------------------------------------------------

    def _foreign(self) -> list[str]:
        names = [column.key for column in self.columns]
        return [name for name in names if isinstance(self.model._meta.get_field(name), ForeignKey)]

    def _attname(self, key: str) -> str:
        return str(self.model._meta.get_field(key).attname)

    def standing(self) -> Q:
        """Rows that have not ended."""
        return Q(**{f"{self.ends}__isnull": True}) if self.ends else Q()

    def rows_of_village(self, desk: Desk) -> QuerySet[Any]:
        """The village's rows that have not ended, in their order."""
        return self._of_village(desk).filter(self.standing())

    def _of_village(self, desk: Desk) -> QuerySet[Any]:
        here = Q(**{f"{self.path}_id": desk.root_id})
        found = self.model.objects.visible_to(desk.user).filter(here)
        if self.by_branch and desk.place.pk != desk.root_id:
            own = Node.objects.editable_by(desk.user).order_by().values("pk")
            found = found.filter(**{f"{self.node}__in": own})
        return found.select_related(*self._foreign()).order_by(*self.order)

    def listed(self, user: "User | Any", asked: Asked, *, on: date) -> QuerySet[Any]:
        """The rows a list shows, with their village in `village` and `village_id`."""
        rows = self.model.objects.visible_to(user)
        if asked.village is not None:
            rows = rows.filter(**{f"{self.path}_id": asked.village})
        if asked.year and self.dated:
            year = "year" if self.dated == "year" else f"{self.dated}__year"
            rows = rows.filter(**{year: asked.year})
        if asked.text:
            found = Q()
            for name in self.search:
                found |= Q(**{f"{name}__icontains": asked.text})
            rows = rows.filter(found)
        if self.ends and asked.state != "all":
            rows = rows.exclude(self.standing()) if asked.state == ENDED else rows.filter(self.standing())
        rows = self.narrowed(rows, asked, on=on)
        return (
            rows.select_related(*self._foreign())
            .annotate(village=F(f"{self.path}__name"), village_id=F(f"{self.path}_id"))
            .order_by(*self.listed_in(asked))
        )

    def listed_in(self, asked: Asked) -> tuple[str, ...]:
        """The order of a list: by day where there is one, else by village."""
        return self.order if self.dated else (f"{self.path}__position", f"{self.path}_id", *self.order)

    def narrowed(self, rows: QuerySet[Any], asked: Asked, *, on: date) -> QuerySet[Any]:
        """States and annotations of its own."""
        return rows

    # --- cells of pages and files -------------------------------------------------------------------

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns as a list shows them, the village behind the first."""
        first, *rest = (column for column in self.columns if column.listed)
        return (_field(first), PLACE, *map(_field, rest), *self.more)

    def reader(self, user: "User | Any", on: date) -> Reader:
        """How a row reads."""

        def cells(row: Any) -> Cells:
            whole = access.sees_full_phone(user, row.village_id)
            first, *rest = (self._cell(row, column, whole) for column in self.columns if column.listed)
            return (first, Cell(row.village or "全乡"), *rest, *self.computed(row, on))

        return cells

    def facts(self, user: "User | Any", row: Any) -> list[tuple[LedgerColumn, Cell]]:
        """All columns of one row."""
        whole = access.sees_full_phone(user, row.village_id)
        return [(column, self._cell(row, column, whole)) for column in self.columns]

    def computed(self, row: Any, on: date) -> Cells:
        """The cells of `more`."""
        return ()

    def _cell(self, row: Any, column: LedgerColumn, whole: bool) -> Cell:
        text = self._text(row, column)
        return Cell(text if whole or column.kind != "phone" else masked(text))

    def _text(self, row: Any, column: LedgerColumn) -> str:
        """A cell by the row alone, without the village's choices."""
        if column.key in self._foreign():
            return str(getattr(row, column.key) or "")
        value = getattr(row, column.key)
        if column.choices is not None:
            return str(getattr(row, f"get_{column.key}_display")())
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, date):
            return f"{value:%Y-%m-%d}"
        return "" if value is None else str(value)

    def panel(self, user: "User | Any", *, on: date) -> Mapping[str, Any]:
        """What stands over the list, if anything."""
        return {}

    def missing(self, user: "User | Any", *, on: date) -> list[tuple[str, str]]:
        """What the list says is not there yet: name and where it is added."""
        return []

    # --- as a register ------------------------------------------------------------------------------

    def count(self, desk: Desk) -> int:
        """Rows of the village."""
        return int(self.rows_of_village(desk).count())

    def held(self, desk: Desk, ids: Iterable[int] | None = None) -> dict[int, Held]:
        """Rows of the village as they stand; those that have ended only where they are named."""
        if ids is None:
            found = list(self.rows_of_village(desk))
        else:
            wanted = list(ids)
            found = list(self._of_village(desk).filter(pk__in=wanted)) if wanted else []
        last = last_numbers(self.model, "id", [row.pk for row in found])
        return {row.pk: self._held(desk, row, token([last.get(row.pk)])) for row in found}

    def _held(self, desk: Desk, row: Any, seen: str) -> Held:
        values = {column.key: getattr(row, self._attname(column.key)) for column in self.columns}
        cells = {column.key: self._shown(desk, row, column, values[column.key]) for column in self.columns}
        return Held(row.pk, values, cells, seen)

    def _shown(self, desk: Desk, row: Any, column: LedgerColumn, value: Any) -> str:
        return column.show(value, desk) or (
            self._text(row, column) if column.choices is not None and value else ""
        )

    def past(self, desk: Desk, wanted: Mapping[int, tuple[Held, str]]) -> dict[int, Past]:
        """Rows as they were."""
        read = Records((self.model,), {pk: (base, held.seen) for pk, (held, base) in wanted.items()})
        found = {}
        for pk, (held, _) in wanted.items():
            (row,) = read.then(pk)
            found[pk] = Past(self._past(desk, held, row) if row else {}, *read.signed(pk))
        return found

    def _past(self, desk: Desk, held: Held, row: Mapping[str, Any]) -> dict[str, str]:
        """Cells as they were; what can no longer be chosen and still stands is called as it stands."""
        then = {column.key: row[self._attname(column.key)] for column in self.columns}
        return {
            column.key: held.cells[column.key]
            if then[column.key] == held.values[column.key]
            else column.show(then[column.key], desk)
            for column in self.columns
        }

    def form(self, desk: Desk, *args: Any, **kwargs: Any) -> RowForm:
        """The form of one row."""
        return RowForm(self.columns, desk, *args, **kwargs)

    def judge(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Every line by the one form, then by what cannot be, then against the rows that stand."""
        form = self.form(desk)
        for line in lines:
            if line.errors:
                continue
            self._offer_present(form, line)
            read_cells(self.columns, desk, line)
            run(form, self.columns, line)
            self._refuse_days_to_come(desk, line)
            if not line.errors:
                for key, text in self.faults(line.values, desk):
                    line.refuse(key, text)
                for key, text in self.notes(line.values, desk):
                    line.remark(key, text)
        self._refuse_twice(desk, [line for line in lines if not line.errors])

    def _refuse_days_to_come(self, desk: Desk, line: Line) -> None:
        for column in self.columns:
            day = line.values.get(column.key) if column.is_past else None
            if isinstance(day, date) and day > desk.today:
                line.refuse(column.key, NOT_YET)

    def _offer_present(self, form: RowForm, line: Line) -> None:
        for column in self.columns:
            field = form.fields[column.key]
            if isinstance(field, OptionField):
                held = line.held
                field.also = held.values[column.key] if held and column.key not in line.touched else None

    def faults(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """What cannot be, by column."""
        yield from ()

    def notes(self, values: Mapping[str, Any], desk: Desk) -> Iterator[tuple[str, str]]:
        """Advice by column; it stops no save."""
        yield from ()

    def _refuse_twice(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Of rows that stand no two are the same."""
        if self.identity is None or not lines:
            return
        names = [self._attname(key) for key in self.identity]
        stand = self.rows_of_village(desk).values_list("pk", *names)
        known = {tuple(map(_stored, row[1:])): row[0] for row in stand}
        seen: set[tuple[Any, ...]] = set()
        column = self.identity[0] if self.identity else ""
        for line in lines:
            if self.ends and line.values.get(self.ends):
                continue
            key = tuple(_stored(line.values.get(name)) for name in self.identity)
            other = known.get(key)
            if key in seen:
                line.refuse(column, TWICE)
            elif other is not None and (line.held is None or line.held.pk != other):
                line.refuse(column, KNOWN)
            seen.add(key)

    # --- writing ------------------------------------------------------------------------------------

    def lock_rows(self, ids: Sequence[int]) -> None:
        """The rows."""
        lock(self.model.objects.filter(pk__in=ids))

    def blank(self, desk: Desk) -> Any:
        """A new row, which knows its village where no column says so."""
        names = {field.name for field in self.model._meta.get_fields()}
        given = {}
        if "root" in names:
            given["root_id"] = desk.root_id
        if "township" in names:
            given["township_id"] = desk.place.township_id
        return self.model(**given)

    def write(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[str, int]:
        """New rows in, known ones changed."""
        new = [line for line in lines if line.is_new]
        made = history.create_all(
            self.model, [self._put(self.blank(desk), line) for line in new], by=by, reason=reason
        )
        changed = {line.held.pk: line for line in lines if line.held is not None}
        known = [self._put(row, changed[row.pk]) for row in self.model.objects.filter(pk__in=changed)]
        history.update_all(self.model, known, [column.key for column in self.columns], by=by, reason=reason)
        return {line.row: row.pk for line, row in zip(new, made, strict=True)}

    def _put(self, row: Any, line: Line) -> Any:
        for column in self.columns:
            field = self.model._meta.get_field(column.key)
            value = line.values.get(column.key)
            if value is None and isinstance(field, CharField | TextField):
                value = ""
            setattr(row, field.attname, value)
        return row


def _stored(value: Any) -> Any:
    return "" if value is None else value


def _field(column: LedgerColumn) -> Field:
    return Field(column.title, column.paper, column.css, column.align)


LEDGERS: dict[str, Ledger] = {}


def enlist(*made: Ledger) -> tuple[Ledger, ...]:
    """Add ledgers to the registers, and to the pages of ledgers."""
    for one in made:
        register(one)
        LEDGERS[one.code] = one
    return made
