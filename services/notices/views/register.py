"""The room's first page, the registers of boards and plates, numbers of plates, cards handed out."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import access
from grids.actions.refusals import sentences
from grids.models import Node
from grids.views.frames import page_of, rows_on, tried, who
from grids.views.outcome import tell
from services import sending
from services.models import CardIssue
from services.notices.actions import signs as actions
from services.notices.choices import KIND_OF, BoardPaper, Notice
from services.notices.forms import HangForm, IssueForm, NumberForm, RegisterFilter, SignForm, VillageFilter
from services.notices.queries import register, small
from services.notices.rules import due_on, next_numbers
from services.notices.sheets import tables
from services.notices.views.addresses import only_here, public_address
from township import history
from township.addresses import row_number

HUNG = (Notice.BOARD, Notice.PLATE)
UNITS = {Notice.BOARD: "块公示牌", Notice.PLATE: "块标识牌"}


def hung(notice: str) -> Notice:
    """Boards or plates; nothing else hangs."""
    if notice not in HUNG:
        raise Http404
    return Notice(notice)


def required(request: HttpRequest) -> None:
    """The room is for the office and for secretaries."""
    access.require(request.user, access.Right.EXPORT_ROSTER)


def refused(request: HttpRequest, errors: Any) -> None:
    """What is wrong with a form that stands on a list, over the list."""
    messages.error(
        request, "没有保存：" + "".join(dict.fromkeys(e for found in errors.values() for e in found))
    )


def done(request: HttpRequest, title: str, write: Callable[[], str]) -> None:
    """Run an action of a list; its words, or its refusal, over the list."""
    try:
        with history.action(by=who(request), title=title) as act:
            words = write()
        tell(request, words, act)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """How far every village has come by 30 September."""
    required(request)
    today = localdate()
    lines = register.villages(request.user, on=today)
    context = {
        "lines": lines,
        "boards": register.added([line.boards for line in lines]),
        "plates": register.added([line.plates for line in lines]),
        "cards": sum(line.cards for line in lines),
        "pages": sum(line.pages for line in lines),
        "unread": sum(line.unread or 0 for line in lines),
        "due_on": due_on(today.year),
        "days_left": (due_on(today.year) - today).days,
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "current": "overview",
    }
    return render(request, "services/notices/overview.html", context)


@require_GET
def listing(request: HttpRequest, notice: str) -> HttpResponse:
    """Every grid's board, or every hub's plate."""
    kind = hung(notice)
    access.require(request.user, access.Right.READ_ROSTER)
    today = localdate()
    bar = RegisterFilter(request.GET, user=request.user)
    page = page_of(request, register.signs(request.user, kind, bar.asked()))
    village = bar.cleaned_data.get("village") or _only_village(request)
    context = {
        "notice": kind,
        "is_board": kind == Notice.BOARD,
        "filter_form": bar,
        "page_obj": page,
        "rows": list(rows_on(page)),
        "papers": BoardPaper.choices,
        "only_here": kind == Notice.BOARD and only_here(public_address(request, "x")),
        "today": today,
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "may_list": access.may(request.user, access.Right.EXPORT_ROSTER),
        "query": request.GET.urlencode(),
        "village": village,
        "numbers": _numbers(request, village) if kind == Notice.PLATE and village else (),
        "current": str(kind),
    }
    return render(request, "services/notices/signs.html", context)


def _only_village(request: HttpRequest) -> Node | None:
    """A secretary's own village; the office chooses."""
    if access.scope_of(request.user).whole_township:
        return None
    return Node.objects.editable_by(request.user).filter(parent=None, closed_on=None).first()


def _numbers(request: HttpRequest, village: Node) -> list[str]:
    """The numbers that hubs without one would get."""
    if not access.may_edit(request.user, village):
        return []
    return next_numbers(small.numbers_taken(village), small.unnumbered(request.user, village).count())


def _back(request: HttpRequest, notice: str) -> HttpResponse:
    query = request.POST.get("query", "")
    address = reverse("services:signs", args=[notice])
    return redirect(f"{address}?{query}" if query else address)


@require_POST
def hang(request: HttpRequest, notice: str) -> HttpResponse:
    """这些都已挂牌: the same facts for all that are ticked."""
    kind = hung(notice)
    access.require(request.user, access.Right.EDIT_ROSTER)
    form = HangForm(request.POST, today=localdate())
    if not form.is_valid():
        refused(request, form.errors)
        return _back(request, kind)

    def write() -> str:
        n = actions.register(notice=kind, pks=form.pks, data=form.cleaned_data, by=who(request))
        return f"已登记 {n} {UNITS[kind]}。"

    done(request, f"登记{kind.label}制作和挂牌", write)
    return _back(request, kind)


@require_POST
def listing_file(request: HttpRequest, notice: str, format: str) -> HttpResponseBase:  # noqa: A002
    """The register as it is filtered, as workbook or print."""
    kind = hung(notice)
    required(request)
    bar, by = RegisterFilter(request.GET, user=request.user), who(request)
    rows = list(register.signs(by, kind, bar.asked()))
    sheet = tables.signs(kind, rows, unit=f"单位：{by.township or ''}", as_of=tables.until(localdate()))
    back = reverse("services:signs", args=[kind])
    return sending.table(request, [sheet], sheet.title, format, rows=len(rows), by=by, back=back)


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """What is registered of one board or plate."""
    kinds = [KIND_OF[notice] for notice in HUNG]
    rows = Node.objects.visible_to(request.user).filter(kind__in=kinds, closed_on=None)
    node = get_object_or_404(rows.select_related("root"), pk=pk)
    access.require_edit(request.user, node)
    notice = Notice.BOARD if node.kind == KIND_OF[Notice.BOARD] else Notice.PLATE
    found = register.sign_of(node)
    names = ("made_on", "hung_on", "place", "keeper", "remark")
    initial = {name: getattr(found, name) for name in names} if found else {}
    form = SignForm(request.POST or None, initial=initial, today=localdate())
    if request.method == "POST" and form.is_valid():
        with history.action(by=who(request), title="修改挂牌登记") as act:
            kept = tried(
                form, lambda: actions.change_sign(node=node, data=form.cleaned_data, by=who(request))
            )
        if kept is not None:
            tell(request, f"已保存{node.name}的{notice.label}登记。", act)
            return redirect(f"{reverse('services:signs', args=[notice])}?village={node.root_id}")
    context = {"form": form, "node": node, "notice": notice, "current": str(notice)}
    return render(request, "services/notices/sign_form.html", context)


@require_POST
def number(request: HttpRequest) -> HttpResponse:
    """Number the village's hubs that have none."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    form = NumberForm(request.POST, user=request.user)
    if not form.is_valid():
        refused(request, form.errors)
        return redirect("services:signs", Notice.PLATE)
    village = form.cleaned_data["village"]

    def write() -> str:
        letters = form.cleaned_data["letters"]
        numbers = actions.number_plates(village=village, letters=letters, by=who(request))
        if not numbers:
            return "都已有编号，没有改动。"
        return f"已给 {len(numbers)} 个中心户（示范岗）编号：{numbers[0]}–{numbers[-1]}。"

    done(request, "编标识牌号", write)
    return redirect(f"{reverse('services:signs', args=[Notice.PLATE])}?village={village.pk}")


# --- cards handed out -------------------------------------------------------------------------------


@require_GET
def issues(request: HttpRequest) -> HttpResponse:
    """发放登记."""
    required(request)
    bar = VillageFilter(request.GET, user=request.user)
    page = page_of(request, register.issues(request.user, bar.pk("village")))
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": [(row, tables.place_of(row)) for row in rows_on(page)],
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "query": request.GET.urlencode(),
        "village": bar.pk("village"),
        "current": "issues",
    }
    return render(request, "services/notices/issues.html", context)


@require_POST
def issues_file(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """The register as workbook or print."""
    required(request)
    bar, by = VillageFilter(request.GET, user=request.user), who(request)
    rows = list(register.issues(by, bar.pk("village")))
    sheet = tables.issues(rows, unit=f"单位：{by.township or ''}", as_of=tables.until(localdate()))
    back = reverse("services:card_issues")
    return sending.table(request, [sheet], sheet.title, format, rows=len(rows), by=by, back=back)


@require_http_methods(["GET", "POST"])
def issue_new(request: HttpRequest) -> HttpResponse:
    """Cards handed out in a village; the office says in which first."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    roots = Node.objects.editable_by(request.user).filter(parent=None, closed_on=None)
    asked = row_number(request.GET.get("village"))
    village = (roots.filter(pk=asked).first() if asked else None) or _only_village(request)
    if village is None:
        choices = roots.order_by("position", "pk")
        return render(request, "services/notices/choose.html", {"villages": choices, "current": "issues"})
    return _issue_form(request, village, None)


@require_http_methods(["GET", "POST"])
def issue_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a line of the register."""
    rows = CardIssue.objects.visible_to(request.user).select_related("node__root")
    found = get_object_or_404(rows, pk=pk)
    access.require_edit(request.user, found.node)
    return _issue_form(request, found.node.root or found.node, found)


def _issue_form(request: HttpRequest, village: Node, found: CardIssue | None) -> HttpResponse:
    names = ("day", "cards", "households", "handed_by", "remark")
    initial = {"node": found.node_id, **{name: getattr(found, name) for name in names}} if found else {}
    form = IssueForm(
        request.POST or None, user=request.user, village=village, today=localdate(), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        data, by = form.cleaned_data, who(request)
        with history.action(by=by, title="登记联系卡发放") as act:
            kept = tried(
                form,
                lambda: (
                    actions.change_issue(issue=found, data=data, by=by)
                    if found
                    else actions.issue_cards(data=data, by=by)
                ),
            )
        if kept is not None:
            tell(request, f"已登记发放 {kept.cards} 张。", act)
            return redirect(f"{reverse('services:card_issues')}?village={village.pk}")
    context = {"form": form, "village": village, "issue": found, "current": "issues"}
    return render(request, "services/notices/issue_form.html", context)
