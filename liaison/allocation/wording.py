"""The words of one edge of the ladder, and how counts and grids are put into a sentence."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liaison.allocation.instance import Band, Instance, Scope

MOST_NAMED = 5
CIRCLED = "①②③④⑤"
DIGITS = "〇一二三四五六七八九"
NUMBER = re.compile(rf"(\d+|[{DIGITS}十]+)")


@dataclass(frozen=True)
class Nouns:
    """What targets and holders of an edge are called and counted in."""

    target: str = "农户"
    unit: str = "户"
    holder: str = "能履职党员"
    counter: str = "名"  # holders are counted in this
    inner: bool = False  # holders are targets too and do not look after themselves: hubs of members
    area: str = "全村"  # all grids together

    def targets(self, count: int) -> str:
        """农户212户."""
        return f"{self.target}{count}{self.unit}"

    def holders(self, count: int) -> str:
        """能履职党员9名, or that there is none."""
        return f"{self.holder}{count}{self.counter}" if count else f"没有{self.holder}"

    def units(self, count: int) -> str:
        """77户."""
        return f"{count}{self.unit}"

    def people(self, count: int) -> str:
        """9人, or 3个 where holders are no people."""
        return f"{count}{'人' if self.counter == '名' else self.counter}"

    @property
    def each(self) -> str:
        """每人, or 每个."""
        return "每人" if self.counter == "名" else f"每{self.counter}"

    def at_most(self, bands: Sequence[Band]) -> str:
        """每人最多联系15户, where that is so for everybody."""
        rooms = {band.room for band in bands}
        return f"{self.each}最多联系{self.units(min(rooms))}" if len(rooms) == 1 else "按各自上限"

    def at_least(self, bands: Sequence[Band]) -> str:
        """每人至少10户, where that is so for everybody."""
        lows = {band.low for band in bands}
        return f"{self.each}至少{self.units(min(lows))}" if len(lows) == 1 else "按各自下限"

    def place(self, instance: Instance, grids: Sequence[str]) -> str:
        """Names of grids, or one word for all of them."""
        if len(grids) > 1 and instance.scope == Scope.VILLAGE and set(grids) == instance.grids:
            return self.area
        return listed(grids)


HOUSEHOLDS = Nouns()
MEMBERS = Nouns("党员", "名", "中心户（示范岗）", "个", inner=True)
HUBS = Nouns("中心户（示范岗）", "个", "党小组长")
GROUPS = Nouns("党小组", "个", "支部委员")


def in_order(names: Iterable[str]) -> list[str]:
    """Names as people count them: 一组, 二组, 三组, and 2组 before 10组."""
    return sorted(names, key=lambda name: ([_value(part) for part in NUMBER.split(name)], name))


def _value(part: str) -> tuple[int, str]:
    """A number by what it counts, up to 九十九 where it is written out; other text as it is."""
    if not NUMBER.fullmatch(part):
        return 0, part
    if part.isdecimal():
        return int(part), ""
    tens, ten, ones = part.rpartition("十")
    return 10 * max(1, DIGITS.find(tens)) * bool(ten) + max(0, DIGITS.find(ones)), ""


def listed(names: Sequence[str]) -> str:
    """一组、二组; of many names the first few and how many there are."""
    more = f"等{len(names)}个网格" if len(names) > MOST_NAMED else ""
    return "、".join(in_order(names)[:MOST_NAMED]) + more


def numbered(texts: Iterable[str]) -> str:
    """Ways out, as 可选：①…；②…。."""
    ways = [*texts]
    if len(ways) > 1:
        ways = [f"{sign}{text}" for sign, text in zip(CIRCLED, ways, strict=False)]
    return f"可选：{'；'.join(ways)}。"
