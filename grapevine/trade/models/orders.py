"""Cart, addresses, orders, payments, refunds."""

from django.db import models
from django.db.models import F, Q

from grapevine.kit import clock
from grapevine.kit.sealed import SealedTextField
from grapevine.trade.contracts import OrderState


class CartRow(models.Model):
    buyer_id = models.BigIntegerField()
    sku_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    price_minor = models.BigIntegerField(null=True)
    source = models.JSONField(default=dict)
    added_at = models.DateTimeField()
    pick = models.CharField(max_length=12, blank=True, default="", db_default="")
    """By which other shop's pick it was put in, the last time."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["buyer_id", "sku_id"], name="trade_cart_line_once"),
            models.CheckConstraint(condition=Q(count__gt=0), name="trade_cart_count"),
        )

    def __str__(self) -> str:
        return f"{self.buyer_id}: {self.sku_id} x {self.count}"


class Address(models.Model):
    """An entry of a person's address book, sealed."""

    person_id = models.BigIntegerField(db_index=True)
    body = SealedTextField()
    is_default = models.BooleanField(default=False)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"address {self.pk}"


class Payment(models.Model):
    """What the buyer pays at once: one or more orders. `key` is the form's, so that it happens once."""

    number = models.CharField(max_length=20, unique=True)
    buyer_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="pending")
    method = models.CharField(max_length=20, blank=True, default="")
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["buyer_id", "key"], name="trade_payment_key_once"),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="trade_payment_total"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "paid", "closed", "returned"]),
                name="trade_payment_state",
            ),
        )
        indexes = (
            models.Index(
                fields=["expires_at"], name="trade_payment_due", condition=Q(state="pending")
            ),
        )

    def __str__(self) -> str:
        return self.number


class Attempt(models.Model):
    """One try to pay at one provider; its `number` is what the provider knows. Never two open the same way."""

    number = models.CharField(max_length=24, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=20)
    way = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=10, default="starting")
    url = models.TextField(blank=True, default="")
    qr = models.TextField(blank=True, default="")
    params = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["payment", "method", "way"],
                condition=Q(state__in=["starting", "open"]),
                name="trade_one_open_attempt",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["starting", "open", "paid", "failed", "closed"]),
                name="trade_attempt_state",
            ),
        )
        indexes = (
            models.Index(
                fields=["asked_at"], name="trade_attempts_unheard",
                condition=Q(state__in=["starting", "open"]),
            ),
            models.Index(
                fields=["started_at"], name="trade_attempts_given_up",
                condition=Q(state__in=["failed", "closed"]),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.number


class LimitUse(models.Model):
    """How many pieces of limited goods a person has bought or is buying."""

    buyer_id = models.BigIntegerField()
    goods_id = models.BigIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["buyer_id", "goods_id"], name="trade_limit_use_once"),
        )

    def __str__(self) -> str:
        return f"{self.buyer_id}: {self.goods_id} x {self.count}"


class Order(models.Model):
    number = models.CharField(max_length=20, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+", db_index=False)
    buyer_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    shop_name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default=OrderState.PENDING)
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    subsidy_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0, db_default=0)
    refunded_subsidy_minor = models.BigIntegerField(default=0, db_default=0)
    """What went back to the buyer so far, and to the platform of what it had made up."""
    currency = models.CharField(max_length=3, default="CNY")
    offers = models.JSONField(default=list)
    message = models.CharField(max_length=200, blank=True, default="")
    waits = models.BooleanField(default=False)
    claim = models.CharField(max_length=60, blank=True, default="")
    source = models.JSONField(default=dict)
    address = SealedTextField(blank=True, default="")
    region = models.CharField(max_length=40, blank=True, default="")
    city = models.CharField(max_length=40, blank=True, default="", db_default="")
    """Of the table of regions, never what somebody wrote; no finer than that."""
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    """When the carriers say that the last parcel arrived."""
    received_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    total_minor=F("goods_minor") - F("discount_minor") + F("shipping_minor"),
                    total_minor__gte=0,
                    shipping_minor__gte=0,
                    subsidy_minor__gte=0,
                    subsidy_minor__lte=F("discount_minor"),
                ),
                name="trade_order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_minor__gte=0,
                    refunded_minor__lte=F("total_minor"),
                    refunded_subsidy_minor__gte=0,
                    refunded_subsidy_minor__lte=F("subsidy_minor"),
                ),
                name="trade_order_refunds",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OrderState]),
                name="trade_order_state",
            ),
        )
        indexes = (
            models.Index(fields=["buyer_id", "-id"], name="trade_orders_of_buyer"),
            models.Index(fields=["shop_id", "-placed_at", "-id"], name="trade_orders_at_shop"),
            models.Index(
                fields=["shop_id", "state", "-placed_at", "-id"], name="trade_orders_at_shop_in"
            ),
            models.Index(fields=["payment"], name="trade_orders_of_payment"),
            models.Index(fields=["shipped_at"], name="trade_orders_shipped", condition=Q(state="shipped")),
            models.Index(fields=["delivered_at"], name="trade_orders_delivered", condition=Q(state="shipped")),
            models.Index(
                fields=["received_at"], name="trade_orders_unsettled",
                condition=Q(state="received", settled_at=None),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.number


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    sku_id = models.BigIntegerField(db_index=True)
    goods_id = models.BigIntegerField()
    goods_public_id = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    option = models.CharField(max_length=60, blank=True, default="")
    count = models.PositiveIntegerField()
    price_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    subsidy_minor = models.BigIntegerField(default=0)
    cuts = models.JSONField(default=list)
    refunded_count = models.PositiveIntegerField(default=0, db_default=0)
    refunded_minor = models.BigIntegerField(default=0, db_default=0)
    """Pieces given back, and what went back for them, without shipping."""
    returns = models.CharField(max_length=10, default="seven_days", db_default="seven_days")
    returns_confirmed = models.BooleanField(default=False, db_default=False)
    """What `goods.contracts.Returns` said when it was bought. An exception counts only if the buyer confirmed it."""
    shipped_count = models.PositiveIntegerField(default=0, db_default=0)
    placed_at = models.DateTimeField(null=True)
    """As its order's: an index brings the orders of some goods newest first, however many there are."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(count__gt=0), name="trade_line_count"),
            models.CheckConstraint(
                condition=Q(shipped_count__lte=F("count")), name="trade_line_shipped"
            ),
            models.CheckConstraint(
                condition=Q(
                    discount_minor__gte=0,
                    price_minor__gte=0,
                    subsidy_minor__gte=0,
                    discount_minor__lte=F("price_minor") * F("count"),
                    subsidy_minor__lte=F("discount_minor"),
                ),
                name="trade_line_amounts",
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_count__lte=F("count"),
                    refunded_minor__gte=0,
                    refunded_minor__lte=F("price_minor") * F("count") - F("discount_minor"),
                ),
                name="trade_line_refunds",
            ),
        )
        indexes = (
            models.Index(fields=["goods_id", "-placed_at", "-order"], name="trade_lines_of_goods"),
        )

    def __str__(self) -> str:
        return self.title


class OrderStep(models.Model):
    """A move of an order; the timeline people read."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    actor = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=120, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"


class InvoiceRequest(models.Model):
    """A 发票 asked for with an order; who it is for is sealed."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="+")
    body = SealedTextField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invoice for {self.order_id}"


class Shipment(models.Model):
    """A parcel of an order, from one warehouse. What moves it on is what the carrier saw last."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    warehouse_id = models.BigIntegerField(null=True)
    warehouse_name = models.CharField(max_length=30, blank=True, default="")
    carrier = models.CharField(max_length=30)
    tracking = models.CharField(max_length=40)
    shipped_at = models.DateTimeField()
    carrier_code = models.CharField(max_length=12, blank=True, default="")
    """As `rules.carriers` names it; empty for a carrier nobody tells us about."""
    last_scan_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    subscribed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["carrier_code", "tracking"], name="trade_parcels_by_number"),
            models.Index(
                fields=["asked_at"], name="trade_parcels_under_way",
                condition=Q(delivered_at=None, returned_at=None),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.tracking


class ShipmentLine(models.Model):
    """Pieces of an order's line in a parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(count__gt=0), name="trade_shipment_line_count"),
        )

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.line_id} x {self.count}"


class ProviderEvent(models.Model):
    """A provider's message that had its effect. Its id counts once."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="+")
    transaction_id = models.CharField(max_length=80, blank=True, default="")
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["provider", "event_id"], name="trade_event_once"),
        )
        indexes = (models.Index(fields=["at"], name="trade_events_by_moment"),)

    def __str__(self) -> str:
        return self.event_id


class Refund(models.Model):
    """Money on its way back. An order's refunds sum to its `refunded_minor`; `order` is empty for what came too late.

    requested → sent (the provider works on it) → done, or failed, which people must look at.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default="requested")
    tries = models.PositiveSmallIntegerField(default=1, db_default=1)
    """Each try has an id of its own at the provider; a new one begins when the last has failed there."""
    at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="trade_refund_amount"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "sent", "done", "failed"]),
                name="trade_refund_state",
            ),
        )
        indexes = (
            models.Index(
                fields=["id"],
                name="trade_refund_open",
                condition=Q(state__in=["requested", "sent"]),
            ),
            models.Index(fields=["id"], name="trade_refund_failed", condition=Q(state="failed")),
            models.Index(fields=["done_at"], name="trade_refund_done", condition=Q(state="done")),
        )

    def __str__(self) -> str:
        return f"refund {self.pk}"


class SandboxCharge(models.Model):
    """The sandbox provider's own books: what a real provider would keep on its side."""

    payment_number = models.CharField(max_length=24, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default="open")
    refunded_minor = models.BigIntegerField(default=0)
    callback_due = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    event_id = models.CharField(max_length=40)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="trade_sandbox_refunds",
            ),
        )
        indexes = (
            models.Index(fields=["id"], name="trade_sandbox_due", condition=Q(callback_due=True)),
        )

    def __str__(self) -> str:
        return self.payment_number


class SandboxRefund(models.Model):
    """The sandbox provider's books of what it sent back: each `refund_id` once."""

    charge = models.ForeignKey(SandboxCharge, on_delete=models.PROTECT, related_name="+")
    refund_id = models.CharField(max_length=40, unique=True)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.refund_id


class Reconciliation(models.Model):
    """A provider's statement of a day compared with our books. `differences` as rules.reconciling gives them."""

    provider = models.CharField(max_length=20)
    day = models.DateField()
    at = models.DateTimeField()
    ours = models.PositiveIntegerField()
    theirs = models.PositiveIntegerField()
    differences = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["provider", "day"], name="trade_reconciled_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class PaymentAlert(models.Model):
    """Something unusual about a payment, for an operator to look at. It stops nothing. Once per kind and payment."""

    kind = models.CharField(max_length=12)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    detail = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "payment"], name="trade_alert_once"),
        )
        indexes = (
            models.Index(fields=["-id"], name="trade_alerts_new", condition=Q(seen_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.payment_id}"
