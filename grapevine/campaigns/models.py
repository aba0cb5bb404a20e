"""Group plans, groups and seats; coupons, reductions and flash sales."""

from django.db import models
from django.db.models import F, Q


class GroupPlan(models.Model):
    """The rule a shop sets for its goods."""

    public_id = models.CharField(max_length=12, unique=True)
    goods_id = models.BigIntegerField()
    shop_id = models.BigIntegerField(db_index=True)
    size = models.PositiveSmallIntegerField()
    trial_size = models.PositiveSmallIntegerField(null=True)
    """What it is instead while an experiment of the shop says so; the same for everybody."""
    price_minor = models.BigIntegerField()
    hours = models.PositiveSmallIntegerField()
    limit = models.PositiveSmallIntegerField(default=2)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(size__gte=2, size__lte=1000), name="campaigns_size"),
            models.CheckConstraint(
                condition=Q(trial_size__isnull=True) | Q(trial_size__gte=2, trial_size__lte=1000),
                name="campaigns_trial_size",
            ),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="campaigns_price"),
            models.CheckConstraint(
                condition=Q(hours__gte=1, hours__lte=168), name="campaigns_hours"
            ),
            models.UniqueConstraint(
                fields=["goods_id"], condition=Q(active=True), name="campaigns_one_active_plan"
            ),
        )

    def __str__(self) -> str:
        return self.public_id

    @property
    def size_now(self) -> int:
        """How many a group opened now needs."""
        return self.trial_size or self.size


class Group(models.Model):
    """People buying together. `paid` + `held` never exceed `size`."""

    public_id = models.CharField(max_length=12, unique=True)
    plan = models.ForeignKey(GroupPlan, on_delete=models.PROTECT, related_name="+")
    goods_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    leader_id = models.BigIntegerField()
    size = models.PositiveSmallIntegerField()
    paid = models.PositiveSmallIntegerField(default=0)
    held = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, default="open")
    region = models.CharField(max_length=40, blank=True, default="")
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(size__gte=F("paid") + F("held"), paid__gte=0, held__gte=0),
                name="campaigns_seats_fit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "filled", "expired"]), name="campaigns_group_state"
            ),
        )
        indexes = (
            models.Index(fields=["goods_id", "state", "deadline"], name="campaigns_live"),
            models.Index(fields=["shop_id", "state", "deadline"], name="campaigns_of_shop"),
            models.Index(fields=["deadline"], name="campaigns_due", condition=Q(state="open")),
        )

    def __str__(self) -> str:
        return self.public_id


class Seat(models.Model):
    """A place in a group: held while it is paid for, paid, released (not paid), or refunded."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField(db_index=True)
    order_number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=8, default="held")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["group", "person_id"], condition=Q(state__in=["held", "paid"]),
                name="campaigns_one_seat_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "paid", "released", "refunded"]),
                name="campaigns_seat_state",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


class CouponPlan(models.Model):
    """What a shop (or the platform: `shop_id` 0) gives out: a cut of `worth_minor`, or `rate_bps` up to it.

    The budget is kept where coupons are taken, not where they are used: every piece counts with all it can
    be worth, so a coupon somebody holds is always honoured.
    """

    public_id = models.CharField(max_length=12, unique=True)
    shop_id = models.BigIntegerField()
    title = models.CharField(max_length=40)
    rate_bps = models.PositiveSmallIntegerField(default=0)
    worth_minor = models.BigIntegerField()
    threshold_minor = models.BigIntegerField(default=0)
    scope = models.JSONField(default=dict)
    audience = models.CharField(max_length=8, default="everyone")
    issue_limit = models.PositiveIntegerField()
    per_person = models.PositiveSmallIntegerField(default=1)
    budget_minor = models.BigIntegerField(null=True)
    issued = models.PositiveIntegerField(default=0)
    days = models.PositiveSmallIntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(issued__gte=0, issued__lte=F("issue_limit")), name="campaigns_issued"
            ),
            models.CheckConstraint(
                condition=Q(budget_minor=None)
                | Q(budget_minor__gte=F("issued") * F("worth_minor")),
                name="campaigns_coupon_budget",
            ),
            models.CheckConstraint(
                condition=Q(worth_minor__gt=0, threshold_minor__gte=0, rate_bps__lt=10_000),
                name="campaigns_coupon_worth",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["everyone", "new", "fans", "named"]),
                name="campaigns_coupon_audience",
            ),
        )
        indexes = (models.Index(fields=["shop_id", "ends_at"], name="campaigns_coupon_plans"),)

    def __str__(self) -> str:
        return self.public_id


class Coupon(models.Model):
    """The `nth` coupon of a plan that a person holds, until it is used or its time is over."""

    public_id = models.CharField(max_length=12, unique=True)
    plan = models.ForeignKey(CouponPlan, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    nth = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=4, default="held")
    taken_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    payment_number = models.CharField(max_length=24, blank=True, default="")
    orders = models.JSONField(default=list)
    """The orders it cut: it comes back when none of them stands."""
    amount_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "person_id", "nth"], name="campaigns_coupon_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "used"]), name="campaigns_coupon_state"
            ),
        )
        indexes = (
            models.Index(
                fields=["person_id", "until"], name="campaigns_held", condition=Q(state="held")
            ),
            models.Index(fields=["person_id", "state", "-id"], name="campaigns_wallet"),
        )

    def __str__(self) -> str:
        return self.public_id


class Reduction(models.Model):
    """满减: from a threshold on, so much less. The best tier counts."""

    public_id = models.CharField(max_length=12, unique=True)
    shop_id = models.BigIntegerField()
    title = models.CharField(max_length=40)
    tiers = models.JSONField()
    scope = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=["shop_id", "ends_at"],
                name="campaigns_reductions",
                condition=Q(stopped_at=None),
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class FlashSale(models.Model):
    """So many pieces of a SKU at another price, between two moments."""

    public_id = models.CharField(max_length=12, unique=True)
    shop_id = models.BigIntegerField()
    goods_id = models.BigIntegerField()
    sku_id = models.BigIntegerField()
    sku_code = models.CharField(max_length=40)
    price_minor = models.BigIntegerField()
    quota = models.PositiveIntegerField()
    per_person = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    is_spread = models.BooleanField(default=False)
    """Whether its SKU's stock was spread over many rows for this sale, and must be gathered again."""
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(price_minor__gt=0, quota__gt=0, per_person__gt=0),
                name="campaigns_flash_terms",
            ),
        )
        indexes = (
            models.Index(
                fields=["sku_id", "ends_at"], name="campaigns_flash", condition=Q(stopped_at=None)
            ),
            models.Index(fields=["goods_id", "ends_at"], name="campaigns_flash_goods"),
            models.Index(fields=["shop_id", "ends_at"], name="campaigns_flash_shop"),
            models.Index(
                fields=["starts_at"], name="campaigns_flash_spread", condition=Q(is_spread=True)
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class FlashShare(models.Model):
    """A part of a sale's quota. Sixteen of them, so that buyers do not wait for one another."""

    sale = models.ForeignKey(FlashSale, on_delete=models.PROTECT, related_name="+")
    bucket = models.PositiveSmallIntegerField()
    free = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sale", "bucket"], name="campaigns_share_once"),
            models.CheckConstraint(condition=Q(free__gte=0), name="campaigns_share_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.sale_id}/{self.bucket} {self.free}"


class FlashCount(models.Model):
    """How many pieces of a sale a person has bought or is about to."""

    sale = models.ForeignKey(FlashSale, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    count = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sale", "person_id"], name="campaigns_flash_person"),
            models.CheckConstraint(condition=Q(count__gte=0), name="campaigns_flash_count"),
        )

    def __str__(self) -> str:
        return f"{self.sale_id} {self.person_id} {self.count}"


class FlashUse(models.Model):
    """Pieces an order took from a share; given back if it is cancelled before it is paid."""

    sale = models.ForeignKey(FlashSale, on_delete=models.PROTECT, related_name="+")
    share = models.ForeignKey(FlashShare, on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=24, db_index=True)
    person_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    is_returned = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.order_number} {self.count}"
