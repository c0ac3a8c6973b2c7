"""Session limits, the sign-in gate, and headers of pages that hold personal data."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone

Handler = Callable[[HttpRequest], HttpResponse]
V = TypeVar("V", bound=Callable[..., HttpResponseBase])
STARTED, SEEN = "started_at", "seen_at"
REFRESH_SECONDS = 60  # the stamp is rewritten at most once a minute: a write on every page would load SQLite


class SessionLimits:
    """Ends a session after 30 idle minutes, and after 12 hours in any case."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign the user out when a limit has passed."""
        if request.user.is_authenticated and self._expired(request):
            logout(request)
        return self.get_response(request)

    def _expired(self, request: HttpRequest) -> bool:
        now = time.time()
        started = request.session.setdefault(STARTED, now)
        seen = request.session.setdefault(SEEN, now)
        if now - started > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE.total_seconds():
            return True
        if now - seen > REFRESH_SECONDS:
            request.session[SEEN] = now
        return False


def open_to_strangers(view: V) -> V:
    """Let a view answer without a sign-in; it says itself what a stranger gets."""
    view.public = True  # type: ignore[attr-defined]  # an attribute on a function, as Django's own exemptions
    return view


class SignedInOnly:
    """Every page needs a sign-in unless its view says `public = True`; stale passwords change first."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the gate needs the resolved view."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Send strangers to the sign-in page and stale passwords to the change page."""
        if getattr(view, "public", False) or getattr(getattr(view, "view_class", None), "public", False):
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if password_is_stale(request) and not getattr(
            getattr(view, "view_class", None), "for_stale_password", False
        ):
            messages.warning(request, "请先修改密码：首次登录和满期的密码都要更换。")
            return redirect("township:password")
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back to the page; an address that only takes POST is no page."""
    from django.contrib.auth.views import redirect_to_login  # slow import: pulls in forms

    answer = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if "HX-Request" in request.headers:  # htmx would put the sign-in page into a corner of the old page
        return HttpResponse(headers={"HX-Redirect": redirect_to_login("/").url})
    return answer


def password_is_stale(request: HttpRequest) -> bool:
    """True for a first sign-in and for a password older than the limit."""
    user = request.user
    if not user.is_authenticated:
        return False
    changed = user.password_changed_at
    return (
        user.must_change_password or changed is None or timezone.now() - changed > settings.PASSWORD_MAX_AGE
    )


class CleanAddress:
    """Refuses an address with a NUL in its query: no browser sends one, and PostgreSQL fails on it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on or answer 400; form fields refuse a NUL by themselves."""
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            raise BadRequest
        return self.get_response(request)


class SpokenRefusals:
    """Gives an empty 405 a page: somebody pressed F5 on an address that only takes what a form sends."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Fill the empty answer of Django's own decorators."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render(request, "405.html").content
        return response


class PrivatePages:
    """Pages of a signed-in user are kept by no cache; all pages limit what the browser may use."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the headers on the way out."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=()")
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response
