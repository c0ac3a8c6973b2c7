"""In which orders a list can be read: the choices of its 排序 field; queries/orders.py carries them out."""

from dataclasses import dataclass

from grids.choices import Kind

PEOPLE, POSTS = "people", "posts"
GAPS, VILLAGER_GROUPS = "gaps", "villager_groups"
# Lists that are no kind of place: their titles and addresses. Apps above enter theirs when they are ready.
OTHER_LISTS = {
    PEOPLE: ("人员", "grids:people"),
    POSTS: ("任职", "grids:posts"),
    GAPS: ("覆盖缺口", "grids:gaps"),
    VILLAGER_GROUPS: ("村民小组", "grids:villager_groups"),
}


@dataclass(frozen=True)
class ListSort:
    """One choice of order."""

    code: str
    title: str


SET_ORDER = ListSort("", "登记顺序")  # villages and places as the office has put them
PINYIN, STROKES = ListSort("pinyin", "拼音"), ListSort("strokes", "姓氏笔画")
NAMES = (SET_ORDER, PINYIN, STROKES)
WORST = ListSort("worst", "最偏离规定的在前")  # over the ratio before under it


def _by_number(code: str, title: str) -> tuple[ListSort, ListSort]:
    return ListSort(f"-{code}", f"{title}从多到少"), ListSort(code, f"{title}从少到多")


SORTS: dict[str, tuple[ListSort, ...]] = {
    Kind.GRID: (
        *NAMES,
        ListSort("code", "编号"),
        *_by_number("households", "户数"),
        *_by_number("members", "党员"),
    ),
    Kind.GROUP: (*NAMES, WORST, *_by_number("households", "户数"), *_by_number("members", "党员")),
    Kind.HUB: (*NAMES, WORST, ListSort("plate", "标识牌编号"), *_by_number("below", "联系党员")),
    Kind.MEMBER: (*NAMES, WORST, *_by_number("below", "联系农户")),
    Kind.HOUSEHOLD: (
        *NAMES,
        ListSort("door", "村民小组和门牌"),
        *_by_number("size", "人口"),
        ListSort("-since", "联系起始近的在前"),
        ListSort("since", "联系起始早的在前"),
    ),
    PEOPLE: NAMES,
    POSTS: (*NAMES, ListSort("-since", "任职近的在前"), ListSort("since", "任职早的在前")),
    GAPS: (SET_ORDER,),
    VILLAGER_GROUPS: (SET_ORDER,),
}


def enter(listing: str, title: str, url_name: str, sorts: tuple[ListSort, ...] = NAMES) -> None:
    """Add a list of an app above, so that its views can be kept too."""
    OTHER_LISTS[listing] = (title, url_name)
    SORTS[listing] = sorts
