"""Papers: which errand has which, what stands on each, who may print them, many at once."""

import re
from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from grids import access
from services.models import StaffContact, Ticket, TicketSettings
from services.notices.actions.staff import keep_hotline
from services.tickets.actions.steps import take_step
from services.tickets.choices import TicketKind
from services.tickets.given import GivenPaper, GivenPart
from services.tickets.papers import rules, sheets
from services.tickets.papers.choices import Paper
from services.tickets.papers.queries import loaded, slips, with_form
from services.tickets.papers.rules import FORMS, papers_of
from services.tickets.public.rules import grouped
from services.tickets.queries.one import clock_words
from tests.services.tickets.conftest import DAY, NOON, Town, intake
from tests.services.tickets.seen import sent, words_of
from township.models import AuditEvent

PAGE = "https://djwg.example.gov.cn/p/t/"
MM = 72 / 25.4


@pytest.fixture
def desk(town: Town) -> Town:
    """With numbers to ask at, and the address residents reach."""
    keep_hotline(by=town.clerk, root=None, phone="08716600000")
    StaffContact.objects.create(person=town.agent, work_phone="08716611111")
    return town


def said(ticket: Ticket, user, on: date = DAY):
    """What its papers say to this user."""
    return slips(loaded(Ticket.objects.filter(pk=ticket.pk)), user=user, on=on, lookup=PAGE)[0]


def printed(ticket: Ticket, paper: Paper, user, *, on: date = DAY) -> str:
    """The words of a paper without gaps: of its template, since setting type takes seconds."""
    about = {"slips": [said(ticket, user, on)], "on": on, "stamp": "印", "halves": (sheets.STUB, sheets.COPY)}
    page = render_to_string(f"services/tickets/print/{paper}.html", about)
    return re.sub(r"<[^>]*>|\s", "", page)


def pages(ticket: Ticket, paper: Paper, user, *, size: str = "a5") -> list:
    """The size of each page of the print in millimetres."""
    pdf = sheets.write(FORMS[paper], [said(ticket, user)], size=size, on=DAY, stamp="印")
    with pikepdf.open(BytesIO(pdf)) as found:
        return [tuple(round(float(side) / MM) for side in page.mediabox[2:]) for page in found.pages]


def test_each_errand_has_the_papers_of_its_kind_and_no_other(town):
    has = {
        TicketKind.INSTANT: [Paper.RECEIPT],
        TicketKind.PROMISED: [Paper.RECEIPT],
        TicketKind.SUPPLEMENT: [Paper.RECEIPT, Paper.NOTICE],
        TicketKind.JOINT: [Paper.RECEIPT, Paper.JOINT],
        TicketKind.FORWARDED: [Paper.RECEIPT, Paper.FORWARD],
        TicketKind.DECLINED: [Paper.DECLINE, Paper.DELIVERY],
    }
    made = {kind: intake(town, town.secretary, kind) for kind in TicketKind}
    assert {kind: papers_of(ticket) for kind, ticket in made.items()} == has
    done = made[TicketKind.PROMISED]
    take_step(ticket=done, code="finish", facts={"text": "已办"}, by=town.secretary, now=NOON)
    back = made[TicketKind.INSTANT]
    take_step(ticket=back, code="withdraw", facts={"text": "不办了"}, by=town.secretary, now=NOON)
    done.refresh_from_db()
    back.refresh_from_db()
    assert (papers_of(done), papers_of(back)) == ([Paper.RECEIPT, Paper.DELIVERY], [])
    for form in FORMS.values():  # the query says what the rule says of each
        found = set(with_form(Ticket.objects.all(), form))
        assert found == {one for one in Ticket.objects.all() if form.fits(one)}


def test_a_receipt_says_when_and_how_to_ask_in_two_halves(desk):
    papers = [GivenPaper("户口簿", "原件1份"), GivenPaper("申请表", "村委会出具")]
    at = NOON.replace(day=25)  # the Friday before 中秋节 and 国庆节
    ticket = intake(desk, desk.group_leader, "promised", papers=papers, at=at)
    words = printed(ticket, Paper.RECEIPT, desk.secretary)
    assert pages(ticket, Paper.RECEIPT, desk.secretary) == [(148, 210)] * 2  # A5
    assert pages(ticket, Paper.RECEIPT, desk.secretary, size="a4") == [(297, 210)]
    stub, copy = words.split("交申办人")
    both = (ticket.no, ticket.subject, "李申办", "承诺件", "户口簿", "申请表", desk.agent.name, "08716611111")
    assert [word for word in both if word not in stub or word not in copy] == []
    clock = clock_words(ticket)
    assert f"{ticket.due_on.month}月{ticket.due_on.day}日到期" in clock
    assert "放假" in clock
    assert clock.replace(" ", "") in copy
    assert ("存根" in stub, "13900001234" in stub, "本人委托" in stub) == (True, True, True)
    assert (grouped(ticket.code) in copy, PAGE in copy, "监督电话08716600000" in copy) == (True, True, True)
    assert (ticket.code in stub, grouped(ticket.code) in stub, "13900001234" in copy) == (False, False, False)
    assert "原件1份" in copy


def test_a_receipt_leads_nowhere_where_nobody_can_look_up(desk):
    ticket = intake(desk, desk.group_leader)
    assert said(ticket, desk.secretary).qr.startswith("data:image/svg")
    TicketSettings.objects.create(township=desk.township, public_lookup=False)
    slip = said(ticket, desk.secretary)
    assert (slip.code, slip.lookup, slip.qr) == ("", "", "")
    words = printed(ticket, Paper.RECEIPT, desk.secretary)
    assert ("查询码" in words, "查进度请打代办员的工作电话" in words) == (False, True)


def test_a_phone_is_masked_on_paper_as_on_the_screen(desk, client):
    ticket = intake(desk, desk.group_leader)
    assert said(ticket, desk.secretary).phone == "13900001234"
    assert said(ticket, desk.group_leader).phone == "139••••1234"  # as in a list; of the own errand whole
    client.force_login(desk.group_leader)
    url = reverse("services:ticket_paper", args=["receipt", ticket.pk])
    assert "13900001234" in words_of(sent(client.post(url)))
    page, taken = (
        client.get(address).text
        for address in (ticket.get_absolute_url(), reverse("services:ticket_taken", args=[ticket.pk]))
    )
    assert (url in page, url in taken) == (True, True)
    assert reverse("services:ticket_paper", args=["joint", ticket.pk]) not in f"{page}{taken}"


def test_all_that_is_missing_is_told_at_once_and_a_copy_is_kept(desk):
    many = [GivenPaper(f"第{n}种证明材料的复印件", "原件1份，派出所出具", here=n > 19) for n in range(1, 21)]
    ticket = intake(desk, desk.group_leader, "supplement", papers=many)
    words = printed(ticket, Paper.NOTICE, desk.secretary)
    assert pages(ticket, Paper.NOTICE, desk.secretary) == [(148, 210)] * 2  # nineteen papers on one half
    for half in words.split("交申办人"):
        assert "还缺下列19份材料，现一次性告知" in half
        assert "不再要求补交其他材料" in half
        assert [f"第{n}种证明材料" in half for n in (1, 19, 20)] == [True, True, False]
    assert ("申办人（签收）" in words, "2026年9月21日" in words) == (True, True)
    receipt = printed(ticket, Paper.RECEIPT, desk.secretary)
    assert "还缺19份，见《一次性告知单》" in receipt


def test_offices_their_tasks_days_and_reminders_stand_on_the_joint_sheet(desk):
    parts = [GivenPart(f"第{n}办事所", DAY + timedelta(n), f"办理第{n}项") for n in range(1, 11)]
    ticket = intake(desk, desk.group_leader, "joint", parts=parts, subject="长" * 60)
    facts = {"chase": "coordinate", "who": "第2办事所", "text": "请会商"}
    take_step(ticket=ticket, code="chase", facts=facts, by=desk.secretary, now=NOON)
    words = printed(ticket, Paper.JOINT, desk.secretary)
    assert set(pages(ticket, Paper.JOINT, desk.secretary)) == {(210, 297)}
    assert words.count("（牵头）") == 1
    assert [n for n in range(1, 11) if f"第{n}办事所" not in words or f"办理第{n}项" not in words] == []
    assert ("请会商" in words, "签字（盖章）" in words, "13900001234" in words) == (True, True, False)


def test_what_was_sent_up_is_pressed_for_with_days_and_times(desk):
    ticket = intake(desk, desk.group_leader, "forwarded", contact="王代办", contact_phone="08716622222")
    for n in (1, 2):
        facts = {"chase": "chase", "who": "县社保局", "text": f"第{n}次催"}
        take_step(ticket=ticket, code="chase", facts=facts, by=desk.secretary, now=NOON + timedelta(n))
    words = printed(ticket, Paper.FORWARD, desk.secretary, on=DAY + timedelta(7))
    assert "县社保局王代办同志：" in words
    assert "至今已7天（4个工作日），此前已催办2次" in words  # 中秋节 takes one of five
    assert ("第1次催" in words, "第2次催" in words, "2026年9月21日上报" in words) == (True, True, True)


def test_a_refusal_gives_reason_basis_and_whom_to_ask_again(desk):
    ticket = intake(desk, desk.group_leader, "declined")
    words = printed(ticket, Paper.DECLINE, desk.secretary)
    told = ("不属于补贴范围", "县补贴办法第五条", "向青河乡申请复核", "08716600000"[:4])
    assert [word for word in told if word not in words] == []
    assert "年月日，由当面说明" in words  # blank, to be written by hand
    facts = {"day": DAY, "who": "赵组长"}
    take_step(ticket=ticket, code="explain", facts=facts, by=desk.secretary, now=NOON)
    words = printed(ticket, Paper.DECLINE, desk.secretary)
    assert "2026年9月21日，由赵组长当面说明" in words
    words = printed(ticket, Paper.DELIVERY, desk.secretary)
    told = ("受送达人签收", "送达人签字", "不予办理（2026年9月21日）")
    assert [word for word in told if word not in words] == []


def test_small_type_begins_where_a_half_would_run_over(desk):
    few = [GivenPaper(f"材料{n}") for n in range(8)]
    assert not said(intake(desk, desk.secretary, papers=few), desk.secretary).tight
    assert said(intake(desk, desk.secretary, papers=[*few, GivenPaper("材料")]), desk.secretary).tight


def test_who_sees_an_errand_and_deals_with_errands_prints_its_papers(desk, client):
    ticket = intake(desk, desk.group_leader)
    url = reverse("services:ticket_paper", args=["receipt", ticket.pk])
    client.force_login(desk.group_leader)
    response = client.post(url, {"size": "a5"})
    assert words_of(sent(response)).count(ticket.no) > 1
    event = AuditEvent.objects.latest("pk")
    assert (event.deed, event.rows, f"受理回执_{ticket.no}" in event.target) == ("export", 1, True)
    assert "李申办" not in f"{event.target}{event.note}"
    for other, status in ((desk.leader, 403), (desk.member, 404)):
        client.force_login(other)
        assert client.post(url).status_code == status
    client.force_login(desk.secretary)
    assert client.get(url).status_code == 405
    assert client.post(reverse("services:ticket_paper", args=["letter", ticket.pk])).status_code == 404
    assert Client().post(url).status_code == 302


def test_one_kind_of_paper_for_a_filtered_list_up_to_the_limit(desk, client, monkeypatch):
    waiting = [intake(desk, desk.group_leader, "supplement") for _ in range(2)]
    later = intake(desk, desk.group_leader, "supplement", at=NOON + timedelta(days=20))
    intake(desk, desk.group_leader)
    client.force_login(desk.secretary)
    url = reverse("services:ticket_papers", args=["notice"]) + "?year=2026&month=9"
    words = words_of(sent(client.post(url)))
    assert [one.no in words for one in (*waiting, later)] == [True, True, False]
    assert AuditEvent.objects.latest("pk").rows == 2
    monkeypatch.setattr(rules, "MOST_AT_ONCE", 1)
    refused = client.post(url, follow=True)
    assert "超过 1 件，不能打印成一份。请先筛选" in refused.text
    none = client.post(reverse("services:ticket_papers", args=["joint"]) + "?year=2026", follow=True)
    assert "都没有《联办单》" in none.text


def test_papers_of_many_errands_take_as_many_queries_as_of_one(desk, django_assert_num_queries):
    access.scope_of(desk.secretary)
    for n in (1, 4):
        for _ in range(n):
            intake(desk, desk.group_leader, "supplement")
        rows = Ticket.objects.all()
        with django_assert_num_queries(10):
            slips(loaded(rows), user=desk.secretary, on=DAY, lookup=PAGE)
