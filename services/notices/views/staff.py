"""Numbers for work and pictures of staff, and the numbers to complain to."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from grids import access
from grids.models import Person
from grids.queries.people import may_edit_person
from grids.views.frames import page_of, rows_on, tried, who
from services.models import Hotline
from services.notices.actions import staff as actions
from services.notices.actions.staff import PHOTOS
from services.notices.forms import HotlineForm, StaffFilter, StaffForm
from services.notices.queries import staff as found_staff
from services.notices.views.register import required


@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    """Who stands on boards, with or without picture and number."""
    required(request)
    today, bar = localdate(), StaffFilter(request.GET, user=request.user)
    people = found_staff.staff(request.user, on=today, village=bar.pk("village"), text=bar.text("q"))
    page = page_of(request, people)
    context = {
        "filter_form": bar,
        "page_obj": page,
        "rows": found_staff.lines(request.user, rows_on(page), on=today),
        "may_edit": access.may(request.user, access.Right.EDIT_ROSTER),
        "current": "staff",
    }
    return render(request, "services/notices/staff.html", context)


def _person(request: HttpRequest, pk: int) -> Person:
    """Somebody in sight who stands on a board."""
    return get_object_or_404(found_staff.staff(request.user, on=localdate()), pk=pk)


@require_http_methods(["GET", "POST"])
def staff_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The number for work and the picture of one person."""
    person = _person(request, pk)
    if not may_edit_person(request.user, person):
        raise PermissionDenied("您只能修改本村人员的公示信息。")
    contact = found_staff.contact_of(person)
    has_photo = bool(contact and contact.photo)
    form = StaffForm(
        request.POST or None,
        request.FILES or None,
        initial={"work_phone": contact.work_phone if contact else ""},
        has_photo=has_photo,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = tried(
            form,
            lambda: actions.keep_contact(
                person=person,
                work_phone=data["work_phone"],
                photo=data["photo"],
                drop_photo=data.get("drop_photo", False),
                by=who(request),
            ),
        )
        if kept is not None:
            messages.success(request, f"已保存{person.name}的公示信息。")
            return redirect("services:notice_staff")
    (line,) = found_staff.lines(request.user, [person], on=localdate())
    context = {"form": form, "person": person, "line": line, "has_photo": has_photo, "current": "staff"}
    return render(request, "services/notices/staff_form.html", context)


@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of one person, for who sees the person."""
    contact = found_staff.contact_of(_person(request, pk))
    path = PHOTOS.path_of(contact.photo) if contact else None
    if path is None:
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="image/jpeg")


@require_http_methods(["GET", "POST"])
def hotlines(request: HttpRequest) -> HttpResponse:
    """监督电话 of the township and of villages; keeping one is writing it over."""
    required(request)
    whole = access.may(request.user, access.Right.EDIT_TOWN_CONTACTS)
    may_edit = access.may(request.user, access.Right.EDIT_ROSTER)
    if request.method == "POST":
        access.require(request.user, access.Right.EDIT_ROSTER)
    form = HotlineForm(request.POST or None, user=request.user, whole=whole)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = tried(
            form, lambda: actions.keep_hotline(by=who(request), root=data["root"], phone=data["phone"])
        )
        if kept is not None:
            messages.success(request, "监督电话已保存。")
            return redirect("services:hotlines")
    rows = Hotline.objects.visible_to(request.user).select_related("root", "township")
    context = {
        "form": form,
        "rows": rows.order_by("root__position", "root_id"),
        "may_edit": may_edit,
        "current": "hotlines",
    }
    return render(request, "services/notices/hotlines.html", context)
