"""The outcome of a reconciliation as a workbook: one sheet for each of its three parts."""

from typing import IO

from grids.registers.register import Register
from grids.registers.workbooks.reconcile import THEIRS, Compared
from township.sheets import Column, Sheet, xlsx

WIDTH_PER_EM = 4.5  # millimetres of paper for one character


def write_result(found: Compared, register: Register, out: IO[bytes], *, place: str, file: str) -> int:
    """Write 不一致, 仅本系统有, 仅对方有; returns rows written."""
    title = f"{place}{register.title}对账"
    head = (
        Column("name", register.columns[0].title, width=26),
        Column("where", "对方位置", width=34, align="left"),
        Column("column", "栏目", width=26),
        Column("ours", "本系统", width=46, align="left"),
        Column("theirs", "对方", width=46, align="left"),
        Column("choice", "选择", width=26),
    )
    differs = [
        (
            pair.held.cells[register.columns[0].key],
            pair.row.where,
            cell.title,
            cell.ours,
            cell.theirs,
            "采用对方" if cell.choice == THEIRS else "保留本系统",
        )
        for pair in found.pairs
        for cell in pair.differences
    ]
    columns = tuple(
        Column(c.key, c.title, width=max(c.width, len(c.title)) * WIDTH_PER_EM, align="left")
        for c in register.columns
    )
    ours = [tuple(held.cells.get(c.key, "") for c in register.columns) for held in found.ours]
    theirs = [
        (row.where, *(row.cells.get(c.key, "") for c in register.columns), why) for row, why in found.theirs
    ]
    placed = (Column("where", "对方位置", width=34, align="left"), *columns, Column("why", "说明", width=40))
    xlsx.write_book(
        [
            Sheet(title=f"{title}：不一致", name="不一致", columns=head, rows=differs, unit=file),
            Sheet(title=f"{title}：仅本系统有", name="仅本系统有", columns=columns, rows=ours, unit=file),
            Sheet(title=f"{title}：仅对方有", name="仅对方有", columns=placed, rows=theirs, unit=file),
        ],
        out,
    )
    return len(differs) + len(ours) + len(theirs)
