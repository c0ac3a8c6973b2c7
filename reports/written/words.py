"""Words in braces that a report's text may hold, {党员总数}, and what is done with them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from reports.blanks.codes import numbers

_WORD = re.compile(r"\{([^{}\n]{1,30})\}")
_FULL_WIDTH = str.maketrans("｛｝", "{}")
UNIT, TOWN, YEAR, CUT_OFF = "填报单位", "乡镇名称", "年度", "统计截止日期"
FACTS = (UNIT, TOWN, YEAR, CUT_OFF)
FACT_GROUP = "表头"
# How a number is called inside a sentence, where its column's title does not say it alone.
NAMES: Mapping[str, str] = {
    "industry_group_count": "行业产业党小组数",
    "member_count": "党员总数",
    "probationary_count": "预备党员数",
    "floating_count": "流动党员数",
    "liaison_member_count": "联户党员数",
    "grid_staff_count": "网格工作人员数",
    "group_leader_count": "党小组长数",
    "central_household_count": "党员中心户数",
    "demo_post_count": "党员示范岗数",
    "demo_household_count": "党员示范户数",
    "reserve_cadre_count": "后备干部数",
    "e0_holders": "包挂支部的乡领导数",
    "e0_targets": "乡领导包挂支部数",
    "e1_holders": "联系支部的总支班子数",
    "e1_targets": "总支班子联系支部数",
    "e2_holders": "包挂党小组的委员数",
    "e2_targets": "委员包挂党小组数",
    "e3_holders": "联系中心户的党小组长数",
    "e3_targets": "党小组长联系中心户数",
    "e4_holders": "联系党员的中心户数",
    "e4_targets": "中心户联系党员数",
    "e5_holders": "联系群众的党员数",
    "e5_targets": "党员联系户数",
    "venue_count": "活动场所数",
    "volunteer_station_count": "志愿服务中心站数",
    "team_count": "服务队数",
    "volunteer_count": "志愿者数",
    "card_issued": "联系卡发放数",
    "visit_count": "走访户次",
    "diary_count": "民情日记篇数",
}


@cache
def codes() -> dict[str, str]:
    """Word → code of every number of annex 1 that can be counted already."""
    found = {}
    for code, known in numbers().items():
        if code != "remark" and not known.waits:
            found[NAMES.get(code) or _plain(known.title, known.group)] = code
    return found


def _plain(title: str, group: str) -> str:
    """A title without signs; its group stands before it where the title alone is none of ours."""
    own = re.sub(r"\W", "", title)
    alone = sum(re.sub(r"\W", "", one.title) == own for one in numbers().values()) == 1
    return own if alone else re.sub(r"\W", "", group) + own


@dataclass(frozen=True)
class Word:
    """One word on the page's list, with what it stands for now."""

    word: str
    value: str

    @property
    def braced(self) -> str:
        """{党员总数}."""
        return f"{{{self.word}}}"


def listed(values: Mapping[str, str]) -> list[tuple[str, list[Word]]]:
    """All words under the headings of annex 1, with their values."""
    groups: dict[str, list[Word]] = {FACT_GROUP: [Word(word, values.get(word, "")) for word in FACTS]}
    for word, code in codes().items():
        group = numbers()[code].group or "其他"
        groups.setdefault(group, []).append(Word(word, values.get(word, "")))
    return list(groups.items())


def tidied(text: str) -> str:
    """Braces of a Chinese keyboard become plain ones, spaces inside them go, line ends are one kind."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(_FULL_WIDTH)
    return _WORD.sub(lambda found: f"{{{found[1].strip()}}}", plain)


def used(text: str) -> list[str]:
    """The words of a text, each once, in their order."""
    return list(dict.fromkeys(found[1] for found in _WORD.finditer(text)))


def unknown(text: str) -> list[str]:
    """A sentence for each word in braces that is none of ours, with the one that may have been meant."""
    known = [*FACTS, *codes()]
    found = []
    for word in used(text):
        if word not in known:
            near = get_close_matches(word, known, 1, 0.5)
            hint = f"，是不是{{{near[0]}}}" if near else ""
            found.append(f"不认识{{{word}}}{hint}。")
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its words replaced; a word without a value stays to be seen."""
    return _WORD.sub(lambda found: values.get(found[1], found[0]), text)


def picked(values: Mapping[str, str], words: Iterable[str]) -> dict[str, str]:
    """The values of these words only."""
    return {word: values[word] for word in words if word in values}
