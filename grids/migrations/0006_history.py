"""The villager groups of a grid get a history; the stored keys get indexes, so that rows can be taken out."""

import django.db.models.deletion
import simple_history.models
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

import township.acting


def begin_histories(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Say of every pair there is that it came with its grid: nothing is known of it before."""
    records = apps.get_model("grids", "HistoricalGridCover")
    grids = apps.get_model("grids", "HistoricalGridProfile").objects
    came = dict(
        grids.order_by()
        .values_list("id")
        .annotate(first=models.Min("history_date"))
        .values_list("id", "first")
    )
    covers = apps.get_model("grids", "GridCover").objects.order_by("pk")
    records.objects.bulk_create(
        [
            records(
                id=pk,
                profile_id=profile_id,
                villager_group_id=lane_id,
                history_type="+",
                history_date=came.get(profile_id) or timezone.now(),
                action_id=None,
            )
            for pk, profile_id, lane_id in covers.values_list("pk", "profile_id", "villager_group_id")
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0005_structure"),
        ("township", "0003_action"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The table is there already, under the names Django gave it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="GridCover",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "profile",
                            models.ForeignKey(
                                db_column="gridprofile_id",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="covers",
                                to="grids.gridprofile",
                                verbose_name="网格",
                            ),
                        ),
                        (
                            "villager_group",
                            models.ForeignKey(
                                db_column="villagergroup_id",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="covers",
                                to="grids.villagergroup",
                                verbose_name="村民小组",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "网格覆盖的村民小组",
                        "verbose_name_plural": "网格覆盖的村民小组",
                        "db_table": "grids_gridprofile_villager_groups",
                        "unique_together": {("profile", "villager_group")},
                    },
                ),
                migrations.AlterField(
                    model_name="gridprofile",
                    name="villager_groups",
                    field=models.ManyToManyField(
                        blank=True,
                        related_name="grids",
                        through="grids.GridCover",
                        to="grids.villagergroup",
                        verbose_name="覆盖村民小组",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HistoricalGridCover",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        default=township.acting.current_action_id,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="township.action",
                        verbose_name="所属操作",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        blank=True,
                        db_column="gridprofile_id",
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.gridprofile",
                        verbose_name="网格",
                    ),
                ),
                (
                    "villager_group",
                    models.ForeignKey(
                        blank=True,
                        db_column="villagergroup_id",
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="grids.villagergroup",
                        verbose_name="村民小组",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical 网格覆盖的村民小组",
                "verbose_name_plural": "historical 网格覆盖的村民小组",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        *(
            migrations.AddIndex(model_name="node", index=models.Index(fields=[key], name=f"node_key_{key}"))
            for key in ("branch", "grid", "group", "hub")
        ),
        migrations.RunPython(begin_histories, migrations.RunPython.noop),
    ]
