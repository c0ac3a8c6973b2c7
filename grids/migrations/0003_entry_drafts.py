"""Drafts of the paste grid."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0002_action")]

    operations = []
