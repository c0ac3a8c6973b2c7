"""Contact pages: who may write which level, what can be chosen, search, notes and the workbook."""

import io
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, make_aware

from grids.choices import Kind, Role
from grids.pinyin import initials
from grids.queries.footprints import tracked_models
from liaison.actions import end_contact
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import (
    PersonFactory,
    TownshipFactory,
    UserFactory,
    appoint,
    group_leader,
    node,
    secretary,
    village,
)
from tests.worlds import remembered
from township.choices import Deed, OfficeRole
from township.history import records_of
from township.models import AuditEvent

LIST = reverse("liaison:contacts")
ADD = reverse("liaison:contact_add")


@pytest.fixture
@remembered
def place(db):
    """甲村 whose first member sits on the committee."""
    made = village(TownshipFactory(), "甲村")
    appoint(made.people[0], Role.COMMITTEE, made.root)
    return made


@pytest.fixture
def clerk(place):
    return UserFactory(township=place.root.township)


@pytest.fixture
def contact(place):
    return make(place, place.people[0], place.groups[0])


def make(place, holder, target, level=Level.COMMITTEE):
    return Contact.objects.create(township=place.root.township, level=level, holder=holder, target=target)


def ids(page):
    return [row["contact"].pk for row in page.context["rows"]]


def test_secretary_registers_a_committee_member(client, place):
    user = secretary(place)
    client.force_login(user)
    data = {
        "holder": place.people[0].pk,
        "target": place.groups[1].pk,
        "since": "2026-09-01",
        "remark": "分管",
    }
    assert client.post(ADD, data).url == LIST
    made = Contact.objects.get()
    assert (made.level, made.since, made.remark) == (Level.COMMITTEE, date(2026, 9, 1), "分管")
    assert made.history.get().history_user == user
    assert AuditEvent.objects.filter(deed=Deed.CREATE).count() == 1


def test_choices_are_committee_members_and_groups_of_the_own_village(client, place):
    other = village(place.root.township, "乙村")
    appoint(other.people[0], Role.COMMITTEE, other.root)
    client.force_login(secretary(place))
    form = client.get(ADD).context["form"]
    holders = set(form.fields["holder"].queryset)
    assert place.people[0] in holders
    assert other.people[0] not in holders
    assert place.people[1] not in holders
    assert set(form.fields["target"].queryset) == set(place.groups)
    data = {"holder": other.people[0].pk, "target": place.groups[0].pk}
    assert client.post(ADD, data).status_code == 200
    assert Contact.objects.count() == 0


@pytest.mark.parametrize("level", [Level.TOWN_LEADER, Level.GENERAL_BRANCH])
def test_upper_levels_are_the_offices_alone(client, place, level):
    client.force_login(secretary(place))
    assert client.get(ADD, {"level": level}).status_code == 403


def test_clerk_registers_a_town_leader(client, place, clerk):
    leader = PersonFactory(township=place.root.township)
    appoint(leader, Role.TOWN_LEADER, None)
    client.force_login(clerk)
    url = f"{ADD}?level={Level.TOWN_LEADER}"
    form = client.get(url).context["form"]
    assert [*form.fields["holder"].queryset] == [leader]
    assert client.post(url, {"holder": leader.pk, "target": place.root.pk}).url == LIST
    assert Contact.objects.get().level == Level.TOWN_LEADER


def test_general_branch_member_looks_after_a_branch_below(client, clerk, place):
    top = node(Kind.GENERAL_BRANCH, "丙村党总支", township=place.root.township)
    below = node(Kind.BRANCH, "丙村第一党支部", top)
    person = PersonFactory(township=place.root.township, root=top)
    appoint(person, Role.DEPUTY_SECRETARY, top)
    client.force_login(clerk)
    url = f"{ADD}?level={Level.GENERAL_BRANCH}"
    form = client.get(url).context["form"]
    assert [*form.fields["target"].queryset] == [below]
    assert [*form.fields["holder"].queryset] == [person]
    client.post(url, {"holder": person.pk, "target": below.pk})
    assert Contact.objects.get().target == below


def test_committee_of_another_village_is_refused_with_a_sentence(client, place, clerk):
    other = village(place.root.township, "乙村")
    client.force_login(clerk)
    page = client.post(ADD, {"holder": place.people[0].pk, "target": other.groups[0].pk})
    assert "不是这个对象所在党组织的委员" in page.content.decode()
    assert Contact.objects.count() == 0


def test_the_same_pair_twice_is_refused_with_a_sentence(client, place, clerk, contact):
    client.force_login(clerk)
    page = client.post(ADD, {"holder": contact.holder_id, "target": contact.target_id})
    assert "此人已包挂这个对象。" in page.content.decode()


def test_edit_and_end(client, place, contact):
    client.force_login(secretary(place))
    edit, end = (reverse(f"liaison:contact_{verb}", args=[contact.pk]) for verb in ("edit", "end"))
    client.post(edit, {"since": "2026-08-01", "remark": "改"})
    page = client.post(end, {"until": "2026-07-01"})
    assert "结束时间不能早于起始时间。" in page.content.decode()
    assert client.post(end, {"until": "2026-09-30"}).url == LIST
    contact.refresh_from_db()
    assert (contact.since, contact.until, contact.remark) == (date(2026, 8, 1), date(2026, 9, 30), "改")
    assert ids(client.get(LIST)) == []
    assert ids(client.get(LIST, {"ended": "on"})) == [contact.pk]
    assert contact.history.count() == 3  # begun, corrected, ended


def test_other_village_is_not_found_and_readers_may_not_write(client, place, contact):
    other = village(place.root.township, "乙村")
    url = reverse("liaison:contact_edit", args=[contact.pk])
    client.force_login(secretary(other))
    assert client.get(url).status_code == 404
    assert ids(client.get(LIST)) == []
    client.force_login(group_leader(place))
    assert ids(client.get(LIST)) == [contact.pk]
    assert client.get(url).status_code == 403
    assert client.get(ADD).status_code == 403


def test_search_by_name_pinyin_level_and_branch(client, place, clerk, contact):
    person = PersonFactory(township=place.root.township, name="单晓霞")
    assert " sxx" in initials("单晓霞")
    found = make(place, person, place.root, Level.TOWN_LEADER)
    client.force_login(clerk)
    assert ids(client.get(LIST, {"q": "SXX"})) == [found.pk]
    assert ids(client.get(LIST, {"q": "晓"})) == [found.pk]
    assert ids(client.get(LIST, {"level": "E2"})) == [contact.pk]
    assert sorted(ids(client.get(LIST, {"root": place.root.pk}))) == sorted([contact.pk, found.pk])
    assert ids(client.get(LIST, {"q": "无此人"})) == []


def test_band_note_says_how_many_too_many(client, clerk):
    made = village(clerk.township, "丁村", groups=3)
    for group in made.groups:
        make(made, made.people[0], group)
    client.force_login(clerk)
    row = client.get(LIST).context["rows"][0]
    assert (row["n"], row["state"], row["diff"]) == (3, "over", 1)


def test_workbook_has_text_cells_and_is_logged(client, place, clerk, contact):
    client.force_login(clerk)
    response = client.post(reverse("liaison:contacts_export") + "?level=E2")
    tab = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    rows = list(tab.iter_rows(values_only=True))
    assert rows[1][:5] == ("层级", "包挂人", "包挂人电话", "所在党组织", "包挂对象")
    assert rows[2][1:3] == (contact.holder.name, contact.holder.phone)
    assert AuditEvent.objects.get(deed=Deed.EXPORT).rows == 1


@pytest.fixture
def ended(contact, place, clerk):
    """A contact that ran on 2026-09-10 and was ended today, beside one begun today."""
    for model in tracked_models():
        records_of(model).objects.update(
            history_date=make_aware(datetime.combine(date(2026, 9, 2), time(12)))
        )
    end_contact(contact=contact, until=localdate(), by=clerk)
    make(place, place.people[1], place.groups[1])
    return contact


def test_the_list_of_a_day_has_the_contacts_of_then_and_no_way_to_change_them(client, clerk, ended):
    client.force_login(clerk)
    page = client.get(LIST, {"on": "2026-09-10"})
    shown = page.content.decode()
    assert ids(page) == [ended.pk]
    assert [(row["n"], row["editable"], row["contact"].until) for row in page.context["rows"]] == [
        (1, False, None)
    ]
    assert "2026-09-10 的情况" in shown
    assert f"{ended.target_id}/then/?on=2026-09-10" in shown
    for way in (ADD, f"contacts/{ended.pk}/", "批量录入", "存为视图"):
        assert way not in shown
    now = client.get(LIST)
    assert ended.pk not in ids(now)
    assert ADD in now.content.decode()
    empty = client.get(LIST, {"on": "2026-09-10", "q": "无此人"}).content.decode()
    assert "或换一天再查" in empty


def test_the_workbook_of_a_day_says_which(client, clerk, ended):
    client.force_login(clerk)
    shown = client.get(LIST, {"on": "2026-09-10"}).content.decode()
    url = reverse("liaison:contacts_export") + "?on=2026-09-10"
    assert f'action="{url}"' in shown
    tab = openpyxl.load_workbook(io.BytesIO(b"".join(client.post(url).streaming_content))).worksheets[0]
    rows = list(tab.iter_rows(values_only=True))
    assert rows[0][0] == "包挂联系一览表（2026-09-10的情况）"
    assert [row[1] for row in rows[2:]] == [ended.holder.name]
    assert AuditEvent.objects.get(deed=Deed.EXPORT, rows=1).target == rows[0][0]


def test_queries_of_a_day_do_not_grow_with_rows(client, clerk, ended):
    client.force_login(clerk)
    client.get(LIST, {"on": "2026-09-10"})
    costs = []
    for name, groups in (("丁村", 5), ("戊村", 40)):
        made = village(clerk.township, name, groups=groups, hubs=1, members=1, households=1)
        for group in made.groups:
            make(made, made.people[0], group)
        for model in tracked_models():
            for row in records_of(model).objects.filter(history_date__date=localdate()):
                row.history_date -= timedelta(days=100)
                row.save()
        with CaptureQueriesContext(connection) as queries:
            page = client.get(LIST, {"on": "2026-09-10"})
        costs.append((len(ids(page)), len(queries)))
    assert costs[1][0] > costs[0][0] > 5
    assert costs[0][1] == costs[1][1]


def test_chosen_columns_stay_and_go_into_the_workbook(client, place, clerk, contact):
    client.force_login(clerk)
    assert client.get(LIST).context["shown_keys"][:2] == ["name", "level"]
    page = client.get(client.get(LIST, {"col": ["name", "target", "phone", "load"], "level": "E2"}).url)
    assert page.context["shown_keys"] == ["name", "target", "phone", "load"]
    html = page.content.decode()
    assert contact.holder.phone in html
    assert 'data-label="层级"' not in html
    assert 'name="cols" value="name,target,phone,load"' in html  # the filter keeps them
    response = client.post(f"{reverse('liaison:contacts_export')}?{page.context['querystring']}")
    tab = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    rows = list(tab.iter_rows(values_only=True))
    assert rows[1] == ("包挂人", "包挂人电话", "包挂对象", "此人包挂数")
    assert rows[2] == (contact.holder.name, contact.holder.phone, contact.target.name, "1")
    assert client.get(client.get(LIST).url).context["shown_keys"] == page.context["shown_keys"]


def test_leader_exports_masked_phones_and_system_administrator_nothing(client, place, contact):
    township = place.root.township
    client.force_login(UserFactory(township=township, office_role=OfficeRole.LEADER))
    response = client.post(reverse("liaison:contacts_export"))
    tab = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    assert "****" in tab.cell(3, 3).value
    client.force_login(UserFactory(township=township, office_role=OfficeRole.SYSTEM_ADMIN))
    assert client.post(reverse("liaison:contacts_export")).status_code == 403
    assert client.get(LIST).status_code == 403


def test_queries_of_the_list_do_not_grow_with_rows(client, clerk):
    client.force_login(clerk)
    client.get(LIST)  # the first page of a session also writes the session
    costs = []
    for name, groups in (("丁村", 5), ("戊村", 40)):
        made = village(clerk.township, name, groups=groups, hubs=1, members=1, households=1)
        for group in made.groups:
            make(made, made.people[0], group)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(LIST)
        costs.append((len(ids(page)), len(queries)))
    assert [rows for rows, _ in costs] == [5, 45]
    assert costs[0][1] == costs[1][1]
