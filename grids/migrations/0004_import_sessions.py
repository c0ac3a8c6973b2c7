"""Uploads that can be left and taken up."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0003_entry_drafts")]

    operations = []
