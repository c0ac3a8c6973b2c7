"""包挂 among what a person holds: handed over, ended and merged together with the posts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from grids.choices import Kind
from grids.holdings import Candidate, Holding, key_of
from grids.models import Person, Post
from grids.queries.bands import bands_in_force
from grids.rules import Bands
from liaison import actions, queries
from liaison.choices import Level
from liaison.models import Contact
from liaison.rules import HOLDER_ROLES, band_of
from township import history

if TYPE_CHECKING:
    from township.models import User

COLLEAGUES = {
    Level.TOWN_LEADER: "乡领导",
    Level.GENERAL_BRANCH: "总支班子成员",
    Level.COMMITTEE: "支部委员",
}


Seated = Mapping[tuple[str, int], list[tuple[int, str]]]  # (level, top organisation or 0) → person, name


class Contacts:
    """The provider of upper contacts; see grids.holdings.Provider."""

    prefix = "contact"

    def held(self, user: "User | Any", person: Person, *, on: date, editable: bool = True) -> list[Holding]:
        """Contacts the person holds that day, those this user may change or all in sight: five queries."""
        rows = Contact.objects.visible_to(user).filter(Q(until=None) | Q(until__gt=on), holder=person)
        lines = list(rows.select_related("target", "target__root"))
        if editable:
            lines = [line for line in lines if _may_change(user, line)]
        if not lines:
            return []
        seated = _seated(user, person, on)
        people = {person_id for seats in seated.values() for person_id, _ in seats}
        loads = queries.contact_counts(user, on=on, holder_ids=people)
        now = Contact.objects.filter(target__in=[line.target_id for line in lines], until=None)
        taken = set(now.values_list("level", "target_id", "holder_id"))
        bands = bands_in_force(person.township_id, year=on.year)
        return [_holding(self, line, seated, loads, taken, bands) for line in lines]

    def hand_over(
        self, *, person: Person, chosen: Mapping[int, int | None], on: date, by: "User", reason: str
    ) -> None:
        """End the contacts on that day, and begin them anew for whoever takes them over."""
        lines = Contact.objects.filter(pk__in=chosen, holder=person, until=None).select_related("target")
        people = Person.objects.standing().in_bulk([to for to in chosen.values() if to is not None])
        for line in lines:
            actions.end_contact(contact=line, until=max(on, line.since or on), by=by)
            to = people.get(chosen[line.pk] or 0)
            if to is not None:
                level, target, remark = line.level, line.target, line.remark
                actions.begin_contact(
                    level=level, holder=to, target=target, since=on, remark=remark, by=by, today=on
                )

    def end_all(
        self, *, node_ids: Collection[int], person_ids: Collection[int], on: date, by: "User", reason: str
    ) -> None:
        """End contacts that point to closed places, and those of people who left."""
        gone = Q(target_id__in=node_ids) | Q(holder_id__in=person_ids)
        rows = list(Contact.objects.filter(gone, until=None))
        for line in rows:
            line.until = max(on, line.since or on)
        history.update_all(Contact, rows, ["until"], by=by, reason=reason)

    def merge(self, *, keep: Person, drop: Person, by: "User", reason: str) -> None:
        """Give the contacts of one record to another; a line that both held ends today."""
        held = set(Contact.objects.filter(holder=keep, until=None).values_list("level", "target_id"))
        rows = list(Contact.objects.filter(holder=drop).select_related("target"))
        for line in rows:
            actions.require_contact(by, level=line.level, target=line.target)
            line.holder = keep
            if line.until is None and (line.level, line.target_id) in held:
                line.until = max(timezone.localdate(), line.since or timezone.localdate())
        history.update_all(Contact, rows, ["holder", "until"], by=by, reason=reason)


def _may_change(user: "User | Any", line: Contact) -> bool:
    try:
        actions.require_contact(user, level=line.level, target=line.target)
    except PermissionDenied:
        return False
    return True


def _seated(user: "User | Any", person: Person, on: date) -> Seated:
    """Who else could hold contacts of each level, by the organisation of the post."""
    posts = (
        Post.objects.visible_to(user)
        .current(on)
        .exclude(person=person)
        .order_by("node__position", "pk")
        .values_list("role", "node__root_id", "node__kind", "person_id", "person__name")
    )
    found: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for role, root_id, kind, person_id, name in posts.filter(role__in=_ROLES):
        for level in Level:
            fits = role in HOLDER_ROLES[level] and (
                level != Level.GENERAL_BRANCH or kind == Kind.GENERAL_BRANCH
            )
            if fits and (person_id, name) not in found[level, root_id or 0]:
                found[level, root_id or 0].append((person_id, name))
    return found


_ROLES = {role for roles in HOLDER_ROLES.values() for role in roles}


def _holding(
    provider: Contacts,
    line: Contact,
    seated: Seated,
    loads: Mapping[tuple[str, int], int],
    taken: Collection[tuple[str, int, int]],
    bands: Bands,
) -> Holding:
    root_id = 0 if line.level == Level.TOWN_LEADER else line.target.root_id
    band, called = band_of(bands, line.level), COLLEAGUES[Level(line.level)]
    able: Sequence[tuple[int, str]] = sorted(
        (
            seat
            for seat in seated.get((line.level, root_id), ())
            if (line.level, line.target_id, seat[0]) not in taken
        ),
        key=lambda seat: loads.get((line.level, seat[0]), 0),
    )
    candidates = tuple(
        Candidate(person_id, name, f"{called}，现包挂 {loads.get((line.level, person_id), 0)} 个")
        for person_id, name in able
    )
    first = able[0][0] if able else None
    room = first is not None and (band is None or loads.get((line.level, first), 0) < band.high)
    if first is None:
        said = f"没有别的{called}，可选接任其职务的人"
    elif room:
        said = f"建议由包挂最少的{called}接手"
    else:
        said = f"别的{called}都已包挂 {band.high if band else ''} 个，先空缺或多包挂一个"
    return Holding(
        key=key_of(provider, line.pk),
        title=str(Level(line.level).label),
        where=f"包挂 {line.target}",
        since=line.since,
        group="包挂联系",
        candidates=candidates,
        proposed=first if room else None,
        proposal=said,
    )
