"""The look-up without a sign-in: steps and days for the secret, one answer for all else, and not often."""

import random
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from services.models import LookupTry, Ticket, TicketSettings
from services.tickets.actions.intake import CODE_LENGTH, CODE_LETTERS
from services.tickets.actions.steps import take_step
from services.tickets.public.actions import within_limits
from services.tickets.public.queries import is_open, progress
from services.tickets.public.rules import clean_number, clean_secret, grouped, opens
from tests.factories import TownshipFactory, UserFactory, village
from tests.services.tickets.conftest import DAY, NOON, Town, intake
from tests.services.tickets.seen import kept_log
from township.models import AuditEvent

URL = "/p/t/"
END = "1234"  # of the applicant's phone


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.fixture
def errand(town: Town) -> Ticket:
    return intake(town, town.group_leader, "supplement", promised_days=5)


def look(no: str, secret: str, client: Client | None = None, **headers):
    return (client or Client(**headers)).post(URL, {"no": no, "secret": secret})


def same(response, no: str) -> tuple[int, str]:
    """An answer without what was typed and the token against forged forms."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.text)
    return response.status_code, re.sub(r'value="[^"]*"', "", text).replace(no, "")


def test_steps_and_days_for_the_code_or_the_end_of_the_phone_and_not_a_word_more(town, errand):
    for code, facts in (
        ("complete", {"kind": "promised", "day": DAY + timedelta(2)}),
        ("finish", {"text": "已参保"}),
        ("deliver", {"day": DAY + timedelta(3), "who": "李申办"}),
    ):
        take_step(ticket=errand, code=code, facts=facts, by=town.secretary, now=NOON + timedelta(3))
    errand.refresh_from_db()
    client = Client()
    opened = client.get(f"{URL}?no={errand.no}")
    assert f'value="{errand.no}"' in opened.text
    for secret in (errand.code, grouped(errand.code).lower(), END, "１２３４"):
        answer = look(errand.no, secret, client)
        shown = answer.context["progress"]
        assert [title for title, _ in shown.steps] == ["受理", "一次性告知补件", "材料补齐", "办结", "送达"]
        assert [day for _, day in shown.steps] == [DAY, DAY, *[DAY + timedelta(n) for n in (2, 3, 3)]]
        assert (shown.no, shown.state, shown.due_on) == (errand.no, "已告知待回访", errand.due_on)
        personal = (
            errand.applicant_name, errand.applicant_phone, END, errand.code, errand.subject, "已参保",
            errand.office, town.agent.name, town.own.root.name, town.township.name, "户口簿", "申请表",
            "承诺件",
        )  # fmt: skip
        body = answer.text.replace(errand.no, "")
        assert [word for word in personal if word in body] == []
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "same-origin"
        assert '<meta name="robots" content="noindex' in answer.text
        assert "<form" not in answer.text
    assert re.findall(r'href="(?:https?:)?//', opened.text) == []  # nowhere to send a referrer


def test_ends_that_are_none_have_their_own_names(town):
    declined = intake(town, town.secretary, "declined")
    titles = [title for title, _ in progress(declined.no, declined.code).steps]
    assert titles == ["受理", "不予办理"]
    back = intake(town, town.secretary)
    take_step(ticket=back, code="withdraw", facts={"text": "不办了"}, by=town.secretary, now=NOON)
    assert [title for title, _ in progress(back.no, back.code).steps] == ["受理", "申办人撤回"]
    waiting = intake(town, town.secretary, "supplement")
    assert [title for title, _ in progress(waiting.no, waiting.code).steps] == ["受理", "一次性告知补件"]


def test_everything_wrong_gets_one_answer_by_the_same_queries(town, errand, django_assert_num_queries):
    """A wrong secret, a number nobody has, a township that has switched it off, a phone too short to tell."""
    short = intake(town, town.secretary, applicant_phone="")
    off = TicketSettings.objects.create(township=town.township, public_lookup=False)
    cases = [(errand.no, errand.code), (errand.no, END)]
    closed = {same(look(*case), case[0]) for case in cases}
    off.public_lookup = True
    off.save()
    cases = [
        (errand.no, "ABCDEFGHJK"),
        ("2031-77-0001", errand.code),
        (errand.no, "0000"),
        (short.no, "0000"),
    ]
    cases += [
        (short.no, errand.code),
        (errand.no, "很长的一句话"),
        (short.no, "234"),
        (errand.no, "\u0660" * 4),
    ]
    wrong = {same(look(*case, REMOTE_ADDR="10.0.0.2"), case[0]) for case in cases}
    assert wrong == closed
    assert len(wrong) == 1
    assert wrong.pop()[0] == 200
    for case in cases:
        with django_assert_num_queries(1):
            assert progress(*case) is None
    assert progress(errand.no, END) is not None


def test_a_number_of_two_townships_is_opened_by_the_one_secret_that_fits_one(town, errand):
    there = village(TownshipFactory(), "丙村", groups=1, hubs=1, members=1, households=1)
    clerk = UserFactory(township=there.root.township)
    facts = {"node": there.grids[0], "version": None, "subject": "别的事", "agent": None}
    other = intake(town, clerk, **facts)
    Ticket.objects.filter(pk=other.pk).update(no=errand.no)
    assert progress(errand.no, END) is None  # two people whose phones end alike
    assert progress(errand.no, errand.code).steps != progress(errand.no, other.code).steps
    TicketSettings.objects.create(township=there.root.township, public_lookup=False)
    assert progress(errand.no, other.code) is None
    assert progress(errand.no, END).state == "待补件"


def test_ten_thousand_guesses_hit_nothing_and_get_ten_answers(town, errand):
    """Codes are too many to guess; ends of phones are ten thousand, of which a number takes ten an hour."""
    chance = random.Random(7)
    guesses = ["".join(chance.choices(CODE_LETTERS, k=CODE_LENGTH)) for _ in range(10_000)]
    assert not [one for one in guesses if opens(one, errand.code, errand.applicant_phone)]
    assert progress(errand.no, guesses[0]) is None
    assert len(CODE_LETTERS) ** CODE_LENGTH > 2**49
    hits = [n for n in range(10_000) if opens(f"{n:04d}", errand.code, errand.applicant_phone)]
    assert hits == [int(END)]
    answered = [
        n
        for n in range(300)  # each from a house of its own; beyond the limit nothing is read or written
        if within_limits(address=f"10.1.{n // 250}.{n % 250}", no=errand.no, now=NOON)
    ]
    assert answered == list(range(10))
    codes = [look(errand.no, f"{n:04d}", REMOTE_ADDR=f"10.9.0.{n}").status_code for n in range(12)]
    assert codes == [200] * 10 + [429] * 2
    blocked = look(errand.no, END, REMOTE_ADDR="10.9.0.99")
    assert (blocked.status_code, "一小时" in blocked.text) == (429, True)
    assert errand.no not in blocked.text


def test_an_address_has_ten_tries_an_hour_in_all_processes_together_and_closes_no_number(town, errand):
    numbers = [f"2026-07-{n:04d}" for n in range(1, 13)]
    found = [within_limits(address="10.0.0.1", no=no, now=NOON) for no in numbers]
    assert found == [True] * 10 + [False] * 2
    cache.clear()  # as another process would see it
    assert not within_limits(address="10.0.0.1", no="2026-07-0099", now=NOON + timedelta(minutes=59))
    assert LookupTry.objects.count() == 11  # the address, and the numbers it was still let at
    later = NOON + timedelta(hours=1)
    assert within_limits(address="10.0.0.1", no=numbers[0], now=later)
    assert LookupTry.objects.count() == 2  # old counts are gone
    assert not LookupTry.objects.filter(key__contains="10.0.0.1").exists()


def test_codes_phones_and_who_asked_stand_in_no_log(town, errand):
    before = AuditEvent.objects.count()
    with kept_log() as words:
        look(errand.no, errand.code)
        look(errand.no, END)
        look(errand.no, "ABCDEFGHJK")
    said = "".join(words)
    assert [one for one in (errand.code, errand.applicant_phone, "ABCDEFGHJK", "李申办") if one in said] == []
    assert AuditEvent.objects.count() == before


def test_a_form_from_elsewhere_is_refused_and_a_senseless_number_costs_no_try(town, errand):
    strict = Client(enforce_csrf_checks=True)
    assert look(errand.no, errand.code, strict).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="([^"]*)"', strict.get(URL).text)[1]
    sent = {"no": errand.no, "secret": errand.code, "csrfmiddlewaretoken": token}
    assert strict.post(URL, sent, headers={"Origin": "http://testserver"}).status_code == 200
    before = LookupTry.objects.count()
    for typed in ("", "abc", "2026-07", "9" * 30, "2026-07-0012 OR 1=1"):
        answer = look(typed, errand.code)
        assert (answer.status_code, "errorlist" in answer.text or "field-error" in answer.text) == (200, True)
    assert LookupTry.objects.count() == before
    assert 'value="' + "2026-07-0012" in Client().get(f"{URL}?no=２０２６—07—0012").text
    assert "<script>x" not in Client().get(f"{URL}?no=<script>x").text
    assert Client().put(URL).status_code == 405


def test_the_sign_in_page_leads_there_while_one_township_answers(town):
    client = Client()
    assert URL in client.get(reverse("township:login")).text
    TicketSettings.objects.create(township=town.township, public_lookup=False)
    assert not is_open()
    assert URL not in client.get(reverse("township:login")).text


def test_what_is_typed_is_read_as_it_was_meant():
    for typed in (
        "2026-07-0012",
        " 2026—07—0012 ",
        "２０２６-０７-００１２",
        "2026070012",
        "2026 - 07 - 0012",
    ):
        assert clean_number(typed) == "2026-07-0012"
    for typed in ("", "x", "2026-7-12", "2026-07-0012-1", "20260700121"):
        assert clean_number(typed) == ""
    assert clean_secret(" abcde-ｆｇhjk ") == "ABCDEFGHJK"
    assert [opens(one, "", "") for one in ("", "0000", "A" * 10)] == [False] * 3
    assert not opens("234", "", "234")
