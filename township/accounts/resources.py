"""Exports of the account list and of the audit log."""

from django.utils import timezone
from import_export import fields, resources

from township.models import AuditEvent, User


class AccountResource(resources.ModelResource):
    """The account list as the office files it; never a password."""

    username = fields.Field("username", "账号")
    full_name = fields.Field("full_name", "姓名")
    phone = fields.Field("phone", "联系电话")
    office_role = fields.Field("get_office_role_display", "岗位")
    township = fields.Field("township__name", "乡镇")
    person = fields.Field("person__name", "关联人员")
    is_active = fields.Field(column_name="状态")
    last_login = fields.Field(column_name="最近登录")

    class Meta:
        model = User
        fields = [
            "username", "full_name", "phone", "office_role", "township", "person", "is_active", "last_login",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_is_active(self, account: User) -> str:
        """A word instead of a sign."""
        return "启用" if account.is_active else "停用"

    def dehydrate_last_login(self, account: User) -> str:
        """Local time, or 从未."""
        found = account.last_login
        return timezone.localtime(found).strftime("%Y-%m-%d %H:%M") if found else "从未"


class AuditResource(resources.ModelResource):
    """The audit log, newest first."""

    at = fields.Field(column_name="时间")
    who = fields.Field("who", "操作人")
    deed = fields.Field("get_deed_display", "操作")
    target = fields.Field("target", "对象")
    rows = fields.Field("rows", "行数")
    address = fields.Field("address", "来源地址")
    note = fields.Field("note", "说明")

    class Meta:
        model = AuditEvent
        fields = ["at", "who", "deed", "target", "rows", "address", "note"]
        export_order = fields

    def dehydrate_at(self, event: AuditEvent) -> str:
        """Local time to the second."""
        return timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S")
