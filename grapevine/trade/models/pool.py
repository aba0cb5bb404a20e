"""Sales of another shop's goods: what the shop that sold them earns of each line."""

from django.db import models
from django.db.models import F, Q

from grapevine.trade.models.orders import Line, Order


class PoolSale(models.Model):
    """A line sold by a shop that picked it from the pool; the order is its supplier's.

    `amount_minor` was agreed when it was placed and lies in the order's escrow until that is final; `reversed_minor`
    of it went back with pieces. The terms are kept as they were: `rate_bps`, or what was above the supply price.
    """

    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    shop_id = models.BigIntegerField()
    shop_name = models.CharField(max_length=40)
    pick = models.CharField(max_length=12)
    rate_bps = models.PositiveIntegerField(null=True)
    supply_minor = models.BigIntegerField()
    base_minor = models.BigIntegerField()
    """What the line brings its supplier before this: paid for it, and made up by the platform."""
    amount_minor = models.BigIntegerField()
    reversed_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, amount_minor__lte=F("base_minor")),
                name="trade_pool_sale_amount",
            ),
            models.CheckConstraint(
                condition=Q(reversed_minor__gte=0, reversed_minor__lte=F("amount_minor")),
                name="trade_pool_sale_reversed",
            ),
        )
        indexes = (
            models.Index(fields=["shop_id", "-id"], name="trade_pool_sales_of_shop"),
            models.Index(fields=["order"], name="trade_pool_sales_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.line_id}"
