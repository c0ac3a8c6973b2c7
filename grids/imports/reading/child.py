"""The child process that parses untrusted workbooks: a tiny file can abort the process that reads it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grids.imports.reading.result import Limits, Refused, RosterReading, dump_reading, load_reading

ROOT = Path(__file__).resolve().parents[3]
TOO_MUCH = (
    "这个文件内部结构异常，或者内容多得读不下，请把表格的有效内容复制到新建的工作簿，另存为 .xlsx 再导入。"
)


def read_in_child(path: Path, *, name: str, limits: Limits) -> RosterReading:
    """Run this module as a process of its own and take its answer; a crash or a time-out is a refusal."""
    request = json.dumps({"path": str(path.resolve()), "name": name, "limits": asdict(limits)})
    environment = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "grids.imports.reading.child"],
            input=request.encode(),
            capture_output=True,
            timeout=limits.seconds,
            env=environment,
            cwd=ROOT,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise Refused(TOO_MUCH) from None
    if "refused" in answer:
        raise Refused(answer["refused"])
    return load_reading(answer)


def confine(limits: Limits) -> None:
    """From here on this process can't take much memory or time, nor write a core file."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.address_bytes, limits.address_bytes))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.data_bytes, limits.data_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    request = json.load(sys.stdin)
    limits = Limits(**request["limits"])
    confine(limits)
    from grids.imports.reading.rosters import parse_roster  # the parsers are loaded only inside the limits

    try:
        answer = dump_reading(parse_roster(Path(request["path"]), name=request["name"], limits=limits))
    except Refused as refusal:
        answer = json.dumps({"refused": str(refusal)}).encode()
    except (MemoryError, RecursionError):
        answer = json.dumps({"refused": TOO_MUCH}).encode()
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
