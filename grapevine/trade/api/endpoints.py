"""Cart, orders and payments over the API."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsNotFound, Right, SkuLine
from grapevine.guard.facade import is_undone, once
from grapevine.kit.api import ListOut, answer, maybe_signed_in, signed_in
from grapevine.kit.pages import me
from grapevine.signals.contracts import Source, source_from
from grapevine.trade import facade
from grapevine.trade.actions import cart, moving, paying, shipping
from grapevine.trade.actions.starting import methods
from grapevine.trade.api import (
    aftersales,
    assessing,
    clearing,
    finance,
    money,
    parcels,
    schemas as s,
)
from grapevine.trade.contracts import PaymentNotFound
from grapevine.trade.payments.port import BadCallback
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.payments.registry import provider
from grapevine.trade.queries import reading
from grapevine.trade.rules import address as places

router = Router(tags=["trade"])
router.add_router("", money.router)
router.add_router("", aftersales.router)
router.add_router("", assessing.router)
router.add_router("", finance.router)
router.add_router("", clearing.router)
router.add_router("", parcels.router)
Answer = dict[str, Any]


def _source(given: s.SourceIn) -> Source:
    return source_from(given.from_, share_token=given.share_token)


def _known(lines: list[s.LineIn]) -> tuple[list[tuple[int, int]], dict[int, SkuLine]]:
    """The SKUs behind the codes, read once: (id, count) in order, and the SKUs by id."""
    by_code = goods.sku_lines_by_code([line.sku for line in lines], covers=False)
    missing = next((line.sku for line in lines if line.sku not in by_code), None)
    if missing is not None:
        raise GoodsNotFound(missing)
    wanted = [(by_code[line.sku].sku_id, line.count) for line in lines]
    return wanted, {line.sku_id: line for line in by_code.values()}


def _picks(lines: list[s.LineIn], known: dict[int, SkuLine]) -> dict[int, str]:
    """SKU id → the pick it is bought by, of those that are."""
    named = {line.sku: line.pick for line in lines if line.pick}
    return {one.sku_id: named[one.code] for one in known.values() if one.code in named}


@router.get("/cart", response=ListOut[Answer], auth=signed_in)
def read_cart(request: HttpRequest) -> Any:
    """The lines of your cart at list prices; `problem` says why one cannot be bought now. `POST /quotes` says what offers take off."""
    return {"items": [s.line_out(line) for line in reading.cart(me(request))]}


@router.post("/cart/lines", response={201: ListOut[Answer]}, auth=signed_in)
@once
def add_line(request: HttpRequest, body: s.CartLineIn) -> HttpResponse:
    """Put a SKU, or several `lines`, into the cart; more of the same add up."""
    wanted = body.lines or [s.LineIn(sku=body.sku, count=body.count, pick=body.pick)]
    lines, known = _known(wanted)
    cart.add_to_cart(
        buyer_id=me(request), lines=[(known[sku_id], count) for sku_id, count in lines],
        source=_source(body.source), picks=_picks(wanted, known),
    )  # fmt: skip
    held = reading.cart(me(request), covers=False, known=known)
    return answer(201, {"items": [s.line_out(line) for line in held], "next_cursor": None})


@router.patch("/cart/lines/{line_id}", response=ListOut[Answer], auth=signed_in)
@once
def change_line(request: HttpRequest, line_id: int, body: s.CountIn) -> Any:
    """Change how many; 0 takes the line out."""
    cart.set_count(buyer_id=me(request), line_id=line_id, count=body.count)
    return {"items": [s.line_out(line) for line in reading.cart(me(request))]}


@router.delete("/cart/lines/{line_id}", response={204: None}, auth=signed_in)
@once
def delete_line(request: HttpRequest, line_id: int) -> Status[None]:
    """Take a line out of the cart."""
    cart.set_count(buyer_id=me(request), line_id=line_id, count=0)
    return Status(204, None)


@router.post("/quotes", response=Answer, auth=maybe_signed_in)
def make_quote(request: HttpRequest, body: s.QuoteIn) -> HttpResponse:
    """What these lines cost now, with every offer; changes nothing."""
    lines, known = _known(body.lines)
    quoted = facade.quote(
        buyer_id=request.user.pk, lines=lines, wishes=body.wishes(), province=body.province,
        covers=False, known=known, picks=_picks(body.lines, known),
    )  # fmt: skip
    return answer(200, s.quote_out(quoted))


@router.post("/orders", response={201: s.PlacedOut}, auth=signed_in)
@once
def place(request: HttpRequest, body: s.OrderIn) -> HttpResponse:
    """Hold the stock and place one order per shop under one payment. Send an Idempotency-Key."""
    chosen = {"address_id": body.address_id} if body.address is None else body.address.model_dump()
    address = facade.read_address(me(request), chosen)
    lines, known = _known(body.lines)
    confirmed = frozenset(one.sku_id for one in known.values() if one.code in body.no_return)
    placed = facade.place_order(
        buyer_id=me(request), lines=lines, known=known, address=address,
        source=_source(body.source), key=request.headers.get("Idempotency-Key", ""),
        expected_minor=body.expected_minor, from_cart=body.from_cart, wishes=replace(body.wishes(), confirmed=confirmed),
        is_undone=is_undone(request), picks=_picks(body.lines, known),
    )  # fmt: skip
    if body.address is not None:
        facade.save_address(person_id=me(request), address=address)
    return answer(201, placed)


@router.get("/orders", response=ListOut[Answer], auth=signed_in)
def list_orders(
    request: HttpRequest, state: str = "", cursor: str | None = None, limit: int | None = None
) -> Any:
    """Your orders, newest first; `state` filters."""
    page = facade.orders_of(me(request), state, cursor, limit)
    return {"items": [s.order_out(order) for order in page.items], "next_cursor": page.next_cursor}


@router.get("/orders/{number}", response=Answer, auth=signed_in)
def read_order(request: HttpRequest, number: str) -> Any:
    """Your order with its lines, timeline and address."""
    return s.order_out(facade.order_for(me(request), number))


@router.post("/orders/{number}/cancellation", response=Answer, auth=signed_in)
@once
def cancel(request: HttpRequest, number: str, body: s.ReasonIn) -> Any:
    """Give up an unpaid order; its stock is free again at once."""
    facade.cancel_order(buyer_id=me(request), number=number, reason=body.reason)
    return s.order_out(facade.order_for(me(request), number))


@router.post("/orders/{number}/refund", response=Answer, auth=signed_in)
@once
def refund(request: HttpRequest, number: str, body: s.ReasonIn) -> Any:
    """Refund a paid order in full, before it is shipped."""
    moving.refund_by_buyer(buyer_id=me(request), number=number, reason=body.reason)
    return s.order_out(facade.order_for(me(request), number))


@router.post("/orders/{number}/receipt", response=Answer, auth=signed_in)
@once
def receipt(request: HttpRequest, number: str) -> Any:
    """Confirm that the parcel arrived."""
    facade.receive_order(buyer_id=me(request), number=number)
    return s.order_out(facade.order_for(me(request), number))


@router.put("/orders/{number}/address", response=Answer, auth=signed_in)
@once
def change_address(request: HttpRequest, number: str, body: s.AddressIn) -> Any:
    """Send it elsewhere, as long as nothing has left and sending there costs the same."""
    shipping.change_address(buyer_id=me(request), number=number, address=body.view())
    return s.order_out(facade.order_for(me(request), number))


@router.post("/orders/{number}/repeat", response={201: ListOut[Answer]}, auth=signed_in)
@once
def repeat(request: HttpRequest, number: str) -> Status[Any]:
    """Put the goods of an order into the cart again."""
    cart.buy_again(buyer_id=me(request), number=number)
    lines = reading.cart(me(request), covers=False)
    return Status(201, {"items": [s.line_out(line) for line in lines]})


@router.get("/shops/{slug}/orders", response=ListOut[Answer], auth=signed_in)
def shop_orders(
    request: HttpRequest, slug: str, narrowed: Query[s.OrderFilterIn],
    cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """The shop's orders, newest first, narrowed by `state`, `q` (the beginning of a number), days, goods, province, buyer."""
    shop = goods.shop_for_staff(me(request), slug, Right.ORDERS)
    page = facade.orders_of_shop(shop.id, narrowed.meant(), cursor, limit)
    return {"items": [s.order_out(order) for order in page.items], "next_cursor": page.next_cursor}


@router.post("/shops/{slug}/orders/{number}/shipment", response=Answer, auth=signed_in)
@once
def ship(request: HttpRequest, slug: str, number: str, body: s.ParcelIn) -> Any:
    """Hand the parcel over; refused while a group is not full or the order is not paid."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    facade.ship_order(
        shop_id=shop.id, number=number, carrier=body.carrier, tracking=body.tracking,
        actor_id=me(request),
    )  # fmt: skip
    return s.order_out(facade.order_for_shop(shop.id, number))


@router.get("/shops/{slug}/orders/{number}", response=Answer, auth=signed_in)
def shop_order(request: HttpRequest, slug: str, number: str) -> Any:
    """An order of the shop, for its staff; name, phone and street are masked."""
    shop = goods.shop_for_staff(me(request), slug, Right.ORDERS)
    return s.order_out(facade.order_for_shop(shop.id, number))


@router.post("/shops/{slug}/orders/{number}/unmasking", response=Answer, auth=signed_in)
@once
def unmask(request: HttpRequest, slug: str, number: str, body: s.ReasonIn) -> Any:
    """The order with the buyer's contacts whole. It takes a reason; the look is told to owner and buyer."""
    shop = goods.shop_for_staff(me(request), slug, Right.CONTACTS)
    found = facade.see_contacts(
        shop_id=shop.id, number=number, actor_id=me(request), reason=body.reason
    )
    return s.order_out(found)


@router.post("/shops/{slug}/orders/{number}/refund", response=Answer, auth=signed_in)
@once
def shop_refund(request: HttpRequest, slug: str, number: str, body: s.ReasonIn) -> Any:
    """Refund a customer's order in full."""
    shop = goods.shop_for_staff(me(request), slug, Right.REFUNDS)
    moving.refund_by_shop(shop_id=shop.id, number=number, reason=body.reason, actor_id=me(request))
    return s.order_out(facade.order_for_shop(shop.id, number))


@router.post("/payments/{number}/attempts", response={201: s.AttemptOut}, auth=signed_in)
def start(request: HttpRequest, number: str, body: s.MethodIn) -> Status[Any]:
    """Begin to pay. Asked again the same way it is the same attempt, so no key is needed."""
    begun = facade.start_payment(
        buyer_id=me(request), number=number, method=body.method, way=body.way, payer=body.payer,
        client_ip=request.META.get("REMOTE_ADDR", ""),
    )  # fmt: skip
    return Status(201, begun)


@router.get("/payments/{number}", response=Answer, auth=signed_in)
def read_payment(request: HttpRequest, number: str) -> Any:
    """Your payment: pending, paid, closed, and its orders."""
    found = facade.payment(me(request), number)
    return {
        "number": found.number, "state": found.state, "method": found.method,
        "total_minor": found.total_minor, "currency": found.currency, "failed": found.failed,
        "waits": found.waits, "expires_at": found.expires_at,
        "order_numbers": list(found.order_numbers),
    }  # fmt: skip


@router.get("/payment-methods", response=ListOut[Answer], auth=maybe_signed_in)
def payment_methods(request: HttpRequest, currency: str = "CNY") -> Any:  # noqa: ARG001
    """The providers a buyer may choose from now to pay in a currency, and their ways.

    `is_demo`: it is a fake on this machine, and no money moves.
    """
    rows = [
        {
            "method": one.name, "label": one.label, "ways": list(one.ways),
            "is_demo": settings.DEMO_PROVIDERS or one.name == "sandbox",
        }
        for one in methods(currency)
    ]  # fmt: skip
    return {"items": rows}


TOLD_AS_THE_PROVIDER_ASKS = {
    "responses": {
        "200": {"description": "Taken, in the words the provider expects"},
        "4XX": {"description": "Not taken, in the words the provider expects: it will come again"},
    }
}


@router.post(
    "/payments/{method}/callback",
    auth=None,
    url_name="provider_callback",
    openapi_extra=TOLD_AS_THE_PROVIDER_ASKS,
)
def provider_callback(request: HttpRequest, method: str) -> HttpResponse:
    """Where a provider reports; refused unless signed, recent and about a payment of ours as it is."""
    try:
        receipt = paying.receive_callback(method=method, headers=request.headers, body=request.body)
    except BadCallback:
        receipt = provider(method).receipt(accepted=False)
    return HttpResponse(receipt.body, status=receipt.status, content_type=receipt.content_type)


@router.post("/sandbox/{number}/outcome", response={204: None}, auth=signed_in)
def sandbox_outcome(request: HttpRequest, number: str, body: s.OutcomeIn) -> Status[None]:
    """Decide at the sandbox's cashier, as its page does: pay, fail, silent or never."""
    facade.payment(me(request), number)
    attempt = reading.last_attempt(number, "sandbox")
    if attempt is None:
        raise PaymentNotFound(number)
    sandbox.decide(attempt.number, body.outcome)
    return Status(204, None)


@router.get("/addresses", response=ListOut[Answer], auth=signed_in)
def list_addresses(request: HttpRequest) -> Any:
    """Your address book, the default first."""
    return {"items": [s.address_out(one) for one in facade.addresses(me(request))]}


@router.post("/addresses", response={201: Answer}, auth=signed_in)
@once
def add_address(request: HttpRequest, body: s.AddressIn) -> Status[Any]:
    """Keep an address; it becomes the default."""
    made = facade.save_address(person_id=me(request), address=body.view())
    return Status(201, {"id": made})


@router.post("/addresses/parse", response=Answer, auth=maybe_signed_in)
def parse_address(request: HttpRequest, body: s.PasteIn) -> Any:  # noqa: ARG001
    """Read a pasted address into its parts; keeps nothing."""
    return s.address_out(places.parse(body.text))


@router.delete("/addresses/{address_id}", response={204: None}, auth=signed_in)
@once
def delete_address(request: HttpRequest, address_id: int) -> Status[None]:
    """Remove an address from the book."""
    cart.delete_address(person_id=me(request), address_id=address_id)
    return Status(204, None)
