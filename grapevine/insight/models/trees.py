"""The decision tree of every shop, as the night's pass left it."""

from django.db import models


class ShopTree(models.Model):
    """A shop's tree of the span that ended with `day`. `body`: `rules/written.py` says how it is written down.

    `noise`: JSON, φ² of each node, so that another span can be judged by the same measure.
    """

    shop_id = models.BigIntegerField()
    day = models.DateField()
    days = models.SmallIntegerField()
    version = models.SmallIntegerField()
    state = models.CharField(max_length=7)
    cause = models.CharField(max_length=40, blank=True, default="")
    body = models.TextField()
    noise = models.TextField()
    built_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day"], name="insight_tree_once"),
        )
        indexes = (models.Index(fields=["day"], name="insight_tree_day"),)

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"
