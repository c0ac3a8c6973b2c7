"""The pages of the ratios as the office, a village and a reader see and use them."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from grids.choices import BandCode, PersonalReason
from grids.models import BandException, BandRule, PersonalBand
from grids.queries.bands import bands_in_force
from grids.rules import PRESET
from tests.factories import TownshipFactory, UserFactory, member, secretary, village
from township.choices import OfficeRole

LATER = date(2099, 12, 31)
BANDS = reverse("liaison:bands")


def edit(year: int = 0) -> str:
    return reverse("liaison:bands_edit", args=[year or localdate().year])


def filled(**typed: str) -> dict[str, str]:
    """The form as it opens, with some fields typed over: E5_low="12"."""
    names = ("low", "high", "hard", "mode", "clause", "quote")
    found = {f"{code}-{name}": str(getattr(band, name)) for code, band in PRESET.items() for name in names}
    found |= {f"{code}-scope": str(PRESET[code].scope) for code in ("E3", "E4", "E5")}
    return {**found, **{name.replace("_", "-"): value for name, value in typed.items()}}


def words(response) -> str:
    """What stands on the page, without tags and doubled blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def office(clerk, signed_in) -> Client:
    return signed_in(clerk)


@pytest.fixture
def in_village(village_secretary, signed_in) -> Client:
    return signed_in(village_secretary)


# --- what holds -------------------------------------------------------------------------------------


def test_the_page_says_what_the_ratios_ask_for(made, office):
    page = office.get(BANDS)
    said = words(page)
    assert "全乡镇：农户 24 户 ÷ 15 = 至少 2 名能履职党员；现有 8 名，多 6 名（平均每名不足 10 户）。" in said
    assert "两种算法相差 3.3–15 倍，不能同时做到。" in said
    assert "乡镇没有另定，按文件的规定" in said
    assert [row.band.code for row in page.context["rows"]] == list(PRESET)
    assert "二(四)1 每名党员联系10-15户群众" in said
    assert next(bar.label for bar in page.context["bars"]) == "需要 2，现有 8，多 6 名（平均每名不足 10 户）"


def test_a_village_and_a_member_see_their_own(made, clerk, in_village, signed_in):
    village(clerk.township, "乙村")
    assert "您能看到的范围：农户 24 户" in words(in_village.get(BANDS))
    page = signed_in(member(made)).get(BANDS)
    assert [row.name for row in page.context["villages"]] == [made.root.name]
    assert edit() not in page.content.decode()


def test_years_are_chosen_and_a_senseless_one_is_this_year(made, office, clerk):
    this = localdate().year
    BandRule.objects.create(
        township=clerk.township, year=this - 2, code=BandCode.MEMBER, low=8, high=12, hard=20
    )
    page = office.get(BANDS, {"year": this - 2})
    assert (page.context["years"], page.context["year"]) == ([this - 2, this, this + 1], this - 2)
    assert not page.context["may_edit"]
    assert f"{this} 年没有另定，沿用 {this - 2} 年的区间" in words(office.get(BANDS))
    assert office.get(BANDS, {"year": "去年"}).context["year"] == this


# --- changing a year --------------------------------------------------------------------------------


def test_a_change_is_previewed_with_its_effect_and_then_written(made, office, clerk):
    preview = office.post(edit(), filled(E5_low="1", E5_high="16"))
    said = words(preview)
    assert "超出的党员 1 → 0 名；不足的党员 7 → 4 名" in said
    assert "党员联系群众：需要能履职党员 2 → 2–24 名，现有 8，够用。" in said
    assert not BandRule.objects.exists()
    done = office.post(edit(), {**filled(E5_low="1", E5_high="16"), "confirm": preview.context["seal"]})
    assert done.url == f"{BANDS}?year={localdate().year}"
    band = bands_in_force(clerk.township_id, year=localdate().year)[BandCode.MEMBER]
    assert (band.low, band.high) == (1, 16)
    page = office.get(BANDS)
    assert "文书甲：党员联系群众 10–15户 → 1–16户" in words(page)
    assert [row.band.code for row in page.context["rows"] if row.changed] == [BandCode.MEMBER]


def test_going_back_keeps_what_was_typed(made, office):
    page = office.post(edit(), {**filled(E5_low="9"), "back": "1"})
    assert 'name="E5-low" value="9"' in page.content.decode()
    assert not BandRule.objects.exists()


def test_a_preview_that_has_aged_is_shown_anew(made, office, clerk):
    seal = office.post(edit(), filled(E5_low="9")).context["seal"]
    other = {f"{code}-{name}": value for code, name, value in [("E4", "low", "4")]}
    first = office.post(edit(), {**filled(), **other})
    office.post(edit(), {**filled(), **other, "confirm": first.context["seal"]})
    late = office.post(edit(), {**filled(E5_low="9"), "confirm": seal})
    assert "预览以后，别人改过这一年的比例区间" in words(late)
    assert "中心户（示范岗）联系党员 4–10名 → 5–10名" in words(late)
    assert bands_in_force(clerk.township_id, year=localdate().year)[BandCode.MEMBER].low == 10


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"E5_low": "16"}, "high", "上限不能小于下限 16。"),
        ({"E5_high": "31"}, "hard", "编排时最多不能小于上限 31。"),
        ({"E5_high": ""}, "high", "请填数字。"),
        ({"E5_high": "十"}, "high", "请填整数。"),
        ({"E5_clause": ""}, "clause", "这个字段是必填项。"),
    ],
)
def test_a_bad_order_is_refused_at_its_field(made, office, typed, field, said):
    page = office.post(edit(), filled(**typed))
    faulty = {
        (str(form.band.code), name): errors
        for form in page.context["form"]
        for name, errors in form.errors.items()
    }
    assert faulty == {("E5", field): [said]}
    assert "有 1 处需要改正" in words(page)


def test_the_documents_ratios_are_put_back_through_the_same_preview(made, office):
    office.post(
        edit(), {**filled(E5_low="9"), "confirm": office.post(edit(), filled(E5_low="9")).context["seal"]}
    )
    assert f"{edit()}?document" in office.get(BANDS).content.decode()
    form = office.get(f"{edit()}?document").context["form"]
    assert {str(row.band.code): row["low"].value() for row in form}["E5"] == 10


def test_only_this_and_the_next_year_are_edited(made, office):
    this = localdate().year
    assert [office.get(edit(year)).status_code for year in (this - 1, this, this + 1, this + 2)] == [
        404,
        200,
        200,
        404,
    ]


# --- ranges of single holders -----------------------------------------------------------------------


def test_a_range_is_given_from_the_places_own_page_and_ended(made, in_village):
    node = made.members[0]
    add = f"{reverse('liaison:own_band_add')}?node={node.pk}"
    assert add.replace("&", "&amp;") in in_village.get(node.get_absolute_url()).content.decode()
    typed = {"low": "0", "high": "5", "reason": "age", "note": "", "since": "2026.1.1", "until": ""}
    in_village.post(add, typed)
    band = PersonalBand.objects.get()
    assert (band.node_id, band.low, band.high, band.since) == (node.pk, 0, 5, date(2026, 1, 1))
    listed = in_village.get(reverse("liaison:own_bands"))
    assert "0–5 户 10–15 户 16 ▲ 超过5 年满七十 2026-01-01 至 今" in words(listed)
    in_village.post(reverse("liaison:own_band_end", args=[band.pk]), {"until": "2026-01-02"})
    band.refresh_from_db()
    assert band.until == date(2026, 1, 2)
    assert list(in_village.get(reverse("liaison:own_bands")).context["rows"]) == []
    assert len(in_village.get(reverse("liaison:own_bands"), {"ended": "on"}).context["rows"]) == 1


def test_a_range_is_corrected_and_a_stale_form_is_not_taken(made, in_village):
    band = PersonalBand.objects.create(node=made.hubs[0], low=2, high=5, reason=PersonalReason.POSTS)
    url = reverse("liaison:own_band_edit", args=[band.pk])
    form = in_village.get(url).context["form"]
    typed = {"low": "2", "high": "6", "reason": "posts", "seen": form["seen"].value()}
    in_village.post(url, typed)
    again = in_village.post(url, {**typed, "high": "7"})
    assert "别人改过这条记录" in words(again)
    band.refresh_from_db()
    assert band.high == 6


def test_the_holder_is_looked_for_by_name(made, office, in_village, clerk):
    other = village(clerk.township, "乙村")
    add = reverse("liaison:own_band_add")
    assert office.get(add).context["found"] == []
    found = office.get(add, {"q": "乙村"}).context["found"]
    assert {node.root_id for node in found} == {other.root.pk}
    assert list(in_village.get(add, {"q": "乙村"}).context["found"]) == []


def test_a_place_that_holds_nothing_of_its_own_has_no_range(made, office):
    add = reverse("liaison:own_band_add")
    assert office.get(add, {"node": made.grids[0].pk}).status_code == 404
    assert office.get(add, {"node": "9" * 30}).status_code == 404


# --- exceptions -------------------------------------------------------------------------------------


def ask(client: Client, node, **typed: str):
    sent = {"code": "E4", "reason": "山大沟深", "until": "2099-12-31", **typed}
    return client.post(f"{reverse('liaison:exception_add')}?node={node.pk}", sent)


def test_the_village_asks_the_office_confirms_and_the_mark_changes(made, in_village, office):
    hub = made.hubs[0]
    page = in_village.get(hub.get_absolute_url())
    assert f"{reverse('liaison:exception_add')}?node={hub.pk}&amp;code=E4" in page.content.decode()
    assert ask(in_village, hub).url == reverse("liaison:exceptions")
    assert "少于5" in words(in_village.get(hub.get_absolute_url()))
    assert "有 1 项例外等您认可" in words(office.get(BANDS))
    assert "等您认可" not in words(in_village.get(BANDS))
    pk = BandException.objects.get().pk
    office.post(reverse("liaison:exception_confirm", args=[pk]))
    said = words(in_village.get(hub.get_absolute_url()))
    assert "例外" in said
    assert "已认可至2099-12-31：山大沟深" in said
    [line] = in_village.get(reverse("liaison:exceptions")).context["rows"]
    assert (line["state"], line["may_decide"], line["may_end"]) == ("standing", False, True)


def test_the_office_declines_with_a_reason_that_the_village_reads(made, in_village, office):
    ask(in_village, made.hubs[0])
    url = reverse("liaison:exception_decline", args=[BandException.objects.get().pk])
    assert list(office.post(url, {"why": ""}).context["form"].errors) == ["why"]
    office.post(url, {"why": "请先编入邻组党员"})
    page = in_village.get(reverse("liaison:exceptions"), {"state": "declined"})
    assert "不认可 请先编入邻组党员" in words(page)
    office.post(reverse("liaison:exception_confirm", args=[BandException.objects.get().pk]))
    assert BandException.objects.get().confirmed_on is None


def test_it_is_withdrawn_by_those_who_asked_and_ended_by_either(made, in_village, office):
    ask(in_village, made.hubs[0])
    [line] = office.get(reverse("liaison:exceptions")).context["rows"]
    assert (line["may_decide"], line["may_end"]) == (True, False)
    end = reverse("liaison:exception_end", args=[BandException.objects.get().pk])
    in_village.post(end)
    assert BandException.objects.get().declined == "申请已撤回"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"until": "2026-02-30"}, "until"),
        ({"until": "2020-01-01"}, "until"),
        ({"code": "E5"}, "code"),
        ({"reason": "常年患病"}, "reason"),
    ],
)
def test_a_senseless_request_is_refused_at_its_field(made, in_village, typed, field):
    assert list(ask(in_village, made.hubs[0], **typed).context["form"].errors) == [field]
    assert not BandException.objects.exists()


def test_what_is_in_order_is_offered_no_exception(made, in_village):
    page = in_village.get(reverse("liaison:exception_add"), {"node": made.groups[0].pk, "code": "E3"})
    assert [code for code, _ in page.context["form"].fields["code"].choices] == ["R19", "E4"]
    said = words(in_village.get(made.groups[0].get_absolute_url()))
    assert said.count("申请例外") == 2


def test_places_out_of_band_are_offered_worst_first(made, in_village, office, clerk):
    other = village(clerk.township, "乙村")
    add = reverse("liaison:exception_add")
    found = in_village.get(add).context["found"]
    assert [(line.node.pk, line.words) for line in found[:1]] == [
        (made.members[0].pk, "16户，应为10–15户，超1户")
    ]
    assert {line.node.root_id for line in found} == {made.root.pk}
    assert {line.node.root_id for line in office.get(add, {"q": "乙村"}).context["found"]} == {other.root.pk}
    ask(in_village, made.members[0], code="E5")
    office.post(reverse("liaison:exception_confirm", args=[BandException.objects.get().pk]))
    assert made.members[0].pk not in {line.node.pk for line in in_village.get(add).context["found"]}


def test_filters_and_scope_of_exceptions(made, in_village, office, clerk, signed_in):
    other = village(clerk.township, "乙村")
    ask(in_village, made.hubs[0])
    ask(signed_in(secretary(other)), other.hubs[0])
    ask(signed_in(secretary(other)), other.members[0], code="E5")
    url = reverse("liaison:exceptions")

    def count(client, **query):
        return client.get(url, query).context["page_obj"].paginator.count

    assert [count(office), count(in_village)] == [3, 1]
    assert [
        count(office, code="E5"),
        count(office, village=other.root.pk),
        count(office, state="standing"),
    ] == [1, 2, 0]
    leader = signed_in(UserFactory(township=clerk.township, office_role=OfficeRole.LEADER))
    assert count(leader) == 3
    assert {(line["may_decide"], line["may_end"]) for line in leader.get(url).context["rows"]} == {
        (False, False)
    }
    assert count(signed_in(UserFactory(township=TownshipFactory()))) == 0
