"""Boards, plates and cards as PDF at true size: set by WeasyPrint, laid on their paper by pikepdf."""

import base64
import gc
import io
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

import pikepdf

from services.notices.choices import BoardPaper
from services.notices.content import Board, Card, Plate, Staff
from services.notices.sheets import qr
from services.press import Press

STYLE, PAGES = "css/notices-print.css", "services/notices/print"
MM = 72 / 25.4
_BOARD = {BoardPaper.A2: (594.0, 420.0), BoardPaper.A3: (420.0, 297.0), BoardPaper.A4: (297.0, 210.0)}
_TIGHTER = ("roomy", "", "tight", "tighter")  # until all staff stand on one page
BATCH = 40  # bounds memory
# Ten cards of 90×54 mm on an A4: two columns, five rows.
CARD_WIDE, CARD_HIGH, COLUMNS, ROWS = 90.0, 54.0, 2, 5
A4_WIDE, A4_HIGH = 210.0, 297.0
LEFT, BELOW = (A4_WIDE - COLUMNS * CARD_WIDE) / 2, (A4_HIGH - ROWS * CARD_HIGH) / 2
_MARK = 5.0  # length of a cut mark


@dataclass(frozen=True)
class BoardPrint:
    """A board with what hangs on it beside words: pictures by their fingerprint, the page's address."""

    board: Board
    photos: Mapping[str, bytes]
    address: str = ""

    @property
    def staff(self) -> list[tuple[Staff, str]]:
        """People with their pictures as data: addresses."""
        return [(one, self._picture(one.photo)) for one in self.board.staff]

    def _picture(self, fingerprint: str) -> str:
        content = self.photos.get(fingerprint)
        return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}" if content else ""

    @property
    def qr(self) -> str:
        """The code as a drawing."""
        return qr.data_uri(self.address) if self.board.qr and self.address else ""

    @property
    def columns(self) -> int:
        """How many stand side by side."""
        n = len(self.board.staff)
        return 2 if n <= 4 else 3 if n in (5, 6, 9) else 4 if n <= 16 else 5

    @property
    def first_try(self) -> int:
        """How roomy to begin: what cannot fit is not tried."""
        n = len(self.board.staff)
        return 0 if n <= 8 else 1 if n <= 12 else 2


def write_boards(boards: Sequence[BoardPrint], *, paper: str, on: date) -> bytes:
    """A page for each board; drawn as A2 and, for smaller paper, made smaller as a whole."""
    press, out = Press(STYLE), io.BytesIO()
    with pikepdf.new() as pdf, ExitStack() as opened:
        for board in boards:
            source = opened.enter_context(pikepdf.open(io.BytesIO(_board(press, board, on))))
            for page in source.pages:
                _lay(pdf, page, *_BOARD[BoardPaper(paper)])
        pdf.save(out)
    return out.getvalue()


def _board(press: Press, board: BoardPrint, on: date) -> bytes:
    """Set tighter until it fits one page; somebody with many posts may still need a second."""
    document = None
    for tight in _TIGHTER[board.first_try :]:
        document = press.set(
            f"{PAGES}/board.html", {"print": board, "board": board.board, "on": on, "tight": tight}
        )
        if len(document.pages) == 1:
            break
    made: bytes = document.write_pdf()  # type: ignore[union-attr]  # there is a first try
    gc.collect()
    return made


def _lay(pdf: pikepdf.Pdf, page: Any, wide: float, high: float) -> None:
    """The page on paper of that size."""
    sheet = pdf.add_blank_page(page_size=(wide * MM, high * MM))
    sheet.add_overlay(page, pikepdf.Rectangle(0, 0, wide * MM, high * MM))


def write_plates(plates: Sequence[Plate]) -> bytes:
    """A plate of 270×180 mm on each A4 laid crosswise, with marks to cut along."""
    press, out = Press(STYLE), io.BytesIO()
    with pikepdf.new() as pdf, ExitStack() as opened:
        for start in range(0, len(plates), BATCH):
            made = press.pdf(f"{PAGES}/plates.html", {"plates": plates[start : start + BATCH]})
            pdf.pages.extend(opened.enter_context(pikepdf.open(io.BytesIO(made))).pages)
        pdf.save(out)
    return out.getvalue()


def write_cards(cards: Sequence[tuple[Card, int]]) -> bytes:
    """So many of each card, ten on an A4 with marks to cut along; each is set once and then repeated."""
    press, out = Press(STYLE), io.BytesIO()
    with pikepdf.new() as pdf, ExitStack() as opened:
        drawn: list[Any] = []
        for start in range(0, len(cards), BATCH):
            made = press.pdf(
                f"{PAGES}/cards.html", {"cards": [card for card, _ in cards[start : start + BATCH]]}
            )
            source = opened.enter_context(pikepdf.open(io.BytesIO(made)))
            drawn += [pdf.copy_foreign(page.as_form_xobject()) for page in source.pages]
        forms = [form for form, (_, n) in zip(drawn, cards, strict=True) for _ in range(n)]
        for start in range(0, len(forms), COLUMNS * ROWS):
            _impose(pdf, forms[start : start + COLUMNS * ROWS])
        pdf.save(out)
    return out.getvalue()


def _impose(pdf: pikepdf.Pdf, forms: Sequence[Any]) -> None:
    """One page: the cards from the upper left, and the marks in the margin."""
    sheet = pdf.add_blank_page(page_size=(A4_WIDE * MM, A4_HIGH * MM))
    names: dict[Any, str] = {}
    drawing = [_marks()]
    for place, form in enumerate(forms):
        name = names.setdefault(form.objgen, f"/C{len(names)}")
        row, column = divmod(place, COLUMNS)
        x = (LEFT + column * CARD_WIDE) * MM
        y = (A4_HIGH - BELOW - (row + 1) * CARD_HIGH) * MM
        drawing.append(f"q 1 0 0 1 {x:.3f} {y:.3f} cm {name} Do Q")
    objects = {names[form.objgen]: form for form in forms}
    sheet.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(objects))
    sheet.contents_add(" ".join(drawing).encode())


def _marks() -> str:
    """Short lines outside the cards at every edge to cut."""
    lines = []
    for column in range(COLUMNS + 1):
        x = (LEFT + column * CARD_WIDE) * MM
        for y in (BELOW - _MARK - 1, A4_HIGH - BELOW + 1):
            lines.append(f"{x:.3f} {y * MM:.3f} m {x:.3f} {(y + _MARK) * MM:.3f} l S")
    for row in range(ROWS + 1):
        y = (BELOW + row * CARD_HIGH) * MM
        for x in (LEFT - _MARK - 1, A4_WIDE - LEFT + 1):
            lines.append(f"{x * MM:.3f} {y:.3f} m {(x + _MARK) * MM:.3f} {y:.3f} l S")
    return f"q 0 G 0.4 w {' '.join(lines)} Q"
