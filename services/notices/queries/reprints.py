"""Which printed boards, plates and cards no longer say what is true, and why."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from grids.models import Node
from services.models import Imprint
from services.notices.choices import Notice
from services.notices.content import differences, facts
from services.notices.queries.small import bearers, contents

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class Stale:
    """One thing to be printed again."""

    imprint: Imprint
    node: Node
    changed: list[str]


def stale(user: "User | Any", *, on: date, village: int | None = None, notice: str = "") -> list[Stale]:
    """All in sight that were printed and have changed since; a few queries for each kind."""
    seen = Imprint.objects.visible_to(user).filter(node__closed_on=None)
    if village is not None:
        seen = seen.filter(node__root_id=village)
    if notice:
        seen = seen.filter(notice=notice)
    printed: defaultdict[str, dict[int, Imprint]] = defaultdict(dict)
    for imprint in seen:
        printed[imprint.notice][imprint.node_id] = imprint
    found = []
    for kind in Notice:
        imprints = printed.get(kind)
        if not imprints:
            continue
        marked = Node.objects.visible_to(user).filter(imprints__notice=kind)
        marked = marked.filter(root_id=village) if village is not None else marked
        nodes = [node for node in bearers(kind, marked) if node.pk in imprints]
        now = contents(kind, nodes, on=on)
        for node in nodes:
            changed = differences(imprints[node.pk].content, facts(now[node.pk]))
            if changed:
                found.append(Stale(imprints[node.pk], node, changed))
    return found


def imprint_of(grid: Node) -> Imprint | None:
    """What the grid's board said when it was last printed."""
    return Imprint.objects.filter(node=grid, notice=Notice.BOARD).first()
