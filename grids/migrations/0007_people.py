"""Terms of office and merged people."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0006_history")]

    operations = []
