"""What the house does for each shop at the stage it is at."""

import grapevine.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0009_lifecycle"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShopService",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(default=grapevine.kit.ids.new_id, max_length=12, unique=True),
                ),
                ("shop_id", models.BigIntegerField()),
                ("stage", models.CharField(max_length=8)),
                ("since", models.DateField()),
                ("playbook", models.CharField(max_length=16)),
                ("opened_on", models.DateField()),
                ("due_on", models.DateField()),
                ("manager_id", models.BigIntegerField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("ended_by", models.BigIntegerField(null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=6)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_on", None)),
                        fields=["due_on", "id"],
                        name="insight_service_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop_id", "stage", "since"), name="insight_service_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("shop_id",),
                        name="insight_one_service",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", ["acquire", "start", "operate", "at_risk", "closed"])
                        ),
                        name="insight_service_stage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on", None), ("outcome", "")),
                            models.Q(
                                ("ended_on__isnull", False), ("outcome__in", ["done", "moved"])
                            ),
                            _connector="OR",
                        ),
                        name="insight_service_outcome",
                    ),
                ],
            },
        ),
    ]
