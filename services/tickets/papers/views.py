"""Papers as PDF: of one errand, or one kind of paper of a filtered register."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from grids import access
from grids.access import Right
from grids.views.frames import who
from services import sending
from services.models import Ticket
from services.notices.views.addresses import only_here, outside
from services.tickets.actions.guards import require_handling, roles_on
from services.tickets.papers import rules
from services.tickets.papers.choices import Paper, Size
from services.tickets.papers.queries import loaded, slips, with_form
from services.tickets.papers.rules import FORMS, Form
from services.tickets.register.forms import RegisterBar
from services.tickets.register.queries import register_of


def _form_of(request: HttpRequest, paper: str) -> Form:
    """The paper of that name, for who deals with errands."""
    if paper not in Paper.values:
        raise Http404
    access.require(request.user, Right.HANDLE_ERRANDS)
    return FORMS[Paper(paper)]


@require_POST
def ticket_paper(request: HttpRequest, pk: int, paper: str) -> HttpResponseBase:
    """A paper of one errand."""
    form = _form_of(request, paper)
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
    require_handling(who(request), ticket)
    if not form.fits(ticket):
        messages.error(request, f"这一件现在没有《{form.paper.label}》，请刷新再看。")
        return redirect(ticket)
    rows = loaded(Ticket.objects.visible_to(request.user).filter(pk=pk))
    handles = bool(roles_on(request.user, rows[0]))
    return _sent(request, form, rows, f"{form.paper.label}_{ticket.no}", handles=handles)


@require_POST
def ticket_papers(request: HttpRequest, paper: str) -> HttpResponseBase:
    """That paper of all errands in the register's filter that have one."""
    form, by = _form_of(request, paper), who(request)
    bar = RegisterBar(request.GET, user=by, on=localdate())
    found = with_form(register_of(by, bar.asked()), form)
    n = found.count()
    if 0 < n <= rules.MOST_AT_ONCE:
        return _sent(request, form, loaded(found), form.paper.label)
    if n:
        messages.error(request, f"超过 {rules.MOST_AT_ONCE} 件，不能打印成一份。请先筛选。")
    else:
        messages.error(request, f"这些代办件现在都没有《{form.paper.label}》。")
    return redirect(f"{reverse('services:ticket_register')}?{request.GET.urlencode()}")


def _sent(
    request: HttpRequest, form: Form, rows: list[Ticket], name: str, *, handles: bool = False
) -> HttpResponseBase:
    from services.tickets.papers import sheets  # slow import: WeasyPrint

    by, on = who(request), localdate()
    size = Size.A5 if request.POST.get("size") == Size.A5 else Size.A4
    page = outside(request, reverse("services:public_lookup"))
    said = slips(rows, user=by, on=on, lookup="" if only_here(page) else page, handles=handles)
    content = sheets.write(form, said, size=size, on=on, stamp=sending.watermark(by))
    return sending.send(content, name, "pdf", rows=len(rows), by=by, request=request, note="代办件文书")
