"""The data cube: what every shop has of each aspect on a day, in blocks; `rules/packing.py` says how they are read.

Days are built whole, for all shops at once.
"""

from django.db import models


class CubeDay(models.Model):
    """What a day's cells were counted from, and what the days before it were then ("" if nobody looked)."""

    day = models.DateField(unique=True)
    digest = models.CharField(max_length=64)
    past = models.CharField(max_length=64, blank=True, default="")
    built_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)


def _cells() -> "models.BinaryField[bytes, bytes]":
    return models.BinaryField(default=b"")


class CubeBlock(models.Model):
    """The cells of a shop and a day: a column an aspect, each by all dimensions of the aspect at once; nothing is empty."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    orders = _cells()
    people = _cells()
    campaigns = _cells()
    goods = _cells()
    fans = _cells()
    income = _cells()
    traffic = _cells()
    content = _cells()
    service = _cells()
    supply = _cells()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day"], name="insight_block_once_a_day"),
        )
        indexes = (models.Index(fields=["day"], name="insight_block_of_day"),)

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"
