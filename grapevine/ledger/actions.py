"""Posting money, setting it aside, and sealing what was posted into a chain of hashes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from zlib import crc32

from django.db import IntegrityError, transaction

from grapevine.kit import clock, crashing, sql
from grapevine.ledger import actions_sql as text
from grapevine.ledger.contracts import (
    NEVER_NEGATIVE,
    STRIPES,
    Account,
    InsufficientFunds,
    Leg,
    Posting,
    PostingMismatch,
    striped,
)
from grapevine.ledger.models import Hold, PostingRow, Seal
from grapevine.ledger.rules import chain, digest_of

BATCH = 1000
READ_BATCH = 60
EXPIRE_BATCH = 200
SEAL_BATCH = 5000
SEAL_AGE = timedelta(seconds=30)
"""Younger postings may still have an older neighbour in an open transaction."""
Row = tuple[str, str, str, int]
"""An account's owner, kind, currency and stripe."""


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
    zero; then nothing is posted. Four statements; the database moves the balances, accounts in one
    order for everybody.
    """
    moving = tuple(leg for leg in legs if leg.amount_minor != 0)
    assert moving
    assert all(leg.amount_minor > 0 for leg in moving)
    posting = Posting(key, kind, reference, moving, currency, at)
    owing = any(leg.debit.kind in NEVER_NEGATIVE for leg in moving)
    try:
        with transaction.atomic(savepoint=owing):
            if _write([posting]):
                return True
    except IntegrityError as error:
        if "ledger_owed_not_negative" not in str(error):
            raise
        raise InsufficientFunds(key) from None
    if PostingRow.objects.values_list("digest", flat=True).get(key=key) != digest_of(posting):
        raise PostingMismatch(key)
    return False


@transaction.atomic
def post_many(postings: Sequence[Posting]) -> int:
    """Post new postings in few statements, for imports; a key posted before raises IntegrityError."""
    if _write(postings) != len(postings):
        raise IntegrityError("a key was posted before")
    return len(postings)


def _write(postings: Sequence[Posting]) -> int:
    now = clock.now()
    ids: dict[str, int] = {}
    for start in range(0, len(postings), BATCH):
        made = sql.insert(
            "ledger_postingrow",
            text.POSTING_COLUMNS,
            [
                (p.key, p.kind, p.reference, p.currency, digest_of(p), p.at or now, now)
                for p in postings[start : start + BATCH]
            ],
            ending=text.POSTING_ENDING,
        )
        ids |= {key: pk for pk, key in made}
    fresh = [posting for posting in postings if posting.key in ids]
    moves = [
        (ids[p.key], _row(p, leg.debit), _row(p, leg.credit), leg.amount_minor)
        for p in fresh
        for leg in p.legs
    ]
    accounts = _accounts({row for _, debit, credit, _ in moves for row in (debit, credit)})
    values = [
        (pk, accounts[debit], accounts[credit], amount) for pk, debit, credit, amount in moves
    ]
    for start in range(0, len(values), BATCH):
        sql.insert("ledger_transfer", text.TRANSFER_COLUMNS, values[start : start + BATCH])
    crashing.point("ledger.post.written")
    return len(fresh)


def _row(posting: Posting, account: Account) -> Row:
    stripe = crc32(posting.key.encode()) % STRIPES if striped(account.kind) else 0
    return account.owner, account.kind, posting.currency, stripe


def _accounts(wanted: Iterable[Row]) -> dict[Row, int]:
    """Ids of the accounts; those that are not there yet are opened."""
    known = sorted(wanted)
    found = _found(known)
    missing = [row for row in known if row not in found]
    for start in range(0, len(missing), BATCH):
        rows = [(*row, 0) for row in missing[start : start + BATCH]]
        made = sql.insert(
            "ledger_accountrow", text.ACCOUNT_COLUMNS, rows, ending=text.ACCOUNT_ENDING
        )
        found |= {(owner, kind, currency, n): pk for owner, kind, currency, n, pk in made}
    late = [row for row in missing if row not in found]
    return found | _found(late) if late else found


def _found(rows: Sequence[Row]) -> dict[Row, int]:
    found: dict[Row, int] = {}
    for start in range(0, len(rows), READ_BATCH):
        some = rows[start : start + READ_BATCH]
        query = text.ACCOUNTS.format(" OR ".join([text.ONE_ACCOUNT] * len(some)))
        read = sql.rows(query, [part for row in some for part in row])
        found |= {(owner, kind, currency, n): pk for owner, kind, currency, n, pk in read}
    return found


def place_hold(
    *, key: str, account: Account, amount_minor: int, reference: str, until: datetime,
    currency: str = "CNY",
) -> bool:  # fmt: skip
    """Set money of an account aside until it is posted or voided. False if this key was held before.

    Raises InsufficientFunds; then nothing is set aside.
    """
    assert amount_minor > 0
    with transaction.atomic():
        legs = [Leg(account, _aside(account), amount_minor)]
        if not post(
            key=f"hold:{key}", kind="hold", reference=reference, legs=legs, currency=currency
        ):
            return False
        row: Row = (account.owner, account.kind, currency, 0)
        Hold.objects.create(
            key=key, account_id=_accounts([row])[row], amount_minor=amount_minor,
            reference=reference, until=until,
        )  # fmt: skip
    return True


def post_hold(*, key: str, credit: Account) -> bool:
    """Move what was set aside to `credit`. False if the hold ended before."""
    return _end_hold(key, "posted", credit)


def void_hold(*, key: str) -> bool:
    """Give back what was set aside. False if the hold ended before."""
    return _end_hold(key, "voided", None)


@transaction.atomic
def _end_hold(key: str, state: str, credit: Account | None) -> bool:
    if not Hold.objects.filter(key=key, state="held").update(state=state):
        return False
    hold = Hold.objects.select_related("account").get(key=key)
    owner = Account(hold.account.owner, hold.account.kind)
    post(
        key=f"hold:{key}:{state}", kind=f"hold.{state}", reference=hold.reference,
        legs=[Leg(_aside(owner), credit or owner, hold.amount_minor)], currency=hold.account.currency,
    )  # fmt: skip
    return True


def _aside(account: Account) -> Account:
    return Account(account.owner, "hold")


def expire_holds() -> int:
    """Void holds whose time is over; returns how many."""
    due = Hold.objects.filter(state="held", until__lt=clock.now()).order_by("until")
    keys = list(due.values_list("key", flat=True)[:EXPIRE_BATCH])
    return sum(_end_hold(key, "expired", None) for key in keys)


@transaction.atomic
def seal(limit: int = SEAL_BATCH) -> int:
    """Add the postings since the last link to the chain; returns how many.

    Up to the first that is too young: whatever the clock did, none is left behind.
    """
    last = Seal.objects.order_by("-id").first()
    start = last.last_posting_id if last else 0
    old = clock.now() - SEAL_AGE
    since = PostingRow.objects.filter(pk__gt=start).order_by("pk")[:limit]
    rows = list(takewhile(lambda row: row.written_at < old, since))
    if not rows:
        return 0
    link = chain(last.hash if last else "", [(row.key, row.digest) for row in rows])
    Seal.objects.create(last_posting=rows[-1], count=len(rows), hash=link, at=clock.now())
    crashing.point("ledger.seal.before_commit")
    return len(rows)
