"""Every page at 1366×768 and at 360 px: no axe violation, no sideways scrolling, one heading."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import Page

from grids.choices import Kind, Role
from grids.models import Node
from liaison.choices import Level
from liaison.models import Contact
from reports.campaign import actions as campaigns
from reports.filing import actions as filings
from reports.models import Filing
from tests.e2e.signing_in import sign_in
from tests.factories import TownshipFactory, UserFactory, appoint, group_leader, member, secretary, village
from township import audit
from township.choices import Deed, OfficeRole

pytestmark = pytest.mark.django_db(transaction=True)
LISTED = (Kind.GRID, Kind.GROUP, Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD)


class Town:
    """A township with one village, an account per seat, and the addresses to look at."""

    def __init__(self) -> None:
        self.township = TownshipFactory(name="青河乡")
        self.village = village(self.township, "甲村")
        made = self.village
        appoint(made.people[0], Role.SECRETARY, made.root)
        self.contact = Contact.objects.create(
            township=self.township, level=Level.COMMITTEE, holder=made.people[0], target=made.groups[0]
        )
        self.users = {
            "clerk": UserFactory(township=self.township),
            "leader": UserFactory(township=self.township, office_role=OfficeRole.LEADER),
            "auditor": UserFactory(township=self.township, office_role=OfficeRole.AUDITOR),
            "admin": UserFactory(township=None, office_role=OfficeRole.SYSTEM_ADMIN),
            "secretary": secretary(made),
            "group_leader": group_leader(made),
            "member": member(made),
        }
        self.filing = self._filing()
        audit.record(by=self.users["clerk"], deed=Deed.EXPORT, target="附件4", rows=24)

    def _filing(self) -> Filing:
        """This year's campaign, in which the village has sent its tables in and got them back."""
        clerk, today = self.users["clerk"], localdate()
        days = {"cut_off": today, "due_on": today, "notice_no": "", "notice_on": None}
        data = {**campaigns.proposed(self.township, today.year, None), **days}
        campaign = campaigns.create(township=self.township, data=data, by=clerk)
        filing = filings.begin(campaign=campaign, root=self.village.root, by=clerk)
        for code in ("review", "submit", "return"):
            filings.take_step(filing=filing, code=code, by=clerk, today=today, note="请核对门牌")
        return filing

    def pages_of(self, seat: str) -> list[str]:
        """What this seat opens in its work."""
        home = [reverse("reports:home"), reverse("township:password")]
        if seat == "admin":
            return [*home, reverse("township:users"), reverse("township:user_add"), self._user()]
        if seat == "auditor":
            return [*home, reverse("township:audit")]
        own = self.village.members[-1 if seat == "member" else 0]
        return [*home, *self._reading(own), *(self._working() if seat in ("clerk", "secretary") else [])]

    def _user(self) -> str:
        return reverse("township:user_edit", args=[self.users["leader"].pk])

    def _reading(self, own: Node) -> list[str]:
        return [
            reverse("grids:tree"),
            *(reverse("grids:node_list", args=[kind]) for kind in LISTED),
            reverse("grids:node", args=[own.pk]),
            reverse("grids:people"),
            reverse("grids:search") + "?q=jc",
        ]

    def _working(self) -> list[str]:
        made = self.village
        household = made.households[0].pk
        return [
            *(
                reverse("grids:node", args=[node.pk])
                for node in (made.root, made.groups[0], made.households[0])
            ),
            reverse("grids:node_edit", args=[household]),
            reverse("grids:node_move", args=[household]),
            reverse("grids:node_close", args=[household]),
            reverse("grids:node_add") + f"?parent={made.groups[0].pk}&kind=hub",
            reverse("grids:person", args=[made.people[0].pk]),
            reverse("grids:person_add"),
            reverse("grids:posts"),
            reverse("grids:entry", args=["household"]),
            reverse("grids:post_add") + f"?node={made.root.pk}",
            reverse("grids:villager_groups"),
            reverse("grids:imports"),
            reverse("grids:import_new"),
            reverse("liaison:contacts"),
            reverse("liaison:contact_add") + "?level=E2",
            reverse("liaison:contact_edit", args=[self.contact.pk]),
            reverse("liaison:cards") + "?kind=household",
            *self._liaison(),
            reverse("reports:todo"),
            reverse("reports:goals"),
            reverse("reports:campaigns"),
            reverse("reports:filings"),
            self.filing.get_absolute_url(),
            reverse("reports:filing_report", args=[self.filing.pk]),
            reverse("reports:snapshot", args=[self.filing.snapshots.get().pk]),
            reverse("reports:records"),
            reverse("reports:record_new"),
            reverse("reports:leading"),
            reverse("reports:checks"),
            reverse("reports:blanks"),
            reverse("reports:annexes"),
            *(reverse("reports:annex", args=[number]) for number in (1, 2, 3, 4, 13)),
            reverse("reports:jobs"),
        ]

    def _liaison(self) -> list[str]:
        made = self.village
        place = f"place={made.grids[0].pk}"
        return [
            reverse("liaison:adjust"),
            reverse("liaison:proposals"),
            reverse("liaison:proposal_new") + f"?edge=E5&{place}",
            reverse("liaison:wishes"),
            reverse("liaison:edge", args=["E5"]),
            reverse("liaison:chain", args=[made.households[0].pk]),
            reverse("liaison:pyramid"),
            reverse("liaison:bands"),
        ]


@pytest.fixture
def town() -> Town:
    """One village and everybody."""
    return Town()


@pytest.fixture
def look(axe_violations: Callable, overflow: Callable) -> Callable[[Page, str], list[str]]:
    """What is wrong with one page, in words."""

    def faults(page: Page, address: str) -> list[str]:
        answer = page.goto(address)
        found = [] if answer and answer.status == 200 else [f"status {answer and answer.status}"]
        if page.locator("h1:visible").count() != 1:
            found.append("not one heading")
        if overflow(page) > 0:
            found.append(f"{overflow(page)} px too wide")
        return [f"{address}: {fault}" for fault in [*found, *axe_violations(page)]]

    return faults


# At the desk a secretary's pages are the clerk's with fewer rows; a secretary's desk is mostly the phone.
SEATS = ["clerk", "secretary", "leader", "group_leader", "member", "admin", "auditor"]
SEATS_AND_SCREENS = [
    (seat, screen)
    for seat in SEATS
    for screen in ("notebook", "phone")
    if (seat, screen) != ("secretary", "notebook")
]


@pytest.mark.parametrize(("seat", "screen"), SEATS_AND_SCREENS)
def test_each_page_is_whole_on_each_screen(
    town: Town, open_page: Callable, look: Callable, seat: str, screen: str
):
    page = open_page(screen)
    sign_in(page, town.users[seat])
    assert [fault for address in town.pages_of(seat) for fault in look(page, address)] == []


def test_the_sign_in_page_is_whole(browser_page: Page, look: Callable):
    assert look(browser_page, "/login/") == []


def test_large_text_keeps_the_pages_whole(town: Town, phone_page: Page, look: Callable):
    clerk = town.users["clerk"]
    clerk.text_size = "large"
    clerk.save()
    sign_in(phone_page, clerk)
    addresses = ["/", reverse("grids:tree"), reverse("grids:node_list", args=["household"])]
    assert [fault for address in addresses for fault in look(phone_page, address)] == []
