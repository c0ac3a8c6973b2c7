"""What tests of errands look at from outside: the log, the words of a print, the rows of a workbook."""

import io
import logging
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import openpyxl


class _Kept(logging.Handler):
    """Everything that is logged, in words."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(f"{record.getMessage()}{vars(record)}")


@contextmanager
def kept_log() -> Iterator[list[str]]:
    """What any logger says meanwhile."""
    kept, root = _Kept(), logging.getLogger()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    try:
        yield kept.words
    finally:
        root.removeHandler(kept)
        root.setLevel(level)


def words_of(pdf: bytes, order: str = "-layout") -> str:
    """The text of a print."""
    command = ["pdftotext", order, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def sent(response) -> bytes:
    """A file as it came."""
    return b"".join(response.streaming_content)


def rows_of(response) -> list[list]:
    """The first tab of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(sent(response)))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
