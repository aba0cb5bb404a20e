"""The supply pool: what shops let others sell for them, and who picked it. Stock stays the supplier's own."""

from django.db import models
from django.db.models import F, Q

from grapevine.goods.models.shelf import Goods, Shop, Sku


class PoolOffer(models.Model):
    """Goods that other shops may sell. `rate_bps` is a share of the sale; None: what is above the supply price.

    `price_minor` and `earn_minor` are those of its cheapest SKU, for filters. Terms never change: worse ones end the
    offer, and with it every pick.
    """

    public_id = models.CharField(max_length=12, unique=True)
    goods = models.ForeignKey(Goods, on_delete=models.PROTECT, related_name="+")
    rate_bps = models.PositiveIntegerField(null=True)
    price_minor = models.BigIntegerField()
    earn_minor = models.BigIntegerField()
    offered_by = models.BigIntegerField(null=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["goods"], condition=Q(ended_at=None), name="goods_pool_offered_once"
            ),
            models.CheckConstraint(
                condition=Q(rate_bps=None) | Q(rate_bps__gt=0, rate_bps__lte=5000),
                name="goods_pool_rate",
            ),
            models.CheckConstraint(
                condition=Q(earn_minor__gte=0, earn_minor__lte=F("price_minor")),
                name="goods_pool_earning",
            ),
        )
        indexes = (
            models.Index(fields=["-id"], name="goods_pool_open", condition=Q(ended_at=None)),
        )

    def __str__(self) -> str:
        return self.public_id


class PoolTerm(models.Model):
    """One SKU of an offer: the list price then, what the supplier keeps at least, and the lowest price to sell at."""

    offer = models.ForeignKey(PoolOffer, on_delete=models.CASCADE, related_name="+")
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    list_minor = models.BigIntegerField()
    supply_minor = models.BigIntegerField()
    floor_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["offer", "sku"], name="goods_pool_term_once"),
            models.CheckConstraint(
                condition=Q(
                    supply_minor__gte=0,
                    floor_minor__gte=F("supply_minor"),
                    list_minor__gte=F("floor_minor"),
                ),
                name="goods_pool_term_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer_id} {self.sku_id}"


class Pick(models.Model):
    """A pool item in another shop, sold under that shop's name. `off_bps` is what it gives up of its own earning."""

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    goods = models.ForeignKey(Goods, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(PoolOffer, on_delete=models.PROTECT, related_name="+")
    off_bps = models.PositiveIntegerField(default=0)
    picked_by = models.BigIntegerField()
    picked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop", "goods"], condition=Q(ended_at=None), name="goods_picked_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="")
                | Q(ended_at__isnull=False, ended_why__in=["dropped", "withdrawn", "raised"]),
                name="goods_pick_ended",
            ),
            models.CheckConstraint(condition=Q(off_bps__lte=5000), name="goods_pick_off"),
        )
        indexes = (
            models.Index(fields=["shop", "-id"], name="goods_picks_of_shop"),
            models.Index(fields=["offer"], name="goods_picks_live", condition=Q(ended_at=None)),
        )

    def __str__(self) -> str:
        return self.public_id
