"""What no question needs is not kept: doubled indexes, and those for numbers by their beginning."""

import django.db.models.deletion
from django.db import migrations, models

from grapevine.kit import pattern_indexes

NUMBERS = ("trade_payment", "trade_attempt", "trade_order")


class Migration(migrations.Migration):
    dependencies = [("trade", "0017_indexes_beside_writes")]
    operations = [
        migrations.AlterField(
            model_name="order",
            name="payment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trade.payment",
            ),
        ),
        migrations.AlterField(
            model_name="payment", name="buyer_id", field=models.BigIntegerField()
        ),
        *(
            migrations.RunPython(
                pattern_indexes.drop(table, "number"), pattern_indexes.restore(table, "number")
            )
            for table in NUMBERS
        ),
    ]
