"""What every app's pages share: the list page, and the page shown when a form has expired."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import ListView

from township.models import User


class SignedInRequest(HttpRequest):
    """A request that came through the sign-in gate: its user is an account, never a stranger (for types)."""

    user: User


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent with an expired token: nothing was saved, and the page says so."""
    return render(request, "403_csrf.html", status=403)


csrf_failure.public = True  # type: ignore[attr-defined]


class ScopedListView(ListView):
    """A paged list of rows the user may see; subclasses give `model` and may narrow it in `filtered`."""

    request: SignedInRequest
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Any]:
        """Scope first, then the page's own filters."""
        return self.filtered(self.model.objects.visible_to(self.request.user))  # type: ignore[union-attr]

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the visible rows; the default shows all."""
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the query string without the page number, for paging and export links."""
        query = self.request.GET.copy()
        query.pop("page", None)
        return super().get_context_data(**kwargs, querystring=query.urlencode())
