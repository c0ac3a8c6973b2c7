"""Writing many posts at once with their people; the caller holds the transaction."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from grids.duties import SINGLE
from grids.models import Person, Post
from grids.registers.rows import Line
from township import history

if TYPE_CHECKING:
    from township.models import User

FACTS = ("since", "term_until", "source", "duties")


def write(lines: Sequence[Line], *, by: "User", reason: str) -> dict[str, int]:
    """New people, numbers, new posts, ends of those before, corrections; numbers of new posts by key."""
    new = [line for line in lines if line.is_new]
    _write_people(lines, by=by, reason=reason)
    _end_predecessors(new, by=by)
    rows = [
        Post(
            township_id=line.found.township_id,
            person=line.found,
            node_id=line.values["place"],
            role=line.values["role"],
            **{name: line.values.get(name) or _blank(name) for name in FACTS},
        )
        for line in new
    ]
    made = history.create_all(Post, rows, by=by, reason=reason)
    _change([line for line in lines if line.held is not None], by=by, reason=reason)
    return {line.row: post.pk for line, post in zip(new, made, strict=True)}


def _blank(name: str) -> str | None:
    return None if name in ("since", "term_until") else ""


def _write_people(lines: Sequence[Line], *, by: "User", reason: str) -> None:
    named = {id(line.found): line for line in lines if isinstance(line.found, Person)}
    fresh = [line.found for line in named.values() if line.found.pk is None]
    history.create_all(Person, fresh, by=by, reason=reason)
    other = {}
    for line in lines:
        phone = line.values.get("phone") or ""
        if line.found is None or line.found.phone == phone or (line.is_new and not phone):
            continue
        line.found.phone = phone
        other[line.found.pk] = line.found
    history.update_all(Person, other.values(), ["phone"], by=by, reason=reason)


def _end_predecessors(new: Sequence[Line], *, by: "User") -> None:
    """A post of one holder ends on the day the new one takes it."""
    taken: dict[tuple[int, str], tuple[date, str]] = {
        (line.values["place"], line.values["role"]): (line.values["since"], line.found.name)
        for line in new
        if line.values["role"] in SINGLE
    }
    if not taken:
        return
    nodes = {place for place, _ in taken}
    ended = []
    for post in Post.objects.filter(node_id__in=nodes, role__in=SINGLE, until=None):
        if (post.node_id, post.role) in taken:
            since, _ = taken[post.node_id or 0, post.role]
            post.until = max(since, post.since) if post.since else since
            ended.append(post)
    history.update_all(Post, ended, ["until"], by=by, reason="由新任接任")


def _change(lines: Sequence[Line], *, by: "User", reason: str) -> None:
    moved = {
        line.held.pk: line
        for line in lines
        if line.held is not None and any(line.changes(name) for name in FACTS)
    }
    posts = list(Post.objects.filter(pk__in=moved))
    for post in posts:
        for name in FACTS:
            setattr(post, name, moved[post.pk].values.get(name) or _blank(name))
    history.update_all(Post, posts, list(FACTS), by=by, reason=reason)
