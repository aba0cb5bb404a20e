"""What was advised, what was made of it, and what came of it."""

from django.db import models
from django.db.models import Q

from grapevine.kit.ids import new_id


class Advice(models.Model):
    """An advice as a shop saw it on a day. A kind is shown once a day, however often the page is opened."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=8)
    node = models.CharField(max_length=40)
    direction = models.CharField(max_length=8)
    cause = models.CharField(max_length=10)
    why = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    category = models.CharField(max_length=20, blank=True, default="")
    now = models.FloatField()
    before = models.FloatField()
    days = models.SmallIntegerField()
    gap_minor = models.BigIntegerField()
    """What the node's move is worth in a week."""
    low_minor = models.BigIntegerField()
    expected_minor = models.BigIntegerField()
    high_minor = models.BigIntegerField()
    place = models.SmallIntegerField()
    propensity = models.FloatField()
    shown_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day", "kind"], name="insight_advice_once"),
            models.CheckConstraint(
                condition=Q(propensity__gt=0, propensity__lte=1), name="insight_advice_chance"
            ),
        )
        indexes = (
            models.Index(fields=["shop_id", "-id"], name="insight_advices_of"),
            models.Index(fields=["day"], name="insight_advice_day"),
        )

    def __str__(self) -> str:
        return f"{self.kind} for {self.shop_id} on {self.day}"


class AdviceDay(models.Model):
    """What was found for a shop on a day, fixed when it was first looked at."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    found = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day"], name="insight_advice_day_once"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"


class AdviceDraft(models.Model):
    """What the button made. Nothing happens until somebody with the right carries it out."""

    advice = models.OneToOneField(Advice, on_delete=models.CASCADE, related_name="draft")
    facts = models.JSONField(default=dict)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="draft")
    done_by = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["draft", "done", "dropped", "undone"]),
                name="insight_advice_state",
            ),
        )
        indexes = (models.Index(fields=["state", "done_at"], name="insight_advice_done"),)

    def __str__(self) -> str:
        return f"{self.state} draft of {self.advice_id}"


class AdviceDismissal(models.Model):
    """Put aside, with a reason chosen from a list."""

    advice = models.OneToOneField(Advice, on_delete=models.CASCADE, related_name="dismissal")
    reason = models.CharField(max_length=8)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.advice_id}: {self.reason}"


class AdviceOutcome(models.Model):
    """The node over the window that followed, beside what was expected without doing anything.

    `is_done`: the advice was carried out; else its shop did nothing, and this says what comes by itself.
    """

    advice = models.OneToOneField(Advice, on_delete=models.CASCADE, related_name="outcome")
    is_done = models.BooleanField()
    until = models.DateField()
    expected = models.FloatField()
    observed = models.FloatField()
    gained_minor = models.BigIntegerField()
    worked = models.BooleanField()
    judged_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["is_done", "judged_at"], name="insight_outcomes"),)

    def __str__(self) -> str:
        return f"{self.advice_id}: {self.observed} for {self.expected}"


class AdviceSuccess(models.Model):
    """How often a kind works, of all shops: made anew from the outcomes. Category "": all together."""

    kind = models.CharField(max_length=8)
    category = models.CharField(max_length=20, blank=True, default="")
    judged = models.IntegerField()
    worked = models.IntegerField()
    shops = models.IntegerField()
    a = models.FloatField()
    b = models.FloatField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "category"], name="insight_success_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.category}: {self.worked} of {self.judged}"
