"""After-sales: a buyer's cases about pieces of an order, what was said in them, and how they moved."""

from django.db import models
from django.db.models import Q

from grapevine.trade.aftersales import CaseKind, CaseReason, CaseState
from grapevine.trade.models.orders import Line, Order, Refund

ENDED = ("done", "closed", "cancelled")


class Case(models.Model):
    """What a buyer asks for. `due_at`: when its state's timer runs out; `amount_minor`: what its pieces are worth."""

    number = models.CharField(max_length=20, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    buyer_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=12)
    words = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, default=CaseState.REQUESTED)
    before_shipping = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, related_name="+")
    carrier = models.CharField(max_length=30, blank=True, default="")
    tracking = models.CharField(max_length=40, blank=True, default="")
    new_carrier = models.CharField(max_length=30, blank=True, default="")
    new_tracking = models.CharField(max_length=40, blank=True, default="")
    outcome = models.CharField(max_length=10, blank=True, default="")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    """Who of the shop's staff answered first: the case is counted as theirs."""
    escalated_at = models.DateTimeField(null=True)
    ruled_for = models.CharField(max_length=6, blank=True, default="")
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.BigIntegerField(null=True)
    """The operator; null if a jury ruled."""
    reopened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CaseState]), name="trade_case_state"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in CaseKind]), name="trade_case_kind"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in CaseReason]),
                name="trade_case_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) ^ Q(state__in=ENDED), name="trade_case_ends"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="trade_case_amount"),
            models.CheckConstraint(
                condition=Q(ruled_for__in=["", "buyer", "shop"]), name="trade_case_ruling"
            ),
        )
        indexes = (
            models.Index(fields=["buyer_id", "-id"], name="trade_cases_of_buyer"),
            models.Index(fields=["shop_id", "state", "-id"], name="trade_cases_of_shop"),
            models.Index(fields=["due_at"], name="trade_cases_due", condition=~Q(due_at=None)),
            models.Index(fields=["opened_at"], name="trade_cases_opened"),
        )

    def __str__(self) -> str:
        return self.number


class CaseLine(models.Model):
    """Pieces of a line a case is about."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "line"], name="trade_case_line_once"),
            models.CheckConstraint(condition=Q(count__gt=0), name="trade_case_line_count"),
        )

    def __str__(self) -> str:
        return f"{self.line_id} x {self.count}"


class CaseStep(models.Model):
    """A move of a case: when, by whom, why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    actor = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class CaseMessage(models.Model):
    """What the buyer, the shop or the platform said in a case; nobody changes it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    author = models.CharField(max_length=10)
    author_id = models.BigIntegerField()
    words = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(author__in=["buyer", "shop", "operator"]), name="trade_message_author"
            ),
        )

    def __str__(self) -> str:
        return f"{self.author} in {self.case_id}"


class CasePicture(models.Model):
    """A picture shown in a message. It is nobody else's to see."""

    message = models.ForeignKey(CaseMessage, on_delete=models.PROTECT, related_name="+")
    picture_id = models.BigIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["message", "position"], name="trade_case_picture_place"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id}:{self.position}"
