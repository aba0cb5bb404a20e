"""Posting money, and sealing what was posted into a chain of hashes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from grapevine.kit import clock
from grapevine.ledger.contracts import (
    NEVER_NEGATIVE,
    Account,
    InsufficientFunds,
    Leg,
    Posting,
    PostingMismatch,
)
from grapevine.ledger.models import AccountRow, PostingRow, Seal, Transfer
from grapevine.ledger.rules import chain, digest_of

BATCH = 1000
SEAL_BATCH = 5000
SEAL_AGE = timedelta(seconds=30)
"""Younger postings may still have an older neighbour in an open transaction."""


def post(
    *,
    key: str,
    kind: str,
    reference: str,
    legs: Sequence[Leg],
    currency: str = "CNY",
    at: datetime | None = None,
) -> bool:
    """Post once. False if this key was posted before with the same legs; PostingMismatch with others.

    Legs of zero are left out. Raises InsufficientFunds if what is owed to somebody would go below
    zero; then nothing is posted. Accounts are touched in one order for everybody.
    """
    moving = tuple(leg for leg in legs if leg.amount_minor != 0)
    assert moving
    assert all(leg.amount_minor > 0 for leg in moving)
    posting = Posting(key, kind, reference, moving, currency, at)
    before = PostingRow.objects.filter(key=key).values_list("digest", flat=True).first()
    if before is None:
        try:
            with transaction.atomic():
                _write([posting])
        except IntegrityError:
            before = PostingRow.objects.filter(key=key).values_list("digest", flat=True).first()
            if before is None:
                raise
        else:
            return True
    if before != digest_of(posting):
        raise PostingMismatch(key)
    return False


@transaction.atomic
def post_many(postings: Sequence[Posting]) -> int:
    """Post new postings in few statements, for imports; a key posted before raises IntegrityError."""
    _write(postings)
    return len(postings)


def _write(postings: Sequence[Posting]) -> None:
    accounts = _accounts(
        {(a, p.currency) for p in postings for leg in p.legs for a in (leg.debit, leg.credit)}
    )
    change: dict[int, int] = {}
    for posting in postings:
        for leg in posting.legs:
            debit, credit = (
                accounts[leg.debit, posting.currency],
                accounts[leg.credit, posting.currency],
            )
            change[debit.pk] = change.get(debit.pk, 0) - leg.amount_minor
            change[credit.pk] = change.get(credit.pk, 0) + leg.amount_minor
    _move({row.pk: row for row in accounts.values()}, change)
    now = clock.now()
    rows = PostingRow.objects.bulk_create(
        [
            PostingRow(
                key=p.key, kind=p.kind, reference=p.reference, currency=p.currency,
                digest=digest_of(p), at=p.at or now, written_at=now,
            )
            for p in postings
        ],
        batch_size=BATCH,
    )  # fmt: skip
    Transfer.objects.bulk_create(
        [
            Transfer(
                posting=row, debit=accounts[leg.debit, p.currency],
                credit=accounts[leg.credit, p.currency], amount_minor=leg.amount_minor,
            )
            for row, p in zip(rows, postings, strict=True)
            for leg in p.legs
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _move(accounts: dict[int, AccountRow], change: dict[int, int]) -> None:
    for pk, amount in sorted(change.items()):
        rows = AccountRow.objects.filter(pk=pk)
        if accounts[pk].kind in NEVER_NEGATIVE and amount < 0:
            rows = rows.filter(balance_minor__gte=-amount)
        if amount and not rows.update(balance_minor=F("balance_minor") + amount):
            raise InsufficientFunds(str(accounts[pk]))


def _accounts(wanted: Iterable[tuple[Account, str]]) -> dict[tuple[Account, str], AccountRow]:
    pairs = sorted(wanted)
    found = _found(pairs)
    missing = [pair for pair in pairs if pair not in found]
    if missing:
        AccountRow.objects.bulk_create(
            [AccountRow(owner=a.owner, kind=a.kind, currency=c) for a, c in missing],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
        found |= _found(missing)
    return found


def _found(pairs: Sequence[tuple[Account, str]]) -> dict[tuple[Account, str], AccountRow]:
    owners = sorted({account.owner for account, _ in pairs})
    rows: list[AccountRow] = []
    for start in range(0, len(owners), 500):
        rows += AccountRow.objects.filter(owner__in=owners[start : start + 500])
    return {(Account(row.owner, row.kind), row.currency): row for row in rows}


@transaction.atomic
def seal(limit: int = SEAL_BATCH) -> int:
    """Add the postings since the last link to the chain; returns how many."""
    last = Seal.objects.order_by("-id").first()
    start = last.last_posting_id if last else 0
    old = clock.now() - SEAL_AGE
    rows = list(PostingRow.objects.filter(pk__gt=start, written_at__lt=old).order_by("pk")[:limit])
    if not rows:
        return 0
    link = chain(last.hash if last else "", [(row.key, row.digest) for row in rows])
    Seal.objects.create(last_posting=rows[-1], count=len(rows), hash=link, at=clock.now())
    return len(rows)
