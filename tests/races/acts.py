"""What the actors do: one function, one thing that happens to a shop."""

import io
import json
import time
from collections.abc import Generator, Iterator
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.test import Client, RequestFactory

from grapevine.campaigns import facade as campaigns, jobs as group_jobs
from grapevine.campaigns.actions import coupons
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, OutOfStock
from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.people.models import Person
from grapevine.signals import actions as delivery, facade as signals
from grapevine.trade import facade as trade, jobs
from grapevine.trade.actions import aftersales, cart as carts, moving, shipping
from grapevine.trade.actions.paying import receive_callback
from grapevine.trade.actions.refunding import returned
from grapevine.trade.actions.starting import ask_about
from grapevine.trade.contracts import IllegalMove, OfferGone, Wishes
from grapevine.trade.models import SandboxCharge, SandboxRefund
from grapevine.trade.payments.port import Returned
from grapevine.trade.payments.providers.sandbox import provider as sandbox, signing
from grapevine.trade.queries import reading, toship
from tests.races.world import HOME

Lines = list[tuple[int, int]]
PATIENCE = 30
"""Seconds somebody waits for what another process is about to do."""


def buy(
    *, buyer: int, lines: Lines, key: str = "", expected: int | None = None, method: str = ""
) -> str:
    """Place an order; the payment's number."""
    return trade.place_order(
        buyer_id=buyer, lines=lines, address=HOME, key=key, expected_minor=expected,
        wishes=Wishes(method=method, coupons=()),
    ).payment_number  # fmt: skip


def buy_again_and_again(*, buyer: int, lines: Lines, times: int) -> list[str]:
    """So many orders one after the other: "ok" or the code of each refusal."""
    ends = []
    for _ in range(times):
        try:
            buy(buyer=buyer, lines=lines)
            ends.append("ok")
        except DomainError as refusal:
            ends.append(refusal.code)
    return ends


def buy_and_pay(*, buyer: int, lines: Lines) -> str:
    """From the order to the provider's callback."""
    number = buy(buyer=buyer, lines=lines)
    begun = trade.start_payment(buyer_id=buyer, number=number)
    sandbox.decide(begun.number, "pay")
    call_back(attempt=begun.number)
    return number


def place_unseen(*, buyer: int, lines: Lines) -> Iterator[str]:
    """Place an order, tell its attempt's number while nobody else can see it, and commit at the gate."""
    with transaction.atomic():
        placed = trade.place_order(
            buyer_id=buyer, lines=lines, address=HOME, wishes=Wishes(method="sandbox", coupons=())
        )
        yield placed.attempt_number


def _callback(attempt: str, total: int) -> tuple[bytes, dict[str, str]]:
    told = {
        "event_id": f"event-{attempt}"[:40], "payment": attempt, "state": "paid",
        "amount_minor": total, "currency": "CNY",
    }  # fmt: skip
    body = json.dumps(told).encode()
    return body, signing.sign(body, nonce=new_id())


def call_back(*, attempt: str) -> int:
    """The provider's message as its books have it."""
    body = sandbox.callback_of(SandboxCharge.objects.get(payment_number=attempt))
    return receive_callback(
        method="sandbox", headers=signing.sign(body, nonce=new_id()), body=body
    ).status


def call_back_over_http(*, attempt: str) -> int:
    """The same through the whole web process; its status."""
    body = sandbox.callback_of(SandboxCharge.objects.get(payment_number=attempt))
    signed = signing.sign(body, nonce=new_id())
    return web("POST", "/api/v1/payments/sandbox/callback", body, signed)[0]


def call_back_early(*, attempt: str, total: int) -> int:
    """A message about a payment that may not be there yet."""
    body, signed = _callback(attempt, total)
    return receive_callback(method="sandbox", headers=signed, body=body).status


def web(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request through the WSGI application, as the server hands it over."""
    from grapevine.front.wsgi import application

    environ = RequestFactory().generic(
        method, path, body, content_type="application/json", headers=headers
    ).environ  # fmt: skip
    environ["wsgi.input"] = io.BytesIO(body)
    status = []
    answer = application(environ, lambda line, _headers: status.append(int(line.split()[0])))
    try:
        return status[0], b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close:
            close()


def order_over_http(*, token: str, key: str, code: str, count: int = 1) -> tuple[int, Any]:
    """POST /orders with an Idempotency-Key: status and the payment's number or the refusal's code."""
    parts = {
        name: getattr(HOME, name) for name in ("name", "phone", "province", "city", "district")
    }
    body = {"lines": [{"sku": code, "count": count}], "address": parts | {"detail": HOME.detail}}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    status, text = web("POST", "/api/v1/orders", json.dumps(body).encode(), headers)
    told = json.loads(text)
    return status, told.get("payment_number") or told.get("code")


def ask(*, attempt: str) -> bool:
    """The poll: what does the provider say?"""
    return ask_about(attempt)


def come_back(*, buyer: int, payment: str) -> Generator[None, None, int]:
    """The browser comes back from the provider to the cashier."""
    client = Client()
    client.force_login(Person.objects.get(pk=buyer))
    yield
    return client.get(f"/pay/{payment}/?waiting=1").status_code


def check_out_cart(*, buyer: int, expected: int) -> Generator[None, None, int]:
    """Submit the checkout page that showed this total; 303 is an order, 409 a refusal."""
    client = Client()
    client.force_login(Person.objects.get(pk=buyer))
    parts = {
        name: getattr(HOME, name) for name in ("name", "phone", "province", "city", "district")
    }
    form = (
        parts
        | {"detail": HOME.detail, "expected_minor": str(expected), "key": new_id()}
        | {"coupons": "mine"}
    )
    yield
    return client.post("/checkout/", form).status_code


def fill_cart(*, buyer: int, sku: int, count: int) -> None:
    line = goods.sku_lines([sku])[sku]
    carts.add_to_cart(buyer_id=buyer, lines=[(line, count)])


def empty_cart(*, buyer: int) -> None:
    for line in reading.cart(buyer):
        carts.set_count(buyer_id=buyer, line_id=line.id, count=0)


def complete() -> int:
    """The completer's round over everything not heard of."""
    return jobs.complete_payments()


def cancel(*, buyer: int, order: str) -> None:
    trade.cancel_order(buyer_id=buyer, number=order)


def refund_mine(*, buyer: int, order: str) -> None:
    moving.refund_by_buyer(buyer_id=buyer, number=order, reason="不要了")


def refund_by_shop(*, shop: int, order: str, actor: int) -> None:
    moving.refund_by_shop(shop_id=shop, number=order, reason="缺货", actor_id=actor)


def refund_pieces(*, order: str, line: int, count: int) -> int:
    """Some pieces of a line go back, as a case of after-sales ends."""
    made = moving.refund_pieces(number=order, pieces={line: count}, reason="少件", case_id=1)
    return made.amount_minor if made else 0


def ask_after_sales(*, buyer: int, order: str, line: int, count: int) -> str:
    case = aftersales.open_case(
        buyer_id=buyer, order_number=order, kind="refund", reason="unsent", pieces={line: count}
    )
    return str(case.number)


def approve_case(*, shop: int, case: str, actor: int) -> None:
    aftersales.approve_case(shop_id=shop, number=case, actor_id=actor)


def cancel_case(*, buyer: int, case: str) -> None:
    aftersales.cancel_case(buyer_id=buyer, number=case)


def time_out_cases() -> int:
    return jobs.run_timers()


def ship(*, shop: int, order: str, actor: int, tracking: str) -> None:
    """Send all that is left of an order in one parcel."""
    trade.ship_order(shop_id=shop, number=order, carrier="顺丰", tracking=tracking, actor_id=actor)


def ship_pieces(*, shop: int, order: str, actor: int, tracking: str, count: int) -> int:
    """Send some pieces of an order's only line from where they are."""
    waiting = toship.waiting_order(shop, order)
    if waiting is None or not waiting.places:  # gone, or all of it went back while we looked
        raise IllegalMove(order)
    place = waiting.places[0]
    return shipping.ship_parcel(
        shop_id=shop, number=order, warehouse_id=place.warehouse_id,
        pieces={place.pieces[0].line_id: count}, carrier="顺丰", tracking=tracking, actor_id=actor,
        is_sure=True,
    )  # fmt: skip


def start_paying(*, buyer: int, payment: str) -> str:
    return trade.start_payment(buyer_id=buyer, number=payment).state


def expire() -> int:
    return jobs.expire_payments()


def send_refunds() -> int:
    return jobs.send_refunds()


def hear_of_refund(*, payment: str, refund_id: str, state: str, amount: int) -> bool:
    """A provider's message about a refund."""
    return returned("sandbox", Returned(payment, refund_id, state, amount))


def hear_once_sent(*, payment: str, refund_id: str, state: str, amount: int) -> bool:
    """The same as soon as the provider has it: a provider tells of nothing it was not asked for."""
    until = time.monotonic() + PATIENCE
    while not SandboxRefund.objects.filter(refund_id=refund_id).exists():
        assert time.monotonic() < until, "nobody sends it"
        time.sleep(0.001)
    return hear_of_refund(payment=payment, refund_id=refund_id, state=state, amount=amount)


def join(*, buyer: int, group_id: str, sku: int, key: str = "") -> str:
    """Take a seat; the payment's number."""
    return campaigns.join_group(
        buyer_id=buyer, group_id=group_id, sku_id=sku, count=1, address=HOME, key=key
    ).payment_number


def open_group(*, buyer: int, plan_id: str, sku: int, key: str = "") -> str:
    return campaigns.open_group(
        buyer_id=buyer, plan_id=plan_id, sku_id=sku, count=1, address=HOME, key=key
    ).payment_number


def pay_and_deliver(*, attempt: str) -> int:
    """The callback of a seat, and the worker that hears of it."""
    call_back(attempt=attempt)
    return signals.drain()


def expire_groups() -> int:
    return group_jobs.expire_groups()


def expire_groups_and_deliver() -> int:
    ended = group_jobs.expire_groups()
    signals.drain()
    return ended


def deliver_news() -> int:
    return signals.drain()


def leave_group(*, buyer: int, order: str) -> int:
    """Give a paid seat back, and the worker that hears of it."""
    refund_mine(buyer=buyer, order=order)
    return signals.drain()


def stop_plan(*, shop: int, plan_id: str) -> None:
    campaigns.stop_plan(shop_id=shop, public_id=plan_id)


def set_price(*, shop: int, public_id: str, code: str, price: int) -> None:
    """Change the price as the shop's desk does, with the free count it read just before."""
    free = goods.sku_by_code(code).free
    goods.edit_goods(
        shop_id=shop, public_id=public_id, title="粗陶杯", category="家居", body="手工。",
        skus=[(code, NewSku(option="0 号", price_minor=price, stock=free))],
    )  # fmt: skip


def take_off(*, shop: int, public_id: str) -> None:
    goods.set_on_sale(shop_id=shop, public_id=public_id, on=False)


def close_shop(*, shop: int, owner: int) -> None:
    goods.close_shop(shop_id=shop, person_id=owner, reason="搬家")


def suspend_shop(*, shop: int, operator: int) -> None:
    goods.suspend_shop(shop_id=shop, operator_id=operator, reason="抽查不合格")


def resume_shop(*, shop: int, operator: int) -> None:
    goods.resume_shop(shop_id=shop, operator_id=operator)


def list_more(*, shop: int) -> str:
    """Put goods on the shelf; their public id."""
    return goods.list_goods(
        shop_id=shop, title="秋茶", category="茶", body="白露。",
        skus=[NewSku(option="", price_minor=6900, stock=1)],
    ).public_id  # fmt: skip


def adjust(*, sku: int, change: int, warehouse: int | None = None) -> int:
    goods.adjust(sku_id=sku, change=change, warehouse_id=warehouse)
    return change


def count_shelf(*, shop: int, rows: list[tuple[str, str, int]]) -> int:
    return goods.import_counts(shop_id=shop, rows=rows)


def carry(*, shop: int, code: str, source: str, target: str, count: int) -> None:
    goods.transfer(shop_id=shop, code=code, source=source, target=target, count=count)


def heat(*, shop: int, code: str, on: bool) -> None:
    goods.set_hot(shop_id=shop, code=code, on=on)


def edit_stock(*, shop: int, public_id: str, codes: list[str], free: int) -> None:
    """Save the goods' form with these SKUs in this order."""
    goods.edit_goods(
        shop_id=shop, public_id=public_id, title="粗陶杯", category="家居", body="手工。",
        skus=[
            (code, NewSku(option=f"{code[-6:]} 号", price_minor=6900, stock=free)) for code in codes
        ],
    )  # fmt: skip


def work(*, seconds: float) -> int:
    """A worker for so long: events, refunds, payments; how much it did."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        done += signals.drain() + jobs.send_refunds() + jobs.complete_payments()
        done += group_jobs.expire_groups() + jobs.expire_payments()
    return done


def run_due_emptily() -> list[str]:
    """Run what is due with every job emptied and due once a day; the names of those run here.

    Emptied, so that only who runs it matters; once a day, so that a job of every other second is not
    due again before the last of the workers has looked.
    """
    ran: list[str] = []
    kept = dict(delivery._periodic)
    try:
        for name in kept:
            delivery._periodic[name] = (86_400, f"tests.races.acts.{name}")
        with mock.patch.object(
            delivery, "import_string", lambda path: lambda: ran.append(path.split(".", 3)[3])
        ):
            signals.run_due()
    finally:
        delivery._periodic.update(kept)
    return ran


def buy_with(
    *, buyer: int, lines: Lines, expected: int, points_minor: int = 0, coupon: str = ""
) -> str:
    """Place an order that uses points, or this coupon, at this price or not at all."""
    wishes = Wishes(
        points_minor=points_minor, coupons=(f"campaigns.coupon:{coupon}",) if coupon else ()
    )
    return trade.place_order(
        buyer_id=buyer, lines=lines, address=HOME, expected_minor=expected, wishes=wishes
    ).payment_number


def buy_until_told(*, buyer: int, lines: Lines, expected: int) -> str:
    """Buy at this price; told that an offer went a moment ago, look again, as a person would."""
    while True:
        try:
            return buy(buyer=buyer, lines=lines, expected=expected)
        except OfferGone:
            continue


def take_coupon(*, person: int, plan_id: str) -> str:
    return coupons.take_coupon(person_id=person, plan_id=plan_id)


def cancel_and_deliver(*, buyer: int, order: str) -> int:
    cancel(buyer=buyer, order=order)
    return signals.drain()


def refuse() -> None:
    """For the arena's own test: a refusal."""
    raise OutOfStock


def fall() -> None:
    """For the arena's own test: a fault."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere")


def wait(*, seconds: float) -> float:
    """For the arena's own test: when this process went through the gate."""
    began = time.monotonic()
    time.sleep(seconds)
    return began
