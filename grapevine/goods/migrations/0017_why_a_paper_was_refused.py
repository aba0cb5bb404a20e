"""A paper that is refused says why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("goods", "0016_replaced_papers")]
    operations = [
        migrations.AddField(
            "document",
            "reason",
            models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            "document",
            "note",
            models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
