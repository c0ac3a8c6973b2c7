"""The reserve of cadres from a workbook and back: recommended, corrected, taken back, and seen by few."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from grids.imports import uploads
from grids.imports.undoing import last_run, take_back
from grids.models import ReserveCadre, RosterUpload
from grids.queries.timeline import ActionQuery, actions
from grids.reserve import actions as steps
from tests.factories import TownshipFactory, UserFactory, secretary, village
from tests.grids.registers.books import FIRST, at, confirmed, read_here, sent, written
from tests.worlds import remembered
from township.choices import OfficeRole
from township.models import AuditEvent

LIST, LOAD = reverse("grids:reserve"), reverse("grids:register_load", args=["reserve"])
HEAD = ("序号", "姓名", "现任职务", "推荐方式", "推荐日期", "培养方向", "培养联系人")
GOOD = (
    (1, "李 安", "村文书", "支部推荐", "2026.3.1", "支部委员", "王平"),
    (2, "赵明", "", "群众推荐", "2026年4月", "村委会成员", ""),
)


@pytest.fixture(autouse=True)
def _read_here(monkeypatch):
    monkeypatch.setattr(uploads, "read_book", read_here)


@pytest.fixture
@remembered
def town(db):
    township = TownshipFactory(name="青河乡")
    own, other = (village(township, name, groups=1, hubs=1, members=1) for name in ("甲村", "乙村"))
    return {
        "own": own,
        "other": other,
        "clerk": UserFactory(township=township),
        "leader": UserFactory(township=township, office_role=OfficeRole.LEADER),
        "secretary": secretary(own),
        "neighbour": secretary(other),
    }


def load(user, *rows, head=HEAD, **more):
    return sent(written([head, *rows]), user, "reserve", name="李安等人.xlsx", **more)


def told(upload):
    return [
        (one["row"], issue["column"], issue["message"]) for one in upload.preview for issue in one["issues"]
    ]


def states(upload):
    return [one["state"] for one in upload.preview]


@pytest.mark.both_databases
def test_recommended_corrected_and_taken_back_as_on_the_pages(town):
    upload = load(town["secretary"], *GOOD)
    assert (states(upload), told(upload)) == (["new", "new"], [])
    upload = confirmed(upload, town["secretary"])
    rows = ReserveCadre.objects.order_by("pk").values_list(
        "name", "nominated_on", "target_post", "state", "state_on"
    )
    assert list(rows) == [
        ("李安", date(2026, 3, 1), "committee", "recommended", date(2026, 3, 1)),
        ("赵明", date(2026, 4, 1), "village", "recommended", date(2026, 4, 1)),
    ]
    assert load(town["secretary"], *GOOD).state == "unchanged"
    cadre = ReserveCadre.objects.first()
    steps.take_step(cadre=cadre, code="review", text="同意", day=date(2026, 5, 1), by=town["clerk"])
    again = load(
        town["clerk"], (1, "李安", "会计", "支部推荐", "2026-03-02", "支部委员", ""), branch="甲村党支部"
    )
    assert states(again) == ["changed"]
    assert [one["column"] for one in again.preview[0]["changes"]] == ["现任职务", "推荐日期"]
    confirmed(again, town["clerk"])
    cadre.refresh_from_db()
    assert (cadre.current_post, cadre.mentor, cadre.state, cadre.said) == ("会计", "王平", "training", "同意")
    written_down = AuditEvent.objects.filter(deed__in=["create", "change", "import"]).order_by("pk")
    told_log = [(one.deed, one.target) for one in written_down]
    assert ("create", f"后备干部库：甲村党支部（编号 {cadre.pk}）") in told_log
    assert ("import", f"后备干部库 （编号 {upload.pk}）") in told_log

    take_back(upload=again, by=town["clerk"], today=localdate())
    cadre.refresh_from_db()
    assert (cadre.current_post, cadre.state) == ("村文书", "training")
    plan = last_run(upload, town["secretary"]).plan
    assert (plan.possible, plan.allowed) == (False, True), "the review stands on it"
    late = confirmed(
        load(town["secretary"], (1, "孙强", "", "个人自荐", "2026-05-01", "其他", "")), town["secretary"]
    )
    for stranger in ("leader", "neighbour"):
        assert not last_run(late, town[stranger]).plan.allowed
    take_back(upload=late, by=town["secretary"], today=localdate())
    assert not ReserveCadre.objects.filter(name="孙强").exists()
    assert not actions(town["clerk"], ActionQuery(text="后备干部")).exists(), "no page of actions tells of it"
    assert "李安" not in " ".join(f"{one.target}{one.note}" for one in AuditEvent.objects.all())


def test_what_cannot_be_is_refused_at_its_cell(town):
    confirmed(load(town["secretary"], GOOD[0]), town["secretary"])
    upload = load(
        town["secretary"],
        (1, "周正", "", "领导推荐", "2026-03-01", "支部委员", ""),
        (2, "吴刚", "", "支部推荐", "2099-01-01", "", ""),
        (3, "郑义", "", "支部推荐", "2026-03-01", "支部委员", ""),
        (4, "郑义", "会计", "支部推荐", "2026-03-01", "支部委员", ""),
        (5, "身份证110101199003078515", "", "支部推荐", "2026-03-01", "支部委员", ""),
    )
    assert [said[:2] for said in told(upload)] == [
        (2, "推荐方式"), (3, "培养方向"), (3, "推荐日期"), (5, "姓名"), (6, "姓名"),
    ]  # fmt: skip
    assert states(upload) == ["error", "error", "new", "error", "error"]
    assert "110101199003078515" not in str(upload.rows)
    assert confirmed(upload, town["secretary"], part=True).state == "partial"
    assert ReserveCadre.objects.count() == 2


def test_the_exported_list_comes_back_unchanged_with_those_who_left(town, client):
    for user in ("secretary", "neighbour"):
        confirmed(load(town[user], *GOOD), town[user])
    gone = ReserveCadre.objects.filter(root=town["own"].root).first()
    for code in ("review", "leave"):
        steps.take_step(cadre=gone, code=code, text="同意", day=date(2026, 5, 1), by=town["clerk"])
    confirmed(load(town["secretary"], GOOD[0]), town["secretary"])
    assert ReserveCadre.objects.filter(name="李安", root=town["own"].root).count() == 2, "recommended anew"
    client.force_login(town["clerk"])
    data = client.get(LIST, {"state": "all", "export": "xlsx"}).content
    upload = sent(data, town["clerk"], "reserve")
    assert (upload.state, told(upload), upload.report["unrecognised"]) == ("unchanged", [], [])
    assert upload.report["counts"]["reserve"]["same"] == 5
    book = openpyxl.load_workbook(io.BytesIO(data))
    for cell in (cell for line in book.active.iter_rows() for cell in line):
        if cell.value in ("待审查", "王平"):
            cell.value = {"待审查": "培养中", "王平": "陈一"}[cell.value]
    out = io.BytesIO()
    book.save(out)
    upload = sent(out.getvalue(), town["clerk"], "reserve")
    assert sorted(states(upload)) == ["changed"] * 3 + ["same"] * 2
    said = [text for _, column, text in told(upload) if column == "状态"]
    assert said == ["状态不从表里读，系统里是“待审查”，没有改动；审查、使用、出库请在页面上办理。"] * 4


def test_the_register_downloaded_is_corrected_and_logged(town, client):
    confirmed(load(town["secretary"], *GOOD), town["secretary"])
    client.force_login(town["secretary"])
    url = reverse("grids:register_workbook", args=["reserve"])
    data = b"".join(client.get(url, {"node": town["own"].root.pk}).streaming_content)
    assert AuditEvent.objects.filter(deed="export", target="后备干部库登记表 甲村党支部", rows=2).exists()
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    sheet.cell(FIRST, at(sheet, "姓名"), "李安平")
    out = io.BytesIO()
    book.save(out)
    upload = confirmed(sent(out.getvalue(), town["secretary"], "reserve"), town["secretary"])
    assert upload.report["counts"]["reserve"] == {"new": 0, "changed": 1, "same": 1, "closed": 0}
    assert ReserveCadre.objects.filter(name="李安平").exists()


def test_a_session_is_known_to_readers_of_the_reserve_only_and_each_look_is_noted(town, client, monkeypatch):
    client.force_login(town["secretary"])
    assert LOAD in client.get(LIST).content.decode()
    file = SimpleUploadedFile("李安等人.xlsx", written([HEAD, *GOOD]))
    answer = client.post(LOAD, {"file": file, "branch": ""})
    upload = RosterUpload.objects.get()
    assert answer.url == upload.get_absolute_url()
    seen = AuditEvent.objects.filter(deed="look", target=f"后备干部库：导入（编号 {upload.pk}）", rows=2)
    page = client.get(answer.url).content.decode()
    assert "李安" in page
    client.get(reverse("grids:import_columns", args=[upload.pk]))
    assert seen.count() == 2
    client.post(reverse("grids:import_confirm", args=[upload.pk]))
    done = client.get(answer.url).content.decode()
    assert f'href="{LIST}"' in done
    assert "附件4" not in done
    assert seen.count() == 3
    client.force_login(town["clerk"])
    assert client.get(answer.url).status_code == 200
    log = reverse("grids:imports")
    assert "李安等人" in client.get(log).content.decode()
    for seat in ("neighbour", "leader"):
        client.force_login(town[seat])
        assert client.get(answer.url).status_code == (403 if seat == "leader" else 404)
        assert "李安" not in client.get(log).content.decode()
        assert not RosterUpload.objects.visible_to(town[seat]).exists()
    for name in ("grids:entry", "grids:reconcile"):
        client.force_login(town["clerk"])
        assert client.get(reverse(name, args=["reserve"])).status_code == 404
    client.force_login(town["leader"])
    for name in ("load", "template", "workbook"):
        url = reverse(f"grids:register_{name}", args=["reserve"])
        assert client.get(url, {"node": town["own"].root.pk}).status_code == 403
    client.force_login(town["neighbour"])
    url = reverse("grids:register_workbook", args=["reserve"])
    assert client.get(url, {"node": town["own"].root.pk}).status_code == 404
