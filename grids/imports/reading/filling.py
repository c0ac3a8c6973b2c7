"""Holder cells that stand for many rows: merged down, blank below the first, or repeated each row."""

from __future__ import annotations

from dataclasses import dataclass

from grids.imports.reading.files import RawSheet
from grids.imports.reading.tables import Table
from grids.imports.reading.values import is_nothing, text_of

LEVELS = ("general_branch", "branch", "group", "grid", "hub", "member")
OWNED = {
    "group_leader": "group",
    "group_leader_phone": "group",
    "group_kind": "group",
    "hub_kind": "hub",
    "hub_head": "hub",
    "hub_phone": "hub",
    "plate_no": "hub",
    "served_households": "hub",
    "hub_code": "hub",
    "hub_flag": "member",
    "member_phone": "member",
    "member_standing": "member",
    "floating": "member",
    "takes_part": "member",
    "member_code": "member",
    "since": "member",
}


@dataclass
class Filled:
    """One column after filling: the text for each row and the sheet row (from 0) it was taken from."""

    texts: list[str]
    origins: list[int]


class Filler:
    """Fills the holder columns of one table; `exact` means that a blank is a blank (our own exports)."""

    def __init__(self, sheet: RawSheet, table: Table, *, exact: bool) -> None:
        self.table = table
        self.exact = exact
        self.sheet = sheet
        self.rows = [body.number - 1 for body in table.body]
        self.cover = self.vertical_merges()

    def vertical_merges(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Cell → top left cell of the merge that covers it downwards."""
        columns = [*self.table.columns, *(column for block in self.table.blocks for column in block)]
        known = {column.index for column in columns if column.field}
        first, last = (self.rows[0], self.rows[-1]) if self.rows else (0, -1)
        cover = {}
        for (top, left), (bottom, right) in self.sheet.merges:
            if bottom > top and bottom >= first and top <= last:
                for column in range(left, min(right, left + 300) + 1):
                    if column in known:
                        for row in range(max(top, first), min(bottom, last) + 1):
                            cover[row, column] = (top, left)
        return cover

    def fill(self) -> dict[str, Filled]:
        filled: dict[str, Filled] = {}
        breaks = [False] * len(self.rows)
        for name in LEVELS:
            index = self.table.index(name)
            if index < 0:
                continue
            filled[name] = self.level(index, breaks)
            texts = filled[name].texts
            for place in range(1, len(texts)):
                breaks[place] = breaks[place] or texts[place] != texts[place - 1]
        for name, owner in OWNED.items():
            index = self.table.index(name)
            if index >= 0:
                filled[name] = self.owned(index, self.owner_of(owner, filled), conditional=name == "since")
        index = self.table.index("villager_group")
        if index >= 0:
            never = [not (self.rows and self.table.body[0].texts[index])] * len(self.rows)
            filled["villager_group"] = self.level(index, never)
        return filled

    def owner_of(self, owner: str, filled: dict[str, Filled]) -> Filled | None:
        return filled.get(owner) or (filled.get("grid") if owner == "group" else None)

    def is_block(self, index: int) -> bool:
        """Written once a block: neighbours (all but) never repeat, while there are blanks between."""
        repeats = blanks = 0
        before = ""
        for body in self.table.body:
            text = body.texts[index]
            if not text:
                blanks += 1
            elif text == before:
                repeats += 1
            before = text
        return repeats * 20 <= blanks

    def own(self, place: int, index: int) -> tuple[str, int] | None:
        """The text that belongs to a cell by itself or by its merge, with the row it comes from."""
        top = self.cover.get((self.rows[place], index))
        if top:
            return text_of(self.sheet.cells[top[0]][top[1]]), top[0]
        text = self.table.body[place].texts[index]
        return (text, self.rows[place]) if text else None

    def level(self, index: int, breaks: list[bool]) -> Filled:
        block = not self.exact and self.is_block(index)
        filled = Filled([], [])
        for place, row in enumerate(self.rows):
            found = self.own(place, index)
            if found is None and block and place and not breaks[place]:
                found = filled.texts[-1], filled.origins[-1]
            text, origin = found or ("", row)
            filled.texts.append("" if is_nothing(text) else text)
            filled.origins.append(origin)
        return filled

    def owned(self, index: int, owner: Filled | None, *, conditional: bool) -> Filled:
        """What belongs to a holder goes on exactly as long as the holder's own cell does."""
        if conditional and owner:
            alone = any(
                body.texts[index]
                and (self.rows[place], index) not in self.cover
                and origin != self.rows[place]
                for place, (body, origin) in enumerate(zip(self.table.body, owner.origins, strict=True))
            )
            owner = None if alone else owner
        filled = Filled([], [])
        for place, row in enumerate(self.rows):
            found = self.own(place, index)
            if found is None and owner and place and owner.origins[place] == owner.origins[place - 1]:
                found = filled.texts[-1], filled.origins[-1]
            text, origin = found or ("", row)
            filled.texts.append(text)
            filled.origins.append(origin)
        return filled
