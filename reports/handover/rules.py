"""A preset's columns: chosen, ordered, with a receiver's headings and codes, as people type them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

MOST_CODES = 200
LONGEST_HEADING = 40


@dataclass(frozen=True)
class Chosen:
    """One column of the file: ours, its heading there, and their code for each of our values."""

    code: str
    heading: str
    codes: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, object]:
        """As the preset keeps it."""
        return {"code": self.code, "heading": self.heading, "codes": dict(self.codes)}


def chosen_of(columns: Iterable[Mapping[str, object]]) -> list[Chosen]:
    """The columns of a preset."""
    return [Chosen(**column) for column in columns]  # type: ignore[arg-type]


def read_codes(text: str) -> tuple[dict[str, str], list[str]]:
    """Codes line by line, 正式党员=1; a wide ＝ is one, too. Returns them and what was wrong."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        ours, sign, theirs = line.replace("＝", "=", 1).partition("=")
        ours, theirs = ours.strip(), theirs.strip()
        if not sign:
            wrong.append(f"第 {number} 行没有等号，请写成“我们的写法=对方的代码”。")
        elif ours in found:
            wrong.append(f"第 {number} 行：“{ours}”写了两次。")
        found[ours] = theirs
    if len(found) > MOST_CODES:
        wrong.append(f"一列最多 {MOST_CODES} 个代码。")
    return found, wrong


def write_codes(codes: Mapping[str, str]) -> str:
    """The same for the box on the page."""
    return "\n".join(f"{ours}={theirs}" for ours, theirs in codes.items())


def wrong_with(chosen: Sequence[Chosen]) -> list[str]:
    """What a receiver's system would stumble over."""
    if not chosen:
        return ["请至少选一列。"]
    wrong = []
    seen: set[str] = set()
    for one in chosen:
        if not one.heading:
            wrong.append("选中的列都要写列名。")
        elif len(one.heading) > LONGEST_HEADING:
            wrong.append(f"列名“{one.heading[:10]}……”太长，最多 {LONGEST_HEADING} 个字。")
        elif one.heading in seen:
            wrong.append(f"列名“{one.heading}”用了两次。")
        seen.add(one.heading)
    return list(dict.fromkeys(wrong))
