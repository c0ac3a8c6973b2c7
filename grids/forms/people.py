"""Forms of people, posts and villager groups."""

from typing import Any

from django import forms

from grids import access, rules
from grids.choices import Kind, PostSource, Role
from grids.forms.fields import DayField, NameField, PhoneField, RemarkField
from grids.models import Node


class PersonForm(forms.Form):
    """Name, phone and village of somebody with a part in the network."""

    name = NameField(label="姓名")
    phone = PhoneField(label="联系电话", required=False)
    root: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="所属党组织", required=False, empty_label="乡（镇）"
    )
    reason = RemarkField(label="说明", required=False, max_length=60)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = access.scope_of(user)
        roots = Node.objects.visible_to(user).filter(parent=None, closed_on=None).order_by("position", "pk")
        field = self.fields["root"]
        field.queryset = roots  # type: ignore[attr-defined]
        if not scope.whole_township:
            field.required, field.empty_label = True, None  # type: ignore[attr-defined]


class PostForm(forms.Form):
    """A post: who, what, where, since when. A person is chosen, or named and added."""

    node: forms.ModelChoiceField = forms.ModelChoiceField(None, label="单位")
    role = forms.ChoiceField(label="岗位")
    person: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="已登记的人员", required=False, empty_label="（不在名单里，另填姓名）"
    )
    name = NameField(label="姓名", required=False)
    phone = PhoneField(label="联系电话", required=False)
    since = DayField(label="任职日期")
    source = forms.ChoiceField(label="来源", required=False, choices=[("", "—"), *PostSource.choices])
    duties = RemarkField(
        label="职责", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    replace = forms.BooleanField(label="接替现任（现任同日离任）", required=False)

    def __init__(
        self, *args: Any, places: Any, people: Any, node: Node | None, town: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = places  # type: ignore[attr-defined]
        self.fields["node"].label_from_instance = called  # type: ignore[attr-defined]
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        roles = [role for role in Role.values if role != Role.TOWN_LEADER]
        if town:
            del self.fields["node"], self.fields["replace"]
            roles = [Role.TOWN_LEADER]
        elif node is not None:
            roles = [role for role in roles if node.kind in rules.POST_PLACES[role]]
            self.fields["node"].initial = node.pk
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody must be chosen or named, and the post must belong to such a place."""
        data = super().clean() or {}
        if not data.get("person") and not data.get("name") and "name" not in self.errors:
            self.add_error("name", "请选择已登记的人员，或填写姓名。")
        node, role = data.get("node"), data.get("role")
        if node is not None and role and node.kind not in rules.POST_PLACES[role]:
            self.add_error("role", f"{Role(role).label}不是{Kind(node.kind).label}的岗位。")
        return data


def called(node: Node) -> str:
    """A place in a choice, indented by its level."""
    return f"{'　' * node.level}{node.name}（{Kind(node.kind).label}）"


class EndPostForm(forms.Form):
    """The day a post ends."""

    until = DayField(label="离任日期")
    reason = RemarkField(label="说明", required=False, max_length=60)


class VillagerGroupForm(forms.Form):
    """A villager group of one village."""

    root: forms.ModelChoiceField = forms.ModelChoiceField(None, label="村（党组织）", empty_label=None)
    name = RemarkField(label="名称", max_length=20)

    def __init__(self, *args: Any, roots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["root"].queryset = roots  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    """Another name for a villager group."""

    name = RemarkField(label="新名称", max_length=20)
