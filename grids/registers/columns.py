"""What a register's columns are: how a cell is read, shown and offered for choosing."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from grids.imports.reading.values import (
    ERROR_VALUES,
    Unclear,
    clean_text,
    parse_count,
    parse_date,
    parse_flag,
    parse_phone,
    strike_private,
)
from grids.pinyin import initials

if TYPE_CHECKING:
    from grids.registers.desk import Desk

ColumnKind = Literal["text", "choice", "date", "phone", "code", "number", "bool"]
YES, NO = "是", "否"
LARGEST_COUNT = 10**6
ALIKE = 60  # of 100


@dataclass(frozen=True)
class Choice:
    """One choice of a cell: the label is what the cell holds, `value` what is stored."""

    label: str
    value: Any
    other_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choices:
    """The choices of a column, found by label or, where only one bears it, by a word that means the same.

    `key` says when two words mean the same: 第1党小组, 第一组 and 第一党小组 are one group.
    """

    rows: tuple[Choice, ...] = ()
    key: Callable[[str], str] = str
    _by_word: dict[str, list[Choice]] = field(default_factory=lambda: defaultdict(list), repr=False)
    _labels: dict[Any, str] = field(default_factory=dict, repr=False)
    _nearest: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for row in self.rows:
            self._labels.setdefault(row.value, row.label)
            for word in {self.key(clean_text(word)) for word in (row.label, *row.other_words)}:
                self._by_word[word].append(row)

    def find(self, text: str) -> list[Choice]:
        """What the text may mean: one choice is meant, several are ambiguous, none is unknown."""
        wanted = clean_text(text)
        found = self._by_word.get(self.key(wanted), [])
        exact = [row for row in found if clean_text(row.label) == wanted]
        return exact or found

    def nearest(self, text: str) -> str:
        """The label most like a text that is none; blank when none is much like it."""
        if text not in self._nearest:
            from rapidfuzz import process  # slow import, seldom needed

            found = process.extractOne(text, [row.label for row in self.rows], score_cutoff=ALIKE)
            self._nearest[text] = found[0] if found else ""
        return self._nearest[text]

    def label_of(self, value: Any) -> str:
        """The label of a stored value; blank when it can no longer be chosen."""
        return self._labels.get(value, "")

    def __len__(self) -> int:
        return len(self.rows)


def plain_choices(pairs: Iterable[tuple[Any, Any]]) -> Choices:
    """Choices of a model field: (value, label), the blank one left out."""
    return Choices(tuple(Choice(str(label), value) for value, label in pairs if value))


@dataclass(frozen=True)
class RegisterColumn:
    """One column: `title` as the office writes it, `titles` other headings that mean the same.

    `width` is in em. `readonly` cells are shown and never written. `default` fills a blank cell.
    """

    key: str
    title: str
    titles: tuple[str, ...] = ()
    kind: ColumnKind = "text"
    required: bool = False
    choices: "Callable[[Desk], Choices] | None" = None
    width: int = 8
    max_length: int | None = None
    low: int | None = None
    high: int | None = None
    readonly: bool = False
    default: Any = None
    reads: Callable[[str], str] | None = None  # other spellings of a cell, read as the import reads them
    help: str = ""
    example: str = ""  # in the template, where the usual one of its kind would break a rule

    def read(self, cell: str, desk: "Desk") -> str:
        """The cell in its one canonical form; what can't be read stays as typed for the form to refuse."""
        text = clean_text(cell)
        try:
            return self._canonical(text, desk) if text else ""
        except Unclear:
            return text

    def _canonical(self, text: str, desk: "Desk") -> str:
        if self.kind == "date":
            day = parse_date(text)
            return f"{day:%Y-%m-%d}" if day else ""
        if self.kind == "phone":
            return parse_phone(text)[0] or text
        if self.kind == "number":
            count = parse_count(text, most=self.high or LARGEST_COUNT, what=self.title)
            return text if count is None else str(count)
        if self.kind == "bool":
            flag = parse_flag(text if self.reads is None else self.reads(text))
            return text if flag is None else YES if flag else NO
        if self.choices is not None:
            options = desk.options(self)
            found = options.find(text)
            if not found and self.reads is not None:
                return options.label_of(self.reads(text)) or text
            return found[0].label if len(found) == 1 else text
        return text if self.reads is None else self.reads(text)

    def show(self, value: Any, desk: "Desk") -> str:
        """A stored value as its cell."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, date):
            return f"{value:%Y-%m-%d}"
        if self.choices is not None:
            return desk.options(self).label_of(value) or desk.name_of(value)
        if self.kind == "phone":
            return desk.phone(str(value))
        return str(value)

    def refusal(self, text: str, desk: "Desk") -> str:
        """Why a choice, flag or number can't be what is typed; blank when it can."""
        if text in ERROR_VALUES:
            return f"“{text}”是表格里公式出错的结果，请改正。"
        if self.kind in ("text", "code") and strike_private(text)[1]:
            return "这里好像有身份证号或银行卡号。系统不收集这些号码，请删去后再保存。"
        if self.choices is not None:
            return self._choice_refusal(text, desk)
        if self.kind == "bool" and text not in (YES, NO):
            return "请填“是”或“否”。"
        whole = text.partition(".")[0]  # a form takes 5.0 for 5
        if self.kind == "number" and whole.isascii() and whole.isdecimal():
            low, high = self.low or 0, self.high or LARGEST_COUNT
            fits = len(whole) < 10 and low <= int(whole) <= high
            return "" if fits else f"{self.title}应在 {low} 到 {high} 之间。"
        return f"最多 {self.max_length} 个字。" if self.max_length and len(text) > self.max_length else ""

    def _choice_refusal(self, text: str, desk: "Desk") -> str:
        found = desk.options(self).find(text)
        if len(found) == 1:
            return ""
        shown = text if len(text) <= 20 else f"{text[:20]}…"
        if not found:
            return self._unknown(text, shown, desk)
        named = "、".join(row.label for row in found[:4])
        return f"有 {len(found)} 个“{shown}”，请写明是哪一个：{named}。"

    def _unknown(self, text: str, shown: str, desk: "Desk") -> str:
        options = desk.options(self)
        if not len(options):
            return f"还没有可选的{self.title}。"
        nearest = options.nearest(text)
        guess = f"是不是“{nearest}”？" if nearest else ""
        return f"没有“{shown}”，{guess}请从列表里选。"

    def config(self, desk: "Desk") -> dict[str, Any]:
        """The column as the paste grid is told of it."""
        told: dict[str, Any] = {
            "key": self.key,
            "title": self.title,
            "titles": list(self.titles),
            "kind": self.kind,
            "width": self.width,
            "required": self.required,
            "readonly": self.readonly or (self.kind == "phone" and not desk.sees_phones),
            "max_length": self.max_length,
            "min": self.low,
            "max": self.high,
            "free": False,
            "help": self.help,
        }
        if self.choices is not None:
            told["choices"] = [
                {"label": row.label, "initials": initials(row.label).strip()}
                for row in desk.options(self).rows
            ]
        return told
