"""Finding: spelling and order of names, the one box, and what a user keeps of the lists."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from grids.choices import Kind, Role
from grids.models import (
    GridProfile,
    HouseholdProfile,
    HubProfile,
    ListMemory,
    Node,
    Person,
    SavedView,
    VillagerGroup,
)
from grids.pinyin import initials
from grids.queries.names import spellings
from grids.queries.search import PEOPLE, search
from grids.spelling import pinyin_order, stroke_order, strokes
from liaison.choices import Level
from liaison.models import Contact
from tests import factories

LIST = "/grids/household/"


@pytest.fixture
def clerk(town) -> Client:
    client = Client()
    client.force_login(town.clerk)
    return client


def _household(town, name, **profile):
    node = factories.node(Kind.HOUSEHOLD, name, town.own.members[0])
    HouseholdProfile.objects.create(node=node, **profile)
    return node


# --- spelling and order -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first", "others"),
    [
        ("单晓霞", "sxx", "dxx cxx"),
        ("曾建国", "zjg", "cjg"),
        ("解志强", "xzq", "jzq"),
        ("仇玉兰", "qyl", "cyl"),
        ("区文军", "owj", "qwj"),
        ("朴海燕", "phy", ""),
        ("查勇", "zy", "cy"),
        ("翟红", "zh", "dh"),
        ("覃平", "qp", "tp"),
        ("长孙明", "zsm", "csm"),
        ("尉迟恭", "ycg", "wcg"),
        ("万俟明", "mqm", "wsm"),
    ],
)
def test_a_surname_is_found_by_its_own_reading_first_and_by_the_others(name, first, others):
    found = initials(name).split()
    assert found[0] == first
    assert set(others.split()) <= set(found)


def test_readings_of_the_surname_survive_a_name_with_many_readings():
    found = initials("单参长会行")
    assert len(found.split()) <= 16
    assert {part[0] for part in found.split()} >= {"s", "d", "c"}


def test_pinyin_order_keeps_a_surname_together_and_reads_it_right():
    names = ["张伟", "章平", "张安", "单明", "沈红", "单安", "阿平", "解明", "谢明", "解放村", "曾红", "岑红"]
    assert sorted(names, key=pinyin_order) == [
        "阿平", "岑红", "解放村", "单安", "单明", "沈红", "谢明", "解明", "曾红", "张安", "张伟", "章平",
    ]  # fmt: skip


def test_stroke_order_counts_strokes_then_compares_them():
    names = ["王明", "丁一", "李红", "刘红", "马平", "于平", "张红", "陈红", "万平"]
    assert sorted(names, key=stroke_order) == [
        "丁一", "于平", "万平", "马平", "王明", "刘红", "李红", "张红", "陈红",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("char", "n"), [("一", 1), ("丁", 2), ("龙", 5), ("曾", 12), ("髙", 11), ("A", 0), ("𠀀", 99)]
)
def test_strokes_of_a_character(char, n):
    assert strokes(char) == n


def test_keys_hold_nothing_that_a_collation_could_sort_otherwise():
    for name in ("单晓霞", "第1网格", "欧阳·明", "A 组", "吕布"):
        for key in (pinyin_order(name), stroke_order(name)):
            assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
            assert len(key) <= 200


def test_whoever_writes_a_name_writes_its_keys(town):
    made = Node.objects.get(pk=town.own.members[0].pk)
    assert made.pinyin_order == pinyin_order(made.name)
    bulk = Person.objects.bulk_create([Person(township=town.township, name="单晓霞")])[0]
    assert Person.objects.get(pk=bulk.pk).stroke_order == stroke_order("单晓霞")


def test_a_new_name_brings_new_keys_into_row_and_history(town, clerk):
    node = town.own.households[0]
    page = clerk.get(reverse("grids:node_edit", args=[node.pk]))
    form = page.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"name": "单晓霞"}
    assert clerk.post(reverse("grids:node_edit", args=[node.pk]), typed).status_code == 302
    fresh = Node.objects.get(pk=node.pk)
    assert fresh.initials.split()[0] == "sxx"
    assert fresh.pinyin_order == pinyin_order("单晓霞")
    assert fresh.history.first().stroke_order == stroke_order("单晓霞")
    assert "拼音序" not in clerk.get(fresh.get_absolute_url()).content.decode()


# --- the one box ------------------------------------------------------------------------------------


def test_the_box_finds_every_kind_by_its_own_marks(town):
    lane = VillagerGroup.objects.create(root=town.own.root, name="三社")
    house = _household(town, "冯春生", door="12号", villager_group=lane)
    GridProfile.objects.filter(node=town.own.grids[0]).update(code="620123001")
    HubProfile.objects.filter(node=town.own.hubs[0]).update(plate_no="QH-0007")

    def found(text):
        return search(town.clerk, text, most=50)

    assert found("冯春").names(Kind.HOUSEHOLD) == [house.name]
    assert house.name in found("三社12号").names(Kind.HOUSEHOLD)
    assert house.name in found("三社12").names(Kind.HOUSEHOLD)
    assert house.name not in found("一社12号").names(Kind.HOUSEHOLD)
    assert house.name in found("12号").names(Kind.HOUSEHOLD)
    assert found("6201230").names(Kind.GRID) == [town.own.grids[0].name]
    assert found("QH-0007").names(Kind.HUB) == [town.own.hubs[0].name]
    assert town.own.root.name in found("甲村").names(Kind.BRANCH)
    assert found("没有这个人").sections == []
    [hit] = [hit for one in found("三社12号").sections for hit in one.hits if hit.name == house.name]
    assert hit.where.endswith("三社12号")  # a house found by its door shows it


def test_forms_of_one_character_find_each_other(town):
    _household(town, "髙峯")
    assert search(town.clerk, "高峰").names() == ["髙峯"]
    assert spellings("高峰")[0] == "高峰"
    assert len(spellings("高峰启强国")) <= 8


def test_sections_say_how_many_there_are_and_the_page_behind_lists_them_all(town, clerk):
    for n in range(60):
        _household(town, f"齐大{n}")
    section = search(town.clerk, "齐大").sections[0]
    assert (section.code, section.count, len(section.hits), section.more) == (Kind.HOUSEHOLD, 60, 8, True)
    page = clerk.get(reverse("grids:search"), {"q": "齐大", "kind": "household"})
    assert page.context["page_obj"].paginator.count == 60
    assert len(page.context["section"].hits) == 50
    assert clerk.get(reverse("grids:search"), {"q": "齐", "kind": "nonsense"}).status_code == 404


def test_an_exact_name_and_a_first_reading_come_before_rare_ones(town):
    for name in ("方军", "王军", "汪军"):  # 方 can be read wang
        _household(town, name)
    assert search(town.clerk, "wj").names(Kind.HOUSEHOLD) == ["汪军", "王军", "方军"]


def test_a_masked_number_is_found_by_the_digits_it_shows_only(town):
    person = town.own.people[0]
    tail, more = person.phone[-4:], person.phone[-6:]
    assert person.name in search(town.leader, tail, most=500).names(PEOPLE)
    assert search(town.leader, more).sections == []
    assert person.name in search(town.clerk, more).names(PEOPLE)
    assert person.name in search(town.secretary, more).names(PEOPLE)
    assert search(town.group_leader, person.phone).names(PEOPLE) == []
    assert search(town.other_secretary, more).sections == []


def test_suggestions_are_short_and_lead_to_everything(town, clerk):
    for n in range(9):
        _household(town, f"齐大{n}")
    html = clerk.get(reverse("grids:search_suggest"), {"q": "齐大"}).content.decode()
    assert html.count('role="option"') == 4
    assert "查看全部 9 条结果" in html
    assert 'role="option"' not in clerk.get(reverse("grids:search_suggest"), {"q": " "}).content.decode()


# --- lists: order, columns, memory, views -----------------------------------------------------------


def _names(response):
    return [line["row"]["name"] for line in response.context["rows"]]


def test_a_list_is_read_in_the_order_asked_for(town, clerk):
    for name, size in (("张伟", 5), ("丁一", 2), ("单明", None), ("章平", 9)):
        _household(town, name, size=size)
    wanted = {"张伟", "丁一", "单明", "章平"}

    def order(sort):
        pages = [clerk.get(LIST, {"sort": sort, "page": page}) for page in ("1", "2")]
        return [name for page in pages for name in _names(page) if name in wanted]

    assert order("pinyin") == ["丁一", "单明", "张伟", "章平"]
    assert order("strokes") == ["丁一", "张伟", "单明", "章平"]
    assert order("-size") == ["章平", "张伟", "丁一", "单明"]
    assert order("nonsense") == ["张伟", "丁一", "单明", "章平"]


@pytest.mark.parametrize("kind", ["grid", "group", "hub", "member", "household"])
def test_every_order_of_every_list_can_be_read(town, clerk, kind):
    page = clerk.get(reverse("grids:node_list", args=[kind]), {"all": "1"})
    for code, _ in page.context["filter_form"].fields["sort"].choices:
        found = clerk.get(reverse("grids:node_list", args=[kind]), {"sort": code, "all": "1"})
        assert sorted(_names(found)) == sorted(_names(page))


def test_a_member_list_puts_the_busiest_first(town, clerk):
    _household(town, "添一户")
    assert _names(clerk.get("/grids/member/", {"sort": "-below"}))[0] == town.own.members[0].name


def test_a_list_is_found_as_it_was_left_and_says_so(town, clerk):
    clerk.get(LIST, {"state": "no_group", "sort": "pinyin", "page": "1"})
    back = clerk.get(LIST)
    assert back.status_code == 302
    page = clerk.get(back.url)
    assert page.context["table"].query == "sort=pinyin&state=no_group"
    html = page.content.decode()
    assert "已恢复上次的筛选" in html
    assert 'href="?clear=1"' in html
    assert clerk.get("/grids/member/").status_code == 200  # each list has its own
    assert clerk.get(LIST, {"clear": "1"}).url == LIST
    assert clerk.get(LIST).status_code == 200


def test_each_user_has_an_own_memory_and_an_export_leaves_none(town, clerk):
    clerk.get(LIST, {"state": "no_group"})
    other = Client()
    other.force_login(town.secretary)
    assert other.get(LIST).status_code == 200
    other.get(LIST, {"state": "unlinked", "export": "xlsx"})
    assert ListMemory.objects.filter(user=town.secretary).count() == 0


def test_all_rows_asked_for_are_all_rows(town, clerk):
    clerk.get(LIST, {"state": "no_group"})
    assert clerk.get(LIST, {"all": "1"}).context["page_obj"].paginator.count == len(town.own.households) * 2
    assert clerk.get(LIST).status_code == 200


def test_chosen_columns_stay_and_go_into_the_workbook(town, clerk):
    answer = clerk.get(LIST, {"state": "", "col": ["name", "door", "nonsense"]})
    page = clerk.get(answer.url)
    assert [column.key for column in page.context["columns"]] == ["name", "door"]
    assert clerk.get(clerk.get(LIST).url).context["shown_keys"] == ["name", "door"]
    assert page.context["export_query"].startswith("cols=name%2Cdoor")
    assert "导出 48 户" in page.content.decode()
    file = clerk.get(f"{LIST}?{page.context['export_query']}")
    assert file["Content-Type"].endswith("sheet")


def test_a_view_keeps_filter_order_and_columns_under_a_name(town, clerk):
    query = "cols=name,door&sort=pinyin&state=no_group"
    add = reverse("grids:saved_view_add")
    clerk.post(add, {"listing": "household", "name": "没有小组", "query": query, "shared": "on"})
    view = SavedView.objects.get()
    assert (view.query, view.shared, view.by) == (query, True, town.clerk)
    clerk.post(add, {"listing": "household", "name": "没有小组", "query": "state=unlinked"})
    view.refresh_from_db()
    assert (view.query, view.shared) == ("state=unlinked", False)
    html = clerk.get(LIST, {"all": "1"}).content.decode()
    assert 'href="?state=unlinked"' in html


def test_only_the_office_shares_and_sees_what_is_shared(town, clerk):
    add = reverse("grids:saved_view_add")
    clerk.post(add, {"listing": "household", "name": "共用", "query": "state=unlinked", "shared": "on"})
    clerk.post(add, {"listing": "household", "name": "自己", "query": "state=no_group"})
    seen = {}
    for user in (town.clerk, town.leader, town.secretary):
        seen[user.pk] = [view.name for view in SavedView.objects.visible_to(user)]
    assert sorted(seen[town.clerk.pk]) == ["共用", "自己"]
    assert seen[town.leader.pk] == ["共用"]
    assert seen[town.secretary.pk] == []
    village = Client()
    village.force_login(town.secretary)
    said = village.post(add, {"listing": "household", "name": "甲", "query": "", "shared": "on"})
    assert said.status_code == 403


def test_a_view_can_be_renamed_made_the_default_and_deleted_by_its_owner_alone(town, clerk):
    view = SavedView.objects.create(
        by=town.clerk,
        township=town.township,
        listing="household",
        name="旧名",
        query="state=unlinked",
        shared=True,
    )
    change = reverse("grids:saved_view_change", args=[view.pk])
    clerk.post(change, {"act": "rename", "name": "新名"})
    assert SavedView.objects.get().name == "新名"
    clerk.post(change, {"act": "rename", "name": ""})
    assert SavedView.objects.get().name == "新名"
    clerk.post(change, {"act": "default"})
    assert clerk.get(LIST).url == f"{LIST}?state=unlinked&kept=1"
    clerk.post(change, {"act": "no_default"})
    assert clerk.get(LIST).status_code == 200
    leader = Client()
    leader.force_login(town.leader)
    assert leader.post(change, {"act": "delete"}).status_code == 403
    clerk.post(change, {"act": "default"})
    clerk.post(change, {"act": "delete"})
    assert not SavedView.objects.exists()
    assert clerk.get(LIST).status_code == 200


def test_two_views_of_one_name_are_refused_in_words(town, clerk):
    for name in ("甲", "乙"):
        SavedView.objects.create(by=town.clerk, township=town.township, listing="household", name=name)
    change = reverse("grids:saved_view_change", args=[SavedView.objects.get(name="乙").pk])
    answer = clerk.post(change, {"act": "rename", "name": "甲"}, follow=True)
    assert "这个名单已有同名的视图。" in answer.content.decode()
    assert SavedView.objects.filter(name="乙").exists()


@pytest.mark.parametrize("url", ["grids:people", "grids:posts"])
def test_people_and_posts_are_lists_like_the_others(town, clerk, url):
    factories.appoint(town.own.people[0], Role.HUB_HEAD, town.own.hubs[0])
    address = reverse(url)
    for sort in ("", "pinyin", "strokes", "-since", "since"):
        assert clerk.get(address, {"sort": sort, "all": "1"}).status_code == 200
    found = clerk.get(clerk.get(address, {"col": ["name", "phone"]}).url)
    assert found.context["shown_keys"] == ["name", "phone"]
    assert 'data-label="村"' not in found.content.decode()
    assert clerk.get(address).status_code == 302


def test_contacts_are_a_list_like_the_others(town, clerk):
    holders = [
        factories.PersonFactory(township=town.township, root=town.own.root, name=name)
        for name in ("张伟", "丁一")
    ]
    for holder, group in zip(holders, town.own.groups, strict=True):
        Contact.objects.create(
            township=town.township, level=Level.COMMITTEE, holder=holder, target=group, since=factories.SINCE
        )
    address = reverse("liaison:contacts")

    def order(**query):
        return [row["contact"].holder.name for row in clerk.get(address, query).context["rows"]]

    assert order(all="1") == ["张伟", "丁一"]
    assert order(sort="pinyin") == ["丁一", "张伟"]
    assert order(sort="strokes", q="zw") == ["张伟"]
    page = clerk.get(clerk.get(address).url)
    assert "已恢复上次的筛选" in page.content.decode()
    assert "导出 1 条" in page.content.decode()
    clerk.post(reverse("grids:saved_view_add"), {"listing": "contacts", "name": "张", "query": "q=zw"})
    assert "张" in clerk.get(reverse("grids:saved_views", args=["contacts"])).content.decode()


@pytest.mark.parametrize(("listing", "kind"), [("gaps", "kind=unlinked&"), ("villager_groups", "")])
def test_gaps_and_villager_groups_are_found_as_they_were_left(town, clerk, listing, kind):
    address = reverse(f"grids:{listing}")
    query = f"{kind}village={town.own.root.pk}"
    assert clerk.get(f"{address}?{query}").status_code == 200
    back = clerk.get(address)
    assert back.url == f"{address}?{query}&kept=1"
    page = clerk.get(back.url)
    assert "已恢复上次的筛选" in page.content.decode()
    assert [title for title, _, _ in page.context["narrowed"]] == ["村"]
    clerk.post(reverse("grids:saved_view_add"), {"listing": listing, "name": "我村", "query": query})
    assert "我村" in clerk.get(f"{address}?{query}").content.decode()
    assert "我村" in clerk.get(reverse("grids:saved_views", args=[listing])).content.decode()
    assert clerk.get(address, {"all": "1"}).context["narrowed"] == []
    assert clerk.get(address).status_code == 200


def test_cards_open_the_whole_list_they_count(town, clerk):
    Node.objects.filter(kind=Kind.HOUSEHOLD).exclude(parent__kind=Kind.MEMBER).delete()
    clerk.get(LIST, {"q": "没有的"})
    home = clerk.get("/").content.decode()
    assert f'href="{LIST}?all=1"' in home
    assert re.findall(r'class="stat" href="[^"?]*"', home) == []
    assert f'href="{reverse("grids:gaps")}?all=1"' in home


def test_names_from_before_get_their_keys(town):
    row = town.own.households[0]
    Node.objects.filter(pk=row.pk).update(name="单晓霞", initials="", pinyin_order="", stroke_order="")
    Node.history.filter(id=row.pk).update(name="曾红", pinyin_order="")
    migration = import_module("grids.migrations.0008_finding")
    migration.spell_all(apps, SimpleNamespace(connection=connection))
    fresh = Node.objects.get(pk=row.pk)
    assert (fresh.initials.split()[0], fresh.pinyin_order) == ("sxx", pinyin_order("单晓霞"))
    assert fresh.stroke_order == stroke_order("单晓霞")
    assert {then.pinyin_order for then in Node.history.filter(id=row.pk)} <= {pinyin_order("曾红")}
