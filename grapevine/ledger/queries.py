"""Balances, statements, and the proof that the books are whole."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.ledger.contracts import (
    Account,
    HoldView,
    Leg,
    Movement,
    OwnerLine,
    Posting,
    PostingView,
    StatementLine,
    Unclear,
)
from grapevine.ledger.models import AccountRow, Hold, PostingRow, Seal, Transfer
from grapevine.ledger.rules import chain, digest_of

VERIFY_BATCH = 2000
UNCLEAR_MAX = 1000
FOUND_MAX = 100
LINES_BATCH = 500


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


def posting(key: str) -> PostingView | None:
    """What was posted under a key. Two queries."""
    row = PostingRow.objects.filter(key=key).first()
    if row is None:
        return None
    moves = Transfer.objects.filter(posting=row).select_related("debit", "credit").order_by("pk")
    legs = [Leg(_account(one.debit), _account(one.credit), one.amount_minor) for one in moves]
    return PostingView(row.key, row.kind, row.reference, row.currency, row.at, legs)


def find_accounts(
    owner: str, after: int = 0, limit: int = FOUND_MAX
) -> list[tuple[int, Account, str, int]]:
    """Accounts whose owner begins so: (id, account, currency, balance), stripes one by one."""
    rows = AccountRow.objects.filter(owner__startswith=owner, pk__gt=after).order_by("pk")
    return [(row.pk, _account(row), row.currency, row.balance_minor) for row in rows[:limit]]


def currencies_of(owner: str) -> list[str]:
    """Every currency this owner has an account in."""
    rows = AccountRow.objects.filter(owner=owner).values_list("currency", flat=True)
    return sorted(set(rows))


def flows(
    owner: str, kinds: str, *, since: datetime, until: datetime
) -> dict[tuple[str, str], int]:
    """(currency, kind) → what `owner` gave in [since, until) to the platform's accounts whose kind begins so.

    What came back counts against it. Two queries.
    """
    found: dict[tuple[str, str], int] = {}
    for mine, other, sign in (("debit", "credit", 1), ("credit", "debit", -1)):
        rows = Transfer.objects.filter(
            **{f"{mine}__owner": owner, f"{other}__owner": "platform", f"{other}__kind__startswith": kinds},
            posting__at__gte=since, posting__at__lt=until,
        )  # fmt: skip
        sums = rows.values_list("posting__currency", f"{other}__kind").annotate(Sum("amount_minor"))
        for currency, kind, total in sums:
            found[currency, kind] = found.get((currency, kind), 0) + sign * total
    return found


def payers(owner: str, kinds: str, *, since: datetime, until: datetime) -> list[str]:
    """Owners beginning so who gave something in [since, until) to the platform's accounts whose kind begins so."""
    rows = Transfer.objects.filter(
        debit__owner__startswith=owner, credit__owner="platform", credit__kind__startswith=kinds,
        posting__at__gte=since, posting__at__lt=until,
    )  # fmt: skip
    return sorted(set(rows.order_by().values_list("debit__owner", flat=True).distinct()))


def owner_statement(
    owner: str, kinds: Sequence[str], *, currency: str = "CNY", since: datetime | None = None,
    until: datetime | None = None, cursor: str | None = None, limit: int | None = None,
) -> Page[OwnerLine]:  # fmt: skip
    """What moved in or out of these accounts taken together, newest first; moves among them are left out.

    At most seven queries a page, however long the history is before it.
    """
    size = clamp(limit)
    own = _own(owner, kinds, currency)
    rows = _between(_crossing(own), since, until)
    held = _gain(own, _between(_crossing(own), None, until))
    if cursor:
        last = decode_cursor(cursor, [int])[0]
        held -= _gain(own, rows.filter(pk__gte=last))
        rows = rows.filter(pk__lt=last)
    found = list(rows.select_related("posting", "debit", "credit").order_by("-pk")[: size + 1])
    lines = []
    for move in found[:size]:
        line = _owner_line(own, move, held)
        lines.append(line)
        held -= line.amount_minor
    return Page(lines, encode_cursor(found[size - 1].pk) if len(found) > size else None)


def owner_lines(
    owner: str, kinds: Sequence[str], *, currency: str = "CNY", since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[OwnerLine]:  # fmt: skip
    """The same, oldest first and to the end: their ids, then a few hundred lines at a time."""
    own = _own(owner, kinds, currency)
    held = _gain(own, _between(_crossing(own), None, since)) if since else 0
    found = _between(_crossing(own), since, until).order_by("pk").values_list("pk", flat=True)
    ids = array("q", found.iterator(chunk_size=LINES_BATCH))
    rows = Transfer.objects.select_related("posting", "debit", "credit").order_by("pk")
    for start in range(0, len(ids), LINES_BATCH):
        for move in rows.filter(pk__in=list(ids[start : start + LINES_BATCH])):
            line = _owner_line(own, move, 0)
            held += line.amount_minor
            yield replace(line, after_minor=held)


def _own(owner: str, kinds: Sequence[str], currency: str) -> set[int]:
    rows = AccountRow.objects.filter(owner=owner, kind__in=kinds, currency=currency)
    return set(rows.values_list("pk", flat=True))


def _crossing(own: set[int]) -> QuerySet[Transfer]:
    """Transfers with one foot in these accounts and one outside."""
    ids = list(own)
    return Transfer.objects.filter(
        Q(debit__in=ids) & ~Q(credit__in=ids) | Q(credit__in=ids) & ~Q(debit__in=ids)
    )


def _between(
    rows: QuerySet[Transfer], since: datetime | None, until: datetime | None
) -> QuerySet[Transfer]:
    if since:
        rows = rows.filter(posting__at__gte=since)
    return rows.filter(posting__at__lt=until) if until else rows


def _gain(own: set[int], rows: QuerySet[Transfer]) -> int:
    ids = list(own)
    came = rows.filter(credit__in=ids).aggregate(n=Sum("amount_minor"))["n"] or 0
    went = rows.filter(debit__in=ids).aggregate(n=Sum("amount_minor"))["n"] or 0
    return int(came - went)


def _owner_line(own: set[int], move: Transfer, after: int) -> OwnerLine:
    came = move.credit_id in own
    mine, other = (move.credit, move.debit) if came else (move.debit, move.credit)
    return OwnerLine(
        move.pk, move.posting.at, move.posting.key, move.posting.kind, move.posting.reference,
        mine.kind, _account(other), move.amount_minor if came else -move.amount_minor, after,
    )  # fmt: skip
