"""Orders, refunds and parcels of the last days are found without reading the rest (PostgreSQL)."""

from django.db import migrations

from grapevine.kit import ranges

MOMENTS = (("trade_order", "paid_at"), ("trade_refund", "at"), ("trade_shipment", "shipped_at"))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("trade", "0018_one_index_a_question")]
    operations = [
        migrations.RunPython(ranges.build(table, column), ranges.drop(table, column))
        for table, column in MOMENTS
    ]
