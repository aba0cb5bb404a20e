"""The counters by place are the only ones now."""

import django.db.models.deletion
from django.db import migrations, models


def down(model: str):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=f"goods.{model}"
    )


class Migration(migrations.Migration):
    dependencies = [("goods", "0002_warehouses")]
    operations = [
        migrations.RemoveConstraint("stockhold", "goods_hold_once"),
        migrations.AlterField("stockhold", "stock", down("stock")),
        migrations.AddConstraint(
            "stockhold",
            models.UniqueConstraint(fields=["reference", "stock"], name="goods_hold_once"),
        ),
        migrations.AlterField("stockmovement", "warehouse", down("warehouse")),
        migrations.DeleteModel("StockBefore"),
    ]
