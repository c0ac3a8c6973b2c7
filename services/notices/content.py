"""What a board, a plate or a card says, as plain values: printed, kept as a fingerprint, compared."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.crypto import salted_hmac

NONE = "无"
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Staff:
    """One person on a board; `photo` is the beginning of the picture's fingerprint.

    `phone` is what the board says, `work_phone` only what was entered to be told outside the village.
    """

    name: str
    posts: tuple[str, ...]
    phone: str
    duties: tuple[str, ...]
    photo: str = ""
    work_phone: str = ""
    person: int = 0

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
    """As it is kept in the database: lists, not tuples, as JSON gives them back, and numbers as digests."""
    found = asdict(content)
    if isinstance(content, Board):
        found["staff"] = [_staff_facts(one) for one in content.staff]
    if isinstance(content, Card):
        found["phone"] = digest(content.phone)
    return found


def _staff_facts(one: Staff) -> dict[str, Any]:
    return {
        "person": one.person,
        "name": one.name,
        "posts": list(one.posts),
        "phone": digest(one.phone),
        "duties": list(one.duties),
        "photo": one.photo,
    }


def digest(phone: str) -> str:
    """Tells two numbers apart without telling either: keyed, as eleven digits are soon tried through."""
    return salted_hmac("services.notices.imprint", phone).hexdigest()[:12] if phone else ""


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
        earlier = _paired(before.get("staff", []), now["staff"])
        found += _posts(earlier, now["staff"])
        found += _people(earlier, now["staff"])
        found += _qr(before.get("qr", ""), now.get("qr", ""))
    return found


def _paired(before: Sequence[Facts], now: Sequence[Facts]) -> list[Facts]:
    """The earlier people under the numbers they have now; one not found by number by the name, in order.

    So two of one name stay two, and whose double record was merged stays one.
    """
    known, here = {one.get("person") for one in before}, {one["person"] for one in now}
    free: defaultdict[str, list[int]] = defaultdict(list)
    for one in now:
        if one["person"] not in known:
            free[one["name"]].append(one["person"])
    found: list[Facts] = []
    for place, one in enumerate(before, 1):
        person = one.get("person") or -place
        if person not in here and free[one["name"]]:
            person = free[one["name"]].pop(0)
        found.append({**one, "person": person})
    return found


def _posts(before: Sequence[Facts], now: Sequence[Facts]) -> Iterator[str]:
    """Who took over from whom, post by post: people by their number, so that namesakes are two."""
    earlier, later = _by_post(before), _by_post(now)
    for post in dict.fromkeys((*earlier, *later)):
        gone = [name for person, name in earlier[post].items() if person not in later[post]]
        come = [name for person, name in later[post].items() if person not in earlier[post]]
        if gone and come:
            yield f"{post} {'、'.join(gone)} → {'、'.join(come)}"
        elif gone:
            yield f"{post} {'、'.join(gone)} 已不在岗"
        elif come:
            yield f"新任{post} {'、'.join(come)}"


def _by_post(staff: Sequence[Facts]) -> defaultdict[str, dict[int, str]]:
    found: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for one in staff:
        for post in one["posts"]:
            found[post][one["person"]] = one["name"]
    return found


def _people(before: Sequence[Facts], now: Sequence[Facts]) -> Iterator[str]:
    """What changed of those who stayed; the numbers themselves are not told."""
    earlier = {one["person"]: one for one in before}
    for one in now:
        was = earlier.get(one["person"])
        if was is None:
            continue
        if was["name"] != one["name"]:
            yield f"姓名 {was['name']} → {one['name']}"
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
