"""Saved views of lists."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("township", "0003_action")]

    operations = []
