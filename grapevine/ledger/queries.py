"""Balances, statements, and the proof that the books are whole."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, Sum

from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.ledger.contracts import (
    Account,
    HoldView,
    Leg,
    Movement,
    Posting,
    StatementLine,
    Unclear,
)
from grapevine.ledger.models import AccountRow, Hold, PostingRow, Seal, Transfer
from grapevine.ledger.rules import chain, digest_of

VERIFY_BATCH = 2000
UNCLEAR_MAX = 1000


def balance(account: Account, currency: str = "CNY") -> int:
    """Credits − debits, in minor units; 0 for an account that was never used."""
    rows = AccountRow.objects.filter(owner=account.owner, kind=account.kind, currency=currency)
    return sum(rows.values_list("balance_minor", flat=True))


def balances(owner: str, currency: str = "CNY") -> dict[str, int]:
    rows = AccountRow.objects.filter(owner=owner, currency=currency)
    return dict(rows.values_list("kind").annotate(total=Sum("balance_minor")).order_by("kind"))


def hold(key: str) -> HoldView | None:
    """What became of money that was set aside under this key; None if none was."""
    row = Hold.objects.select_related("account").filter(key=key).first()
    if row is None:
        return None
    return HoldView(
        row.key, _account(row.account), row.amount_minor, row.account.currency, row.state,
        row.reference, row.until,
    )  # fmt: skip


def statement(
    account: Account, cursor: str | None = None, limit: int | None = None, currency: str = "CNY"
) -> Page[StatementLine]:
    """The account's movements, newest first; positive came in."""
    size = clamp(limit)
    rows = AccountRow.objects.filter(owner=account.owner, kind=account.kind, currency=currency)
    own = set(rows.values_list("pk", flat=True))
    if not own:
        return Page([])
    moves = Transfer.objects.filter(Q(debit__in=own) | Q(credit__in=own)).order_by("-id")
    if cursor:
        moves = moves.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(moves.select_related("posting", "debit", "credit")[: size + 1])
    lines = [
        StatementLine(
            id=move.pk,
            at=move.posting.at,
            kind=move.posting.kind,
            reference=move.posting.reference,
            amount_minor=move.amount_minor if move.credit_id in own else -move.amount_minor,
            other=_account(move.debit if move.credit_id in own else move.credit),
        )
        for move in found[:size]
    ]
    return Page(lines, encode_cursor(found[size - 1].pk) if len(found) > size else None)


def movements(account: Account, *, since: datetime, until: datetime) -> list[Movement]:
    """What moved in an account in [since, until), in all currencies, summed by posting. Two queries."""
    own = dict(
        AccountRow.objects.filter(owner=account.owner, kind=account.kind).values_list(
            "pk", "currency"
        )
    )
    found: dict[str, Movement] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        moves = Transfer.objects.filter(
            **{f"{side}__in": list(own)}, posting__at__gte=since, posting__at__lt=until
        ).order_by("pk")
        for key, reference, pk, amount, at in moves.values_list(
            "posting__key", "posting__reference", side, "amount_minor", "posting__at"
        ):
            before = found[key].amount_minor if key in found else 0
            found[key] = Movement(key, reference, before + sign * amount, own[pk], at)
    return list(found.values())


def _account(row: AccountRow) -> Account:
    return Account(row.owner, row.kind)


def trial_balance() -> dict[str, Any]:
    """Totals by kind of account and currency; the sum per currency must be zero."""
    rows = (
        AccountRow.objects.values_list("currency", "kind")
        .annotate(total=Sum("balance_minor"), accounts=Count("id"))
        .order_by("currency", "kind")
    )
    return {f"{currency} {kind}": total for currency, kind, total, _ in rows}


def clearing_accounts() -> list[tuple[Account, int]]:
    """Every clearing account with its balance; zero unless a flow is in between."""
    rows = AccountRow.objects.filter(kind__startswith="clearing:").order_by("owner", "kind")
    return [(_account(row), row.balance_minor) for row in rows]


def clearing_ageing(limit: int = UNCLEAR_MAX) -> list[Unclear]:
    """What lies in clearing accounts, by reference, oldest first. Empty when all flows are final.

    Two queries an account that is not empty; an account at zero is not looked into, so two flows
    that err by the same amount in opposite directions are seen when either is put right.
    """
    found: list[Unclear] = []
    for row in AccountRow.objects.filter(kind__startswith="clearing:").exclude(balance_minor=0):
        sums: dict[str, int] = {}
        since: dict[str, datetime] = {}
        for side, sign in (("credit", 1), ("debit", -1)):
            moves = Transfer.objects.filter(**{side: row}).values_list("posting__reference")
            for reference, total, first in moves.annotate(Sum("amount_minor"), Min("posting__at")):
                sums[reference] = sums.get(reference, 0) + sign * total
                since[reference] = min(first, since.get(reference, first))
        found += [
            Unclear(_account(row), row.currency, reference, total, since[reference])
            for reference, total in sums.items()
            if total
        ]
    return sorted(found, key=lambda one: (one.since, one.reference))[:limit]


def clearing() -> dict[str, int]:
    """The same, for the command line."""
    return {f"{account.owner} {account.kind}": minor for account, minor in clearing_accounts()}


def verify() -> dict[str, Any]:
    """Recompute everything: sums, cached balances, digests, and the chain. Reads the whole ledger."""
    wrong = _wrong_balances() + _wrong_digests() + _broken_links()
    total = AccountRow.objects.aggregate(total=Sum("balance_minor"))["total"] or 0
    if total:
        wrong.append(f"the sum of all accounts is {total}")
    return {
        "ok": not wrong,
        "postings": PostingRow.objects.count(),
        "transfers": Transfer.objects.count(),
        "accounts": AccountRow.objects.count(),
        "sealed": Seal.objects.aggregate(n=Sum("count"))["n"] or 0,
        "differences": wrong[:100],
    }


def _wrong_balances() -> list[str]:
    credits_ = dict(Transfer.objects.values_list("credit").annotate(total=Sum("amount_minor")))
    debits = dict(Transfer.objects.values_list("debit").annotate(total=Sum("amount_minor")))
    return [
        f"{row}: balance {row.balance_minor}, transfers {true}"
        for row in AccountRow.objects.order_by("pk").iterator()
        if (true := credits_.get(row.pk, 0) - debits.get(row.pk, 0)) != row.balance_minor
    ]


def _wrong_digests() -> list[str]:
    wrong, after = [], 0
    while batch := list(PostingRow.objects.filter(pk__gt=after).order_by("pk")[:VERIFY_BATCH]):
        legs: dict[int, list[Leg]] = {}
        span = Transfer.objects.filter(posting_id__gt=after, posting_id__lte=batch[-1].pk)
        moves = list(
            span.order_by("pk").values_list("posting_id", "debit", "credit", "amount_minor")
        )
        known = AccountRow.objects.in_bulk({pk for _, *pair, _ in moves for pk in pair})
        for posting_id, debit, credit, amount in moves:
            leg = Leg(_account(known[debit]), _account(known[credit]), amount)
            legs.setdefault(posting_id, []).append(leg)
        for row in batch:
            own = Posting(row.key, row.kind, row.reference, legs.get(row.pk, ()), row.currency)
            if digest_of(own) != row.digest:
                wrong.append(f"{row.key}: content differs from its digest")
        after = batch[-1].pk
    return wrong


def _broken_links() -> list[str]:
    wrong, link, start = [], "", 0
    for seal in Seal.objects.order_by("id").iterator():
        rows = PostingRow.objects.filter(pk__gt=start, pk__lte=seal.last_posting_id).order_by("pk")
        link = chain(link, rows.values_list("key", "digest"))
        if link != seal.hash:
            wrong.append(f"seal {seal.pk}: the chain is broken")
            link = seal.hash
        start = seal.last_posting_id
    return wrong
