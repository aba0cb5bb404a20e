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


class JourneyCell(models.Model):
    shop_id = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"


class FunnelCell(JourneyCell):
    """Journeys by what they did: `way` is written as `rules/funnels.py` reads it."""

    goods = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=12)
    customer = models.CharField(max_length=3)
    way = models.CharField(max_length=100)
    people = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "goods", "day"], name="insight_funnel_of_shop"),
            models.Index(fields=["day"], name="insight_funnel_of_day"),
        )


class GapCell(JourneyCell):
    """How long it took from one step to another: `pair` is two letters, `bucket` a class of `rules/funnels.py`."""

    goods = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=12)
    customer = models.CharField(max_length=3)
    pair = models.CharField(max_length=2)
    bucket = models.SmallIntegerField()
    people = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "goods", "day"], name="insight_gap_of_shop"),
            models.Index(fields=["day"], name="insight_gap_of_day"),
        )


class DwellCell(JourneyCell):
    """How long visits stayed on a page: whole seconds, above ten minutes in steps of ten."""

    kind = models.CharField(max_length=12)
    object_id = models.CharField(max_length=64)
    channel = models.CharField(max_length=12)
    seconds = models.IntegerField()
    visits = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_dwell_of_shop"),
            models.Index(fields=["day"], name="insight_dwell_of_day"),
        )


class PathCell(JourneyCell):
    """The last pages, at most five, before a payment (`buy`) or before somebody was gone (`leave`)."""

    kind = models.CharField(max_length=5)
    path = models.CharField(max_length=60)
    visits = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_path_of_shop"),
            models.Index(fields=["day"], name="insight_path_of_day"),
        )


class PulseCell(JourneyCell):
    """A goods' day in people: who opened it, who bought it, and what brought them."""

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
