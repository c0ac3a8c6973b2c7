"""The house rules that a reader would otherwise have to trust: layers, sizes, one way to do each thing.

Each rule is a function that yields what it finds wrong in one file, and each is shown a line it must find.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[1]
LOWER: dict[str, set[str]] = {
    "township": set(),
    "grids": {"township"},
    "liaison": {"township", "grids"},
    "services": {"township", "grids"},
    "reports": {"township", "grids", "liaison", "services"},
}
LAYERS = [
    {"choices"},
    {"rules"},
    {"tree", "access"},
    {"models"},
    {"queries"},
    {"actions"},
    {"forms", "resources", "sheets"},
    {"views"},
    {"urls"},
]
LAYER_OF = {name: number for number, names in enumerate(LAYERS) for name in names}
SCREEN_SIDE = {"forms", "resources", "sheets", "views"}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "misc", "lib", "tools", "services"}
LONGEST_FILE, LONGEST_FUNCTION = 500, 60

# Models that hang on no node, each with its reason.
WITHOUT_NODE_PATH = {
    "township.Township": "the boundary itself",
    "township.User": "accounts are scoped in accounts/queries.py; their administrator sees no roster",
    "township.PasswordRecord": "never read by a page",
    "township.Action": "read through the rows it changed, which are scoped",
    "township.AuditEvent": "scoped in accounts/queries.py; auditors see no roster",
    "grids.BandRule": "ratios hold for the whole township",
    "grids.ReserveCadre": "only its own pages show it, no timeline of its village (ReserveQuerySet)",
    "liaison.Batch": "by its place, or for the whole township (PlacedQuerySet)",
    "liaison.Proposal": "by its place, or for the whole township (PlacedQuerySet)",
    "services.CalendarDay": "days of the whole township (TownQuerySet)",
    "services.CalendarYear": "a year of the whole township (TownQuerySet)",
    "services.ItemMaterial": "by its version (MaterialQuerySet)",
    "services.ItemVersion": "by its item (VersionQuerySet)",
    "services.LookupTry": "a count under a digest that no page shows",
    "services.ServiceItem": "one catalogue for the whole township (TownQuerySet)",
    "services.TicketSettings": "how the whole township counts (TownQuerySet)",
    "services.Hotline": "by its village, or of the township (HotlineQuerySet)",
    "reports.Blank": "a county's form is for the whole township (TownQuerySet)",
    "reports.BlankMark": "by its blank (TownQuerySet)",
    "reports.Campaign": "a year of the whole township (TownQuerySet)",
    "reports.CheckTally": "numbers of the whole township (TownQuerySet)",
    "reports.Deadline": "a deadline of the whole township (DeadlineQuerySet)",
    "reports.DutyReview": "a secretary sees the own result only, not the village's (ReviewQuerySet)",
    "reports.ReviewMeeting": "a meeting of the whole township (MeetingQuerySet)",
    "reports.ExportBatch": "a job belongs to the user who asked for it",
    "reports.ExportCounter": "a number of the whole township that no page shows",
    "reports.HandoverPreset": "a receiver's file is for the whole township (TownQuerySet)",
    "reports.LeadingMember": "the leading group is the township's (TownQuerySet)",
    "reports.RecordFiling": "by its village, or for the whole township (RecordQuerySet)",
    "reports.ReportTemplate": "a template of the whole township (TownQuerySet)",
    "reports.TownReport": "the office's own report (DeadlineQuerySet)",
    "reports.StatisticsForm": "a year of the whole township (TownQuerySet)",
    "services.VisitPlan": "rows for those who go there, on no page of actions (PlanQuerySet)",
    "reports.ExportJob": "a job belongs to the user who asked for it",
}
# Files that write past the history layer, each with its reason.
WITHOUT_HISTORY = {
    "township/history.py": "the layer itself",
    "grids/tree.py": "index columns that carry no history",
    "grids/imports/uploads.py": "uploads are no part of the roster; what they change has its history",
    "township/jobs.py": "the state of a job, which has no history",
    "liaison/proposals/actions.py": "a proposal is a worksheet; what it changes has its history",
}
MPTT_BELONGS_TO = {"grids/tree.py"}
DEFENCES_OFF = {"mark_safe", "csrf_exempt", "xframe_options_exempt", "csp_exempt", "login_not_required"}


@dataclass(frozen=True)
class Source:
    """One file, or a made-up one."""

    path: str
    text: str

    @property
    def parts(self) -> list[str]:
        found = list(Path(self.path).with_suffix("").parts)
        return found[:-1] if found[-1] == "__init__" else found

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @property
    def all_nodes(self) -> list[ast.AST]:
        return walked(self.text)


# All rules read one file before the next, so one file is kept: hundreds would slow the tests after these.
@lru_cache(maxsize=1)
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@lru_cache(maxsize=1)
def walked(text: str) -> list[ast.AST]:
    return list(ast.walk(parsed(text)))


def sources(*folders: str, suffix: str = ".py") -> list[Source]:
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}"))
    return [
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in paths
        if "migrations" not in path.parts
    ]


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that exists at run time."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from walk(child)


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


@lru_cache(maxsize=1)
def all_imported(source: Source) -> set[str]:
    return {dotted for node in walk(source.tree) for dotted in imported(node)}


def layer(module: list[str]) -> int | None:
    """The layer of a module by the first layer's name in its path; None for single-job modules."""
    return next((LAYER_OF[part] for part in module[1:] if part in LAYER_OF), None)


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (n for n in source.all_nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


# --- the rules --------------------------------------------------------------------------------------


def apps_import_downwards_only(source: Source) -> Iterator[str]:
    own = source.parts[0]
    yield from sorted({d.split(".")[0] for d in all_imported(source)} & LOWER.keys() - {own} - LOWER[own])


def layers_import_downwards_only(source: Source) -> Iterator[str]:
    own, here = source.parts, layer(source.parts)
    for node in source.tree.body if here is not None else []:
        for dotted in imported(node):
            there = dotted.split(".")
            if there[0] == own[0] and (layer(there) or 0) > here:
                yield dotted


def rules_are_plain_python(source: Source) -> Iterator[str]:
    if source.parts[-1] == "rules":
        yield from (dotted for dotted in all_imported(source) if dotted.startswith("django.db"))


def inline_imports_give_their_reason(source: Source) -> Iterator[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    commented = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    tree = source.tree
    top = set(map(id, tree.body))
    for node in walk(tree):
        if (
            isinstance(node, ast.Import | ast.ImportFrom)
            and id(node) not in top
            and node.lineno not in commented
        ):
            yield f"line {node.lineno}"


def files_and_functions_stay_readable(source: Source) -> Iterator[str]:
    if (lines := len(source.text.splitlines())) > LONGEST_FILE:
        yield f"{lines} lines"
    for node in functions(source) if source.parts[0] != "tests" else ():
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION:
            yield f"{node.name}: {lines} lines"


def modules_open_with_a_sentence(source: Source) -> Iterator[str]:
    if source.tree.body and not ast.get_docstring(source.tree):
        yield "no docstring"


def functions_say_their_types(source: Source) -> Iterator[str]:
    yield from (node.name for node in functions(source) if node.returns is None)


def no_drawers(source: Source) -> Iterator[str]:
    yield from sorted(set(source.parts[1:]) & DRAWERS)


def screens_read_rows_through_their_scope(source: Source) -> Iterator[str]:
    if not set(source.parts) & SCREEN_SIDE:
        return
    attributes = [node for node in source.all_nodes if isinstance(node, ast.Attribute)]
    scoped = {id(node.value) for node in attributes if node.attr in {"visible_to", "editable_by", "none"}}
    for node in attributes:
        if node.attr in {"objects", "_default_manager", "_base_manager"} and id(node) not in scoped:
            yield f"line {node.lineno}: {ast.unparse(node)}"


def rows_are_written_with_history(source: Source) -> Iterator[str]:
    """`x.update(field=value)` is a queryset's: our dicts take a mapping, sets and counters take words."""
    if source.path in WITHOUT_HISTORY or source.parts[-1] == "settings":
        return
    for node in source.all_nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        bulk = node.func.attr in {"bulk_create", "bulk_update", "abulk_create", "abulk_update", "aupdate"}
        fields = node.func.attr == "update" and not node.args and bool(node.keywords)
        if bulk or (fields and not ast.unparse(node.func).endswith(".attrs.update")):
            yield f"line {node.lineno}: {ast.unparse(node.func)}"


def only_the_tree_knows_mptt(source: Source) -> Iterator[str]:
    if source.path not in MPTT_BELONGS_TO:
        yield from (dotted for dotted in all_imported(source) if dotted.split(".")[0] == "mptt")


def nothing_switches_a_defence_off(source: Source) -> Iterator[str]:
    for node in source.all_nodes:
        word = getattr(node, "id", None) or getattr(node, "attr", None)
        if word in DEFENCES_OFF:
            yield f"line {getattr(node, 'lineno', 0)}: {word}"


def no_signals(source: Source) -> Iterator[str]:
    for node in functions(source):
        if any("receiver" in ast.unparse(decorator) for decorator in node.decorator_list):
            yield node.name


def models_do_not_override_save(source: Source) -> Iterator[str]:
    for node in source.all_nodes:
        if isinstance(node, ast.ClassDef) and {"models", "tree"} & set(source.parts):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete"}:
                    yield f"{node.name}.{item.name}"


def engine_is_plain_python(source: Source) -> Iterator[str]:
    """The allocation engine runs without Django, so that it can be tried and proved by itself."""
    if source.path.startswith("liaison/allocation/"):
        allowed = {"liaison.allocation", *sys.stdlib_module_names}
        yield from (
            dotted
            for dotted in all_imported(source)
            if not any(dotted == name or dotted.startswith(f"{name}.") for name in allowed)
        )


def templates_escape_everything(source: Source) -> Iterator[str]:
    yield from re.findall(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off", source.text)


def forms_that_post_carry_a_token(source: Source) -> Iterator[str]:
    starts = [match.start() for match in re.finditer(r'<form[^>]*method="post"', source.text)]
    for start, end in pairwise([*starts, len(source.text)]):
        if "{% csrf_token %}" not in source.text[start : source.text.find("</form>", start, end)]:
            yield f"form at character {start}"


def columns_of_buttons_stay_off_paper(source: Source) -> Iterator[str]:
    """Their cells carry row-actions and are not printed; a head without it leaves an empty column."""
    heads = re.findall(r'(<th[^>]*>)<span class="visually-hidden">操作<', source.text)
    yield from (head for head in heads if "row-actions" not in head)


OWN = sources(*LOWER)
TESTS = sources("tests")
TEMPLATES = sources("templates", suffix=".html")
BUTTONS_HEAD = '<th scope="col"><span class="visually-hidden">操作</span></th>'
Rule = Callable[[Source], Iterator[str]]
# Each rule with the files it holds for, and a file it must object to.
RULES: list[tuple[Rule, list[Source], Source]] = [
    (apps_import_downwards_only, OWN, Source("grids/tree.py", "from reports.menu import build")),
    (layers_import_downwards_only, OWN, Source("grids/actions/a.py", "from grids.forms import fields")),
    (rules_are_plain_python, OWN, Source("grids/rules.py", "from django.db.models import Q")),
    (inline_imports_give_their_reason, OWN, Source("a/b.py", "def f():\n    import csv")),
    (files_and_functions_stay_readable, [*OWN, *TESTS], Source("a/b.py", "def f():\n" + "    f()\n" * 60)),
    (modules_open_with_a_sentence, OWN, Source("a/b.py", "x = 1")),
    (functions_say_their_types, OWN, Source("a/b.py", "def f(): pass")),
    (no_drawers, OWN, Source("grids/utils/dates.py", "")),
    (screens_read_rows_through_their_scope, OWN, Source("a/views.py", "Node.objects.filter(pk=1)")),
    (rows_are_written_with_history, OWN, Source("a/b.py", "rows.filter(pk=1).update(name='x')")),
    (engine_is_plain_python, OWN, Source("liaison/allocation/flow.py", "from django.db import models")),
    (only_the_tree_knows_mptt, OWN, Source("grids/queries.py", "from mptt.models import MPTTModel")),
    (nothing_switches_a_defence_off, OWN, Source("a/b.py", "html.mark_safe(text)")),
    (no_signals, OWN, Source("a/b.py", "@receiver(post_save)\ndef f(): pass")),
    (models_do_not_override_save, OWN, Source("a/models.py", "class A(B):\n    def save(self): pass")),
    (templates_escape_everything, TEMPLATES, Source("a.html", "{{ name|safe }}")),
    (forms_that_post_carry_a_token, TEMPLATES, Source("a.html", '<form method="post"></form>')),
    (columns_of_buttons_stay_off_paper, TEMPLATES, Source("a.html", BUTTONS_HEAD)),
]


@cache
def breaches() -> dict[str, list[str]]:
    """What each rule finds wrong, by its name."""
    found: dict[str, list[str]] = {rule.__name__: [] for rule, _, _ in RULES}
    held = {rule.__name__: {source.path for source in files} for rule, files, _ in RULES}
    for source in [*OWN, *TESTS, *TEMPLATES]:
        for rule, _, _ in RULES:
            if source.path in held[rule.__name__]:
                found[rule.__name__] += [f"{source.path}: {breach}" for breach in rule(source)]
    return found


@pytest.mark.parametrize(("rule", "files", "bad"), RULES, ids=[rule.__name__ for rule, _, _ in RULES])
def test_house_rule(rule, files, bad):
    assert breaches()[rule.__name__] == []
    assert files
    assert list(rule(bad))


def test_exceptions_name_files_that_exist():
    assert [path for path in (*WITHOUT_HISTORY, *MPTT_BELONGS_TO) if not (ROOT / path).exists()] == []


# --- the models -------------------------------------------------------------------------------------

OWN_MODELS = [
    model
    for app in LOWER
    for model in apps.get_app_config(app).get_models()
    if not model.__name__.startswith("Historical") and not model._meta.auto_created
]


def test_every_model_says_where_its_node_is_or_why_it_has_none():
    without = {model._meta.label for model in OWN_MODELS if not hasattr(model, "NODE_PATH")}
    assert without == WITHOUT_NODE_PATH.keys()


def test_every_model_with_a_node_is_scoped():
    with_node = [model for model in OWN_MODELS if hasattr(model, "NODE_PATH")]
    assert [m._meta.label for m in with_node if not hasattr(m.objects.all(), "visible_to")] == []


def test_every_model_has_a_name_people_can_read():
    unnamed = [m._meta.label for m in OWN_MODELS if not re.search(r"[一-鿿]", str(m._meta.verbose_name))]
    silent = [m._meta.label for m in OWN_MODELS if m.__str__ is Model.__str__]
    assert unnamed + silent == []
