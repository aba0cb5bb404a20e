"""The process that dies, and the one that comes after it.

python -m tests.crashes.child prepare | walk NAME… | recover [NAME…]

A name is the place where a walk died, and the walk: `trade.pay.noted=purchase`. `recover` walks those names again
as a client does that never got its answer, runs the periodic jobs until nothing moves, and prints what is true then.
"""

import json
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.crashes.site import SCENE
from tests.crashes.walks import DAY, WALKS, job, later


def prepare() -> dict[str, Any]:
    """A shop with two goods and a group offer for two; the tokens of those who come."""
    from django.core.management import call_command

    from grapevine.campaigns import facade as campaigns
    from grapevine.goods import facade as goods
    from grapevine.goods.contracts import NewSku
    from grapevine.people import facade as people

    call_command("migrate", verbosity=0)
    ids = {
        name: people.sign_up(
            identifier=f"{name}@example.com", password="vine-and-grape-7", name=name
        )
        for name in ("alice", "bob", "carol", "dan")
    }
    shop = goods.open_shop(
        owner_id=ids["bob"], slug="halfday", name="半日", colour="#8d3b1f", bio=""
    )
    cards = [
        goods.list_goods(
            shop_id=shop.id, title=title, category="家居", body="",
            skus=[NewSku(option="默认", price_minor=price, stock=SCENE["stock"])],
        )
        for title, price in (("粗陶杯", 7900), ("小花瓶", 5800))
    ]  # fmt: skip
    plan = campaigns.create_plan(
        shop_id=shop.id, goods_public_id=cards[0].public_id, size=2, price_minor=5990, hours=24
    )
    return {
        "shop": shop.slug, "plan": plan.public_id,
        "skus": [goods.goods_detail(card.public_id).skus[0].code for card in cards],
        "tokens": {name: people.issue_token(pk, "crash") for name, pk in ids.items()},
    }  # fmt: skip


def walk(names: list[str]) -> None:
    for name in names:
        later(0)
        WALKS[name.rpartition("=")[2]](name)


def come_to_rest() -> None:
    """Every periodic job of the money and stock paths, and the outbox, at moments further and further on."""
    from grapevine.signals import actions, facade

    modules = {"trade", "goods", "campaigns", "ledger", "spread"}
    jobs = [path for name, (_, path) in actions._periodic.items() if name.split(".")[0] in modules]
    for moment in (30, 60, 20 * 60, 21 * 60, 22 * 60, DAY + 7200, DAY + 7260, DAY + 7320):
        later(moment)
        for path in sorted(jobs):
            job(path.removeprefix("grapevine."))
        facade.drain()


def facts() -> dict[str, Any]:
    """What is true in the house now, as plain data."""
    from django.conf import settings
    from django.db.models import Sum

    from grapevine.campaigns.models import Group, Seat
    from grapevine.goods.models import Stock, StockHold
    from grapevine.ledger import facade as ledger
    from grapevine.ledger.contracts import Account
    from grapevine.signals.actions import _subscriptions
    from grapevine.signals.models import Handled, OutboxEvent
    from grapevine.trade.models import Attempt, Line, Order, Payment, Refund
    from tests import invariants

    events = list(OutboxEvent.objects.order_by("id"))
    logged = _logged(settings.SPOOL_DIR, settings.LAKE_DIR)
    handled = Counter(Handled.objects.values_list("event_id", flat=True))
    return {
        "payments": {
            p.number: {"state": p.state, "total": p.total_minor, "key": p.key}
            for p in Payment.objects.all()
        },
        "orders": {
            o.number: {
                "state": o.state, "payment": o.payment.number, "total": o.total_minor,
                "pieces": Line.objects.filter(order=o).aggregate(n=Sum("count"))["n"],
            }
            for o in Order.objects.select_related("payment")
        },
        "attempts": {a.number: a.state for a in Attempt.objects.all()},
        "refunds": [
            [r.payment.number, r.amount_minor, r.state]
            for r in Refund.objects.select_related("payment")
        ],
        "groups": list(Group.objects.values_list("state", "paid", "held")),
        "seats": sorted(Seat.objects.values_list("state", flat=True)),
        "stock": list(
            Stock.objects.order_by("id").values_list("free", "held", "sold")
        ),
        "held": StockHold.objects.filter(state="held").count(),
        "books": ledger.verify(),
        "trial_balance": sum(ledger.trial_balance().values()),
        "unclear": [one.reference for one in ledger.clearing_ageing()],
        "broken": invariants.broken(),
        "cash": ledger.balance(Account("platform", "cash:stripe")),
        "waiting": [str(e) for e in events if e.done_at is None],
        "paid_events": Counter(
            e.payload["order_number"] for e in events if e.name == "trade.order_paid"
        ),
        "unhandled": [
            str(e) for e in events if handled[e.pk] != len(_subscriptions.get(e.name, ()))
        ],
        "unlogged": [str(e) for e in events if f"outbox-{e.pk}" not in logged],
    }  # fmt: skip


def _logged(spool: Path, lake: Path) -> set[str]:
    """Ids of the behaviour log, wherever its rows are; the last line of a killed writer may be torn."""
    import pyarrow.parquet as pq

    found: set[str] = set()
    for path in spool.iterdir():
        for line in path.read_text().splitlines():
            with suppress(ValueError):
                found.add(json.loads(line)["id"])
    for path in lake.rglob("*.parquet"):
        found |= set(pq.read_table(path, columns=["id"], partitioning=None)["id"].to_pylist())
    return found


def main(what: str, names: list[str]) -> None:
    if what == "prepare":
        print(json.dumps(prepare()))
    elif what == "walk":
        walk(names)
    else:
        walk(names)
        come_to_rest()
        print(json.dumps(facts()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
