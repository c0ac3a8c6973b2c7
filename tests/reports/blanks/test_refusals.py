"""Blanks that would not come back whole are refused, each with the part that makes it so."""

import io
import zipfile
from pathlib import Path

import pytest

from grids.imports.reading.result import Limits, Refused
from reports.blanks.child import fill_in_child, looks_in_child
from reports.blanks.parts import refuse_unfit
from tests.reports.blanks.books import CORPUS, saved, statistics

LOST = "里有{}，系统填写后保不住，请删去后另存为 .xlsx 再上传。"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"


def refused(tmp_path: Path, content: bytes, name: str = "空表.xlsx") -> str:
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        refuse_unfit(path, name=name, limits=Limits())
    return str(refusal.value)


def with_part(name: str, text: str = "<x/>") -> bytes:
    """The plain blank with one more part."""
    content = io.BytesIO(saved(statistics()))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(name, text)
    return content.getvalue()


def with_element(element: str, part: str = SHEET, before: str = "</worksheet>") -> bytes:
    """The plain blank with one more element in a part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(statistics()))) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == part:
                data = data.decode().replace(before, element + before, 1).encode()
            new.writestr(entry, data)
    return out.getvalue()


@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_is_taken(tmp_path: Path, name: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(saved(CORPUS[name]()))
    refuse_unfit(path, name="空表.xlsx", limits=Limits())


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("xl/jsaProject.bin", "WPS 宏"),
        ("xl/macrosheets/sheet1.xml", "宏表"),
        ("xl/externalLinks/externalLink1.xml", "引用别的工作簿的外部链接"),
        ("xl/connections.xml", "外部数据连接"),
        ("xl/queryTables/queryTable1.xml", "外部数据查询"),
        ("xl/pivotTables/pivotTable1.xml", "数据透视表"),
        ("xl/pivotCache/pivotCacheDefinition1.xml", "数据透视表"),
        ("xl/slicers/slicer1.xml", "切片器"),
        ("xl/charts/chart1.xml", "图表"),
        ("xl/media/image1.png", "图片"),
        ("xl/cellimages.xml", "单元格里的图片"),
        ("xl/ctrlProps/ctrlProp1.xml", "表单控件（按钮、复选框）"),
        ("xl/activeX/activeX1.xml", "ActiveX 控件"),
        ("xl/threadedComments/threadedComment1.xml", "带回复的新式批注"),
        ("xl/revisions/revisionHeaders.xml", "共享工作簿的修订记录"),
        ("xl/drawings/drawing1.xml", "图形（文本框、形状或图片）"),
        ("_xmlsignatures/sig1.xml", "数字签名"),
    ],
)
def test_a_part_that_would_be_lost(tmp_path: Path, name: str, what: str) -> None:
    assert refused(tmp_path, with_part(name)) == "这张空表" + LOST.format(what)


@pytest.mark.parametrize(
    ("element", "sentence"),
    [
        (
            '<sheetProtection sheet="1"/>',
            "工作表“统计表”设了工作表保护，不能填写，请先撤销保护，另存为 .xlsx 再上传。",
        ),
        ("<oleObjects/>", "工作表“统计表”" + LOST.format("嵌入的文件")),
        ("<customSheetViews/>", "工作表“统计表”" + LOST.format("自定义视图")),
        ("<legacyDrawingHF/>", "工作表“统计表”" + LOST.format("页眉页脚里的图片")),
        (
            f'<extLst><ext><x14:sparklineGroups xmlns:x14="{X14}"/></ext></extLst>',
            "工作表“统计表”" + LOST.format("迷你图"),
        ),
        (
            "<webPublishItems/>",
            "这张空表里有系统不认识的部件（webPublishItems），填写后保不住，"
            "请把表格复制到新建的工作簿，另存为 .xlsx 再上传。",
        ),
    ],
)
def test_an_element_that_would_be_lost(tmp_path: Path, element: str, sentence: str) -> None:
    assert refused(tmp_path, with_element(element)) == sentence


@pytest.mark.parametrize(
    "element", ["<ignoredErrors/>", '<phoneticPr fontId="1"/>', '<sheetProtection sheet="0"/>']
)
def test_what_nobody_misses_is_no_reason(tmp_path: Path, element: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(with_element(element))
    refuse_unfit(path, name="空表.xlsx", limits=Limits())


def test_a_protected_workbook(tmp_path: Path) -> None:
    book = statistics()
    book.security.lockStructure = True
    said = "这张空表设了工作簿保护，不能填写，请先撤销保护，另存为 .xlsx 再上传。"
    assert refused(tmp_path, saved(book)) == said


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"x", "表.xlsm", "不接收带宏的工作簿（.xlsm），请另存为不带宏的 .xlsx 再上传。"),
        (
            b"x",
            "表.csv",
            "空表只接收 .xlsx，这个文件的扩展名是“.csv”，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
        ),
        (b"", "表.xlsx", "这个文件是空的（0 字节），请重新选择文件。"),
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "表.xlsx",
            "这个工作簿设了打开密码，请先取消密码，另存为 .xlsx 再上传。",
        ),
        (
            OLE + "Workbook".encode("utf-16-le"),
            "表.xlsx",
            "这个文件其实是旧版 .xls，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
        ),
        (b"PK\x03\x04", "表.xlsx", "这个文件已损坏或没有传完整，请在电脑上重新打开、另存为 .xlsx 后再上传。"),
        (
            b"<html><table>",
            "表.xlsx",
            "这个 .xlsx 文件其实是网页（HTML），请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
        ),
        (with_part("xl/vbaProject.bin"), "表.xlsx", "不接收带宏的工作簿，请另存为不带宏的 .xlsx 再上传。"),
    ],
)
def test_what_is_no_plain_workbook(tmp_path: Path, content: bytes, name: str, sentence: str) -> None:
    assert refused(tmp_path, content, name) == sentence


def test_the_child_process_tells_the_same_and_does_the_same(tmp_path: Path) -> None:
    """One refusal, one reading and one refused filling through the process that runs under limits."""
    path = tmp_path / "upload"
    path.write_bytes(with_part("xl/charts/chart1.xml"))
    with pytest.raises(Refused, match="图表"):
        looks_in_child(path, name="表.xlsx", limits=Limits())
    path.write_bytes(saved(statistics()))
    assert [look["name"] for look in looks_in_child(path, name="表.xlsx", limits=Limits())] == ["统计表"]
    order = {"target": str(tmp_path / "out.xlsx"), "cells": [[0, 3, 3, 1, False]], "tables": []}
    with pytest.raises(Refused, match="C3 在合并单元格里面"):
        fill_in_child(path, [order], Limits())
