"""Finding rows by what a clerk types: part of a name, pinyin initials, or the tail of a phone number."""

from collections.abc import Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from grids import access
from grids.access import Seat

if TYPE_CHECKING:
    from township.models import User

SHORTEST_TAIL = 4
SHOWN_TAIL = 4  # what a masked number shows; asking for more would be guessing at the hidden part
MOST_SPELLINGS = 8
# Forms of one character that registers mix (异体字): who types one of them finds the others.
VARIANTS = (
    "高髙", "峰峯", "启啓啟", "喆哲", "升昇陞", "苏甦", "国囯國", "珍珎", "阔濶", "勋勲", "辉煇暉", "鉴鑑",
    "照炤", "阶堦", "卫衞衛", "强強彊", "户戸戶", "黄黃", "吕呂", "吴吳", "德徳", "绿緑", "仙僊", "果菓",
    "柏栢", "群羣", "略畧", "杰傑", "淳湻", "凉涼", "况況", "冲沖", "净淨", "决決", "线綫線", "坂阪",
    "岭嶺", "岳嶽", "岩巖嵒", "梅楳", "村邨", "春旾", "松枩", "棋碁", "秋秌", "艳艶豔", "草艸", "莲蓮",
    "凤鳳", "龙龍", "云雲", "华華", "万萬", "礼禮", "余餘", "范範", "叶葉", "于於", "冯馮", "陈陳", "张張",
)  # fmt: skip
SAME = {char: group for group in VARIANTS for char in group}


def spellings(text: str) -> list[str]:
    """What is typed, and the same with other forms of its characters, at most eight (高峰 → 髙峰, 高峯 …)."""
    choices = [(char, *(other for other in SAME.get(char, "") if other != char)) for char in text]
    return ["".join(one) for one in islice(product(*choices), MOST_SPELLINGS)]


def name_matches(text: str, prefix: str = "") -> Q:
    """Rows whose name holds `text`, or whose initials begin with it (单晓霞 by 'sxx', 'sx' or 's')."""
    wanted = "".join(text.split())
    if not wanted:
        return Q()
    found = Q()
    for spelling in spellings(wanted):
        found |= Q(**{f"{prefix}name__icontains": spelling})
    if wanted.isascii() and wanted.isalnum():
        found |= Q(**{f"{prefix}initials__contains": f" {wanted.lower()}"})
    return found


def tail_matches(text: str, paths: Sequence[str], *, user: "User | Any", root: str = "root_id") -> Q:
    """Rows whose phone ends with the digits typed; nothing for other input.

    Four digits find anybody in sight, since a masked number shows them; more only where `user` sees the
    whole number, or the box would answer guesses. `root` is the path to the row's Party organisation.
    """
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) >= SHORTEST_TAIL):
        return Q(pk__in=[])
    found = Q()
    for path in paths:
        found |= Q(**{f"{path}__endswith": digits})
    return found if len(digits) <= SHOWN_TAIL else found & _seen_whole(user, root)


def _seen_whole(user: "User | Any", root: str) -> Q:
    """Rows whose phones access.sees_full_phone shows in full, as a condition."""
    scope = access.scope_of(user)
    if scope.seat == Seat.CLERK:
        return Q()
    own = {place.root_id for place in scope.places if access.sees_full_phone(user, place.root_id)}
    return Q(**{f"{root}__in": own})
