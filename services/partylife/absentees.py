"""Who was not there, as a cell says it: 张三（请假）、李四（外出）; plain text, no database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from grids.imports.reading.values import BRACKETS, clean_text, is_nothing
from grids.registers.spots import person_key
from services.partylife.choices import Absence

NOBODY = "全勤"
ALL_THERE = frozenset({NOBODY, "全到", "全部到会", "全员到会", "无缺席", "无人缺席", "无人请假"})
LABELS = {str(label): str(value) for value, label in Absence.choices}
WORDS = {
    **LABELS,
    **dict.fromkeys(("务工", "打工", "外出务工", "在外", "出差"), Absence.AWAY.value),
    **dict.fromkeys(("事假", "病假", "公假", "已请假"), Absence.LEAVE.value),
}
_ONE = re.compile(r"([^()]+)(?:\(([^()]*)\))?")
HOW = "请写成“张三（外出）、李四（请假）”。"


class Unreadable(ValueError):
    """A cell that names nobody one could look for; the message says how to write it."""


@dataclass(frozen=True)
class Named:
    """Somebody a cell names; `why` as written, blank where it says nothing."""

    name: str
    why: str

    @property
    def absence(self) -> str:
        """The reason as it is kept: what has no word of its own is 其他; blank where none is given."""
        return WORDS.get(self.why, Absence.OTHER.value) if self.why else ""

    @property
    def is_plain(self) -> bool:
        """True when the reason is kept as it is written."""
        return not self.why or self.why in WORDS


def read(text: str) -> list[Named]:
    """The people a cell names. Raises Unreadable."""
    plain = clean_text(text).translate(BRACKETS)
    if is_nothing(plain) or plain in ALL_THERE:
        return []
    found = []
    for part in re.split(r"[、,;\n]+", plain):
        if not part.strip():
            continue
        one = _ONE.fullmatch(part.strip())
        if one is None or not one[1].strip():
            raise Unreadable(f"看不懂“{part.strip()[:20]}”，{HOW}")
        found.append(Named(person_key(one[1].strip()), (one[2] or "").strip()))
    return found


def told(pairs: Iterable[tuple[str, str]]) -> str:
    """Names with the label of their reason, in one line."""
    return "、".join(f"{name}（{Absence(absence).label}）" for name, absence in pairs)
