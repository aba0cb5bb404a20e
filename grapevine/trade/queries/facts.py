"""What happened in trade, moment by moment and for all shops at once, for those who count it.

Every row stands at the moment it became true and is never changed afterwards, so that a day whose rows are the same as
before need not be counted again. Rows are streamed; memory does not grow with the span.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    IntegerField,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.utils.timezone import get_default_timezone, localdate

from grapevine.kit.localday import LocalDay
from grapevine.kit.money import allocate
from grapevine.trade.models import CaseLine, Line, Order, Refund, Shipment

CHUNK = 500
BUYERS_KEPT = 50_000
Row = dict[str, Any]


class _Past:
    """When each buyer first paid in each shop, or for each goods: asked once a buyer, not once a part of the span.

    A buyer who comes often would else be read anew, with all their orders, in every part. Not more than BUYERS_KEPT stay.
    """

    def __init__(self, asked: Callable[[set[int]], Iterable[tuple[int, int, datetime]]]) -> None:
        self._asked = asked
        self._firsts: dict[tuple[int, int], datetime] = {}
        self._buyers: set[int] = set()

    def learn(self, buyers: set[int]) -> None:
        """One query at most."""
        missing = buyers - self._buyers
        if len(self._buyers) + len(missing) > BUYERS_KEPT:
            self._firsts.clear()
            self._buyers.clear()
            missing = buyers
        if missing:
            self._firsts.update(((buyer, other), at) for buyer, other, at in self._asked(missing))
            self._buyers |= missing

    def has(self, buyer: int, other: int, *, before: datetime | None) -> bool:
        known = self._firsts.get((buyer, other))
        return bool(known and before and known < before)


def fact_days(since: datetime | None = None) -> dict[date, str]:
    """What each day's rows look like from afar: the same text means the same rows. Three queries.

    `since` is a midnight of the last weeks: those days, until tomorrow, are asked for by their moments, which an index answers.
    """
    seen: dict[date, list[str]] = defaultdict(list)
    for name, rows, moment in _moments():
        kept, day = (rows, LocalDay(moment)) if since is None else _recent(rows, moment, since)
        told = kept.values_list(day).annotate(Count("pk"), Max("pk"), Sum("pk"))
        for found, count, last, total in told.order_by():
            on = found if isinstance(found, date) else localdate(since) + timedelta(days=found)
            seen[on].append(f"{name}:{count}:{last}:{total}")
    return {day: " ".join(sorted(parts)) for day, parts in seen.items()}


def _moments() -> Sequence[tuple[str, QuerySet[Any], str]]:
    return (
        ("paid", Order.objects.exclude(paid_at=None), "paid_at"),
        ("back", Refund.objects.exclude(order=None), "at"),
        ("sent", Shipment.objects.all(), "shipped_at"),
    )


def _recent(rows: QuerySet[Any], moment: str, since: datetime) -> tuple[QuerySet[Any], Case]:
    """The rows from `since` until tomorrow, and how many days after it each is: SQLite would call Python for a date of each."""
    first, today = localdate(since), localdate()
    zone = get_default_timezone()
    ends = [
        datetime.combine(first + timedelta(days=n + 1), time(), tzinfo=zone)
        for n in range((today - first).days + 1)
    ]
    cases = [When(**{f"{moment}__lt": end}, then=Value(n)) for n, end in enumerate(ends)]
    kept = rows.filter(**{f"{moment}__gte": since, f"{moment}__lt": ends[-1]})
    return kept, Case(*cases, output_field=IntegerField())


def sale_rows(first: datetime, last: datetime) -> Iterator[Row]:
    """Orders paid and money that went back from `first` on and before `last`, each once, with what the order was."""
    for order in _paid(first, last):
        yield _sale(order) | {
            "kind": "paid", "at": order.paid_at, "amount": order.total_minor,
            "listed": order.goods_minor, "cut": order.discount_minor,
            "shipping": order.shipping_minor, "subsidy": order.subsidy_minor,
            "pieces": order.__dict__["pieces"],
        }  # fmt: skip
    past = _Past(_in_shops)
    for refunds in _chunks(_back(first, last)):
        orders = _orders_of(refunds, past)
        for refund in refunds:
            yield _sale(orders[refund.order_id]) | {
                "kind": "back", "at": refund.at, "amount": refund.amount_minor, "listed": 0,
                "cut": 0, "shipping": 0, "subsidy": 0, "pieces": 0,
            }  # fmt: skip


def line_rows(first: datetime, last: datetime) -> Iterator[Row]:
    """The same by goods. Shipping, and a refund's part that no piece bears, stand under goods 0: the sums are equal."""
    past, of_goods = _Past(_in_shops), _Past(_of_goods)
    for orders in _paid_chunks(first, last):
        lines = _lines(orders, of_goods)
        for order in orders:
            yield from _sold(order, lines[order.pk])
    for refunds in _chunks(_back(first, last)):
        known = _orders_of(refunds, past)
        lines = _lines([*known.values()], of_goods)
        cases = _cases([one.pk for one in refunds])
        for refund in refunds:
            order = known[refund.order_id]
            yield from _returned(refund, order, lines[order.pk], cases.get(refund.pk))


def pieces_sold(shop_id: int, first: datetime, last: datetime) -> Iterator[Row]:
    """A shop's lines paid in the span, by SKU: what was paid for the pieces, without shipping. One query, streamed."""
    rows = Line.objects.filter(
        order__shop_id=shop_id, order__paid_at__gte=first, order__paid_at__lt=last
    )
    for line in rows.select_related("order").order_by("pk").iterator(CHUNK):
        yield {
            "sku_id": line.sku_id, "goods_id": line.goods_id, "at": line.order.paid_at,
            "pieces": line.count, "paid_minor": _payable(line),
        }  # fmt: skip


def offer_rows(first: datetime, last: datetime) -> Iterator[Row]:
    """What offers cut from orders paid in the span: a row for each order and offer."""
    for order in _paid(first, last):
        for offer in order.offers:
            yield _sale(order) | {
                "at": order.paid_at, "campaign": str(offer.get("kind", "")),
                "amount": int(offer.get("amount_minor", 0)),
            }  # fmt: skip


def parcel_rows(first: datetime, last: datetime) -> Iterator[Row]:
    """Parcels sent in the span, with the seconds since their order was paid."""
    rows = Shipment.objects.filter(shipped_at__gte=first, shipped_at__lt=last)
    for one in rows.select_related("order").order_by("pk").iterator(CHUNK):
        paid = one.order.paid_at or one.shipped_at
        yield {
            "shop_id": one.order.shop_id, "at": one.shipped_at, "region": one.order.region,
            "channel": one.order.source.get("channel", ""), "carrier": one.carrier,
            "seconds": max(0, int((one.shipped_at - paid).total_seconds())),
        }  # fmt: skip


def _paid(first: datetime, last: datetime) -> Iterator[Order]:
    for orders in _paid_chunks(first, last):
        yield from orders


def _paid_chunks(first: datetime, last: datetime) -> Iterator[list[Order]]:
    rows = Order.objects.filter(paid_at__gte=first, paid_at__lt=last).select_related("payment")
    past = _Past(_in_shops)
    for orders in _chunks(rows.annotate(pieces=_pieces()).order_by("pk")):
        _look_back(orders, past)
        yield orders


def _back(first: datetime, last: datetime) -> QuerySet[Refund]:
    return Refund.objects.filter(at__gte=first, at__lt=last).exclude(order=None).order_by("pk")


def _orders_of(refunds: Sequence[Refund], past: _Past) -> dict[int | None, Order]:
    rows = Order.objects.filter(pk__in={refund.order_id for refund in refunds})
    orders: dict[int | None, Order] = {order.pk: order for order in rows.select_related("payment")}
    _look_back([*orders.values()], past)
    return orders


def _pieces() -> Any:
    lines = Line.objects.filter(order=OuterRef("pk")).order_by().values("order")
    return Subquery(lines.annotate(total=Sum("count")).values("total"))


def _in_shops(buyers: set[int]) -> Iterable[tuple[int, int, datetime]]:
    rows = Order.objects.filter(buyer_id__in=buyers).exclude(paid_at=None).order_by()
    return rows.values_list("buyer_id", "shop_id").annotate(Min("paid_at"))


def _of_goods(buyers: set[int]) -> Iterable[tuple[int, int, datetime]]:
    rows = Line.objects.filter(order__buyer_id__in=buyers).exclude(order__paid_at=None).order_by()
    return rows.values_list("order__buyer_id", "goods_id").annotate(Min("order__paid_at"))


def _look_back(orders: Sequence[Order], past: _Past) -> None:
    """Note on each order whether its buyer had paid in this shop before it."""
    past.learn({order.buyer_id for order in orders})
    for order in orders:
        order.__dict__["again"] = past.has(order.buyer_id, order.shop_id, before=order.paid_at)


def _sale(order: Order) -> Row:
    return {
        "shop_id": order.shop_id, "person_id": order.buyer_id, "region": order.region, "city": order.city,
        "channel": order.source.get("channel", ""), "again": bool(order.__dict__["again"]),
        "campaign": _campaign(order), "method": order.payment.method,
    }  # fmt: skip


def _campaign(order: Order) -> str:
    """What it was bought with: a group, the first offer's kind, or nothing."""
    if order.claim:
        return order.claim.partition(":")[0]
    return str(order.offers[0].get("kind", "")) if order.offers else "none"


def _lines(orders: Sequence[Order], past: _Past) -> dict[int, list[Line]]:
    """Lines by order, each with whether its buyer had bought the same goods before."""
    past.learn({order.buyer_id for order in orders})
    mine = {order.pk: order for order in orders}
    found: dict[int, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(order__in=list(mine)).order_by("pk"):
        order = mine[line.order_id]
        line.__dict__["again"] = past.has(order.buyer_id, line.goods_id, before=order.paid_at)
        found[line.order_id].append(line)
    return found


def _sold(order: Order, lines: Sequence[Line]) -> Iterator[Row]:
    base = _sale(order) | {"kind": "paid", "at": order.paid_at}
    for line in lines:
        yield base | {
            "goods_id": line.goods_id, "pieces": line.count, "amount": _payable(line),
            "bought_again": bool(line.__dict__["again"]),
        }  # fmt: skip
    if order.shipping_minor:
        yield base | {"goods_id": 0, "pieces": 0, "amount": order.shipping_minor, "bought_again": False}  # fmt: skip


def _payable(line: Line) -> int:
    return line.price_minor * line.count - line.discount_minor


def _cases(refunds: Sequence[int]) -> dict[int, dict[int, int]]:
    """refund → line → pieces, of the refunds that a case names pieces for."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = CaseLine.objects.filter(case__refund__in=refunds)
    for refund, line, count in rows.values_list("case__refund", "line", "count"):
        found[refund][line] = count
    return found


def _returned(
    refund: Refund, order: Order, lines: Sequence[Line], pieces: dict[int, int] | None
) -> Iterator[Row]:
    """A refund over the pieces it is for, or over the whole order, in the measure of what was paid for them."""
    counts = pieces or {line.pk: line.count for line in lines}
    chosen = [line for line in lines if line.pk in counts]
    weights = [_payable(line) * counts[line.pk] // line.count for line in chosen]
    ids = [(line.goods_id, counts[line.pk]) for line in chosen]
    if pieces is None or sum(weights) < refund.amount_minor:
        weights.append(
            order.shipping_minor
            if pieces is None
            else min(order.shipping_minor, refund.amount_minor - sum(weights))
        )
        ids.append((0, 0))
    base = _sale(order) | {"kind": "back", "at": refund.at, "bought_again": False}
    for (goods_id, count), amount in zip(ids, _parts(refund.amount_minor, weights), strict=True):
        yield base | {"goods_id": goods_id, "pieces": count, "amount": amount}


def _parts(amount: int, weights: Sequence[int]) -> list[int]:
    if not sum(weights):
        return [*[0] * (len(weights) - 1), amount]
    return list(allocate(amount, weights))


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows.iterator(CHUNK):
        part.append(row)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part
