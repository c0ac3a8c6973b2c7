"""What every page's frame shows: menu, township, screen preferences."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from township.choices import TextSize


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html; apps add menu groups through settings.MENU_BUILDERS."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "ui": {"large": False, "contrast": False}}
    groups = [group for name in settings.MENU_BUILDERS for group in import_string(name)(request)]
    return {
        "menu": groups,
        "township": user.township,
        # asked for by whole pages only: a part of a page has no frame
        "todo": partial(import_string(settings.TODO_BUILDER), request),
        "ui": {"large": user.text_size == TextSize.LARGE, "contrast": user.high_contrast},
    }
