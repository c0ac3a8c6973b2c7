"""The gate of what a phone's scripts ask: answers in JSON, so that an outbox keeps what was refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from grids import access
from grids.access import Right
from township.middleware import open_to_strangers, password_is_stale

View = Callable[..., HttpResponse]


def refusal(text: str, status: int) -> JsonResponse:
    """One sentence for the person with the phone."""
    return JsonResponse({"text": text}, status=status, json_dumps_params={"ensure_ascii": False})


def asked_by_script(view: View) -> View:
    """401 instead of the sign-in page; open to the gate because it asks by itself."""

    @open_to_strangers
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return refusal("登录已过期，请重新登录。", 401)
        if password_is_stale(request):
            return refusal("密码要先更换，请打开首页修改密码。", 401)
        return view(request, *args, **kwargs)

    return answer


def by_visitors(view: View) -> View:
    """403 for seats that log no visits."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may(request.user, Right.LOG_VISIT):
            return refusal("您的岗位不登记走访。", 403)
        return view(request, *args, **kwargs)

    return answer
