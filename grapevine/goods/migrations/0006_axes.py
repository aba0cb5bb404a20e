"""Goods name their axes of choice ("釉色 / 容量"), and a SKU may have a picture of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("goods", "0005_what_goods_are")]
    operations = [
        migrations.AddField(
            "goods", "axes", models.CharField(max_length=60, blank=True, default="")
        ),
        migrations.AddField("sku", "picture_id", models.BigIntegerField(null=True)),
    ]
