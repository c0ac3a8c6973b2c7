"""The pages of structure work: previews, confirming, refusals on the page, and the coverage gaps."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from grids import tree
from grids.actions.undo import undo
from grids.choices import CloseReason, Kind, Role
from grids.models import GridCover, GridProfile, Node, Post, VillagerGroup
from tests import factories
from township.models import Action

SEEN = re.compile(r'name="seen" value="([^"]*)"')
TODAY = date(2026, 9, 16)


def page(client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def opened(client, url: str) -> dict[str, str]:
    """The fields every confirming form has."""
    return {"on": "2026-09-16", "reason": "调整", "seen": SEEN.search(page(client, url))[1]}


def state() -> tuple[set, set, set]:
    """All that structure work changes: places, posts, and what grids cover."""
    places = Node.objects.values_list(
        "pk", "parent_id", "kind", "name", "closed_on", "close_reason", "root_id", "branch_id", "grid_id",
        "group_id", "hub_id", "since",
    )  # fmt: skip
    return (
        set(places),
        set(Post.objects.values_list("pk", "person_id", "node_id", "role", "until")),
        set(GridCover.objects.values_list("profile_id", "villager_group_id")),
    )


# --- previews and confirmations ---------------------------------------------------------------------


def test_several_households_go_to_another_member_after_a_preview(town, signed_in):
    client, own = signed_in(town.secretary), town.own
    url = reverse("grids:children_move", args=[own.members[0].pk])
    assert own.households[0].name in page(client, url)
    picks = f"pick={own.households[0].pk}&pick={own.households[1].pk}"
    choice = page(client, f"{url}?{picks}")
    assert f"to={own.members[1].pk}" in choice
    confirm = f"{url}?{picks}&to={own.members[1].pk}"
    preview = page(client, confirm)
    assert "2户农户" in preview
    assert "附件4" in preview
    done = client.post(confirm, opened(client, confirm), follow=True)
    assert f"已把 2 项调整到“{own.members[1].name}”" in done.content.decode()
    action = Action.objects.get(title="调整上级")
    assert reverse("grids:action", args=[action.pk]) in done.content.decode()
    assert Node.objects.filter(parent=own.members[1], kind=Kind.HOUSEHOLD).count() == 5


def test_ticking_nothing_or_too_much_stays_on_the_list(town, signed_in):
    client = signed_in(town.clerk)
    url = reverse("grids:children_move", args=[town.own.members[0].pk])
    assert "请先勾选" in page(client, f"{url}?next=1")
    hub_and_household = f"pick={town.own.hubs[0].pk}&pick={town.own.households[0].pk}"
    assert "不能放在同一处" not in page(client, f"{url}?{hub_and_household}")  # both may stand under a group
    member_and_household = f"pick={town.own.members[0].pk}&pick={town.own.households[3].pk}"
    wrong = page(client, f"{url}?{member_and_household}&to={town.own.hubs[1].pk}")
    assert "农户不能放在中心户" in wrong
    grid_and_household = f"pick={town.own.grids[0].pk}&pick={town.own.households[3].pk}"
    assert "不能放在同一处" in page(client, f"{url}?{grid_and_household}")


def test_picks_out_of_sight_are_not_there(town, signed_in):
    client = signed_in(town.secretary)
    url = reverse("grids:children_move", args=[town.own.members[0].pk])
    assert client.get(f"{url}?pick={town.other.households[0].pk}").status_code == 404
    assert client.get(f"{url}?pick=abc").status_code == 404
    assert (
        client.get(f"{url}?pick={town.own.households[0].pk}&to={town.other.members[0].pk}").status_code == 404
    )


def test_a_split_is_counted_anew_before_it_is_made(town, signed_in):
    client, own = signed_in(town.secretary), town.own
    url = reverse("grids:split", args=[own.grids[0].pk])
    assert 'value="第3网格"' in page(client, url)
    data = {**opened(client, url), "name": "第3网格", "group_name": "第3党小组", "going": [own.hubs[1].pk]}
    look = client.post(url, {**data, "look": "1"}).content.decode()
    assert look.count("党员 2 名") == 2
    partial = client.post(url, {**data, "look": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in partial
    assert partial.count("党员 2 名") == 2
    assert not Node.objects.filter(name="第3网格").exists()
    lane = own.root.villager_groups.get()
    done = client.post(url, {**data, f"lane_{lane.pk}": "both"}, follow=True).content.decode()
    assert "已从“第1网格”拆分出“第3网格”" in done
    assert set(lane.grids.values_list("node__name", flat=True)) >= {"第1网格", "第3网格"}


def test_a_split_of_nothing_is_told_on_the_page(town, signed_in):
    client = signed_in(town.secretary)
    url = reverse("grids:split", args=[town.own.hubs[0].pk])
    data = {**opened(client, url), "name": "新中心户", "hub_kind": "central"}
    assert "请选择划到新单位的下级。" in client.post(url, data).content.decode()
    everybody = [member.pk for member in town.own.members[:2]]
    assert "全部划走就不是拆分了" in client.post(url, {**data, "going": everybody}).content.decode()
    gone = client.post(url, {**data, "going": [town.own.members[-1].pk]}).content.decode()
    assert "已经不在这里" in gone


def test_a_new_hub_is_called_after_the_first_member_who_goes(town, signed_in):
    client, own = signed_in(town.secretary), town.own
    url, going = reverse("grids:split", args=[own.hubs[0].pk]), own.members[0]
    data = {**opened(client, url), "hub_kind": "central"}
    unnamed = client.post(url, data).content.decode()
    assert "请填写新中心户（示范岗）的名称。" in unnamed
    data = {**data, "going": [going.pk]}
    assert f"<strong>{going.name}户</strong>" in client.post(url, {**data, "look": "1"}).content.decode()
    client.post(url, data)
    assert Node.objects.get(name=f"{going.name}户").hub_profile.hub_kind == "central"


def test_where_to_move_several_leaves_out_where_they_are_and_names_one_village(town, signed_in):
    client, own = signed_in(town.clerk), town.own
    url = reverse("grids:children_move", args=[own.groups[0].pk])
    answer = page(client, f"{url}?next=1&pick={own.hubs[0].pk}&village=")
    assert f"to={own.groups[1].pk}" in answer
    assert f"to={own.groups[0].pk}" not in answer
    assert '<option value="">全部</option>' not in answer
    assert f'<option value="{own.root.pk}" selected>' in answer


def test_a_household_is_offered_the_members_of_its_own_group_first(town, signed_in):
    client, own = signed_in(town.clerk), town.own
    loose = factories.node(Kind.HOUSEHOLD, "钱七", own.groups[1])
    answer = client.get(reverse("grids:node_move", args=[loose.pk]))
    first = answer.context["targets"][0].node
    assert (first.kind, first.group_id) == (Kind.MEMBER, own.groups[1].pk)


def test_a_member_without_households_is_offered_those_of_the_village(town, signed_in):
    client, own = signed_in(town.clerk), town.own
    idle = own.members[0]
    url = f"{reverse('grids:children_move', args=[own.groups[0].pk])}?to={idle.pk}"
    assert "本村的农户都有联系党员了" in page(client, url)
    loose = factories.node(Kind.HOUSEHOLD, "钱七", own.groups[1])
    answer = page(client, url)
    assert f"选由“{idle.name}”联系的农户" in answer
    assert f'value="{loose.pk}"' in answer


def test_a_group_is_split_and_merged_with_its_grid(town, signed_in):
    client, own = signed_in(town.clerk), town.own
    for name in ("split", "merge"):
        answer = client.get(reverse(f"grids:{name}", args=[own.groups[0].pk]), follow=True)
        assert answer.redirect_chain[-1][0] == reverse(f"grids:{name}", args=[own.grids[0].pk])
        assert "一个网格建一个党小组" in answer.content.decode()


def test_a_merge_shows_who_closes_and_asks_for_other_names(town, signed_in):
    client, own, other = signed_in(town.clerk), town.own, town.other
    url = reverse("grids:merge", args=[other.root.pk])
    assert f"into={own.root.pk}" in page(client, url)
    confirm = f"{url}?into={own.root.pk}"
    preview = page(client, confirm)
    assert "乙村党支部”注销" in preview
    grid, lane = other.grids[0], other.root.villager_groups.get()
    data = {
        **opened(client, confirm),
        "kept": "甲乙村党支部",
        f"name_{grid.pk}": "乙村第1网格",
        f"name_{other.grids[1].pk}": "乙村第2网格",
        f"lane_{lane.pk}": "乙村一社",
    }
    assert "这个字段是必填项" in client.post(confirm, {**data, f"name_{grid.pk}": ""}).content.decode()
    done = client.post(confirm, data, follow=True).content.decode()
    assert "已把“乙村党支部”并入“甲乙村党支部”" in done
    assert tree.verify() == []


def test_a_merge_with_the_wrong_unit_is_refused_in_words(town, signed_in):
    client = signed_in(town.clerk)
    url = reverse("grids:merge", args=[town.own.grids[0].pk])
    assert "只能和网格合并" in page(client, f"{url}?into={town.own.hubs[0].pk}")
    tree.close(node=town.own.grids[1], on=TODAY, reason=CloseReason.DISSOLVED, with_subtree=True)
    assert "已注销" in page(client, f"{url}?into={town.own.grids[1].pk}")


def test_a_branch_is_raised_on_its_page(town, signed_in):
    client, own = signed_in(town.clerk), town.own
    url = reverse("grids:raise", args=[own.root.pk])
    assert 'value="甲村党总支"' in page(client, url)
    data = {
        **opened(client, url),
        "name": "甲村党总支",
        "approval_no": "青党发〔2026〕8号",
        "approved_on": "2026.9.1",
        "branch_1": "甲村东片党支部",
        "branch_2": "",
        f"part_{own.grids[0].pk}": "1",
        f"part_{own.grids[1].pk}": "2",
    }
    assert "归到这个党支部，请填写它的名称" in client.post(url, data).content.decode()
    data["branch_2"] = "甲村西片党支部"
    look = client.post(url, {**data, "look": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "甲村西片党支部" in look
    done = client.post(url, data, follow=True).content.decode()
    assert "已升格为“甲村党总支”" in done
    assert "青党发〔2026〕8号" in done
    assert client.get(url, follow=True).redirect_chain[-1][0] == own.root.get_absolute_url()


def test_an_industry_group_is_founded_on_its_page(town, signed_in):
    client, own = signed_in(town.secretary), town.own
    url = reverse("grids:industry", args=[own.root.pk])
    assert own.members[0].name in page(client, url)
    data = {"on": "2026-09-16", "trade": "苹果"}
    assert "请选择编入这个党小组的党员。" in client.post(url, data).content.decode()
    done = client.post(url, {**data, "members": [own.members[0].pk]}, follow=True).content.decode()
    assert "已组建“苹果产业党小组”，编入 1 名党员。" in done
    listed = page(client, reverse("grids:node_list", args=["grid"]) + "?state=industry")
    assert "苹果产业网格" in listed
    other = town.other
    far = f"{url}?village={other.root.pk}"
    assert other.members[0].name not in page(client, far)  # a secretary takes only the own village's
    client = signed_in(town.clerk)
    data = {"on": "2026-09-16", "trade": "养牛", "members": [other.members[0].pk]}
    assert "已组建“养牛产业党小组”" in client.post(far, data, follow=True).content.decode()
    assert Node.objects.get(pk=other.members[0].pk).root_id == own.root.pk
    assert tree.verify() == []


def test_the_structure_page_offers_what_fits(town, signed_in):
    own = town.own
    url = reverse("grids:structure", args=[own.root.pk])
    offers = {
        seat: [work.title for work in signed_in(town.seats[seat]).get(url).context["works"]]
        for seat in ("clerk", "secretary")
    }
    assert offers["clerk"] == ["调整多个下级", "合并", "升格为党总支", "组建行业产业党小组", "注销"]
    assert offers["secretary"] == ["调整多个下级", "合并", "组建行业产业党小组", "注销"]
    group = page(signed_in(town.clerk), reverse("grids:structure", args=[own.groups[0].pk]))
    assert reverse("grids:split", args=[own.grids[0].pk]) in group


# --- undoing ----------------------------------------------------------------------------------------


def test_each_change_of_structure_can_be_taken_back_exactly(town, signed_in):
    client, own, other = signed_in(town.clerk), town.own, town.other
    factories.appoint(own.people[0], Role.GROUP_LEADER, own.groups[1])
    split = reverse("grids:split", args=[own.grids[0].pk])
    merge = f"{reverse('grids:merge', args=[own.grids[1].pk])}?into={own.grids[0].pk}"
    villages = f"{reverse('grids:merge', args=[other.root.pk])}?into={own.root.pk}"
    raising = reverse("grids:raise", args=[own.root.pk])
    moving = (
        f"{reverse('grids:children_move', args=[own.members[0].pk])}"
        f"?pick={own.households[0].pk}&to={own.members[1].pk}"
    )
    lane = own.root.villager_groups.get().pk
    forms = {
        split: {
            "name": "第3网格", "group_name": "第3党小组", "going": [own.hubs[1].pk], f"lane_{lane}": "go",
        },
        merge: {"kept": "第1网格"},
        villages: {
            "kept": "甲村党支部",
            **{f"name_{grid.pk}": f"乙村{grid.name}" for grid in other.grids},
            f"lane_{other.root.villager_groups.get().pk}": "乙村一社",
        },
        raising: {"name": "甲村党总支", "branch_1": "甲村第一党支部", f"part_{own.grids[0].pk}": "1"},
        reverse("grids:industry", args=[own.root.pk]): {"trade": "苹果", "members": [own.members[0].pk]},
        moving: {},
    }  # fmt: skip
    before = state()
    for url, fields in forms.items():
        common = {"on": "2026-09-16", "reason": "试"}
        seen = SEEN.search(page(client, url))
        sent = client.post(url, {**common, "seen": seen[1] if seen else "", **fields})
        assert sent.status_code == 302, url
        assert state() != before
        assert tree.verify() == []
        undo(action=Action.objects.latest("pk"), by=town.clerk)
        assert state() == before, url
        assert tree.verify() == []


# --- coverage gaps ----------------------------------------------------------------------------------


@pytest.fixture
def holes(town):
    """甲村 with one of every gap, and nothing missing but heads in 乙村."""
    own = town.own
    VillagerGroup.objects.create(root=own.root, name="九社")
    tree.move(node=own.households[0], to=own.groups[0])
    tree.move(node=own.members[1], to=own.groups[0])
    for name in ("空网格", "有组的网格"):
        GridProfile.objects.create(node=factories.node(Kind.GRID, name, own.root))
    group = factories.node(Kind.GROUP, "空党小组", Node.objects.get(name="有组的网格"))
    factories.node(Kind.HUB, "空中心户", own.groups[1])
    for row in Node.objects.filter(parent=own.members[2], kind=Kind.HOUSEHOLD):
        tree.move(node=row, to=own.members[3])
    Post.objects.create(
        township=town.township,
        person=own.people[0],
        node=own.root,
        role=Role.COMMITTEE,
        since=date(2020, 1, 1),
        term_until=date(2023, 1, 1),
    )
    return {"group": group}


def numbers(client, query: str = "?all=1") -> dict[str, int]:
    response = client.get(reverse("grids:gaps") + query)
    return {total.kind.code: total.n for total in response.context["totals"]}


def test_every_gap_is_counted_per_kind_and_village(town, holes, signed_in):
    client = signed_in(town.clerk)
    own = numbers(client, f"?village={town.own.root.pk}")
    assert own == {
        "gridless": 1,
        "groupless": 1,
        "secretaryless": 0,
        "leaderless": 2,
        "staffless": 4,
        "hubless": 1,
        "headless": 5,
        "memberless": 1,
        "unplaced": 1,
        "idle": 1,
        "unlinked": 1,
        "past_term": 1,
    }
    other = numbers(client, f"?village={town.other.root.pk}")
    assert {code: n for code, n in other.items() if n} == {"leaderless": 2, "staffless": 2, "headless": 4}
    assert numbers(client) == {code: n + other[code] for code, n in own.items()}
    assert numbers(signed_in(town.secretary)) == own


def test_each_gap_leads_to_the_form_that_mends_it(town, holes, signed_in):
    client, own = signed_in(town.secretary), town.own
    for code, n in numbers(client).items():
        response = client.get(reverse("grids:gaps") + f"?kind={code}")
        assert len(response.context["rows"]) == n
        for _, url, repair in response.context["rows"]:
            assert not url or client.get(url).status_code == 200
            assert client.get(repair).status_code == 200
    hub = Node.objects.get(name="空中心户")
    repair = client.get(reverse("grids:gaps") + "?kind=memberless").context["rows"][0][2]
    assert repair == f"{reverse('grids:children_move', args=[own.groups[1].pk])}?to={hub.pk}"


def test_a_villager_group_is_put_into_a_grid(town, holes, signed_in):
    client = signed_in(town.secretary)
    lane = VillagerGroup.objects.get(name="九社")
    url = reverse("grids:gap_lane", args=[lane.pk])
    foreign = client.post(url, {"grid": town.other.grids[0].pk}).content.decode()
    assert "field-error" in foreign
    done = client.post(url, {"grid": town.own.grids[0].pk}, follow=True).content.decode()
    assert "已把“九社”划入“第1网格”" in done
    assert set(town.own.grids[0].grid_profile.villager_groups.values_list("name", flat=True)) == {
        "一社", "九社",
    }  # fmt: skip


def test_readers_see_gaps_of_their_own_places_without_repairs(town, holes, signed_in):
    response = signed_in(town.group_leader).get(reverse("grids:gaps") + "?kind=unlinked")
    assert [repair for _, _, repair in response.context["rows"]] == [""]
    assert numbers(signed_in(town.group_leader))["gridless"] == 0
    assert {total.n for total in response.context["totals"] if total.kind.code == "secretaryless"} == {0}


def test_the_export_holds_the_rows_shown(town, holes, signed_in):
    client = signed_in(town.clerk)
    query = f"?kind=headless&village={town.own.root.pk}&export=xlsx"
    sheet = openpyxl.load_workbook(BytesIO(client.get(reverse("grids:gaps") + query).content)).active
    cells = [row for row in sheet.iter_rows(values_only=True) if "中心户缺负责人" in row]
    assert len(cells) == 5
