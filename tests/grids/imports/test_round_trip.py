"""Annexes 3 and 4 as we export them, edited by a clerk and loaded again: just the edits are applied."""

import openpyxl
import pytest

from grids import tree
from grids.choices import Kind, Role
from grids.imports import actions
from grids.models import HubProfile, MemberProfile, Node, Person
from liaison import queries, sheets
from tests.factories import TownshipFactory, node
from tests.grids.imports.loading import TODAY, brief, leaders, load, messages, named, places, row
from township.sheets import xlsx

# What a file asks for is found out in Python; how it is written goes before both databases in test_apply.py.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
G1, G2 = "第一党小组", "第二党小组"


@pytest.fixture
def township():
    made = TownshipFactory()
    phones = {"白子龙": "13900000001", "赵长青": "13900000002", "袁堃": "13900000003"}
    rows = [
        row(group, hub, member, house, villager_group=lane, door=door, household_size=3, remark=remark,
            member_phone=phones[member], group_leader="白子龙" if group == G1 else "袁堃")
        for group, hub, member, house, lane, door, remark in [
            (G1, "白子龙户", "白子龙", "王军", "一社", "1号", "常年在外"),
            (G1, "白子龙户", "白子龙", "李平", "一社", "2号", ""),
            (G1, "白子龙户", "白子龙", "孙明", "", "", ""),
            (G1, "白子龙户", "赵长青", "王军", "一社", "4号", ""),
            (G1, "白子龙户", "赵长青", "郑海", "河西", "5号", ""),
            (G2, "袁堃户", "袁堃", "何文", "二社", "1号", ""),
            (G2, "袁堃户", "袁堃", "吕玉", "二社", "2号", ""),
        ]
    ]  # fmt: skip
    assert load(made, *rows)["status"] == "applied"
    return made


class Annex:
    """An exported annex, open for a clerk's edits by column title."""

    def __init__(self, township, number, tmp_path, **options):
        parts = ("members", "households") if number == 4 else ("members",)
        roster = queries.read_roster(township_id=township.pk, on=TODAY, parts=parts)
        frame = sheets.Frame(township.name, township.code, 2026, f"中共{township.name}委员会", TODAY)
        self.township, self.path = township, tmp_path / f"附件{number}.xlsx"
        sheet = sheets.annex3(roster, frame) if number == 3 else sheets.annex4(roster, frame, **options)
        with self.path.open("wb") as target:
            xlsx.write(sheet, target)
        self.book = openpyxl.load_workbook(self.path)
        self.page = self.book.worksheets[0]
        self.top = next(r for r in range(1, 12) if self.page.cell(r, 1).value == "序号")
        self.columns = {str(cell.value).replace("\n", ""): cell.column for cell in self.page[self.top]}

    def find(self, title, value):
        """The row whose cell, or merged holder, says so."""
        column = self.columns[title]
        return next(
            r for r in range(self.top + 1, self.page.max_row + 1) if self.page.cell(r, column).value == value
        )

    def write(self, at, title, value):
        self.page.cell(at, self.columns[title]).value = value

    def unmerge(self):
        """What Excel does when a clerk takes merged cells apart and fills them down."""
        for area in list(self.page.merged_cells.ranges):
            if area.min_row > self.top:
                value = self.page.cell(area.min_row, area.min_col).value
                self.page.unmerge_cells(str(area))
                for line in range(area.min_row, area.max_row + 1):
                    self.page.cell(line, area.min_col).value = value

    def load(self, **options):
        self.book.save(self.path)
        return actions.load_file(path=self.path, township=self.township, today=TODAY, **options)


@pytest.fixture
def annex3(township, tmp_path):
    return Annex(township, 3, tmp_path)


@pytest.fixture
def annex4(township, tmp_path):
    return Annex(township, 4, tmp_path)


@pytest.mark.parametrize("number", [3, 4])
def test_untouched_annex_changes_nothing(township, number, tmp_path):
    entry = Annex(township, number, tmp_path).load()
    assert (entry["status"], brief(entry), entry["errors"], entry["warnings"]) == ("unchanged", {}, [], [])


def test_untouched_annex_with_household_phones_changes_nothing(township, tmp_path):
    entry = Annex(township, 4, tmp_path, household_phone=True).load()
    assert (entry["status"], brief(entry)) == ("unchanged", {})


def test_household_renamed(annex4):
    before = named(Kind.HOUSEHOLD, "李平").pk
    annex4.write(annex4.find("联系群众户主姓名", "李平"), "联系群众户主姓名", "李小平")
    assert brief(annex4.load()) == {"household": {"changed": 1}}
    assert named(Kind.HOUSEHOLD, "李小平").pk == before


def test_household_without_address_renamed(annex4):
    before = named(Kind.HOUSEHOLD, "孙明").pk
    annex4.write(annex4.find("联系群众户主姓名", "孙明"), "联系群众户主姓名", "孙小明")
    assert brief(annex4.load()) == {"household": {"changed": 1}}
    assert named(Kind.HOUSEHOLD, "孙小明").pk == before


def test_size_door_and_remark_edited(annex4):
    line = annex4.find("联系群众户主姓名", "李平")
    annex4.write(line, "家庭人口数", 5)
    annex4.write(line, "村民小组/门牌", "一社12号")
    annex4.write(line, "备注", "已搬新房")
    other = annex4.find("联系群众户主姓名", "郑海")
    annex4.write(other, "村民小组/门牌", "河西50号")
    entry = annex4.load()
    assert brief(entry) == {"household": {"changed": 2}}
    assert sorted((c["name"], c["fact"], c["old"], c["new"]) for c in entry["changes"]) == [
        ("李平", "备注", "", "已搬新房"),
        ("李平", "家庭人口数", "3", "5"),
        ("李平", "门牌", "2号", "12号"),
        ("郑海", "门牌", "5号", "50号"),
    ]
    assert (G1, "白子龙户", "赵长青", "郑海", "河西", "50号", 3) in places()


def test_remark_keeps_out_the_notes_the_export_adds(annex4, township):
    assert "〔" in annex4.page.cell(annex4.top + 1, annex4.columns["备注"]).value
    annex4.write(annex4.top + 1, "家庭人口数", 6)
    annex4.load()
    assert named(Kind.HOUSEHOLD, "王军", parent__name="白子龙").household_profile.remark == "常年在外"


def test_household_moved_to_another_member(annex4):
    annex4.unmerge()
    line = annex4.find("联系群众户主姓名", "孙明")
    annex4.write(line, "党员姓名", "赵长青")  # its hidden codes still name the old member
    annex4.write(line, "党员电话", "13900000002")
    entry = annex4.load()
    assert brief(entry) == {"household": {"changed": 1}, "link": {"changed": 1}}
    assert (G1, "白子龙户", "赵长青", "孙明", "", "", 3) in places()
    assert tree.verify() == []


def test_first_row_of_a_member_moved_to_another_member(annex4):
    annex4.unmerge()
    line = annex4.find("联系群众户主姓名", "何文")
    annex4.write(line, "党员姓名", "白子龙")
    annex4.write(line, "党员电话", "13900000001")
    annex4.write(line, "所属中心户（岗）", "白子龙户")
    annex4.write(line, "党小组（网格）", "第一党小组（第一网格）")
    entry = annex4.load()
    assert brief(entry) == {"household": {"changed": 1}, "link": {"changed": 1}}
    assert (G1, "白子龙户", "白子龙", "何文", "二社", "1号", 3) in places()


def test_deleted_row_closes_that_household_only(annex4):
    gone = named(Kind.HOUSEHOLD, "李平")
    annex4.unmerge()
    annex4.page.delete_rows(annex4.find("联系群众户主姓名", "李平"))
    entry = annex4.load()
    assert brief(entry) == {"household": {"closed": 1}, "link": {"closed": 1}}
    assert [(c["action"], c["name"], c["old"]) for c in entry["changes"]] == [("closed", "李平", "白子龙")]
    assert "将注销这一户" in messages(entry, "warnings")[0]
    gone.refresh_from_db()
    assert (gone.closed_on, gone.close_reason) == (TODAY, "removed_from_roster")
    assert annex4.load()["status"] == "unchanged"


def test_a_line_put_into_the_middle_of_a_merged_block(annex4):
    """As LibreOffice and Excel do it: merged cells that span the new line grow by it."""
    page, line = annex4.page, annex4.find("联系群众户主姓名", "李平")
    areas = [(area.min_row, area.min_col, area.max_row, area.max_col) for area in page.merged_cells.ranges]
    for area in list(page.merged_cells.ranges):
        page.unmerge_cells(str(area))
    page.insert_rows(line)
    for top, left, bottom, right in areas:
        page.merge_cells(None, top + (top >= line), left, bottom + (bottom >= line), right)
    annex4.write(line, "联系群众户主姓名", "周新")
    annex4.write(line, "村民小组/门牌", "一社9号")
    assert brief(annex4.load()) == {"household": {"new": 1}, "link": {"new": 1}}
    assert (G1, "白子龙户", "白子龙", "周新", "一社", "9号", 0) in places()
    assert annex4.load()["status"] == "unchanged"


def test_sorted_by_householder_changes_nothing(annex4):
    annex4.unmerge()
    at = annex4.columns["联系群众户主姓名"] - 1
    lines = [[cell.value for cell in annex4.page[n]] for n in range(annex4.top + 1, annex4.top + 8)]
    for number, line in enumerate(sorted(lines, key=lambda line: line[at]), annex4.top + 1):
        for column, value in enumerate(line, 1):
            annex4.page.cell(number, column).value = value
    assert annex4.load()["status"] == "unchanged"


def test_a_member_taken_out_of_a_row_is_told_and_stays(annex4):
    annex4.unmerge()
    line = annex4.find("联系群众户主姓名", "李平")
    annex4.write(line, next(title for title in annex4.columns if "党员姓名" in title), None)
    entry = annex4.load()
    assert entry["status"] == "unchanged"
    assert messages(entry, "warnings") == [
        "“李平”的联系党员空着，仍由“白子龙”联系，没有改动；如要取消，请在系统里办理。"
    ]


def test_a_member_block_that_is_gone_changes_nothing(annex4):
    annex4.unmerge()
    line = annex4.find("联系群众户主姓名", "何文")
    annex4.page.delete_rows(line, 2)
    entry = annex4.load()
    assert (entry["status"], brief(entry)) == ("unchanged", {})


def test_row_added_by_copying_another_is_a_new_household(annex4):
    annex4.unmerge()
    line = annex4.find("联系群众户主姓名", "李平")
    values = [cell.value for cell in annex4.page[line]]
    annex4.page.insert_rows(line + 1)
    for column, value in enumerate(values, 1):
        annex4.page.cell(line + 1, column).value = value  # the hidden code comes along
    annex4.write(line + 1, "联系群众户主姓名", "周新")
    annex4.write(line + 1, "村民小组/门牌", "一社9号")
    entry = annex4.load()
    assert brief(entry) == {"household": {"new": 1}, "link": {"new": 1}}
    assert len(places()) == 8
    assert annex4.load()["status"] == "unchanged"


def test_row_written_over_with_another_household(annex4):
    line = annex4.find("联系群众户主姓名", "李平")
    annex4.write(line, "联系群众户主姓名", "周新")
    annex4.write(line, "村民小组/门牌", "一社9号")
    entry = annex4.load()
    assert brief(entry) == {"household": {"new": 1, "closed": 1}, "link": {"new": 1, "closed": 1}}


def test_member_phone_and_name_edited(annex4):
    line = annex4.find("党员姓名", "袁堃")
    before = named(Kind.MEMBER, "袁堃").pk
    annex4.write(line, "党员姓名", "袁小堃")
    assert brief(annex4.load()) == {"member": {"changed": 1}, "person": {"changed": 1}}
    assert named(Kind.MEMBER, "袁小堃").pk == before
    annex4.write(line, "党员电话", "13900000033")
    assert brief(annex4.load()) == {"member": {"changed": 1}, "person": {"changed": 1}}
    assert Person.objects.get(name="袁小堃").phone == "13900000033"


def test_member_replaced_by_somebody_new_takes_the_households(annex4):
    line = annex4.find("党员姓名", "袁堃")
    annex4.write(line, "党员姓名", "马明")
    annex4.write(line, "党员电话", "13900000044")
    entry = annex4.load()
    assert brief(entry) == {
        "member": {"new": 1}, "person": {"new": 1}, "household": {"changed": 2}, "link": {"changed": 2},
    }  # fmt: skip
    assert named(Kind.MEMBER, "袁堃").closed_on is None


def test_annex_3_edits(annex3):
    line = annex3.find("联系党员姓名", "赵长青")
    annex3.write(line, "党员类别", "预备党员")
    annex3.write(line, "是否流动", "是")
    annex3.write(line, "党员电话", "13900000022")
    annex3.write(line, "备注", "在外务工")
    top = annex3.find("中心户（示范岗）名称", "袁堃户")
    annex3.write(top, "标识牌编号", "QH-07")
    annex3.write(top, "周边农户数", 14)
    entry = annex3.load()
    assert brief(entry) == {"member": {"changed": 1}, "person": {"changed": 1}, "hub": {"changed": 1}}
    profile = MemberProfile.objects.select_related("person").get(node__name="赵长青")
    assert (profile.standing, profile.is_floating, profile.remark) == ("probationary", True, "在外务工")
    assert profile.person.phone == "13900000022"
    assert HubProfile.objects.filter(plate_no="QH-07", served_households=14).count() == 1
    assert annex3.load()["status"] == "unchanged"


def test_hub_renamed_keeps_its_members(annex3):
    before = named(Kind.HUB, "袁堃户").pk
    annex3.write(annex3.find("中心户（示范岗）名称", "袁堃户"), "中心户（示范岗）名称", "便民示范岗")
    entry = annex3.load()
    assert brief(entry) == {"hub": {"changed": 1}}
    assert named(Kind.HUB, "便民示范岗").pk == before
    assert len(places()) == 7


def test_phone_edited_beside_the_head_of_a_hub(annex3):
    annex3.write(annex3.find("中心户（示范岗）名称", "袁堃户"), "负责人及电话", "袁堃 13900000077")
    assert brief(annex3.load()) == {"member": {"changed": 1}, "person": {"changed": 1}}
    assert Person.objects.get(name="袁堃").phone == "13900000077"


def test_another_leader_in_annex_3(annex3):
    annex3.write(annex3.find("党小组长", "白子龙"), "党小组长", "赵长青")
    assert brief(annex3.load()) == {"post": {"new": 1, "closed": 1}}
    assert leaders("甲村党支部") == {(G1, "赵长青", "13900000002"), (G2, "袁堃", "13900000003")}


def test_member_moved_to_another_hub(annex3):
    annex3.unmerge()
    line = annex3.find("联系党员姓名", "赵长青")
    for title, value in {
        "党小组（网格）": "第二党小组（第二网格）", "党小组长": "袁堃",
        "中心户（示范岗）名称": "袁堃户", "负责人及电话": "袁堃",
    }.items():  # fmt: skip
        annex3.write(line, title, value)
    entry = annex3.load()
    assert brief(entry) == {"member": {"changed": 1}}
    assert {place[:3] for place in places() if place[2] == "赵长青"} == {(G2, "袁堃户", "赵长青")}
    assert tree.verify() == []


def test_member_missing_from_annex_3_is_told_and_kept(annex3):
    annex3.unmerge()
    annex3.page.delete_rows(annex3.find("联系党员姓名", "赵长青"))
    entry = annex3.load()
    assert (entry["status"], brief(entry)) == ("unchanged", {})
    assert messages(entry, "warnings") == [
        "系统中的党员“赵长青”表中没有，没有注销；如已转出或去世，请在此人的页面点“注销”。"
    ]


def test_annex_of_another_township_is_refused(annex4):
    annex4.township = TownshipFactory(code="X9", name="白河乡")
    entry = annex4.load()
    assert entry["status"] == "refused"
    assert "另一个乡镇" in messages(entry)[0]


def test_annex_4_loaded_into_an_empty_township_of_that_code_builds_it_anew(annex4, township):
    code, name = township.code, township.name
    township.code, township.name = "OLD", "旧乡"
    township.save()
    before = places()
    annex4.township = TownshipFactory(code=code, name=name)
    assert annex4.load()["status"] == "applied"
    # An address is one cell in the annex: only what the reader knows to be a villager group is taken apart.
    joined = sorted((*place[:4], place[4] + place[5], place[6]) for place in places())
    assert joined == sorted([(*place[:4], place[4] + place[5], place[6]) for place in before] * 2)


def test_branch_moved_under_a_general_branch_still_knows_its_export(annex4, township):
    top = node(Kind.GENERAL_BRANCH, "甲村党总支", township=township)
    tree.move(node=Node.objects.get(name="甲村党支部"), to=top)
    entry = annex4.load()
    assert (entry["status"], brief(entry)) == ("unchanged", {})


def test_heads_stay_heads(annex3):
    annex3.load()
    assert {(hub, name) for hub, name, _ in leaders("甲村党支部", Role.HUB_HEAD)} == {
        ("白子龙户", "白子龙"),
        ("袁堃户", "袁堃"),
    }


def test_hub_moved_to_another_group_takes_everything_along(annex3):
    annex3.unmerge()
    for name in ("白子龙", "赵长青"):
        line = annex3.find("联系党员姓名", name)
        annex3.write(line, "党小组（网格）", "第二党小组（第二网格）")
        annex3.write(line, "党小组长", "袁堃")
    entry = annex3.load()
    assert brief(entry) == {"hub": {"changed": 1}}
    assert {place[0] for place in places()} == {G2}
    assert tree.verify() == []
