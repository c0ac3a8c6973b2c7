"""Filter bars of the tree, the lists, people and posts; a senseless choice counts as none."""

from typing import Any

from django import forms
from django.http import QueryDict

from grids import access
from grids.choices import Kind, Role
from grids.duties import WARNING_DAYS
from grids.kinds import KindInfo
from grids.queries.branches import TreeView
from grids.queries.lists import ListQuery, places_of, villages_of
from grids.queries.people import PeopleQuery
from grids.sorts import PEOPLE, SORTS
from township.addresses import LARGEST, row_number

PEOPLE_STATES = (("", "全部"), ("member", "党员"), ("lay", "非党员"), ("no_phone", "没有电话"))
SHORT_TITLES = {"village": "村", "villager_group": "村民小组", "q": "查找"}
POST_STATES = (("", "现任"), ("ended", "已离任"), ("all", "全部"))
TERMS = (
    ("", "全部"),
    ("past", "已过任期"),
    ("soon", f"{WARNING_DAYS} 天内届满"),
    ("unknown", "没有填任期"),
)


def _search(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )


class Filter(forms.Form):
    """Shared by all: a village, left out where one has only one."""

    village: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="村（党组织）", required=False, empty_label="全部"
    )

    def __init__(self, data: Any, *, user: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        villages = villages_of(user)
        self.fields["village"].queryset = villages  # type: ignore[attr-defined]
        self.whole_township = access.scope_of(user).whole_township
        if not self.whole_township:
            del self.fields["village"]
        self.full_clean()

    def pk(self, name: str) -> int | None:
        """The number of the chosen row, if any."""
        row = self.cleaned_data.get(name)
        return row.pk if row is not None else None

    def text(self, name: str) -> str:
        """The text of a choice or search field."""
        return str(self.cleaned_data.get(name) or "").strip()


class TreeFilter(Filter):
    """The tree's bar: village, how deep to open, 只看有问题, and a name."""

    depth = forms.ChoiceField(
        label="展开到",
        required=False,
        choices=[
            ("", "不展开"),
            (Kind.GRID, "网格"),
            (Kind.GROUP, "党小组"),
            (Kind.HUB, "中心户"),
            (Kind.MEMBER, "党员"),
            (Kind.HOUSEHOLD, "农户"),
        ],
    )
    show = forms.ChoiceField(
        label="显示",
        required=False,
        choices=[("", "全部在册"), ("problems", "只看有问题"), ("closed", "包括已注销")],
    )
    q = _search("名称或拼音首字母")

    def view(self, opened: frozenset[int], default_village: int | None) -> TreeView:
        """What the query is asked; a depth needs a village."""
        village = self.pk("village") or default_village
        show = self.text("show")
        return TreeView(
            village=village,
            opened=opened,
            depth=self.text("depth"),
            text=self.text("q"),
            problems=show == "problems",
            closed=show == "closed",
        )


def narrows_of(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """What of the rows a list's filter asks for, in words: field, its title, the value's title."""
    found = []
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if value in (None, "", False) or bound.name in ("sort", "cols"):
            continue
        said = str(value)
        if isinstance(value, str):
            said = str(dict(getattr(bound.field, "choices", ())).get(value, value))
        elif value is True:
            said = "是"
        found.append((bound.name, SHORT_TITLES.get(bound.name, str(bound.label)), said))
    return found


class Listed(Filter):
    """A bar over a list that can be put in order; the chosen columns go along unseen."""

    listing = ""
    sort = forms.ChoiceField(label="排序", required=False)
    cols = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def full_clean(self) -> None:
        """Put the orders in before they are checked."""
        self.fields["sort"].choices = [(one.code, one.title) for one in SORTS[self.listing]]  # type: ignore[attr-defined]
        self.order_fields([*(name for name in self.fields if name != "sort"), "sort"])
        super().full_clean()


class ListFilter(Listed):
    """A list's bar: village, grid or group within it, state, name."""

    grid: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="网格", required=False, empty_label="全部"
    )
    group: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="党小组", required=False, empty_label="全部"
    )
    villager_group = forms.IntegerField(required=False, max_value=LARGEST, widget=forms.HiddenInput)
    state = forms.ChoiceField(label="状态", required=False)
    q = _search("名称、拼音首字母")

    def __init__(self, data: Any, *, user: Any, info: KindInfo) -> None:
        self.info, self.listing = info, str(info.kind)
        self.user = user
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Fit the fields to the kind before they are checked."""
        village = self._typed_village()
        # Choosing a grid or group among a whole township's would be a list of hundreds.
        useful = village is not None or not self.whole_township
        self._fit(
            "grid", useful and self.info.kind in (Kind.GROUP, Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD), village
        )
        self._fit("group", useful and self.info.kind in (Kind.HUB, Kind.MEMBER, Kind.HOUSEHOLD), village)
        self.fields["state"].choices = [(state.code, state.title) for state in self.info.states]  # type: ignore[attr-defined]
        if self.info.kind in (Kind.MEMBER, Kind.HOUSEHOLD):
            self.fields["q"].label = "姓名、拼音首字母或电话尾号"
        super().full_clean()

    def _typed_village(self) -> int | None:
        return row_number(str(self.data.get("village") or ""))

    def _fit(self, name: str, useful: bool, village: int | None) -> None:
        if useful:
            self.fields[name].queryset = places_of(self.user, name, village)  # type: ignore[attr-defined]
        else:
            self.fields.pop(name, None)

    def query(self) -> ListQuery:
        """What the query is asked."""
        return ListQuery(
            village=self.pk("village"),
            grid=self.pk("grid"),
            group=self.pk("group"),
            villager_group=self.cleaned_data.get("villager_group"),
            state=self.text("state"),
            text=self.text("q"),
            sort=self.text("sort"),
        )


class PeopleFilter(Listed):
    """The bar over people and over posts."""

    role = forms.ChoiceField(label="岗位", required=False, choices=[("", "全部"), *Role.choices])
    term = forms.ChoiceField(label="任期", required=False, choices=TERMS)
    state = forms.ChoiceField(label="状态", required=False)
    q = _search("姓名、拼音首字母或电话尾号")

    def __init__(
        self, data: Any, *, user: Any, states: tuple[tuple[str, str], ...], listing: str = PEOPLE
    ) -> None:
        self.base_states, self.listing = states, listing
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Put the states in before they are checked."""
        self.fields["state"].choices = list(self.base_states)  # type: ignore[attr-defined]
        super().full_clean()

    def query(self) -> PeopleQuery:
        """What the query is asked."""
        return PeopleQuery(
            village=self.pk("village"),
            role=self.text("role"),
            text=self.text("q"),
            state=self.text("state"),
            term=self.text("term"),
            sort=self.text("sort"),
        )


class DuplicatesFilter(Filter):
    """The bar over pairs that may be one person."""

    state = forms.ChoiceField(
        label="显示", required=False, choices=[("", "可能性大的"), ("all", "包括电话不同的")]
    )


class TargetFilter(Filter):
    """The bar over the places or members of one village; without a choice, of the village one works in."""

    q = _search("名称或拼音首字母")

    def __init__(self, data: QueryDict, *, user: Any, village: int) -> None:
        typed = data.copy()
        if not typed.get("village"):
            typed["village"] = str(village)
        super().__init__(typed, user=user)
        if "village" in self.fields:
            self.fields["village"].empty_label = None  # type: ignore[attr-defined]  # always one village
