"""上传 → 预览 → 确认 in the browser's place: what each page says, and who may see it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from grids.choices import Kind
from grids.models import Node, RosterUpload
from tests.factories import TownshipFactory, UserFactory, group_leader, member, secretary, village
from tests.grids.imports.villages import truth_path
from township.choices import Deed, OfficeRole
from township.models import AuditEvent

pytestmark = pytest.mark.django_db
SAMPLE = "大坪村_member_rows.xlsx"
CSV = (
    "党支部,党小组,党员姓名,党员电话,户主姓名,身份证号,养殖规模\n"
    "甲村党支部,第一党小组,白子龙,{phone},王军,620102197001011234,3\n"
)


@pytest.fixture
def township():
    return TownshipFactory(name="青河乡")


@pytest.fixture
def clerk(client, township):
    user = UserFactory(township=township, full_name="演示乡党政办")
    client.force_login(user)
    return user


def upload(client, data=None, name=SAMPLE, **fields):
    content = data if data is not None else (truth_path() / SAMPLE).read_bytes()
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("grids:import_new"), {"file": file, **fields}, follow=True)


def text_of(response):
    return response.content.decode()


def test_upload_preview_confirm(client, clerk):
    page = upload(client)
    assert page.status_code == 200
    kept = RosterUpload.objects.get()
    assert (kept.state, kept.by, kept.file_name) == ("waiting", clerk, SAMPLE)
    assert "确认导入" in text_of(page)
    assert "性别、出生年月、入党时间（没有读取，也没有保存）" in text_of(page)
    assert not Node.objects.exists()

    done = client.post(reverse("grids:import_confirm", args=[kept.pk]), follow=True)
    assert "已导入，所有更改都记入了历史。" in text_of(done)
    assert Node.objects.filter(kind=Kind.HOUSEHOLD).count() == 169
    kept.refresh_from_db()
    assert (kept.state, kept.rows) == ("applied", None)
    event = AuditEvent.objects.get(deed=Deed.IMPORT)
    assert (event.user, event.address) == (clerk, "127.0.0.1")
    assert "确认导入" not in text_of(done)

    listed = text_of(client.get(reverse("grids:imports")))
    assert SAMPLE in listed
    assert "农户 新增169" in listed
    assert "演示乡党政办" in listed


def test_confirming_twice_loads_once(client, clerk):
    upload(client)
    address = reverse("grids:import_confirm", args=[RosterUpload.objects.get().pk])
    client.post(address)
    client.post(address)
    assert AuditEvent.objects.filter(deed=Deed.IMPORT).count() == 1


def test_same_file_again_has_nothing_to_confirm(client, clerk):
    upload(client)
    client.post(reverse("grids:import_confirm", args=[RosterUpload.objects.get().pk]))
    page = upload(client)
    assert "没有变化，不用确认" in text_of(page)
    assert RosterUpload.objects.first().state == "unchanged"


def test_discard_drops_the_rows(client, clerk):
    upload(client)
    kept = RosterUpload.objects.get()
    page = client.post(reverse("grids:import_discard", args=[kept.pk]), follow=True)
    kept.refresh_from_db()
    assert (kept.state, kept.rows) == ("discarded", None)
    assert "已放弃" in text_of(page)
    client.post(reverse("grids:import_confirm", args=[kept.pk]))
    assert not Node.objects.exists()


def test_numbers_not_collected_are_stored_nowhere(client, clerk):
    columns = text_of(upload(client, CSV.format(phone="13900000001").encode(), "甲村.csv"))
    assert "内容已删去" in columns
    assert "没有认准" in columns
    kept = RosterUpload.objects.get()
    page = text_of(client.get(kept.get_absolute_url()))
    assert "身份证号（没有读取，也没有保存）" in page
    assert "养殖规模（没有读取）" in page
    assert "620102197001011234" not in f"{kept.rows}{kept.report}{kept.preview}"


def test_changes_show_old_and_new(client, clerk):
    for phone in ("13900000001", "13900000002"):
        upload(client, CSV.format(phone=phone).encode(), "甲村.csv")
        client.post(reverse("grids:import_confirm", args=[RosterUpload.objects.first().pk]))
    page = text_of(client.get(RosterUpload.objects.first().get_absolute_url()))
    assert "13900000001" in page
    assert "13900000002" in page
    assert "电话" in page


def test_bad_file_says_where_and_what_to_do(client, clerk):
    page = upload(client, b"<html><table></table></html>", "名册.xls")
    assert "没有导入，系统没有改动" in text_of(page)
    assert "网页（HTML）" in text_of(page)
    assert RosterUpload.objects.get().state == "refused"
    rows = "党支部,党小组,党员姓名,户主姓名\n甲村党支部,第一党小组,白子龙,王*\n"
    page = text_of(upload(client, rows.encode(), "名册.csv"))
    assert "姓名打了星号" in page
    assert "CSV 2 行" in page
    assert "确认导入" not in page


@pytest.mark.parametrize(("content", "words"), [(b"", "这个文件是空的"), (None, "请选择要上传的文件")])
def test_form_says_what_is_missing(client, clerk, content, words):
    data = {} if content is None else {"file": SimpleUploadedFile("a.xlsx", content)}
    page = client.post(reverse("grids:import_new"), data)
    assert words in text_of(page)
    assert not RosterUpload.objects.exists()


def test_too_large_a_file_is_refused(client, clerk, settings):
    settings.MAX_ROSTER_BYTES = 1024 * 1024
    page = upload(client, b"x" * (1024 * 1024 + 1), "a.csv")
    assert "文件超过 1 MB" in text_of(page)


def test_what_changed_after_the_preview_is_shown_first(client, clerk, township):
    upload(client, CSV.format(phone="13900000001").encode(), "甲村.csv")
    kept = RosterUpload.objects.get()
    upload(client, CSV.format(phone="13900000002").encode(), "甲村二.csv")
    client.post(reverse("grids:import_confirm", args=[RosterUpload.objects.first().pk]))
    page = client.post(reverse("grids:import_confirm", args=[kept.pk]), follow=True)
    assert "预览之后系统里的内容有变动" in text_of(page)
    kept.refresh_from_db()
    assert kept.is_waiting
    client.post(reverse("grids:import_confirm", args=[kept.pk]))
    kept.refresh_from_db()
    assert kept.state == "applied"


def test_secretary_sees_and_loads_the_own_village_only(client, township):
    own, other = village(township, "甲村"), village(township, "乙村")
    client.force_login(secretary(own))
    form = text_of(client.get(reverse("grids:import_new")))
    assert own.root.name in form
    assert other.root.name not in form
    upload(client, CSV.format(phone="13900000001").replace("甲村", "乙村").encode(), "乙村.csv")
    mine = RosterUpload.objects.get()
    assert "您只能导入本村的花名册" in text_of(client.get(mine.get_absolute_url()))

    clerk = UserFactory(township=township)
    client.force_login(clerk)
    upload(client)
    assert client.get(mine.get_absolute_url()).status_code == 200
    theirs = RosterUpload.objects.exclude(pk=mine.pk).get()
    client.force_login(secretary(other))
    read = ("preview", "errors", "file")
    for name in (*read, "columns", "confirm", "discard", "mend", "join", "undo"):
        address = reverse(f"grids:import_{name}", args=[theirs.pk])
        send = client.get if name in read else client.post
        assert send(address).status_code == 404
    client.force_login(UserFactory(township=TownshipFactory()))
    assert client.get(theirs.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("seat", ["leader", "auditor", "system_admin", "group_leader", "member"])
def test_others_may_not_come_here(client, township, seat):
    made = village(township)
    by_seat = {"group_leader": group_leader, "member": member}
    role = OfficeRole(seat) if seat not in by_seat else None
    user = UserFactory(township=township, office_role=role) if role else by_seat[seat](made)
    client.force_login(user)
    # a leader of a group loads meetings, and finds those again
    assert client.get(reverse("grids:imports")).status_code == (200 if seat == "group_leader" else 403)
    assert upload(client).status_code == 403


def test_rows_nobody_confirmed_are_dropped_after_a_month(client, clerk):
    upload(client)
    old = RosterUpload.objects.get()
    long_ago = timezone.now() - timedelta(days=31)
    RosterUpload.objects.update(at=long_ago, checked_at=long_ago)
    upload(client)
    old.refresh_from_db()
    assert (old.state, old.rows) == ("discarded", None)
    assert RosterUpload.objects.filter(state="waiting").count() == 1


def test_list_filters_and_costs_the_same_for_many(client, clerk, township, django_assert_num_queries):
    def fill(n):
        RosterUpload.objects.bulk_create(
            [
                RosterUpload(
                    township=township,
                    by=clerk,
                    file_name=f"名册{i}.xlsx",
                    state="discarded",
                    report={"counts": {}},
                )
                for i in range(n)
            ]
        )

    address = reverse("grids:imports")
    assert "没有导入记录" in text_of(client.get(address))
    fill(5)
    client.get(address)
    with django_assert_num_queries(5):
        client.get(address)
    fill(60)
    with django_assert_num_queries(5):
        client.get(address)
    assert "名册7.xlsx" in text_of(client.get(f"{address}?q=名册7&state=discarded"))
    assert "没有导入记录" in text_of(client.get(f"{address}?state=applied"))
