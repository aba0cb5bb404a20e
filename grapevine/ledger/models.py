"""Accounts with their balance, postings, and transfers that never change."""

from django.db import models
from django.db.models import F, Q

from grapevine.ledger.contracts import NEVER_NEGATIVE


class AccountRow(models.Model):
    """An account, or one of the sixteen stripes of a busy one.

    `balance_minor` = credits − debits. The database moves it when a transfer is inserted and refuses
    any other change of it.
    """

    owner = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    stripe = models.PositiveSmallIntegerField(default=0)
    balance_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "kind", "currency", "stripe"], name="ledger_account_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=NEVER_NEGATIVE) | Q(balance_minor__gte=0),
                name="ledger_owed_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.owner} {self.kind}"


class PostingRow(models.Model):
    """Movements under one key."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=80, db_index=True)
    currency = models.CharField(max_length=3)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Transfer(models.Model):
    """One movement. The database refuses to change or delete it."""

    posting = models.ForeignKey(PostingRow, on_delete=models.PROTECT, related_name="+")
    debit = models.ForeignKey(AccountRow, on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey(AccountRow, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_two_accounts"),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor}"


class Hold(models.Model):
    """Money set aside under a key. Ends exactly once: posted, voided or expired."""

    key = models.CharField(max_length=100, unique=True)
    account = models.ForeignKey(AccountRow, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, default="held")
    reference = models.CharField(max_length=80, db_index=True)
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_hold_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "posted", "voided", "expired"]),
                name="ledger_hold_state",
            ),
        )
        indexes = (
            models.Index(fields=["until"], name="ledger_hold_due", condition=Q(state="held")),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class Seal(models.Model):
    """The chain of hashes: each link covers the postings after the last link, up to `last_posting`."""

    last_posting = models.OneToOneField(PostingRow, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.hash
