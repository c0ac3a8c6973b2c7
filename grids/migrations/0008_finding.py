"""What finding needs: sort keys of names, and what a user keeps of the lists."""

from itertools import islice

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NAMED = ("node", "person", "historicalnode", "historicalperson")
TITLES = {"pinyin_order": "拼音序", "stroke_order": "笔画序"}


def spell_all(apps, schema_editor):
    """Give every name its keys; initials too, since more surnames have their own reading now."""
    from grids.spelling import SPELLERS

    quote = schema_editor.connection.ops.quote_name
    for name in NAMED:
        model = apps.get_model("grids", name)
        sets = ", ".join(f"{quote(column)} = %s" for column in SPELLERS)
        sql = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote(model._meta.pk.column)} = %s"  # noqa: S608
        rows = model._default_manager.order_by("pk").values_list("name", "pk").iterator(2000)
        rows = iter(list(rows))  # read to the end: SQLite must not write into an open cursor
        with schema_editor.connection.cursor() as cursor:
            while part := list(islice(rows, 2000)):
                cursor.executemany(
                    sql, [(*(spell(name) for spell in SPELLERS.values()), pk) for name, pk in part]
                )


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0007_people"),
        ("township", "0003_action"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name=column,
                field=models.CharField(
                    blank=True, default="", editable=False, max_length=200, verbose_name=title
                ),
                preserve_default=False,
            )
            for model in NAMED
            for column, title in TITLES.items()
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("listing", models.CharField(max_length=20, verbose_name="名单")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("query", models.CharField(blank=True, max_length=1000, verbose_name="条件")),
                ("shared", models.BooleanField(default=False, verbose_name="办公室共用")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "township",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to="township.township",
                        verbose_name="乡镇",
                    ),
                ),
            ],
            options={
                "verbose_name": "名单视图",
                "verbose_name_plural": "名单视图",
                "ordering": ["shared", "name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("by", "listing", "name"),
                        name="saved_view_once",
                        violation_error_message="这个名单已有同名的视图。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListMemory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("listing", models.CharField(max_length=20, verbose_name="名单")),
                ("query", models.CharField(blank=True, max_length=1000, verbose_name="条件")),
                (
                    "default",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="grids.savedview",
                        verbose_name="默认视图",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list_memories",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "名单记忆",
                "verbose_name_plural": "名单记忆",
                "ordering": ["user", "listing"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "listing"),
                        name="list_memory_once",
                        violation_error_message="每个名单只记一次。",
                    )
                ],
            },
        ),
        migrations.RunPython(spell_all, migrations.RunPython.noop, elidable=True),
    ]
