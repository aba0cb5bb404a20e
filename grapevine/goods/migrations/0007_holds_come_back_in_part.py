"""A hold may come back in part: what is held or sold is one row a place, what came back may be several."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("goods", "0006_axes")]
    operations = [
        migrations.RemoveConstraint("stockhold", "goods_hold_once"),
        migrations.AddConstraint(
            "stockhold",
            models.UniqueConstraint(
                fields=["reference", "stock"],
                name="goods_hold_once",
                condition=models.Q(state__in=["held", "sold"]),
            ),
        ),
    ]
