"""Orders, refunds and parcels of the last days are found without reading the rest (SQLite)."""

from django.db import migrations

from grapevine.kit import ranges

MOMENTS = (("trade_order", "paid_at"), ("trade_refund", "at"), ("trade_shipment", "shipped_at"))


class Migration(migrations.Migration):
    dependencies = [("trade", "0020_city_of_an_order")]
    operations = [
        migrations.RunPython(ranges.build_plain(table, column), ranges.drop_plain(table, column))
        for table, column in MOMENTS
    ]
