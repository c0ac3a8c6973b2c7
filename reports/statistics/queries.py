"""The numbers behind annex 1, and the rows behind each number: both are read from the same sources."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from grids.choices import Kind
from grids.models import BranchProfile, Node
from reports.models import Figure, StatisticsForm
from reports.statistics import roster_sources, service_sources, ticket_sources, visit_sources
from reports.statistics.indicators import ADDED, BY_CODE, COVERAGE, POPULATION
from reports.statistics.layout import DEFAULT, Layout, layout_from
from reports.statistics.sources import Key, Told, describe, sources

PORTION = 30_000  # SQLite takes 32,766 values in one question
__all__ = [
    "roster_sources",
    "service_sources",
    "ticket_sources",
    "visit_sources",
]  # their import registers what is counted


@dataclass
class Counts:
    """What was counted of one organisation: rows by themselves, and keys where the heading counts persons."""

    numbers: Counter[str] = field(default_factory=Counter)
    distinct: defaultdict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    population: int | None = None
    remark: str = ""
    general: bool = False  # has a 党总支, so E1 exists
    overrides: dict[str, int] = field(default_factory=dict)  # what a person says instead, with a reason
    extras: dict[str, int | str] = field(default_factory=dict)  # typed columns of the year's form

    def value(self, code: str) -> int | None:
        """The number that is printed, checked and handed on: what was said instead, else the computed one."""
        return self.overrides[code] if code in self.overrides else self.computed(code)

    def computed(self, code: str) -> int | None:
        """The number by the rows; None where nothing was ever written down."""
        if code == POPULATION:
            return self.population
        return self.numbers[code] + len(self.distinct.get(code, ()))

    @property
    def coverage(self) -> float | None:
        """联系覆盖率 = e5_targets / household_count."""
        households = self.value("household_count")
        return (self.value("e5_targets") or 0) / households if households else None

    def add(self, other: "Counts") -> None:
        """Take another organisation in: numbers add up, a person is counted once."""
        self.numbers.update(other.numbers)
        for code, found in other.distinct.items():
            self.distinct[code] |= found
        if other.population is not None:
            self.population = (self.population or 0) + other.population
        self.general = self.general or other.general
        for key, typed in other.extras.items():
            if isinstance(typed, int):
                self.extras[key] = int(self.extras.get(key, 0)) + typed


@dataclass(frozen=True)
class Organisation:
    """A top Party organisation with its counts."""

    pk: int
    name: str
    counts: Counts


def total(organisations: Sequence[Organisation]) -> Counts:
    """The 合计 row: what was said instead is added to what the other organisations have together."""
    counts = _together(organisations)
    for code in {code for one in organisations for code in one.counts.overrides}:
        said = [one.counts.overrides[code] for one in organisations if code in one.counts.overrides]
        rest = _together([one for one in organisations if code not in one.counts.overrides])
        counts.overrides[code] = sum(said) + (rest.computed(code) or 0)
    return counts


def _together(organisations: Iterable[Organisation]) -> Counts:
    counts = Counts()
    for organisation in organisations:
        counts.add(organisation.counts)
    return counts


def roots_of(*, township_id: int, organisation: Node | int | None = None, user: Any = None) -> QuerySet[Node]:
    """The top organisations of the township (or one) that the user sees whole, in printing order."""
    roots = Node.objects.open().filter(township_id=township_id, parent__isnull=True)
    if user is not None:
        roots = roots.visible_to(user)
    if organisation is not None:
        roots = roots.filter(pk=organisation.pk if isinstance(organisation, Node) else organisation)
    return roots.order_by("position", "pk")


def read(
    *,
    township_id: int,
    on: date,
    organisation: Node | None = None,
    user: Any = None,
    year: int | None = None,
) -> list[Organisation]:
    """All organisations of the township (or one) that the user sees whole, with their counts.

    `year` is the campaign's whose corrections hold, else the day's own.
    """
    roots = roots_of(township_id=township_id, organisation=organisation, user=user)
    found = list(roots.values_list("pk", "name", "kind"))
    counts = {pk: Counts(general=kind == Kind.GENERAL_BRANCH) for pk, _, kind in found}
    _count(counts, on)
    _read_branches(counts)
    _read_figures(counts, year or on.year)
    return [Organisation(pk, name, counts[pk]) for pk, name, _ in found]


def _count(counts: dict[int, Counts], on: date) -> None:
    """One query a source, rows with the same facts told as one line with their number."""
    for source in sources():
        lines = source.rows(list(counts), on).order_by().values_list(*source.facts).annotate(n=Count("pk"))
        for root, *facts, n in lines:
            here = counts[root]
            for code, key in source.counts_in(*facts):
                if key is None:
                    here.numbers[code] += n
                else:
                    here.distinct[code].add(key)


def _read_branches(counts: dict[int, Counts]) -> None:
    """What organisations type themselves: population and 备注."""
    rows = _branches(counts)
    for root, typed in _typed_totals(rows).items():
        counts[root].population = sum(typed.values())
    for node, root, _, remark in rows:
        if node == root:
            counts[root].remark = remark


def _read_figures(counts: dict[int, Counts], year: int) -> None:
    """What people said in the year's campaign."""
    rows = Figure.objects.filter(root_id__in=list(counts), campaign__year=year).order_by()
    for root, code, number, text in rows.values_list("root_id", "code", "number", "text"):
        if code in BY_CODE:
            if number is not None:
                counts[root].overrides[code] = number
        else:
            counts[root].extras[code] = text if number is None else number


def reasons(organisations: Sequence[Organisation], year: int) -> dict[tuple[int, str], str]:
    """Why a number was said instead, by organisation and code; no query where none was."""
    roots = [one.pk for one in organisations if one.counts.overrides]
    if not roots:
        return {}
    rows = Figure.objects.filter(root_id__in=roots, campaign__year=year).exclude(reason="").order_by()
    return {(root, code): reason for root, code, reason in rows.values_list("root_id", "code", "reason")}


def layout_of(township_id: int, year: int) -> Layout:
    """The year's form in its newest version; the document's own where nothing was changed."""
    rows = StatisticsForm.objects.filter(township_id=township_id, year=year).order_by("-version")
    stored = rows.values_list("columns", "version").first()
    return layout_from(*stored) if stored else DEFAULT


def _branches(roots: Collection[int]) -> list[tuple[int, int, int | None, str]]:
    rows = BranchProfile.objects.filter(node__root_id__in=roots, node__closed_on__isnull=True)
    return list(rows.order_by("node_id").values_list("node_id", "node__root_id", "population", "remark"))


def _typed_totals(rows: Iterable[tuple[int, int, int | None, str]]) -> dict[int, dict[int, int]]:
    """Population by branch: the organisation's own typed total, else what each branch below typed."""
    own: dict[int, dict[int, int]] = {}
    below: dict[int, dict[int, int]] = {}
    for node, root, population, _ in rows:
        if population is not None:
            (own if node == root else below).setdefault(root, {})[node] = population
    return {**below, **own}


# --- the rows behind the numbers --------------------------------------------------------------------


@dataclass
class Rows:
    """Per organisation and code the keys that count, in the order of the tree; amounts to be added."""

    keys: dict[int, dict[str, dict[Key, None]]]
    amounts: Counter[Key] = field(default_factory=Counter)

    def of(self, code: str, root: int | None = None) -> list[Key]:
        """The rows one number opens; without a root those of 合计, each once."""
        roots = self.keys if root is None else (root,)
        return list(dict.fromkeys(key for one in roots for key in self.keys.get(one, {}).get(code, ())))

    def number(self, code: str, root: int | None = None) -> int:
        """The number these rows make."""
        keys = self.of(code, root)
        return sum(self.amounts[key] for key in keys) if code in ADDED else len(keys)


def collect(roots: Sequence[int], on: date, codes: Collection[str] | None = None) -> Rows:
    """The rows behind some numbers (None: all), read row by row from the very sources that are counted."""
    wanted = None if codes is None else {"e5_targets" if code == COVERAGE else code for code in codes}
    rows = Rows({root: defaultdict(dict) for root in roots})
    for source in sources(wanted):
        lines = source.rows(roots, on).order_by(*source.order).values_list(*source.facts, "pk")
        for root, *facts, pk in lines:
            here = rows.keys[root]
            for code, key in source.counts_in(*facts):
                if wanted is None or code in wanted:
                    here[code][key or (source.kind, pk)] = None
                    if code in ADDED:
                        rows.amounts[source.kind, pk] += 1
    if wanted is None or POPULATION in wanted:
        for root, typed in _typed_totals(_branches(roots)).items():
            rows.keys[root][POPULATION] = {("node", node): None for node in typed}
            rows.amounts.update({("node", node): n for node, n in typed.items()})
    return rows


def tell(keys: Iterable[Key], user: Any = None, *, on: date) -> dict[Key, Told]:
    """Names and places of rows on a day: a few queries a kind; portions are for a district."""
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for kind, pk in keys:
        by_kind[kind].append(pk)
    told: dict[Key, Told] = {}
    for kind, pks in by_kind.items():
        for start in range(0, len(pks), PORTION):
            found = describe(kind)(pks[start : start + PORTION], user, on)
            told.update({(kind, pk): one for pk, one in found.items()})
    return told
