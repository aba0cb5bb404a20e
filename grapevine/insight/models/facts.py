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
    lookers = models.IntegerField(default=0)
    """Who saw goods, at least; `carters`: who put some into the cart or ordered, at least."""
    carters = models.IntegerField(default=0)
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


class SaleDraft(models.Model):
    """What a shop may do about pieces that lie: made with one click, done or dropped by another.

    `kind` discount (a list price), group (a group price for the goods) or stop (a note not to order more).
    """

    public_id = models.CharField(max_length=12, unique=True)
    shop_id = models.BigIntegerField()
    sku_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    goods_public_id = models.CharField(max_length=12)
    title = models.CharField(max_length=150)
    kind = models.CharField(max_length=8)
    before_minor = models.BigIntegerField()
    price_minor = models.BigIntegerField(null=True)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="draft")
    result = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["sku_id", "kind"], condition=models.Q(state="draft"),
                name="insight_one_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["discount", "group", "stop"], state__in=["draft", "done", "dropped"]
                ),
                name="insight_draft_kind",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=["shop_id", "-id"], name="insight_drafts_of_shop"),)

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"
