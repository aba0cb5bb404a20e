"""What the referee does: make worlds by calling actions, run the worker's jobs to their end, look at the result."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from grapevine.campaigns import facade as campaigns, jobs as group_jobs
from grapevine.campaigns.actions.coupons import create_coupons
from grapevine.campaigns.actions.flash import create_flash_sale
from grapevine.campaigns.contracts import NewCoupons, NewFlashSale
from grapevine.campaigns.models import Coupon, CouponPlan, FlashSale, Group, Seat
from grapevine.goods import facade as goods, jobs as goods_jobs
from grapevine.goods.contracts import NewSku
from grapevine.goods.models import Sku, Stock
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.ledger import facade as ledger, jobs as ledger_jobs
from grapevine.loyalty import facade as loyalty
from grapevine.loyalty.contracts import CURRENCY, ISSUED
from grapevine.loyalty.queries import account_of
from grapevine.people import facade as people
from grapevine.signals import actions as delivery, facade as signals
from grapevine.signals.models import OutboxEvent, Periodic
from grapevine.trade import facade as trade, jobs
from grapevine.trade.actions import settling
from grapevine.trade.contracts import AddressView, Wishes
from grapevine.trade.models import (
    BankAccount,
    Case,
    Line,
    Order,
    Payment,
    ProviderEvent,
    Refund,
    SandboxCharge,
    SandboxPayout,
    SettlementBatch,
    SettlementLine,
    ShipmentLine,
    Withdrawal,
)
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.rules.reconciling import refund_id
from tests import invariants

OFFERS_OF_A_ROUND = 8

HOME = AddressView("张三", "13800138000", "广东省", "深圳市", "南山区", "科技路 1 号")
BY_SANDBOX = Wishes(method="sandbox")
PRICE = 6900
MONEY = ledger.Account
World = dict[str, Any]


def found_city(*, buyers: int) -> World:
    """The people and two shops every scenario shares."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    names = [f"buyer{n}" for n in range(buyers)]
    ids = [
        people.sign_up(identifier=f"{name}@example.com", password="vine-and-grape-7", name=name)
        for name in ["seller", *names]
    ]
    shop = goods.open_shop(owner_id=ids[0], slug="races", name="半日", colour="#8d3b1f", bio="")
    main = goods.warehouses(shop.id)[0].public_id
    far = goods.add_warehouse(shop_id=shop.id, name="二仓", province="北京市", priority=5)
    return {
        "seller": ids[0], "buyers": ids[1:], "shop": shop.id, "main": main, "far": far.public_id,
        "tokens": [people.issue_token(one, "races") for one in ids],
    }  # fmt: skip


def warehouse_ids(*, shop: int) -> list[int]:
    return [place.id for place in goods.warehouses(shop)]


def shelve(
    *, shop: int, stock: int, far: int = 0, limit: int = 0, hot: bool = False, price: int = PRICE,
    options: int = 1,
) -> World:  # fmt: skip
    """Fresh goods: `stock` pieces of each option in the first warehouse, `far` in the second."""
    card = goods.list_goods(
        shop_id=shop, title="粗陶杯", category="家居", body="手工。",
        skus=[NewSku(option=f"{n} 号", price_minor=price, stock=stock) for n in range(options)],
    )  # fmt: skip
    skus = list(Sku.objects.filter(goods_id=card.id).order_by("id").values_list("pk", "code"))
    second = goods.warehouses(shop)[1].id
    for pk, code in skus:
        if far:
            goods.adjust(sku_id=pk, change=far, warehouse_id=second)
        if hot:
            goods.set_hot(shop_id=shop, code=code, on=True)
    if limit:
        goods.set_terms(shop_id=shop, public_id=card.public_id, limit_per_person=limit)
    return {
        "goods": card.id, "public_id": card.public_id, "sku": skus[0][0],
        "skus": [pk for pk, _ in skus], "codes": [code for _, code in skus],
    }  # fmt: skip


def another_shop(*, owner: int, stock: int, suspended_by: int = 0) -> World:
    """A fresh shop with goods; `suspended_by` has an operator stop it and let it go on again, for its history."""
    shop = goods.open_shop(owner_id=owner, slug=new_id(), name="山茶", colour="#8d3b1f")
    made = shelve_in(shop=shop.id, stock=stock)
    if suspended_by:
        goods.suspend_shop(shop_id=shop.id, operator_id=suspended_by, reason="核对")
        goods.resume_shop(shop_id=shop.id, operator_id=suspended_by)
    return made | {"shop": shop.id}


def shelve_in(*, shop: int, stock: int) -> World:
    card = goods.list_goods(
        shop_id=shop, title="春茶", category="茶", body="明前。",
        skus=[NewSku(option="", price_minor=PRICE, stock=stock)],
    )  # fmt: skip
    sku = goods.goods_detail(card.public_id).skus[0]
    return {"goods": card.id, "public_id": card.public_id, "sku": sku.sku_id}


def on_sale(*, public_id: str) -> bool:
    return goods.goods_by_public_id(public_id).on_sale


def counters(*, sku: int) -> tuple[int, int, int]:
    """Free, held and sold pieces."""
    sums = Stock.objects.filter(sku=sku).aggregate(f=Sum("free"), h=Sum("held"), s=Sum("sold"))
    return sums["f"], sums["h"], sums["s"]


def order(
    *, buyer: int, lines: list[tuple[int, int]], method: str = "sandbox", decided: str = "",
    points: int = 0,
) -> World:  # fmt: skip
    """Place an order; `decided` begins at the sandbox too and says what the buyer did there."""
    placed = trade.place_order(
        buyer_id=buyer,
        lines=lines,
        address=HOME,
        wishes=Wishes(method=method, points_minor=points, coupons=()),
    )
    if decided:
        begun = trade.start_payment(buyer_id=buyer, number=placed.payment_number)
        sandbox.decide(begun.number, decided)
    return {
        "payment": placed.payment_number, "order": placed.order_numbers[0],
        "attempt": f"{placed.payment_number}-1", "total": placed.total_minor,
    }  # fmt: skip


def facts(*, payment: str) -> World:
    """What became of a payment and its orders."""
    one = Payment.objects.get(number=payment)
    refunds = Refund.objects.filter(payment=one)
    return {
        "payment": one.state,
        "orders": list(Order.objects.filter(payment=one).order_by("id").values_list("state", flat=True)),
        "events": ProviderEvent.objects.filter(payment=one).count(),
        "refunds": [(refund.state, refund.amount_minor) for refund in refunds.order_by("id")],
        "charges": list(
            SandboxCharge.objects.filter(payment_number__startswith=payment).values_list(
                "state", "refunded_minor"
            )
        ),
    }  # fmt: skip


def parcels(*, order: str) -> list[int]:
    """Pieces in each parcel of an order, in the order they left."""
    rows = ShipmentLine.objects.filter(shipment__order__number=order).order_by("shipment_id")
    return list(rows.values_list("count", flat=True))


def orders_of_sku(*, sku: int) -> list[World]:
    """Orders with a line of this SKU: state, buyer, total, pieces and price."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.number, o.state, o.buyer_id, o.total_minor, l.count, l.price_minor "
            "FROM trade_order o JOIN trade_line l ON l.order_id = o.id WHERE l.sku_id = %s "
            "ORDER BY o.id",
            [sku],
        )
        names = ("number", "state", "buyer", "total", "count", "price")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def settle() -> int:
    """Run every job until nothing is left to do; how often the delivery of an event had to be repeated."""
    work = (
        signals.drain, jobs.expire_payments, jobs.complete_payments, jobs.close_attempts,
        jobs.send_refunds, jobs.run_timers, jobs.end_refunded, group_jobs.expire_groups, goods_jobs.expire_holds, ledger_jobs.expire_holds,
    )  # fmt: skip
    for _ in range(60):
        if not sum(step() for step in work):
            break
    else:
        raise AssertionError("the jobs never come to rest")
    waiting = OutboxEvent.objects.filter(done_at=None)
    assert not waiting.exists(), [row.last_error for row in waiting[:5]]
    return int(OutboxEvent.objects.aggregate(n=Sum("attempts"))["n"] or 0)


def check() -> None:
    """Everything that must hold, at rest."""
    invariants.assert_whole()


def plan(*, shop: int, public_id: str, size: int, hours: int = 1) -> str:
    return campaigns.create_plan(
        shop_id=shop, goods_public_id=public_id, size=size, price_minor=4000, hours=hours
    ).public_id


def group(*, plan_id: str, sku: int, members: list[int], paid: int) -> World:
    """A group with these members, the first of them its leader; the first `paid` have paid and are seated."""
    opened = campaigns.open_group(
        buyer_id=members[0], plan_id=plan_id, sku_id=sku, count=1, address=HOME
    )
    seats = [opened]
    for member in members[1:]:
        seats.append(
            campaigns.join_group(
                buyer_id=member, group_id=opened.group_public_id, sku_id=sku, count=1, address=HOME
            )
        )
    rows: list[World] = []
    for n, (member, seat) in enumerate(zip(members, seats, strict=True)):
        begun = trade.start_payment(buyer_id=member, number=seat.payment_number)
        sandbox.decide(begun.number, "pay")
        rows.append(
            {
                "buyer": member, "payment": seat.payment_number, "order": seat.order_number,
                "attempt": begun.number, "total": seat.total_minor, "paid": n < paid,
            }
        )  # fmt: skip
    for row in rows[:paid]:
        deliver(attempt=row["attempt"], nonce="n")
    signals.drain()
    return {"group": opened.group_public_id, "seats": rows}


def deliver(*, attempt: str, nonce: str) -> None:
    """The sandbox's callback about an attempt, signed and read as any other."""
    from grapevine.trade.actions.paying import receive_callback
    from grapevine.trade.payments.providers.sandbox import signing

    body = sandbox.callback_of(SandboxCharge.objects.get(payment_number=attempt))
    receive_callback(method="sandbox", headers=signing.sign(body, nonce=nonce), body=body)


def group_facts(*, group_id: str) -> World:
    """State and seats of a group, and the orders behind the seats."""
    row = Group.objects.get(public_id=group_id)
    seats = Seat.objects.filter(group=row)
    states = dict(
        Order.objects.filter(number__in=seats.values("order_number")).values_list("number", "state")
    )
    numbers = list(states)
    return {
        "state": row.state, "paid": row.paid, "held": row.held, "leader": row.leader_id,
        "seats": dict(Counter(seats.values_list("state", flat=True))),
        "orders": states,
        "refunded": sorted(
            Refund.objects.filter(order__number__in=numbers, state="done").values_list(
                "amount_minor", flat=True
            )
        ),
        "members": {seat.order_number: (seat.person_id, seat.state) for seat in seats},
    }  # fmt: skip


def open_account(*, owner: str, amount: int, kind: str = "payable") -> None:
    """Give an account money to spend."""
    ledger.post(
        key=f"gift:{owner}:{kind}", kind="gift", reference=owner,
        legs=[ledger.Leg(MONEY("platform", "gifts"), MONEY(owner, kind), amount)],
    )  # fmt: skip


def balance(*, owner: str, kind: str = "payable") -> int:
    return ledger.balance(MONEY(owner, kind))


def later(seconds: float) -> Any:
    return clock.now() + timedelta(seconds=seconds)


def pay(*, payment: str) -> None:
    """The buyer pays at the sandbox and we hear of it; the worker is not run."""
    buyer = Payment.objects.get(number=payment).buyer_id
    begun = trade.start_payment(buyer_id=buyer, number=payment)
    sandbox.decide(begun.number, "pay")
    deliver(attempt=begun.number, nonce="n")


def own_up(*, attempt: str, total: int) -> None:
    """Write the charge into the sandbox's books that a hand-made message told of."""
    SandboxCharge.objects.create(
        payment_number=attempt, amount_minor=total, currency="CNY", state="paid",
        event_id=f"event-{attempt}"[:40], decided_at=clock.now(),
    )  # fmt: skip


def two_paid_attempts(*, buyer: int, payment: str) -> list[str]:
    """The buyer pays, the sandbox says it failed, the buyer tries again and pays; then both went through."""
    from grapevine.trade.actions.paying import apply
    from grapevine.trade.payments.port import Outcome

    numbers = []
    for _ in range(2):
        begun = trade.start_payment(buyer_id=buyer, number=payment)
        charge = SandboxCharge.objects.get(payment_number=begun.number)
        apply("sandbox", Outcome(begun.number, "failed", charge.amount_minor, "CNY", new_id()))
        sandbox.decide(begun.number, "pay")
        numbers.append(begun.number)
    return numbers


def refund_of(*, payment: str) -> str:
    """The id under which the provider knows the one refund of a payment."""
    return refund_id(payment, Refund.objects.get(payment__number=payment).pk)


def line_of(*, order: str) -> int:
    return int(Line.objects.get(order__number=order).pk)


def given_back(*, order: str) -> World:
    """What went back of an order of one line, and what its cases say."""
    one, line = Order.objects.get(number=order), Line.objects.get(order__number=order)
    refunds = Refund.objects.filter(order=one).order_by("amount_minor")
    return {
        "state": one.state, "minor": one.refunded_minor, "pieces": line.refunded_count,
        "refunds": list(refunds.values_list("amount_minor", flat=True)),
        "cases": dict(Counter(Case.objects.filter(order=one).values_list("state", flat=True))),
    }  # fmt: skip


def order_of(*, payment: str) -> str:
    return str(Order.objects.get(payment__number=payment).number)


def set_points(*, person: int, points: int) -> None:
    """Give or take points until the person has so many."""
    have = loyalty.points_of(person).points
    change, key = points - have, new_id()
    if change:
        legs = (
            [ledger.Leg(ISSUED, account_of(person), change)]
            if change > 0
            else [ledger.Leg(account_of(person), ISSUED, -change)]
        )
        ledger.post(key=key, kind="points.gift", reference=key, legs=legs, currency=CURRENCY)


def points(*, person: int) -> int:
    return loyalty.points_of(person).points


def stop_older(kind: type[CouponPlan | FlashSale], shop: int) -> None:
    """Stop what former rounds offered: a shop may have only so many at once."""
    rows = kind.objects.filter(shop_id=shop, stopped_at=None).order_by("-id")
    old = list(rows.values_list("pk", flat=True)[OFFERS_OF_A_ROUND:])
    rows.filter(pk__in=old).update(stopped_at=clock.now())


def coupons(
    *, shop: int, issue_limit: int, per_person: int = 1, budget_minor: int | None = None
) -> str:
    """10 yuan off 60, for a week."""
    stop_older(CouponPlan, shop)
    now = clock.now()
    terms = NewCoupons(
        worth_minor=1000, threshold_minor=6000, issue_limit=issue_limit, per_person=per_person,
        budget_minor=budget_minor, starts_at=now, ends_at=now + timedelta(days=7),
    )  # fmt: skip
    return create_coupons(shop_id=shop, new=terms).public_id


def coupons_out(*, plan_id: str) -> tuple[int, int]:
    """What the plan counts, and how many there are."""
    plan = CouponPlan.objects.get(public_id=plan_id)
    return plan.issued, Coupon.objects.filter(plan=plan).count()


def flash(*, shop: int, code: str, quota: int, per_person: int = 1, begins_in: float = 0) -> None:
    """39 yuan a piece for an hour."""
    stop_older(FlashSale, shop)
    begins = clock.now() + timedelta(seconds=begins_in)
    create_flash_sale(
        shop_id=shop,
        new=NewFlashSale(
            sku=code, price_minor=3900, quota=quota, per_person=per_person, starts_at=begins,
            ends_at=begins + timedelta(hours=1),
        ),
    )  # fmt: skip


def jobs_due() -> list[str]:
    """Periodic jobs that would run now."""
    now = clock.now()
    later = set(Periodic.objects.filter(due_at__gt=now).values_list("name", flat=True))
    return sorted(set(delivery._periodic) - later)


def forget_jobs() -> None:
    Periodic.objects.all().delete()


def earn(*, shop: int, amount: int, settled: bool = True) -> None:
    """What a shop earned, as `_settle` books it, without an order behind it; in its balance, or waiting."""
    key, owner = new_id(), f"shop:{shop}"
    with transaction.atomic():
        ledger.post(
            key=f"earn:{key}", kind="settle", reference=key,
            legs=[ledger.Leg(MONEY("platform", "cash:test"), MONEY(owner, "payable"), amount)],
        )  # fmt: skip
        SettlementLine.objects.create(
            key=f"earn:{key}", party=settling.party_of(owner, "CNY"), kind="carried", reference=key,
            gross_minor=amount, net_minor=amount, at=clock.now(),
        )  # fmt: skip
    if settled:
        settling.make_batches()


def bank(*, shop: int) -> int:
    """A bank account of the shop that may be used; its id."""
    now = clock.now()
    return BankAccount.objects.create(
        owner=f"shop:{shop}", holder="h", bank="b", number="62220002", tail="0002", state="active",
        added_by=1, added_at=now, agreed_by=1, usable_at=now,
    ).pk  # fmt: skip


def purse_of(*, shop: int) -> dict[str, int]:
    return {kind: minor for kind, minor in ledger.balances(f"shop:{shop}").items() if minor}


def batches_of(*, shop: int) -> list[tuple[int, int]]:
    rows = SettlementBatch.objects.filter(party__owner=f"shop:{shop}").order_by("sequence")
    return list(rows.values_list("sequence", "total_minor"))


def new_shop(*, owner: int) -> int:
    slug = f"s{new_id()}"
    made = goods.open_shop(owner_id=owner, slug=slug, name=slug, colour="#8d3b1f", bio="")
    return made.id


def payouts_of(*, shop: int) -> list[int]:
    """What the bank paid for this shop, by its own books."""
    mine = Withdrawal.objects.filter(owner=f"shop:{shop}").values("number")
    rows = SandboxPayout.objects.filter(payout_id__in=mine, state="done").order_by("id")
    return list(rows.values_list("amount_minor", flat=True))
