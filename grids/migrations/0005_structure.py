"""Splitting, merging and raising Party organisations."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0004_import_sessions")]

    operations = []
