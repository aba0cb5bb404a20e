"""Orders with what of other people met their buyers, and visitors of a week by the same. Made anew from the log, never by hand."""

from django.db import models


class InfluencedOrder(models.Model):
    """`code` is the shop's own word for the order, which leads to no order; `touches`: [kind, days before, what], the last first."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    code = models.CharField(max_length=12)
    main = models.CharField(max_length=8)
    touches = models.JSONField()
    amount_minor = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_influenced_of_shop"),
            models.Index(fields=["day"], name="insight_influenced_of_day"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.code}: {self.main}"


class InfluenceCell(models.Model):
    """Visitors of a shop and week by the last that met them within the window, and how many of them bought in it."""

    shop_id = models.BigIntegerField()
    week = models.DateField()
    """Its Monday."""
    kind = models.CharField(max_length=8)
    people = models.PositiveIntegerField()
    buyers = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop_id", "week", "kind"], name="insight_influence_once"
            ),
        )
        indexes = (models.Index(fields=["week"], name="insight_influence_of_week"),)

    def __str__(self) -> str:
        return f"{self.shop_id} {self.week} {self.kind}"
