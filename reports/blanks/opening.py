"""A workbook opened so that saving it gives back what was there: rich text, and lines inside merged cells."""

import warnings
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.reader import excel
from openpyxl.workbook import Workbook
from openpyxl.worksheet._reader import WorksheetReader
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange


class _Reader(WorksheetReader):
    """openpyxl draws the borders of a merge anew from its first cell; here each cell keeps its own."""

    def bind_merged_cells(self) -> None:
        """Take the merges as they stand, with the style of every covered cell."""
        if not self.parser.merged_cells:
            return
        found = [CellRange(merge.ref) for merge in self.parser.merged_cells.mergeCell]
        for merge in found:
            for row, column in list(merge.cells)[1:]:
                under = self.ws._cells.get((row, column))
                if under is not None:
                    cover = MergedCell(self.ws, row, column)
                    cover._style = under._style
                    self.ws._cells[row, column] = cover
        self.ws.merged_cells = MultiCellRange(found)


def opened(path: Path) -> Workbook:
    """For the child process only: the reader is swapped while the file is read."""
    usual = excel.WorksheetReader
    excel.WorksheetReader = _Reader
    try:
        # It warns of each extension it drops; extensions.py keeps those, and parts.py has looked at the rest.
        with (
            warnings.catch_warnings(),
            path.open("rb") as file,
        ):  # by its content: an upload's copy bears no suffix
            warnings.filterwarnings("ignore", message=".* extension is not supported")
            return openpyxl.load_workbook(file, rich_text=True)
    finally:
        excel.WorksheetReader = usual
