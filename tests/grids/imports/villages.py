"""Invented villages and the many ways their rosters are written down, with the truth beside each."""

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import openpyxl
import xlwt

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜单曾解仇区朴查盖"
GIVEN = [
    "国栋",
    "明",
    "桂兰",
    "建军",
    "秀英",
    "志强",
    "海燕",
    "文",
    "得胜",
    "㛃",
    "䶮",
    "永红",
    "巧云",
    "尚文",
    "堃",
]
ETHNIC = ["阿依古丽·艾合买提", "马·哈三", "扎西·多吉", "买买提·吐尔逊"]
NUMERALS = "一二三四五六七八九"
VILLAGES = ["柏树坪村", "石门村", "上李家湾村", "红庙村", "东沟村", "南河滩村", "新联村"]

WORDS = {
    "seq": ["序号", "序  号", "编号"],
    "branch": ["党支部", "所属党支部", "党支部名称"],
    "group": ["党小组", "所属党小组", "党小组名称", "所在党小组"],
    "grid": ["网格", "所在网格", "网格名称", "所属网格"],
    "leader": ["党小组长", "小组长", "党小组长姓名"],
    "leader_phone": ["党小组长电话", "小组长联系电话"],
    "hub": ["党员中心户", "中心户", "所属中心户(岗)", "党员中心户（示范岗）", "中心户名称"],
    "member": ["党员姓名", "联系党员", "包户党员", "包联党员姓名", "党 员 姓 名", "联系党员姓名"],
    "member_phone": ["党员电话", "党员联系电话", "联系党员电话", "包户党员手机号"],
    "standing": ["党员类别", "正式/预备", "党员类别（正式、预备）"],
    "floating": ["是否流动", "是否流动党员", "流动党员"],
    "household": ["户主姓名", "户主", "联系群众户主姓名", "农户姓名", "联系户户主", "群众姓名"],
    "address": ["住址", "家庭住址", "村民小组/门牌", "详细地址"],
    "size": ["家庭人口数", "人口", "人口数", "家庭人口（人）", "家庭人口"],
    "household_phone": ["户主电话", "户联系电话", "群众联系电话"],
    "since": ["联系起始时间", "结对时间", "包挂时间"],
    "remark": ["备注", "备 注"],
    "id": ["身份证号", "户主身份证号码", "居民身份证号"],
    "birth": ["出生年月", "出生日期"],
    "bank": ["银行卡号", "一卡通账号"],
    "income": ["家庭年收入", "人均收入（元）"],
    "unknown": ["宅基地面积", "耕地（亩）", "养殖规模"],
}
GROUP_FIELDS = {"branch", "group", "grid", "leader", "leader_phone"}
MEMBER_FIELDS = {"member", "member_phone", "standing", "floating", "since"}
PRIVATE = {"id", "birth", "bank", "income"}


@dataclass
class Household:
    name: str
    size: int
    place: str
    door: str
    phone: str


@dataclass
class Member:
    name: str
    phone: str
    standing: str
    floating: bool
    households: list[Household]


@dataclass
class Hub:
    head: str
    members: list[Member]


@dataclass
class Group:
    name: str
    grid: str
    leader: str
    leader_phone: str
    hubs: list[Hub]


@dataclass
class Village:
    name: str
    groups: list[Group]

    @property
    def branch(self):
        return f"{self.name}党支部"

    def links(self):
        return sorted(
            (group.name, hub.head + "户", member.name, house.name, house.size)
            for group, hub, member in self.members()
            for house in member.households
        )

    def members(self):
        return [(group, hub, member) for group in self.groups for hub in group.hubs for member in hub.members]


def phone_number(rng):
    return rng.choice(["138", "151", "187", "193"]) + f"{rng.randrange(10**8):08d}"


def person_name(rng):
    return rng.choice(ETHNIC) if rng.random() < 0.02 else rng.choice(SURNAMES) + rng.choice(GIVEN)


def make_village(rng, groups=0):
    name = rng.choice(VILLAGES)
    made = []
    for number in range(groups or rng.randint(1, 5)):
        social = f"{NUMERALS[number]}{rng.choice(['社', '组'])}"
        heads = distinct(rng, rng.randint(2, 7))
        door = 0
        members = []
        for head in heads:
            houses = []
            for _ in range(rng.randint(2, 9)):
                door += 1
                houses.append(
                    Household(person_name(rng), rng.randint(1, 9), social, f"{door}号", phone_number(rng))
                )
            standing = rng.choice(["full", "full", "probationary"])
            members.append(Member(head, phone_number(rng), standing, rng.random() < 0.2, houses))
        cut = rng.randint(1, len(members))
        hubs = [Hub(part[0].name, part) for part in (members[:cut], members[cut:]) if part]
        leader = members[0]
        label = f"第{NUMERALS[number]}"
        made.append(Group(f"{label}党小组", f"{name}{label}网格", leader.name, leader.phone, hubs))
    return Village(name, made)


def distinct(rng, count):
    names = {}
    while len(names) < count:
        names[person_name(rng)] = None
    return list(names)


@dataclass
class Layout:
    """How one roster is written."""

    fields: list[str]
    style: str = "flat"
    two_rows: bool = False
    titles: bool = True
    totals: bool = False
    foot: bool = False
    notes: bool = False
    repeat_header: bool = False
    per_group: bool = False
    untidy: bool = False
    suffix: str = ".xlsx"
    words: dict = field(default_factory=dict)


@dataclass
class Page:
    name: str
    rows: list
    merges: list


def untidy_name(name, rng):
    if len(name) == 2 and rng.random() < 0.3:
        return f"{name[0]}\u3000{name[1]}"
    if "·" in name:
        return name.replace("·", rng.choice("·•・．"))
    return rng.choice([name, name, f" {name}", f"{name}\u3000", f"{name}\u200b"])


def cell(name, village, group, hub, member, house, rng, layout):
    tidy = not layout.untidy
    values = {
        "branch": village.branch,
        "group": group.name if layout.style != "annex" else f"{group.name}({group.grid})",
        "grid": group.grid,
        "leader": group.leader,
        "leader_phone": group.leader_phone,
        "hub": hub.head + "户",
        "member": member.name if tidy else untidy_name(member.name, rng),
        "member_phone": member.phone
        if tidy
        else rng.choice([int(member.phone), f"{member.phone[:3]} {member.phone[3:]}"]),
        "standing": {"full": "正式党员", "probationary": "预备党员"}[member.standing],
        "floating": ("是" if member.floating else "否") if tidy else ("√" if member.floating else "×"),
        "since": "2026.9.1"
        if tidy
        else rng.choice(["2026年9月1日", "2026/9/1", "20260901", date(2026, 9, 1), "2026年9月"]),
        "household": house.name if tidy else untidy_name(house.name, rng),
        "address": f"{village.name}{house.place}{house.door}",
        "size": house.size
        if tidy
        else rng.choice([f"{house.size}人", chr(0xFF10 + house.size), f" {house.size} "]),
        "household_phone": house.phone,
        "id": f"62110119{rng.randrange(10**10):010d}",
        "birth": "1962.4",
        "bank": f"6222{rng.randrange(10**15):015d}",
        "income": "12000",
        "unknown": "3.5",
        "remark": None,
    }
    return values[name]


def level_of(name):
    return (
        "group"
        if name in GROUP_FIELDS
        else "hub"
        if name == "hub"
        else "member"
        if name in MEMBER_FIELDS
        else ""
    )


def write_body(page, village, groups, layout, rng, header):
    """Rows of data; holders are merged, left blank below the first, or written again on each row."""
    number = 0
    for group in groups:
        for hub in group.hubs:
            for member in hub.members:
                for house in member.households:
                    number += 1
                    fresh = {
                        "member": house is member.households[0],
                        "hub": house is hub.members[0].households[0],
                        "group": house is group.hubs[0].members[0].households[0],
                    }
                    row = []
                    for name in layout.fields:
                        level = level_of(name)
                        hidden = layout.style != "flat" and level and not fresh[level]
                        value = number if name == "seq" else None
                        if name != "seq" and not hidden:
                            value = cell(name, village, group, hub, member, house, rng, layout)
                        row.append(value)
                    page.rows.append(row)
                    if layout.style in {"merged", "annex"}:
                        add_merges(page, layout, fresh, group, hub, member)
        if layout.totals:
            page.rows.append(
                ["小计", None, f"{sum(len(m.households) for h in group.hubs for m in h.members)}户"]
            )
        if layout.repeat_header and group is not groups[-1]:
            page.rows.append([None])
            page.rows.extend([list(row) for row in header])


def add_merges(page, layout, fresh, group, hub, member):
    heights = {
        "member": len(member.households),
        "hub": sum(len(other.households) for other in hub.members),
        "group": sum(len(other.households) for each in group.hubs for other in each.members),
    }
    top = len(page.rows) - 1
    for column, name in enumerate(layout.fields):
        level = level_of(name)
        if level and fresh[level] and heights[level] > 1:
            page.merges.append((top, column, top + heights[level] - 1, column))


PARENTS = {
    "member": "联系党员",
    "member_phone": "联系党员",
    "household": "联系群众",
    "size": "联系群众",
    "address": "联系群众",
}
CHILDREN = {
    "member": "姓名",
    "member_phone": "联系电话",
    "household": "户主姓名",
    "size": "人口数",
    "address": "住址",
}


def header_rows(layout, rng):
    titles = [layout.words.get(name) or rng.choice(WORDS[name]) for name in layout.fields]
    if not layout.two_rows:
        return [titles], []
    upper, lower, merges = [], [], []
    for column, name in enumerate(layout.fields):
        parent = PARENTS.get(name)
        before = PARENTS.get(layout.fields[column - 1]) if column else None
        upper.append(None if parent and parent == before else parent or titles[column])
        lower.append(CHILDREN.get(name))
    column = 0
    while column < len(upper):
        end = column
        while end + 1 < len(upper) and lower[end + 1] and upper[end + 1] is None:
            end += 1
        if end > column:
            merges.append((0, column, 0, end))
        elif not lower[column]:
            merges.append((0, column, 1, column))
        column = end + 1
    return [upper, lower], merges if layout.style in {"merged", "annex"} else []


def lay_out(village, layout, rng):
    parts = [[group] for group in village.groups] if layout.per_group else [village.groups]
    pages = []
    for number, groups in enumerate(parts):
        page = Page(groups[0].name if layout.per_group else rng.choice(["Sheet1", "花名册", "附件4"]), [], [])
        if layout.titles and layout.per_group:
            title = f"{village.branch}{groups[0].name}({groups[0].grid})包挂联系花名册"
            page.rows += [[title], [f"党小组长:{groups[0].leader}    电话:{groups[0].leader_phone}"]]
        elif layout.titles:
            page.rows += [["附件4"], ["XX乡党组织网格化管理服务工作党员包挂联系花名册"]]
            page.rows += [[f"填报单位(盖章):{village.branch}", None, None, "填报时间:2026年9月10日"]]
        header, merges = header_rows(layout, random.Random(rng.random()))
        top = len(page.rows)
        page.rows += [list(row) for row in header]
        page.merges += [(up + top, left, down + top, right) for up, left, down, right in merges]
        write_body(page, village, groups, layout, rng, header)
        if layout.totals:
            page.rows.append(["合计", len(village.links())])
        if layout.foot:
            page.rows.append(["单位负责人:", None, "填表人:", None, "联系电话:"])
        if layout.notes:
            page.rows += [["说明:1.本表一式两份,村、乡各存一份。"], ["2.联系户数一般为10至15户。"]]
        pages.append(page)
        if number == 0 and layout.notes and layout.suffix != ".csv":
            pages.append(Page("填表说明", [["请按要求填写"], ["一、户主姓名要写全"]], []))
    return pages


def save(pages, path, layout, rng):
    if path.suffix == ".csv":
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=rng.choice(",;\t")).writerows(
            [["" if value is None else show(value) for value in row] for row in pages[0].rows]
        )
        path.write_bytes(text.getvalue().encode(rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"])))
    elif path.suffix == ".xls":
        save_xls(pages, path)
    else:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for page in pages:
            sheet = book.create_sheet(page.name)
            for row in page.rows:
                sheet.append(row)
            for top, left, bottom, right in page.merges:
                sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
        book.save(path)
    return path


def show(value):
    return value.strftime("%Y-%m-%d") if isinstance(value, date) else str(value)


def save_xls(pages, path):
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="yyyy-m-d")
    for page in pages:
        sheet = book.add_sheet(page.name)
        covered = set()
        for top, left, bottom, right in page.merges:
            sheet.write_merge(top, bottom, left, right, page.rows[top][left])
            covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        for number, row in enumerate(page.rows):
            for column, value in enumerate(row):
                if value is not None and (number, column) not in covered:
                    sheet.write(number, column, value, *([day] if isinstance(value, date) else []))
    book.save(str(path))


def truth_path():
    return Path(__file__).parent / "rosters"
