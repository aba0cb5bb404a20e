"""Ratings of shops day by day, and certificates."""

from django.db import models
from django.db.models import F, Q

from grapevine.kit.ids import new_id


class RatingDay(models.Model):
    """A shop's rating of a day with the factors it was made of. Never changed."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    points = models.PositiveSmallIntegerField(null=True)
    level = models.CharField(max_length=1, blank=True, default="")
    factors = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day"], name="care_rated_once_a_day"),
            models.CheckConstraint(
                condition=Q(points=None, level="")
                | Q(points__lte=100, level__in=["A", "B", "C", "D", "E"]),
                name="care_rating_level",
            ),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day} {self.level}"


class Certificate(models.Model):
    """A third party's certificate of a shop; of the platform itself where `shop_id` is 0.

    `state` waiting, approved, refused or withdrawn. A badge also asks for today's date.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=60)
    issuer = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    picture_id = models.BigIntegerField(null=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=300, blank=True, default="")
    handed_in_by = models.BigIntegerField()
    handed_in_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="care_certificate_dates"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "approved", "refused", "withdrawn"]),
                name="care_certificate_state",
            ),
        )
        indexes = (models.Index(fields=["state", "id"], name="care_certificates_waiting"),)

    def __str__(self) -> str:
        return self.public_id
