"""Who may be the 代办员 of an errand."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from grids.models import Node, Person, Post

if TYPE_CHECKING:
    from township.models import User


def agents(user: "User | Any", node: Node, *, on: date, standing: int | None = None) -> QuerySet[Person]:
    """Holders of posts in the village and members of the grid, in sight; oneself; who has it already."""
    posts = Post.objects.current(on).filter(person_id=OuterRef("pk"), node__root_id=node.root_id)
    there = Q(membership__node__grid_id=node.pk, membership__node__closed_on=None)
    own = Q(user_id=user.pk)
    found = Person.objects.visible_to(user).filter(Exists(posts) | there | own)
    chosen = Q(pk__in=found.order_by().values("pk")) | Q(pk=standing or 0)
    return Person.objects.filter(chosen).order_by("pinyin_order", "pk")
