"""Names, addresses and cells with several households."""

import pytest

from grids.imports.reading import names
from grids.imports.reading.values import Unclear, clean_text


@pytest.mark.parametrize(
    ("written", "households"),
    [
        ("王军(3人)、李平(2人)", [("王军", 3), ("李平", 2)]),
        ("王军（3人）李平【2】", [("王军", 3), ("李平", 2)]),
        ("王军3人;李平 2人", [("王军", 3), ("李平", 2)]),
        ("王军:3人、李平：2人", [("王军", 3), ("李平", 2)]),
        ("王军 李平 张三丰", [("王军", None), ("李平", None), ("张三丰", None)]),
        ("李　平(3人)、王 军(2人)", [("李平", 3), ("王军", 2)]),
        ("欧 阳 锋", [("欧阳锋", None)]),
        ("1.王军(3)\n2.李平(4口人)", [("王军", 3), ("李平", 4)]),
        ("阿依古丽 • 艾合买提(1人),马．哈三", [("阿依古丽·艾合买提", 1), ("马·哈三", None)]),
        ("王军户(3人)，李平(女,2人)", [("王军", 3), ("李平", 2)]),
        ("王军(大)(3人)/王军(小)(2人)", [("王军(大)", 3), ("王军(小)", 2)]),
        ("王军三人、李平2口", [("王军", 3), ("李平", 2)]),
        ("王军", [("王军", None)]),
        ("无", []),
    ],
)
def test_households(written, households):
    assert [(found.name, found.size) for found in names.split_households(clean_text(written))] == households


def test_household_with_door_and_phone():
    [found] = names.split_households("王军(一社12号,3人,13812345678)")
    assert (found.name, found.size, found.address, found.phone) == ("王军", 3, "一社12号", "13812345678")


@pytest.mark.parametrize("written", ["(3人)", "12345", "王军、(2人)", "王**", "甲" * 41])
def test_households_without_a_name(written):
    with pytest.raises(Unclear):
        names.split_households(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("第一党小组(青石湾村第一网格)", ("第一党小组", "青石湾村第一网格")),
        ("青石湾村第一网格（第一党小组）", ("第一党小组", "青石湾村第一网格")),
        ("第１党小组/第1网格", ("第一党小组", "第一网格")),
        ("青石湾村第一网格第一党小组", ("第一党小组", "青石湾村第一网格")),
        ("大坪村党支部第一党小组", ("第一党小组", "")),
        ("一组", ("第一党小组", "")),
        ("3", ("第三党小组", "")),
        ("种植产业党小组", ("种植产业党小组", "")),
        ("青石湾村第一网格", ("", "青石湾村第一网格")),
        ("无", ("", "")),
    ],
)
def test_groups_and_grids(written, expected):
    assert names.split_group(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("青石湾村一社1号", ("一社", "1号")),
        ("青河乡大坪村三社", ("三社", "")),
        ("3组12号", ("三组", "12号")),
        ("第一村民小组5号", ("第一村民小组", "5号")),
        ("上湾自然村3号", ("上湾自然村", "3号")),
        ("李家屯8号", ("李家屯", "8号")),
        ("杨家沟村6号", ("", "6号")),
        ("12号", ("", "12号")),
        ("村东头老井边", ("", "村东头老井边")),
    ],
)
def test_addresses(written, expected):
    assert names.split_address(written) == expected


@pytest.mark.parametrize(
    ("written", "branch"),
    [
        ("大坪村", "大坪村党支部"),
        ("大坪村党支部", "大坪村党支部"),
        ("大坪村支部", "大坪村党支部"),
        ("中共青河乡大坪村党支部委员会", "大坪村党支部"),
        ("大坪村村委会", "大坪村党支部"),
        ("大坪村党总支", "大坪村党总支"),
        ("青河乡卫生院党支部", "青河乡卫生院党支部"),
        ("青河乡", ""),
        ("XX村党支部", ""),
    ],
)
def test_branches(written, branch):
    assert names.branch_name(written) == branch


@pytest.mark.parametrize(
    ("title", "branch"),
    [
        ("杨家沟村党员联系户台账", "杨家沟村党支部"),
        ("2026年青河乡大坪村党员包户表", "大坪村党支部"),
        ("柳树庄村党支部第一党小组(柳树庄村第一网格)包挂联系花名册", "柳树庄村党支部"),
        ("XX乡党组织网格化管理服务工作党员包挂联系花名册", ""),
        ("农村党员联系户", ""),
        ("村级党员台账", ""),
    ],
)
def test_branches_in_titles(title, branch):
    assert names.branch_in_title(title) == branch


@pytest.mark.parametrize(
    ("written", "hub"),
    [
        ("白子龙", ("白子龙户", "central", "白子龙")),
        ("白子龙户", ("白子龙户", "central", "白子龙")),
        ("白　子龙中心户", ("白子龙户", "central", "白子龙")),
        ("党员中心户：白子龙", ("白子龙户", "central", "白子龙")),
        ("村口党员示范岗", ("村口党员示范岗", "demo_post", "")),
        ("1号中心户", ("1号中心户", "central", "")),
        ("马·哈三户", ("马·哈三户", "central", "马·哈三")),
        ("—", ("", "", "")),
    ],
)
def test_hubs(written, hub):
    assert names.hub_name(clean_text(written)) == hub
