"""Reads of carts, quotes, orders and payments."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from django.db.models import Count, Q

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, PickTerm, ShippingView, SkuLine
from grapevine.kit import sql
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.kit.text import marked
from grapevine.trade import access
from grapevine.trade.contracts import (
    AddressView,
    AppliedOffer,
    AttemptView,
    BadAddress,
    CartLine,
    InvoiceAsk,
    LineView,
    NotDelivered,
    NothingToBuy,
    NotOnSale,
    Offer,
    OfferKind,
    OfferLine,
    OfferRequest,
    OrderState,
    OrderView,
    PaymentView,
    Quote,
    Step,
    Wishes,
    WrongCount,
)
from grapevine.trade.models import (
    Address,
    Attempt,
    CartRow,
    InvoiceRequest,
    Line,
    Order,
    OrderStep,
    Payment,
)
from grapevine.trade.ports import offers_for, shared_terms
from grapevine.trade.queries.parcels import parcels_of
from grapevine.trade.queries.pickup import chosen_points, pickups_of
from grapevine.trade.rules.masking import masked_order
from grapevine.trade.rules.pricing import COUNT_MAX, LINES_MAX, quote as price, with_shipping

NO_WISHES = Wishes()
NO_PICKS: Mapping[int, str] = MappingProxyType({})


CART = "SELECT id, sku_id, count, price_minor, pick FROM trade_cartrow WHERE buyer_id = %s ORDER BY id DESC LIMIT 100"


def cart(
    buyer_id: int, *, covers: bool = True, known: Mapping[int, SkuLine] | None = None
) -> list[CartLine]:
    """The cart, newest first, each line with why it cannot be bought. Two queries, three with pictures.

    SKUs that are `known` are not read again.
    """
    rows = sql.rows(CART, [buyer_id])
    lines = dict(known or {})
    lines |= goods.sku_lines([row[1] for row in rows if row[1] not in lines], covers=covers)
    return [
        CartLine(pk, lines[sku_id], count, _problem(lines[sku_id], count), added_minor, pick)
        for pk, sku_id, count, added_minor, pick in rows
        if sku_id in lines
    ]


def _problem(sku: SkuLine, count: int) -> str:
    if not sku.on_sale:
        return marked("已下架")
    if sku.free == 0:
        return marked("卖完了")
    if sku.free < count:
        return marked("库存不够这么多")
    return marked("超过每人限购的件数") if 0 < sku.limit_per_person < count else ""


def cart_source(buyer_id: int, sku_ids: Iterable[int]) -> dict[str, str]:
    """Where the first of these lines came from."""
    rows = CartRow.objects.filter(buyer_id=buyer_id, sku_id__in=list(sku_ids)).order_by("id")
    return next((source for source in rows.values_list("source", flat=True) if source), {})


def cart_picks(buyer_id: int, sku_ids: Iterable[int]) -> dict[int, str]:
    """SKU → the pick it was put into the cart by, of those that were."""
    rows = CartRow.objects.filter(buyer_id=buyer_id, sku_id__in=list(sku_ids)).exclude(pick="")
    return dict(rows.values_list("sku_id", "pick"))


def cart_count(buyer_id: int) -> int:
    rows = sql.rows("SELECT COUNT(*) FROM trade_cartrow WHERE buyer_id = %s", [buyer_id])
    return int(rows[0][0])


def offer_lines(
    lines: Sequence[tuple[int, int]],
    *,
    covers: bool = True,
    known: Mapping[int, SkuLine] | None = None,
) -> list[OfferLine]:
    """SKUs with their counts, refused if one is not on sale or a count is wrong. The same SKU twice adds up."""
    if not lines:
        raise NothingToBuy
    if len(lines) > LINES_MAX:
        raise WrongCount(most=LINES_MAX)
    counts: dict[int, int] = {}
    for sku_id, count in lines:
        if not 1 <= count <= COUNT_MAX:
            raise WrongCount(most=COUNT_MAX)
        counts[sku_id] = counts.get(sku_id, 0) + count
    skus = goods.sku_lines(counts, covers=covers) if known is None else known
    found = []
    for sku_id, count in counts.items():
        sku = skus.get(sku_id)
        if sku is None or not sku.on_sale:
            raise NotOnSale(title=sku.title if sku else "")
        if count > COUNT_MAX:
            raise WrongCount(most=COUNT_MAX)
        found.append(OfferLine(sku, count))
    return found


def quote(
    *,
    buyer_id: int | None,
    lines: Sequence[tuple[int, int]],
    claim: str = "",
    wishes: Wishes = NO_WISHES,
    province: str = "",
    covers: bool = True,
    known: Mapping[int, SkuLine] | None = None,
    picks: Mapping[int, str] = NO_PICKS,
) -> Quote:
    """The price now, with every offer and what sending to `province` costs. `picks`: SKU → by which it is sold.

    Two queries (three with pictures, one if the SKUs are `known`, read in the same transaction) and one
    for each offerer that has something to look up.
    """
    wanted = offer_lines(lines, covers=covers, known=known)
    offers, is_shortened = offers_for(
        OfferRequest(buyer_id, tuple(wanted), claim, wishes.points_minor, wishes.coupons or ())
    )
    vias = goods.terms_of(picks, buyer_id=buyer_id) if picks and not claim else {}
    priced = price(wanted, [*offers, *_own_prices(vias)], coupons=wishes.coupons)
    if picks and not claim:
        vias |= _shared(picks, vias, wanted, buyer_id)
    if vias or is_shortened:
        priced = replace(priced, vias=vias, is_shortened=is_shortened)
    fetched = chosen_points(wishes.pickups)
    sent = {line.sku.shop_id for line in wanted} - fetched.keys()
    templates = goods.shipping_templates(sent)
    return with_shipping(priced, sending(priced, templates, province)) if templates else priced


def _shared(
    picks: Mapping[int, str], vias: Mapping[int, PickTerm], lines: Sequence[OfferLine],
    buyer_id: int | None,
) -> dict[int, PickTerm]:  # fmt: skip
    """By whose pages the rest of these lines is bought, at the seller's own price."""
    rest = [line.sku for line in lines if line.sku.sku_id in picks and line.sku.sku_id not in vias]
    return shared_terms(picks, rest, buyer_id) if rest else {}


def _own_prices(vias: Mapping[int, PickTerm]) -> list[Offer]:
    """What shops that sell others' goods give up of their own earning, as a price."""
    prices: dict[str, dict[int, int]] = {}
    for term in vias.values():
        prices.setdefault(term.pick, {})[term.sku_id] = term.price_minor
    return [
        Offer(OfferKind.PRICE, marked("小店让利"), f"pick:{pick}", sku_prices=own)
        for pick, own in prices.items()
    ]


def sending(priced: Quote, templates: Sequence[ShippingView], province: str) -> dict[int, int]:
    """What sending costs, by shop: the goods' own template or the shop's default, weights added up by template."""
    by_id = {template.id: template for template in templates}
    default = {template.shop_id: template for template in templates if template.is_default}
    costs: dict[int, int] = {}
    known = {template.shop_id for template in templates}
    for shop in priced.shops:
        if shop.shop_id not in known:
            continue  # fetched, or sent for nothing
        grams: dict[int, int] = {}
        for line in shop.lines:
            if line.sku.is_service:
                continue
            template = by_id.get(line.sku.shipping_id or 0) or default.get(shop.shop_id)
            if template is not None:
                grams[template.id] = grams.get(template.id, 0) + max(1, line.sku.grams) * line.count
        for pk, weight in grams.items():
            cost = goods.shipping_cost(
                by_id[pk], province=province, grams=weight, goods_minor=shop.payable_minor
            )
            if cost is None:
                raise NotDelivered(title=shop.lines[0].sku.title)
            costs[shop.shop_id] = costs.get(shop.shop_id, 0) + cost
    return costs


def addresses(person_id: int) -> list[AddressView]:
    rows = Address.objects.filter(person_id=person_id).order_by("-is_default", "-used_at")[:30]
    return [
        AddressView(**json.loads(row.body), id=row.pk, is_default=row.is_default) for row in rows
    ]


def last_province(person_id: int) -> str:
    """The province of the address a person would be offered first; "" without one. One query."""
    row = Address.objects.filter(person_id=person_id).order_by("-is_default", "-used_at").first()
    return str(json.loads(row.body).get("province", "")) if row else ""


ADDRESS = "SELECT body, is_default FROM trade_address WHERE id = %s AND person_id = %s"


def address_of(person_id: int, address_id: str) -> AddressView:
    """One entry of a person's book, or BadAddress. One query."""
    pk = (
        int(address_id)
        if address_id.isascii() and address_id.isdigit() and len(address_id) < 18
        else 0
    )
    for body, is_default in sql.rows(ADDRESS, [pk, person_id]):
        opened = Address._meta.get_field("body").from_db_value(body)
        return AddressView(**json.loads(opened), id=pk, is_default=bool(is_default))
    raise BadAddress


def payment(buyer_id: int, number: str) -> PaymentView:
    return payment_view(access.payment_of_buyer(buyer_id, number))


def payment_view(row: Payment) -> PaymentView:
    numbers = Order.objects.filter(payment=row).order_by("id").values_list("number", flat=True)
    open_ = Attempt.objects.filter(payment=row, state__in=["starting", "open"]).exists()
    return PaymentView(
        row.number, row.buyer_id, row.state, row.method, row.total_minor, row.currency,
        row.expires_at, tuple(numbers), row.failed_at is not None, open_,
    )  # fmt: skip


def attempt_view(row: Attempt) -> AttemptView:
    return AttemptView(
        row.number, row.method, row.way, row.state, row.url, row.qr, row.params
    )  # fmt: skip


def last_attempt(payment_number: str, method: str = "") -> AttemptView | None:
    """The newest try to pay this payment, by one method if given."""
    rows = Attempt.objects.filter(payment__number=payment_number).order_by("-id")
    row = (rows.filter(method=method) if method else rows).first()
    return attempt_view(row) if row else None


def has_paid(*, person_id: int, shop_id: int | None = None) -> bool:
    """Whether this person ever paid an order that stands, at a shop or anywhere."""
    rows = Order.objects.filter(buyer_id=person_id, paid_at__isnull=False)
    rows = rows.exclude(state=OrderState.REFUNDED)
    return (rows.filter(shop_id=shop_id) if shop_id is not None else rows).exists()


def orders_of_payment(buyer_id: int, payment_number: str, *, bare: bool = False) -> list[OrderView]:
    """The orders a payment is for, with their lines, in the order they were placed. Two queries if `bare`."""
    rows = Order.objects.filter(payment__number=payment_number, buyer_id=buyer_id)
    return views(list(rows.select_related("payment").order_by("id")), bare=bare)


def live_orders(payment_number: str) -> int:
    """How many orders of a payment still stand."""
    rows = Order.objects.filter(payment__number=payment_number)
    return rows.exclude(state__in=[OrderState.CANCELLED, OrderState.REFUNDED]).count()


def order_pieces(order_number: str) -> dict[int, int]:
    """SKU → pieces of an order."""
    return dict(Line.objects.filter(order__number=order_number).values_list("sku_id", "count"))


def offer_amount(order_number: str, reference: str) -> int:
    """What one offer cut from an order, in minor units."""
    rows = Line.objects.filter(order__number=order_number).values_list("cuts", flat=True)
    return sum(cut for cuts in rows for name, cut in cuts if name == reference)


def orders_of(
    buyer_id: int,
    state: str = "",
    cursor: str | None = None,
    limit: int | None = None,
    *,
    query: str = "",
) -> Page[OrderView]:
    """A buyer's orders, newest first, found by number or by words of a title. Six queries, however many."""
    rows = Order.objects.filter(buyer_id=buyer_id)
    if query:
        own = Line.objects.filter(order__buyer_id=buyer_id)
        for word in query.split()[:5]:
            own = own.filter(title__icontains=word)
        rows = rows.filter(Q(number__istartswith=query) | Q(pk__in=own.values("order_id")))
    return _page(rows.filter(state=state) if state else rows, cursor, limit)


def _page(rows: object, cursor: str | None, limit: int | None) -> Page[OrderView]:
    size = clamp(limit)
    wanted = rows.select_related("payment").order_by("-id")  # type: ignore[attr-defined]
    if cursor:
        wanted = wanted.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found: list[Order] = list(wanted[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(views(found[:size]), more)


def order_for(buyer_id: int, number: str) -> OrderView:
    """The buyer's order with lines, timeline, scans, pick-up code and address, or OrderNotFound."""
    return views([access.order_of_buyer(buyer_id, number)], whole=True, shows_code=True)[0]


def order_for_shop(shop_id: int, number: str) -> OrderView:
    """The shop's order with the buyer's contacts masked; `actions.contacts` shows them."""
    return masked_order(whole_order_for_shop(shop_id, number))


def whole_order_for_shop(shop_id: int, number: str) -> OrderView:
    return views([access.order_of_shop(shop_id, number)], whole=True)[0]


def views(
    rows: Sequence[Order], *, whole: bool = False, bare: bool = False, shows_code: bool = False
) -> list[OrderView]:
    """Orders with their lines; `whole` adds timeline and address, `bare` leaves out pictures, shops and parcels.

    `shows_code`: the pick-up code too, which is for the buyer alone.
    """
    ids = [row.pk for row in rows]
    lines: dict[int, list[Line]] = {}
    for line in Line.objects.filter(order_id__in=ids).order_by("id"):
        lines.setdefault(line.order_id, []).append(line)
    wanted = set() if bare else {line.goods_id for own in lines.values() for line in own}
    cards = goods.goods_cards(wanted)
    shops = {} if bare else goods.shops({row.shop_id for row in rows})
    steps: dict[int, list[Step]] = {}
    if whole:
        for step in OrderStep.objects.filter(order_id__in=ids).order_by("id"):
            steps.setdefault(step.order_id, []).append(
                Step(step.state, step.at, step.actor, step.reason)
            )
    parcels = {} if bare else parcels_of(ids, whole=whole)
    pickups = pickups_of(rows, shows_code=shows_code) if whole else {}
    invoices = _invoices(ids) if whole else {}
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
            shipping_minor=row.shipping_minor, message=row.message,
            offers=tuple(AppliedOffer(**one) for one in row.offers),
            invoice=invoices.get(row.pk), shipments=tuple(parcels.get(row.pk, ())),
            received_at=row.received_at, refunded_minor=row.refunded_minor,
            is_settled=row.settled_at is not None,
            delivered_at=row.delivered_at,
            pickup=pickups.get(row.pk),
        )
        for row in rows
    ]  # fmt: skip


def _invoices(order_ids: Sequence[int]) -> dict[int, InvoiceAsk]:
    rows = InvoiceRequest.objects.filter(order_id__in=order_ids)
    return {row.order_id: InvoiceAsk(**json.loads(row.body)) for row in rows}


def _line(line: Line, cards: Mapping[int, GoodsCard]) -> LineView:
    card = cards.get(line.goods_id)
    return LineView(
        sku_id=line.sku_id, goods_id=line.goods_id, goods_public_id=line.goods_public_id,
        title=line.title, option=line.option, count=line.count, price_minor=line.price_minor,
        payable_minor=line.price_minor * line.count - line.discount_minor,
        cover=card.cover if card else None, id=line.pk, refunded_count=line.refunded_count,
        returns=line.returns, returns_confirmed=line.returns_confirmed,
    )  # fmt: skip


def order_counts(buyer_id: int) -> dict[str, int]:
    rows = Order.objects.filter(buyer_id=buyer_id).values_list("state").annotate(n=Count("id"))
    return dict(rows.order_by())
