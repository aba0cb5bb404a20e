import grapevine.kit.sealed
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0015_pool_sales"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                ("app_id", models.CharField(max_length=64)),
                ("openid", grapevine.kit.sealed.SealedTextField()),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="line",
            name="placed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.UniqueConstraint(
                fields=("person_id", "app_id"), name="trade_payer_once"
            ),
        ),
    ]
