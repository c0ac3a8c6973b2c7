"""Annex 4 against bare openpyxl, and the memory of its PDF against a quarter of its rows."""

import resource
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from reports.bench import Figure, Size
from township.sheets import SIGNATURES, Column, Sheet, pdf, xlsx

MEMBER = ("member",)
COLUMNS = (
    Column("seq", "序号", width=10, kind="int"),
    Column("branch", "党支部", width=26, merge_by=("branch",)),
    Column("group", "党小组（网格）", width=26, merge_by=("branch", "group")),
    Column("hub", "所属中心户（岗）", width=22, merge_by=("branch", "group", "hub")),
    Column("member", "党员姓名", width=18, merge_by=MEMBER),
    Column("phone", "党员电话", width=24, merge_by=MEMBER),
    Column("householder", "联系群众户主姓名", width=22),
    Column("address", "村民小组/门牌", width=26),
    Column("size", "家庭人口数", width=14, kind="int"),
    Column("since", "联系起始时间", width=20),
    Column("count", "联系户数", width=14, kind="int", merge_by=MEMBER),
    Column("remark", "备注", width=26),
    Column("code", "户编号", hidden=True),
)
HOUSEHOLDS_A_MEMBER = 13


def rows(count: int) -> list[tuple[Any, ...]]:
    """As many lines of annex 4, 13 households a member."""
    made = []
    for n in range(count):
        member, group = n // HOUSEHOLDS_A_MEMBER, n // (HOUSEHOLDS_A_MEMBER * 3)
        made.append(
            (
                n + 1, f"演示{group // 8}村党支部", f"第{group}党小组（第{group}网格）",
                f"中心{member // 2}户", f"党员{member}", f"1990{member:07d}",
                f"户主{n}", f"{group % 8 + 1}社{n % 60 + 1}号", n % 7 + 1,
                "2026-09-01", HOUSEHOLDS_A_MEMBER, "", str(n),
            )
        )  # fmt: skip
    return made


def annex4(count: int) -> Sheet:
    """A sheet shaped like annex 4."""
    return Sheet(
        title="演示乡党组织网格化管理服务工作党员包挂联系花名册",
        annex="附件4",
        unit="演示乡",
        columns=COLUMNS,
        rows=rows(count),
        foot=SIGNATURES,
    )


def xlsx_against_openpyxl(size: Size) -> Figure:
    """Our styled, merged workbook against openpyxl write-only with the same cells and no style at all."""
    sheet = annex4(size.households)
    ours = _quickest(lambda: xlsx.write(sheet, BytesIO()))
    cells = list(sheet.read())

    def bare() -> None:
        book = Workbook(write_only=True)
        page = book.create_sheet()
        for row in cells:
            page.append(row)
        book.save(BytesIO())

    baseline = _quickest(bare)
    value = ours / baseline
    return Figure(
        "annex4_xlsx",
        f"附件4 {size.households}行导出 Excel 用时，对照 openpyxl 只写单元格",
        ours,
        baseline,
        "秒",
        "≤ 1.5",
        value,
        value <= 1.5,
    )


def _quickest(job: Any, times: int = 3) -> float:
    """The least of a few runs: other work on the machine can only add."""
    found = []
    for _ in range(times):
        start = time.process_time()
        job()
        found.append(time.process_time() - start)
    return min(found)


def pdf_memory(size: Size) -> Figure:
    """Peak memory of a PDF against one with a quarter of the rows; it must not grow with them."""
    ours, baseline = peak_of_pdf(size.pdf_rows), peak_of_pdf(size.pdf_rows // 4)
    value = ours / baseline
    return Figure(
        "annex4_pdf_memory",
        f"附件4 {size.pdf_rows}行生成 PDF 的内存峰值，对照四分之一行数",
        ours,
        baseline,
        "MB",
        "≤ 1.2",
        value,
        value <= 1.2,
    )


def peak_of_pdf(count: int) -> float:
    """Megabytes a process of its own needs at most for `count` rows."""
    command = [sys.executable, "-m", "reports.bench.sheets", str(count)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[2]
    )
    return float(done.stdout)


if __name__ == "__main__":
    import django  # inline: this process only measures, the settings are read here

    django.setup()
    pdf.write(annex4(int(sys.argv[1])), BytesIO())
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
