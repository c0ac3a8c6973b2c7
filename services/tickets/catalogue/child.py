"""Workbooks of the catalogue are read in a process of their own: a tiny file can abort the one at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from grids.imports.reading.book import dump_sheets, load_sheets
from grids.imports.reading.child import ask_child, serve
from grids.imports.reading.files import RawSheet
from grids.imports.reading.result import Limits, Refused

MODULE = "services.tickets.catalogue.child"


def sheets_in_child(path: Path, *, name: str) -> list[RawSheet]:
    """The sheets of a file. Raises Refused."""
    request = {"path": str(path.resolve()), "name": name}
    try:
        return load_sheets(ask_child(request, Limits(), module=MODULE)["sheets"])
    except Refused as why:
        raise Refused(str(why).replace("花名册", "清单")) from None


def answer_to(request: dict[str, Any], limits: Limits) -> bytes:
    """The sheets as data; the parsers are loaded only inside the limits."""
    from grids.imports.reading.files import read_sheets  # loaded only inside the limits

    sheets = read_sheets(Path(request["path"]), name=request["name"], limits=limits)
    return json.dumps({"sheets": dump_sheets(sheets)}, ensure_ascii=True).encode("ascii")


if __name__ == "__main__":
    serve(answer_to)
