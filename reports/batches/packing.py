"""The zip itself: a folder for each place, names that Windows takes, and a list of all that is in it."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from reports.annexes.files import safe_part, workbook
from reports.exportlog.rules import foot_of
from reports.models import ExportBatch, ExportRecord
from township.sheets import Column, Sheet

LIST_NAME = "清单.xlsx"
LIST_COLUMNS = (
    Column("seq", "序号", width=10, kind="int"),
    Column("place", "单位", width=40, align="left"),
    Column("name", "文件", width=70, align="left"),
    Column("table", "表格", width=18),
    Column("rows", "行数", width=14, kind="int"),
    Column("serial", "导出编号", width=38),
    Column("acceptance", "接收情况", width=26),
    Column("sha256", "文件指纹（SHA-256）", width=110, align="left"),
)
NOTHING = "没有内容，未生成"


def zipped(
    batch: ExportBatch,
    files: Mapping[ExportRecord, Path],
    empty: Sequence[tuple[str, str]],
    serial: str,
) -> bytes:
    """All files in their folders, after the list. Names beyond ASCII are flagged as UTF-8 by zipfile."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:  # they are compressed already
        archive.writestr(LIST_NAME, _list(batch, list(files), empty, serial))
        for record, path in files.items():
            archive.writestr(f"{safe_part(record.place)}/{record.file_name}", path.read_bytes())
    return content.getvalue()


def _list(
    batch: ExportBatch, records: Sequence[ExportRecord], empty: Sequence[tuple[str, str]], serial: str
) -> bytes:
    rows: list[tuple[str | int, ...]] = [
        (
            number,
            record.place,
            record.file_name,
            record.table,
            record.rows,
            record.serial,
            record.get_acceptance_display(),
            record.sha256,
        )
        for number, record in enumerate(records, 1)
    ]
    rows += [("", place, NOTHING, table, 0, "", "", "") for place, table in empty]
    sheet = Sheet(
        title=f"{batch.township.name}打包导出清单",
        name="清单",
        columns=LIST_COLUMNS,
        rows=rows,
        unit=batch.township.name,
        paper="A3",
        summary=f"共 {len(records)} 份文件，{sum(record.rows for record in records)} 行。",
    )
    return workbook([sheet], watermark="", mark=foot_of(serial))
