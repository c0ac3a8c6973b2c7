"""Header words in their many forms."""

import pytest

from grids.imports.reading.headers import BARE_NAME, BARE_PHONE, PRIVATE, classify, suggestion


@pytest.mark.parametrize(
    ("title", "meaning"),
    [
        ("党小组(网格)", "group"),
        ("所属中心户（岗）", "hub"),
        ("中心户(示范岗)名称", "hub"),
        ("联系群众户主姓名", "household"),
        ("联系农户(户主及人口)", "household"),
        ("联系党员姓名", "member"),
        ("党 员 姓 名", "member"),
        ("村民小组/门牌", "address"),
        ("家庭人口数（人）", "household_size"),
        ("户联系电话", "household_phone"),
        ("联系电话（党员）", "member_phone"),
        ("党小组组长及电话", "group_leader"),
        ("党(总)支部", "branch"),
        ("联系方式", BARE_PHONE),
        ("姓名", BARE_NAME),
        ("户主身份证号", PRIVATE),
        ("与户主关系", PRIVATE),
        ("出生年月", PRIVATE),
        ("耕地面积", ""),
        ("联系党员性名", ""),
    ],
)
def test_titles(title, meaning):
    assert classify(title) == meaning


@pytest.mark.parametrize(
    ("parent", "child", "meaning"),
    [
        ("联系党员", "姓名", "member"),
        ("联系群众", "住址", "address"),
        ("联系群众基本情况", "电话", "household_phone"),
        ("包户党员情况", "手机", "member_phone"),
        ("家庭成员", "姓名", PRIVATE),
        ("户主信息", "身份证号", PRIVATE),
        ("基本情况", "党小组", "group"),
    ],
)
def test_titles_of_two_rows(parent, child, meaning):
    assert classify(child, parent) == meaning


def test_a_near_miss_is_only_suggested():
    assert suggestion("联系党员性名") == "联系党员姓名"
    assert suggestion("羊只存栏") == ""
