"""The data cube: sums by shop, day and dimensions. A table an aspect; its columns are those of `measures.py`.

Days are built whole, for all shops at once. "" is a value that is not known, hour -1 likewise.
"""

from django.db import models


def _sum() -> "models.BigIntegerField[int, int]":
    return models.BigIntegerField(default=0)


def _text(length: int) -> "models.CharField[str, str]":
    return models.CharField(max_length=length, blank=True, default="")


class CubeDay(models.Model):
    """What a day's cells were counted from, and what the days before it were then ("" if nobody looked)."""

    day = models.DateField(unique=True)
    digest = models.CharField(max_length=64)
    past = models.CharField(max_length=64, blank=True, default="")
    built_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)


class Cell(models.Model):
    shop_id = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"


class OrdersCell(Cell):
    """Orders paid and refunds, of a shop and day."""

    hour = models.SmallIntegerField(default=-1)
    region = _text(40)
    channel = _text(12)
    customer = _text(3)
    campaign = _text(20)
    method = _text(20)
    orders = _sum()
    pieces = _sum()
    payments_minor = _sum()
    group_orders = _sum()
    refunds = _sum()
    refunds_minor = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_orders_of_shop"),
            models.Index(fields=["day"], name="insight_orders_of_day"),
        )


class PeopleCell(Cell):
    """People who came: once a day each, under one value of every dimension."""

    region = _text(40)
    channel = _text(12)
    device = _text(12)
    customer = _text(3)
    visitors = _sum()
    searchers = _sum()
    carters = _sum()
    buyers = _sum()
    new_buyers = _sum()
    old_buyers = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_people_of_shop"),
            models.Index(fields=["day"], name="insight_people_of_day"),
        )


class CampaignsCell(Cell):
    """Groups and offers."""

    hour = models.SmallIntegerField(default=-1)
    region = _text(40)
    channel = _text(12)
    campaign = _text(20)
    opened = _sum()
    joined = _sum()
    filled = _sum()
    expired = _sum()
    ended = _sum()
    offers = _sum()
    offers_minor = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_campaigns_of_shop"),
            models.Index(fields=["day"], name="insight_campaigns_of_day"),
        )


class GoodsCell(Cell):
    """What was sold, given back and said, by goods. Goods 0 is shipping."""

    hour = models.SmallIntegerField(default=-1)
    goods = _text(20)
    category = _text(20)
    region = _text(40)
    channel = _text(12)
    customer = _text(3)
    sold = _sum()
    revenue_minor = _sum()
    times = _sum()
    times_again = _sum()
    returned = _sum()
    returned_minor = _sum()
    reviews = _sum()
    stars = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_goods_of_shop"),
            models.Index(fields=["day"], name="insight_goods_of_day"),
        )


class FansCell(Cell):
    """Shares, what they brought, and members."""

    hour = models.SmallIntegerField(default=-1)
    region = _text(40)
    channel = _text(12)
    sharer = _text(20)
    shares = _sum()
    share_visits = _sum()
    sign_ups = _sum()
    brought = _sum()
    brought_minor = _sum()
    commission_minor = _sum()
    joined = _sum()
    left = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_fans_of_shop"),
            models.Index(fields=["day"], name="insight_fans_of_day"),
        )


class IncomeCell(Cell):
    """Money in and back; equal to the ledger."""

    hour = models.SmallIntegerField(default=-1)
    region = _text(40)
    channel = _text(12)
    customer = _text(3)
    campaign = _text(20)
    method = _text(20)
    listed_minor = _sum()
    cut_minor = _sum()
    shipping_minor = _sum()
    received_minor = _sum()
    back_minor = _sum()
    net_minor = _sum()
    subsidy_minor = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_income_of_shop"),
            models.Index(fields=["day"], name="insight_income_of_day"),
        )


class TrafficCell(Cell):
    """What was seen, clicked and searched."""

    hour = models.SmallIntegerField(default=-1)
    channel = _text(12)
    device = _text(12)
    impressions = _sum()
    clicks = _sum()
    views = _sum()
    opens = _sum()
    searches = _sum()
    carts = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_traffic_of_shop"),
            models.Index(fields=["day"], name="insight_traffic_of_day"),
        )


class ContentCell(Cell):
    """What was done with notes."""

    hour = models.SmallIntegerField(default=-1)
    note = _text(60)
    channel = _text(12)
    note_views = _sum()
    likes = _sum()
    collects = _sum()
    comments = _sum()
    published = _sum()
    acts = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_content_of_shop"),
            models.Index(fields=["day"], name="insight_content_of_day"),
        )


class ServiceCell(Cell):
    """After-sales cases and reviews."""

    hour = models.SmallIntegerField(default=-1)
    reason = _text(20)
    goods = _text(20)
    category = _text(20)
    cases = _sum()
    cases_done = _sum()
    cases_refused = _sum()
    cases_escalated = _sum()
    reviews = _sum()
    bad_reviews = _sum()
    stars = _sum()
    replies = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_service_of_shop"),
            models.Index(fields=["day"], name="insight_service_of_day"),
        )


class SupplyCell(Cell):
    """Parcels, receipts, cancellations and alarms."""

    hour = models.SmallIntegerField(default=-1)
    region = _text(40)
    carrier = _text(30)
    parcels = _sum()
    seconds = _sum()
    received = _sum()
    cancelled = _sum()
    late = _sum()
    stalled = _sum()
    sent_back = _sum()

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "day"], name="insight_supply_of_shop"),
            models.Index(fields=["day"], name="insight_supply_of_day"),
        )


CELLS: dict[str, type[Cell]] = {
    "orders": OrdersCell,
    "people": PeopleCell,
    "campaigns": CampaignsCell,
    "goods": GoodsCell,
    "fans": FansCell,
    "income": IncomeCell,
    "traffic": TrafficCell,
    "content": ContentCell,
    "service": ServiceCell,
    "supply": SupplyCell,
}
