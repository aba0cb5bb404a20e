"""Shops' lives: what each week showed, the stage they are at, how they came there, and who looks after them."""

from django.db import models
from django.db.models import Q

from grapevine.insight.rules.stages import Stage
from grapevine.insight.rules.support import OUTCOMES, WAYS
from grapevine.kit.ids import new_id

STAGES = [str(stage) for stage in Stage]


class ShopWeek(models.Model):
    """What was seen of a shop in the week from Monday `week`. Weeks told from outside (`is_told`) are not counted anew."""

    shop_id = models.BigIntegerField()
    week = models.DateField()
    seen_days = models.SmallIntegerField(default=0)
    sign_ins = models.IntegerField(default=0)
    pages = models.SmallIntegerField(default=0)
    listings = models.IntegerField(default=0)
    campaigns = models.IntegerField(default=0)
    replies = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    payments_minor = models.BigIntegerField(default=0)
    shipped = models.IntegerField(default=0)
    ship_minutes = models.BigIntegerField(default=0)
    tickets = models.IntegerField(default=0)
    last_seen = models.DateField(null=True)
    last_order = models.DateField(null=True)
    is_told = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "week"], name="insight_shop_week_once"),
        )
        indexes = (models.Index(fields=["week"], name="insight_shop_week"),)

    def __str__(self) -> str:
        return f"{self.shop_id} {self.week}"


class ShopStage(models.Model):
    """Where a shop is now: one row a shop. `signals` are `rules.stages.Signals` as they were judged."""

    shop_id = models.BigIntegerField(unique=True)
    name = models.CharField(max_length=40)
    slug = models.CharField(max_length=40)
    opened_on = models.DateField()
    stage = models.CharField(max_length=8)
    since = models.DateField()
    wanted = models.CharField(max_length=8)
    wanted_since = models.DateField()
    judged_on = models.DateField()
    signals = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    trend_percent = models.IntegerField(null=True)
    """Payments of 28 days against the 28 before; empty where there were none before."""
    next_step = models.CharField(max_length=20, blank=True, default="")
    chance = models.FloatField(null=True)
    chance_before = models.FloatField(null=True)
    """A week ago, for the trend."""
    chance_on = models.DateField(null=True)
    chance_reasons = models.JSONField(default=list)
    model = models.CharField(max_length=60, blank=True, default="")
    last_contact_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="insight_shop_stage_known"),
        )
        indexes = (models.Index(fields=["stage", "-since"], name="insight_shop_stage"),)

    def __str__(self) -> str:
        return f"{self.slug} {self.stage}"


class StageChange(models.Model):
    """A shop came from one stage to another, and why. Kept for good."""

    shop_id = models.BigIntegerField()
    before = models.CharField(max_length=8, blank=True, default="")
    after = models.CharField(max_length=8)
    on = models.DateField()
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "on"], name="insight_stage_change_once"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.before} → {self.after}"


class ShopManager(models.Model):
    """An operator who looks after shops, and for how many at a time."""

    person_id = models.BigIntegerField(unique=True)
    capacity = models.SmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(capacity__gte=0, capacity__lte=200), name="insight_manager_capacity"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.capacity}"


class ShopTrial(models.Model):
    """Whether a shop that may leave is followed up or held out: drawn once, never again. `stayed` once it can be known."""

    shop_id = models.BigIntegerField(unique=True)
    is_held_out = models.BooleanField()
    drawn_on = models.DateField()
    chance = models.FloatField(null=True)
    stayed = models.BooleanField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["drawn_on"], condition=Q(stayed=None), name="insight_trial_open"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.shop_id} {self.drawn_on}"


class FollowUp(models.Model):
    """A task of an account manager about one shop; at most one is open for a shop."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField()
    opened_on = models.DateField()
    stage = models.CharField(max_length=8)
    chance = models.FloatField(null=True)
    manager_id = models.BigIntegerField(null=True)
    due_on = models.DateField()
    note = models.CharField(max_length=300, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop_id"], condition=Q(closed_at=None), name="insight_one_follow_up"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__in=OUTCOMES),
                name="insight_follow_up_outcome",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_on"], condition=Q(closed_at=None), name="insight_follow_up_open"
            ),
            models.Index(fields=["shop_id", "-id"], name="insight_follow_up_shop"),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.public_id


class ShopContact(models.Model):
    """Somebody talked to a shop. Never changed."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="+")
    shop_id = models.BigIntegerField()
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    way = models.CharField(max_length=5)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(way__in=WAYS), name="insight_contact_way"),
        )
        indexes = (models.Index(fields=["shop_id", "-id"], name="insight_contacts_of_shop"),)

    def __str__(self) -> str:
        return f"{self.shop_id} {self.at:%Y-%m-%d}"
