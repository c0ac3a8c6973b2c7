"""What the lines around a table say of its rows: titles, units, leaders, the name of the sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grids.imports.reading.headers import BARE_PHONE, OTHER, PERSONS, PRIVATE, WEAK_MEMBER, classify
from grids.imports.reading.names import branch_in_title, branch_name, group_name, split_group
from grids.imports.reading.values import is_nothing, mask, text_of

if TYPE_CHECKING:
    from grids.imports.reading.tables import SheetTables

NOTE = re.compile(
    r"^(?:填表说明|填报说明|说明|备注|注意事项|注意|附注|注|※|温馨提示)\s*[:\d.、)]|^\*|^※|^备注$"
)
LABELS = re.compile(r"([^\s:,;，；。()]{1,12}(?:\([^()]{1,6}\))?)\s*:\s*")
UNIT = re.compile(
    r"(?:填报|填表|报送|上报|制表|所属|所在)?(?:单位|支部|党支部|党组织|村)(?:名称)?(?:\((?:盖章|公章|签章|章)\))?$"
)
GROUP_IN_TITLE = re.compile(
    r"(第[一二三四五六七八九十\d]{1,3}(?:党小组|党员小组))(?!长)|(?:支部|总支|[村乡镇县:\s(]|^)([^\s支部总支村(各全:+、,;.“”\"/网]{1,12}党小组)(?!长)"
)
GRID_IN_TITLE = re.compile(
    r"([^\s()、,:]*?第[一二三四五六七八九十\d]{1,3}网格|[^\s()、,:支部]{2,12}网格)(?!化|员|长|党)"
)


def context_of_name(name: str) -> dict[str, str]:
    """A sheet called 第一党小组, 2组 or 第一网格 says where its rows belong."""
    name = text_of(name).replace(" ", "")
    short = re.sub(r"(?:花名册|台账|名册|名单|包挂联系|包挂|联系表|登记表)$", "", name)
    if re.fullmatch(r"第?[一二三四五六七八九十\d]{1,3}(?:党小组|党员小组|小组|组)", short):
        return {"group": group_name(short)}
    context = title_facts(name)
    branch = branch_in_title(name) or branch_name(short)
    return context | ({"sheet_branch": branch} if branch else {})


def title_facts(text: str) -> dict[str, str]:
    """The group and the grid a title names, if it names just one."""
    facts = {}
    groups = {first or second for first, second in GROUP_IN_TITLE.findall(text)}
    if len(groups) == 1:
        facts["group"] = group_name(groups.pop())
    grids = set(GRID_IN_TITLE.findall(text))
    if len(grids) == 1:
        facts["grid"] = split_group(grids.pop())[1]
    return {name: value for name, value in facts.items() if value}


def read_line(texts: list[str], context: dict[str, str], found: SheetTables | None) -> None:
    """One line above or between tables; `found` collects the sheet's title and unit."""
    filled = [text for index, text in enumerate(texts) if text and (index == 0 or text != texts[index - 1])]
    line = "    ".join(filled)
    if NOTE.match(line):
        return
    labels = LABELS.search(line)
    title = line[: labels.start()].strip() if labels else line
    facts = title_facts(title)
    if "group" in facts and facts["group"] != context.get("group"):
        forget_group(context)
    context |= facts
    branch = branch_in_title(title)
    if branch and len(title) <= 80:
        context["title_branch"] = branch
    if found and len(title) > 4 and len(found.title) <= len(title) <= 80:
        found.title = mask(title)
    if labels:
        read_labels(label_pairs(line), context, found)


def forget_group(context: dict[str, str]) -> None:
    for name in (
        "group",
        "grid",
        "group_leader",
        "group_leader_phone",
        "hub",
        "member",
        "member_phone",
        "hub_phone",
    ):
        context.pop(name, None)


def label_pairs(line: str) -> list[tuple[str, str]]:
    """党小组长:董银环    电话:151… → [(党小组长, 董银环), (电话, 151…)]."""
    marks = list(LABELS.finditer(line))
    pairs = []
    for number, label in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(line)
        value = line[label.end() : end].strip(" ,;，；、_")
        pairs.append((label.group(1).strip(), "" if is_nothing(value) else value))
    return pairs


STATED = {"group", "grid", "branch", "group_leader_phone", "member_phone", "hub_phone"}


def read_labels(pairs: list[tuple[str, str]], context: dict[str, str], found: SheetTables | None) -> None:
    person = ""
    for label, written in pairs:
        value = re.split(r"\s{3,}", written)[0].strip()
        meaning = classify(label)
        if UNIT.search(label.replace(" ", "")):
            take_unit(context, value, found)
        elif meaning == BARE_PHONE:
            if value and PERSONS.get(person):
                context.setdefault(PERSONS[person], value)
        elif meaning in PERSONS or meaning == WEAK_MEMBER:
            person = "member" if meaning == WEAK_MEMBER else meaning
            if value and meaning not in {OTHER, WEAK_MEMBER}:
                take_label(context, meaning, value)
        elif meaning in STATED and value:
            take_label(context, meaning, value)
        elif meaning == PRIVATE or not meaning:
            person = OTHER


def take_unit(context: dict[str, str], value: str, found: SheetTables | None) -> None:
    branch = branch_name(value)
    if branch:
        context["unit_branch"] = branch
    if found and value:
        found.unit = mask(value)


def take_label(context: dict[str, str], meaning: str, value: str) -> None:
    if meaning == "group":
        group, grid = split_group(value)
        if group and group != context.get("group"):
            forget_group(context)
        context |= {name: text for name, text in (("group", group), ("grid", grid)) if text}
    elif meaning == "grid":
        context["grid"] = split_group(value)[1] or value
    elif meaning == "branch":
        context["unit_branch"] = branch_name(value) or context.get("unit_branch", "")
    else:
        if value != context.get(meaning):
            context.pop(PERSONS.get(meaning, ""), None)
        if meaning in {"hub", "hub_head"}:
            context.pop("member", None)
            context.pop("member_phone", None)
        context[meaning] = value
