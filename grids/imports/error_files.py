"""The error file: the sender's own workbook with red cells, comments, and a last column of reasons."""

import tempfile
from pathlib import Path
from typing import Any

from grids.imports.copies import COPIES
from grids.imports.mends import Mends
from grids.imports.preview import WARNING
from grids.imports.reading.child import mark_in_child
from grids.imports.reading.result import Limits
from grids.models import RosterUpload


def error_file(upload: RosterUpload) -> bytes:
    """The marked workbook of an open session as .xlsx; b"" when there is no copy, or it is too large."""
    source = COPIES.path_of(upload.copy_name)
    if source is None:
        return b""
    marks: list[list[Any]] = []
    for row in upload.preview:
        said = [issue for issue in row["issues"] if issue["severity"] != WARNING]
        marks += [[row["sheet"], row["row"] - 1, issue["index"], issue["message"]] for issue in said]
        if not said and row["reason"] and row["state"] != "skipped":
            marks.append([row["sheet"], row["row"] - 1, None, row["reason"]])
        if row["state"] == "skipped":
            marks.append([row["sheet"], row["row"] - 1, None, f"已跳过：{row['reason']}"])
    with tempfile.TemporaryDirectory(prefix="roster-") as folder:
        target = Path(folder) / "marked.xlsx"
        request = {
            "source": str(source),
            "target": str(target),
            "marks": marks,
            "mends": [[*where, value] for where, value in Mends.of_data(upload.mends).cells.items()],
            "token": upload.token,
            "heads": {
                sheet["name"]: sheet["header_row"] + sheet["header_rows"] - 2
                for sheet in upload.report["sheets"]
                if sheet["header_row"]
            },
        }
        return target.read_bytes() if mark_in_child(request, Limits()) else b""
