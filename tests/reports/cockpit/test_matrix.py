"""Village × form: each cell says where its form stands and opens the record or its first problem."""

import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localdate

from grids.choices import Kind
from grids.models import BranchProfile, MemberProfile, Node
from reports.campaign.rules import BY_FILING
from reports.cockpit.rules import told_when
from reports.filing import actions
from reports.filing.checks.actions import recount
from reports.filing.checks.tallies import last_tallies
from reports.models import CheckTally, Filing
from reports.written.actions import write_report
from services.models import Sign
from tests.factories import PersonFactory, UserFactory, node, secretary, village
from tests.reports.cockpit.conftest import begin
from township.choices import Deed, OfficeRole
from township.models import AuditEvent

HOME = reverse("reports:home")
RECOUNT = reverse("reports:matrix_recount")
EXPORT = reverse("reports:matrix_export")


@pytest.fixture
def year(township, clerk):
    campaign = begin(township, clerk, localdate().year)
    campaign.deadlines.exclude(code__in=BY_FILING).update(due_on=localdate())  # on any day: none is past
    return campaign


def line_of(client, made):
    lines = client.get(HOME).context["matrix"].lines
    return next(line for line in lines if line.root == made.root)


def cell(line, column):
    return next(one for one in line.cells if one.column == column)


def test_cells_lead_to_the_first_problem_of_their_form(client, township, clerk, year):
    made = village(township, groups=1, hubs=2)
    unplaced = PersonFactory(township=township, root=made.root, name="未编入")
    MemberProfile.objects.create(node=node(Kind.MEMBER, "未编入", made.groups[0]), person=unplaced)
    Sign.objects.create(node=made.hubs[0], hung_on=localdate())
    assert client.post(RECOUNT).status_code == 302
    line, pk = line_of(client, made), made.root.pk
    group = client.get(reverse("grids:gaps"), {"village": pk}).context["missing"]
    assert cell(line, "结构").text == f"✖ 缺 {group}"
    assert cell(line, "结构").url == f"{reverse('grids:gaps')}?village={pk}"
    told = {one.column: one.text for one in line.cells}
    assert told["附件1"] == "✔ 可报"
    assert told["附件2"].startswith("! 待说明")
    assert told["附件3"].startswith("! 待说明")
    assert (told["书面材料"], told["标识牌"], told["公示牌"]) == ("✖ 未写", "· 1/2", "· 0/1")
    assert cell(line, "附件3").url == f"{reverse('reports:checks')}?village={pk}&rule=K08&show=warn#findings"
    for one in [*line.cells, *line.problems]:
        if one.url:
            assert client.get(one.url.partition("#")[0]).status_code == 200


def test_numbers_are_those_that_stand_before_a_submission(client, township, clerk, year):
    made = village(township, groups=2, hubs=1)
    filing = actions.begin(campaign=year, root=made.root, by=clerk)
    client.post(RECOUNT)
    before = line_of(client, made).tally
    page = client.get(filing.get_absolute_url()).context["obstacles"]
    assert (before.block, before.warn) == (len(page.blocking), len(page.unexplained))
    assert before.warn > 0
    first = page.unexplained[0]
    actions.explain(filing=filing, rule=first.check.code, subject=first.subject, text="正在落实", by=clerk)
    client.post(RECOUNT)
    assert line_of(client, made).tally.warn == before.warn - 1


def test_what_is_filed_says_so_and_waits_for_the_clerk(client, township, clerk, year):
    made, other = village(township, groups=1), village(township, "乙村", groups=1)
    filing = actions.begin(campaign=year, root=other.root, by=clerk)
    write_report(filing=filing, text="已推进", on=localdate(), by=clerk)
    for code in ("review", "submit"):
        actions.take_step(filing=filing, code=code, by=clerk, today=localdate())
    first, second = client.get(HOME).context["matrix"].lines
    assert (first.root, first.turn, first.mine, second.root) == (other.root, "待我审核", True, made.root)
    assert [one.text for one in first.cells if one.column.startswith("附件")] == ["✔ 已报"] * 4
    assert cell(first, "书面材料").text == "✔ 已报"
    assert first.touched.startswith("今天")
    assert (second.turn, second.overdue) == ("未开始", localdate() > year.due_on)
    html = client.get(HOME).content.decode()
    assert f'aria-label="{other.root.name}：审核"' in html
    assert f'action="{reverse("reports:chase", args=[made.root.pk])}"' in html
    client.force_login(UserFactory(township=township, office_role=OfficeRole.LEADER))
    answer = client.get(HOME)
    assert [line.turn for line in answer.context["matrix"].lines if line.root == other.root] == ["待乡里审核"]
    assert reverse("reports:chase", args=[made.root.pk]) not in answer.content.decode()
    actions.take_step(filing=filing, code="return", by=clerk, today=localdate(), note="请核对")
    assert line_of(client, other).turn == "已退回，村里在改"


def test_numbers_grow_old_with_the_next_change_and_with_the_day(township, clerk, year):
    village(township, groups=1)
    assert last_tallies(clerk, on=localdate()).at is None
    assert recount(by=clerk, campaign=year, today=localdate()).stale is False
    assert last_tallies(clerk, on=localdate() + timedelta(days=1)).stale
    actions.begin(campaign=year, root=Node.objects.get(parent=None, township=township), by=clerk)
    assert last_tallies(clerk, on=localdate()).stale
    recount(by=clerk, campaign=year, today=localdate())
    assert last_tallies(clerk, on=localdate()).stale is False
    assert CheckTally.objects.count() == 1


def test_a_page_with_old_numbers_asks_for_new_ones_once(client, township, clerk, year):
    village(township, groups=1)
    asks = f'hx-post="{RECOUNT}"'
    page = client.get(HOME).content.decode()
    assert asks in page
    assert "未核对" in page
    part = client.post(RECOUNT, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert asks not in part
    assert asks not in client.get(HOME).content.decode()


def test_export_has_every_village_as_on_the_page_and_is_logged(client, township, clerk, year):
    made = village(township, groups=1)
    village(township, "=乙村", groups=1)
    client.post(RECOUNT)
    lines = client.get(HOME).context["matrix"].lines
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(EXPORT).content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if "附件1" in row)
    body = {row[head.index("村（党组织）")]: row for row in rows}
    for line in lines:
        row = body[line.root.name]
        assert [row[head.index(one.column)] for one in line.cells] == [one.text for one in line.cells]
        assert row[head.index("要说明（处）")] == line.tally.warn
    assert body[made.root.name][head.index("状态")].startswith("未开始")
    event = AuditEvent.objects.filter(deed=Deed.EXPORT).get()
    assert (event.rows, event.target) == (2, f"{year}各村进度")


def test_secretaries_are_led_to_their_own_page_and_not_to_the_desk(client, township, year):
    made = village(township, groups=1)
    client.force_login(secretary(made))
    assert client.post(RECOUNT).status_code == 403
    assert client.get(EXPORT).status_code == 403
    assert client.get(reverse("reports:villages")).status_code == 403


def test_without_a_campaign_the_coverage_stands_in(client, township, clerk):
    village(township, groups=1)
    answer = client.get(HOME)
    assert [line.node.name for line in answer.context["lines"]] == ["甲村党支部"]
    assert client.get(EXPORT).url == reverse("reports:campaigns")
    client.post(RECOUNT)
    assert CheckTally.objects.get().township == township


def plant(township, year, n):
    """`n` more villages in one go, each a tree of one row, every other one with a filing."""
    first = 1 + max(Node.objects.values_list("tree_id", flat=True), default=0)
    shape = {"township": township, "kind": Kind.BRANCH, "lft": 1, "rght": 2, "level": 0}
    made = Node.objects.bulk_create(
        Node(name=f"{first + i}村党支部", tree_id=first + i, **shape) for i in range(n)
    )
    Node.objects.filter(tree_id__gte=first).update(root=F("pk"))
    BranchProfile.objects.bulk_create(BranchProfile(node=row, village=row.name) for row in made)
    Filing.objects.bulk_create(Filing(campaign=year, root=row) for row in made[::2])


@pytest.mark.sqlite_only  # how often a page asks is the page's doing, not the database's
def test_the_desk_of_300_villages_takes_fewer_than_15_queries(client, township, clerk, year):
    village(township, groups=1, hubs=1, members=1, households=1)
    asked, recounted = [], []
    for n in (2, 27, 270):
        plant(township, year, n)
        with CaptureQueriesContext(connection) as queries:
            client.post(RECOUNT, headers={"HX-Request": "true"})
        recounted.append(len(queries))
        client.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(HOME)
        asked.append((len(answer.context["matrix"].lines), len(queries)))
    assert asked == [(3, 14), (30, 14), (300, 14)]
    assert recounted[1] == recounted[2]  # the first time the row is made


def test_when_it_happened_in_words():
    zone = get_current_timezone()
    now = datetime(2026, 11, 28, 10, 0, tzinfo=zone)
    days = [now.replace(hour=9, minute=12), now - timedelta(days=1), now - timedelta(days=3)]
    assert [told_when(day, now) for day in days] == ["今天 09:12", "昨天", "3 天前"]
    assert told_when(datetime(2026, 9, 1, tzinfo=zone), now) == "9月1日"
    assert told_when(datetime(2025, 9, 1, tzinfo=zone), now) == "2025年9月1日"
    assert told_when(None, now) == ""
