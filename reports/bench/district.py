"""A district: villages one after another, each answer kept in a file, so that a stopped run goes on.

Run as a module it solves what is missing in the file: `python -m reports.bench.district FILE COUNT`.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from liaison.allocation.engine import allocate, measure
from reports.bench import Figure, Size
from reports.bench.allocation import SHORT_VILLAGE, in_words, numbers, summed
from reports.bench.greedy import greedy_keep
from reports.bench.villages import village

VILLAGES = 300  # of a district, when the township has 11,000 households
FEWEST = 12
PAUSE = 0.02


def allocate_district(size: Size) -> Figure:
    """Villages of 1,000 households, the run killed half-way and begun again."""
    count = max(FEWEST, VILLAGES * size.households // 11_000)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "district.jsonl"
        _run(file, count, kill_at=count // 2)
        kept = len(answered(file))
        _run(file, count)
        lines = answered(file)
    third = len(lines) // 3
    ours, baseline = _rate(lines[-third:]), _rate(lines[:third])
    best, plain = (summed([line[name] for line in lines]) for name in ("ours", "greedy"))
    memory = [line["memory"] for line in lines]
    whole = [line["village"] for line in lines] == list(range(count)) and 0 < kept < count
    holds = (
        whole
        and ours <= 1.3 * baseline
        and max(memory[-third:]) <= 1.2 * max(memory[:third])
        and all(line["proved"] and line["ours"] <= line["greedy"] for line in lines)
    )
    each = 1000 * sum(line["seconds"] for line in lines) / sum(line["households"] for line in lines)
    title = (
        f"编排全县（{count}个村，做完{kept}个村时中断，续做其余）：待落实/超/跨/欠/软 {in_words(best)}，"
        f"逐户就近 {in_words(plain)}；每户 {each:.2f} 毫秒，内存 {max(memory):.0f} MB；"
        "末段对首段每户用时（以同时逐户就近为尺）"
    )
    bound = "≤ 1.3，且一村不漏不重"
    return Figure("allocate_district", title, ours, baseline, "倍", bound, ours / baseline, holds)


def _rate(lines: Sequence[dict[str, Any]]) -> float:
    """Time per household in these villages, in times of what the clerk's way took beside it.

    Others on the machine slow both alike; seconds alone would tell of them.
    """
    return sum(line["seconds"] for line in lines) / sum(line["clerk"] for line in lines)


def _run(file: Path, count: int, kill_at: int | None = None) -> None:
    """A process of its own, ended without warning once so many villages are answered."""
    command = [sys.executable, "-m", "reports.bench.district", str(file), str(count)]
    with subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2]) as process:
        while process.poll() is None:
            if kill_at is not None and len(answered(file)) >= kill_at:
                process.kill()
            time.sleep(PAUSE)
    if kill_at is None and process.returncode:
        raise RuntimeError(f"the district ended with {process.returncode}")


def answered(file: Path) -> list[dict[str, Any]]:
    """What is in the file; a last line cut off by the end of its process counts as nothing."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def solve_missing(file: Path, count: int) -> None:
    """Solve the villages that the file does not hold, writing each as soon as it is known."""
    known = {line["village"] for line in answered(file)}
    with file.open("a+b") as lines:
        lines.seek(0)
        lines.truncate(lines.read().rfind(b"\n") + 1)  # a line that was cut off
        for number in range(count):
            if number not in known:
                lines.write(f"{json.dumps(_solved(number))}\n".encode())
                lines.flush()


def _solved(number: int) -> dict[str, Any]:
    instance = village(1000 + number, SHORT_VILLAGE)
    began = time.process_time()
    found = allocate(instance)
    solved = time.process_time()
    plain = measure(instance, greedy_keep(instance))
    return {
        "village": number,
        "households": len(instance.targets),
        "seconds": solved - began,
        "clerk": time.process_time() - solved,
        "ours": numbers(found.objective),
        "greedy": numbers(plain),
        "proved": found.proved,
        "memory": _peak(),
    }


def _peak() -> float:
    """Megabytes this process has needed at most; getrusage would tell of its parent's too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    solve_missing(Path(sys.argv[1]), int(sys.argv[2]))
