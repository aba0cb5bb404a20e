"""What it takes to sell: applications with their documents, agreements, deposits, and what keeps goods off the shelf."""

from django.db import models
from django.db.models import Q

from grapevine.goods.models.shelf import Goods, Shop
from grapevine.kit.sealed import SealedTextField

OPEN = ("draft", "submitted", "more", "rejected")


class Application(models.Model):
    """A shop's application to sell, or to become a larger kind of seller. One is open at a time."""

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="draft")
    company = models.CharField(max_length=80, blank=True, default="")
    code = models.CharField(max_length=18, blank=True, default="")
    licence_until = models.DateField(null=True)
    person = models.CharField(max_length=40, blank=True, default="")
    identity = SealedTextField(blank=True, default="")
    identity_until = models.DateField(null=True)
    phone = SealedTextField(blank=True, default="")
    address = SealedTextField(blank=True, default="")
    categories = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop"], condition=Q(state__in=OPEN), name="goods_one_open_application"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*OPEN, "approved"]), name="goods_application_state"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["enterprise", "business", "individual"]),
                name="goods_application_kind",
            ),
        )
        indexes = (models.Index(fields=["state", "submitted_at"], name="goods_applications_due"),)

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class Document(models.Model):
    """A paper of a shop: licence, identity, permit or report. Its file is private.

    One that a later one took the place of is replaced: kept, and not counted.
    """

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    permit = models.CharField(max_length=20, blank=True, default="")
    number = models.CharField(max_length=60, blank=True, default="")
    until = models.DateField(null=True)
    file_id = models.BigIntegerField()
    state = models.CharField(max_length=10, default="given")
    told_days = models.SmallIntegerField(null=True)
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=20, blank=True, default="", db_default="")
    """Why it was refused, with what the operator wrote beside it."""
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["licence", "identity", "permit", "report"]),
                name="goods_document_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["given", "accepted", "refused", "replaced"]),
                name="goods_document_state",
            ),
        )
        indexes = (models.Index(fields=["shop", "kind"], name="goods_documents_of_shop"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.permit}".strip()


class Acceptance(models.Model):
    """That somebody accepted a version of an agreement for a shop."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    agreement = models.CharField(max_length=20)
    version = models.CharField(max_length=12)
    person_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop", "agreement", "version"], name="goods_accepted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agreement} {self.version}"


class DepositMove(models.Model):
    """Money of a deposit received (positive) or paid back (negative), by a bank transfer with its reference."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=60, unique=True)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(amount_minor=0), name="goods_deposit_moves"),
        )

    def __str__(self) -> str:
        return self.reference


class CategoryRule(models.Model):
    """What selling goods of a category takes. The highest version of a category is in force."""

    category = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    permits = models.JSONField(default=list)
    required = models.JSONField(default=list)
    risk = models.PositiveSmallIntegerField(default=0)
    is_forbidden = models.BooleanField(default=False)
    deposit_minor = models.BigIntegerField(default=0)
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["category", "version"], name="goods_rule_version"),
            models.CheckConstraint(
                condition=Q(risk__lte=3, deposit_minor__gte=0), name="goods_rule_in_bounds"
            ),
        )

    def __str__(self) -> str:
        return f"{self.category} {self.version}"


class Withholding(models.Model):
    """A reason why goods, or all goods of a shop, cannot be ordered, until it is lifted."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    goods = models.ForeignKey(Goods, on_delete=models.CASCADE, null=True, related_name="+")
    cause = models.CharField(max_length=10)
    reason = models.CharField(max_length=200, blank=True, default="")
    by_id = models.BigIntegerField(null=True)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["goods", "cause"],
                condition=Q(lifted_at=None, goods__isnull=False),
                name="goods_withheld_once",
            ),
            models.UniqueConstraint(
                fields=["shop", "cause"],
                condition=Q(lifted_at=None, goods=None),
                name="goods_shop_withheld_once",
            ),
        )
        indexes = (
            models.Index(fields=["shop"], condition=Q(lifted_at=None), name="goods_withheld_now"),
        )

    def __str__(self) -> str:
        return f"{self.cause} since {self.since:%Y-%m-%d}"
