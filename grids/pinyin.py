"""Pinyin of names: the letters a clerk types, with every reading, and the one reading lists are sorted by."""

from functools import lru_cache
from itertools import product

# A surname's reading differs from the everyday one, or one of several is meant; tones follow the syllable.
SURNAMES = {
    "单": "shan4", "曾": "zeng1", "解": "xie4", "仇": "qiu2", "区": "ou1", "朴": "piao2", "查": "zha1",
    "盖": "ge3", "缪": "miao4", "翟": "zhai2", "乐": "yue4", "员": "yun4", "召": "shao4", "覃": "qin2",
    "洗": "xian3", "冼": "xian3", "折": "she2", "隗": "wei3", "尉": "wei4", "万": "wan4", "么": "yao1",
    "黑": "he4", "卜": "bu3", "柏": "bai3", "都": "du1", "繁": "po2", "郗": "xi1", "秘": "bi4",
    "种": "chong2", "重": "chong2", "祭": "zhai4", "牟": "mou2", "宓": "mi4", "逄": "pang2", "晟": "cheng2",
    "燕": "yan1", "佴": "nai4", "适": "kuo4", "葛": "ge3", "过": "guo1", "哈": "ha3", "华": "hua4",
    "令": "ling2", "宁": "ning4", "任": "ren2", "撒": "sa3", "舍": "she4", "宿": "su4", "韦": "wei2",
    "应": "ying1", "於": "yu1", "臧": "zang1", "占": "zhan1", "长": "chang2", "中": "zhong1", "车": "che1",
    "句": "gou1", "阚": "kan4", "郇": "xun2", "郄": "qie4", "盛": "sheng4", "相": "xiang4", "瞿": "qu2",
    "能": "nai4", "隽": "juan4", "贾": "jia3", "费": "fei4", "要": "yao1", "薄": "bo2", "殷": "yin1",
    "阙": "que1", "冯": "feng2", "炅": "gui4", "乜": "nie4", "厍": "she4", "訾": "zi1", "眭": "sui1",
    "少": "shao4", "曲": "qu1", "纪": "ji3", "谌": "chen2", "俱": "ju1", "那": "na1", "尹": "yin3",
    "沈": "shen3", "洪": "hong2", "石": "shi2", "不": "fou1", "弋": "yi4", "藏": "zang1", "褚": "chu3",
    "娄": "lou2", "奇": "ji1", "教": "jiao4", "难": "nan4", "鲜": "xian1", "行": "xing2", "朝": "chao2",
    "粘": "nian2", "参": "shen1", "仉": "zhang3", "会": "kuai4", "载": "zai4", "彊": "qiang2", "魏": "wei4",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "尉迟": ("yu4", "chi2"), "万俟": ("mo4", "qi2"), "单于": ("chan2", "yu2"), "长孙": ("zhang3", "sun1"),
    "澹台": ("tan2", "tai2"), "令狐": ("ling2", "hu2"), "鲜于": ("xian1", "yu2"),
}  # fmt: skip
# Names of places and organisations have no surname: 解放村 is jie, 解志强 is xie.
PLACE_ENDINGS = ("支部", "总支", "党委", "网格", "小组", "社区", "村", "社", "组", "乡", "镇")
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


@lru_cache(maxsize=20_000)
def syllable(char: str) -> str:
    """A character's everyday reading with its tone (霞 xia2); empty for other signs."""
    if char.isascii():
        return ""
    from pypinyin import Style, pinyin  # slow import

    found = pinyin(char, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    return found[0][0] if found and found[0] else ""


def surname_reading(name: str) -> tuple[str, ...]:
    """How the surname is read where that needs saying: one syllable, or two for 尉迟; () otherwise."""
    compound = COMPOUND_SURNAMES.get(name[:2])
    if compound is not None:
        return compound
    own = SURNAMES.get(name[:1])
    return (own,) if own else ()


def syllables(name: str) -> list[str]:
    """One reading a character, the surname's own; places have none. What lists are sorted by."""
    own = () if name.endswith(PLACE_ENDINGS) else surname_reading(name)
    return [*own, *(syllable(char) for char in name[len(own) :])]


def readings(name: str) -> list[tuple[str, ...]]:
    """Initials per character; a surname's own reading comes first, the everyday one stays findable."""
    letters = [char_initials(char) for char in name]
    for place, own in enumerate(surname_reading(name)):
        letters[place] = tuple(dict.fromkeys((own[0], *letters[place])))
    return letters


@lru_cache(maxsize=50_000)
def initials(name: str) -> str:
    """Search text of a name: every combination of its initials, each after a blank, at most 16.

    Where there are more, the surname's readings come first: they are what is typed first.
    """
    combos: dict[str, None] = {}
    letters = readings(name)
    for combo in product(*reversed(letters)):
        combos["".join(reversed(combo))] = None
        if len(combos) >= MAX_READINGS:
            break
    return "".join(f" {combo}" for combo in combos if combo)[:200]
