"""The lines of the export log cannot be changed or deleted, whoever asks."""

from django.db import migrations

from township import audit


def install(apps, schema_editor):
    """Create the triggers."""
    audit.guard(schema_editor.connection, table="reports_exportrecord", name="export")


def remove(apps, schema_editor):
    """Drop the triggers."""
    audit.unguard(schema_editor.connection, table="reports_exportrecord", name="export")


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_exports")]

    operations = [migrations.RunPython(install, remove)]
