"""What histories need beyond their action."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0005_structure")]

    operations = []
