"""What several pages of this app share: filtered lists as pages and as workbooks, and refusals in forms."""

import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from grids import access
from grids.kinds import ListColumn
from grids.models import Node
from grids.resources import ListResource
from township import audit
from township.choices import Deed
from township.models import User

PAGE_SIZE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def who(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else come as far as a view."""
    return cast(User, request.user)


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any]) -> Page:
    """The page asked for; a number out of range gives the nearest page."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def rows_on(page: Page) -> QuerySet[Any]:
    """The page's slice, still a query."""
    return cast(QuerySet[Any], page.object_list)


def export_query(request: HttpRequest) -> str:
    """The page's own filters with `export` added."""
    query = request.GET.copy()
    query.pop("page", None)
    query["export"] = "xlsx"
    return query.urlencode()


def wants_export(request: HttpRequest) -> bool:
    """True when the list is asked for as a workbook."""
    return request.GET.get("export") == "xlsx"


def workbook(
    request: HttpRequest,
    title: str,
    columns: Sequence[ListColumn],
    rows: Iterable[Mapping[str, Any]],
    *,
    unsaid: Collection[str] = (),
) -> HttpResponse:
    """The filtered list as xlsx; who took how many rows of what goes into the log.

    `unsaid` are parts of the filter that the log must not repeat, such as a name that was looked for.
    """
    access.require(request.user, access.Right.EXPORT_ROSTER)
    out = io.BytesIO()
    unit = str(getattr(request.user, "township", "") or "")
    count = ListResource(columns).write(rows, title=title, unit=unit, out=out)
    query = request.GET.copy()
    query.pop("export", None)
    told = {name: "…" if name in unsaid else value for name, value in query.items() if value}
    asked = "，".join(f"{name}={value}" for name, value in told.items())
    note = f"筛选：{asked}" if asked else "全部"
    audit.record(by=who(request), deed=Deed.EXPORT, target=title, rows=count, note=note, request=request)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"{unit}_{title}_{localdate():%Y%m%d}.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def editable(request: HttpRequest, pk: int | None) -> Node:
    """A place one may change; out of sight is 404, only to be looked at is 403."""
    node = get_object_or_404(Node.objects.visible_to(request.user).select_related("parent"), pk=pk)
    access.require_edit(request.user, node)
    return node


def tried(form: forms.Form, write: Callable[[], Any]) -> Any:
    """Run an action for a valid form; its refusals become errors of the form, and None is returned."""
    try:
        return write()
    except ValidationError as refusal:
        put_on(form, refusal)
        return None


def put_on(form: forms.Form, refusal: ValidationError) -> None:
    """Show a refusal at its field, or over the form."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)


def renew_seen(form: Any, seen: str) -> None:
    """After a refusal the page shows what stands now, so the next confirmation is about that."""
    form.data = form.data.copy()
    form.data["seen"] = seen
