"""The calendar: published years, a notice pasted, days set by the office, a year that is missing."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from services.models import CalendarDay, CalendarYear, TicketSettings
from services.tickets.calendar import actions
from services.tickets.calendar.choices import DayKind
from services.tickets.calendar.months import holidays_of, months_of
from services.tickets.calendar.queries import calendar_of, laid_over, settings_of
from services.tickets.calendar.rules import EXAMPLE, missing_years, needed_years, read_notice
from services.tickets.calendar.shipped import published_years
from tests.factories import TownshipFactory

PUBLISHED = laid_over([], [])
NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。"""
CALENDAR, NEW = reverse("services:calendar"), reverse("services:calendar_year_new")
SETTINGS = reverse("services:ticket_settings")


def words(response) -> str:
    return "".join(str(message) for message in response.context["messages"])


def test_the_shipped_years_are_the_state_councils():
    found = published_years()
    assert {year: one.number for year, one in found.items()} == {
        2023: "国办发明电〔2022〕16号",
        2024: "国办发明电〔2023〕7号",
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }
    for year, one in found.items():
        assert {day.year for day in (*one.holidays, *one.makeups)} <= {year - 1, year}
        assert not set(one.holidays) & set(one.makeups)
        assert all(day.weekday() > 4 for day in one.makeups)
        # each holiday shifted is worked for: never fewer than 247 or more than 253 days
        assert 247 <= sum(month.workdays for month in months_of(year, PUBLISHED, (), date(2026, 1, 1))) <= 253
    read, wrong = read_notice(NOTICE_2026, 2026)
    assert wrong == []
    assert {day: one.name for one in read for day in one.days} == found[2026].holidays
    assert {day: one.name for one in read for day in one.makeups} == found[2026].makeups
    assert read[1].words == "2月15日至2月23日放假9天，2月14日、2月28日上班"


@pytest.mark.parametrize(
    ("line", "year", "why"),
    [
        ("1月1日至3日放假", 2026, "没有节日名称"),
        ("元旦：1月1日至3日放假，共4天", 2026, "写的是共4天，日期数出来是3天"),
        ("元旦：1月1日（周五）放假", 2026, "是周四，写的是周五，请核对年度"),
        (EXAMPLE, 2027, "2月15日在 2027 年是周一"),
        ("元旦：1月1日放假，1月5日上班", 2026, "1月5日是周一，不是周末"),
        ("春节：2月30日放假", 2026, "没有2026年2月30日这一天"),
        ("春节：2月17日至1月3日放假", 2026, "不像一次放假"),
        ("春节：2月14日上班", 2026, "没有写明哪几天放假"),
        ("春节：2月17日放假，2月14日", 2026, "没有写明是放假还是上班"),
        ("元旦：2024年1月1日放假", 2026, "不在 2026 年"),
        ("元旦：1月1日放假\n元旦：1月1日放假", 2026, "1月1日出现了两次"),
        ("放假通知", 2026, "没有读到放假安排"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused_in_words(line, year, why):
    assert why in "".join(read_notice(line, year)[1])


def test_new_year_may_begin_in_the_year_before():
    (one,), wrong = read_notice("元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert (wrong, one.days[0], one.days[-1]) == ([], date(2022, 12, 31), date(2023, 1, 2))


def test_the_next_year_is_needed_as_soon_as_errands_may_fall_due_in_it():
    assert needed_years(date(2026, 6, 1)) == [2026]
    assert needed_years(date(2026, 11, 28)) == [2026, 2027]
    assert missing_years(PUBLISHED, date(2026, 11, 28)) == [2027]
    assert missing_years(PUBLISHED, date(2026, 6, 1)) == []


def test_a_year_is_twelve_grids_that_say_what_each_day_is():
    months = months_of(2026, PUBLISHED, {date(2026, 9, 3)}, date(2026, 9, 4))
    cells = {cell.day: cell for month in months for week in month.weeks for cell in week if cell}
    assert len(months) == 12
    assert len(cells) == 365
    assert (cells[date(2026, 10, 1)].mark, cells[date(2026, 9, 20)].mark) == ("休", "班")
    assert cells[date(2026, 10, 1)].told == "10月1日，周四，国庆节放假"
    assert (cells[date(2026, 9, 3)].own, cells[date(2026, 9, 4)].today) == (True, True)
    assert [one.name for one in holidays_of(2025, PUBLISHED)][-1] == "国庆节、中秋节"
    assert holidays_of(2025, PUBLISHED)[-1].makeups == [date(2025, 9, 28), date(2025, 10, 11)]


@pytest.mark.both_databases
def test_the_offices_own_days_go_before_the_published_ones(town, django_assert_num_queries):
    by = town.clerk
    actions.set_days(first=date(2026, 7, 2), last=date(2026, 7, 3), kind=DayKind.HOLIDAY, note="州庆", by=by)
    actions.set_days(first=date(2026, 7, 5), last=date(2026, 7, 5), kind=DayKind.MAKEUP, note="州庆", by=by)
    actions.set_days(
        first=date(2026, 10, 7), last=date(2026, 10, 7), kind=DayKind.ORDINARY, note="防汛", by=by
    )
    with django_assert_num_queries(2):
        found = calendar_of(town.township)
    days = [date(2026, 7, 2), date(2026, 7, 3), date(2026, 7, 5), date(2026, 10, 7), date(2026, 10, 6)]
    assert [found.is_workday(day) for day in days] == [False, False, True, True, False]
    assert calendar_of(TownshipFactory()).is_workday(days[0])  # a neighbour works
    # said anew, then taken back
    actions.set_days(first=days[0], last=days[0], kind=DayKind.ORDINARY, note="改期", by=by)
    row = CalendarDay.objects.get(day=days[0])
    assert (row.note, row.history.count()) == ("改期", 2)
    actions.take_back(day=CalendarDay.objects.get(day=date(2026, 10, 7)), by=by)
    assert not calendar_of(town.township).is_workday(date(2026, 10, 7))
    with pytest.raises(PermissionDenied):
        actions.set_days(first=days[0], last=days[0], kind=DayKind.HOLIDAY, note="x", by=town.secretary)


def test_days_are_set_on_the_page_by_the_office_only(client, town, monkeypatch):
    monkeypatch.setattr("services.tickets.calendar.views.localdate", lambda: date(2026, 11, 28))
    client.force_login(town.clerk)
    page = client.get(CALENDAR, {"day": "2026-12-24"})
    assert page.context["form"]["first"].value() == "2026-12-24"
    sent = {"first": "2026-12-24", "last": "2026-12-25", "kind": "holiday", "note": "县庆"}
    answer = client.post(CALENDAR, sent, follow=True)
    assert "已设置 2 天" in words(answer)
    text = answer.content.decode()
    assert "县庆放假" in text
    assert "2027 年的放假调休安排还没有录入" in text  # errands of today may fall due then
    for wrong, why in (
        ({"kind": "makeup"}, "本来就上班"),
        ({"last": "2026-12-01"}, "不能早于开始的日期"),
        ({"last": "2027-02-01"}, "一次最多设置 31 天"),
        ({"note": ""}, "必填"),
    ):
        assert (
            why
            in client.post(CALENDAR, {**sent, "first": "2026-12-28", "last": "", **wrong}).content.decode()
        )
    row = CalendarDay.objects.get(day=date(2026, 12, 24))
    client.post(reverse("services:calendar_day_back", args=[row.pk]))
    assert list(CalendarDay.objects.values_list("day", flat=True)) == [date(2026, 12, 25)]
    client.force_login(town.member)
    page = client.get(CALENDAR).content.decode()
    assert "设置日期" not in page
    assert "请乡党政办录入" in page
    assert client.post(CALENDAR, sent).status_code == 403
    assert client.get(reverse("services:calendar_year", args=[2019])).status_code == 404


def test_a_missing_year_is_told_where_due_days_are_looked_at(client, town, monkeypatch):
    client.force_login(town.clerk)
    for day, told in ((date(2026, 11, 28), True), (date(2026, 6, 1), False)):
        monkeypatch.setattr("services.tickets.views.inbox.localdate", lambda day=day: day)
        for url in ("services:tickets", "services:ticket_deadlines"):
            assert ("2027 年的放假调休安排还没有录入" in client.get(reverse(url)).content.decode()) is told


def test_a_year_is_pasted_looked_at_and_saved(client, town):
    client.force_login(town.clerk)
    text = NOTICE_2026.replace("2026", "2037")  # the same days of the week eleven years on
    sent = {"year": "2037", "source": "国办发明电〔2036〕1号", "text": text}
    page = client.post(NEW, sent)
    assert [one.name for one in page.context["read"]][:2] == ["元旦", "春节"]
    assert not CalendarYear.objects.exists()
    client.post(NEW, {**sent, "save": "1"})
    found = calendar_of(town.township)
    assert found.knows(date(2037, 5, 5))
    assert not found.is_workday(date(2037, 2, 16))
    assert found.is_workday(date(2037, 2, 14))
    # neither twice, nor a year that is shipped, nor one nobody can read
    assert "已经有了" in client.post(NEW, {**sent, "save": "1"}).content.decode()
    shipped = {**sent, "year": "2026", "text": NOTICE_2026, "save": "1"}
    assert "系统已自带" in client.post(NEW, shipped).content.decode()
    assert "没有读到放假安排" in client.post(NEW, {**sent, "text": "略"}).content.decode()
    page = client.get(reverse("services:calendar_year", args=[2037])).content.decode()
    assert "国办发明电〔2036〕1号" in page
    client.post(reverse("services:calendar_year_drop", args=[CalendarYear.objects.get().pk]))
    assert not CalendarDay.objects.exists()
    assert not calendar_of(town.township).knows(date(2037, 5, 5))


def test_settings_hold_for_the_township_and_are_the_offices(client, town):
    assert settings_of(town.township).cut_off == time(17)
    client.force_login(town.clerk)
    sent = {"cut_off": "16:30", "soon_days": "3", "chase_every_days": "2"}
    client.post(SETTINGS, sent)
    row = TicketSettings.objects.get()
    assert (row.cut_off, row.soon_days, row.chase_every_days, row.public_lookup) == (
        time(16, 30),
        3,
        2,
        False,
    )
    assert "请写成 17:00 这样的时刻" in client.post(SETTINGS, {**sent, "cut_off": "下午"}).content.decode()
    assert "16:30" in client.get(SETTINGS).content.decode()
    client.force_login(town.secretary)
    page = client.get(SETTINGS).content.decode()
    assert "16:30" in page
    assert "关闭" in page
    assert client.post(SETTINGS, sent).status_code == 403
