"""The desk's indexes of goods and their SKUs, built beside whoever sells; where they stand already they stay."""

from django.db import migrations, models

from grapevine.kit.indexing import BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("goods", "0013_one_index_a_question"),
    ]

    operations = [
        BuildIndex(
            model_name="goods",
            index=models.Index(fields=["shop", "category", "-id"], name="goods_of_shop_category"),
        ),
        BuildIndex(
            model_name="goods",
            index=models.Index(fields=["shop", "on_sale", "-id"], name="goods_of_shop_shelf"),
        ),
        BuildIndex(
            model_name="goods",
            index=models.Index(
                condition=models.Q(("on_sale_from__isnull", False)),
                fields=["on_sale_from"],
                name="goods_to_list",
            ),
        ),
        BuildIndex(
            model_name="goods",
            index=models.Index(
                condition=models.Q(("on_sale_until__isnull", False)),
                fields=["on_sale_until"],
                name="goods_to_delist",
            ),
        ),
        BuildIndex(
            model_name="sku",
            index=models.Index(
                condition=models.Q(("own_code", ""), _negated=True),
                fields=["own_code"],
                name="goods_sku_own_code",
            ),
        ),
    ]
