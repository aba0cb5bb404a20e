"""Group plans, groups and seats."""

from django.db import models
from django.db.models import F, Q


class GroupPlan(models.Model):
    """The rule a shop sets for its goods."""

    public_id = models.CharField(max_length=12, unique=True)
    goods_id = models.BigIntegerField()
    shop_id = models.BigIntegerField(db_index=True)
    size = models.PositiveSmallIntegerField()
    price_minor = models.BigIntegerField()
    hours = models.PositiveSmallIntegerField()
    limit = models.PositiveSmallIntegerField(default=2)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(size__gte=2, size__lte=1000), name="campaigns_size"),
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
