"""Reads of carts, quotes, orders and payments."""

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.kit.text import marked
from grapevine.trade import access
from grapevine.trade.contracts import (
    AddressView,
    CartLine,
    LineView,
    NothingToBuy,
    NotOnSale,
    OfferLine,
    OfferRequest,
    OrderState,
    OrderView,
    PaymentView,
    Quote,
    Step,
    WrongCount,
)
from grapevine.trade.models import Address, CartRow, Line, Order, OrderStep, Payment
from grapevine.trade.ports import offers_for
from grapevine.trade.rules.pricing import COUNT_MAX, LINES_MAX
from grapevine.trade.rules.pricing import quote as price


def cart(buyer_id: int) -> list[CartLine]:
    """The cart, newest first, each line with why it cannot be bought. Four queries."""
    rows = list(CartRow.objects.filter(buyer_id=buyer_id).order_by("-id")[:LINES_MAX])
    lines = goods.sku_lines([row.sku_id for row in rows])
    found = []
    for row in rows:
        sku = lines.get(row.sku_id)
        if sku is None:
            continue
        problem = ""
        if not sku.on_sale:
            problem = marked("已下架")
        elif sku.free == 0:
            problem = marked("卖完了")
        elif sku.free < row.count:
            problem = marked("库存不够这么多")
        found.append(CartLine(row.pk, sku, row.count, problem))
    return found


def cart_source(buyer_id: int, sku_ids: Iterable[int]) -> dict[str, str]:
    """Where the first of these lines came from."""
    rows = CartRow.objects.filter(buyer_id=buyer_id, sku_id__in=list(sku_ids)).order_by("id")
    return next((source for source in rows.values_list("source", flat=True) if source), {})


def cart_count(buyer_id: int) -> int:
    return CartRow.objects.filter(buyer_id=buyer_id).count()


def offer_lines(lines: Sequence[tuple[int, int]]) -> list[OfferLine]:
    """SKUs with their counts, refused if one is not on sale or a count is wrong."""
    if not lines:
        raise NothingToBuy
    if len(lines) > LINES_MAX:
        raise WrongCount(most=LINES_MAX)
    skus = goods.sku_lines([sku_id for sku_id, _ in lines])
    found = []
    for sku_id, count in lines:
        sku = skus.get(sku_id)
        if sku is None or not sku.on_sale:
            raise NotOnSale(title=sku.title if sku else "")
        if not 1 <= count <= COUNT_MAX:
            raise WrongCount(most=COUNT_MAX)
        found.append(OfferLine(sku, count))
    return found


def quote(*, buyer_id: int | None, lines: Sequence[tuple[int, int]], claim: str = "") -> Quote:
    """The price now, with every offer. Two queries and what the offerers need."""
    wanted = offer_lines(lines)
    return price(wanted, offers_for(OfferRequest(buyer_id, tuple(wanted), claim)))


def addresses(person_id: int) -> list[AddressView]:
    rows = Address.objects.filter(person_id=person_id).order_by("-is_default", "-used_at")[:30]
    return [
        AddressView(**json.loads(row.body), id=row.pk, is_default=row.is_default) for row in rows
    ]


def payment(buyer_id: int, number: str) -> PaymentView:
    return payment_view(access.payment_of_buyer(buyer_id, number))


def payment_view(row: Payment) -> PaymentView:
    numbers = Order.objects.filter(payment=row).order_by("id").values_list("number", flat=True)
    return PaymentView(
        row.number, row.buyer_id, row.state, row.method, row.total_minor, row.currency,
        row.expires_at, tuple(numbers), row.failed_at is not None,
    )  # fmt: skip


def orders_of(
    buyer_id: int, state: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[OrderView]:
    """A buyer's orders, newest first. Six queries, however many."""
    rows = Order.objects.filter(buyer_id=buyer_id)
    return _page(rows.filter(state=state) if state else rows, cursor, limit)


def orders_of_shop(
    shop_id: int,
    state: str = "",
    cursor: str | None = None,
    limit: int | None = None,
    *,
    number: str = "",
) -> Page[OrderView]:
    """A shop's orders, newest first, without pending ones unless asked for."""
    rows = Order.objects.filter(shop_id=shop_id)
    rows = rows.filter(state=state) if state else rows.exclude(state=OrderState.PENDING)
    if number:
        rows = rows.filter(number__istartswith=number)
    return _page(rows, cursor, limit)


def _page(rows: object, cursor: str | None, limit: int | None) -> Page[OrderView]:
    size = clamp(limit)
    wanted = rows.select_related("payment").order_by("-id")  # type: ignore[attr-defined]
    if cursor:
        wanted = wanted.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found: list[Order] = list(wanted[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(views(found[:size]), more)


def order_for(buyer_id: int, number: str) -> OrderView:
    """The buyer's order with lines, timeline and address, or OrderNotFound."""
    return views([access.order_of_buyer(buyer_id, number)], whole=True)[0]


def order_for_shop(shop_id: int, number: str) -> OrderView:
    return views([access.order_of_shop(shop_id, number)], whole=True)[0]


def views(rows: Sequence[Order], *, whole: bool = False) -> list[OrderView]:
    """Orders with their lines; `whole` adds timeline and address."""
    ids = [row.pk for row in rows]
    lines: dict[int, list[Line]] = {}
    for line in Line.objects.filter(order_id__in=ids).order_by("id"):
        lines.setdefault(line.order_id, []).append(line)
    cards = goods.goods_cards({line.goods_id for own in lines.values() for line in own})
    shops = goods.shops({row.shop_id for row in rows})
    steps: dict[int, list[Step]] = {}
    if whole:
        for step in OrderStep.objects.filter(order_id__in=ids).order_by("id"):
            steps.setdefault(step.order_id, []).append(
                Step(step.state, step.at, step.actor, step.reason)
            )
    return [
        OrderView(
            number=row.number, state=OrderState(row.state), buyer_id=row.buyer_id,
            shop_id=row.shop_id, shop_name=row.shop_name,
            shop_slug=shops[row.shop_id].slug if row.shop_id in shops else "",
            goods_minor=row.goods_minor, discount_minor=row.discount_minor,
            total_minor=row.total_minor, currency=row.currency,
            payment_number=row.payment.number, claim=row.claim, source=row.source,
            placed_at=row.placed_at, paid_at=row.paid_at, expires_at=row.payment.expires_at,
            lines=tuple(_line(line, cards) for line in lines.get(row.pk, ())),
            timeline=tuple(steps.get(row.pk, ())),
            address=AddressView(**json.loads(row.address)) if whole and row.address else None,
            carrier=row.carrier, tracking=row.tracking,
        )
        for row in rows
    ]  # fmt: skip


def _line(line: Line, cards: Mapping[int, GoodsCard]) -> LineView:
    card = cards.get(line.goods_id)
    return LineView(
        sku_id=line.sku_id, goods_id=line.goods_id, goods_public_id=line.goods_public_id,
        title=line.title, option=line.option, count=line.count, price_minor=line.price_minor,
        payable_minor=line.price_minor * line.count - line.discount_minor,
        cover=card.cover if card else None,
    )  # fmt: skip


def order_counts(buyer_id: int) -> dict[str, int]:
    rows = Order.objects.filter(buyer_id=buyer_id).values_list("state").annotate(n=Count("id"))
    return dict(rows.order_by())


def shop_order_counts(shop_id: int) -> dict[str, int]:
    rows = Order.objects.filter(shop_id=shop_id).values_list("state").annotate(n=Count("id"))
    return dict(rows.order_by())
