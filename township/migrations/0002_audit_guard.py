"""The audit log's rows cannot be changed or deleted, whoever asks."""

from django.db import migrations

from township import audit


def install(apps, schema_editor):
    """Create the triggers."""
    audit.guard(schema_editor.connection)


def remove(apps, schema_editor):
    """Drop the triggers."""
    audit.unguard(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("township", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
