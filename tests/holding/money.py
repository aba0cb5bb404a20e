"""Money: the books, payments, settlement and withdrawals add up, and nothing lies between two accounts."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import Count, Q, Sum

from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import NEVER_NEGATIVE
from grapevine.ledger.models import AccountRow, Hold, PostingRow, Transfer
from grapevine.trade.models import (
    Order,
    Payment,
    PoolSale,
    ProviderEvent,
    Refund,
    SandboxCharge,
    SandboxPayout,
    SandboxRefund,
    SettlementBatch,
    SettlementLine,
    Withdrawal,
)


def books() -> Iterator[str]:
    """Trial balance zero per currency, cached balances = Σ transfers, digests and chain whole, no debts."""
    yield from ledger.verify()["differences"]
    totals = AccountRow.objects.values_list("currency").annotate(total=Sum("balance_minor"))
    for currency, total in totals:
        if total:
            yield f"the accounts in {currency} add up to {total}"
    for row in AccountRow.objects.filter(kind__in=NEVER_NEGATIVE, balance_minor__lt=0):
        yield f"{row} is {row.balance_minor}"
    aside: dict[tuple[str, str], int] = defaultdict(int)
    for owner, currency, total in (
        Hold.objects.filter(state="held")
        .values_list("account__owner", "account__currency")
        .annotate(total=Sum("amount_minor"))
    ):
        aside[owner, currency] = total
    for owner, currency, total in (
        AccountRow.objects.filter(kind="hold")
        .values_list("owner", "currency")
        .annotate(total=Sum("balance_minor"))
    ):
        if total != aside.pop((owner, currency), 0):
            yield f"{owner}: {total} lie aside, its open holds say otherwise"
    for owner, total in aside.items():
        yield f"{owner}: holds of {total}, nothing lies aside"


def _postings(kind: str) -> Counter[str]:
    """Reference → number of postings of a kind."""
    rows = PostingRow.objects.filter(kind=kind).values_list("reference").annotate(Count("id"))
    return Counter(dict(rows))


def payments() -> Iterator[str]:
    """A provider's event has one effect; paid means captured once and in full; what came too late went back."""
    captured, late = _postings("capture"), _postings("late")
    events = Counter(
        dict(ProviderEvent.objects.values_list("payment__number").annotate(Count("id")))
    )
    totals = dict(Order.objects.values_list("payment").annotate(Sum("total_minor")))
    back = dict(
        Refund.objects.filter(order=None)
        .values_list("payment__number")
        .annotate(total=Sum("amount_minor"))
    )
    subsidised = set(
        Order.objects.filter(subsidy_minor__gt=0).values_list("payment__number", flat=True)
    )
    for one in Payment.objects.all():
        name, moves = one.number, bool(one.total_minor or one.number in subsidised)
        if totals.get(one.pk, 0) != one.total_minor:
            yield f"payment {name}: {one.total_minor}, its orders {totals.get(one.pk, 0)}"
        if captured[name] != (one.state == "paid" and moves):
            yield f"payment {name} is {one.state} and captured {captured[name]} times"
        if one.method not in ("none", "imported") and one.total_minor:
            effects = captured[name] + late[name]
            if events[name] != effects:
                yield f"payment {name}: {events[name]} provider events, {effects} effects"
        if one.state == "returned" and not late[name]:
            yield f"payment {name} is returned and nothing came"
        if one.state in ("pending", "closed") and events[name]:
            yield f"payment {name} is {one.state} and a provider's event had an effect"
        if back.get(name, 0) != late[name] * one.total_minor:
            yield f"payment {name}: {late[name]} times too late, {back.get(name, 0)} go back"


def settlement() -> Iterator[str]:
    """What waits for a batch is what lies in `payable`; a batch is its lines, and was posted so."""
    waiting: dict[tuple[str, str], int] = {
        (owner, currency): total
        for owner, currency, total in SettlementLine.objects.filter(batch=None)
        .values_list("party__owner", "party__currency")
        .annotate(Sum("net_minor"))
    }
    parties = Q(owner__startswith="shop:") | Q(owner__startswith="person:")
    rows = AccountRow.objects.filter(parties, kind="payable")
    lies = {(row.owner, row.currency): row.balance_minor for row in rows}
    for key in sorted(waiting.keys() | lies.keys()):
        if waiting.get(key, 0) != lies.get(key, 0):
            yield f"{key}: {lies.get(key, 0)} is payable, its lines say {waiting.get(key, 0)}"
    sums: dict[int, tuple[int, int]] = {
        batch: (total, count)
        for batch, total, count in SettlementLine.objects.exclude(batch=None)
        .values_list("batch")
        .annotate(Sum("net_minor"), Count("id"))
    }
    posted: dict[str, int] = dict(
        Transfer.objects.filter(posting__kind="settlement")
        .values_list("posting__reference")
        .annotate(Sum("amount_minor"))
    )
    for batch in SettlementBatch.objects.all():
        if sums.get(batch.pk) != (batch.total_minor, batch.lines):
            yield f"batch {batch}: {batch.total_minor} in {batch.lines}, its lines {sums.get(batch.pk)}"
        if posted.get(batch.number, 0) != batch.total_minor:
            yield f"batch {batch}: {batch.total_minor}, posted {posted.get(batch.number, 0)}"


def pool_sales() -> Iterator[str]:
    """Of what a shop earned by selling for another went back what its pieces carried; the line was its supplier's."""
    for row in PoolSale.objects.select_related("line", "order"):
        gone = row.amount_minor * row.line.refunded_count // row.line.count
        if row.reversed_minor != gone:
            yield f"pool sale {row}: {row.reversed_minor} went back, its pieces say {gone}"
        if row.shop_id == row.order.shop_id or row.line.order_id != row.order_id:
            yield f"pool sale {row} is not of another shop's order"
        if row.amount_minor * 2 > row.base_minor:
            yield f"pool sale {row}: {row.amount_minor} is more than half of {row.base_minor}"


def withdrawals() -> Iterator[str]:
    """What is on its way is what lies aside; what is done left once; what is not came back once."""
    open_: dict[tuple[str, str], int] = {
        (owner, currency): total
        for owner, currency, total in Withdrawal.objects.filter(
            state__in=["review", "ready", "sent"]
        )
        .values_list("owner", "currency")
        .annotate(Sum("amount_minor"))
    }
    for row in AccountRow.objects.filter(kind="withdrawing"):
        if row.balance_minor != open_.pop((row.owner, row.currency), 0):
            yield f"{row.owner}: {row.balance_minor} is on its way, its withdrawals say otherwise"
    for owner, total in open_.items():
        yield f"{owner}: withdrawals of {total}, nothing is on its way"
    out, back = _postings("payout"), _postings("withdrawal_back")
    paid = Counter(SandboxPayout.objects.filter(state="done").values_list("payout_id", flat=True))
    for one in Withdrawal.objects.all():
        over = one.state in ("refused", "cancelled", "failed")
        if (out[one.number], back[one.number]) != (one.state == "done", over):
            yield f"withdrawal {one} is {one.state}: {out[one.number]} out, {back[one.number]} back"
        if paid[one.number] != (one.state == "done") and one.state != "sent":
            yield f"withdrawal {one} is {one.state}, the bank paid it {paid[one.number]} times"


def clearing() -> Iterator[str]:
    """Nothing lies between two accounts for good."""
    for account, minor in ledger.clearing_accounts():
        if minor:
            yield f"{account.kind} is {minor}"
    yield from (f"unclear: {one.reference} {one.amount_minor}" for one in ledger.clearing_ageing())


def providers() -> Iterator[str]:
    """What the sandbox took and sent back, by its own books, is what our books say."""
    taken = SandboxCharge.objects.filter(state="paid").aggregate(n=Sum("amount_minor"))["n"] or 0
    back = SandboxRefund.objects.aggregate(n=Sum("amount_minor"))["n"] or 0
    rows = AccountRow.objects.filter(owner="platform", kind="cash:sandbox")
    ours = -(rows.aggregate(n=Sum("balance_minor"))["n"] or 0)
    if ours != taken - back:
        yield f"the sandbox has {taken} − {back}, our books say {ours}"
    done = Counter(
        Refund.objects.filter(state="done")
        .exclude(payment__method="imported")
        .values_list("pk", flat=True)
    )
    posted = Counter(
        int(key.partition(":")[2])
        for key in PostingRow.objects.filter(kind="refunded").values_list("key", flat=True)
    )
    for pk in sorted(done.keys() | posted.keys()):
        if done[pk] != posted[pk]:
            yield f"refund {pk}: done {done[pk]}, posted {posted[pk]}"
