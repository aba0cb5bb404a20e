"""People as a shop knows them: counted facts, segments, what was done with a segment, and what the traffic is worth."""

from django.db import models
from django.db.models import Q

from grapevine.kit.ids import new_id


class Customer(models.Model):
    """What one person is to one shop, as it stood at the last count. Never shown by name.

    Who switched personalisation off has the facts of their orders only: no browsing, no forecast, no place.
    """

    shop_id = models.BigIntegerField()
    person_id = models.BigIntegerField(db_index=True)
    is_personalised = models.BooleanField(default=True)
    is_following = models.BooleanField(default=False)
    known_on = models.DateField()
    orders = models.PositiveIntegerField(default=0)
    """Days with a paid order that stands."""
    spent_minor = models.BigIntegerField(default=0)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    seen_on = models.DateField(null=True)
    views = models.PositiveIntegerField(default=0)
    """Goods of the shop opened, of the last 28 days; so are the next three."""
    carts = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    reads = models.PositiveIntegerField(default=0)
    brought = models.PositiveIntegerField(default=0)
    """Orders brought in the last 90 days, and their worth less what went back."""
    brought_minor = models.BigIntegerField(default=0)
    brought_on = models.DateField(null=True)
    region = models.CharField(max_length=40, blank=True, default="")
    city = models.CharField(max_length=40, blank=True, default="", db_default="")
    category = models.CharField(max_length=20, blank=True, default="")
    recency = models.PositiveSmallIntegerField(default=0)
    frequency = models.PositiveSmallIntegerField(default=0)
    money = models.PositiveSmallIntegerField(default=0)
    """One to five, five the best; 0: never bought."""
    alive_bps = models.PositiveIntegerField(null=True)
    expected_orders = models.FloatField(null=True)
    expected_minor = models.BigIntegerField(null=True)
    """Of the next 90 days."""
    chance = models.FloatField(null=True)
    """Of a first order in the next 90 days: for sums and for `place`, told to nobody."""
    reasons = models.CharField(max_length=60, blank=True, default="")
    """What raised it most, names of `rules.customers.likelihood.SIGNALS` with commas."""
    place = models.PositiveIntegerField(null=True)
    """Among those who have not bought: 1 is the likeliest to buy next."""
    is_likely = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "person_id"], name="insight_customer_once"),
        )
        indexes = (
            models.Index(
                fields=["shop_id", "orders", "last_on"], name="insight_customers_by_orders"
            ),
            models.Index(fields=["shop_id", "place"], name="insight_customers_by_place"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} of {self.shop_id}"


class Segment(models.Model):
    """A question about a shop's people that it wants to ask again: `query` is the page's address."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField()
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=400)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "name"], name="insight_segment_name"),
        )

    def __str__(self) -> str:
        return self.name


class SegmentAct(models.Model):
    """A coupon or a notice for a segment: drafted, then carried out once or dropped.

    A part of the segment, chosen by digest, is left alone so that what it did can be told from what happens anyway.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField(db_index=True)
    query = models.CharField(max_length=400)
    kind = models.CharField(max_length=8)
    text = models.CharField(max_length=60)
    worth_minor = models.BigIntegerField(default=0)
    threshold_minor = models.BigIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=7)
    state = models.CharField(max_length=8, default="draft")
    plan_id = models.CharField(max_length=12, blank=True, default="")
    reached = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    """Who did not agree to be told, or was told enough this week."""
    held_out = models.PositiveIntegerField(default=0)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    kind__in=["coupon", "notice"], state__in=["draft", "done", "dropped"],
                    worth_minor__gte=0, threshold_minor__gte=0,
                ),
                name="insight_segment_act",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Touch(models.Model):
    """One person of a segment when it was acted on: reached, or held out to compare with."""

    act = models.ForeignKey(SegmentAct, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField(db_index=True)
    is_held_out = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["act", "person_id"], name="insight_touch_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} by {self.act_id}"


class AssetDay(models.Model):
    """What a shop's people are worth on a day, by the formula of `rules.customers.assets`."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    fans = models.PositiveIntegerField()
    active = models.PositiveIntegerField()
    supporting = models.PositiveIntegerField()
    income_minor = models.BigIntegerField()
    customers_minor = models.BigIntegerField()
    network_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day"], name="insight_asset_once"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"


class PersonAssetDay(models.Model):
    """What the people whom one person brought are worth on a day, by `rules.customers.brought`; over all shops.

    None: fewer than five people are behind it. `parts` says the same by shop, of the newest day alone.
    """

    person_id = models.BigIntegerField()
    day = models.DateField(db_index=True)
    reached = models.PositiveIntegerField()
    active = models.PositiveIntegerField(null=True)
    income_minor = models.BigIntegerField()
    customers_minor = models.BigIntegerField(null=True)
    network_minor = models.BigIntegerField(null=True)
    parts = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person_id", "day"], name="insight_own_asset_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


class PeopleModel(models.Model):
    """A fitted model of people and how it was measured; `scope` is a pool's category, a shop's id or "house"."""

    name = models.CharField(max_length=12)
    scope = models.CharField(max_length=24)
    card = models.JSONField(default=dict)
    fitted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["name", "scope"], name="insight_people_model_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} of {self.scope}"
