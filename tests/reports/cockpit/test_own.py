"""我还差什么 and 待办: what a secretary owes, each line one click from its repair, gone when it is done."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from grids.choices import BandCode
from grids.models import BandException
from reports.campaign.rules import BY_FILING
from reports.filing import actions
from reports.statistics.sources import sources
from reports.written.actions import write_report
from services.models import Sign
from tests.factories import UserFactory, group_leader, secretary, village
from tests.reports.cockpit.conftest import begin
from township.choices import OfficeRole

HOME, TODO = reverse("reports:home"), reverse("reports:todo")


@pytest.fixture
def year(township, clerk):
    campaign = begin(township, clerk, localdate().year)
    campaign.deadlines.exclude(code__in=BY_FILING).update(due_on=localdate())  # on any day: none is past
    return campaign


@pytest.fixture
def made(township):
    return village(township, groups=1, hubs=1)


def owed(client):
    ((_, filing),) = client.get(HOME).context["places"]
    return filing


def chase(client, clerk, made):
    client.force_login(clerk)
    client.post(reverse("reports:chase", args=[made.root.pk]))


def badge(client, url=TODO):
    found = re.search(r'class="top-count"[^>]*>(\d+)<', client.get(url).content.decode())
    return int(found.group(1)) if found else 0


def test_a_secretary_walks_from_what_is_owed_to_nothing_owed(client, clerk, year, made):
    user = secretary(made)
    chase(client, clerk, made)
    client.force_login(user)
    first = owed(client)
    assert [(one.sign, one.text) for one in first.owed][:2] == [
        ("✖", "附件1至4还没有开始填报"),
        ("✖", "书面材料还没有写（开始填报以后写）"),
    ]
    assert [one.text for one in first.owed[-2:]] == [
        "公示牌：1 个网格还没有挂",
        "标识牌：1 个中心户（示范岗）还没有挂",
    ]
    assert [one.sign for one in first.owed if "说明" in one.text] == ["!"]
    assert (len(first.chases), badge(client)) == (1, 1)
    assert "催办</strong>：甲村党支部附件1至4还没有开始填报" in client.get(HOME).content.decode()
    client.post(first.owed[0].url)
    second = owed(client)
    for one in second.owed:
        assert client.get(one.url.partition("#")[0]).status_code == 200
    for due in (*made.hubs, *made.grids):
        Sign.objects.create(node=due, hung_on=localdate())
    filing = second.line.filing
    write_report(filing=filing, text="已推进", on=localdate(), by=user)
    assert not [one for one in owed(client).owed if "书面材料" in one.text]
    for code in ("review", "submit"):
        actions.take_step(filing=filing, code=code, by=clerk, today=localdate())
    done = owed(client)
    assert (done.owed, done.chases, badge(client)) == ([], [], 0)
    assert client.get(TODO).context["todos"] == []
    assert "该报的都报了，等乡党政办接收" in client.get(HOME).content.decode()
    actions.take_step(filing=filing, code="return", by=clerk, today=localdate(), note="请核对")
    assert owed(client).owed[0].text == "附件1至4被退回，改好以后重新上报"
    # the reminder was answered, the return is a thing of its own
    assert (badge(client), len(client.get(TODO).context["todos"])) == (1, 1)


def test_only_who_answers_for_the_village_sees_its_reminders(client, clerk, year, made, township):
    other = village(township, "乙村", groups=1, hubs=1)
    chase(client, clerk, made)
    client.force_login(secretary(other))
    assert (owed(client).chases, badge(client, HOME)) == ([], 0)
    client.force_login(group_leader(made))
    answer = client.get(HOME)
    assert [filing for _, filing in answer.context["places"]] == [None]
    assert "top-count" not in answer.content.decode()
    assert client.get(TODO).status_code == 403


def test_the_clerks_list_has_what_waits_for_the_office(client, clerk, year, made):
    filing = actions.begin(campaign=year, root=made.root, by=clerk)
    for code in ("review", "submit"):
        actions.take_step(filing=filing, code=code, by=clerk, today=localdate())
    asked = {"node": made.groups[0], "code": BandCode.LEADER, "reason": "山大沟深", "asked_by": clerk}
    BandException.objects.create(until=localdate(), **asked)
    found = client.get(TODO).context["todos"]
    assert [one.title for one in found] == [f"{year}上报待审核：甲村党支部", "比例例外待认可：1 项"]
    for one in found:
        assert client.get(one.url).status_code == 200
    actions.take_step(filing=filing, code="accept", by=clerk, today=localdate())
    assert len(client.get(TODO).context["todos"]) == 1
    client.force_login(UserFactory(township=made.root.township, office_role=OfficeRole.LEADER))
    assert client.get(TODO).status_code == 403


@pytest.mark.sqlite_only  # how often a page asks is the page's doing, not the database's
def test_the_home_of_a_secretary_costs_the_same_for_any_size(client, township, clerk, year):
    asked = []
    for name, n in (("小村", 1), ("大村", 4)):
        client.force_login(secretary(village(township, name, groups=n, hubs=n, members=1, households=1)))
        client.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 46 + len(sources())
