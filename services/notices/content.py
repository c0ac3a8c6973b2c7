"""What a board, a plate or a card says, as plain values: printed, kept as a fingerprint, compared."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

NONE = "无"
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Staff:
    """One person on a board; `photo` is the beginning of the picture's fingerprint."""

    name: str
    posts: tuple[str, ...]
    phone: str
    duties: tuple[str, ...]
    photo: str = ""

    @property
    def post(self) -> str:
        """党小组长、网格工作人员."""
        return "、".join(self.posts)


@dataclass(frozen=True)
class Board:
    """A grid's board. `qr` is the token of its public page, blank while there is none."""

    unit: str
    place: str
    hotline: str
    staff: tuple[Staff, ...]
    qr: str = ""

    @property
    def has_photos(self) -> bool:
        """Whether one picture at least is there: then all get a frame."""
        return any(one.photo for one in self.staff)

    @property
    def phoneless(self) -> list[str]:
        """Who has no number yet."""
        return [one.name for one in self.staff if not one.phone]


@dataclass(frozen=True)
class Plate:
    """A hub's plate."""

    unit: str
    title: str
    name: str
    number: str


@dataclass(frozen=True)
class Card:
    """A member's card for the households looked after."""

    unit: str
    place: str
    name: str
    post: str
    phone: str
    hotline: str


Content = Board | Plate | Card


def facts(content: Content) -> dict[str, Any]:
    """As it is kept in the database: lists, not tuples, as JSON gives them back."""
    found = asdict(content)
    if isinstance(content, Board):
        found["staff"] = [
            {**asdict(one), "posts": list(one.posts), "duties": list(one.duties)} for one in content.staff
        ]
    return found


# A person's number is never told here: the list has readers who see it masked.
LABELS = {
    "unit": "党组织", "place": "网格", "title": "类别", "name": "名称", "number": "编号", "post": "身份",
    "hotline": "监督电话",
}  # fmt: skip


def differences(before: Facts, now: Facts) -> list[str]:
    """What no longer holds, in words: 党小组长 李某某 → 王某某. Nothing when it still says what is true."""
    found = ["电话有变"] if before.get("phone") != now.get("phone") else []
    found += [
        f"{LABELS[key]} {before.get(key) or NONE} → {now[key] or NONE}"
        for key in now
        if key in LABELS and before.get(key) != now[key]
    ]
    if "staff" in now:
        found += _posts(before.get("staff", []), now["staff"])
        found += _people(before.get("staff", []), now["staff"])
        found += _qr(before.get("qr", ""), now.get("qr", ""))
    return found


def _posts(before: Sequence[Facts], now: Sequence[Facts]) -> Iterator[str]:
    """Who took over from whom, post by post."""
    earlier, later = _by_post(before), _by_post(now)
    for post in dict.fromkeys((*earlier, *later)):
        gone = [name for name in earlier[post] if name not in later[post]]
        come = [name for name in later[post] if name not in earlier[post]]
        if gone and come:
            yield f"{post} {'、'.join(gone)} → {'、'.join(come)}"
        elif gone:
            yield f"{post} {'、'.join(gone)} 已不在岗"
        elif come:
            yield f"新任{post} {'、'.join(come)}"


def _by_post(staff: Sequence[Facts]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in staff:
        for post in one["posts"]:
            found[post].append(one["name"])
    return found


def _people(before: Sequence[Facts], now: Sequence[Facts]) -> Iterator[str]:
    """What changed of those who stayed; the numbers themselves are not told."""
    earlier = {one["name"]: one for one in before}
    for one in now:
        was = earlier.get(one["name"])
        if was is None:
            continue
        changed = [
            title
            for key, title in (("phone", "电话"), ("duties", "职责"), ("photo", "照片"))
            if was.get(key) != one[key] and (key != "duties" or was.get("posts") == one["posts"])
        ]
        if changed:
            yield f"{one['name']}的{'、'.join(changed)}有变"


def _qr(before: str, now: str) -> list[str]:
    if before == now:
        return []
    if not now:
        return ["公开页已停用，牌上的二维码打不开"]
    return ["公开页换了地址，二维码要重印" if before else "公开页已发布，牌上还没有二维码"]
