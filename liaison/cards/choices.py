"""Which cards there are, and how they lie on paper."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from grids.choices import Kind


class CardPaper(TextChoices):
    """One card a page, or two side by side to be cut apart."""

    A5 = "a5", "A5 纸，一张一页"
    A4 = "a4", "A4 纸横放，两张一页，带裁切线"


@dataclass(frozen=True)
class CardKind:
    """One kind of card, known by the kind of place it belongs to."""

    kind: str
    title: str  # over the card
    whose: str  # who keeps it
    below: str = ""  # what its lines are; a household's card has none
    unit: str = ""
    empty: str = ""  # why there is no card
    most: int = 120  # of one file: what a request prints while somebody waits; lists take longer than a page


CARDS: Mapping[str, CardKind] = {
    card.kind: card
    for card in (
        CardKind(Kind.MEMBER, "我联系的户", "党员", Kind.HOUSEHOLD, "户", "还没有联系农户"),
        CardKind(Kind.HOUSEHOLD, "谁联系我", "农户", empty="还没有由党员联系", most=300),
        CardKind(Kind.HUB, "我联系的党员", "中心户负责人", Kind.MEMBER, "名", "还没有编入党员"),
        CardKind(Kind.GROUP, "我联系的中心户", "党小组长", Kind.HUB, "个", "还没有中心户（示范岗）"),
    )
}
