"""A township with two villages and who takes in errands there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from grids.models import Person
from services.models import ItemMaterial, ItemVersion, ServiceItem, Ticket
from services.tickets.actions.intake import take_in
from services.tickets.catalogue.choices import ItemCategory
from services.tickets.choices import TicketKind
from services.tickets.given import GivenPaper, GivenPart
from tests.factories import (
    SINCE,
    TownshipFactory,
    UserFactory,
    Village,
    group_leader,
    member,
    secretary,
    village,
)
from tests.worlds import remembered
from township.choices import OfficeRole
from township.models import Township, User

NOON = datetime(2026, 9, 21, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
DAY = date(2026, 9, 21)


@dataclass
class Town:
    """Who and what the tests of errands work with."""

    township: Township
    clerk: User
    leader: User
    secretary: User
    group_leader: User
    member: User
    own: Village
    other: Village
    version: ItemVersion

    @property
    def agent(self) -> Person:
        """The group leader as a person."""
        return Person.objects.get(user=self.group_leader)


@pytest.fixture
@remembered
def town(db) -> Town:
    township = TownshipFactory(name="青河乡")
    size = {"groups": 2, "hubs": 1, "members": 2, "households": 2}
    own, other = village(township, "甲村", **size), village(township, "乙村", **size)
    item = ServiceItem.objects.create(township=township, code="01")
    version = ItemVersion.objects.create(
        item=item, number=1, since=SINCE, name="城乡居民养老保险参保登记", category=ItemCategory.OTHER,
        office="便民服务中心", default_kind=TicketKind.PROMISED, promised_days=5, legal_days=10,
    )  # fmt: skip
    for position, name in enumerate(("户口簿", "申请表"), 1):
        ItemMaterial.objects.create(version=version, position=position, name=name)
    return Town(
        township,
        UserFactory(township=township),
        UserFactory(township=township, office_role=OfficeRole.LEADER),
        secretary(own),
        group_leader(own),
        member(own),
        own,
        other,
        version,
    )


NEEDS: dict[TicketKind, dict[str, Any]] = {
    TicketKind.INSTANT: {},
    TicketKind.PROMISED: {"promised_days": 5},
    TicketKind.SUPPLEMENT: {
        "promised_days": 5,
        "papers": [GivenPaper("户口簿"), GivenPaper("申请表", here=False)],
    },
    TicketKind.JOINT: {
        "parts": [GivenPart("国土所", date(2026, 9, 28)), GivenPart("村建所", date(2026, 9, 30))]
    },
    TicketKind.FORWARDED: {
        "handed_to": "县社保局", "handed_on": DAY, "outer_due": date(2026, 10, 20),
    },
    TicketKind.DECLINED: {"reason": "不属于补贴范围", "basis": "县补贴办法第五条", "consented": False},
}  # fmt: skip


def intake(town: Town, by: User, kind: str = "promised", *, at: datetime = NOON, **facts: Any) -> Ticket:
    """An errand taken in at the own village's first grid."""
    data: dict[str, Any] = {
        "node": town.own.grids[0],
        "kind": kind,
        "version": town.version,
        "subject": town.version.name,
        "applicant_name": "李申办",
        "applicant_phone": "13900001234",
        "consented": True,
        "agent": town.agent,
        "office": "便民服务中心",
        **NEEDS[TicketKind(kind)],
        **facts,
    }
    papers, parts = data.pop("papers", ()), data.pop("parts", ())
    client_id = data.pop("client_id", "")
    return take_in(data=data, papers=papers, parts=parts, by=by, now=at, client_id=client_id)
