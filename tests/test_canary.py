"""No name and no number of a place that somebody may not see comes out anywhere: pages, workbooks, PDFs.

Every seat follows every link it is shown and sends every form that takes rows out of the house.
"""

import io
import logging
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.timezone import now

from grids.choices import Kind, Role
from grids.models import HouseholdProfile, Node, Person
from liaison.choices import Level
from liaison.models import Contact
from services.models import Matter, Ticket, Visit, VisitPhoto
from services.tickets.actions.intake import take_in
from services.visits.choices import Need
from tests.factories import (
    SINCE,
    PersonFactory,
    TownshipFactory,
    UserFactory,
    Village,
    appoint,
    group_leader,
    member,
    secretary,
    village,
)
from tests.plain_prints import tables_as_text
from tests.worlds import remembered
from township import audit
from township.choices import Deed, OfficeRole
from township.models import User

LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
FORM = re.compile(r'action="(/[^"]*/(?:export|xlsx|pdf)/[^"]*)"')  # formaction of a button too
# The same rows again, in endless combinations.
LEFT_OUT = re.compile(r"^/static/|[?&]page=|[?&]open=|[?&]code=(?!household|member|e0_|e3_|grid_staff)")
ROWS_OF_A_PAGE = 2
WHOLE_NUMBER = re.compile(r"(?<!\d)1[37]\d{9}(?!\d)")


@dataclass
class Town:
    """甲村 and 乙村 in one township, 丙村 in another, and who looks at them."""

    own: Village
    other: Village
    foreign: Village
    seats: dict[str, User]


def _fill(made: Village) -> None:
    """What villages have beside their tree: phones of households, a committee member, a contact."""
    for profile in HouseholdProfile.objects.filter(node__root=made.root):
        profile.phone = f"137{profile.pk:08d}"
        profile.save()
    name = f"{made.root.name[0]}委员"
    person = PersonFactory(township=made.root.township, root=made.root, name=name)
    appoint(person, Role.COMMITTEE, made.root)
    Contact.objects.create(
        township=made.root.township, level=Level.COMMITTEE, holder=person, target=made.groups[0], since=SINCE
    )
    audit.record(by=None, deed=Deed.CHANGE, target=made.members[0].name, township=made.root.township)
    of = {"township": made.root.township, "node": made.grids[0], "household": made.households[0]}
    asked = Matter.objects.create(
        **of, need=Need.ROADS, content=f"{said_in(made)}，要修路", raised_on=SINCE, owner=made.people[0]
    )
    told = {"visitor": made.people[0], "happened_on": SINCE, "content": said_in(made), "matter": asked}
    VisitPhoto.objects.create(visit=Visit.objects.create(**of, **told), kept_name="a.jpg")
    by = UserFactory(township=made.root.township, full_name="受理人", phone="")
    data = {
        "node": made.grids[0],
        "kind": "promised",
        "promised_days": 5,
        "subject": "办证",
        "consented": True,
    }
    applicant = {"applicant_name": applicant_in(made), "applicant_phone": applicant_phone(made)}
    take_in(data=data | applicant, by=by, now=now())


def said_in(made: Village) -> str:
    """What somebody in this village's first grid said: words that stand nowhere else."""
    return f"{made.root.name}人说的话{made.root.pk}"


def applicant_in(made: Village) -> str:
    """Who has an errand in this village's first grid."""
    return f"{made.root.name}的申办人{made.root.pk}"


def applicant_phone(made: Village) -> str:
    """And that person's number."""
    return f"136{made.root.pk:08d}"


@pytest.fixture
@remembered
def town(db) -> Town:
    near, far = TownshipFactory(), TownshipFactory()
    size = {"groups": 2, "hubs": 1, "members": 1, "households": 2}
    own, other = village(near, "甲村", **size), village(near, "乙村", **size)
    foreign = village(far, "丙村", **size)
    for made in (own, other, foreign):
        _fill(made)
    seats = {
        role.value: UserFactory(township=near, office_role=role, full_name="本人", phone="")
        for role in (OfficeRole.SYSTEM_ADMIN, OfficeRole.CLERK, OfficeRole.LEADER, OfficeRole.AUDITOR)
    }
    seats |= {"secretary": secretary(own), "group_leader": group_leader(own), "member": member(own)}
    seats["nobody"] = UserFactory(township=near, office_role=OfficeRole.BY_POST)
    return Town(own, other, foreign, seats)


def everything(made: Village, *, group: int | None = None) -> set[str]:
    """Names of a village that stand nowhere else; of one group only, the places below it."""
    nodes = Node.objects.filter(root=made.root)
    if group is not None:
        return set(nodes.filter(group=made.groups[group]).values_list("name", flat=True))
    names = set(nodes.exclude(kind__in=[Kind.GRID, Kind.GROUP]).values_list("name", flat=True))
    names |= {said_in(made), applicant_in(made), Ticket.objects.get(root=made.root).code}
    return names | set(Person.objects.filter(root=made.root).values_list("name", flat=True))


def hidden_from(seat: str, town: Town) -> set[str]:
    hidden = everything(town.foreign)
    if seat in {"clerk", "leader"}:
        return hidden
    hidden |= everything(town.other)
    if seat == "auditor":  # the log names what was done in the own township
        return hidden - {town.other.members[0].name}
    if seat == "secretary":
        return hidden
    hidden |= everything(town.own, group=1 if seat == "group_leader" else 0)
    if seat in {"system_admin", "nobody"}:
        hidden |= everything(town.own)
    if seat == "system_admin":  # an account's page names the person it belongs to
        hidden -= set(Person.objects.exclude(user=None).values_list("name", flat=True))
        hidden.remove(town.own.root.name)  # and where that person is registered
    return hidden


def shape(url: str) -> tuple[str, ...]:
    """Which page it is, whatever row and filter it is asked for; a file by its address alone."""
    path, _, query = url.removeprefix("!").partition("?")
    try:
        found = resolve(path)
    except Resolver404:
        return (url,)
    words = [str(value) for name, value in found.kwargs.items() if name != "pk"]
    return (found.view_name, *words, *([] if url.startswith("!") else sorted(QueryDict(query))))


class Heard(logging.Handler):
    """Every line that anything in the process logs, whatever its level."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line as a file would."""
        self.lines.append(self.format(record))


@contextmanager
def logs() -> Iterator[list[str]]:
    """What the server's log gets meanwhile. The database's own lines are for developers and stay out."""
    heard, root = Heard(), logging.getLogger()
    before = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").propagate = False
    try:
        yield heard.lines
    finally:
        logging.getLogger("django.db.backends").propagate = True
        root.setLevel(before)
        root.removeHandler(heard)


def crawl(client: Client, *, prints: bool) -> dict[str, str]:
    """The text of everything that can be reached from the first page, by address; a few rows of each page.

    A print has the rows of its workbook; `prints` says whether it is asked for, too. Tables are read as they
    go to the printer.
    """
    found: dict[str, str] = {}
    asked: Counter[tuple[str, ...]] = Counter()
    waiting = ["/", "/grids/search/?q=%E6%9D%91", "/grids/tree/?q=%E6%9D%91", "/grids/tree/?depth=household"]
    while waiting:
        url = waiting.pop()
        if url in found or LEFT_OUT.search(url) or asked[shape(url)] == ROWS_OF_A_PAGE:
            continue
        asked[shape(url)] += 1
        with tables_as_text() as printed:
            response = client.post(url[1:]) if url.startswith("!") else client.get(url)
            content = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code in {200, 302, 403, 404}, url
        found[url] = words(content, response.headers.get("Content-Type", "")) + "".join(printed)
        if response.status_code == 302:
            waiting.append(response.headers["Location"])
        if "html" in response.headers.get("Content-Type", ""):
            waiting += [unescape(link) for link in LINK.findall(found[url])]
            files = [f"!{unescape(form)}" for form in FORM.findall(found[url])]
            waiting += [file for file in files if prints or "/pdf/" not in file]
    return found


def words(content: bytes, kind: str) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    if kind == "application/pdf":
        command = ["pdftotext", "-raw", "-", "-"]
        return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    return content.decode()


def finds_what_it_should(town: Town, found: dict[str, str]) -> None:
    """Or the crawl would prove nothing: all names, numbers, workbooks and PDFs of the own township."""
    whole = "".join(found.values())
    names = everything(town.own) | everything(town.other)
    assert {name for name in names if name not in whole} == set()
    # four annexes, three supplements, annex 1 for pens
    reports = [url for url in found if "/services/" not in url]
    assert sum(url.endswith("/xlsx/") for url in reports) == 8
    assert sum(url.endswith("/pdf/") for url in reports) == 8
    assert WHOLE_NUMBER.search(whole)


SEATS = ("clerk", "leader", "secretary", "group_leader", "member", "nobody", "auditor", "system_admin")


@pytest.mark.parametrize("seat", SEATS)
def test_no_seat_meets_a_name_from_outside_its_scope(town, client, seat):
    client.force_login(town.seats[seat])
    with logs() as lines:
        found = crawl(client, prints=seat in {"clerk", "secretary"})
    if seat == "clerk":
        finds_what_it_should(town, found)
    hidden = hidden_from(seat, town)
    pattern = re.compile("|".join(f"{re.escape(name)}(?!\\d)" for name in hidden))
    assert {url: pattern.search(text)[0] for url, text in found.items() if pattern.search(text)} == {}
    everybody = everything(town.own) | everything(town.other) | hidden
    assert [line for line in lines if any(name in line for name in everybody)] == []
    assert WHOLE_NUMBER.search("".join(lines)) is None
    if seat not in {"clerk", "secretary", "system_admin"}:
        # Whoever handles an errand may call the applicant.
        own = {applicant_phone(town.own)} if seat == "group_leader" else set()
        numbers = {url: set(WHOLE_NUMBER.findall(text)) - own for url, text in found.items()}
        assert {url: met for url, met in numbers.items() if met} == {}
