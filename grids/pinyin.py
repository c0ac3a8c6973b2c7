"""Pinyin initials of names, so that typing 'sxx' finds 单晓霞; surnames with their own readings are right."""

from functools import lru_cache
from itertools import product

# A surname's reading differs from the everyday one: 单 shan, 曾 zeng, 解 xie, 仇 qiu, 区 ou, 朴 piao …
SURNAME_INITIALS = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "区": "o", "朴": "p", "查": "z", "盖": "g", "缪": "m",
    "翟": "z", "乐": "y", "员": "y", "召": "s", "覃": "q", "洗": "x", "冼": "x", "折": "s", "隗": "w",
    "尉": "y", "万": "w", "么": "y", "黑": "h", "卜": "b", "柏": "b", "都": "d", "繁": "p", "郗": "x",
    "秘": "b", "种": "c", "重": "c", "祭": "z", "牟": "m", "宓": "m", "逄": "p", "晟": "c", "燕": "y",
    "佴": "n", "适": "k", "葛": "g", "过": "g", "哈": "h", "华": "h", "令": "l", "宁": "n", "任": "r",
    "撒": "s", "舍": "s", "沈": "s", "石": "s", "宿": "s", "洪": "h", "韦": "w", "魏": "w", "应": "y",
    "於": "y", "臧": "z", "占": "z", "长": "z", "中": "z", "车": "c", "晁": "c", "谌": "c", "句": "g",
}  # fmt: skip
COMPOUND_SURNAMES = {"尉迟": "yc", "万俟": "mq", "单于": "cy", "长孙": "zs", "澹台": "tt", "令狐": "lh"}
MAX_READINGS = 16


@lru_cache(maxsize=20_000)
def char_initials(char: str) -> tuple[str, ...]:
    """All first letters one character can be typed with; other signs stand for themselves."""
    if char.isascii():
        return (char.lower(),) if char.isalnum() else ("",)
    from pypinyin import Style, pinyin  # slow import

    found = pinyin(char, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    letters = tuple(dict.fromkeys(letter for letter in found[0] if letter)) if found else ()
    return letters or ("",)


def readings(name: str) -> list[tuple[str, ...]]:
    """Initials per character; a surname's own reading comes first, the everyday one stays findable."""
    letters = [char_initials(char) for char in name]
    compound = COMPOUND_SURNAMES.get(name[:2], "")
    for place, letter in enumerate(compound):
        letters[place] = tuple(dict.fromkeys((letter, *letters[place])))
    surname = SURNAME_INITIALS.get(name[:1], "")
    if surname and not compound:
        letters[0] = tuple(dict.fromkeys((surname, *letters[0])))
    return letters


@lru_cache(maxsize=50_000)
def initials(name: str) -> str:
    """Search text of a name: every combination of its initials, each after a blank, at most 16."""
    combos: dict[str, None] = {}
    for combo in product(*readings(name)):
        combos["".join(combo)] = None
        if len(combos) >= MAX_READINGS:
            break
    return "".join(f" {combo}" for combo in combos if combo)[:200]
