"""The PDF: pages read back as text, nothing fetched, memory that does not grow."""

import gc
import io
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from weasyprint import HTML
from weasyprint.formatting_structure.boxes import Box

from township.sheets import Column, Sheet, Values, pdf
from township.sheets.fetcher import StaticFetcher
from township.sheets.print_css import font_rules

from .conftest import COLUMNS, FORMULA, RARE, REMARK, annex_rows


def make(tmp_path: Path, sheets: Sheet | list[Sheet], **options: object) -> Path:
    target = tmp_path / "a.pdf"
    with target.open("wb") as stream:
        pdf.write(sheets, stream, **options)  # type: ignore[arg-type]
    return target


def pages(path: Path) -> list[str]:
    """Text of each page without any space."""
    read = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True)
    return [re.sub(r"\s", "", page) for page in read.stdout.split("\f")[:-1]]


def test_plain_pages(annex: Callable[..., Sheet], tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    path = make(tmp_path, annex(70), progress=lambda done, total: steps.append((done, total)))
    found = pages(path)
    total = len(found)
    assert total >= 4
    for number, page in enumerate(found, 1):
        assert f"第{number}页共{total}页" in page
        assert page.count("户主姓名") == 1
        assert page.count("青河村党支部") == 1  # the holder stands again on each page
        assert ("青河乡党员包挂联系花名册" in page) == (number == 1)
        assert ("单位负责人：" in page) == (number == total)
    joined = "".join(found)
    assert [f"户主{i}" in joined for i in range(70)] == [True] * 70
    assert joined.count(REMARK) == 4
    assert RARE in joined
    assert FORMULA in joined
    assert "branch_code" not in joined
    assert steps == [(total, total)]


def test_official_pages_turn_their_numbers(annex: Callable[..., Sheet], tmp_path: Path) -> None:
    path = make(tmp_path, annex(40), mode="official")
    found = pages(path)
    assert [f"—{n}—" in page for n, page in enumerate(found, 1)] == [True] * len(found)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", path, "-"], check=True, capture_output=True, text=True
    ).stdout
    # The heads lie 28 mm from the top edge on odd and 26 mm on even pages; numbers stand left of the table.
    dashes = [(float(x), float(y)) for x, y in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>—<', boxes)]
    left_edge = 35 / 25.4 * 72
    assert {x < left_edge for x, _ in dashes} == {True}
    assert dashes[0][1] > 400 > dashes[2][1]  # low on the first page, high on the second
    with pikepdf.open(path) as book:
        assert {tuple(round(float(v)) for v in page.mediabox) for page in book.pages} == {(0, 0, 842, 595)}


def test_pages_share_one_set_of_fonts(
    annex: Callable[..., Sheet], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "PAGES_PER_BATCH", 2)
    path = make(tmp_path, annex(60, watermark="青河乡党政办 2026-09-30"))
    assert len(pages(path)) >= 4
    with pikepdf.open(path) as book:
        assert len({page.obj.Resources.objgen for page in book.pages}) == 1
        assert book.docinfo.Title == "青河乡党员包挂联系花名册"
        assert book.Root.Lang == "zh-CN"


def test_several_sheets_are_numbered_through(annex: Callable[..., Sheet], tmp_path: Path) -> None:
    found = pages(make(tmp_path, [annex(2), annex(2, paper="A3"), annex(2, landscape=False)]))
    assert [f"第{n}页共3页" in page for n, page in enumerate(found, 1)] == [True] * 3


def test_an_empty_sheet_and_a_giant_cell_are_printed(tmp_path: Path) -> None:
    columns = (Column("a", "姓名", width=20), Column("b", "备注", width=60))
    assert len(pages(make(tmp_path, Sheet(title="空表", columns=columns, rows=[], foot=("审核人",))))) == 1
    giant = "".join(chr(0x4E00 + i * i % 211) for i in range(2500))
    found = pages(make(tmp_path, Sheet(title="长表", columns=columns, rows=[("甲", giant)])))
    joined = "".join(re.sub(r"第\d+页共\d+页|姓名备注", "", page) for page in found)
    assert giant in joined


def test_too_tall_a_text_is_planned_again(
    annex: Callable[..., Sheet], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an estimate that is far too low the pages overflow; the next, more careful plan must hold."""
    careful = pdf.Plan.height
    monkeypatch.setattr(
        pdf.Plan,
        "height",
        lambda self, value, width: careful(self, value, width) if self.caution > 1 else 1.0,
    )
    found = pages(make(tmp_path, annex(40)))
    assert [f"第{n}页共{len(found)}页" in page for n, page in enumerate(found, 1)] == [True] * len(found)
    assert "".join(found).count(REMARK) == 2


def test_impossible_paper_is_refused_in_chinese() -> None:
    sheet = Sheet(title="题" * 2000, columns=(Column("a", "甲"),), rows=[("一",)])
    with pytest.raises(pdf.LayoutError, match="无法分页"):
        pdf.write(sheet, io.BytesIO())


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


def test_nothing_is_fetched_but_our_static_files(listener: tuple[str, list[str]], tmp_path: Path) -> None:
    address, hits = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-MARK")
    markup = f"""<link rel=stylesheet href="{address}/a.css"><link rel=attachment href="file://{secret}">
        <style>@import "{address}/b.css"; @font-face {{ font-family: x; src: url({address}/f.ttf) }}
        p {{ font-family: x }}</style>
        <a rel=attachment href="file://{secret}">x</a><img src="file://{secret}"><img src="{address}/i.png">
        <img src="static:../pyproject.toml"><object data="{address}/o"></object><p>字</p>"""
    made = HTML(string=markup, url_fetcher=StaticFetcher()).write_pdf()
    assert hits == []
    with pikepdf.open(io.BytesIO(made)) as book:
        assert len(book.attachments) == 0
        assert not any(
            b"SECRET-MARK" in stream.read_bytes()
            for stream in book.objects
            if isinstance(stream, pikepdf.Stream)
        )


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "static:../manage.py",
        "static:/etc/hostname",
        "static:%2e%2e/manage.py",
        "font:a.ttf",
        "ftp://127.0.0.1/",
    ],
)
def test_fetcher_refuses(url: str) -> None:
    with pytest.raises(ValueError, match=r"static|protocol"):
        StaticFetcher().fetch(url)


def test_fetcher_serves_static_and_data(settings: object, tmp_path: Path) -> None:
    assert b".grid" in StaticFetcher().fetch("static:css/sheet-print.css").read()
    assert StaticFetcher().fetch("data:text/plain,ok").read() == b"ok"
    (tmp_path / "office.ttf").write_bytes(b"font")
    settings.FONTS_DIR = tmp_path  # type: ignore[attr-defined]
    assert StaticFetcher().fetch("font:office.ttf").read() == b"font"


def test_fonts_of_the_office_are_declared_by_their_families(tmp_path: Path) -> None:
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef"])
    builder.setupCharacterMap({})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0)})
    builder.setupHorizontalHeader()
    builder.setupNameTable(
        {"familyName": {"en": "FZXiaoBiaoSong-B05S", "zh": "方正小标宋简体"}, "styleName": "Regular"}
    )
    builder.save(tmp_path / "小标宋.ttf")
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    rules = font_rules([tmp_path])
    assert rules.count("@font-face") == 2
    assert '@font-face{font-family:"方正小标宋简体";src:url("font:' in rules
    assert rules.endswith("h1{font-weight:400}")  # the real face is not made bolder


def test_people_cannot_smuggle_markup(listener: tuple[str, list[str]], tmp_path: Path) -> None:
    address, hits = listener
    payload = f'<img src="{address}/x">'
    sheet = Sheet(
        title=payload, columns=(Column("a", payload, width=100),), rows=[(payload,)], watermark=payload
    )
    found = pages(make(tmp_path, sheet))
    assert hits == []
    assert payload.replace(" ", "") in found[0]


def test_only_one_batch_is_in_memory_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each batch none of its boxes is left, and rows are taken as they are needed, not all at once.

    How much memory that is for thousands of rows is measured by `manage.py bench`.
    """
    monkeypatch.setattr(pdf, "PAGES_PER_BATCH", 2)
    passes: list[int] = []
    seen: list[tuple[int, int]] = []

    def rows() -> Iterator[Values]:
        passes.append(0)
        for row in annex_rows(90):
            passes[-1] += 1
            yield row

    def look(done: int, total: int) -> None:
        left = sum(isinstance(thing, Box) for thing in gc.get_objects())
        seen.append((left, passes[-1]))
        assert done == min(2 * len(seen), total)

    make(tmp_path, Sheet(title="表", columns=COLUMNS, rows=rows), progress=look)
    assert [left for left, _ in seen] == [0] * len(seen)
    assert len(seen) >= 3
    taken = [count for _, count in seen]
    assert taken == sorted(taken)
    assert taken[0] < taken[1] < 90
