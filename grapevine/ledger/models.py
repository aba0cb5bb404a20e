"""Accounts with their balance, postings, and transfers that never change."""

from django.db import models
from django.db.models import F, Q

from grapevine.ledger.contracts import NEVER_NEGATIVE


class AccountRow(models.Model):
    """An account. `balance_minor` = credits − debits, kept by the same transaction as the transfers."""

    owner = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    balance_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "kind", "currency"], name="ledger_account_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=NEVER_NEGATIVE) | Q(balance_minor__gte=0),
                name="ledger_owed_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.owner} {self.kind}"


class PostingRow(models.Model):
    """Movements under one key.."""

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


class Seal(models.Model):
    """The chain of hashes: each link covers the postings after the last link, up to `last_posting`."""

    last_posting = models.OneToOneField(PostingRow, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.hash
