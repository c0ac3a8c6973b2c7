"""The style rules of a PDF that depend on its sheets: paper, widths, row heights, the office's fonts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from fontTools.ttLib import TTFont, TTLibError

from township.sheets.pages import PADDING, RULE, STEP, Plan
from township.sheets.paper import Margins, Paper

TITLE_FONTS = {"方正小标宋简体", "FZXiaoBiaoSong-B05S"}
_FOLIO_FONTS = '"宋体", "SimSun", "STSong", "Noto Serif CJK SC", serif'


def height_class(millimetres: float) -> str:
    """The class of a row height, which is a multiple of the step."""
    return f"h{round(millimetres / STEP)}"


def row_rules(names: Iterable[str]) -> str:
    # On the cells, not the row: WeasyPrint makes a row of set height hold alone a holder's cell ending in it.
    rule = "tr.{}>td:not([rowspan]){{height:{:.2f}mm}}"
    inside = 2 * PADDING + RULE
    return "".join(rule.format(name, int(name[1:]) * STEP - inside) for name in sorted(set(names)))


def sheet_rules(number: int, plan: Plan) -> str:
    """Named pages recto/verso of one sheet with their page numbers, and its table's columns."""
    paper = plan.paper
    rules = [
        _page_rule(f"recto{number}", paper, paper.recto, odd=True),
        _page_rule(f"verso{number}", paper, paper.verso, odd=False),
        f".s{number} .grid{{font-size:{plan.points}pt}}",
    ]
    for col, width in enumerate(plan.widths):
        if width:
            rules.append(f".s{number} .c{col}{{width:{width:.3f}mm}}")
    for row, height in enumerate(plan.head_heights, start=1):
        rules.append(f".s{number} thead tr:nth-child({row}){{height:{height:.2f}mm}}")
    if plan.sheet.watermark:
        rules.append(f".s{number} .watermark p{{margin-top:{paper.inner_height * 0.45:.0f}mm}}")
    if paper.turned:
        rules.append(f".s{number} .turned-folio{{width:{paper.inner_height:.2f}mm}}")
        rules.append(f".recto{number} .turned-folio{{text-align:right;padding-right:1em}}")
        rules.append(f".verso{number} .turned-folio{{text-align:left;padding-left:1em}}")
    return "".join(rules)


def _page_rule(name: str, paper: Paper, margins: Margins, *, odd: bool) -> str:
    size = f"size:{paper.width}mm {paper.height}mm;margin:{' '.join(f'{side}mm' for side in margins)};"
    box = ""
    if paper.mode == "plain":
        box = f"@bottom-center{{content:string(folio);font:10.5pt {_FOLIO_FONTS};vertical-align:middle}}"
    elif not paper.turned:
        side, padding = ("right", "padding-right") if odd else ("left", "padding-left")
        box = (
            f"@bottom-{side}{{content:string(folio);font:14pt {_FOLIO_FONTS};"
            f"vertical-align:top;padding-top:7mm;{padding}:1em;width:100%;text-align:{side}}}"
        )
    return f"@page {name}{{{size}{box}}}.{name}{{page:{name}}}"


def font_rules(roots: Iterable[Path]) -> str:
    """@font-face rules for the fonts of the office's folder, under every family name they bear."""
    rules = []
    families: set[str] = set()
    for root in roots:
        for file in sorted(root.glob("*.[to]tf")):
            names = _families(file)
            families |= names
            rules += [
                f'@font-face{{font-family:"{name}";src:url("font:{quote(file.name)}")}}'
                for name in sorted(names)
            ]
    if families & TITLE_FONTS:  # the real title face needs no artificial weight
        rules.append("h1{font-weight:400}")
    return "".join(rules)


@lru_cache(maxsize=64)
def _families(file: Path) -> frozenset[str]:
    try:
        with file.open("rb") as stream, TTFont(stream, lazy=True) as font:
            names = {record.toUnicode() for record in font["name"].names if record.nameID in (1, 16)}
    except (TTLibError, OSError, KeyError, UnicodeDecodeError):
        return frozenset()
    return frozenset(name.replace('"', "").replace("\\", "") for name in names if name)
