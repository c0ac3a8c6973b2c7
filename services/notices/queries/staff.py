"""Who stands on boards: the list on which numbers for work and pictures are kept."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from grids.models import Person, Post
from grids.queries import phones
from services.models import StaffContact
from services.notices.rules import BOARD_ROLES, title_of

if TYPE_CHECKING:
    from township.models import User


def staff(user: "User | Any", *, on: date, village: int | None = None, text: str = "") -> QuerySet[Person]:
    """People in sight with a post that a board names today."""
    posts = Post.objects.visible_to(user).current(on).filter(role__in=BOARD_ROLES, node__closed_on=None)
    if village is not None:
        posts = posts.filter(node__root_id=village)
    rows = Person.objects.visible_to(user).filter(pk__in=posts.values("person_id"))
    if text:
        rows = rows.filter(name__icontains=text)
    return rows.select_related("root", "staff_contact").order_by("root__position", "root_id", "pk")


@dataclass(frozen=True)
class StaffLine:
    """One row of the list."""

    person: Person
    posts: str
    phone: str
    contact: StaffContact | None


def lines(user: "User | Any", people: QuerySet[Person] | list[Person], *, on: date) -> list[StaffLine]:
    """The rows with posts and numbers as the user may see them: one query more."""
    found = list(people)
    rows = Post.objects.visible_to(user).current(on).filter(
        person__in=[one.pk for one in found], role__in=BOARD_ROLES, node__closed_on=None
    )  # fmt: skip
    posts: defaultdict[int, list[str]] = defaultdict(list)
    for person, role, place in rows.order_by("pk").values_list("person_id", "role", "node__name"):
        posts[person].append(f"{title_of(role)}（{place}）")
    return [_line(user, one, posts[one.pk]) for one in found]


def _line(user: "User | Any", person: Person, posts: list[str]) -> StaffLine:
    contact = getattr(person, "staff_contact", None)
    phone = (contact.work_phone if contact else "") or person.phone
    return StaffLine(person, "、".join(posts), phones.shown(user, person.root_id, phone), contact)


def contact_of(person: Person) -> StaffContact | None:
    """What is kept of somebody."""
    return StaffContact.objects.filter(person=person).first()
