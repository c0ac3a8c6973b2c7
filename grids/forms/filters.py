"""Filter bars of the tree, the lists, people and posts; a senseless choice counts as none."""

from typing import Any

from django import forms

from grids import access
from grids.choices import Kind, Role
from grids.kinds import KindInfo
from grids.queries.branches import TreeView
from grids.queries.lists import ListQuery, places_of, villages_of
from grids.queries.people import PeopleQuery
from township.addresses import LARGEST, row_number

PEOPLE_STATES = (("", "全部"), ("member", "党员"), ("lay", "非党员"), ("no_phone", "没有电话"))
POST_STATES = (("", "现任"), ("ended", "已离任"), ("all", "全部"))


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


class ListFilter(Filter):
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
        self.info = info
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
        )


class PeopleFilter(Filter):
    """The bar over people and over posts."""

    role = forms.ChoiceField(label="岗位", required=False, choices=[("", "全部"), *Role.choices])
    state = forms.ChoiceField(label="状态", required=False)
    q = _search("姓名、拼音首字母或电话尾号")

    def __init__(self, data: Any, *, user: Any, states: tuple[tuple[str, str], ...]) -> None:
        self.base_states = states
        super().__init__(data, user=user)

    def full_clean(self) -> None:
        """Put the states in before they are checked."""
        self.fields["state"].choices = list(self.base_states)  # type: ignore[attr-defined]
        super().full_clean()

    def query(self) -> PeopleQuery:
        """What the query is asked."""
        return PeopleQuery(
            village=self.pk("village"), role=self.text("role"), text=self.text("q"), state=self.text("state")
        )


class TargetFilter(Filter):
    """The bar over the places a node may move to."""

    q = _search("名称或拼音首字母")
