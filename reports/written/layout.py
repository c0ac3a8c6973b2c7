"""A report's text taken apart: title, headings by their numbering, paragraphs; and what is still a prompt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

TITLE, FIRST, SECOND, BODY = "title", "first", "second", "body"
_FIRST = re.compile(r"[一二三四五六七八九十]+、")
_SECOND = re.compile(r"[（(][一二三四五六七八九十]+[)）]")
_PROMPT = re.compile(r"（请.*）")
LONGEST_TITLE = 20  # 22 pt in 156 mm
_WORD_ENDS = re.compile(r"年|支部|总支|工作|管理|服务|乡|镇|村|情况")
LONGEST_HEADING = 40  # a longer line that begins with 一、 is a paragraph


@dataclass(frozen=True)
class Block:
    """One line of the text and what it is."""

    kind: str
    text: str


@dataclass(frozen=True)
class Appendix:
    """A table behind the report."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]  # millimetres


@dataclass(frozen=True)
class Paper:
    """A report ready to be set: its blocks, who signs it on what day, and whether it is a draft."""

    blocks: Sequence[Block]
    unit: str
    day: str
    draft: str = ""  # the mark on every page, "" when it is accepted
    appendix: Appendix | None = field(default=None)

    @property
    def title(self) -> str:
        """The first line."""
        return next((block.text.replace("\n", "") for block in self.blocks if block.kind == TITLE), "")


def blocks_of(text: str) -> list[Block]:
    """Lines by what they begin with (一、 黑体, （一） 楷体); blank lines only part what is typed."""
    lines = [line.strip().strip("　") for line in text.splitlines()]
    found = [line for line in lines if line]
    if not found:
        return []
    return [Block(TITLE, parted(found[0])), *(Block(_kind(line), line) for line in found[1:])]


def parted(title: str) -> str:
    """A title too long for one line in two of about the same length, parted behind a word."""
    if len(title) <= LONGEST_TITLE:
        return title
    ends = [found.end() for found in _WORD_ENDS.finditer(title) if found.end() < len(title)]
    middle = min(ends, key=lambda end: abs(end - len(title) / 2), default=len(title) // 2)
    return f"{title[:middle]}\n{title[middle:]}"


def _kind(line: str) -> str:
    if len(line) <= LONGEST_HEADING and _FIRST.match(line):
        return FIRST
    return SECOND if len(line) <= LONGEST_HEADING and _SECOND.match(line) else BODY


def prompts(text: str) -> list[str]:
    """Lines of the template that ask to be replaced and have not been."""
    return [line.strip() for line in text.splitlines() if _PROMPT.fullmatch(line.strip())]
