"""Stock by warehouse. Every shop gets a first warehouse, which takes over the counters there were."""

import secrets

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

FIRST_NAME = "默认仓"
BATCH = 2000


def take_over(apps, schema_editor):
    Shop, Warehouse = apps.get_model("goods", "Shop"), apps.get_model("goods", "Warehouse")
    Stock, Before = apps.get_model("goods", "Stock"), apps.get_model("goods", "StockBefore")
    Hold, Movement = apps.get_model("goods", "StockHold"), apps.get_model("goods", "StockMovement")
    Warehouse.objects.bulk_create(
        [
            Warehouse(public_id=secrets.token_hex(6), shop_id=pk, name=FIRST_NAME)
            for pk in Shop.objects.values_list("pk", flat=True)
        ],
        batch_size=BATCH,
    )
    place = dict(Warehouse.objects.values_list("shop_id", "pk"))
    rows = Before.objects.values_list("sku_id", "sku__goods__shop_id", "free", "held", "sold")
    Stock.objects.bulk_create(
        [
            Stock(sku_id=sku, warehouse_id=place[shop], free=free, held=held, sold=sold)
            for sku, shop, free, held, sold in rows.iterator()
        ],
        batch_size=BATCH,
    )
    counter = Stock.objects.filter(sku=models.OuterRef("sku"))
    Hold.objects.update(stock=models.Subquery(counter.values("pk")[:1]))
    Movement.objects.update(warehouse=models.Subquery(counter.values("warehouse")[:1]))


def give_back(apps, schema_editor):
    Stock, Before = apps.get_model("goods", "Stock"), apps.get_model("goods", "StockBefore")
    totals = (
        Stock.objects.values("sku_id")
        .annotate(f=models.Sum("free"), h=models.Sum("held"), s=models.Sum("sold"))
        .order_by("sku_id")
    )
    Before.objects.bulk_create(
        [
            Before(sku_id=row["sku_id"], free=row["f"], held=row["h"], sold=row["s"])
            for row in totals
        ],
        batch_size=BATCH,
    )


KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def down(model: str, **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=f"goods.{model}", **more
    )


class Migration(migrations.Migration):
    dependencies = [("goods", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Warehouse",
            fields=[
                ("id", KEY),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=30)),
                ("province", models.CharField(blank=True, default="", max_length=20)),
                ("priority", models.SmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("shop", down("shop")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "name"), name="goods_warehouse_name_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="ShippingTemplate",
            fields=[
                ("id", KEY),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=30)),
                ("zones", models.JSONField(default=list)),
                ("free_over_minor", models.BigIntegerField(null=True)),
                ("is_default", models.BooleanField(default=False)),
                ("shop", down("shop")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(is_default=True),
                        fields=("shop",),
                        name="goods_one_default_shipping",
                    )
                ]
            },
        ),
        migrations.AddField("goods", "limit_per_person", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "goods",
            "shipping",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="goods.shippingtemplate",
            ),
        ),
        migrations.AddField("sku", "grams", models.PositiveIntegerField(default=0)),
        migrations.AddField("sku", "is_hot", models.BooleanField(default=False)),
        migrations.RemoveConstraint("stock", "goods_stock_not_negative"),
        migrations.RenameModel("Stock", "StockBefore"),
        migrations.CreateModel(
            name="Stock",
            fields=[
                ("id", KEY),
                ("bucket", models.PositiveSmallIntegerField(default=0)),
                ("free", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
                ("sold", models.BigIntegerField(default=0)),
                ("sku", down("sku")),
                ("warehouse", down("warehouse")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sku", "warehouse", "bucket"), name="goods_stock_place_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(free__gte=0, held__gte=0, sold__gte=0),
                        name="goods_stock_not_negative",
                    ),
                ]
            },
        ),
        migrations.AddField("stockhold", "stock", down("stock", null=True)),
        migrations.AddField("stockmovement", "warehouse", down("warehouse", null=True)),
        migrations.RunPython(take_over, give_back),
    ]
