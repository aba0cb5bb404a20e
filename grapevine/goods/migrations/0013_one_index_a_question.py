"""Counters and movements are found by the indexes they have anyway."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("goods", "0012_import_pictures_wait"),
    ]

    operations = [
        migrations.AlterField(
            model_name="stock",
            name="sku",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="goods.sku",
            ),
        ),
        migrations.AlterField(
            model_name="stockmovement",
            name="sku",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="goods.sku",
            ),
        ),
    ]
