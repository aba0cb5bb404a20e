"""Judging goods before they are sold, and by samples afterwards."""

from django.db import models
from django.db.models import Q

from grapevine.goods.models.shelf import Goods


class GoodsReview(models.Model):
    """Goods, or a `change` of goods on sale, on their way through the checks. One is open at a time.

    `change` is {} for goods never sold; `findings` and `reasons` are pairs of a code and what was found.
    """

    public_id = models.CharField(max_length=12, unique=True)
    goods = models.ForeignKey(Goods, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="waiting")
    change = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    risk = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["goods"], condition=Q(state="waiting"), name="goods_one_open_review"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "passed", "rejected", "replaced"]),
                name="goods_review_state",
            ),
        )
        indexes = (
            models.Index(fields=["state", "-risk", "id"], name="goods_reviews_due"),
            models.Index(fields=["goods", "-id"], name="goods_reviews_of_goods"),
        )

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class InspectionPlan(models.Model):
    """A drawn sample: the same share, seed and weights over the same goods draw the same again."""

    public_id = models.CharField(max_length=12, unique=True)
    share_bps = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    weights = models.JSONField(default=dict)
    population = models.PositiveIntegerField()
    by_id = models.BigIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(share_bps__gt=0, share_bps__lte=10_000), name="goods_plan_share"
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class Inspection(models.Model):
    """One of a plan's goods: who looks at it, and what was found. Decided once."""

    public_id = models.CharField(max_length=12, unique=True)
    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="+")
    goods = models.ForeignKey(Goods, on_delete=models.PROTECT, related_name="+")
    weight = models.PositiveIntegerField()
    inspector_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default="drawn")
    finding = models.CharField(max_length=400, blank=True, default="")
    report_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "goods"], name="goods_inspected_once"),
            models.CheckConstraint(
                condition=Q(state__in=["drawn", "passed", "failed"]), name="goods_inspection_state"
            ),
        )
        indexes = (models.Index(fields=["goods", "-id"], name="goods_inspections_of"),)

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"
