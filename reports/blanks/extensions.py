"""Lists that point to another sheet and newer conditional formats: openpyxl drops them, so they are put back.

Excel keeps both in an extension at the end of a sheet's part. An old rule that a newer one belongs to (a data
bar) names it by a number, which is dropped too.
"""

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from openpyxl.worksheet.cell_range import CellRange

from reports.blanks.growing import Opening, moved_formula, moved_range
from reports.blanks.parts import titles

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
# Prefixes as Excel writes them; some programs look for the prefix, not for what it stands for.
PREFIXES = {
    "": MAIN,
    "x14": X14,
    "xm": XM,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
KEPT = (f"{{{X14}}}dataValidations", f"{{{X14}}}conditionalFormattings")


@dataclass
class Extensions:
    """What one sheet had: whole extensions, and by the priority of an old rule what leads to a newer one."""

    blocks: list[Element] = field(default_factory=list)
    links: dict[str, Element] = field(default_factory=dict)


def read(source: Path) -> dict[str, Extensions]:
    """By the sheet's name; sheets without any are left out."""
    with zipfile.ZipFile(source) as archive:
        found = {
            title: _of_sheet(fromstring(archive.read(part), forbid_dtd=True))
            for part, title in titles(archive).items()
        }
    return {title: one for title, one in found.items() if one.blocks}


def _of_sheet(sheet: Element) -> Extensions:
    blocks = [
        block
        for block in sheet.findall(f"{{{MAIN}}}extLst/{{{MAIN}}}ext")
        if any(inside.tag in KEPT for inside in block)
    ]
    rules = [rule for block in blocks for rule in block.iter(f"{{{X14}}}cfRule")]
    newer = {rule.get("id") for rule in rules}
    # Excel's own numbers of rows: in a namespace that older programs must be told to overlook.
    for check in (check for block in blocks for check in block.iter(f"{{{X14}}}dataValidation")):
        for name in [name for name in check.attrib if name.endswith("}uid")]:
            del check.attrib[name]
    links: dict[str, Element] = {}
    for rule in sheet.iter(f"{{{MAIN}}}cfRule"):
        link = rule.find(f"{{{MAIN}}}extLst")
        if link is not None and {one.text for one in link.iter(f"{{{X14}}}id")} <= newer:
            links[rule.get("priority", "")] = link
    return Extensions(blocks, links)


def move(kept: dict[str, Extensions], opening: Opening) -> None:
    """Let them follow rows that came in."""
    for title, one in kept.items():
        for block in one.blocks:
            for formula in block.iter(f"{{{XM}}}f"):
                formula.text = moved_formula(formula.text or "", opening, here=title)
            for area in block.iter(f"{{{XM}}}sqref") if title == opening.sheet else ():
                parts = (area.text or "").split()
                area.text = " ".join(moved_range(CellRange(part), opening).coord for part in parts)


def put_back(target: Path, kept: dict[str, Extensions]) -> None:
    """Write them into a filled workbook; without any it is left as it is."""
    if not kept:
        return
    for prefix, namespace in PREFIXES.items():
        register_namespace(prefix, namespace)
    whole = target.with_suffix(".part")
    with zipfile.ZipFile(target) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {part: kept[title] for part, title in titles(old).items() if title in kept}
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, _with(content, parts[entry.filename]) if entry.filename in parts else content)
    whole.replace(target)


def _with(content: bytes, kept: Extensions) -> bytes:
    sheet: Element = fromstring(content, forbid_dtd=True)
    for rule in sheet.iter(f"{{{MAIN}}}cfRule"):
        link = kept.links.get(rule.get("priority", ""))
        if link is not None:
            rule.append(link)
    SubElement(sheet, f"{{{MAIN}}}extLst").extend(kept.blocks)
    return tostring(sheet, encoding="UTF-8", xml_declaration=True)
