"""Parcels several a warehouse, scans, alarms, pick-up, files of parcel numbers."""

import django.db.models.deletion
import grapevine.kit.sealed
from django.db import migrations, models


COUNT_WHAT_LEFT = """
UPDATE trade_line SET shipped_count = COALESCE(
  (SELECT SUM(part.count) FROM trade_shipmentline part WHERE part.line_id = trade_line.id), 0)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0012_settlement"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParcelChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("carrier", models.CharField(max_length=30)),
                ("tracking", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("actor_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Pickup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", grapevine.kit.sealed.SealedTextField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("taken_by", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PickupPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("shop_id", models.BigIntegerField(db_index=True)),
                ("name", models.CharField(max_length=30)),
                ("address", models.CharField(max_length=120)),
                ("hours", models.CharField(max_length=60)),
                ("phone", models.CharField(blank=True, default="", max_length=20)),
                ("is_active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Scan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tracking", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("status", models.CharField(max_length=10)),
                ("text", models.CharField(max_length=200)),
                ("place", models.CharField(blank=True, default="", max_length=60)),
                ("heard_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ShippingAlarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("shop_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ShippingBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("shop_id", models.BigIntegerField()),
                ("actor_id", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=80)),
                ("state", models.CharField(default="draft", max_length=10)),
                ("rows", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ShippingTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shop_id", models.BigIntegerField(unique=True)),
                ("ship_hours", models.PositiveSmallIntegerField(default=48)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="shipment",
            name="trade_one_parcel_a_warehouse",
        ),
        migrations.AddField(
            model_name="line",
            name="shipped_count",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="delivered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="carrier_code",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AddField(
            model_name="shipment",
            name="delivered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="last_scan_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="returned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="subscribed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(COUNT_WHAT_LEFT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("shipped_count__lte", models.F("count"))),
                name="trade_line_shipped",
            ),
        ),
        migrations.AddField(
            model_name="parcelchange",
            name="shipment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.shipment"
            ),
        ),
        migrations.AddField(
            model_name="pickup",
            name="order",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.order"
            ),
        ),
        migrations.AddField(
            model_name="pickup",
            name="point",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trade.pickuppoint",
            ),
        ),
        migrations.AddField(
            model_name="scan",
            name="shipment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.shipment"
            ),
        ),
        migrations.AddField(
            model_name="shippingalarm",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.order"
            ),
        ),
        migrations.AddField(
            model_name="shippingalarm",
            name="shipment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trade.shipment",
            ),
        ),
        migrations.AddIndex(
            model_name="shippingbatch",
            index=models.Index(
                condition=models.Q(("state", "confirmed")), fields=["id"], name="trade_batches_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingbatch",
            constraint=models.UniqueConstraint(
                fields=("shop_id", "digest"), name="trade_batch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "confirmed", "done"])),
                name="trade_batch_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("ship_hours__gte", 1), ("ship_hours__lte", 720)),
                name="trade_ship_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="scan",
            constraint=models.UniqueConstraint(
                fields=("shipment", "tracking", "at", "status", "text"), name="trade_scan_once"
            ),
        ),
        migrations.AddIndex(
            model_name="shippingalarm",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["shop_id", "kind"],
                name="trade_shipping_alarms_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingalarm",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["late", "stall", "returned"])),
                name="trade_shipping_alarm_kind",
            ),
        ),
    ]
