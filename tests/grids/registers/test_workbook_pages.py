"""The pages of workbooks and of reconciling, the whole way through the reading child."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from grids.choices import Role
from grids.models import EntryDraft, MemberProfile, Person, RosterUpload
from grids.registers.register import REGISTERS
from grids.registers.workbooks import reconcile as work
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import appoint
from tests.grids.registers.books import FIRST, at, exported, written
from township.models import Action, AuditEvent

URL = "grids:reconcile"


def file_of(data: bytes, name: str = "名册.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def address(name: str, place=None, code: str = "member") -> str:
    return reverse(name, args=[code]) + (f"?node={place.pk}" if place is not None else "")


@pytest.fixture
def office(client, clerk):
    client.force_login(clerk)
    return client


def test_a_template_and_a_register_are_downloaded_and_logged(office, made, members, clerk):
    for name, rows in (("grids:register_template", 0), ("grids:register_workbook", len(made.members))):
        response = office.get(address(name, made.root))
        book = openpyxl.load_workbook(io.BytesIO(body_of(response)))
        assert book.sheetnames[0] == "党员"
        assert AuditEvent.objects.filter(deed="export").latest("pk").rows == rows


def test_without_a_place_one_is_led_to_the_page_that_asks(office, made):
    for name in ("grids:register_template", "grids:register_workbook"):
        assert office.get(address(name)).url == address("grids:register_load")
    assert "东坡村党支部" in office.get(address("grids:register_load")).content.decode()
    assert office.get(address("grids:register_load", code="nothing")).status_code == 404


def test_a_file_goes_all_the_way_through_the_session(office, made, members, clerk):
    data = exported(members, clerk, made.root, change=lambda s: s.cell(FIRST, at(s, "备注"), "已核对"))
    response = office.post(address("grids:register_load"), {"file": file_of(data), "branch": ""})
    upload = RosterUpload.objects.get()
    assert response.url == upload.get_absolute_url()
    page = office.get(response.url).content.decode()
    assert "已核对" in page
    office.post(reverse("grids:import_confirm", args=[upload.pk]))
    assert MemberProfile.objects.get(node=made.members[0]).remark == "已核对"
    errors = office.get(reverse("grids:import_preview", args=[upload.pk]))
    assert errors.status_code == 200


def test_the_error_file_comes_back_and_goes_on_with_the_session(office, made, members, clerk):
    def change(sheet):
        sheet.cell(FIRST, at(sheet, "联系电话"), "123")
        sheet.cell(FIRST + 1, at(sheet, "备注"), "对的")

    data = exported(members, clerk, made.root, change=change)
    office.post(address("grids:register_load"), {"file": file_of(data)})
    upload = RosterUpload.objects.get()
    marked = body_of(office.get(reverse("grids:import_errors", args=[upload.pk])))
    book = openpyxl.load_workbook(io.BytesIO(marked))
    sheet = book.worksheets[0]
    assert sheet.cell(FIRST, at(sheet, "联系电话")).comment is not None
    sheet.cell(FIRST, at(sheet, "联系电话"), "13800000009")
    out = io.BytesIO()
    book.save(out)
    response = office.post(address("grids:register_load"), {"file": file_of(out.getvalue())})
    assert response.url == upload.get_absolute_url()
    upload.refresh_from_db()
    assert [row["state"] for row in upload.preview[:3]] == ["changed", "changed", "same"]


def test_a_file_without_a_place_is_asked_for_one_and_goes_on(office, made):
    data = written([["姓名", "党小组"], ["演示党员", "第1党小组"]])
    response = office.post(address("grids:register_load"), {"file": file_of(data), "branch": ""})
    upload = RosterUpload.objects.get()
    assert "请在“对应列”里选党支部" in upload.report["blocks"][0]
    columns = reverse("grids:import_columns", args=[upload.pk])
    assert office.get(columns).status_code == 200
    office.post(
        columns, {"branch": made.root.name, "on-0": "1", "head-0": "1", "col-0-0": "name", "col-0-1": "group"}
    )
    upload.refresh_from_db()
    assert [row["state"] for row in upload.preview] == ["new"]
    assert response.status_code == 302


# --- reconciling ------------------------------------------------------------------------------------


@pytest.fixture
def roster(made) -> bytes:
    """A roster of another system: a number nobody may keep, one phone changed, one member more, one less."""
    rows = [["全国党员信息"], ["序号", "党员姓名", "公民身份号码", "手机号码", "所在党支部", "人员类别"]]
    for number, (member, person) in enumerate(zip(made.members, made.people, strict=True), 1):
        phone = "13911112222" if number == 2 else person.phone
        rows.append(
            [
                number,
                member.name,
                "510101199001011232",
                phone,
                "某支部",
                "预备党员" if number == 3 else "正式党员",
            ]
        )
    rows[-1] = [len(made.members), "演示新党员", "510101199001011232", "13700000000", "某支部", "正式党员"]
    return written(rows)


@pytest.fixture
def under_way(office, made, roster):
    """A reconciliation with its columns settled."""
    response = office.post(address(URL, made.root), {"file": file_of(roster)})
    assert response.url == address("grids:reconcile_columns", made.root)
    page = office.get(response.url)
    chosen = {f"col-{c['index']}": c["chosen"] for c in page.context["columns"]}
    assert list(chosen.values()).count("phone") == 1
    assert page.context["private"] == ["公民身份号码"]
    assert office.post(response.url, chosen).url == address(URL, made.root)
    return office


def parts(client, made):
    return client.get(address(URL, made.root)).context["found"]


@pytest.mark.parametrize("code", ["post", "contact"])
def test_posts_and_contacts_are_laid_beside_a_file_from_their_own_lists(office, clerk, made, code):
    appoint(made.people[0], Role.COMMITTEE, made.root)
    Contact.objects.create(
        township=made.root.township, level=Level.COMMITTEE, holder=made.people[0], target=made.groups[0]
    )
    listed = office.get(reverse(REGISTERS[code].list_name)).content.decode()
    for way in ("grids:register_load", URL):
        assert f'href="{reverse(way, args=[code])}"' in listed
    data = exported(REGISTERS[code], clerk, made.root)
    to_columns = office.post(address(URL, made.root, code), {"file": file_of(data)}).url
    columns = office.get(to_columns).context["columns"]
    office.post(to_columns, {f"col-{c['index']}": c["chosen"] for c in columns})
    found = office.get(address(URL, made.root, code)).context["found"]
    assert (found.differences, found.theirs, found.ours, found.same) == ([], [], [], 1)


def test_three_parts_are_found(under_way, made):
    found = parts(under_way, made)
    assert [(c.title, c.ours, c.theirs) for c in found.differences] == [
        ("联系电话", made.people[1].phone, "13911112222"),
        ("党员类别", "正式党员", "预备党员"),
    ]
    assert [row.cells["name"] for row, _ in found.theirs] == ["演示新党员"]
    assert [held.pk for held in found.ours] == [made.members[-1].pk]
    assert found.same == len(made.members) - 3
    for part in ("differs", "theirs", "ours"):
        assert under_way.get(address(URL, made.root) + f"&part={part}").status_code == 200


def test_what_is_not_collected_is_nowhere_kept(under_way, made):
    assert "510101199001011232" not in str(EntryDraft.objects.get().rows)


def test_choices_are_kept_and_written_in_one_action(under_way, made):
    cells = parts(under_way, made).differences
    said = {f"c-{c.name}": "theirs" for c in cells[:1]} | {f"o-{c.name}": c.ours for c in cells[:1]}
    url = address("grids:reconcile_choose", made.root)
    under_way.post(url, said | {"keep": "1"})
    assert [c.choice for c in parts(under_way, made).differences] == ["theirs", "ours"]
    before = Action.objects.count()
    under_way.post(url, {"apply": "1"})
    assert Person.objects.get(pk=made.people[1].pk).phone == "13911112222"
    assert MemberProfile.objects.get(node=made.members[2]).standing == "full"
    assert Action.objects.count() == before + 1
    assert Action.objects.latest("pk").title == "党员对账"
    assert [c.title for c in parts(under_way, made).differences] == ["党员类别"]


def test_all_theirs_at_once(under_way, made):
    under_way.post(address("grids:reconcile_choose", made.root), {"every": "theirs"})
    under_way.post(address("grids:reconcile_choose", made.root), {"apply": "1"})
    assert parts(under_way, made).differences == []
    assert MemberProfile.objects.get(node=made.members[2]).standing == "probationary"


def test_a_cell_changed_meanwhile_is_not_written_over(under_way, made, members, clerk, changed):
    under_way.post(address("grids:reconcile_choose", made.root), {"every": "theirs"})
    row = next(row for row in members.rows(clerk, made.root) if row.id == made.members[1].pk)
    members.save([changed(row, phone="13600000000")], user=clerk, place=made.root)
    assert [c.choice for c in parts(under_way, made).differences] == ["ours", "theirs"]
    under_way.post(address("grids:reconcile_choose", made.root), {"apply": "1"})
    assert Person.objects.get(pk=made.people[1].pk).phone == "13600000000"


def test_rows_only_they_have_go_into_the_paste_grid(under_way, made, clerk):
    response = under_way.post(address("grids:reconcile_choose", made.root), {"add": "1"})
    assert response.url == address("grids:entry", made.root)
    draft = EntryDraft.objects.get(register="member")
    assert [row["cells"]["name"] for row in draft.rows] == ["演示新党员"]
    under_way.post(address("grids:reconcile_choose", made.root), {"add": "1"})
    assert len(EntryDraft.objects.get(register="member").rows) == 1


def test_the_result_is_a_workbook_of_three_sheets(under_way, made):
    book = openpyxl.load_workbook(
        io.BytesIO(body_of(under_way.get(address("grids:reconcile_result", made.root))))
    )
    assert book.sheetnames[:3] == ["不一致", "仅本系统有", "仅对方有"]
    assert "13911112222" in [cell.value for row in book["不一致"].iter_rows() for cell in row]
    assert "演示新党员" in [cell.value for row in book["仅对方有"].iter_rows() for cell in row]


def test_a_column_can_be_compared_once_and_the_name_must_be(under_way, made):
    url = address("grids:reconcile_columns", made.root)
    page = under_way.post(url, {"col-1": "phone", "col-3": "phone"})
    assert "每个栏目只选一列" in page.content.decode()
    assert "哪一列是姓名" in under_way.post(url, {"col-3": "phone"}).content.decode()


def test_what_can_not_be_read_says_why_at_the_field(office, made):
    page = office.post(address(URL, made.root), {"file": file_of(b"PK\x03\x04")}).content.decode()
    assert "损坏" in page
    page = office.post(address(URL, made.root), {"file": file_of(written([["甲", "乙"], [1, 2]]))})
    assert "没有找到“党员”的表头" in page.content.decode()


@pytest.mark.parametrize("nonsense", ["²", "9" * 30, "a\0b", "长" * 500, "a\r\nb", ""])
def test_nonsense_changes_nothing(under_way, made, nonsense):
    said = {
        "page": nonsense,
        "every": nonsense,
        "c-1-phone": nonsense,
        f"c-{nonsense}": "theirs",
        "apply": "1",
    }
    columns = {"col-1": nonsense, "col-3": nonsense}
    asked = {"node": made.root.pk, "part": nonsense, "page": nonsense}
    answers = [
        under_way.post(address("grids:reconcile_choose", made.root), said),
        under_way.post(address("grids:reconcile_columns", made.root), columns),
        under_way.get(address(URL), asked),
    ]
    assert {answer.status_code for answer in answers} <= {200, 302, 400}
    assert Person.objects.get(pk=made.people[1].pk).phone == made.people[1].phone


def test_ending_forgets_the_other_roster(under_way, made):
    under_way.post(address("grids:reconcile_drop", made.root))
    assert not EntryDraft.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(
    under_way, made, clerk, django_assert_max_num_queries, members
):
    with django_assert_max_num_queries(40) as few:
        under_way.get(address(URL, made.root))
    assert len(few) <= 40
    assert work.sitting_of(clerk, members, made.root) is not None
