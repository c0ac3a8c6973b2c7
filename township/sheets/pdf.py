"""Sheets as an official PDF: pages planned here, set by WeasyPrint in batches, joined with shared fonts."""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

import pikepdf
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from township.sheets import Sheet
from township.sheets.fetcher import StaticFetcher, font_roots
from township.sheets.html import body_rows, head
from township.sheets.layout import HeaderCell, text
from township.sheets.pages import Page, Plan, paginate
from township.sheets.paper import Mode, paper
from township.sheets.print_css import font_rules, height_class, row_rules, sheet_rules

PAGES_PER_BATCH = 12  # bounds memory: about 250 rows are laid out at a time
_CAUTIONS = (1.0, 1.15, 1.4, 2.0)
_FOLIO_SAMPLES = {*"第页共—0123456789", "第 1 页 共 2 页", "— 1 —"}
_SHAPED = re.compile(r".?[/—…·+()*~-]+.?")  # fonts may set these differently according to their neighbours
_BFCHAR = re.compile(rb"<([0-9a-f]+)> <([0-9a-f]+)>")

Progress = Callable[[int, int], None]


class LayoutError(RuntimeError):
    """A sheet that cannot be cut into pages; its text is for the clerk."""


class _PagesDiffer(Exception):
    """The pages are not those planned: a text was taller than thought, or rows changed meanwhile."""


@dataclass
class _PrintPage:
    """A page as its template sees it."""

    sheet: Sheet
    css: str
    folio: str
    turned: bool
    first: bool
    last: bool
    framed: bool
    cols: list[str]
    head: list[list[HeaderCell]]
    rows: list[Any]


@dataclass
class _Characters:
    """Characters used in each face, for the one font subset that all pages share.

    Beside single characters it keeps the short groups that a font may set with other glyphs.
    """

    cell: set[str] = field(default_factory=set)
    total: set[str] = field(default_factory=set)
    head: set[str] = field(default_factory=set)
    heading: set[str] = field(default_factory=set)

    def see_sheet(self, sheet: Sheet) -> None:
        _note(self.heading, sheet.title)
        for words in (
            sheet.annex,
            *(title for column in sheet.visible for title in (column.title, column.group)),
        ):
            _note(self.head, words)
        signatures = (f"{line.label}：{line.value}" for line in sheet.signatures)
        for words in (*sheet.frame, sheet.summary, sheet.watermark, *signatures):
            _note(self.cell, words)

    def samples(self) -> dict[str, str]:
        """For each face all that it must hold, a line each so that nothing is shaped together by chance."""
        return {name: "\n".join(map(_sample, sorted(used - {"\n"}))) for name, used in vars(self).items()}

    def see_page(self, sheet: Sheet, page: Page) -> None:
        for row in page.rows:
            seen = self.total if row.total else self.cell
            for value, column in zip(row.values, sheet.columns, strict=True):
                if not column.hidden:
                    _note(seen, text(value, column))


def _sample(words: str) -> str:
    return f"一{words}一" if words.isspace() else words  # a space alone in its line would not be set


def _note(seen: set[str], words: str) -> None:
    seen.update(words)
    if not words.isalnum():
        seen.update(_SHAPED.findall(words))


def write(
    sheets: Sheet | Sequence[Sheet],
    fileobj: BinaryIO,
    *,
    mode: Mode = "plain",
    progress: Progress | None = None,
) -> None:
    """One sheet, or several numbered through, as PDF. Rows are read twice: to count pages and to set them."""
    wanted = [sheets] if isinstance(sheets, Sheet) else list(sheets)
    for caution in _CAUTIONS:
        volume = _Volume([Plan(sheet, paper(sheet, mode), caution) for sheet in wanted], mode)
        try:
            with volume.make(progress) as pdf:
                pdf.save(fileobj)
        except _PagesDiffer:
            continue
        return
    raise LayoutError("表格无法分页：页面放不下表头或某一行，请减少列数、缩小字号或改用更大的纸张。")


class _Volume:
    """All sheets of one PDF with what their pages share."""

    def __init__(self, plans: Sequence[Plan], mode: Mode) -> None:
        self.plans, self.mode = plans, mode
        self.fetcher = StaticFetcher()
        self.fonts = FontConfiguration()
        self.total = 0
        rules = font_rules(font_roots()) + "".join(sheet_rules(i, plan) for i, plan in enumerate(plans))
        self.styles = [
            CSS(url="static:css/sheet-print.css", url_fetcher=self.fetcher, font_config=self.fonts),
            self._css(rules),
        ]

    def make(self, progress: Progress | None) -> pikepdf.Pdf:
        characters = _Characters()
        for plan in self.plans:
            characters.see_sheet(plan.sheet)
            for page in paginate(plan):
                self.total += 1
                characters.see_page(plan.sheet, page)
        if any(min(plan.tallest, plan.capacity_first) < plan.row_height for plan in self.plans):
            raise _PagesDiffer
        binder = _Binder(self._specimen(characters))
        done = 0
        pages = self._pages()
        while batch := list(islice(pages, PAGES_PER_BATCH)):
            binder.add(self._set(batch))
            done += len(batch)
            if progress:
                progress(done, self.total)
        if done != self.total:
            raise _PagesDiffer
        return binder.pdf

    def _pages(self) -> Iterator[_PrintPage]:
        number = 0
        for index, plan in enumerate(self.plans):
            for page in paginate(plan):
                number += 1
                yield self._print_page(index, plan, page, number)

    def _print_page(self, index: int, plan: Plan, page: Page, number: int) -> _PrintPage:
        side = "recto" if number % 2 else "verso"
        folio = f"第 {number} 页 共 {self.total} 页" if self.mode == "plain" else f"— {number} —"
        return _PrintPage(
            sheet=plan.sheet,
            css=f"s{index} {side}{index}",
            folio=folio,
            turned=plan.paper.turned,
            first=page.first,
            last=page.last,
            framed=any(plan.sheet.frame),
            cols=[f"c{col}" for col, width in enumerate(plan.widths) if width],
            head=head(plan.sheet),
            rows=body_rows(plan.sheet, page.rows, [height_class(height) for height in page.heights]),
        )

    def _set(self, batch: list[_PrintPage]) -> bytes:
        """The batch as PDF; refused if WeasyPrint needed more pages than were planned."""
        markup = render_to_string(
            "township/sheets/print.html", {"pages": batch, "title": batch[0].sheet.title}
        )
        heights = row_rules(row.css.split()[0] for page in batch for row in page.rows)
        document = self._html(markup).render(
            stylesheets=[*self.styles, self._css(heights)], font_config=self.fonts
        )
        if len(document.pages) != len(batch):
            raise _PagesDiffer
        result: bytes = document.write_pdf()
        del document
        gc.collect()  # boxes point at each other; without this they pile up over many batches
        return result

    def _specimen(self, characters: _Characters) -> bytes:
        context = {
            "title": self.plans[0].sheet.title,
            "folio": "\n".join(sorted(_FOLIO_SAMPLES)),
            **characters.samples(),
        }
        markup = render_to_string("township/sheets/specimen.html", context)
        result: bytes = self._html(markup).write_pdf(stylesheets=self.styles, font_config=self.fonts)
        return result

    def _html(self, markup: str) -> HTML:
        return HTML(string=markup, url_fetcher=self.fetcher)

    def _css(self, rules: str) -> CSS:
        return CSS(string=rules, url_fetcher=self.fetcher, font_config=self.fonts)


class _Binder:
    """Puts batches together. Glyph numbers survive subsetting, so all pages can use the specimen's fonts."""

    def __init__(self, specimen: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(specimen))
        self.resources = self.pdf.pages[0].obj.Resources
        self.glyphs = _glyphs(self.resources)
        del self.pdf.pages[:]

    def add(self, batch: bytes) -> None:
        with pikepdf.open(io.BytesIO(batch)) as source:
            if not self._covers(source.pages[0].obj.Resources):
                self.pdf.pages.extend(source.pages)
                return
            for page in source.pages:
                stream = page.obj.Contents
                contents = pikepdf.Stream(self.pdf, stream.read_raw_bytes(), Filter=stream.get("/Filter"))
                self.pdf.pages.append(
                    pikepdf.Page(
                        pikepdf.Dictionary(
                            Type=pikepdf.Name.Page,
                            MediaBox=list(page.mediabox),
                            Resources=self.resources,
                            Contents=self.pdf.make_indirect(contents),
                        )
                    )
                )

    def _covers(self, resources: Any) -> bool:
        """Whether the specimen's fonts hold every glyph of these resources, and no pictures are used."""
        if any(len(resources.get(kind, {})) for kind in ("/XObject", "/Pattern", "/Shading")):
            return False
        shared = self.resources.ExtGState
        for name, state in resources.get("/ExtGState", {}).items():
            opacity = {key: float(value) for key, value in state.items()}
            if name not in shared:
                shared[name] = pikepdf.Dictionary(opacity)
            elif {key: float(value) for key, value in shared[name].items()} != opacity:
                return False
        return all(
            used.items() <= self.glyphs.get(name, {}).items() for name, used in _glyphs(resources).items()
        )


def _glyphs(resources: Any) -> dict[str, dict[bytes, bytes]]:
    """Glyph number to text of each font."""
    return {
        name: dict(_BFCHAR.findall(font.ToUnicode.read_bytes()))
        for name, font in resources.get("/Font", {}).items()
    }
