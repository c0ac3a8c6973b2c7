"""谁联系我, the card of one household: its contact large, then the ladder above."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from grids.choices import HubKind, Kind
from grids.models import Node
from liaison.cards.choices import CARDS
from liaison.cards.sheets.facts import VACANT, Fact, on_paper
from liaison.state.queries.chain import ChainLink


@dataclass(frozen=True)
class HomeCard:
    """Who looks after one household, and who is next when that one cannot be reached."""

    title: str
    organisation: str
    home: str
    address: str
    contact: str
    phone: str
    since: date | None
    also: str  # what else the contact answers for on the ladder above
    ladder: tuple[Fact, ...]

    template = "home"
    foot = "联系人有变动时，以党支部通知为准"
    rows: tuple[tuple[str, ...], ...] = ()


def home_card(node: Node, chain: Sequence[ChainLink]) -> HomeCard:
    """The card of a household that a member looks after."""
    home, contact, *above = chain
    own = [step for step in above if step.holders and step.holders == contact.holders]
    return HomeCard(
        title=CARDS[Kind.HOUSEHOLD].title,
        organisation=_organisation(node),
        home=node.name,
        address=home.place,
        contact=_names(contact),
        phone=_phones(contact),
        since=node.since,
        also="、".join(_duty(step) for step in own),
        ladder=tuple(_ladder([step for step in above if step not in own])),
    )


def _ladder(steps: Sequence[ChainLink]) -> Iterator[Fact]:
    """The steps above, a line for each person; one who answers for several in a row has one (一人多职)."""
    for holders, together in groupby(steps, key=lambda step: step.holders or step.level):
        title = "、".join(_duty(step) for step in together)
        if isinstance(holders, str):
            yield Fact(title, VACANT)
            continue
        for i, holder in enumerate(holders):
            yield Fact("" if i else title, holder.name, on_paper(holder.phone))


def _duty(step: ChainLink) -> str:
    """中心户 is a place; who answers for it is its head."""
    return f"{step.level}负责人" if step.level in HubKind.labels else step.level


def _names(step: ChainLink) -> str:
    return "、".join(holder.name for holder in step.holders)


def _phones(step: ChainLink) -> str:
    return "、".join(on_paper(holder.phone) for holder in step.holders if holder.phone)


def _organisation(node: Node) -> str:
    """东坡村党总支东片党支部."""
    branch = node.branch
    return f"{node.root.name}{branch.name}" if branch and branch.pk != node.root_id else node.root.name
