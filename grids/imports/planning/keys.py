"""What makes two names of a place the same place: 第一党小组 = 第1党小组 = 一组党小组, 白子龙 = 白子龙户."""

import re
from functools import lru_cache

from grids.imports.reading import names
from grids.imports.reading.values import Unclear, numerals_in_chinese

NUMERALS = "一二三四五六七八九十"
_NUMBERED_GROUP = re.compile(
    rf"第?([{NUMERALS}]{{1,3}})(?:村民小组|村民组|小组|组|社|号|网格)?(?:支部)?(?:党小组|党员小组|小组|组)?"
)
_NUMBERED_GRID = re.compile(rf"第?([{NUMERALS}]{{1,3}})(?:村民小组|小组|组|社|号)?网格")
_ORGANISATION = re.compile(r"(?:网格)?(?:党支部|党总支|党委|支部|总支)(?:委员会)?$")
_VILLAGE_PREFIX = re.compile(r"^.{1,12}?(?:村|社区)(?=.)")


@lru_cache(maxsize=4096)
def branch_core(name: str) -> str:
    """大坪村党支部, 大坪村党总支, 大坪村 → 大坪村."""
    return _ORGANISATION.sub("", re.sub(r"\s+", "", name)) or name


@lru_cache(maxsize=4096)
def group_key(name: str) -> str:
    """The number of a numbered group, else its name without the word for group."""
    text = names.group_name(name)
    found = _NUMBERED_GROUP.fullmatch(text)
    if found:
        return found.group(1)
    return re.sub(r"(?:党小组|党员小组|小组|组)$", "", text) or text


@lru_cache(maxsize=4096)
def grid_key(name: str) -> str:
    """The number of a numbered grid, else its name without the village and without the word for grid."""
    text = names.grid_name(name)
    text = _VILLAGE_PREFIX.sub("", text)
    found = _NUMBERED_GRID.fullmatch(text)
    if found:
        return found.group(1)
    return re.sub(r"网格$", "", text) or text


@lru_cache(maxsize=8192)
def hub_key(name: str) -> str:
    """白子龙, 白子龙户, 白子龙中心户 are one; names of 示范岗 stay as written."""
    try:
        return names.hub_name(name)[0] or name
    except Unclear:
        return name


@lru_cache(maxsize=4096)
def lane_key(name: str) -> str:
    """第一村民小组, 一组 and 一小组 are one villager group; 一社 is another word and stays."""
    text = re.sub(r"^第", "", numerals_in_chinese(re.sub(r"\s+", "", name)))
    return re.sub(r"(?:村民小组|村民组|小组)$", "组", text)


def grid_for(group: str) -> str:
    """第一党小组 → 第一网格; 养殖党小组 → 养殖网格."""
    key = group_key(group)
    return f"第{key}网格" if set(key) <= set(NUMERALS) else f"{key}网格"


def group_for(grid: str) -> str:
    """青石湾村第一网格 → 第一党小组; 东片网格 → 东片党小组."""
    key = grid_key(grid)
    return f"第{key}党小组" if set(key) <= set(NUMERALS) else f"{key}党小组"
