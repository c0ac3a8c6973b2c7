"""What the pages of an import say: other windows, several runs, villager groups made on the way."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from grids.choices import Kind, Role
from grids.imports.reading import child
from grids.models import Node, Post, RosterUpload, VillagerGroup
from tests.factories import TownshipFactory, UserFactory

pytestmark = pytest.mark.django_db
TITLES = "党支部,党小组,党员姓名,户主姓名,村民小组,户联系电话"
KNOWN = "甲村党支部,第一党小组,白子龙,王军,一社,13911110001"


@pytest.fixture(autouse=True)
def no_child(monkeypatch):
    """The child's work without its process."""

    def ask(request, limits):
        return json.loads(child.answer_to(json.loads(json.dumps(request)), limits))

    monkeypatch.setattr(child, "ask_child", ask)
    monkeypatch.setattr(child, "allow_copying", lambda: None)


@pytest.fixture
def clerk(client, settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    user = UserFactory(township=TownshipFactory(name="青河乡"), full_name="演示乡党政办")
    client.force_login(user)
    act(client, send(client, KNOWN), "confirm")
    return user


def send(client, *rows, titles=TITLES):
    file = SimpleUploadedFile("甲村.csv", "\n".join([titles, *rows]).encode())
    client.post(reverse("grids:import_new"), {"file": file})
    return RosterUpload.objects.order_by("-pk").first()


def act(client, upload, what, **fields):
    response = client.post(reverse(f"grids:import_{what}", args=[upload.pk]), fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def in_two_runs(client):
    """One row loaded, the other held until its name is mended."""
    upload = send(client, "甲村党支部,第一党小组,白子龙,冯静,一社,", "甲村党支部,第一党小组,白子龙,赵*,一社,")
    return upload, act(client, upload, "confirm", part="1")


def mended(client, upload):
    upload.refresh_from_db()
    row = next(row for row in upload.preview if row["state"] == "error")
    fields = {"deed": "value", "sheet": row["sheet"], "row": row["row"], "value": "赵兰"}
    act(client, upload, "mend", column=row["issues"][0]["index"], **fields)
    return act(client, upload, "confirm")


def test_a_second_window_is_told_that_its_rows_are_in_already(client, clerk):
    upload, first = in_two_runs(client)
    assert "正确的行已导入" in first
    assert "第 1 批：演示乡党政办 导入 1 行" in first
    second = act(client, upload, "confirm", part="1")
    assert "这些行可能已在别的窗口处理过" in second
    assert Node.objects.filter(kind=Kind.HOUSEHOLD, name="冯静").count() == 1


def test_several_runs_are_counted_together_and_undone_one_by_one(client, clerk):
    upload, _ = in_two_runs(client)
    mended(client, upload)
    assert "导入 2 行，分 2 批" in client.get(reverse("grids:imports")).content.decode()
    last = act(client, upload, "undo")
    assert "这一批导入已撤销，内容恢复到这一批导入之前。" in last
    assert "这次导入已撤销" not in last
    assert "这次导入已撤销，内容恢复到导入之前。" in act(client, upload, "undo")
    assert Node.objects.filter(kind=Kind.HOUSEHOLD).count() == 1


def test_a_villager_group_the_village_has_not_is_told_before_it_is_made(client, clerk):
    told = "没有村民小组“天外社”，将随农户一起新建"
    upload = send(
        client, "甲村党支部,第一党小组,白子龙,冯静,天外社,", "甲村党支部,第一党小组,白子龙,赵兰,一社,"
    )
    assert told in client.get(upload.get_absolute_url()).content.decode()
    assert set(VillagerGroup.objects.values_list("name", flat=True)) == {"一社"}
    act(client, upload, "confirm")
    assert set(VillagerGroup.objects.values_list("name", flat=True)) == {"一社", "天外社"}


def test_villager_groups_of_a_village_just_being_entered_are_no_news(client, clerk):
    upload = send(client, "乙村党支部,第一党小组,李明,周强,二社,")
    assert "将随农户一起新建" not in client.get(upload.get_absolute_url()).content.decode()


def test_a_good_row_shows_what_will_be_done_not_what_a_held_row_would_bring(client, clerk):
    titles = "党支部,党小组,中心户,党员姓名,党员电话,户主姓名"
    here = "甲村党支部,第一党小组,白子龙户,白子龙,13900000001,王军"
    act(client, send(client, here, titles=titles), "confirm")
    held = "甲村党支部,第九党小组,李明户,白子龙,13900000009,钱多"
    upload = send(client, here.replace("白子龙,13900000001,王军", "李明,,冯静"), held, titles=titles)
    good, waiting = upload.preview
    assert (good["state"], waiting["state"]) == ("new", "error")
    assert not [change for change in good["changes"] if change["column"].endswith("负责人")]
    heads = Post.objects.filter(role=Role.HUB_HEAD, node__name="白子龙户").values_list("pk", "until")
    before = list(heads)
    assert "正确的行已导入" in act(client, upload, "confirm", part="1")
    assert list(heads.all()) == before != []
