"""The leading group: seats by duty and order, linked to people, copied from the year before, printed."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from reports.choices import LeadingDuty
from reports.models import LeadingMember
from reports.records.queries import leading_group, person_of
from tests.factories import PersonFactory, TownshipFactory, UserFactory, village
from township.choices import Deed, OfficeRole
from township.models import AuditEvent

YEAR = localdate().year


@pytest.fixture
def clerk(db):
    return UserFactory(township=TownshipFactory(name="青河乡"))


def url(name, *args):
    return reverse(f"reports:leading{name}", args=args)


def text(response):
    return response.content.decode()


def add(client, duty, name, unit_post="乡党委", year=YEAR):
    sent = {"duty": duty, "name": name, "unit_post": unit_post}
    return client.post(url("_new", year), sent, follow=True)


def names(clerk, year=YEAR):
    return list(leading_group(clerk, year).values_list("name", flat=True))


@pytest.mark.both_databases  # it writes through pages
def test_seats_are_entered_ordered_ended_and_copied_to_the_next_year(clerk, client):
    client.force_login(clerk)
    assert "还没有名单" in text(client.get(url("")))
    head = PersonFactory(township=clerk.township, name="李平")
    for duty, name in (
        (LeadingDuty.OFFICE, "周办"),
        (LeadingDuty.MEMBER, "王一"),
        (LeadingDuty.MEMBER, "王二"),
        (LeadingDuty.HEAD, "李　平"),
    ):
        add(client, duty, name)
    assert names(clerk) == ["李平", "王一", "王二", "周办"]
    assert LeadingMember.objects.get(name="李平").person == head
    assert "名单里已有这个人" in text(add(client, LeadingDuty.MEMBER, "王一"))

    second = LeadingMember.objects.get(name="王二")
    client.post(url("_shift", second.pk), {"to": "up"})
    assert names(clerk) == ["李平", "王二", "王一", "周办"]
    client.post(url("_shift", second.pk), {"to": "up"})  # the first of its duty goes no higher
    client.post(url("_shift", LeadingMember.objects.get(name="王一").pk), {"to": "down"})
    assert names(clerk) == ["李平", "王二", "王一", "周办"]

    client.post(url("_edit", second.pk), {"duty": "deputy", "name": "王三", "unit_post": "财政所"})
    client.post(url("_leave", LeadingMember.objects.get(name="王一").pk), {"reason": "工作调动"})
    assert names(clerk) == ["李平", "王三", "周办"]
    page = text(client.get(url("")))
    assert "已调出" in page
    assert "工作调动" in page

    assert "已由" in text(client.post(url("_copy", YEAR + 1), follow=True))
    assert names(clerk, YEAR + 1) == ["李平", "王三", "周办"]
    assert "已有名单，不能再复制" in text(client.post(url("_copy", YEAR + 1), follow=True))
    assert "以前的年度没有名单" in text(client.post(url("_copy", YEAR), follow=True))
    assert client.get(url("_of", 1999)).status_code == 404


def test_only_one_person_of_a_name_is_linked_and_the_townships_own_come_first(clerk):
    town = clerk.township
    assert person_of(town.pk, "李平") is None
    made = village(town, groups=1, hubs=1, members=1, households=1)
    first = PersonFactory(township=town, root=made.root, name="李平")
    assert person_of(town.pk, "李平") == first
    PersonFactory(township=town, root=made.root, name="李平")
    assert person_of(town.pk, "李平") is None
    own = PersonFactory(township=town, name="李平")
    assert person_of(town.pk, "李平") == own
    PersonFactory(name="王二")  # of another township
    assert person_of(town.pk, "王二") is None


def test_the_list_goes_out_as_workbook_and_print_and_leaders_only_read(clerk, client):
    client.force_login(clerk)
    add(client, LeadingDuty.HEAD, "李平", "乡党委书记")
    add(client, LeadingDuty.MEMBER, "王一", "=财政所")
    leader = UserFactory(township=clerk.township, office_role=OfficeRole.LEADER)
    client.force_login(leader)
    page = text(client.get(url("")))
    assert "王一" in page
    assert "上移" not in page
    answer = client.post(url("_file", YEAR, "xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0][0] == "青河乡基层党建网格化管理工作领导小组名单"
    assert [1, "组长", "李平", "乡党委书记"] in [row[:4] for row in cells]
    assert b"".join(client.post(url("_file", YEAR, "pdf")).streaming_content)[:4] == b"%PDF"
    assert client.post(url("_file", YEAR, "doc")).status_code == 404
    assert list(AuditEvent.objects.filter(deed=Deed.EXPORT).values_list("rows", flat=True)) == [2, 2]
    assert add(client, LeadingDuty.MEMBER, "王三").status_code == 403


def test_the_database_keeps_reasons_with_days(clerk):
    row = LeadingMember(township=clerk.township, year=2026, duty=LeadingDuty.HEAD, name="李平")
    row.left_on = date(2026, 9, 1)
    with pytest.raises(Exception, match="调出要写日期和原因"):
        row.full_clean()
