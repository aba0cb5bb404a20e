"""Rollups: what consoles read. Built from the lake, day by day, whole days at a time."""

from django.db import models


class BuiltDay(models.Model):
    """Which files of a day the facts were built from."""

    day = models.DateField(unique=True)
    files = models.CharField(max_length=64)
    built_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)


class DailyFact(models.Model):
    """A shop's day by channel. Everybody counts under one channel a day, so channels add up."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    channel = models.CharField(max_length=12)
    visitors = models.IntegerField(default=0)
    buyers = models.IntegerField(default=0)
    new_buyers = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    items = models.IntegerField(default=0)
    payments_minor = models.BigIntegerField(default=0)
    payments_square = models.FloatField(default=0)
    refunds_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day", "channel"], name="insight_fact_once"),
        )
        indexes = (models.Index(fields=["day"], name="insight_fact_day"),)

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day} {self.channel}"


class GoodsFact(models.Model):
    """A shop's day by goods and channel."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    goods_id = models.BigIntegerField()
    channel = models.CharField(max_length=12)
    orders = models.IntegerField(default=0)
    payments_minor = models.BigIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_goods_fact"),
            models.Index(fields=["day"], name="insight_goods_day"),
        )

    def __str__(self) -> str:
        return f"{self.goods_id} {self.day}"


class HourFact(models.Model):
    """A shop's payments by hour of the day."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    hour = models.SmallIntegerField()
    orders = models.IntegerField(default=0)
    payments_minor = models.BigIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_hour_fact"),
            models.Index(fields=["day"], name="insight_hour_day"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day} {self.hour}"


class RegionFact(models.Model):
    """Groups opened, filled and expired, by region."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    region = models.CharField(max_length=40)
    opened = models.IntegerField(default=0)
    filled = models.IntegerField(default=0)
    expired = models.IntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_region_fact"),
            models.Index(fields=["day"], name="insight_region_day"),
        )

    def __str__(self) -> str:
        return f"{self.region} {self.day}"
