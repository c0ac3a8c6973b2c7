"""Tries at the public look-up of errands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of counts."""

    dependencies = [("services", "0007_tickets")]

    operations = [
        migrations.CreateModel(
            name="LookupTry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, verbose_name="摘要")),
                ("since", models.DateTimeField(verbose_name="从何时起")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
            ],
            options={
                "verbose_name": "进度查询次数",
                "verbose_name_plural": "进度查询次数",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key",),
                        name="lookup_try_once",
                        violation_error_message="这个摘要已在计数。",
                    )
                ],
            },
        ),
    ]
