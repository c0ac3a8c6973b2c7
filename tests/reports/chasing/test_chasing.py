"""催办: one click reminds a village, once a day, on record; the text names forms and counts, never people."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from grids.choices import Role
from reports.campaign import actions as campaigns
from reports.chasing.rules import message, owed
from reports.choices import FilingState
from reports.filing import actions as filings
from reports.filing.queries import FormTally
from reports.models import Chase
from reports.written.actions import write_report
from tests.factories import PersonFactory, TownshipFactory, UserFactory, appoint, village
from township.choices import Deed, OfficeRole
from township.models import AuditEvent

CHASING = reverse("reports:chasing")
ALL = reverse("reports:chase_all")


@pytest.fixture
def township(db):
    return TownshipFactory(name="青河乡")


@pytest.fixture
def clerk(client, township):
    account = UserFactory(township=township, full_name="演示乡党政办")
    client.force_login(account)
    return account


@pytest.fixture
def year(township, clerk):
    today = localdate()
    days = {"cut_off": today, "due_on": today, "notice_no": "", "notice_on": None}
    data = {**campaigns.proposed(township, today.year, None), **days}
    return campaigns.create(township=township, data=data, by=clerk)


def chase(client, root):
    return client.post(reverse("reports:chase", args=[root.pk]), follow=True)


@pytest.mark.both_databases  # it writes through pages
def test_a_village_is_chased_once_a_day_and_the_second_is_told_by_whom(client, township, clerk, year):
    made = village(township, groups=1)
    answer = chase(client, made.root)
    assert answer.redirect_chain[-1][0] == f"{CHASING}?village={made.root.pk}"
    row = Chase.objects.get()
    assert (row.root, row.by, row.on) == (made.root, clerk, localdate())
    assert row.owes.startswith("附件1至4还没有开始填报；书面材料还没有写")
    event = AuditEvent.objects.get(target=f"催办：{made.root}")
    assert (event.deed, event.user) == (Deed.CREATE, clerk)
    client.force_login(UserFactory(township=township))
    html = chase(client, made.root).content.decode()
    assert "已由演示乡党政办催办过，一个村一天催一次。" in html
    assert Chase.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Chase.objects.create(campaign=year, root=made.root, on=localdate(), by=clerk)


def test_all_that_owe_are_chased_at_once_and_those_chased_today_left_out(client, township, clerk, year):
    first, second, third = (village(township, name, groups=1) for name in ("甲村", "乙村", "丙村"))
    filing = filings.begin(campaign=year, root=third.root, by=clerk)
    for code in ("review", "submit"):
        filings.take_step(filing=filing, code=code, by=clerk, today=localdate())
    chase(client, first.root)
    html = client.post(ALL, follow=True).content.decode()
    assert "已提醒 1 个村的书记。1 个村今天已催过，没有再催。" in html
    assert set(Chase.objects.values_list("root", flat=True)) == {first.root.pk, second.root.pk}
    assert "已经上报，不用催办" in chase(client, third.root).content.decode()
    assert third.root.name not in client.get(CHASING).context["text"]


def test_the_text_names_forms_counts_and_the_secretarys_phone_and_nobody_else(client, township, clerk, year):
    made, other = village(township, "甲村", groups=2), village(township, "乙村", groups=1)
    head = PersonFactory(township=township, root=made.root, name="书记甲", phone="13911112222")
    appoint(head, Role.SECRETARY, made.root)
    client.post(reverse("reports:matrix_recount"))
    answer = client.get(CHASING)
    text = answer.context["text"]
    lines = text.splitlines()
    assert lines[0].startswith("【青河乡党政办】")
    assert "还有 2 个村没有报齐" in lines[1]
    assert lines[2].startswith("1. 甲村党支部：附件1至4还没有开始填报，书面材料还没有写，")
    assert lines[2].endswith("书记电话 13911112222")
    assert "要写说明" in lines[2]
    names = [row.name for row in (*made.members, *made.households, *other.members, *other.households)]
    assert [name for name in [*names, "书记甲"] if name in text] == []
    assert 'href="tel:13911112222"' in answer.content.decode()
    alone = client.get(CHASING, {"village": other.root.pk}).context["text"]
    assert (made.root.name in alone, other.root.name in alone) == (False, True)
    client.force_login(UserFactory(township=township, office_role=OfficeRole.LEADER))
    seen = client.get(CHASING)
    assert "13911112222" not in seen.content.decode()
    assert "139****2222" in seen.context["text"]
    assert seen.context["may_chase"] is False


def test_what_is_owed_follows_the_filing():
    class Numbers:
        block, warn = 2, 1

    told = owed(FilingState.RETURNED, has_report=True, tally=Numbers(), gaps=0)
    assert told == ["附件1至4退回后还没有重新上报", "勾稽检查须改正 2 处", "要写说明 1 处"]
    assert owed("", has_report=False, tally=None, gaps=3)[-1] == "网格结构还缺 3 处"
    words = message(
        office="青河乡", year=2026, due_on=date(2026, 9, 16), left="还剩 5 天", today=date(2026, 9, 11),
        lines=[("甲村", "附件1至4还没有上报", "")],
    )  # fmt: skip
    assert words.splitlines()[:3] == [
        "【青河乡党政办】2026年度党建网格上报提醒（9月11日）",
        "9月16日截止，还剩 5 天。还有 1 个村没有报齐：",
        "1. 甲村：附件1至4还没有上报。",
    ]


def test_the_log_says_who_chased_when_and_what_was_owed(client, township, clerk, year):
    made = village(township, groups=1)
    chase(client, made.root)
    (row,) = client.get(CHASING).context["page_obj"].object_list
    assert (row.root, row.by.full_name) == (made.root, "演示乡党政办")


def test_without_a_campaign_nobody_is_chased(client, township, clerk):
    made = village(township, groups=1)
    assert client.get(CHASING).url == reverse("reports:campaigns")
    assert client.post(ALL).status_code == 404
    assert client.post(reverse("reports:chase", args=[made.root.pk])).status_code == 404


def test_forms_due_filed_and_in_time_with_the_late_secretarys_phone(client, township, clerk, year):
    made, other = village(township, "甲村", groups=1), village(township, "乙村", groups=1)
    for place, name, phone in ((made, "书记甲", "13911112222"), (other, "书记乙", "13933334444")):
        head = PersonFactory(township=township, root=place.root, name=name, phone=phone)
        appoint(head, Role.SECRETARY, place.root)
    filing = filings.begin(campaign=year, root=made.root, by=clerk)
    write_report(filing=filing, text="已推进", on=localdate(), by=clerk)
    for code in ("review", "submit"):
        filings.take_step(filing=filing, code=code, by=clerk, today=localdate())
    page = reverse("reports:filings")
    answer = client.get(page)
    told = {line.root.name: line.tally for line, _, _ in answer.context["lines"]}
    assert told == {"甲村党支部": FormTally(5, 5, 5), "乙村党支部": FormTally(5, 0, 0)}
    assert answer.context["forms"] == FormTally(10, 5, 5)
    html = answer.content.decode()
    assert ("13933334444" in html, "13911112222" in html) == (True, False)
    client.force_login(UserFactory(township=township, office_role=OfficeRole.LEADER))
    html = client.get(page).content.decode()
    assert ("13933334444" in html, "139****4444" in html) == (False, True)
    filing.refresh_from_db()
    filing.submitted_on = year.due_on + timedelta(days=1)
    filing.save()
    (line,) = [line for line, _, _ in client.get(page).context["lines"] if line.is_in]
    assert (line.tally.filed, line.tally.in_time) == (5, 0)
