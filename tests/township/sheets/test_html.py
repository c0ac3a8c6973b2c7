"""The table on the page."""

from collections.abc import Callable

from lxml import html as lxml_html

from township.sheets import Column, Sheet
from township.sheets.html import render


def test_a_slice_merges_anew_and_keeps_totals(annex: Callable[..., Sheet]) -> None:
    sheet = annex(12, totals=(("合计", "", "", "", "", "", 33, None, "", "", "", ""),))
    table = lxml_html.fromstring(render(sheet, 3, 7)).find(".//table")
    body = [[(td.text or "", td.get("rowspan")) for td in tr] for tr in table.findall("tbody/tr")]
    assert [len(cells) for cells in body] == [9, 5, 7, 5, 9]
    assert body[0][1] == ("青河村党支部", "4")
    assert body[0][3] == ("王　军", "2")
    assert body[2][1] == ("王　军", "2")  # another member of the same name: a cell of its own
    assert body[4][0] == ("合计", None)
    assert body[4][6] == ("33", None)


def test_head_has_scopes_caption_and_notes(annex: Callable[..., Sheet]) -> None:
    page = lxml_html.fromstring(render(annex(1)))
    assert [(th.text, th.get("scope"), th.get("colspan")) for th in page.findall(".//thead/tr")[0]][3] == (
        "党员",
        "colgroup",
        "2",
    )
    assert page.findtext(".//caption") == "青河乡党员包挂联系花名册"
    assert [small.text for small in page.findall(".//thead//small")] == ["待建"]
    assert "branch_code" not in page.text_content()


def test_cells_are_escaped_and_blanks_stay_blank() -> None:
    sheet = Sheet(
        title="表", columns=(Column("a", "甲"), Column("b", "乙", kind="int")), rows=[("<script>", None)]
    )
    cells = lxml_html.fromstring(render(sheet)).findall(".//tbody//td")
    assert [cell.text for cell in cells] == ["<script>", None]


def test_no_rows_says_so() -> None:
    sheet = Sheet(title="表", columns=(Column("a", "甲"), Column("b", "乙")), rows=[])
    assert lxml_html.fromstring(render(sheet)).findtext(".//tbody//td") == "没有符合条件的记录"
