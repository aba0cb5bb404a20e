"""What was counted of people's ways through a shop: sums by day, never a person. Days are counted whole, all shops at once.

A journey is one person's way, from the first thing seen to a payment or to quiet (`steps.py`); it counts on the day it
began. `goods` 0 is the shop as a whole.
"""

from django.db import models


class JourneyBuild(models.Model):
    """The last count: of which days, and from what."""

    digest = models.CharField(max_length=64)
    first = models.DateField()
    last = models.DateField()
    built_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.first} {self.last}"


def _cells() -> "models.BinaryField[bytes, bytes]":
    return models.BinaryField(default=b"")


class JourneyBlock(models.Model):
    """The cells of a shop and a day, packed as `rules/packing.py` says.

    `funnels`: journeys by goods, channel, customer (new, old) and `way`, which is written as `rules/funnels.py` reads it.
    `gaps`: how long it took from one step to another; `pair` is two letters, `bucket` a class of `rules/funnels.py`.
    `dwells`: how long visits stayed on a page (`kind`, `object_id`) by channel, in `seconds`, above ten minutes in steps of
    ten. `paths`: the last pages, at most five, before a payment (`buy`) or before somebody was gone (`leave`).
    """

    shop_id = models.BigIntegerField()
    day = models.DateField()
    funnels = _cells()
    gaps = _cells()
    dwells = _cells()
    paths = _cells()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day"], name="insight_ways_once_a_day"),
        )
        indexes = (models.Index(fields=["day"], name="insight_ways_of_day"),)

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"


class PulseCell(models.Model):
    """A goods' day in people: who opened it, who bought it, and what brought them."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    goods = models.BigIntegerField()
    viewers = models.IntegerField(default=0)
    buyers = models.IntegerField(default=0)
    share_visits = models.IntegerField(default=0)
    note_views = models.IntegerField(default=0)
    group_buyers = models.IntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "goods", "day"], name="insight_pulse_of_goods"),
            models.Index(fields=["day"], name="insight_pulse_of_day"),
        )

    def __str__(self) -> str:
        return f"{self.goods} {self.day}"


class Hit(models.Model):
    """Goods that began to rise, as it was known that day, and what became of it.

    `signal`: what rose, viewers or buyers. `people`: how many of the last days, each circle of related people once.
    `growth_bps`: the lower bound, 15000 = half as much again. `outcome`: "" while it is open, rose, or faded.
    """

    shop_id = models.BigIntegerField()
    goods = models.BigIntegerField()
    day = models.DateField()
    signal = models.CharField(max_length=8)
    people = models.IntegerField()
    before_milli = models.BigIntegerField()
    """People in as many days as usual, in thousandths."""
    growth_bps = models.BigIntegerField()
    channel = models.CharField(max_length=12, blank=True, default="")
    """Where most of them came from."""
    outcome = models.CharField(max_length=5, blank=True, default="")
    top_day = models.DateField(null=True)
    top_buyers = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["goods", "day"], name="insight_hit_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "rose", "faded"]), name="insight_hit_outcome"
            ),
        )
        indexes = (
            models.Index(fields=["shop_id", "-day"], name="insight_hits_of_shop"),
            models.Index(fields=["-day"], name="insight_hits_of_day"),
        )

    def __str__(self) -> str:
        return f"{self.goods} {self.day}"
