"""Every number of annex 1 equals the rows it opens: in the database, on the page, and in the workbook."""

import io
import random
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from grids.choices import CloseReason, HubKind, Kind, Role, Standing
from grids.models import HubProfile, MemberProfile, Node, Person, Post
from liaison.models import Contact
from reports.annexes.files import write_xlsx
from reports.annexes.registry import ANNEXES, Order
from reports.statistics import queries
from reports.statistics.indicators import POPULATION, countable
from reports.statistics.screen import rows_url
from services.models import Matter, Visit
from tests.factories import UserFactory, appoint, group_leader, secretary, village
from tests.reports.annexes.conftest import TODAY, town
from township.models import AuditEvent

__all__ = ["town"]
OPEN = {"closed_on": None, "close_reason": ""}


@pytest.fixture
def clerk(town):
    return UserFactory(township=town.township)


def wrong_numbers(town):
    """Every code, organisation and 合计 whose number is not the number of its rows."""
    organisations = queries.read(township_id=town.township.pk, on=TODAY)
    rows = queries.collect([one.pk for one in organisations], TODAY)
    sheet = [(None, queries.total(organisations)), *((one.pk, one.counts) for one in organisations)]
    return [
        (root, code)
        for root, counts in sheet
        for code in countable()
        if (counts.value(code) or 0) != rows.number(code, root)
    ]


def shake(town, dice):
    """Change what decides over the numbers at random, past the forms: also what these would not allow."""
    people = list(Person.objects.filter(township=town.township))
    for member in MemberProfile.objects.all():
        member.standing = dice.choice(Standing.values)
        member.is_floating, member.takes_part = dice.random() < 0.4, dice.random() < 0.6
        member.save()
    for hub in HubProfile.objects.all():
        hub.hub_kind = dice.choice(HubKind.values)
        hub.save()
    for node in dice.sample(list(Node.objects.filter(kind=Kind.HOUSEHOLD)), 4):
        Node.objects.filter(pk=node.pk).update(
            **dice.choice([OPEN, {"closed_on": TODAY, "close_reason": CloseReason.MOVED_AWAY}])
        )
    places = list(Node.objects.filter(kind__in=(Kind.GRID, Kind.GROUP, Kind.HUB), closed_on=None))
    for _ in range(6):
        role = dice.choice((Role.GRID_STAFF, Role.GROUP_LEADER, Role.HUB_HEAD))
        person, place, since = (
            dice.choice(people),
            dice.choice(places),
            TODAY - timedelta(dice.choice((0, 9, -3))),
        )
        if not Post.objects.filter(person=person, node=place, role=role).exists():
            appoint(person, role, place, since=since)
    visits(dice, people, [place for place in places if place.kind == Kind.GRID])
    for contact in Contact.objects.all():
        contact.until = dice.choice([None, None, TODAY])
        contact.save()
    for post in dice.sample(list(Post.objects.filter(since__lt=TODAY)), 2):
        post.until = TODAY
        post.save()


def visits(dice, people, grids):
    """Calls and opinions of this year and the last, told or not."""
    for _ in range(6):
        grid, day = dice.choice(grids), TODAY - timedelta(dice.choice((0, 9, 400, -3)))
        of = {"township_id": grid.township_id, "node": grid}
        home = dice.choice([None, Node.objects.filter(kind=Kind.HOUSEHOLD, grid=grid).first()])
        words = dice.choice(["", "想学嫁接"])
        Visit.objects.create(
            **of, household=home, visitor=dice.choice(people), happened_on=day, content=words, plain=not words
        )
        told = dice.choice([{}, {"state": "answered", "answer": "已办", "answered_on": day}])
        called = dice.choice([{}, {"called_back_on": day, "satisfaction": "good"}]) if told else {}
        Matter.objects.create(**of, need="jobs", content="找活", raised_on=day, **told, **called)


def test_every_number_is_the_number_of_the_rows_it_opens(town):
    assert wrong_numbers(town) == []
    for seed in range(8):
        shake(town, random.Random(seed))
        assert wrong_numbers(town) == []


def test_each_number_of_the_page_opens_as_many_rows(client, town, clerk):
    client.force_login(clerk)
    east = town.nodes["东坡村党支部"].pk
    page = client.get(reverse("reports:annex", args=[1])).text
    label = "21 东坡村党支部 基本情况·农户数，看明细"
    link = f'href="{rows_url("household_count", east)}" aria-label="{label}">21</a>'
    assert link.replace("&", "&amp;") in page
    assert rows_url("e0_holders", None).replace("&", "&amp;") in page
    assert "code=ticket_total" not in page  # a 0 opens nothing
    found = client.get(rows_url("household_count", east))
    assert (found.context["page_obj"].paginator.count, found.context["total"]) == (21, 21)
    assert "基本情况·农户数：21户" in found.text
    assert "第一网格 › 第一党小组 › 白子龙户 › 白子龙" in found.text.replace("东坡村第一网格", "第一网格")
    people = client.get(rows_url("e0_holders", None))
    assert [told.name for told, _ in people.context["rows"]] == ["乡长甲"]
    typed = client.get(rows_url(POPULATION, None))
    assert (typed.context["total"], [n for _, n in typed.context["rows"]]) == (1320, [420, 900])
    assert client.get(rows_url("coverage_rate", east)).context["total"] == 20


def test_rows_are_fetched_by_the_page_and_taken_out_with_a_line_in_the_log(client, town, clerk):
    client.force_login(clerk)
    found = client.get(rows_url("household_count", None) + "&export=xlsx")
    lines = list(openpyxl.load_workbook(io.BytesIO(found.content)).active.values)
    assert sum(any(cell == "农户" for cell in line) for line in lines) == 23
    event = AuditEvent.objects.latest("pk")
    assert (event.target, event.rows) == ("附件1明细_基本情况·农户数", 23)


@pytest.mark.parametrize("query", ["code=nonsense", "", "code=remark", "code=member_count&root=x"])
def test_what_opens_no_rows_is_not_found(client, clerk, query):
    client.force_login(clerk)
    assert client.get(f"{reverse('reports:statistics_rows')}?{query}").status_code == 404


def test_a_village_opens_its_own_rows_only(client, town):
    mine, other = village(town.township, "甲村"), village(town.township, "乙村")
    client.force_login(secretary(mine))
    assert client.get(rows_url("household_count", None)).context["total"] == 24
    assert client.get(rows_url("household_count", other.root.pk)).status_code == 404
    client.force_login(group_leader(mine))
    assert client.get(rows_url("household_count", None)).context["total"] == 0
    assert client.get(rows_url("household_count", mine.root.pk)).status_code == 404


def test_rows_of_a_number_take_the_same_queries_for_any_number_of_rows(
    client, town, clerk, django_assert_max_num_queries
):
    client.force_login(clerk)
    url = rows_url("household_count", None)
    client.get(url)
    with django_assert_max_num_queries(9) as before:
        client.get(url)
    village(town.township, "大村", households=20)
    with django_assert_max_num_queries(len(before)):
        client.get(url)


def test_the_workbook_has_the_rows_and_each_number_leads_to_them(town):
    built = ANNEXES[1].build(Order(township=town.township, year=2026, today=TODAY)).detailed()
    content = io.BytesIO()
    write_xlsx(built.sheets, content)
    book = openpyxl.load_workbook(content)
    assert book.sheetnames[1:-1] == [
        "村民小组明细", "农户明细", "党支部明细", "党总支明细", "网格明细", "党小组明细", "党员明细",
        "人员明细", "中心户（示范岗）明细",
    ]  # fmt: skip
    form = book["附件1"]
    link = next(cell for row in form.iter_rows() for cell in row if cell.value == 21).hyperlink
    assert link.location == "'农户明细'!A1"
    marks = {}
    for tab in book.worksheets[1:-1]:
        lines = list(tab.values)
        head = next(i for i, line in enumerate(lines) if line[0] == "序号")
        assert not any("1380000" in str(cell) for line in lines for cell in line)
        for line in lines[head + 2 :]:
            for i, cell in enumerate(line[4:], 4):
                if cell == "√":
                    title = (
                        next(lines[head][j] for j in range(i, 0, -1) if lines[head][j]),
                        lines[head + 1][i],
                    )
                    marks.setdefault(title, {}).setdefault(line[1], []).append(line[2])
    assert {village: len(names) for village, names in marks["基本情况", "农户数"].items()} == {
        "东坡村党支部": 21, "西川村党总支": 2,
    }  # fmt: skip
    assert marks["联系包挂（人/对象）", "组长→中心户(岗)（人）"] == {
        "东坡村党支部": ["白子龙", "阿依古丽·买买提"]
    }
    assert built.rows == 3 + sum(sheet_rows(sheet) for sheet in built.sheets[1:])


def sheet_rows(sheet):
    return len(list(sheet.read()))


def test_a_person_is_told_with_what_it_holds_in_the_own_village(town, clerk, client):
    mine = next(
        node for node in Node.objects.filter(kind=Kind.GROUP, closed_on=None) if node.root.parent_id is None
    )
    person = Person.objects.filter(root=mine.root).first()
    appoint(person, Role.GROUP_LEADER, mine)
    client.force_login(clerk)
    page = client.get(rows_url("group_leader_count", mine.root_id)).content.decode()
    assert f"党小组长（{mine.name}）" in page
