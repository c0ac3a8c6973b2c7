"""Rosters as other clerks lay them out, each with the truth written down before it was ever read.

A line is a row, | parts its cells, ⏎ is a line break in a cell, [名称] begins a sheet. The truth has one
line for each member: group|hub|member: householders with their household's size.
"""

import re
from dataclasses import dataclass, field
from textwrap import dedent

import openpyxl


@dataclass
class Made:
    sheets: dict
    merges: list
    links: list
    facts: dict = field(default_factory=dict)

    def save(self, path):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
            for area in self.merges if name == list(self.sheets)[-1] else []:
                sheet.merge_cells(area)
        book.save(path)
        return path


def made(rows, truth, merges="", **facts):
    sheets = {}
    for line in dedent(rows).strip("\n").splitlines():
        name = re.fullmatch(r"\[(.+)\]", line)
        if name:
            sheets[name.group(1)] = []
        else:
            sheets.setdefault("Sheet1", []) if not sheets else None
            sheets[list(sheets)[-1]].append([value(cell) for cell in line.split("|")])
    return Made(sheets, merges.split(), sorted(links(truth)), facts)


def value(cell):
    if not cell:
        return None
    return int(cell) if cell.isdigit() and len(cell) < 3 else cell.replace("⏎", "\n")


def links(truth):
    for line in dedent(truth).strip("\n").splitlines():
        holder, listed = line.split(":")
        for house in listed.split() or [""]:
            size = re.search(r"\d*$", house).group()
            yield (*holder.split("|"), house.removesuffix(size), int(size) if size else None)


ROSTERS = {
    "name_phone_one_cell": made(
        """
        李家沟村党支部党员包户登记表
        党小组|包户党员及电话|户主|人口
        第一党小组|陈国栋 13893210001|王军|3
        第一党小组|陈国栋 13893210001|李平|2
        第一党小组|何文（13893210002）|赵兰|5
        第一党小组|张 强⏎15193210003|钱文|4
        """,
        """
        第一党小组||何文: 赵兰5
        第一党小组||张强: 钱文4
        第一党小组||陈国栋: 李平2 王军3
        """,
        merges="A1:D1",
        phones={"陈国栋": "13893210001", "何文": "13893210002", "张强": "15193210003"},
    ),
    "vertical_group": made(
        """
        李家沟村党支部包户名册
        党小组|党员|户主|人口
        第⏎一⏎党⏎小⏎组|陈国栋|王军|3
        ||李平|2
        第二党小⏎组|何文|赵兰|5
        ||孙明|4
        """,
        """
        第一党小组||陈国栋: 李平2 王军3
        第二党小组||何文: 孙明4 赵兰5
        """,
        merges="A3:A4 A5:A6 B3:B4 B5:B6",
    ),
    "sheets_one_two": made(
        """
        [封面]
        李家沟村党支部
        党员联系农户花名册
        二〇二六年九月
        [填表说明]
        填表说明
        1. 户主姓名应与户口本一致。
        2. 联系电话填写手机号码。
        3. 每名党员联系10至15户。
        [一组]
        党员|联系户户主|人口
        陈国栋|王军|3
        陈国栋|李平|2
        [二组]
        党员|联系户户主|人口
        何文|赵兰|5
        [Sheet3]
        """,
        """
        第一党小组||陈国栋: 李平2 王军3
        第二党小组||何文: 赵兰5
        """,
        branch="李家沟村党支部",
    ),
    "odd_names": made(
        """
        李家沟村党支部名册
        序号|党小组|党员姓名|户主姓名|人口|户主电话
        1.|第一党小组|陈国栋（预备）|王 军|3.0|无
        2.|第一党小组|李平(流动)|李　平|—|/
        3.|第一党小组|何文|赵兰（已故）|5|——
        4、|第一党小组|何文|孙明（五保户）|1
        """,
        """
        第一党小组||何文: 孙明1 赵兰5
        第一党小组||李平: 李平
        第一党小组||陈国栋: 王军3
        """,
        standing={"陈国栋": "probationary"},
        floating={"李平": True},
    ),
    "hub_flag": made(
        """
        李家沟村党支部党员名册
        党小组|党员姓名|是否中心户|户主姓名|人口
        第一党小组|陈国栋|是|王军|3
        第一党小组|陈国栋|是|李平|2
        第一党小组|何文|否|赵兰|5
        第二党小组|吴刚|√|孙明|4
        第二党小组|周强||钱文|4
        """,
        """
        第一党小组||何文: 赵兰5
        第一党小组|陈国栋户|陈国栋: 李平2 王军3
        第二党小组||周强: 钱文4
        第二党小组|吴刚户|吴刚: 孙明4
        """,
    ),
    "hub_flag2": made(
        """
        李家沟村党支部党员名册
        党小组|党员姓名|党员中心户|户主姓名|人口
        第一党小组|陈国栋|√|王军|3
        第一党小组|何文||赵兰|5
        第二党小组|吴刚|√|孙明|4
        """,
        """
        第一党小组||何文: 赵兰5
        第一党小组|陈国栋户|陈国栋: 王军3
        第二党小组|吴刚户|吴刚: 孙明4
        """,
    ),
    "totals_on_top": made(
        """
        李家沟村党支部名册
        党小组|党员|户主|人口
        合计|2人|4户|14
        第一党小组|陈国栋|王军|3
        第一党小组|陈国栋|李平|2
        第一党小组小计||2户|5
        第二党小组|何文|赵兰|5
        第二党小组|何文|孙明|4
        小计||2|9
        单位负责人：||填表人：
        ||
        第二党小组|何文|郑海|1
        """,
        """
        第一党小组||陈国栋: 李平2 王军3
        第二党小组||何文: 孙明4 赵兰5 郑海1
        """,
    ),
    "three_row_header": made(
        """
        李家沟村党支部名册
        党组织||党员联系户情况
        党小组|党员中心户|联系党员||联系户
        ||姓名|电话|户主|人口|电话
        第一党小组|陈国栋户|陈国栋|13893210001|王军|3|18793210004
        第一党小组|陈国栋户|何文|13893210002|赵兰|5|13993210005
        """,
        """
        第一党小组|陈国栋户|何文: 赵兰5
        第一党小组|陈国栋户|陈国栋: 王军3
        """,
        merges="A2:B2 A3:A4 B3:B4 C2:G2 C3:D3 E3:G3",
        phones={"陈国栋": "13893210001", "何文": "13893210002"},
        hphones={"王军": "18793210004", "赵兰": "13993210005"},
    ),
    "comma_lists": made(
        """
        李家沟村党支部名册
        党小组|党员|联系户|户数
        第一党小组|陈国栋|王军,李平,赵 兰,钱文|4
        第一党小组|何文|1.孙明 2.周强 3.吴燕|3
        第一党小组|吴刚|户主：郑海 家庭人口：4；户主：冯巧 家庭人口：2|2
        """,
        """
        第一党小组||何文: 吴燕 周强 孙明
        第一党小组||吴刚: 冯巧2 郑海4
        第一党小组||陈国栋: 李平 王军 赵兰 钱文
        """,
    ),
    "family_text": made(
        """
        李家沟村党支部名册
        党小组|党员|联系农户
        第一党小组|陈国栋|户主:王军 家庭人口:4
        第一党小组|陈国栋|户主：李平，人口：2人，电话：13893210001
        第一党小组|何文|赵兰（一社，3人，13893210002）
        """,
        """
        第一党小组||何文: 赵兰3
        第一党小组||陈国栋: 李平2 王军4
        """,
        hphones={"李平": "13893210001", "赵兰": "13893210002"},
    ),
    "numbered_group_lines": made(
        """
        李家沟村党支部党员联系户台账
        序号|党员|户主|人口
        一、第一党小组
        1|陈国栋|王军|3
        二、第二党小组
        1|何文|赵兰|5
        """,
        """
        第一党小组||陈国栋: 王军3
        第二党小组||何文: 赵兰5
        """,
    ),
    "member_lines": made(
        """
        李家沟村第一党小组党员联系户明细
        联系党员：陈国栋   电话：13893210001
        序号|户主姓名|人口|电话
        1|王军|3|18793210004
        2|李平|2|13993210005
        联系党员：何文   电话：13893210002
        序号|户主姓名|人口|电话
        1|赵兰|5|17793210006
        """,
        """
        第一党小组||何文: 赵兰5
        第一党小组||陈国栋: 李平2 王军3
        """,
        phones={"陈国栋": "13893210001", "何文": "13893210002"},
        hphones={"王军": "18793210004", "赵兰": "17793210006"},
    ),
    "ditto": made(
        """
        李家沟村党支部
        党小组|党员|户主|人口
        第一党小组|陈国栋|王军|3
        〃|〃|李平|2
        同上|同上|赵兰|5
        """,
        """
        第一党小组||陈国栋: 李平2 王军3 赵兰5
        """,
    ),
    "household_members_repeated": made(
        """
        李家沟村党支部
        党小组|党员|户主姓名|家庭成员姓名|与户主关系|人口
        第一党小组|陈国栋|王军|王军|户主|3
        第一党小组|陈国栋|王军|李秀|妻|3
        第一党小组|陈国栋|王军|王小|子|3
        第一党小组|何文|赵兰|赵兰|户主|1
        """,
        """
        第一党小组||何文: 赵兰1
        第一党小组||陈国栋: 王军3
        """,
    ),
    "untitled_columns": made(
        """
        李家沟村党支部
        党小组|党员|户主|人口
        第一党小组|陈国栋|王军|3|低保户
        第一党小组|何文|赵兰|5
        """,
        """
        第一党小组||何文: 赵兰5
        第一党小组||陈国栋: 王军3
        """,
        warn="没有列名",
    ),
    "col_number_row": made(
        """
        李家沟村党支部
        党小组|党员|户主|人口
        1|2|3|4
        第一党小组|陈国栋|王军|3
        第一党小组|何文|赵兰|5
        """,
        """
        第一党小组||何文: 赵兰5
        第一党小组||陈国栋: 王军3
        """,
    ),
    "example_row": made(
        """
        李家沟村党支部
        序号|党小组|党员|户主|人口
        例|第一党小组|张三|李四|3
        1|第一党小组|陈国栋|王军|3
        2|第一党小组|何文|赵兰|5
        """,
        """
        第一党小组||何文: 赵兰5
        第一党小组||陈国栋: 王军3
        """,
    ),
    "leader_with_phone_newline": made(
        """
        李家沟村党支部
        党小组及组长|党员|户主|人口
        第一党小组⏎（组长：陈国栋 13893210001）|陈国栋|王军|3
        |何文|赵兰|5
        """,
        """
        第一党小组||何文: 赵兰5
        第一党小组||陈国栋: 王军3
        """,
        merges="A3:A4",
    ),
    "title_in_the_member_column": made(
        """
        李家沟村第一党小组包户表
        党员|户主|人口
        陈国栋|王军|3
        填表人：马德福||审核人：郑海

        李家沟村第二党小组包户表
        党员|户主|人口
        何文|李平|2
        填表人：马德福||审核人：郑海
        """.replace("\n\n", "\n||\n"),
        """
        第一党小组||陈国栋: 王军3
        第二党小组||何文: 李平2
        """,
    ),
    "hubs_and_the_members_they_lead": made(
        """
        李家沟村党员中心户情况统计表
        序号|所在党小组|中心户户长|联系电话|家庭住址|所带党员|辐射农户数
        1|第一党小组|陈国栋|13893210001|一社|陈国栋、何文|25
        2|第二党小组|吴刚|13893210002|二社|吴刚|18
        """,
        """
        第一党小组|陈国栋户|陈国栋:
        第一党小组|陈国栋户|何文:
        第二党小组|吴刚户|吴刚:
        """,
    ),
}
