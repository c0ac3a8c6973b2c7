"""Drafts of the paste grid."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0002_action"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("register", models.CharField(max_length=24, verbose_name="表")),
                ("rows", models.JSONField(default=list, verbose_name="未保存的行")),
                ("at", models.DateTimeField(auto_now=True, db_index=True, verbose_name="保存时间")),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="grids.node",
                        verbose_name="单位",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entry_drafts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={"verbose_name": "录入草稿", "verbose_name_plural": "录入草稿"},
        ),
        migrations.AddConstraint(
            model_name="entrydraft",
            constraint=models.UniqueConstraint(
                fields=("user", "register", "node"),
                name="entry_draft_once",
                violation_error_message="这张表已有草稿。",
            ),
        ),
    ]
