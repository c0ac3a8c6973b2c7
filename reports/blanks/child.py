"""Blanks are read and filled in a process of its own: a tiny file can abort the process that opens it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from grids.imports.reading.child import allow_copying, ask_child, serve
from grids.imports.reading.result import Limits, Refused

MODULE = "reports.blanks.child"


def looks_in_child(path: Path, *, name: str, limits: Limits) -> list[dict[str, Any]]:
    """What a blank looks like. Raises Refused."""
    request = {"job": "looks", "path": str(path.resolve()), "name": name}
    return list(_ask(request, limits)["sheets"])


def fill_in_child(source: Path, orders: list[dict[str, Any]], limits: Limits) -> None:
    """Write one filled copy for each order, to its `target`. Raises Refused."""
    seconds = limits.seconds + 2 * len(orders)
    more = replace(limits, seconds=seconds, cpu_seconds=max(limits.cpu_seconds, seconds))
    _ask({"job": "fill", "path": str(source.resolve()), "orders": orders}, more)


def _ask(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    try:
        return ask_child(request, limits, module=MODULE)
    except Refused as why:
        raise Refused(str(why).replace("再导入", "再上传")) from None


def answer_to(request: dict[str, Any], limits: Limits) -> bytes:
    """Do one job; openpyxl is loaded only inside the limits."""
    path = Path(request["path"])
    if request["job"] == "looks":
        from reports.blanks.parts import refuse_unfit  # loaded only inside the limits

        refuse_unfit(path, name=request["name"], limits=limits)
        allow_copying()
        from reports.blanks.looks import read_looks  # loaded only inside the limits

        return json.dumps({"sheets": _unharmed(read_looks, path)}, ensure_ascii=True).encode("ascii")
    allow_copying()
    from reports.blanks.filling import fill  # loaded only inside the limits

    for order in request["orders"]:
        fill(path, order)
    return b'{"filled": true}'


def _unharmed(read: Any, path: Path) -> Any:
    """Openpyxl fails in many ways on what other programs wrote; each is the same sentence to a person."""
    try:
        return read(path)
    except (Refused, MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001  whatever it stumbles over, the file is not one that can be filled
        raise Refused(
            "这张空表打不开：内部结构和 Excel 的标准写法不同，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
        ) from None


if __name__ == "__main__":
    serve(answer_to)
