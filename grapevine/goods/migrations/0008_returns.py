"""Goods say whether they may come back without a reason; pieces of a hold may be returned before others."""

from django.db import migrations, models
from django.db.models import Q

KINDS = ["seven_days", "custom", "fresh", "digital", "periodical"]


class Migration(migrations.Migration):
    dependencies = [("goods", "0007_onboarding")]
    operations = [
        migrations.AddField(
            "goods",
            "returns",
            models.CharField(max_length=10, default="seven_days", db_default="seven_days"),
        ),
        migrations.AddConstraint(
            "goods",
            models.CheckConstraint(condition=Q(returns__in=KINDS), name="goods_returns"),
        ),
        migrations.RemoveConstraint("stockhold", "goods_hold_once"),
        migrations.AddConstraint(
            "stockhold",
            models.UniqueConstraint(
                fields=["reference", "stock"],
                condition=~Q(state="returned"),
                name="goods_hold_once",
            ),
        ),
    ]
