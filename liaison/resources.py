"""The contact list as rows of text, for its workbook."""

from typing import Any

from import_export import fields, resources

from grids import access
from liaison.models import Contact
from township.masks import mask_phone
from township.sheets import Column, Sheet

WIDTHS = {
    "层级": 34,
    "包挂人": 20,
    "包挂人电话": 28,
    "所在党组织": 34,
    "包挂对象": 30,
    "起始时间": 24,
    "结束时间": 24,
    "备注": 40,
}


class ContactResource(resources.ModelResource):
    """Contacts in scope, with the headings people know."""

    level = fields.Field("get_level_display", column_name="层级")
    holder = fields.Field("holder__name", column_name="包挂人")
    phone = fields.Field(column_name="包挂人电话")
    root = fields.Field("target__root__name", column_name="所在党组织")
    target = fields.Field("target__name", column_name="包挂对象")
    since = fields.Field("since", column_name="起始时间")
    until = fields.Field("until", column_name="结束时间")
    remark = fields.Field("remark", column_name="备注")

    class Meta:
        model = Contact
        fields = ("level", "holder", "phone", "root", "target", "since", "until", "remark")
        export_order = fields

    def __init__(self, user: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user = user

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


def contact_sheet(user: Any, rows: Any) -> Sheet:
    """The list as a workbook of plain text."""
    data = ContactResource(user=user).export(rows)
    columns = tuple(Column(title, title, width=WIDTHS[title], align="left") for title in data.headers)
    return Sheet(
        title="包挂联系一览表", columns=columns, rows=[tuple(str(cell or "") for cell in row) for row in data]
    )
