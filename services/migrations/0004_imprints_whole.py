"""What was printed goes into the history whole, its phone numbers as digests: the rows there are, too."""

from typing import Any

from django.db import migrations, models
from django.utils.crypto import salted_hmac


def _digest(phone: str) -> str:
    return salted_hmac("services.notices.imprint", phone).hexdigest()[:12] if phone else ""


def _without_numbers(content: dict[str, Any]) -> dict[str, Any]:
    found = dict(content)
    if "phone" in found:
        found["phone"] = _digest(found["phone"])
    if "staff" in found:
        found["staff"] = [{**one, "phone": _digest(one.get("phone", ""))} for one in found["staff"]]
    return found


def digest_all(apps: Any, schema_editor: Any) -> None:
    """Rewrite each row and its latest history row, so that a later undo comes back to it."""
    imprints, records = (
        apps.get_model("services", name).objects.using(schema_editor.connection.alias)
        for name in ("Imprint", "HistoricalImprint")
    )
    for row in imprints.iterator():
        row.content = _without_numbers(row.content)
        row.save(update_fields=["content"])
        last = records.filter(id=row.pk).order_by("-history_id").first()
        if last is not None:
            last.content = row.content
            last.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("services", "0003_visits")]

    operations = [
        migrations.AddField(
            model_name="historicalimprint",
            name="content",
            field=models.JSONField(default=dict, verbose_name="牌面内容"),
        ),
        migrations.AlterField(
            model_name="gridpage",
            name="phones",
            field=models.BooleanField(default=False, verbose_name="对外电话"),
        ),
        migrations.AlterField(
            model_name="historicalgridpage",
            name="phones",
            field=models.BooleanField(default=False, verbose_name="对外电话"),
        ),
        migrations.RunPython(digest_all, migrations.RunPython.noop, elidable=True),
    ]
