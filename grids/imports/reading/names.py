"""Names as rosters write them: persons, households in one cell, groups, grids, branches, hubs, addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from grids.imports.reading.values import (
    CLEAN_LOOSE,
    Unclear,
    chinese_number,
    is_nothing,
    numerals_in_chinese,
    one_phone,
    parse_count,
    split_phone,
)

DOTS = re.compile(r"\s*[·•・．‧∙⋅●｡･\u0387\u2022]\s*|(?<=[\u3400-\u9fff])\s*\.\s*(?=[\u3400-\u9fff])")
HAN = r"\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U000323af〇"
PLAIN_NAME = re.compile(rf"[{HAN}]+(?:·[{HAN}]+)*")
PERSON = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]+(?:·[{HAN}]+)+")


@dataclass(frozen=True)
class NamedHousehold:
    """One household out of a cell that may hold many."""

    name: str
    size: int | None = None
    address: str = ""
    phone: str = ""
    note: str = ""


NOT_A_NAME = {"同上", "上同", "是", "否", "有", "√", "✓", "✔", "×", "本人", "合计", "小计", "总计"}


def join_name(text: str) -> str:
    """`李　平` → 李平; dots of minority names in one form."""
    return re.sub(r"\s+", "", DOTS.sub("·", text.translate(CLEAN_LOOSE)))


@lru_cache(maxsize=65536)
def clean_name(text: str) -> str:
    """A person's name, "" when the cell says there is none; raises Unclear when it can't be a name."""
    name = join_name(text).removeprefix("'")
    if is_nothing(name):
        return ""
    check_name(name)
    return name


def check_name(name: str) -> None:
    if name.isdigit() or re.fullmatch(r"[\d.\-+eE]+", name):
        raise Unclear("这一格应是姓名，却只有数字，请改正。")
    if len(name) > 40:
        raise Unclear("姓名超过 40 个字，请检查是否填错了列。")
    if re.search(r"等\d*户?$", name):
        raise Unclear(f"“{name[:20]}”没有写出每一户的姓名，请把各户姓名写全。")
    if name in NOT_A_NAME:
        raise Unclear(f"这一格写的是“{name}”，应写姓名，请改正。")
    if re.search(rf"[{HAN}]\*", name):
        raise Unclear("姓名打了星号，认不出是谁，请填写全名。")


def is_odd_name(name: str) -> bool:
    """Whether a name holds something other than Chinese characters; kept, but worth a look."""
    return not PLAIN_NAME.fullmatch(re.sub(r"\([^()]*\)", "", name))


# Several households in one cell


_FAST = re.compile(rf"[{HAN}]{{2,4}}")
_STRONG = re.compile(r"[、,;\n|/。]+")
_ITEM = re.compile(r"([^()]*)((?:\([^()]*\)\s*)*)")
_SIZE = re.compile(r"(?:人口|人数|家庭人口)?:?\s*(\d{1,3}|[一二两三四五六七八九十]{1,2})\s*(?:口人|人|口)?")
_TAIL_SIZE = re.compile(r"[\s:\-—]*(\d{1,2}|[一二两三四五六七八九十]{1,2})\s*(?:口人|人|口)$")
_NUMBERING = re.compile(r"^\s*(?:\(\d{1,3}\)|\d{1,3}\s*[.)、:]|[①-⑳])\s*")
_ALONE = re.compile(
    r"(?:家庭)?(?:人口|人数)?:?\s*(?:\d{1,2}|[一二两三四五六七八九十]{1,2}(?=[口人]))\s*(?:口人|人|口)?"
)
_PLACE = re.compile(r"(第?(?:[一二三四五六七八九十]{1,3}|\d{1,2})(?:社|组|队|屯)(?:\d+号)?)(\d{1,2}人)?")
_COUNTED = re.compile(rf"\(?\d{{1,3}}\s*[.)、:]\s*(?=[{HAN}])")
_CIRCLED = re.compile(r"[①-⑳]")
_SIZE_LABEL = re.compile(
    r"[\s,、]*(?:家庭)?(?:总?人口数?|人数|口数)\s*:?\s*(\d{1,2}|[一二两三四五六七八九十]{1,2})\s*(?:口人|人|口)?(?!\d)"
)
_PHONE_LABEL = re.compile(r"[\s,、]*(?:联系)?(?:电话|手机|方式)(?:号码?)?\s*:?\s*(\d[\d\-]{6,12})(?!\d)")
_KEPT_NOTE = re.compile(r"[大小老上下东西南北中前后甲乙丙]|[大小]")
_IGNORED_NOTE = {"男", "女", "户主", "群众", "农户", ""}


@lru_cache(maxsize=65536)
def split_households(text: str) -> tuple[NamedHousehold, ...]:
    """王军(3人)、李平(2人) and its many relatives; raises Unclear when a part has no name."""
    if _FAST.fullmatch(text) and text[-1] not in "户社组队屯" and text not in NOT_A_NAME:
        return (NamedHousehold(text),)
    text = without_labels(without_numbering(DOTS.sub("·", text.translate(CLEAN_LOOSE)).strip()))
    found: list[NamedHousehold] = []
    for piece in top_level(text):
        written = _NUMBERING.sub("", piece).strip()
        if not written or (written.isdigit() and not found):
            continue
        if found and (_ALONE.fullmatch(written) or one_phone(written)):
            found[-1] = with_facts(found[-1], written)
            continue
        for item in _ITEM.finditer(written):
            if found and _ALONE.fullmatch(item.group(1).strip()) and not item.group(2):
                found[-1] = with_facts(found[-1], item.group(1).strip())
            elif item.group(1).strip() or item.group(2).strip():
                found.extend(named(item.group(1), item.group(2)))
    named_ones = tuple(household for household in found if not is_nothing(household.name))
    if not named_ones and not is_nothing(text):
        raise Unclear("这一格应是姓名，却没有读出姓名，请改正。")
    return named_ones


def person_names(text: str) -> list[str]:
    if len(text) <= 4 and not re.search(r"[、,;/()\s]", text):
        return [name for name in [clean_name(text)] if name]
    return [person.name for person in split_households(text)]


def without_numbering(text: str) -> str:
    """1、孙明 2、周强 → one name a line, as long as the numbers really count up; else left alone."""
    if not _COUNTED.match(text):
        return _CIRCLED.sub("\n", text)
    number = int(re.sub(r"\D", "", _COUNTED.match(text).group()))  # type: ignore[union-attr]
    rest, lines = text, []
    while found := re.search(rf"(?<!\d)\(?{number}\s*[.)、:]\s*(?=[{HAN}])", rest):
        lines.append(rest[: found.start()])
        rest = rest[found.end() :]
        number += 1
    return "\n".join([*lines, rest])


def without_labels(text: str) -> str:
    """户主:王军 家庭人口:4 电话:138… → 王军(4人)(138…); brackets already say what belongs together."""
    if "(" in text or not re.search(r"[口数话机式]", text):
        return text
    text = _SIZE_LABEL.sub(r"(\1人)", text)
    return _PHONE_LABEL.sub(r"(\1)", text)


def with_facts(household: NamedHousehold, written: str) -> NamedHousehold:
    """王军,3人,138…: what stands alone between the separators belongs to the name before it."""
    size, phone = household.size, household.phone
    if one_phone(written):
        return replace(household, phone=phone or one_phone(written))
    return replace(household, size=size if size is not None else parse_size(written))


def top_level(text: str) -> list[str]:
    """Cut at separators that stand outside brackets."""
    if "(" not in text:
        return _STRONG.split(text)
    pieces, depth, start = [], 0, 0
    for place, mark in enumerate(text):
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(depth - 1, 0)
        elif depth == 0 and mark in "、,;\n|/。":
            pieces.append(text[start:place])
            start = place + 1
    return [*pieces, text[start:]]


def named(before: str, brackets: str) -> list[NamedHousehold]:
    """The names before one pair of brackets; what stands in the brackets belongs to the last of them."""
    names = split_spaces(before.strip(" ,、;:-—"))
    if not names:
        raise Unclear("这一格里有一段没有姓名，请检查括号和分隔符号。")
    people: list[tuple[str, str]] = []
    for name in names:
        place = _PLACE.fullmatch(name)
        if place and people:
            people[-1] = people[-1][0], f"{people[-1][1]}({place.group(1)})({place.group(2) or ''})"
        else:
            people.append((name, ""))
    people[-1] = people[-1][0], people[-1][1] + brackets
    return [facts_of(name, facts) for name, facts in people]


def split_spaces(text: str) -> list[str]:
    """Blanks part names, but `李 平` is one padded name: single characters are put together."""
    text, size = cut_tail_size(text)
    tokens = text.split()
    names: list[str] = []
    singles = 0
    for place, token in enumerate(tokens):
        single = len(token) == 1
        last_odd = single and singles == 2 and (place + 1 == len(tokens) or len(tokens[place + 1]) > 1)
        if single and (singles == 1 or last_odd):
            names[-1] += token
            singles += 1
        elif token.isdigit() and names and (len(token) < 3 or one_phone(token)):
            names[-1] += token if one_phone(token) else token + "人"
            singles = 0
        elif place and names and re.fullmatch(r"\d{3}[\d\-]+", token) and one_phone(token):
            names[-1] += token
            singles = 0
        else:
            names.append(token)
            singles = 1 if single else 0
    if size and names:
        names[-1] += size
    return names


def cut_tail_size(text: str) -> tuple[str, str]:
    found = _TAIL_SIZE.search(text)
    return (text[: found.start()], found.group(1) + "人") if found and found.start() else (text, "")


def facts_of(name: str, brackets: str) -> NamedHousehold:
    size: int | None = None
    address = phone = note = ""
    name, tail = cut_tail_size(name)
    name, phone = split_phone(name)
    if tail:
        size = parse_count(tail, most=100, what="家庭人口数")
    for part in re.split(r"[(),、;:\n]|\s+", brackets):
        if part in _IGNORED_NOTE:
            continue
        if one_phone(part):
            phone = phone or one_phone(part)
        elif _SIZE.fullmatch(part):
            size = size if size is not None else parse_size(part)
        elif _KEPT_NOTE.fullmatch(part):
            name += f"({part})"
        elif re.search(r"[\d社组队屯村号]", part):
            address += part
        else:
            note = f"{note} {part}".strip()
    name = re.sub(
        r"(?<=[^\s]{2})(?:户主|户)$", "", re.sub(r"^(?:户主|农户)[:\s]*(?=\S{2})", "", name.strip())
    )
    if _PLACE.fullmatch(join_name(name)):
        raise Unclear(f"“{join_name(name)}”像是社组的名称，不像姓名，请改正。")
    check_name(join_name(name) or "1")
    return NamedHousehold(join_name(name), size, address, phone, note)


def parse_size(part: str) -> int | None:
    number = _SIZE.fullmatch(part)
    return parse_count(number.group(1), most=100, what="家庭人口数") if number else None


# Groups and grids


_GROUP_AND_GRID = re.compile(r"^(.*?)\(([^()]*)\)$")


@lru_cache(maxsize=4096)
def split_group(text: str) -> tuple[str, str]:
    """第一党小组(青石湾村第一网格) → (group, grid); also the other way round and with a slash."""
    text = re.sub(r"\s+", "", text.translate(CLEAN_LOOSE))
    if is_nothing(text):
        return "", ""
    found = _GROUP_AND_GRID.match(text)
    parts = (
        [found.group(1), found.group(2)]
        if found
        else re.split(r"[/、,;|]|(?<=网格)(?=第)|(?<=党小组)(?=\S)", text)
    )
    parts = [part for part in parts if part]
    if len(parts) == 2 and "网格" in parts[0] and "网格" not in parts[1]:
        parts.reverse()
    if len(parts) == 2 and "网格" in parts[1]:
        return group_name(parts[0]), grid_name(parts[1])
    if "网格" in text and "组" not in text:
        return "", grid_name(text)
    return group_name(text), ""


@lru_cache(maxsize=4096)
def group_name(text: str) -> str:
    """第1党小组, 一组, 1 → 第一党小组; names of industry groups stay."""
    text = strip_branch(re.sub(r"\s+", "", text.translate(CLEAN_LOOSE)))
    if is_nothing(text):
        return ""
    found = re.fullmatch(
        r"第?([一二三四五六七八九十]{1,3}|\d{1,2})(?:党小组|党员小组|小组|组|号党小组)?", text
    )
    if found:
        number = int(found.group(1)) if found.group(1).isdigit() else chinese_number(found.group(1))
        if 0 < number < 100:
            return f"第{numeral(number)}党小组"
    return numerals_in_chinese(text)


def numeral(number: int) -> str:
    return numerals_in_chinese(f"{number}组").removesuffix("组")


def strip_branch(text: str) -> str:
    """大坪村党支部第一党小组 → 第一党小组."""
    found = re.match(
        r"^.*(?:党支部|党总支|支部|总支|委员会|村)(?=第?[一二三四五六七八九十\d]+(?:党小组|小组|组))", text
    )
    found = found or re.match(r"^.*(?:党支部|党总支)(?=.+党小组)", text)
    return text[found.end() :] if found else text


@lru_cache(maxsize=4096)
def grid_name(text: str) -> str:
    text = re.sub(r"\s+", "", text.translate(CLEAN_LOOSE))
    if is_nothing(text):
        return ""
    found = re.fullmatch(r"第?([一二三四五六七八九十]{1,3}|\d{1,2})(?:号?网格)?", text)
    if found:
        number = int(found.group(1)) if found.group(1).isdigit() else chinese_number(found.group(1))
        if 0 < number < 100:
            return f"第{numeral(number)}网格"
    return numerals_in_chinese(text)


def group_from_grid(grid: str) -> str:
    """One Party group a grid (二(一)): 青石湾村第一网格 → 第一党小组."""
    found = re.search(r"(第[一二三四五六七八九十]+)网格$", grid)
    if found:
        return f"{found.group(1)}党小组"
    return re.sub(r"网格$", "党小组", grid) if grid.endswith("网格") else ""


def is_industry(*names: str) -> bool:
    return any(re.search(r"产业|行业|协会|合作社(?!区)|专业|种植|养殖|电商|企业", name) for name in names)


# Branches


_VILLAGE = re.compile(
    rf"(?<![{HAN}])(?:[{HAN}]{{2,7}}?(?:自治县|县|区|市))?(?:[{HAN}]{{2,5}}?[乡镇])?"
    rf"([{HAN}]{{1,7}}?(?:村|社区))(?![民级委务干])"
)
_NO_VILLAGE = re.compile(
    r"农村|全村|本村|各村|行政村|^村|[×ＸX]|某村|自然村|所在村|各社区|每村|中心村$|在村|驻村"
)


def branch_name(text: str) -> str:
    """What stands in a branch column or after 填报单位: as the branch is called; "" when it names none."""
    text = re.sub(r"\s+", "", text.translate(CLEAN_LOOSE))
    text = re.sub(r"\((?:盖章|公章|签章|章)\)", "", text).strip("_:()")
    if is_nothing(text) or "XX" in text.upper() or "××" in text:
        return ""
    text = re.sub(r"^(?:中共|中国共产党)", "", text)
    text = re.sub(
        r"(?:村民委员会|村委会|村两委|两委)$", lambda found: "村" if found.group()[0] == "村" else "", text
    )
    text = re.sub(r"村村$", "村", re.sub(r"委员会$", "", text))
    inner = re.match(rf"^(?:[{HAN}]{{2,12}}(?:县|区|市))?[{HAN}]{{1,6}}[乡镇](?=[{HAN}]+(?:村|社区))", text)
    if inner:
        text = text[inner.end() :]
    if text.endswith(("党支部", "党总支", "党委")):
        return text if text not in {"党支部", "党总支", "党委", "村党支部"} else ""
    if text.endswith(("支部", "总支")):
        return re.sub(r"(支部|总支)$", r"党\1", text)
    if text.endswith(("村", "社区")) and not _NO_VILLAGE.search(text):
        return f"{text}党支部"
    return ""


def branch_in_title(title: str) -> str:
    """大坪村党支部党员包挂… or 杨家沟村党员联系户台账 → the branch; "" when the title names none."""
    title = re.sub(r"\s+|\d{4}年度?", "", title.translate(CLEAN_LOOSE))
    found = re.search(rf"([{HAN}]{{2,20}}?(?:党支部|党总支))", title)
    if found and not re.search(r"各|全[乡镇村]|所有|村级|农村", found.group(1)):
        return branch_name(found.group(1))
    for village in _VILLAGE.finditer(title):
        name = village.group(1)
        if len(name) > 1 and not _NO_VILLAGE.search(name):
            return branch_name(name)
    return ""


def village_prefix(text: str) -> str:
    """青石湾村第一网格, 青石湾村一社1号 → 青石湾村."""
    found = re.match(
        rf"(?:[{HAN}]{{1,6}}?[乡镇])?([{HAN}]{{1,7}}?(?:村|社区))(?=.)(?!民)", re.sub(r"\s+", "", text)
    )
    if not found or _NO_VILLAGE.search(found.group(1)) or len(found.group(1)) < 2:
        return ""
    return found.group(1)


# Hubs


@lru_cache(maxsize=4096)
def hub_name(text: str, kind: str = "") -> tuple[str, str, str]:
    """(name shown, kind, head): 白子龙, 白子龙户, 白子龙中心户 are one; posts keep their names."""
    text = join_name(text)
    if is_nothing(text):
        return "", "", ""
    check_name(text)
    if kind == "demo_post" or "岗" in text:
        return text, "demo_post", ""
    core = re.sub(r"^(?:党员)?中心户[:\-]?(?=.{2})", "", text)
    core = re.sub(r"(?:家?庭?党员中心户|中心户|(?<=.{3})家|户)$", "", core) or core
    core = re.sub(r"\((?:党员)?(?:中心)?户\)$", "", core)
    core = re.sub(r"(?:同志|党员)$", "", core) if len(core) > 3 else core
    if PERSON.fullmatch(core) and not re.match(r"第?[一二三四五六七八九十\d]+号?$", core):
        return f"{core}户", "central", core
    return text, "central", ""


# Addresses


_ADDRESS = re.compile(
    rf"^(?:(?:[{HAN}]+?(?:省|市|县|区))*(?:[{HAN}]{{1,6}}?[乡镇])?[{HAN}]{{1,7}}?(?:村|社区)(?!民))?"
    rf"((?:第?(?:[一二三四五六七八九十]{{1,3}}|\d{{1,2}})|[{HAN}]{{1,6}}?)(?:村民小组|村民组|自然村|生产队|小组|社|组|队|屯))"
    r"(?!区)[,、\-/\s]*(.*)$"
)


@lru_cache(maxsize=65536)
def split_address(text: str) -> tuple[str, str]:
    """青石湾村一社1号 → (一社, 1号); what isn't understood stays as door."""
    text = re.sub(r"\s+", "", text.translate(CLEAN_LOOSE))
    if is_nothing(text):
        return "", ""
    found = _ADDRESS.match(text)
    if found:
        return numerals_in_chinese(found.group(1)), found.group(2)
    door = re.fullmatch(rf"[{HAN}]{{2,8}}?(?:村|社区)(\d.*)", text)
    return "", door.group(1) if door else text


def villager_group_name(text: str) -> tuple[str, str]:
    """The cell of a 村民小组 column, which may be a bare number or a whole address."""
    text = re.sub(r"\s+", "", text.translate(CLEAN_LOOSE))
    found = re.fullmatch(r"第?([一二三四五六七八九十]{1,3}|\d{1,2})", text)
    if found:
        number = int(found.group(1)) if found.group(1).isdigit() else chinese_number(found.group(1))
        return (f"{numeral(number)}组", "") if number > 0 else (text, "")
    group, door = split_address(text)
    return (group, door) if group else (numerals_in_chinese(text), "") if not is_nothing(text) else ("", "")
