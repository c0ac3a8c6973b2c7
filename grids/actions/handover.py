"""Handing over all that somebody holds, as one action: posts, households, and what other apps know of."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError

from grids import access, holdings, tree
from grids.actions.nodes import close_node, root_of
from grids.actions.people import appoint, end_post
from grids.actions.refusals import in_words
from grids.models import Node, Person, Post
from grids.queries.handover import HOUSEHOLD, POST, holdings_of, member_node
from grids.queries.people import may_edit_person
from grids.queries.places import release_place
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User


@history.acts("交接")
def hand_over(
    *,
    person: Person,
    choices: Mapping[str, int | None],
    on: date,
    by: "User",
    close_reason: str = "",
    reason: str = "",
) -> int:
    """Give up what `choices` names by key, to the person of that number or to nobody (None), on one day.

    What is not named stays with the person. With `close_reason` the person's place as a member is closed
    too, and then nothing may stay. Returns the number of items. Raises ValidationError in words.
    """
    if not may_edit_person(by, person):
        raise PermissionDenied("您只能查看，不能办理这位人员的交接。")
    node = member_node(person)
    if close_reason and node is None:
        raise ValidationError("此人没有在册的党员位置，不用注销。")
    with in_words(), tree.tree_write(lambda: {root_of(node)} if node else set()):
        held = {item.key for item in holdings_of(by, person, on=on)}
        if choices.keys() - held:
            raise ValidationError("清单在您打开以后有变化，请核对后再办理。")
        if close_reason and held - choices.keys():
            raise ValidationError("注销党员时，每一项都要选接手人或先空缺。")
        told = reason or f"{person.name}交接"
        people = _people({to for to in choices.values() if to is not None}, person, by)
        _posts(holdings.chosen_of(POST, choices), people, person=person, on=on, by=by, reason=told)
        _households(holdings.chosen_of(HOUSEHOLD, choices), people, node=node, on=on, by=by, reason=told)
        for provider in holdings.providers():
            chosen = holdings.chosen_of(provider.prefix, choices)
            if chosen:
                provider.hand_over(person=person, chosen=chosen, on=on, by=by, reason=told)
        if close_reason and node is not None:
            close_node(node=node, on=on, close_reason=close_reason, by=by, below="release", reason=reason)
        target = f"交接 {person.name}（编号 {person.pk}）"
        audit.record(by=by, deed=Deed.CHANGE, target=target, rows=len(choices), note=reason)
    return len(choices)


def _people(wanted: set[int], person: Person, by: "User") -> dict[int, Person]:
    found = Person.objects.visible_to(by).in_bulk(wanted - {person.pk})
    if found.keys() != wanted:
        raise ValidationError("选的接手人有的已不在名单里，请重新选。")
    return found


def _posts(
    chosen: Mapping[int, int | None],
    people: Mapping[int, Person],
    *,
    person: Person,
    on: date,
    by: "User",
    reason: str,
) -> None:
    """The old post ends and the new one begins on the day; the rest of the term and the duties go along."""
    for post in Post.objects.filter(pk__in=chosen, person=person).select_related("node"):
        end_post(post=post, until=on, by=by, reason=reason)
        to = chosen[post.pk]
        if to is not None:
            appoint(
                person=people[to],
                role=post.role,
                node=post.node,
                since=on,
                by=by,
                duties=post.duties,
                term_until=post.term_until if post.term_until and post.term_until > on else None,
                reason=reason,
            )


def _households(
    chosen: Mapping[int, int | None],
    people: Mapping[int, Person],
    *,
    node: Node | None,
    on: date,
    by: "User",
    reason: str,
) -> None:
    if not chosen or node is None:
        return
    takers = {to: people[to] for to in chosen.values() if to is not None}
    places = {
        place.member_profile.person_id: place
        for place in Node.objects.filter(
            member_profile__person__in=takers.values(), closed_on=None
        ).select_related("member_profile")
    }
    for number, taker in takers.items():
        if number not in places:
            raise ValidationError(f"{taker.name}不在党员名册里，不能接手联户。")
        access.require_edit(by, places[number])
    group = release_place(node)
    if group is None and None in chosen.values():
        raise ValidationError("没有党小组或网格可以暂放农户，请给每户选接手的党员。")
    rows = Node.objects.filter(pk__in=chosen, parent=node, closed_on=None)
    pairs = [(row, places[to] if (to := chosen[row.pk]) is not None else group) for row in rows]
    tree.place(placements=[(row, above) for row, above in pairs if above], by=by, reason=reason, on=on)
