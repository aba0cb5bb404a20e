"""Shares with their lineage, visits, what they brought, commission, and fans."""

from django.db import models
from django.db.models import F, Q

from grapevine.spread.rules import BOTH, INVITED, SHARER


class Share(models.Model):
    """A link. Its parent is the link that brought the sharer; together they are the cascade."""

    token = models.CharField(max_length=20, unique=True)
    sharer_id = models.BigIntegerField()
    object_type = models.CharField(max_length=8)
    object_id = models.CharField(max_length=60)
    shop_id = models.BigIntegerField(null=True)
    parent_token = models.CharField(max_length=20, blank=True, default="")
    channel = models.CharField(max_length=16, blank=True, default="link")
    created_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["sharer_id", "-id"], name="spread_shares_of_person"),
            models.Index(fields=["shop_id", "-id"], name="spread_shares_of_shop"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["sharer_id", "object_type", "object_id", "channel", "parent_token"],
                name="spread_share_once",
            ),
        )

    def __str__(self) -> str:
        return self.token


class Visit(models.Model):
    """A visitor opened a share. One row per visitor and token; `at` is the last time, `side` who they were told then is
    thanked (`rules.thanks`): an order within the window keeps that word, whatever is decided in between."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="+")
    visitor_id = models.CharField(max_length=12)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    side = models.CharField(max_length=8, default=SHARER, db_default=SHARER)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["share", "visitor_id"], name="spread_visit_once"),
            models.CheckConstraint(
                condition=Q(side__in=[SHARER, INVITED, BOTH]), name="spread_visit_side"
            ),
        )
        indexes = (
            models.Index(fields=["person_id", "-at"], name="spread_visits_of_person"),
            models.Index(fields=["visitor_id", "-at"], name="spread_visits_of_visitor"),
        )

    def __str__(self) -> str:
        return f"{self.visitor_id} at {self.share_id}"


class Brought(models.Model):
    """What a share brought: a sign-up or an order. Each is credited once, to one share."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    reference = models.CharField(max_length=40)
    person_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "reference"], name="spread_brought_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["sign_up", "order"]), name="spread_brought_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class CommissionRule(models.Model):
    """What a shop pays its direct sharers, in basis points of the net sale; 0 = nothing."""

    shop_id = models.BigIntegerField(unique=True)
    rate_bps = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(rate_bps__lte=5000), name="spread_rate_limit"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.rate_bps}"


class Commission(models.Model):
    """Money for one order that a share brought: the sharer's, or, of their own order, the buyer's who was invited.
    One tier: the regulation against pyramid selling (禁止传销条例, article 7) forbids pay by the sales of those one recruited."""

    order_number = models.CharField(max_length=20)
    side = models.CharField(max_length=8, default=SHARER, db_default=SHARER)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+")
    payee_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    shop_id = models.BigIntegerField(db_index=True)
    tier = models.PositiveSmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    reversed_minor = models.BigIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3, default="CNY")
    state = models.CharField(max_length=8, default="held")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order_number", "side"], name="spread_commission_once"),
            models.CheckConstraint(condition=Q(tier=1), name="spread_one_tier_only"),
            models.CheckConstraint(
                condition=(Q(side=SHARER) & ~Q(payee_id=F("buyer_id")))
                | Q(side=INVITED, payee_id=F("buyer_id")),
                name="spread_not_own_order",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="spread_amount"),
            models.CheckConstraint(
                condition=Q(reversed_minor__gte=0, reversed_minor__lte=F("amount_minor")),
                name="spread_reversed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "released", "reversed"]), name="spread_state"
            ),
        )
        indexes = (models.Index(fields=["payee_id", "-id"], name="spread_of_payee"),)

    def __str__(self) -> str:
        return f"{self.order_number} {self.state}"


class FanTie(models.Model):
    """A person's tie to a shop: what they bought, who brought them, whom they brought."""

    shop_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    orders = models.PositiveIntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    brought = models.PositiveIntegerField(default=0)
    brought_by = models.BigIntegerField(null=True)
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "person_id"], name="spread_fan_once"),
        )
        indexes = (
            models.Index(fields=["shop_id", "-brought", "id"], name="spread_fans_by_brought"),
            models.Index(fields=["person_id", "shop_id"], name="spread_shops_of_fan"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} of {self.shop_id}"


class Tie(models.Model):
    """A relation between two people, by its kind; undirected kinds are stored both ways."""

    person_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person_id", "other_id", "kind"], name="spread_tie_once"
            ),
            models.CheckConstraint(condition=~Q(person_id=F("other_id")), name="spread_tie_two"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.other_id}"
