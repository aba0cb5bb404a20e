"""After the faults: providers are up, time goes on, the worker runs, and everything must come to rest."""

from collections.abc import Sequence
from typing import Any

from grapevine.goods.models import Sku, Stock, StockHold, StockMovement
from grapevine.ledger import facade as ledger
from grapevine.ledger.models import PostingRow
from grapevine.signals.models import OutboxEvent
from grapevine.trade.models import Attempt, Order, Payment, Refund
from tests.simulation.facts import RECEIPT, RETURN_WINDOW, WAYS, Different, Operation
from tests.simulation.market import Market
from tests.simulation.till import OPEN

ROUNDS_MAX = 4
FINAL = ("completed", "cancelled", "refunded")


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
    run.step(Operation("worker", 4_000))
    _deliver(run)
    _clear(run)
    _deliver(run)
    for number, order in enumerate(market.orders):
        while order.state == "paid":
            args = {"order": number, "shop": order.shop, "warehouse": None}
            run.step(Operation("ship", 1, args))
    if any(order.state == "shipped" for order in market.orders):
        run.step(Operation("worker", RECEIPT + 1))
    run.step(Operation("worker", RETURN_WINDOW + 1))


def unfinished(market: Market) -> bool:
    """Whether the model itself has something to do yet."""
    return (
        any(order.state not in FINAL for order in market.orders)
        or any(refund.state != "done" for refund in market.refunds)
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
    wrong = []
    for sku in Sku.objects.order_by("id").values_list("pk", flat=True):
        rows = Stock.objects.filter(sku=sku).values_list("free", "held", "sold")
        moves = StockMovement.objects.filter(sku=sku).values_list("free", "held", "sold")
        have = [sum(column) for column in zip(*rows, strict=True)]
        moved = [sum(column) for column in zip(*moves, strict=True)] or [0, 0, 0]
        kept = StockHold.objects.filter(sku=sku, state="sold").values_list("count", flat=True)
        if have != moved:
            wrong.append(f"SKU {sku} has {have}, its movements say {moved}")
        if have[2] != sum(kept):
            wrong.append(f"SKU {sku} sold {have[2]}, kept for orders {sum(kept)}")
    return wrong
