"""Uploads that can be left and taken up, with their mends, and what was said of columns before."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import grids.models.imports

JSON = {"blank": True, "default": dict}


class Migration(migrations.Migration):
    dependencies = [("grids", "0003_entry_drafts"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            "rosterupload", "source", models.CharField("登记种类", default="roster", max_length=20)
        ),
        migrations.AddField(
            "rosterupload",
            "token",
            models.CharField(
                "导入编号",
                db_index=True,
                default=grids.models.imports.new_token,
                editable=False,
                max_length=32,
            ),
        ),
        migrations.AddField(
            "rosterupload", "layout", models.CharField("表头指纹", blank=True, max_length=64)
        ),
        migrations.AddField(
            "rosterupload", "copy_name", models.CharField("存档文件", blank=True, max_length=60)
        ),
        migrations.AddField("rosterupload", "guides", models.JSONField("列的对应", **JSON)),
        migrations.AddField("rosterupload", "mends", models.JSONField("改正", **JSON)),
        migrations.AddField("rosterupload", "preview", models.JSONField("预览", blank=True, default=list)),
        migrations.AddField(
            "rosterupload", "runs", models.JSONField("已导入的批次", blank=True, default=list)
        ),
        migrations.AddField(
            "rosterupload", "checked_at", models.DateTimeField("核对时间", blank=True, null=True)
        ),
        migrations.AddField(
            "rosterupload", "ended_at", models.DateTimeField("结束时间", blank=True, null=True)
        ),
        migrations.AlterField(
            "rosterupload",
            "state",
            models.CharField(
                "状态",
                choices=[
                    ("waiting", "待确认"),
                    ("partial", "部分导入"),
                    ("applied", "已导入"),
                    ("unchanged", "没有变化"),
                    ("refused", "不能读取"),
                    ("discarded", "已放弃"),
                    ("undone", "已撤销"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.RemoveConstraint("rosterupload", "upload_rows_only_while_waiting"),
        migrations.AddConstraint(
            "rosterupload",
            models.CheckConstraint(
                name="upload_rows_only_while_waiting",
                condition=models.Q(state__in=("waiting", "partial")) | models.Q(rows__isnull=True),
                violation_error_message="处理完的上传不再保存内容。",
            ),
        ),
        migrations.CreateModel(
            "ColumnMemory",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fingerprint", models.CharField("表头指纹", max_length=64)),
                ("guide", models.JSONField("列的对应", default=dict)),
                ("at", models.DateTimeField("记住时间", auto_now=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="column_memories",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "township",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="column_memories",
                        to="township.township",
                        verbose_name="乡镇",
                    ),
                ),
            ],
            options={
                "verbose_name": "记住的列对应",
                "verbose_name_plural": "记住的列对应",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["by", "township", "fingerprint"],
                        name="column_memory_once",
                        violation_error_message="同样表头的对应只记一份。",
                    )
                ],
            },
        ),
    ]
