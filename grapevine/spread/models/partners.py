"""Shops that work together: what was agreed, from when to when, and who ended it."""

from django.db import models
from django.db.models import F, Q

from grapevine.kit.ids import new_id

STATES = ("proposed", "accepted", "declined", "ended")


class Cooperation(models.Model):
    """Two shops show each other's goods and share what comes of it. One is open between any two of them.

    Both shops are bound alike: of what either sells by the other's pages, `rate_bps` are that other's. `categories` and
    `goods_ids` say which goods of both; with neither all are meant. It works while it is accepted, within its period.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField(db_index=True)
    """Who proposed it."""
    other_id = models.BigIntegerField(db_index=True)
    pair = models.CharField(max_length=41)
    """Both shops, the lower number first: "12:45"."""
    state = models.CharField(max_length=8, default="proposed")
    rate_bps = models.PositiveIntegerField()
    categories = models.JSONField(default=list)
    goods_ids = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    words = models.CharField(max_length=200, blank=True, default="")
    proposed_at = models.DateTimeField()
    proposed_by = models.BigIntegerField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_shop = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["pair"], condition=Q(state__in=["proposed", "accepted"]),
                name="spread_one_cooperation",
            ),
            models.CheckConstraint(
                condition=Q(state__in=STATES), name="spread_cooperation_state"
            ),
            models.CheckConstraint(
                condition=~Q(shop_id=F("other_id")), name="spread_cooperation_two"
            ),
            models.CheckConstraint(
                condition=Q(rate_bps__lte=5000), name="spread_cooperation_rate"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="spread_cooperation_period"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pair} {self.state}"
