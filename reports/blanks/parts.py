"""What a workbook may hold so that it comes back whole after filling; anything else is refused by name."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring, iterparse  # type: ignore[import-untyped]

from grids.imports.reading import files
from grids.imports.reading.result import Limits, Refused

SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
# Beginnings of part names (in small letters) → what a person calls it. The first that fits is told.
FOREIGN: tuple[tuple[str, str], ...] = (
    ("xl/jsaproject", "WPS 宏"),
    ("xl/macrosheets/", "宏表"),
    ("xl/intlmacrosheets/", "宏表"),
    ("xl/dialogsheets/", "对话框表"),
    ("xl/externallinks/", "引用别的工作簿的外部链接"),
    ("xl/connections", "外部数据连接"),
    ("xl/querytables/", "外部数据查询"),
    ("xl/pivot", "数据透视表"),
    ("xl/slicer", "切片器"),
    ("xl/timeline", "日程表"),
    ("xl/model/", "数据模型"),
    ("xl/chart", "图表"),
    ("xl/cellimages", "单元格里的图片"),
    ("xl/richdata/", "单元格里的图片或数据类型"),
    ("xl/media/", "图片"),
    ("xl/diagrams/", "SmartArt 图形"),
    ("xl/ctrlprops/", "表单控件（按钮、复选框）"),
    ("xl/activex/", "ActiveX 控件"),
    ("xl/embeddings/", "嵌入的文件"),
    ("xl/threadedcomments/", "带回复的新式批注"),
    ("xl/revisions/", "共享工作簿的修订记录"),
    ("_xmlsignatures/", "数字签名"),
    ("xl/drawings/drawing", "图形（文本框、形状或图片）"),
)
KEPT = (
    "[content_types].xml",
    "_rels/",
    "docprops/",
    "xl/_rels/",
    "xl/workbook.xml",
    "xl/worksheets/",
    "xl/styles.xml",
    "xl/sharedstrings.xml",
    "xl/theme/",
    "xl/tables/",
    "xl/comments",
    "xl/drawings/vmldrawing",
    "xl/drawings/commentsdrawing",
    "xl/drawings/_rels/",
    # These go and nobody misses them: a chain that is computed anew, a printer's notes, a suite's labels.
    "xl/calcchain.xml",
    "xl/printersettings/",
    "customxml/",
    "docmetadata/",
)
# Elements of a sheet that openpyxl writes back, and those that nobody sees go.
SHEET_KEPT = frozenset(
    [
        "sheetPr",
        "dimension",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "autoFilter",
        "mergeCells",
        "conditionalFormatting",
        "dataValidations",
        "hyperlinks",
        "printOptions",
        "pageMargins",
        "pageSetup",
        "headerFooter",
        "rowBreaks",
        "colBreaks",
        "legacyDrawing",
        "tableParts",
        "scenarios",
        "sheetCalcPr",
        "sheetProtection",
    ]
)
SHEET_UNSEEN = frozenset({"phoneticPr", "ignoredErrors", "extLst"})
SHEET_FOREIGN = {
    "protectedRanges": "工作表保护",
    "drawing": "图形（文本框、形状或图片）",
    "legacyDrawingHF": "页眉页脚里的图片",
    "drawingHF": "页眉页脚里的图片",
    "picture": "工作表背景图片",
    "oleObjects": "嵌入的文件",
    "controls": "控件",
    "customSheetViews": "自定义视图",
    "dataConsolidate": "合并计算",
    "AlternateContent": "控件或图形",
}
# What extensions.py puts back is not among them.
EXTENSIONS = {
    "sparklineGroups": "迷你图",
    "slicerList": "切片器",
    "timelineRefs": "日程表",
}
UNKNOWN_PART = (
    "这张空表里有系统不认识的部件（{}），填写后保不住，请把表格复制到新建的工作簿，另存为 .xlsx 再上传。"
)


def refuse_unfit(path: Path, *, name: str, limits: Limits) -> None:
    """Raise Refused for whatever is no plain .xlsx, with the part that makes it so."""
    suffix = Path(name).suffix.lower()
    if suffix in {".xlsm", ".xltm", ".xlam"}:
        raise Refused(f"不接收带宏的工作簿（{suffix}），请另存为不带宏的 .xlsx 再上传。")
    if suffix != ".xlsx":
        raise Refused(f"空表只接收 .xlsx，这个文件的扩展名是“{suffix or '（无）'}”，{SAVE_AS}")
    data = path.read_bytes()
    if not data:
        raise Refused("这个文件是空的（0 字节），请重新选择文件。")
    try:
        _refuse_other_kinds(data, suffix)
        files.check_zip(data, limits)
    except Refused as why:
        raise Refused(
            str(why).replace("再导入", "再上传").replace("不能当作花名册读取", "不能当作空表")
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_parts(archive)
    except (*files.UNREADABLE, ParseError):
        raise Refused(files.BROKEN.replace("再导入", "再上传")) from None


def _refuse_other_kinds(data: bytes, suffix: str) -> None:
    """What only bears the name of a workbook."""
    if data.startswith(files.OLE_MAGIC):
        files.check_ole(data)
        raise Refused(f"这个文件其实是旧版 .xls，{SAVE_AS}")
    if not data.startswith(b"PK"):
        files.refuse_markup(data, suffix)
        raise Refused(f"扩展名是 {suffix}，内容却不是 Excel 工作簿，{SAVE_AS}")


def refuse_parts(archive: zipfile.ZipFile) -> None:
    """Look at the names of all parts, then into the workbook, its sheets, and the boxes of its comments."""
    names = archive.namelist()
    lowered = [name.lower() for name in names]
    for beginning, what in FOREIGN:
        if any(name.startswith(beginning) for name in lowered):
            raise Refused(refusal(what))
    strange = next((name for name in names if not name.lower().startswith(KEPT)), None)
    if strange is not None:
        raise Refused(UNKNOWN_PART.format(strange))
    if "xl/workbook.xml" not in names:
        raise Refused(files.BROKEN.replace("再导入", "再上传"))
    _refuse_in_workbook(archive)
    tabs = titles(archive)
    for name in names:
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name, re.IGNORECASE):
            _refuse_in_sheet(archive, name, tabs.get(name, ""))
        elif name.lower().startswith(("xl/drawings/vmldrawing", "xl/drawings/commentsdrawing")):
            kinds = set(re.findall(rb'ObjectType="(\w+)"', archive.read(name)))
            if kinds - {b"Note"}:
                raise Refused(refusal("表单控件（按钮、复选框）"))


def refusal(what: str, sheet: str = "") -> str:
    """The sentence for one thing that would not survive."""
    at = f"工作表“{sheet}”" if sheet else "这张空表"
    if "保护" in what:
        return f"{at}设了{what}，不能填写，请先撤销保护，另存为 .xlsx 再上传。"
    return f"{at}里有{what}，系统填写后保不住，请删去后另存为 .xlsx 再上传。"


def _refuse_in_workbook(archive: zipfile.ZipFile) -> None:
    for element in fromstring(archive.read("xl/workbook.xml")).iter():
        tag = _local(element.tag)
        if tag == "workbookProtection" and (_on(element, "lockStructure") or _on(element, "lockWindows")):
            raise Refused(refusal("工作簿保护"))
        if tag == "externalReference":
            raise Refused(refusal("引用别的工作簿的外部链接"))
        if tag == "definedName" and (
            element.get("function") or element.get("xlm") or element.get("vbProcedure")
        ):
            raise Refused(refusal("宏定义的名称"))


def titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part of a sheet → the name on its tab."""
    parts = files.sheet_parts(archive)
    book = fromstring(archive.read("xl/workbook.xml"))
    sheets = [element for element in book.iter() if _local(element.tag) == "sheet"]
    return {parts.get(str(number), ""): element.get("name", "") for number, element in enumerate(sheets)}


def _refuse_in_sheet(archive: zipfile.ZipFile, name: str, title: str) -> None:
    for depth, tag, element in _elements(archive, name):
        if tag == "sheetProtection" and _on(element, "sheet"):
            raise Refused(refusal("工作表保护", title))
        if depth == 2 and tag in SHEET_FOREIGN:
            raise Refused(refusal(SHEET_FOREIGN[tag], title))
        if depth == 2 and tag not in SHEET_KEPT | SHEET_UNSEEN:
            raise Refused(UNKNOWN_PART.format(tag))
        if depth == 4 and tag in EXTENSIONS:
            raise Refused(refusal(EXTENSIONS[tag], title))


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[int, str, Element]]:
    """Every element with its depth (1: the root) and name; rows and cells are forgotten as they pass."""
    depth = 0
    with archive.open(name) as stream:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth += 1
                yield depth, _local(element.tag), element
            else:
                depth -= 1
                element.clear()


def _on(element: Element, name: str) -> bool:
    return element.get(name, "0").lower() in {"1", "true"}


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
