"""Terms of office and merged people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0006_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="person", name="person_once"),
        migrations.AddField(
            model_name="historicalperson",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="grids.person",
                verbose_name="并入",
            ),
        ),
        migrations.AddField(
            model_name="historicalpost",
            name="term_until",
            field=models.DateField(blank=True, null=True, verbose_name="任期届满"),
        ),
        migrations.AddField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_records",
                to="grids.person",
                verbose_name="并入",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="term_until",
            field=models.DateField(blank=True, null=True, verbose_name="任期届满"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("phone", ""), _negated=True), ("merged_into__isnull", True)),
                fields=("township", "name", "phone"),
                name="person_once",
                violation_error_message="本乡镇已有同名同号码的人员。",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into__isnull", True), ("user__isnull", True), _connector="OR"),
                name="person_emptied_has_no_account",
                violation_error_message="已并入他人的记录不能关联账号。",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since__isnull", True),
                    ("term_until__isnull", True),
                    ("term_until__gt", models.F("since")),
                    _connector="OR",
                ),
                name="post_term_ends_after_start",
                violation_error_message="任期届满日期要晚于任职日期。",
            ),
        ),
    ]
