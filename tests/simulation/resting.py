"""After the faults: providers are up, time goes on, the worker runs, and everything must come to rest."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum

from grapevine.campaigns.models import Group
from grapevine.goods.models import Stock, StockHold, StockMovement
from grapevine.ledger import facade as ledger
from grapevine.ledger.models import AccountRow, Hold, PostingRow
from grapevine.signals.models import OutboxEvent
from grapevine.spread.models import Commission
from grapevine.trade.models import Attempt, Case, Order, Payment, Refund, Withdrawal
from tests.holding.money import settlement, withdrawals
from tests.simulation.facts import RECEIPT, RETURN_WINDOW, WAYS, Different, Operation
from tests.simulation.market import CASE_OPEN, Market
from tests.simulation.till import OPEN

ROUNDS_MAX = 4
FINAL = ("completed", "cancelled", "refunded")
PAYING = ("review", "ready", "sent")


def rest(run: Any) -> None:
    """Faults stop; providers repeat what they told; shops send; buyers wait. Then nothing may be left open."""
    market = run.model.market
    for method in WAYS:
        run.step(Operation("mode", 1, {"method": method, "mode": "up", "returns": "done"}))
    run.step(Operation("hiccup", 1, {"times": 0}))
    for late in (4_000, 61):
        run.step(Operation("worker", late))
    old = run.model.abandoned()
    _asked(run, old)
    for method in WAYS:
        run.step(Operation("repeat", 1, {"method": method}))
    for _ in range(ROUNDS_MAX):
        _once(run)
        if not unfinished(market):
            break
    run.compare()
    abandoned = [one for one in old if one.state in OPEN]
    wrong = [*_open(len(abandoned)), *_books(run, abandoned), *_shelves()]
    if wrong:
        raise Different("it does not come to rest\n" + "\n".join(f"  {one}" for one in wrong))


def _asked(run: Any, old: Sequence[Any]) -> None:
    """Nobody has repeated a message yet: what is paid has been found by asking."""
    for one in run.model.market.attempts:
        charge = run.model.market.remotes[one.method].charges.get(one.key)
        if one.state in OPEN and one not in old and charge is not None and charge.state == "paid":
            raise Different(f"nobody asked about attempt {one.key}")


def _once(run: Any) -> None:
    market = run.model.market
    _deliver(run)
    _clear(run)
    _deliver(run)
    for number, order in enumerate(market.orders):
        while order.state == "paid":
            args = {"order": number, "shop": order.shop, "warehouse": None}
            run.step(Operation("ship", 1, args))
    _decide(run)
    if any(order.state == "shipped" for order in market.orders):
        run.step(Operation("worker", RECEIPT + 1))
    if unfinished(market):
        run.step(Operation("worker", RETURN_WINDOW + 1))
    run.step(Operation("job", 1, {"name": "batches"}))


def _decide(run: Any) -> None:
    """Shops answer, buyers take back what nobody decides, operators let withdrawals go."""
    for number, case in enumerate(run.model.market.cases):
        if case.state in ("requested", "sent"):
            run.step(Operation("case", 1, {"case": number, "act": "reject", "shop": case.shop}))
        if case.state in ("rejected", "platform", "returning"):
            run.step(Operation("case", 1, {"case": number, "act": "cancel", "buyer": case.buyer}))
        if case.state == "received":
            run.step(Operation("case", 1, {"case": number, "act": "replace", "shop": case.shop}))
        if case.state == "replaced":
            run.step(Operation("case", 1, {"case": number, "act": "confirm", "buyer": case.buyer}))
    for number, row in enumerate(run.model.market.parties.withdrawals):
        if row.state == "review":
            run.step(Operation("payout", 1, {"withdrawal": number, "act": "approve"}))


def unfinished(market: Market) -> bool:
    """Whether the model itself has something to do yet."""
    return (
        any(order.state not in FINAL for order in market.orders)
        or any(refund.state != "done" for refund in market.refunds)
        or any(group.state == "open" for group in market.groups)
        or any(case.state in CASE_OPEN for case in market.cases)
        or any(one.state in PAYING for one in market.parties.withdrawals)
        or any(not news.done for news in market.news)
    )


def _deliver(run: Any) -> None:
    for method, remote in run.model.market.remotes.items():
        while remote.messages:
            run.step(Operation("deliver", 1, {"method": method, "message": 0, "again": False}))


def _clear(run: Any) -> None:
    """What hangs at a provider, or was turned down there, its clerks put right."""
    for method, remote in run.model.market.remotes.items():
        for one in list(remote.returnings.values()):
            if one.state != "done":
                number = int(one.name.removeprefix("R"))
                run.step(
                    Operation("clerk", 1, {"method": method, "refund": number, "state": "done"})
                )


def _open(abandoned: int) -> list[str]:
    """What is not final."""
    counts = {
        "orders not final": Order.objects.exclude(state__in=FINAL).count(),
        "payments pending": Payment.objects.filter(state="pending").count(),
        "attempts open": Attempt.objects.filter(state__in=["starting", "open"]).count() - abandoned,
        "refunds not done": Refund.objects.exclude(state="done").count(),
        "events waiting": OutboxEvent.objects.filter(done_at=None).count(),
        "groups open": Group.objects.filter(state="open").count(),
        "cases open": Case.objects.filter(state__in=CASE_OPEN).count(),
        "withdrawals open": Withdrawal.objects.filter(state__in=PAYING).count(),
        "points set aside": Hold.objects.filter(state="held").count(),
        "commissions held": Commission.objects.filter(state="held").count(),
        "pieces held": StockHold.objects.filter(state="held").count(),
    }
    return [f"{what}: {count}" for what, count in counts.items() if count]


def _books(run: Any, abandoned: Sequence[Any]) -> list[str]:
    told = ledger.verify()
    wrong = list(told["differences"])
    wrong += [f"{account} holds {minor}" for account, minor in ledger.clearing_accounts() if minor]
    wrong += [f"{one.reference} is not clear" for one in ledger.clearing_ageing()]
    if sum(ledger.trial_balance().values()):
        wrong.append("the trial balance is not zero")
    wrong += [
        f"{row} holds {row.balance_minor}"
        for row in AccountRow.objects.filter(kind__in=["escrow", "withdrawing"]).exclude(
            balance_minor=0
        )
    ]
    wrong += [*settlement(), *withdrawals()]
    for method, remote in run.world.edges.remotes.items():
        cash = -ledger.balance(ledger.Account("platform", f"cash:{method}"))
        keys = [run.world.names.attempt(one.payment, one.place) for one in abandoned]
        unheard = remote.taken(keys)
        if remote.cash() != cash + unheard:
            wrong.append(
                f"{method} holds {remote.cash()}, the ledger says {cash}, unheard {unheard}"
            )
    kinds = PostingRow.objects.values_list("kind", flat=True)
    if not told["ok"] and not wrong:
        wrong.append(f"the ledger does not verify ({len(kinds)} postings)")
    return wrong


def _shelves() -> list[str]:
    """Movements sum to the counters; what is sold is kept for somebody."""
    have, moved = _sums(Stock), _sums(StockMovement)
    kept = StockHold.objects.filter(state="sold").values_list("sku").annotate(Sum("count"))
    sold = {sku: counts[2] for sku, counts in have.items() if counts[2]}
    wrong = [
        f"SKU {sku} has {have.get(sku)}, its movements say {moved.get(sku)}"
        for sku in have | moved
        if have.get(sku, (0, 0, 0)) != moved.get(sku, (0, 0, 0))
    ]
    return wrong if sold == dict(kept) else [*wrong, f"sold {sold}, kept for orders {dict(kept)}"]


def _sums(table: type[Stock] | type[StockMovement]) -> dict[int, tuple[int, int, int]]:
    rows = table.objects.values_list("sku").annotate(Sum("free"), Sum("held"), Sum("sold"))
    return {sku: tuple(counts) for sku, *counts in rows.order_by("sku")}
