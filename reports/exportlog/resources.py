"""The log of exports as a workbook."""

from django.utils import timezone
from import_export import fields, resources

from reports.models import ExportRecord


class ExportRecordResource(resources.ModelResource):
    """The log, newest first."""

    serial = fields.Field("serial", "导出编号")
    at = fields.Field(column_name="时间")
    who = fields.Field("who", "导出人")
    place = fields.Field("place", "范围")
    table = fields.Field("table", "表格")
    file_name = fields.Field("file_name", "文件名")
    format = fields.Field("get_format_display", "格式")
    rows = fields.Field("rows", "行数")
    purpose = fields.Field("purpose", "用途")
    acceptance = fields.Field("get_acceptance_display", "接收情况")
    sha256 = fields.Field("sha256", "文件指纹（SHA-256）")

    class Meta:
        model = ExportRecord
        fields = [
            "serial", "at", "who", "place", "table", "file_name", "format", "rows", "purpose",
            "acceptance", "sha256",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_at(self, record: ExportRecord) -> str:
        """Local time to the second."""
        return timezone.localtime(record.at).strftime("%Y-%m-%d %H:%M:%S")
