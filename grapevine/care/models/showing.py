"""Show-orders: notes about what their writers received."""

from django.db import models


class ShowOrder(models.Model):
    """A note tied to a line of a received order. `told_at` is when it first was out."""

    order_number = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    sku_id = models.BigIntegerField()
    goods_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    note_id = models.BigIntegerField(unique=True)
    note_public_id = models.CharField(max_length=12, unique=True)
    views = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order_number", "sku_id"], name="care_shown_once"),
        )
        indexes = (
            models.Index(fields=["goods_id", "-id"], name="care_shown_of_goods"),
            models.Index(fields=["shop_id", "-id"], name="care_shown_of_shop"),
        )

    def __str__(self) -> str:
        return self.note_public_id


class ShowOrderView(models.Model):
    """A visitor looked at a show-order on a day."""

    shown = models.ForeignKey(ShowOrder, on_delete=models.CASCADE, related_name="+")
    visitor = models.CharField(max_length=64)
    day = models.DateField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shown", "visitor", "day"], name="care_view_once_a_day"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.shown_id} {self.day}"


class ShowOrderSale(models.Model):
    """A paid order that came from a show-order."""

    shown = models.ForeignKey(ShowOrder, on_delete=models.CASCADE, related_name="+")
    order_number = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.order_number
