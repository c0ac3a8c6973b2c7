"""The page `/p/t/`: nothing is read here but through `queries.progress`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from services.notices.rules import PAGES_A_MINUTE
from services.notices.views.public import open_to_all
from services.tickets.public.actions import within_limits
from services.tickets.public.forms import LookupForm
from services.tickets.public.queries import progress
from services.tickets.public.rules import TRIES_AN_HOUR, clean_number
from township.limits import network

WRONG = "没有查到。请核对受理编号和查询码（或手机号后四位）；仍查不到，请问代办员或村里。"


# The answer goes out with the site's own `Referrer-Policy: same-origin`: with `no-referrer` browsers send
# `Origin: null`, which the check against forged forms refuses; the page has no link to elsewhere.
@open_to_all("errand", most=PAGES_A_MINUTE)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("secret")
@sensitive_variables("form", "secret")
def lookup(request: HttpRequest) -> HttpResponse:
    """The form, from a QR code with its number filled in; then the steps, or the one answer for all else."""
    if request.method != "POST":
        form = LookupForm(initial={"no": clean_number(request.GET.get("no", "")[:30])})
        return render(request, "services/tickets/public/lookup.html", {"form": form})
    form = LookupForm(request.POST)
    if form.is_valid():
        no, secret = form.cleaned_data["no"], form.cleaned_data["secret"]
        if not within_limits(address=network(request), no=no, now=timezone.now()):
            context = {"most": TRIES_AN_HOUR}
            return render(request, "services/tickets/public/wait.html", context, status=429)
        found = progress(no, secret)
        if found is not None:
            return render(request, "services/tickets/public/progress.html", {"progress": found})
        form.add_error(None, WRONG)
    return render(request, "services/tickets/public/lookup.html", {"form": form})
