"""What a workbook of ours says of itself in hidden parts: which register, place and row, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grids.imports.reading.files import RawSheet
from grids.imports.reading.values import text_of
from grids.registers.versions import is_token

VERSION = 1  # of the layout; a file that says a higher one was made by a newer program
NUMBER_TITLE = "序号"
ROW_TITLE = "系统编号（请勿改动）"
META_SHEET = "meta"
NOTES_SHEET = "填写说明"
EXAMPLE = "示例"


@dataclass(frozen=True)
class BookMark:
    """The hidden facts of a workbook. `place` is the number of the place, `made_at` a local time."""

    register: str
    place: int
    place_name: str
    sheet: str
    made_at: datetime | None
    version: int = VERSION

    def lines(self) -> list[tuple[str, str, str]]:
        """Sheet, key and value as the hidden sheet holds them."""
        said = {
            "register": self.register,
            "place": str(self.place),
            "place_name": self.place_name,
            "version": str(self.version),
            "made_at": f"{self.made_at:%Y-%m-%d %H:%M:%S}" if self.made_at else "",
        }
        return [(self.sheet, key, value) for key, value in said.items()]

    @classmethod
    def of(cls, sheets: Sequence[RawSheet]) -> "BookMark | None":
        """The mark of a workbook read, or None for a file from elsewhere."""
        for sheet in sheets:
            if sheet.hidden and sheet.name.strip().lower() == META_SHEET:
                rows = [[text_of(value) for value in row] for row in sheet.cells if len(row) >= 3]
                said = {row[1]: row[2] for row in rows}
                if "register" in said:
                    return cls._of_words(said, next((r[0] for r in rows if r[1] == "register"), ""))
        return None

    @classmethod
    def _of_words(cls, said: Mapping[str, str], sheet: str) -> "BookMark":
        return cls(
            register=said["register"],
            place=_number(said.get("place", "")),
            place_name=said.get("place_name", ""),
            sheet=sheet,
            made_at=_moment(said.get("made_at", "")),
            version=_number(said.get("version", "")),
        )


def row_mark(pk: int, seen: str) -> str:
    """What the hidden column says of a row: its number and the version the file was made from."""
    return f"{pk}@{seen}"


def read_row_mark(text: str) -> tuple[int | None, str]:
    """Number and version; (None, "") for a new row, (0, "") for a mark somebody has changed."""
    if not text:
        return None, ""
    pk, _, seen = text.partition("@")
    if pk.isascii() and pk.isdecimal() and len(pk) < 19 and (not seen or is_token(seen)):
        return int(pk), seen
    return 0, ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  # shown as it stands
    except ValueError:
        return None
