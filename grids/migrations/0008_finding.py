"""What finding needs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0007_people")]

    operations = []
