"""Forms of the contact pages, and the filter of their list."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from grids.choices import ROOT_KINDS
from grids.forms.fields import DayField
from grids.models import Node, Person
from grids.queries.names import name_matches
from grids.queries.orders import NAMED
from grids.sorts import NAMES
from liaison import queries
from liaison.choices import Level
from liaison.models import Contact


class HolderField(forms.ModelChoiceField):
    """People by name and organisation."""

    def label_from_instance(self, obj: Any) -> str:
        """张三（东坡村党支部）."""
        return f"{obj.name}（{obj.root.name}）" if obj.root else obj.name


class TargetField(forms.ModelChoiceField):
    """Nodes by name and where they are."""

    def label_from_instance(self, obj: Any) -> str:
        """第一党小组（东坡村党支部）."""
        above = obj.branch or (obj.root if obj.parent_id else None)
        return f"{obj.name}（{above.name}）" if above else obj.name


class ContactForm(forms.Form):
    """A new contact of one level."""

    holder = HolderField(queryset=Person.objects.none(), label="包挂人", empty_label="请选择")
    target = TargetField(queryset=Node.objects.none(), label="包挂对象", empty_label="请选择")
    since = DayField(label="包挂起始时间", required=False)
    remark = forms.CharField(label="备注", max_length=100, required=False)

    def __init__(self, *args: Any, user: Any, level: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holder: Any = self.fields["holder"]
        target: Any = self.fields["target"]
        holder.queryset = queries.possible_holders(user, level=level, on=today).select_related("root")
        target.queryset = queries.possible_targets(user, level=level)
        holder.help_text = (
            "只列出现任乡领导。" if level == Level.TOWN_LEADER else "只列出现任委员；没有时先到任职里登记。"
        )


class ContactEditForm(forms.Form):
    """Correcting a contact; its two ends stay."""

    since = DayField(label="包挂起始时间", required=False)
    remark = forms.CharField(label="备注", max_length=100, required=False)


class ContactEndForm(forms.Form):
    """The last day of a contact."""

    until = DayField(label="结束时间")


class ContactFilter(django_filters.FilterSet):
    """Filters of the contact list."""

    level = django_filters.ChoiceFilter(label="层级", choices=Level.choices, empty_label="全部")
    root = django_filters.ModelChoiceFilter(
        label="党组织",
        field_name="target__root",
        queryset=lambda request: (
            Node.objects.visible_to(request.user)
            .open()
            .filter(kind__in=ROOT_KINDS, parent__isnull=True)
            .order_by("position", "pk")
        ),
        empty_label="全部",
    )
    q = django_filters.CharFilter(label="姓名、党小组或拼音首字母", method="named")
    ended = django_filters.BooleanFilter(label="含已结束的", method="with_ended", widget=forms.CheckboxInput)

    sort = django_filters.ChoiceFilter(
        label="排序",
        choices=[(one.code, f"包挂人{one.title}") for one in NAMES if one.code],
        empty_label=NAMES[0].title,
        method="in_order",
    )
    cols = django_filters.CharFilter(method="of_all_columns", max_length=400, widget=forms.HiddenInput)

    class Meta:
        model = Contact
        fields: tuple[str, ...] = ()

    def in_order(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """By the holder's name; without a choice as the query has them."""
        return rows.order_by(f"holder__{NAMED[value]}", *rows.query.order_by)

    def of_all_columns(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Columns chosen on the page go along unseen and leave the rows as they are."""
        return rows

    def named(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Part of a name, or the beginning of its pinyin initials."""
        return rows.filter(name_matches(value, "holder__") | name_matches(value, "target__"))

    def with_ended(self, rows: QuerySet[Contact], name: str, value: bool | None) -> QuerySet[Contact]:
        """Only running contacts unless asked for all."""
        return rows
