"""Phone pages: the week, the form, whom to see, the outbox; what scripts ask; the page without signal."""

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.access import Right
from grids.views.frames import page_of, rows_on, who
from services.models import Visit
from services.phone import queries, rules
from services.phone.forms import EnvelopeForm, faults, faults_of
from services.phone.gate import asked_by_script, by_visitors, refusal
from services.visits.actions.guards import may_change
from services.visits.actions.photos import add_photo
from services.visits.actions.visits import log_visit, sent_before
from services.visits.choices import Disposal, Mode, Need, Occasion
from services.visits.forms.entries import NO_NAMES, PhotoForm, VisitForm
from services.visits.queries.due import homes
from services.visits.rules import MOST_PHOTOS, MOST_WORDS
from township.addresses import row_number
from township.middleware import open_to_strangers

WORKER = settings.BASE_DIR / "static" / "js" / "phone" / "worker.js"
# 必到 and 必报 have forms of their own.
OCCASIONS = [(one, one.label) for one in Occasion if one not in (Occasion.MUST_ATTEND, Occasion.MUST_REPORT)]


def _frame(request: HttpRequest, tab: str) -> dict[str, Any]:
    access.require(request.user, Right.LOG_VISIT)
    return {"tab": tab, "keeps": queries.may_keep(request.user), "asked": _asked()}


def _asked() -> dict[str, Any]:
    """Addresses for the scripts (0 stands for a visit's number), and how long a phone keeps what it has."""
    names = {"hello": "phone_hello", "find": "phone_find", "send": "phone_send", "worker": "phone_worker"}
    found = {name: reverse(f"services:{view}") for name, view in names.items()}
    days = {"days": rules.DAYS_KEPT, "warned": rules.DAYS_WARNED}
    return found | days | {"photo": reverse("services:phone_send_photo", args=[0])}


@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """What is due, in three cards."""
    context = _frame(request, "week")
    return render(
        request, "services/phone/week.html", context | {"week": queries.week(request.user, on=localdate())}
    )


@require_GET
def must(request: HttpRequest) -> HttpResponse:
    """Households not seen for too long, each one touch from the form."""
    context, today = _frame(request, "must"), localdate()
    page = page_of(request, queries.must(request.user, on=today))
    return render(
        request,
        "services/phone/must.html",
        context | {"page_obj": page, "homes": homes(request.user, rows_on(page), today)},
    )


def _form() -> dict[str, Any]:
    """The form's choices: the same for everybody, so that they may stand in the page without signal."""
    return {
        "modes": Mode.choices,
        "occasions": OCCASIONS,
        "needs": Need.choices,
        "disposals": Disposal.choices,
        "most_words": MOST_WORDS,
        "most_photos": MOST_PHOTOS,
        "no_names": NO_NAMES,
        "first": {"mode": Mode.HOME, "occasion": Occasion.USUAL},
    }


@require_GET
def visit_new(request: HttpRequest) -> HttpResponse:
    """The form; who sees a whole township finds the household first, at the desk's form."""
    context = _frame(request, "visit")
    if access.scope_of(request.user).whole_township:
        return redirect("services:visit_new")
    chosen = row_number(request.GET.get("household"))
    given = queries.pack(request.user, on=localdate())
    context |= _form() | {
        "pack": {
            "kept": given.kept,
            "now": {"people": given.people, "chosen": chosen, "today": f"{localdate():%Y-%m-%d}"},
        },
        "must": "must" in request.GET,
    }
    return render(request, "services/phone/visit.html", context)


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """What has not been sent yet; only the phone knows it."""
    return render(request, "services/phone/outbox.html", _frame(request, "outbox"))


@require_GET
def selfcheck(request: HttpRequest) -> HttpResponse:
    """What this phone and this browser can do."""
    return render(request, "services/phone/selfcheck.html", _frame(request, ""))


# --- what scripts ask ---------------------------------------------------------------------------------


@asked_by_script
@by_visitors
@require_GET
def hello(request: HttpRequest) -> HttpResponse:
    """Who is signed in, the token to send with, and whether the phone may keep anything."""
    return JsonResponse(
        {"user": request.user.pk, "token": get_token(request), "keeps": queries.may_keep(request.user)}
    )


@asked_by_script
@by_visitors
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Households by name, initials or door that the phone was not given."""
    text = request.GET.get("q", "").strip()[:40]
    return JsonResponse({"homes": queries.found(request.user, text, on=localdate()) if text else []})


@asked_by_script
@by_visitors
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """A visit from an outbox: 201 the first time, 200 with the first record when it comes again, else 422."""
    by, envelope = who(request), EnvelopeForm(request.POST)
    if not envelope.is_valid():
        return _unfit(faults(envelope.errors, envelope.fields))
    sent = envelope.cleaned_data
    if sent["user"] != by.pk:
        return refusal("这条走访是另一个账号写的，请用那个账号登录后上传。", 409)
    known = sent_before(by, sent["client_id"])
    if known is not None:
        return _kept(known, 200)
    node, household = queries.place(by, sent["household"], sent["grid"])
    if node is None:
        lost = "这一户现在不在您的范围里，请重新选农户。" if sent["household"] else "请选农户或网格。"
        return _unfit([{"field": "household", "label": "农户", "text": lost}])
    form = VisitForm(request.POST, user=by, node=node, today=localdate())
    if not form.is_valid():
        return _unfit(faults(form.errors, form.fields))
    try:
        made = log_visit(
            data={**form.facts(), "household": household},
            companions=form.people(),
            by=by,
            today=localdate(),
            client_id=sent["client_id"],
            happened_at=envelope.happened_at(),
            opens_matter=bool(form.cleaned_data.get("opens_matter")),
        )
    except ValidationError as why:
        return _unfit(faults_of(why, form.fields))
    except PermissionDenied as why:
        return _unfit([{"field": "household", "label": "农户", "text": str(why)}])
    return _kept(made, 201)


def _kept(visit: Visit, status: int) -> HttpResponse:
    return JsonResponse({"id": visit.pk, "url": visit.get_absolute_url()}, status=status)


def _unfit(errors: list[dict[str, str]]) -> HttpResponse:
    return JsonResponse({"errors": errors}, status=422, json_dumps_params={"ensure_ascii": False})


@asked_by_script
@require_POST
def send_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """A photo of a visit sent before; again under the same id it is the first one."""
    by = who(request)
    visit = Visit.objects.visible_to(by).select_related("node").filter(pk=pk).first()
    if visit is None:
        return refusal("这次走访现在不在您的范围里，照片传不上去。", 404)
    if not may_change(by, visit):
        return refusal("这次走访现在只有登记人、本村书记和乡党政办可以修改。", 403)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _unfit(faults(form.errors, form.fields))
    try:
        made = add_photo(
            visit=visit,
            content=form.cleaned_data["photo"],
            by=by,
            client_id=form.cleaned_data["client_id"],
        )
    except ValidationError as why:
        return _unfit(faults_of(why, form.fields))
    return JsonResponse({"id": made.pk}, status=201)


# --- without signal -----------------------------------------------------------------------------------


@open_to_strangers
@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The form as the phone keeps it: without a name, an account or a number in it."""
    return render(
        request, "services/phone/shell.html", _form() | {"tab": "visit", "asked": _asked(), "shell": True}
    )


@open_to_strangers
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with its list of files; another list makes it another worker."""
    files = json.dumps([static(name) for name in rules.SHELL_FILES])
    head = f"const SHELL = {json.dumps(reverse('services:phone_shell'))};\nconst FILES = {files};\n"
    answer = HttpResponse(head + WORKER.read_text("utf-8"), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@open_to_strangers
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page on its desktop."""
    icon = {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
    return JsonResponse(
        {
            "name": "乡镇党建网格",
            "short_name": "党建网格",
            "start_url": reverse("services:phone"),
            "scope": reverse("services:phone"),
            "display": "standalone",
            "background_color": "#f5f6f8",
            "theme_color": "#b3121d",
            "icons": [icon],
        },
        json_dumps_params={"ensure_ascii": False},
    )
