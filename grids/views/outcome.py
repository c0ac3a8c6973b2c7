"""What is said after a change of structure: the words, and the way back."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from township.acting import Acting


def tell(request: HttpRequest, words: str, done: Acting) -> None:
    """A success message that leads to the action's page, where it can be taken back."""
    if done.pk is None:  # nothing was written, so there is nothing to undo
        messages.success(request, words)
        return
    url = reverse("grids:action", args=[done.pk])
    messages.success(request, format_html('{} <a href="{}">查看或撤销这次操作</a>', words, url))
