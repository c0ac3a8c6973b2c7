"""A branch raised to a 党总支 notes the approval it rests on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grids", "0004_import_sessions")]

    operations = [
        migrations.AddField(
            "branchprofile",
            "approval_no",
            models.CharField(blank=True, default="", max_length=40, verbose_name="升格批准文号"),
            preserve_default=False,
        ),
        migrations.AddField(
            "branchprofile",
            "approved_on",
            models.DateField(blank=True, null=True, verbose_name="升格批准日期"),
        ),
        migrations.AddField(
            "historicalbranchprofile",
            "approval_no",
            models.CharField(blank=True, default="", max_length=40, verbose_name="升格批准文号"),
            preserve_default=False,
        ),
        migrations.AddField(
            "historicalbranchprofile",
            "approved_on",
            models.DateField(blank=True, null=True, verbose_name="升格批准日期"),
        ),
    ]
