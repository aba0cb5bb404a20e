"""Levels, members, and what counts for a level. Points are in the ledger alone."""

from django.db import models
from django.db.models import Q


class Level(models.Model):
    """A step of a shop's membership; `rank` 0 is the first."""

    shop_id = models.BigIntegerField()
    rank = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=12)
    threshold_minor = models.BigIntegerField()
    rate_bps = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "rank"], name="loyalty_one_level_a_rank"),
            models.CheckConstraint(
                condition=Q(rate_bps__gte=5000, rate_bps__lte=10_000), name="loyalty_rate"
            ),
            models.CheckConstraint(condition=Q(threshold_minor__gte=0), name="loyalty_threshold"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.name}"


class Member(models.Model):
    """A person who joined a shop's membership. Who leaves has no row."""

    person_id = models.BigIntegerField()
    shop_id = models.BigIntegerField(db_index=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person_id", "shop_id"], name="loyalty_member_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} at {self.shop_id}"


class Exclusion(models.Model):
    """Goods a shop keeps out of its member prices."""

    goods_id = models.BigIntegerField(unique=True)
    shop_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.goods_id}"


class Purchase(models.Model):
    """A final order, as it counts for a level; also of people who have not joined yet."""

    order_number = models.CharField(max_length=20, unique=True)
    person_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loyalty_spent_something"),
        )
        indexes = (models.Index(fields=["person_id", "shop_id", "at"], name="loyalty_spent_since"),)

    def __str__(self) -> str:
        return self.order_number
