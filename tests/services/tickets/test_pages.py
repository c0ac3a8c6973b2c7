"""The pages of errands as somebody at a window meets them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from services.models import ItemVersion, Matter, Ticket, Visit
from services.tickets.actions.steps import take_step
from services.tickets.calendar.queries import laid_over
from services.tickets.clock import workdays_between
from services.tickets.queries import lists
from services.visits.actions.visits import log_visit
from tests.factories import SINCE
from tests.services.tickets.conftest import NOON, intake
from township.models import Action

pytestmark = pytest.mark.django_db
NEW = reverse("services:ticket_new")
INBOX = reverse("services:tickets")
STATISTICS = reverse("services:ticket_statistics")
DAY = timedelta(days=1)


def window(town, item=True, **more):
    """The window's address."""
    asked = {"item": town.version.pk if item else "none", "grid": town.own.grids[0].pk, **more}
    return f"{NEW}?{'&'.join(f'{name}={value}' for name, value in asked.items())}"


def typed(town, **more):
    """What is typed at the window, all papers there."""
    papers = {f"paper_{one.pk}": "here" for one in town.version.materials.all()}
    said = {"applicant_name": "李申办", "applicant_phone": "13900001234", "consented": "on"}
    return papers | said | {"kind": "promised", "promised_days": "5", "client_id": "c" * 32} | more


@pytest.mark.both_databases
def test_an_errand_is_taken_in_once_and_handed_over_at_the_window(client, town):
    client.force_login(town.group_leader)
    page = client.get(NEW)
    assert "城乡居民养老保险参保登记" in page.text
    form = client.get(window(town)).context["form"]
    assert (form["kind"].value(), form["promised_days"].value(), form["office"].value()) == (
        "promised", 5, "便民服务中心",
    )  # fmt: skip
    assert workdays_between(localdate(), form.initial["outer_due"], laid_over([], [])) >= 5
    first = client.post(window(town), typed(town), follow=True)
    assert "已受理" in first.text
    ticket = Ticket.objects.get()
    assert ticket.no in first.text
    assert ticket.code in first.text
    other = client.post(window(town), typed(town, applicant_name="王另人"))
    assert f"这一页已经受理过 {ticket.no}" in other.text
    again = client.post(window(town), typed(town))
    assert again.url == reverse("services:ticket_taken", args=[ticket.pk])
    assert Ticket.objects.count() == 1
    at_once = typed(town, kind="instant", result="已参保", client_id="d" * 32)
    client.post(window(town), at_once)
    done = Ticket.objects.latest("pk")
    assert (done.state, done.result_note, done.told_who) == ("told", "已参保", "李申办")


def test_what_is_missing_at_the_window_is_said_at_its_field(client, town):
    client.force_login(town.secretary)
    second = town.version.materials.last()
    for more, name, words in (
        ({"consented": ""}, "consented", "签字委托"),
        ({f"paper_{second.pk}": ""}, f"paper_{second.pk}", "收到、还缺或不用交"),
        ({f"paper_{second.pk}": "missing"}, None, "补办件"),
        ({"kind": "supplement"}, None, "还缺哪些材料"),
        ({"kind": "joint", "part_office_0": "国土所"}, "part_due_0", "国土所的期限"),
        ({"kind": "forwarded"}, "handed_to", "上报单位"),
        ({"kind": "declined"}, "reason", "原因"),
        ({"applicant_name": "李 640300199001011234"}, "applicant_name", "身份证号"),
    ):
        page = client.post(window(town), typed(town, **more))
        assert page.status_code == 200
        errors = page.context["form"].errors
        said = errors[name] if name else [text for texts in errors.values() for text in texts]
        assert words in "".join(said), more
    assert not Ticket.objects.exists()
    missing = {f"paper_{second.pk}": "missing", "more_missing": "照片\n 照片\n银行回单"}
    client.post(window(town), typed(town, kind="supplement", **missing))
    ticket = Ticket.objects.get()
    assert [one.name for one in ticket.papers.filter(received_on=None)] == ["申请表", "照片", "银行回单"]


def test_another_grid_is_chosen_and_a_version_made_meanwhile_is_taken(client, town):
    client.force_login(town.secretary)
    elsewhere = client.get(window(town)).context["elsewhere"]
    more = client.get(NEW + elsewhere).context["more"]
    assert client.get(f"{NEW}{more}&grid={town.own.grids[1].pk}").context["form"].node == town.own.grids[1]
    ItemVersion.objects.filter(pk=town.version.pk).update(current=False)
    new = ItemVersion.objects.create(
        item=town.version.item, number=2, since=SINCE, name="参保登记", category="other", office="社保所",
        default_kind="instant",
    )  # fmt: skip
    client.post(window(town), typed(town))
    assert Ticket.objects.get().version == new


def test_a_visit_becomes_an_errand_with_one_click_and_closes_when_the_resident_is_told(client, town):
    node, home = town.own.grids[0], town.own.households[0]
    facts = {"node": node, "household": home, "visitor": town.agent, "happened_on": localdate()}
    said = {
        "mode": "home",
        "occasion": "usual",
        "plain": False,
        "content": "想办高龄津贴",
        "disposal": "errand",
    }
    visit = log_visit(data=facts | said, by=town.group_leader, today=localdate())
    client.force_login(town.group_leader)
    link = f"{NEW}?visit={visit.pk}"
    assert link in client.get(visit.get_absolute_url()).text
    chosen = client.get(f"{link}&item={town.version.pk}")
    assert chosen.context["form"]["applicant_name"].value() == home.name
    client.post(f"{link}&item={town.version.pk}", typed(town))
    ticket, matter = Ticket.objects.get(), Matter.objects.get()
    assert (ticket.matter, matter.state, matter.handler) == (matter, "handed", f"代办件 {ticket.no}")
    for page in visit, matter:
        shown = client.get(page.get_absolute_url()).text
        assert ticket.no in shown
        assert "转为代办件</a>" not in shown
    assert "想办高龄津贴" in client.get(ticket.get_absolute_url()).text
    client.force_login(town.secretary)
    step = reverse("services:matter_step", args=[matter.pk])
    refused = client.post(step, {"step": "answer", "text": "好", "day": f"{localdate()}"}, follow=True)
    assert f"已转为代办件 {ticket.no}" in refused.text
    for code, more in (
        ("finish", {"text": "已批准", "day": localdate()}),
        ("deliver", {"day": localdate(), "who": "李申办"}),
    ):
        matter.refresh_from_db()
        assert matter.state == "handed"
        take_step(ticket=ticket, code=code, facts=more, by=town.secretary, now=now())
    matter.refresh_from_db()
    assert (matter.state, matter.answered_on) == ("answered", localdate())
    assert matter.answer == f"代办件 {ticket.no} 办结：已批准"
    heard = {"day": localdate(), "satisfaction": "fair"}
    take_step(ticket=ticket, code="callback", facts=heard, by=town.secretary, now=now())
    assert Visit.objects.get().asked_back.get_satisfaction_display() == "基本满意"


def test_steps_on_the_page_keep_what_was_typed_and_say_who_was_quicker(client, town):
    ticket = intake(town, town.group_leader, at=now())
    client.force_login(town.secretary)
    url = reverse("services:ticket_step", args=[ticket.pk, "finish"])
    page = client.post(url, {"text": "办好了", "day": "2099-01-01"})
    assert "还没有到" in page.text
    assert "办好了" in page.text
    shown = client.get(ticket.get_absolute_url())
    assert [form.step.title for form, _ in shown.context["steps"]] == [
        "办结", "催办", "转办", "一次性告知补件", "改变件型", "不予办理", "申办人撤回",
    ]  # fmt: skip
    assert "承诺5个工作日" in shown.text
    done = client.post(url, {"text": "办好了", "day": f"{localdate()}"}, follow=True)
    assert "已办结。" in done.text
    late = client.post(url, {"text": "又办", "day": f"{localdate()}"}, follow=True)
    assert "已办结待送达" in late.text
    assert "不能“办结”" in late.text
    assert client.post(reverse("services:ticket_step", args=[ticket.pk, "fly"])).status_code == 404


def test_the_inbox_counts_and_shows_what_is_late_and_whose(client, town):
    late = intake(town, town.group_leader, "instant", at=now() - 9 * DAY)
    own = intake(town, town.secretary, at=now(), agent=town.secretary.person)
    waiting = intake(town, town.group_leader, "supplement", at=now())
    client.force_login(town.secretary)
    page = client.get(INBOX)
    shown = [row.no for row, _, _ in page.context["lines"]]
    assert shown == [late.no, own.no, waiting.no]
    numbers = {words: number for words, number, _, _ in page.context["strip"]}
    assert (numbers["逾期未办结"], numbers["待补件"]) == (1, 1)
    assert "逾期" in page.text
    mine = client.get(INBOX, {"whose": "mine", "state": "standing"})
    assert [row.no for row, _, _ in mine.context["lines"]] == [own.no]
    client.force_login(town.group_leader)
    assert [row.no for row, _, _ in client.get(INBOX).context["lines"]] == [late.no, waiting.no]
    assert client.get(INBOX, {"q": "李申", "state": ""}).context["page_obj"].paginator.count == 3
    client.force_login(town.clerk)
    table = client.get(reverse("services:ticket_deadlines")).context["rows"]
    assert [(row.name, row.late, row.waiting, row.open) for row in table] == [("甲村党支部", 1, 1, 3)]
    people = client.get(reverse("services:ticket_deadlines"), {"agents": "1"})
    assert {(row.name, row.open) for row in people.context["rows"]} == {
        (town.agent.name, 2),
        (town.secretary.person.name, 1),
    }
    left = client.get(reverse("services:leave", args=[town.agent.pk])).context["left"]
    assert {row.no for row in left.errands} == {late.no, waiting.no}
    theirs = client.get(INBOX, {"state": "standing", "agent": town.agent.pk})
    assert theirs.context["page_obj"].paginator.count == 2
    book = client.post(reverse("services:tickets_file", args=["xlsx"]))
    assert book.status_code == 200
    assert "代办件逾期未办结：1 件" in client.get(reverse("reports:todo")).text


def test_a_phone_number_is_for_who_handles_it(client, town):
    up = {"contact": "赵对方", "contact_phone": "13800005678"}
    ticket = intake(town, town.group_leader, "forwarded", **up)
    for user, number in ((town.group_leader, "13900001234"), (town.leader, "139****1234")):
        client.force_login(user)
        page = client.get(ticket.get_absolute_url()).text
        assert number in page
        assert ("13900001234" in page) == (user == town.group_leader)
        assert ("13800005678" in page) == (user == town.group_leader)
        assert (ticket.code in page) == (user == town.group_leader)
    told = client.get(reverse("grids:action", args=[Action.objects.get(title="受理代办件").pk])).text
    assert "李申办" in told
    assert "13900001234" not in told
    assert ticket.code not in told
    assert client.get(reverse("services:ticket_taken", args=[ticket.pk])).status_code == 403
    assert client.post(reverse("services:ticket_paper", args=["receipt", ticket.pk])).status_code == 403


def test_what_was_written_wrong_is_corrected_while_it_is_open(client, town):
    ticket = intake(town, town.group_leader, at=NOON)
    client.force_login(town.secretary)
    url = reverse("services:ticket_edit", args=[ticket.pk])
    form = {"applicant_name": "李申班", "applicant_phone": "", "office": "社保所", "promised_days": "3"}
    client.post(url, form)
    ticket.refresh_from_db()
    assert (ticket.applicant_name, ticket.office, f"{ticket.due_on}") == ("李申班", "社保所", "2026-09-24")
    take_step(ticket=ticket, code="withdraw", facts={"text": "不办了"}, by=town.secretary, now=now())
    assert client.post(url, form).url == ticket.get_absolute_url()


def test_satisfaction_and_time_are_counted_by_item_village_and_month_with_their_rows(client, town):
    start = NOON
    for n, said in enumerate(("good", "good", "poor")):
        ticket = intake(town, town.secretary, at=start, promised_days=2)
        for code, more in (
            ("finish", {"text": "好", "day": (start + (n + 1) * DAY).date()}),
            ("deliver", {"day": (start + 4 * DAY).date(), "who": "李"}),
            ("callback", {"day": (start + 4 * DAY).date(), "satisfaction": said}),
        ):
            take_step(ticket=ticket, code=code, facts=more, by=town.secretary, now=start + 4 * DAY)
    intake(town, town.secretary, at=start, version=None, subject="写申请")
    client.force_login(town.clerk)
    for by, names in (
        ("item", ["城乡居民养老保险参保登记", "目录外的事项"]),
        ("village", ["甲村党支部"]),
        ("month", ["9月"]),
    ):
        page = client.get(STATISTICS, {"by": by, "y": 2026})
        bars = page.context["bars"]
        assert [bar.sum.name for bar in bars] == names
        first = bars[0].sum
        assert (first.done, first.percent_in_time, first.average) == (3, 66, 2)
        assert first.said == {"good": 2, "fair": 0, "poor": 1}
        assert client.get(bars[0].url).context["page_obj"].paginator.count == first.taken
        narrowed = {"by": by, "y": 2026, "village": town.own.root.pk}
        assert f"village={town.own.root.pk}" in client.get(STATISTICS, narrowed).context["bars"][0].url
        poor = bars[0].slices[-1]
        assert client.get(poor.url).context["page_obj"].paginator.count == poor.number == 1


def test_an_errand_is_the_secretarys_to_press_after_one_workday_and_the_offices_after_three(town):
    intake(town, town.group_leader, "instant")  # due on Monday 21 September
    found = [
        (lists.escalated(town.secretary, on=day), lists.escalated(town.clerk, on=day))
        for day in (date(2026, 9, number) for number in (21, 22, 23, 24, 25))
    ]
    assert found == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1)]
