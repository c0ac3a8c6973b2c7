"""Refusals of the actions, in words for people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction


class ChangedMeanwhile(ValidationError):
    """Somebody changed the row after the form was opened; nothing was saved."""

    def __init__(self) -> None:
        super().__init__("您打开这一页以后，别人改过这条记录。请核对下面两边的内容再保存。")


def check_seen(seen: str | None, version: Callable[[], str]) -> None:
    """Raise ChangedMeanwhile unless the rows are as they were when the form was opened (None: not asked)."""
    if seen is not None and seen != version():
        raise ChangedMeanwhile


def checked(row: models.Model, *, unchecked: tuple[str, ...] = ()) -> None:
    """Validate fields and constraints before writing; the messages are the models' own Chinese ones."""
    row.full_clean(exclude=unchecked or None)


@contextmanager
def in_words(fallback: str = "保存时与别人的改动冲突，没有保存，请刷新后再试。") -> Iterator[None]:
    """One transaction; a constraint met by a race becomes a sentence instead of a server error."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as met:
        raise ValidationError(fallback) from met


def sentences(refusal: ValidationError) -> list[str]:
    """All messages of a refusal in one list, without field names of the code."""
    if hasattr(refusal, "error_dict"):
        return [message for errors in refusal.message_dict.values() for message in errors]
    return list(refusal.messages)
