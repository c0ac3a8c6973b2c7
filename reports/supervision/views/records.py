"""The one set of pages for every book: list, files, a row, its form, and last year's list copied."""

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
from reports.exportlog import sending
from reports.filing.printing import FORMATS
from reports.filing.queries import roles_of
from reports.models import DutyReview, Inspection, ReviewFinding, ReviewMeeting, SupportRecord
from reports.supervision import actions, queries, tables
from reports.supervision.books import BOOKS, Book
from reports.supervision.choices import FindingState
from reports.supervision.forms import FILE, BookFilter, CopyForm, RecordForm, StepForm
from reports.supervision.rules import FINDING, STEP_PHRASES, year_typed
from township import days, history
from township.addresses import row_number
from township.attachments.keeping import download
from township.models import Attached


def book_of(code: str) -> Book:
    """The book of that code."""
    if code not in BOOKS:
        raise Http404
    return BOOKS[code]


def listed(request: HttpRequest, code: str) -> Book:
    """The book, for who may read it: the whole room is for the office and for secretaries."""
    book = book_of(code)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return book


def row_or_404(request: HttpRequest, book: Book, pk: int) -> Any:
    """A row in sight, for who may read the book."""
    found = get_object_or_404(book.model.objects.visible_to(request.user).select_related("root"), pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    return found


def bar_of(request: HttpRequest, book: Book) -> BookFilter:
    """The list's filter; some books begin with the current year."""
    data, today = request.GET.copy(), localdate()
    if book.this_year and "year" not in data:
        data["year"] = str(today.year)
    return BookFilter(data, user=request.user, states=book.states, state_label=book.state_label, today=today)


@require_GET
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """One book."""
    book, today = listed(request, code), localdate()
    bar = bar_of(request, book)
    asked = bar.asked()
    found = book.rows(request.user, asked, on=today)
    page = page_of(request, found)
    rows = list(rows_on(page))
    cells = book.reader(request.user, rows, today)
    may_add = access.may(
        request.user,
        access.Right.EDIT_ROSTER if book.by_villages else access.Right.EDIT_TOWN_CONTACTS,
    )
    year = asked.year or today.year
    context = {
        "book": book,
        "books": BOOKS.values(),
        "filter_form": bar,
        "page_obj": page,
        "lines": tables.lines(book.fields, cells, rows),
        "xlsx_url": _file_url(request, book, "xlsx"),
        "pdf_url": _file_url(request, book, "pdf"),
        "may_add": may_add,
        "year": year,
        "may_copy": book.copies and may_add and queries.copyable(book.model, request.user, year),
    }
    if book.model is SupportRecord:
        context["sums"] = queries.support_sums(found)
    if book.model is DutyReview and access.may(request.user, access.Right.EDIT_TOWN_CONTACTS):
        context["missing"] = queries.unreviewed(request.user, year)
    return render(request, "reports/supervision/list.html", context)


def _file_url(request: HttpRequest, book: Book, format: str) -> str:  # noqa: A002
    """The list as it is filtered, in that format."""
    address = reverse("reports:supervision_file", args=[book.code, format])
    return f"{address}?{request.GET.urlencode()}"


@require_POST
def listing_file(request: HttpRequest, code: str, format: str) -> HttpResponseBase:  # noqa: A002
    """The filtered book as workbook or print."""
    book, today = listed(request, code), localdate()
    if format not in FORMATS:
        raise Http404
    bar = bar_of(request, book)
    rows = list(book.rows(request.user, bar.asked(), on=today))
    if format == "pdf" and len(rows) > sending.MOST_PRINTED:
        messages.error(request, f"超过 {sending.MOST_PRINTED} 条，不能打印成一份。请先筛选，或导出 Excel。")
        return redirect(f"{reverse('reports:supervision_list', args=[code])}?{request.GET.urlencode()}")
    cells = book.reader(request.user, rows, today)
    by = who(request)
    head = {"unit": f"单位：{by.township or ''}", "as_of": f"截止日期：{days.in_words(today)}"}
    sheet = tables.sheet(book.title, book.fields, [cells(row) for row in rows], **head)
    asked = "，".join(f"{name}={value}" for name, value in request.GET.items() if value)
    note = f"筛选：{asked}" if asked else "全部"
    return sending.download([sheet], book.title, format, rows=len(rows), by=by, request=request, note=note)


@require_GET
def row(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One row with all its words, and what can be done with it."""
    book, today = book_of(code), localdate()
    rows = book.rows(request.user, queries.Asked(), on=today).defer(None)
    found = get_object_or_404(rows, pk=pk)
    access.require(request.user, access.Right.EXPORT_ROSTER)
    cells = book.reader(request.user, [found], today)(found)
    context: dict[str, Any] = {
        "book": book,
        "books": BOOKS.values(),
        "row": found,
        "facts": [
            (field, cell)
            for field, cell in zip(book.fields[1:], cells[1:], strict=True)
            if cell.text or cell.state
        ],
        "title": cells[0].text,
        "may_edit": actions.may_write(request.user, book.model, found.root),
    }
    if isinstance(found, ReviewFinding):
        context |= _finding_context(request, found)
    if isinstance(found, Inspection):
        context["made"] = found.findings.order_by("pk")
        context["may_raise"] = found.root is not None and actions.may_write(
            request.user, ReviewFinding, found.root
        )
    return render(request, "reports/supervision/row.html", context)


def _finding_context(request: HttpRequest, finding: ReviewFinding) -> dict[str, Any]:
    assert finding.root is not None  # noqa: S101 (the database holds it)
    today = localdate()
    return {
        "steps": FINDING.open_to(finding.state, roles_of(request.user, finding.root)),
        "step_form": StepForm(today=today, initial={"day": today}),
        "phrases": STEP_PHRASES,
        "trail": queries.trail(finding),
        "is_open": finding.state == FindingState.OPEN,
    }


def _place_asked(request: HttpRequest) -> Node | None:
    """The village named in the address, for a form that begins with it."""
    number = row_number(request.GET.get("village", ""))
    if number is None:
        return None
    return Node.objects.editable_by(request.user).filter(pk=number, parent=None, closed_on=None).first()


@require_http_methods(["GET", "POST"])
def row_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new row; ?village= and ?meeting= are taken over."""
    book, by = listed(request, code), who(request)
    access.require(by, access.Right.EDIT_ROSTER if book.by_villages else access.Right.EDIT_TOWN_CONTACTS)
    place = _place_asked(request) or _only_village(request)
    initial: dict[str, Any] = {"root": place.pk} if place else {}
    if year := year_typed(request.GET.get("year", "")):
        initial["year"] = year
    meeting = _meeting_asked(request) if book.model is ReviewFinding else None
    if meeting is not None:
        initial["raised_on"] = meeting.day
    form = book.form(
        request.POST or None, request.FILES or None, user=by, root=place, today=localdate(), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.facts()) | ({"meeting": meeting} if meeting else {})
        township = by.township
        assert township is not None  # noqa: S101 (who keeps a book has one)
        with history.action(by=by, title=f"登记{book.model._meta.verbose_name}") as act:
            made = tried(
                form,
                lambda: actions.create(
                    model=book.model,
                    township=township,
                    data=data,
                    by=by,
                    attachment=form.cleaned_data.get(FILE),
                ),
            )
        if made is not None:
            tell(request, "已保存。", act)
            return redirect(meeting or made)
    return _form(request, book, form, book.add)


def _only_village(request: HttpRequest) -> Node | None:
    """A secretary's own village; the office chooses."""
    if access.scope_of(request.user).whole_township:
        return None
    return Node.objects.editable_by(request.user).filter(parent=None, closed_on=None).first()


def _meeting_asked(request: HttpRequest) -> ReviewMeeting | None:
    number = row_number(request.GET.get("meeting", ""))
    if number is None:
        return None
    return ReviewMeeting.objects.visible_to(request.user).select_related("campaign").filter(pk=number).first()


@require_http_methods(["GET", "POST"])
def row_edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Correct a row."""
    book, by = book_of(code), who(request)
    found = row_or_404(request, book, pk)
    actions.require_write(by, book.model, found.root)
    names = book.form.base_fields
    initial = {name: getattr(found, name) for name in names if name not in ("root", FILE)}
    initial["root"] = found.root_id
    if isinstance(found, DutyReview):
        initial["secretary"] = found.secretary_id
    form = book.form(
        request.POST or None,
        request.FILES or None,
        user=by,
        root=found.root,
        today=localdate(),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        with history.action(by=by, title=f"修改{book.model._meta.verbose_name}") as act:
            done = tried(
                form,
                lambda: actions.change(
                    row=found, data=form.facts(), by=by, attachment=form.cleaned_data.get(FILE)
                ),
            )
        if done is not None:
            tell(request, "已保存。", act)
            return redirect(done)
    return _form(request, book, form, "修改", found)


def _form(
    request: HttpRequest, book: Book, form: RecordForm, heading: str, found: Any = None
) -> HttpResponse:
    back = found.get_absolute_url() if found else reverse("reports:supervision_list", args=[book.code])
    context = {
        "book": book,
        "form": form,
        "heading": heading,
        "row": found,
        "cancel_url": back,
        "owners": form.owners(),
    }
    return render(request, "reports/supervision/form.html", context)


@require_GET
def attachment(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """The file kept with a row."""
    book = book_of(code)
    found = row_or_404(request, book, pk)
    if not isinstance(found, Attached):
        raise Http404
    return download(found, by=who(request), request=request)


@require_POST
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """Take last year's list over into the year."""
    book, by = listed(request, code), who(request)
    if not book.copies:
        raise Http404
    access.require(by, access.Right.EDIT_ROSTER)
    form = CopyForm(request.POST)
    address = reverse("reports:supervision_list", args=[code])
    if not form.is_valid():
        messages.error(request, "没有复制：请从页面上的按钮操作。")
        return redirect(address)
    year, township = form.cleaned_data["year"], by.township
    assert township is not None  # noqa: S101 (who keeps a book has one)
    try:
        with history.action(by=by, title=f"由{year - 1}年复制{book.model._meta.verbose_name}") as act:
            made = actions.copy_year(model=book.model, township=township, year=year, by=by)
        tell(request, f"已由 {year - 1} 年复制 {made} {book.unit}。", act)
    except ValidationError as why:
        messages.error(request, "".join(sentences(why)))
    return redirect(f"{address}?year={year}")
