"""The contact list's columns, and its rows as text for its workbook."""

from collections.abc import Mapping, Sequence
from typing import Any

from import_export import fields, resources

from grids import access
from grids.kinds import ListColumn
from liaison.models import Contact
from township.masks import mask_phone
from township.sheets import Column, Sheet

CONTACT_COLUMNS = (
    ListColumn("name", "包挂人", "name"),
    ListColumn("level", "层级"),
    ListColumn("target", "包挂对象"),
    ListColumn("root", "所在党组织"),
    ListColumn("phone", "包挂人电话", "phone"),
    ListColumn("since", "起始时间", "code"),
    ListColumn("until", "结束时间", "code"),
    ListColumn("load", "此人包挂数", "num"),
    ListColumn("remark", "备注"),
)
# The end stands beside the beginning until it is asked for, and a number is seldom needed here.
CONTACT_COLUMNS_AT_FIRST = tuple(one for one in CONTACT_COLUMNS if one.key not in {"phone", "until"})
# What can be read in again; the load follows from the rows.
CONTACT_COLUMNS_IN_FILES = tuple(one for one in CONTACT_COLUMNS if one.key != "load")
FILE_ORDER = ("level", "name", "phone", "root", "target", "since", "until", "load", "remark")
WIDTHS = {
    "层级": 34,
    "包挂人": 20,
    "包挂人电话": 28,
    "所在党组织": 34,
    "包挂对象": 30,
    "起始时间": 24,
    "结束时间": 24,
    "此人包挂数": 20,
    "备注": 40,
}


class ContactResource(resources.ModelResource):
    """Contacts in scope, with the headings people know."""

    level = fields.Field("get_level_display", column_name="层级")
    name = fields.Field("holder__name", column_name="包挂人")
    phone = fields.Field(column_name="包挂人电话")
    root = fields.Field("target__root__name", column_name="所在党组织")
    target = fields.Field("target__name", column_name="包挂对象")
    since = fields.Field("since", column_name="起始时间")
    until = fields.Field("until", column_name="结束时间")
    load = fields.Field(column_name="此人包挂数")
    remark = fields.Field("remark", column_name="备注")

    class Meta:
        model = Contact
        fields = export_order = FILE_ORDER

    def __init__(
        self, user: Any = None, counts: Mapping[tuple[str, int], int] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.user, self.counts = user, counts or {}

    def get_queryset(self) -> Any:
        """Never more than the user sees."""
        return Contact.objects.visible_to(self.user).select_related("holder", "target__root")

    def dehydrate_level(self, contact: Contact) -> str:
        """E2 支部委员→党小组 in words."""
        return contact.get_level_display()

    def dehydrate_phone(self, contact: Contact) -> str:
        """Full for the office and the village's own secretary."""
        phone = contact.holder.phone
        return phone if access.sees_full_phone(self.user, contact.target.root_id) else mask_phone(phone)

    def dehydrate_load(self, contact: Contact) -> int:
        """How many this person looks after at this level; ended rows count nothing."""
        return 0 if contact.until else self.counts.get((contact.level, contact.holder_id), 0)


def contact_sheet(
    user: Any,
    rows: Any,
    *,
    title: str,
    columns: Sequence[ListColumn] = CONTACT_COLUMNS_IN_FILES,
    counts: Mapping[tuple[str, int], int] | None = None,
) -> Sheet:
    """The list in these columns as a workbook of plain text; `counts` as in queries.contact_counts."""
    resource = ContactResource(user=user, counts=counts)
    chosen = {one.key for one in columns}
    data = resource.export(rows, export_fields=[key for key in FILE_ORDER if key in chosen])
    heads = tuple(Column(head, head, width=WIDTHS[head], align="left") for head in data.headers)
    return Sheet(title=title, columns=heads, rows=[tuple(str(cell or "") for cell in row) for row in data])
