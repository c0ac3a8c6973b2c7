"""交换文件: set up by the office without any script, taken by every village for itself, and logged."""

import csv
import io

import pytest
from django.urls import reverse

from grids.models import Node
from reports.choices import HandoverSource
from reports.models import ExportRecord, HandoverPreset
from tests.factories import TownshipFactory, UserFactory, secretary, village
from township import history
from township.choices import OfficeRole

LIST = reverse("reports:handovers")
EXAMPLE = reverse("reports:handover_example")


@pytest.fixture
def made(db):
    return village(TownshipFactory(name="青河乡"), "甲村", groups=1, hubs=1, members=2, households=3)


@pytest.fixture
def clerk(made):
    return UserFactory(township=made.root.township)


@pytest.fixture
def example(client, made, clerk):
    """The example preset; the clerk is signed in."""
    client.force_login(clerk)
    client.post(EXAMPLE)
    return HandoverPreset.objects.get()


def take(client, preset, **data):
    return client.post(reverse("reports:handover_file", args=[preset.pk]), {"purpose": "一表通", **data})


def rows(answer, encoding="utf-8-sig"):
    content = b"".join(answer.streaming_content).decode(encoding)
    return list(csv.reader(io.StringIO(content, newline="")))


def typed(preset, *columns, **more):
    """The edit form as filled in: (code, order, heading, codes)."""
    data = {"name": preset.name, "receiver": "县", "file_format": "csv_utf8", "date_form": "%Y%m%d"}
    for code, order, heading, codes in columns:
        data |= {f"use-{code}": "on", f"order-{code}": order, f"heading-{code}": heading}
        data[f"codes-{code}"] = codes
    return {**data, "header": "on", **more}


def edit(client, preset, *columns, **more):
    url = reverse("reports:handover_edit", args=[preset.pk])
    return client.post(url, typed(preset, *columns, **more))


def test_the_example_says_that_it_is_one_and_comes_once(client, example):
    client.post(EXAMPLE)
    assert HandoverPreset.objects.get().is_example
    page = client.get(example.get_absolute_url()).content.decode()
    assert "这是示例，列名和代码要按接收单位的说明改好再用。" in page
    assert "户主姓名" in page
    assert "示例" in client.get(LIST).content.decode()


@pytest.mark.both_databases  # it writes through pages
def test_columns_are_ticked_ordered_named_and_coded_and_the_file_follows(client, made, example):
    answer = edit(
        client,
        example,
        ("linked_by", "3", "LXR", f"{made.members[0].name}=01"),
        ("name", "1", "HZ", ""),
        ("village", "2", "CUN", ""),
    )
    assert answer.url == example.get_absolute_url()
    example.refresh_from_db()
    assert [column["heading"] for column in example.columns] == ["HZ", "CUN", "LXR"]
    assert (example.is_example, example.history.count()) == (False, 2)
    refused = take(client, example).content.decode()
    assert "没有导出：有的值没有对应的代码" in refused
    assert f"第 4 行“LXR”：{made.members[1].name}" in refused
    assert ExportRecord.objects.count() == 0
    found = rows(take(client, example, anyway="on"))
    assert found[0] == ["HZ", "CUN", "LXR"]
    assert [row[2] for row in found[1:]] == ["01"] * 3 + [made.members[1].name] * 3
    record = ExportRecord.objects.get()
    assert (record.rows, record.purpose, record.format) == (6, "一表通", "csv")
    assert record.table == f"交换文件 {example.name}"


def test_buttons_move_a_column_and_keep_what_was_typed(client, example):
    columns = (("name", "1", "HZ", ""), ("village", "2", "CUN", "甲=1"))
    page = edit(client, example, *columns, up="village")
    lines = page.context["columns"].lines
    assert [(line.field.code, line.heading, line.order) for line in lines[:2]] == [
        ("village", "CUN", 1),
        ("name", "HZ", 2),
    ]
    assert lines[0].codes == "甲=1"
    example.refresh_from_db()
    assert example.is_example  # moved on the page, kept with 保存 only
    lines = edit(client, example, *columns, down="name").context["columns"].lines
    assert [line.field.code for line in lines[:2]] == ["village", "name"]


def test_what_is_wrong_with_the_columns_is_said_and_nothing_kept(client, example):
    page = edit(client, example, ("name", "1", "", ""), ("village", "x", "CUN", "没有等号")).content.decode()
    assert "选中的列都要写列名。" in page
    assert "第 1 行没有等号" in page
    assert "请至少选一列。" in edit(client, example).content.decode()
    example.refresh_from_db()
    assert example.is_example


@pytest.mark.parametrize("source", HandoverSource.values)
def test_every_source_begins_with_all_its_columns_and_can_be_taken(client, made, clerk, source):
    client.force_login(clerk)
    data = {"name": "方案", "source": source, "file_format": "xlsx", "date_form": "%Y%m%d", "header": "on"}
    answer = client.post(reverse("reports:handover_new"), data)
    preset = HandoverPreset.objects.get()
    assert answer.url == reverse("reports:handover_edit", args=[preset.pk])
    assert len(preset.columns) >= 8
    page = client.get(preset.get_absolute_url())
    assert page.context["gone"] == []
    headings = {column["heading"] for column in preset.columns}
    assert not any(word in heading for heading in headings for word in ("身份证", "银行", "编号（内部）"))
    assert take(client, preset).status_code == 200
    assert client.get(answer.url).status_code == 200


def test_phones_leave_only_with_those_who_may_have_them(client, made, clerk):
    person = made.people[0]
    person.phone = "13800000001"
    history.save(person, by=clerk, reason="补电话", fields=["phone"])
    HandoverPreset.objects.create(
        township=clerk.township,
        name="党员",
        source="member",
        columns=[{"code": "phone", "heading": "电话", "codes": {}}],
    )
    preset = HandoverPreset.objects.get()
    leader = UserFactory(township=clerk.township, office_role=OfficeRole.LEADER)
    for user, seen in ((clerk, True), (secretary(made), True), (leader, False)):
        client.force_login(user)
        numbers = [row[0] for row in rows(take(client, preset)) if row]
        assert ("13800000001" in numbers) == seen
        assert not any("*" in number or "•" in number for number in numbers)


def test_a_secretary_takes_the_own_village_and_sets_nothing_up(client, made, example):
    beside = village(made.root.township, "乙村")
    client.force_login(secretary(made))
    assert "新建方案" not in client.get(LIST).content.decode()
    found = rows(take(client, example, anyway="on"))
    assert {row[0] for row in found[1:]} == {made.root.name}
    assert "选择" in take(client, example, root=beside.root.pk).content.decode()
    assert client.get(reverse("reports:handover_edit", args=[example.pk])).status_code == 403
    assert client.post(reverse("reports:handover_copy", args=[example.pk])).status_code == 403
    assert ExportRecord.objects.get().organisation == made.root


def test_a_purpose_is_asked_for_and_a_letter_gbk_lacks_is_named(client, made, clerk, example):
    assert "请写明用途。" in take(client, example, purpose="").content.decode()
    household = Node.objects.get(pk=made.households[0].pk)
    household.name = "䶮一"
    history.save(household, by=clerk, reason="更正", fields=["name"])
    edit(client, example, ("name", "1", "户主", ""), file_format="csv_gbk")
    page = take(client, example).content.decode()
    assert "有 GBK 写不出的字。请改用 CSV（UTF-8）或 Excel。" in page
    assert "第 1 行“户主”：䶮一（编码里没有“䶮”）" in page
    assert ExportRecord.objects.count() == 0


def test_a_copy_has_a_name_of_its_own_and_a_name_is_taken_once(client, example):
    for _ in range(2):
        client.post(reverse("reports:handover_copy", args=[example.pk]))
    names = set(HandoverPreset.objects.values_list("name", flat=True))
    assert names == {"一表通（示例）", "一表通（示例） 副本", "一表通（示例） 副本2"}
    second = HandoverPreset.objects.get(name="一表通（示例） 副本")
    assert (second.columns, second.is_example) == (example.columns, False)
    page = edit(client, second, ("name", "1", "户主", ""), name=example.name).content.decode()
    assert "已有同名的交换方案，请换一个名称。" in page


def test_a_retired_preset_hands_nothing_over(client, example):
    edit(client, example, ("name", "1", "户主", ""), retired="on")
    assert take(client, example).url == example.get_absolute_url()
    assert "停用" in client.get(LIST).content.decode()
    assert ExportRecord.objects.count() == 0


def test_a_column_that_is_no_more_is_named(client, example):
    example.columns = [*example.columns, {"code": "gone", "heading": "旧列", "codes": {}}]
    example.save()
    page = client.get(example.get_absolute_url()).content.decode()
    assert "这些列现在没有了，会是空的：旧列" in page
