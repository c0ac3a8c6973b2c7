"""The annexes as printed, both ways, against golden files: pages, sizes, edges, heads, folios, every text."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from reports.annexes.files import write_pdf
from reports.annexes.registry import PRINTABLE
from reports.choices import Paper

from .test_golden import GOLDEN, order

CASES = {
    "annex1": (1, {}),
    "annex1_a4": (1, {"paper": Paper.A4}),
    "annex2": (2, {}),
    "annex3": (3, {}),
    "annex4": (4, {}),
}
FOLIO = {"plain": "第{}页共{}页", "official": "—{}—"}
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
WORD = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"')


def poppler(path, *options):
    done = subprocess.run(["pdftotext", *options, path, "-"], check=True, capture_output=True, text=True)
    return done.stdout


def in_mm(points):
    return round(float(points) / 72 * 25.4)


def read_pages(path):
    """Each page's size, the edges of what is printed on it, and its lines in the order they are drawn."""
    texts = poppler(path, "-raw").split("\f")[:-1]
    for (width, height, body), text in zip(PAGE.findall(poppler(path, "-bbox")), texts, strict=True):
        corners = list(zip(*[map(float, word) for word in WORD.findall(body)], strict=True))
        yield {
            "size": [in_mm(width), in_mm(height)],
            "printed": [in_mm(edge(side)) for edge, side in zip((min, min, max, max), corners, strict=True)],
            "lines": [re.sub(r"\s", "", line) for line in text.splitlines()],
        }


def parted(pages):
    """Edges apart from the rest: another version of the font may move them by a millimetre."""
    edges = [edge for page in pages for edge in page["printed"]]
    return [{**page, "printed": None} for page in pages], edges


@pytest.mark.sqlite_only  # the rows are those of the workbooks' golden files, which both databases give
@pytest.mark.parametrize("mode", FOLIO)
@pytest.mark.parametrize("case", CASES)
def test_annex_is_printed_as_its_golden_file(town, tmp_path, case, mode):
    number, options = CASES[case]
    sheets, path = PRINTABLE[number].build(order(town, **options)).sheets, tmp_path / "a.pdf"
    with path.open("wb") as target:
        write_pdf(sheets, target, mode=mode)
    made = list(read_pages(path))
    golden = Path(GOLDEN) / "pdf" / f"{case}_{mode}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (texts, edges), (known, known_edges) = (
        parted(made),
        parted(json.loads(golden.read_text(encoding="utf-8"))),
    )
    assert texts == known
    assert edges == pytest.approx(known_edges, abs=1)
    for at, page in enumerate(made, 1):
        whole = "".join(page["lines"])
        assert FOLIO[mode].format(at, len(made)) in whole
        assert "序号" in whole  # the head stands again on every page
