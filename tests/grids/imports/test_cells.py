"""Single rows and cells: what is carried down, what is a warning, what refuses the file."""

from datetime import date

import openpyxl
import pytest

from grids.imports.reading.result import Limits, dump_reading
from grids.imports.reading.rosters import parse_roster, read_roster

HEADER = ["党小组", "网格", "党员中心户", "党员姓名", "户主姓名", "住址", "人口", "户主电话", "备注"]
FIRST = ["第一党小组", "石门村第一网格", "李明户", "李明", "王军", "石门村一社1号", 3, "13812345678", None]


@pytest.fixture
def read(tmp_path):
    def read_rows(*rows, header=HEADER, change=None, name="a.xlsx"):
        book = openpyxl.Workbook()
        for row in [*([header] if header else []), *rows]:
            book.active.append(list(row))
        if change:
            change(book)
        book.save(tmp_path / name)
        return parse_roster(tmp_path / name, name=name, limits=Limits())

    return read_rows


def household(name, **cells):
    row = dict(zip(HEADER, FIRST, strict=True)) | {"户主姓名": name} | cells
    return [row[title] for title in HEADER]


def messages(reading, severity):
    return [
        (problem.row, problem.column, problem.value, problem.message)
        for problem in reading.problems
        if problem.severity == severity
    ]


def test_blank_holders_in_a_flat_sheet_are_not_linked(read):
    reading = read(FIRST, household("赵兰"), household("钱文", 党员姓名=None), household("孙明"))
    assert [row.member for row in reading.rows] == ["李明", "李明", "", "李明"]
    assert messages(reading, "warning") == [(4, "党员姓名", "", "“钱文”没有写联系党员，按“尚未联系”读入。")]
    assert reading.ok


def test_blank_holders_in_a_block_sheet_mean_as_above(read):
    empty = [None] * 4
    reading = read(
        FIRST,
        [*empty, "赵兰"],
        [None, None, None, "周强", "钱文"],
        [*empty, "孙明"],
        ["第二党小组", "石门村第二网格", None, None, "吴燕"],
    )
    assert [(row.group, row.hub, row.member) for row in reading.rows] == [
        ("第一党小组", "李明户", "李明"),
        ("第一党小组", "李明户", "李明"),
        ("第一党小组", "李明户", "周强"),
        ("第一党小组", "李明户", "周强"),
        ("第二党小组", "", ""),
    ]
    assert [problem.row for problem in reading.warnings] == [6]


def test_a_phone_never_goes_over_to_the_next_member(read):
    header = ["党小组", "党员姓名", "党员电话", "户主姓名"]
    reading = read(
        ["一组", "李明", 13812345678.0, "王军"],
        [None, None, None, "赵兰"],
        [None, "周强", None, "钱文"],
        [None, None, None, "孙明"],
        header=header,
    )
    assert [row.member_phone for row in reading.rows] == ["13812345678", "13812345678", "", ""]
    assert {row.group for row in reading.rows} == {"第一党小组"}


@pytest.mark.parametrize(
    ("cells", "row", "column", "value"),
    [
        ({"户主姓名": "12345"}, 3, "户主姓名", "12345"),
        ({"户主姓名": "#N/A"}, 3, "户主姓名", "#N/A"),
        ({"户主姓名": None}, 3, "户主姓名", ""),
        ({"户主姓名": "王**"}, 3, "户主姓名", "王**"),
        ({"户主姓名": "(3人)"}, 3, "户主姓名", "(3人)"),
        ({"户主姓名": "甲" * 41}, 3, "户主姓名", "甲" * 41),
        ({"党员姓名": "李明、周强"}, 3, "党员姓名", "李明、周强"),
        ({"党员姓名": "=VLOOKUP(A1,B:C,2,0)"}, 3, "党员姓名", "公式"),
    ],
)
def test_unusable_key_cells_refuse_the_file(read, cells, row, column, value):
    reading = read(
        FIRST,
        household(
            **(
                {"name": "赵兰"}
                | {k: v for k, v in cells.items() if k != "户主姓名"}
                | ({"name": cells["户主姓名"]} if "户主姓名" in cells else {})
            )
        ),
    )
    assert [found[:3] for found in messages(reading, "error")] == [(row, column, value)]
    assert not reading.ok


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"人口": -2}, "人口"),
        ({"人口": 1e9}, "人口"),
        ({"人口": "约30"}, "人口"),
        ({"人口": 2.5}, "人口"),
        ({"人口": True}, "人口"),
        ({"人口": "#REF!"}, "人口"),
        ({"户主电话": "138123"}, "户主电话"),
        ({"户主电话": "1.38E+10"}, "户主电话"),
        ({"户主电话": "13812345678、13912345678"}, "户主电话"),
        ({"备注": "身份证 622101199001011234"}, "备注"),
        ({"备注": "卡号6222 0212 3456 7890 123"}, "备注"),
        ({"备注": 622101199001011234}, "备注"),
        ({"户主电话": "622101199001011234"}, "户主电话"),
    ],
)
def test_unreadable_optional_cells_are_warnings(read, cells, column):
    reading = read(FIRST, household("赵兰", **cells))
    assert reading.ok
    [(row, title, value, message)] = messages(reading, "warning")
    assert (row, title) == (3, column)
    assert message.endswith("。")
    assert "622101" not in value + message


def test_private_numbers_leave_no_trace(read):
    secret = ["622101199001011234", "62210119900101123X", "6222021234567890123"]
    header = [*HEADER, "户主身份证号", "银行卡号", "宅基地"]
    rows = [
        [*FIRST, *secret[:2], secret[2]],
        [
            *household(f"赵兰{secret[0]}", 住址=f"石门村一社2号 {secret[1]}", 备注=secret[2]),
            *secret[:2],
            None,
        ],
    ]
    reading = read(*rows, header=header)
    assert [row.household for row in reading.rows] == ["王军", "赵兰"]
    content = dump_reading(reading).decode()
    assert [number for number in secret if number in content] == []
    [sheet] = reading.sheets
    assert (sheet.not_collected, sheet.unrecognised) == (["户主身份证号", "银行卡号"], ["宅基地"])


def test_unknown_columns_are_named_with_a_suggestion(read):
    header = ["党小组", "联系党员性名", "户主姓名", "养殖规模"]
    reading = read(["一组", "李明", "王军", "羊30只"], header=header)
    assert reading.sheets[0].unrecognised == ["联系党员性名", "养殖规模"]
    (row, column, _, message), (_, _, _, unlinked) = messages(reading, "warning")
    assert (row, column) == (1, "联系党员性名")
    assert "联系党员姓名" in message
    assert "1 户按“尚未联系”读入" in unlinked
    assert "羊" not in repr(reading)


def test_rows_that_are_no_data_are_named(read):
    reading = read(
        FIRST,
        ["小 计", None, None, None, "1户"],
        HEADER,
        household("赵兰"),
        [1],
        ["合计：2户"],
        ["单位负责人：", None, None, "填表人：张三"],
        ["注：本表一式两份"],
    )
    assert [row.household for row in reading.rows] == ["王军", "赵兰"]
    assert reading.ok
    assert reading.sheets[0].left_out == [
        "第 3 行：合计行",
        "第 4 行：重复的表头",
        "第 7 行：合计行",
        "第 8 行：签名落款行",
        "第 9 行：说明",
        "第 6 行：没有户主和党员",
    ]


def test_the_same_line_twice_is_pointed_out(read):
    reading = read(FIRST, household("赵兰"), FIRST, household("王军", 住址="石门村一社9号"))
    assert len(reading.rows) == 4
    assert messages(reading, "warning") == [
        (4, "户主姓名", "王军", "与第 2 行完全相同（户主、党员、门牌都一样），请核对是否重复填写。")
    ]


def test_groups_headed_by_lines_inside_one_sheet(read):
    header = ["中心户", "党员姓名", "户主姓名", "人口"]
    reading = read(
        ["石门村党支部包挂花名册"],
        ["第一党小组（石门村第一网格）  党小组长：李 明  电话：13812345678"],
        header,
        ["李明户", "李明", "王军", 3],
        ["第二党小组（石门村第二网格）  党小组长：周强"],
        ["周强户", "周强", "王军", 2],
        header=None,
    )
    assert [(row.group, row.grid, row.group_leader, row.group_leader_phone) for row in reading.rows] == [
        ("第一党小组", "石门村第一网格", "李明", "13812345678"),
        ("第二党小组", "石门村第二网格", "周强", ""),
    ]
    assert reading.branches == ["石门村党支部"]


def test_hub_roster_without_households(read):
    header = [
        "党支部",
        "党小组(网格)",
        "党小组长",
        "中心户(示范岗)名称",
        "类别",
        "负责人及电话",
        "标识牌编号",
        "周边农户数",
        "联系党员姓名",
        "党员类别",
        "党员电话",
        "是否流动",
        "联系党员数",
    ]
    reading = read(
        [
            "石门村党支部",
            "第一党小组（石门村第一网格）",
            "李明",
            "李明",
            "中心户",
            "李明 13812345678",
            "SM-01",
            "12户",
            "李明",
            "正式",
            None,
            "否",
            2,
        ],
        [None, None, None, None, None, None, None, None, "周强", "预备党员", "0933-8712345", "√", None],
        [None, None, None, "养殖党员示范岗", "示范岗", "吴燕", "SM-02", None, None, None, None, None, None],
        header=header,
    )
    assert reading.problems == []
    assert [
        (row.hub, row.hub_kind, row.hub_head, row.hub_phone, row.plate_no, row.served_households)
        for row in reading.rows
    ] == [
        ("李明户", "central", "李明", "13812345678", "SM-01", 12),
        ("李明户", "central", "李明", "13812345678", "SM-01", 12),
        ("养殖党员示范岗", "demo_post", "吴燕", "", "SM-02", None),
    ]
    assert [(row.member, row.member_standing, row.member_phone, row.floating) for row in reading.rows] == [
        ("李明", "full", "", False),
        ("周强", "probationary", "0933-8712345", True),
        ("", "", "", None),
    ]


def test_our_own_export_comes_back_with_its_codes(read):
    header = [
        "序号",
        "党支部",
        "党小组(网格)",
        "所属中心户(岗)",
        "党员姓名",
        "党员电话",
        "联系群众户主姓名",
        "村民小组/门牌",
        "家庭人口数",
        "户联系电话",
        "联系起始时间",
        "联系户数",
        "备注",
        "户编号",
        "党员编号",
        "中心户编号",
    ]

    def finish(book):
        sheet = book.active
        for column in "BCDEF":
            sheet.merge_cells(f"{column}5:{column}6")
        sheet.column_dimensions["N"].hidden = True
        meta = book.create_sheet("meta")
        meta.append(["township", "T01"])
        meta.append(["year", 2026])
        meta.sheet_state = "hidden"

    reading = read(
        ["附件4"],
        ["青河乡党员包挂联系花名册"],
        ["填报单位（盖章）：石门村党支部"],
        header,
        [
            1,
            "石门村党支部",
            "第一党小组(石门村第一网格)",
            "李明户",
            "李明",
            "138****5678",
            "王军",
            "一社1号",
            3,
            None,
            "2026-09-01",
            2,
            None,
            "H1",
            "M1",
            "B1",
        ],
        [
            2,
            None,
            None,
            None,
            None,
            None,
            "赵兰",
            "一社2号",
            2,
            None,
            "2026-09-01",
            None,
            None,
            "H2",
            "M1",
            "B1",
        ],
        [
            3,
            "石门村党支部",
            "第一党小组(石门村第一网格)",
            None,
            None,
            None,
            "钱文",
            "一社3号",
            None,
            None,
            None,
            None,
            None,
            "H3",
            None,
            None,
        ],
        header=None,
        change=finish,
    )
    assert reading.problems == []
    assert reading.meta == {"township": "T01", "year": "2026"}
    assert [
        (row.household, row.household_code, row.member, row.member_code, row.hub_code) for row in reading.rows
    ] == [
        ("王军", "H1", "李明", "M1", "B1"),
        ("赵兰", "H2", "李明", "M1", "B1"),
        ("钱文", "H3", "", "", ""),
    ]
    assert reading.rows[0].since == date(2026, 9, 1)
    assert {row.member_phone for row in reading.rows} == {""}


def test_sheets_that_are_no_rosters_are_skipped_with_a_reason(read):
    def more(book):
        book.create_sheet("空表")
        book.create_sheet("说明").append(["填表说明"])
        hidden = book.create_sheet("底稿")
        hidden.append(HEADER)
        hidden.append(FIRST)
        hidden.sheet_state = "hidden"
        people = book.create_sheet("通讯录")
        for number in range(6):
            people.append(["姓名", "职务", "电话"] if not number else ["张三", "主任", "13800000000"])

    reading = read(FIRST, change=more)
    assert [(sheet.name, sheet.skipped) for sheet in reading.sheets] == [
        ("Sheet", ""),
        ("空表", "空白的工作表"),
        ("说明", "没有找到花名册的表头，没有读取"),
        ("底稿", "隐藏的工作表，没有读取"),
        ("通讯录", "没有找到花名册的表头，没有读取"),
    ]
    assert {(problem.sheet, problem.severity) for problem in reading.problems} == {
        ("通讯录", "warning"),
        ("底稿", "warning"),
    }


def test_missing_groups(read):
    header = ["党小组", "网格", "党员姓名", "户主姓名"]
    reading = read(
        ["第一党小组", "石门村第一网格", "李明", "王军"],
        [None, "石门村第二网格", "周强", "赵兰"],
        ["第一党小组", "石门村第一网格", "李明", "钱文"],
        ["第一党小组", "石门村第一网格", "李明", "吴燕"],
        [None, None, "李明", "孙明"],
        [None, None, "郑海", "冯英"],
        header=header,
    )
    assert [row.group for row in reading.rows] == [
        "第一党小组",
        "第二党小组",
        "第一党小组",
        "第一党小组",
        "第一党小组",
        "",
    ]
    assert [problem.row for problem in reading.warnings] == [3, 6]
    assert [(problem.row, problem.message) for problem in reading.errors] == [
        (7, "“冯英”没有写党小组，请补上。")
    ]


def test_a_roster_without_any_group_is_told_once(read):
    reading = read(["李明", "王军"], ["李明", "赵兰"], header=["党员姓名", "户主姓名"])
    [problem] = reading.errors
    assert (problem.row, "党小组" in problem.message) == (None, True)


def test_industry_groups_and_member_notes(read):
    reading = read(
        ["花椒产业党小组", "李明（预备党员，流动）", "王军"], header=["党小组", "党员姓名", "户主姓名"]
    )
    [row] = reading.rows
    assert (row.group, row.industry, row.member, row.member_standing, row.floating) == (
        "花椒产业党小组",
        True,
        "李明",
        "probationary",
        True,
    )


def test_a_household_column_that_stands_twice_is_an_error(read):
    """Pasted twice, that is; two columns of different names are two households a line."""
    header = ["党小组", "党员姓名", "户主姓名", "户主姓名"]
    reading = read(["一组", "李明", "王军", "赵兰"], header=header)
    assert [row.household for row in reading.rows] == ["王军", "赵兰"]
    reading = read(["一组", "李明", "王军", "王军"], header=header)
    assert [(problem.row, problem.column) for problem in reading.errors] == [(1, "户主姓名")]


def test_merged_household_rows_are_one_household(read):
    header = ["党小组", "党员姓名", "户主姓名", "家庭成员姓名"]
    reading = read(
        ["一组", "李明", "王军", "王小军"],
        ["一组", "李明", None, "张兰"],
        ["一组", "李明", "赵文", "赵小文"],
        header=header,
        change=lambda book: book.active.merge_cells("C2:C3"),
    )
    assert [row.household for row in reading.rows] == ["王军", "赵文"]
    assert "张兰" not in repr(reading)


def test_names_are_data_and_stay_text(read):
    reading = read(
        household("<script>"), household("王\u202e军\u200b"), household("{{7*7}}"), household("𠮷明")
    )
    assert [row.household for row in reading.rows] == ["<script>", "王军", "{{7*7}}", "𠮷明"]
    assert [problem.row for problem in reading.warnings] == [2, 4]
    assert reading.ok


def test_reading_survives_the_way_through_the_child(read, tmp_path):
    here = read(FIRST, household("赵兰", 人口="约3"), household("钱文", 备注=date(2026, 9, 1)))
    there = read_roster(tmp_path / "a.xlsx")
    assert there == here
