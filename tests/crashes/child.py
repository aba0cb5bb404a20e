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
from tests.crashes.walks import DAY, WALKS, furthest, job, later

ACCOUNTS = {"good": "6222000011112222", "gone": "6222000011110000", "slow": "6222000011110001"}
"""By what the bank for trying out makes of them."""


def prepare() -> dict[str, Any]:
    """A shop with two goods, a group offer for two and accounts at a bank; the tokens of those who come."""
    from grapevine.campaigns import facade as campaigns
    from grapevine.goods import facade as goods
    from grapevine.goods.contracts import NewSku
    from grapevine.people import facade as people

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
    codes = _second_factor(ids["bob"])
    return {
        "shop": shop.slug, "shop_id": shop.id, "bob": ids["bob"],
        "accounts": {
            name: _bank_account(shop.id, ids["bob"], number, codes.pop(), day)
            for day, (name, number) in enumerate(ACCOUNTS.items(), start=2)
        },
        "codes": codes, "plan": plan.public_id,
        "skus": [goods.goods_detail(card.public_id).skus[0].code for card in cards],
        "tokens": {name: people.issue_token(pk, "crash") for name, pk in ids.items()},
    }  # fmt: skip


def _second_factor(person_id: int) -> list[str]:
    """Turned on as by a phone; the recovery codes."""
    from grapevine.kit import clock
    from grapevine.people import facade as people, totp

    begun = people.begin_second_factor(person_id)
    shown = totp.code_at(totp.read(begun.secret), totp.step_of(clock.now().timestamp()))
    return people.confirm_second_factor(person_id, shown)


def _bank_account(shop_id: int, person_id: int, number: str, code: str, days: int) -> int:
    """Added so many days ago: it can be used."""
    from grapevine.trade.actions import banking

    later(-days * DAY)
    made = banking.add_bank_account(
        owner=f"shop:{shop_id}", holder="半日手作", bank="招商银行", number=number,
        actor_id=person_id, code=code,
    )  # fmt: skip
    later(0)
    return made


def walk(names: list[str]) -> None:
    for name in names:
        later(0)
        WALKS[name.rpartition("=")[2]](name)


def come_to_rest() -> None:
    """Every periodic job of the money and stock paths, and the outbox, at moments further and further on."""
    from grapevine.signals import actions, facade

    modules = {"trade", "goods", "campaigns", "ledger", "spread"}
    jobs = [path for name, (_, path) in actions._periodic.items() if name.split(".")[0] in modules]
    start = furthest()
    for moment in (30, 60, 20 * 60, 21 * 60, 22 * 60, DAY + 7200, DAY + 7260, DAY + 7320):
        later(start + moment)
        for path in sorted(jobs):
            job(path.removeprefix("grapevine."))
        facade.drain()


def facts() -> dict[str, Any]:
    """What is true in the house now, as plain data."""
    from django.conf import settings
    from django.db.models import F, Sum

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
                "back": o.refunded_minor,
                "pieces": Line.objects.filter(order=o).aggregate(
                    n=Sum(F("count") - F("refunded_count"))
                )["n"],
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
            Stock.objects.filter(sku__code__in=SCENE["skus"]).order_by("id")
            .values_list("free", "held", "sold")
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
        **_of_the_shop(),
    }  # fmt: skip


def _of_the_shop() -> dict[str, Any]:
    """Cases, settlement, parcels and files of goods."""
    from grapevine.goods.models import Goods, ImportedGoods, ImportRun, Stock
    from grapevine.ledger import facade as ledger
    from grapevine.trade.models import (
        Case,
        CaseStep,
        SandboxPayout,
        Scan,
        SettlementBatch,
        SettlementLine,
        Shipment,
        Withdrawal,
    )

    return {
        "cases": {
            case.number: {
                "outcome": case.outcome, "amount": case.amount_minor,
                "steps": list(
                    CaseStep.objects.filter(case=case).order_by("id").values_list("state", flat=True)
                ),
            }
            for case in Case.objects.all()
        },
        "batches": [
            [b.party.owner, b.total_minor, b.debt_minor]
            for b in SettlementBatch.objects.select_related("party").order_by("id")
        ],
        "earned": sorted(
            SettlementLine.objects.values_list("gross_minor", "batch__sequence")
        ),
        "purses": ledger.balances(f"shop:{SCENE['shop_id']}"),
        "withdrawals": {w.number: [w.state, w.amount_minor] for w in Withdrawal.objects.all()},
        "paid_out": {
            p.payout_id: [p.state, p.amount_minor] for p in SandboxPayout.objects.all()
        },
        "parcels": [
            {
                "order": row.order.number, "tracking": row.tracking,
                "followed": row.subscribed_at is not None,
                "scans": sorted(
                    Scan.objects.filter(shipment=row).values_list("text", flat=True)
                ),
            }
            for row in Shipment.objects.select_related("order").order_by("id")
        ],
        "imports": {
            r.public_id: [r.state, r.total, r.done, r.created, r.same + r.updated + r.refused]
            for r in ImportRun.objects.all()
        },
        "goods_in": sorted(
            ImportedGoods.objects.values_list("key", "goods__title")
        ),
        "stock_in": list(
            Stock.objects.filter(sku__goods__in=ImportedGoods.objects.values("goods"))
            .values_list("free", flat=True)
        ),
        "goods": Goods.objects.count(),
    }  # fmt: skip


def _logged(spool: Path, lake: Path) -> set[str]:
    """Ids of the behaviour log, wherever its rows are; the last line of a killed writer may be torn."""
    import pyarrow.parquet as pq

    found: set[str] = set()
    for path in filter(Path.is_file, spool.iterdir()):
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
