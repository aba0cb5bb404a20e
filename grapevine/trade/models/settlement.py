"""What parties earned, the batches it is settled in, what the platform charges, and withdrawals.

A party is an owner of accounts in the ledger: "shop:12" or "person:7".
"""

from django.db import models
from django.db.models import F, Q

from grapevine.kit.sealed import SealedTextField
from grapevine.trade.models.orders import Line


class Party(models.Model):
    """A party's books in one currency. Whoever moves settled money takes this row first, so that one is first."""

    owner = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    batches = models.PositiveIntegerField(default=0)
    turns = models.PositiveBigIntegerField(default=0)
    """How often the row was taken: taking it is an update, which both databases queue."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["owner", "currency"], name="trade_party_once"),
        )

    def __str__(self) -> str:
        return f"{self.owner} {self.currency}"


class SettlementBatch(models.Model):
    """Earnings that became withdrawable together. `total` = Σ its lines = `debt` paid + what was added to the balance."""

    number = models.CharField(max_length=60, unique=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    total_minor = models.BigIntegerField(default=0)
    debt_minor = models.BigIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(db_index=True)
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["party", "sequence"], name="trade_batch_in_turn"),
            models.CheckConstraint(
                condition=Q(
                    total_minor__gte=0, debt_minor__gte=0, debt_minor__lte=F("total_minor")
                ),
                name="trade_batch_amounts",
            ),
        )

    def __str__(self) -> str:
        return self.number


class SettlementLine(models.Model):
    """Something earned, or taken back, that lies in `payable` until a batch takes it: Σ without a batch = `payable`."""

    key = models.CharField(max_length=100, unique=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    reference = models.CharField(max_length=80, db_index=True)
    line = models.OneToOneField(Line, on_delete=models.PROTECT, null=True, related_name="+")
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField()
    batch = models.ForeignKey(
        SettlementBatch, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(net_minor=F("gross_minor") - F("fee_minor"), fee_minor__gte=0),
                name="trade_settlement_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["sale", "commission", "returned", "claw_back", "carried", "appeal"]
                ),
                name="trade_settlement_line_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="claw_back", net_minor__lt=0)
                | ~Q(kind="claw_back") & Q(net_minor__gte=0),
                name="trade_settlement_line_sign",
            ),
        )
        indexes = (models.Index(fields=["party"], name="trade_unsettled", condition=Q(batch=None)),)

    def __str__(self) -> str:
        return self.key


class TakeRate(models.Model):
    """What the platform takes of a shop's sales from `since` on; the last one before an order counts for it."""

    shop_id = models.BigIntegerField()
    rate_bps = models.PositiveIntegerField()
    since = models.DateTimeField()
    set_by = models.BigIntegerField()
    reason = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(rate_bps__lte=10_000), name="trade_take_rate"),
        )
        indexes = (models.Index(fields=["shop_id", "-since"], name="trade_take_rates"),)

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.rate_bps}"


class ServicePlan(models.Model):
    """A monthly plan a shop may be on. A price never changes: a new plan takes its place."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="trade_plan_price"),
        )

    def __str__(self) -> str:
        return self.code


class Subscription(models.Model):
    """A shop on a plan, from a day on; `ends_on` is the first day it is not any more."""

    shop_id = models.BigIntegerField()
    plan = models.ForeignKey(ServicePlan, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    set_by = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop_id"], condition=Q(ends_on=None), name="trade_one_plan_a_shop"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="trade_subscription_days",
            ),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.plan_id}"


class ServiceCharge(models.Model):
    """A month of a plan that was charged; once a shop and month."""

    shop_id = models.BigIntegerField()
    month = models.DateField()
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "month"], name="trade_charged_once_a_month"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.month}"


class PlatformInvoice(models.Model):
    """What the platform kept from a shop in a month, by component, as the ledger has it."""

    number = models.CharField(max_length=40, unique=True)
    shop_id = models.BigIntegerField()
    shop_name = models.CharField(max_length=40)
    month = models.DateField()
    currency = models.CharField(max_length=3)
    commission_minor = models.BigIntegerField(default=0)
    payment_minor = models.BigIntegerField(default=0)
    service_minor = models.BigIntegerField(default=0)
    advertising_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop_id", "month", "currency"], name="trade_invoiced_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(
                    total_minor=F("commission_minor") + F("payment_minor") + F("service_minor")
                    + F("advertising_minor")
                ),
                name="trade_invoice_adds_up",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=["-month", "-id"], name="trade_invoices_by_month"),)

    def __str__(self) -> str:
        return self.number


class BankAccount(models.Model):
    """Where a party's money may go. Usable once somebody else has agreed, where there is somebody, and the wait is over."""

    owner = models.CharField(max_length=40, db_index=True)
    holder = SealedTextField()
    bank = models.CharField(max_length=40)
    number = SealedTextField()
    tail = models.CharField(max_length=4)
    state = models.CharField(max_length=8, default="pending")
    added_by = models.BigIntegerField()
    added_at = models.DateTimeField()
    agreed_by = models.BigIntegerField(null=True)
    usable_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state="pending", agreed_by=None, usable_at=None)
                | Q(state="active", agreed_by__isnull=False, usable_at__isnull=False)
                | Q(state__in=["refused", "removed"], ended_at__isnull=False),
                name="trade_bank_account_state",
            ),
        )

    def __str__(self) -> str:
        return f"bank account {self.pk}"


class Withdrawal(models.Model):
    """Money on its way to a bank: review → ready → sent → done; or refused, cancelled, failed, which gives it back."""

    number = models.CharField(max_length=20, unique=True)
    owner = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    state = models.CharField(max_length=10)
    provider = models.CharField(max_length=20, blank=True, default="")
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    reviewed_by = models.BigIntegerField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120, blank=True, default="")
    told_at = models.DateTimeField(null=True)
    """When the bank was last asked."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["owner", "key"], name="trade_withdrawal_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="trade_withdrawal_amount"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["review", "ready", "sent", "done", "failed", "refused", "cancelled"]
                ),
                name="trade_withdrawal_state",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="trade_withdrawals_of"),
            models.Index(
                fields=["id"], name="trade_withdrawals_open",
                condition=Q(state__in=["review", "ready", "sent"]),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.number


class SandboxPayout(models.Model):
    """The sandbox bank's own books: each `payout_id` once."""

    payout_id = models.CharField(max_length=40, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["pending", "done", "failed"]), name="trade_sandbox_payout"
            ),
        )

    def __str__(self) -> str:
        return self.payout_id
