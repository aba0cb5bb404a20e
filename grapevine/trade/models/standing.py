"""What comes after a case: how content its buyer was, what the shop says against a ruling, how shops are assessed."""

from django.db import models
from django.db.models import Q

from grapevine.trade.models.aftersales import Case


class CaseSatisfaction(models.Model):
    """How the buyer rates the handling of a case that ended, once."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="satisfaction")
    stars = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5), name="trade_satisfaction_stars"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.stars}"


class CaseAppeal(models.Model):
    """What a shop says against a ruling, once a case; answered by an operator who did not rule.

    `repaid_minor`: what the platform gave the shop because the ruling was wrong.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="appeal")
    by_id = models.BigIntegerField()
    words = models.CharField(max_length=1000)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    answer = models.CharField(max_length=300, blank=True, default="")
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    repaid_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None, decided_by=None, repaid_minor=0)
                | Q(state="upheld", decided_at__isnull=False, repaid_minor=0)
                | Q(state="overturned", decided_at__isnull=False, repaid_minor__gte=0),
                name="trade_appeal_state",
            ),
        )
        indexes = (models.Index(fields=["state", "id"], name="trade_appeals_due"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Assessment(models.Model):
    """A shop's after-sales of the last days, held against the targets of that day. Never changed.

    `figures` as rules.assessing.Figures in JSON; `missed` names the targets that were not met.
    """

    shop_id = models.BigIntegerField()
    day = models.DateField()
    figures = models.JSONField(default=dict)
    missed = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "day"], name="trade_assessed_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day}"
