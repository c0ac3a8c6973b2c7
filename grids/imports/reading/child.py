"""The child process that parses untrusted workbooks: a tiny file can abort the process that reads it."""

from __future__ import annotations

import json
import logging
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from grids.imports.reading.guides import NO_GUIDE
from grids.imports.reading.result import Limits, Refused, RosterReading, dump_reading, load_reading

logger = logging.getLogger(__name__)
COPY_BYTES = 700 * 1024 * 1024
Answer = Callable[[dict[str, Any], Limits], bytes]
ROOT = Path(__file__).resolve().parents[3]
TOO_MUCH = (
    "这个文件内部结构异常，或者内容多得读不下，请把表格的有效内容复制到新建的工作簿，另存为 .xlsx 再导入。"
)


def read_in_child(path: Path, *, name: str, limits: Limits) -> RosterReading:
    """Read a roster in a process of its own; a crash or a time-out is a refusal."""
    return load_reading(ask_child({"job": "read", "path": str(path.resolve()), "name": name}, limits))


@dataclass(frozen=True)
class Book:
    """An upload without what we don't collect: its sheets, and the session whose error file it is."""

    sheets: list[dict[str, Any]]
    token: str
    has_copy: bool


def book_in_child(path: Path, *, name: str, copy: Path, limits: Limits) -> Book:
    """The redacted sheets of a file as data, its redacted copy written to `copy`. Raises Refused."""
    request = {"path": str(path.resolve()), "name": name, "copy": str(copy.resolve())}
    answer = ask_child({**request, "job": "book"}, limits)
    if not answer["copied"]:
        copy.unlink(missing_ok=True)
    return Book(answer["sheets"], answer["token"], answer["copied"])


def mark_in_child(request: dict[str, Any], limits: Limits) -> bool:
    """Write an error file out of the kept copy; False when it is too much."""
    try:
        return bool(ask_child({**request, "job": "mark"}, replace(limits, data_bytes=COPY_BYTES))["marked"])
    except Refused:
        return False


def ask_child(
    request: dict[str, Any], limits: Limits, *, module: str = "grids.imports.reading.child"
) -> dict[str, Any]:
    """Run a module that calls `serve` as a process of its own and take its answer. Raises Refused."""
    content = json.dumps({**request, "limits": asdict(limits)})
    environment = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=content.encode(),
            capture_output=True,
            timeout=limits.seconds,
            env=environment,
            cwd=ROOT,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        logger.warning("Reading an upload took more than %s s", limits.seconds)
        raise Refused(TOO_MUCH) from None
    except ValueError:
        # The kind of failure and where, without the message: that could quote a cell of the file.
        places = re.findall(rb'File "([^"]+)", line (\d+)', done.stderr)[-1:]
        at = ", ".join(f"{name.decode(errors='replace')}:{line.decode()}" for name, line in places)
        logger.warning(
            "Reading an upload ended with status %s at %s", done.returncode, at or "an unknown place"
        )
        raise Refused(TOO_MUCH) from None
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer


def confine(limits: Limits) -> None:
    """From here on this process can't take much memory or time, nor write a core file."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.address_bytes, limits.address_bytes))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.data_bytes, max(limits.data_bytes, COPY_BYTES)))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_copying() -> None:
    """More memory once the file has been read: openpyxl holds a whole workbook."""
    resource.setrlimit(resource.RLIMIT_DATA, (resource.getrlimit(resource.RLIMIT_DATA)[1],) * 2)


def answer_to(request: dict[str, Any], limits: Limits) -> bytes:
    """Do one job; parsers are loaded only inside the limits."""
    if request["job"] == "mark":
        return _marked(request)
    from grids.imports.reading.files import read_sheets  # the parsers are loaded only inside the limits
    from grids.imports.reading.rosters import parse_sheets  # the same

    path = Path(request["path"])
    sheets = read_sheets(path, name=request["name"], limits=limits)
    if request["job"] == "read":
        return dump_reading(parse_sheets(sheets, limits=limits))
    from grids.imports.reading import book, copying, redaction  # the same

    redaction.redact(sheets)
    parse_sheets(sheets, limits=limits, guides={"": NO_GUIDE})  # what is too much to read is refused here
    answer: dict[str, Any] = {
        "sheets": book.dump_sheets(sheets),
        "token": copying.token_of(path.read_bytes()),
    }
    allow_copying()
    try:
        copying.write_copy(path, Path(request["copy"]), sheets)
        answer["copied"] = True
    except MemoryError:  # too much for openpyxl: the cells are kept all the same
        answer["copied"] = False
    return json.dumps(answer, ensure_ascii=True).encode("ascii")


def _marked(request: dict[str, Any]) -> bytes:
    from grids.imports.reading import copying  # openpyxl is loaded only inside the limits

    copying.write_marked(
        Path(request["source"]),
        Path(request["target"]),
        marks=request["marks"],
        mends=request["mends"],
        token=request["token"],
        heads=request["heads"],
    )
    return b'{"marked": true}'


def serve(answer_to: Answer) -> None:
    """The child's whole life: one request read, done within the limits, answered."""
    request = json.load(sys.stdin)
    limits = Limits(**request.pop("limits"))
    confine(limits)
    try:
        answer = answer_to(request, limits)
    except Refused as refusal:
        answer = json.dumps({"refused": str(refusal)}).encode()
    except (MemoryError, RecursionError):
        answer = json.dumps({"refused": TOO_MUCH}).encode()
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    serve(answer_to)
