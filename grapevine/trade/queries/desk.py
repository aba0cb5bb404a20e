"""The shop's order list: narrowed, paged, counted and streamed, however many orders there are.

Newest first by (placed_at, id); an index carries the shop with and without a state, so that a page is read off it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.kit.paging import BadCursor, Page, clamp, decode_cursor, encode_cursor
from grapevine.people import facade as people
from grapevine.people.contracts import PersonNotFound
from grapevine.trade.contracts import OrderState, OrderView
from grapevine.trade.models import Line, Order
from grapevine.trade.queries.reading import views
from grapevine.trade.rules.order_filter import OrderFilter, days_of_number

Placed = TypeVar("Placed", Order, Line)
COUNT_MAX = 1000
"""A count stops here: "1,000 or more" is all a tab has to say, and it costs the same in any shop."""
CHUNK = 1000
DAY = timedelta(days=1)
NO_FILTER = OrderFilter()
NUMBER_END = "z" * 20
COUNTS = " UNION ALL ".join(
    f"SELECT '{state}', count(*) FROM (SELECT 1 FROM trade_order WHERE shop_id = %s"  # noqa: S608  constants
    f" AND state = '{state}' LIMIT {COUNT_MAX}) few_{state}"
    for state in OrderState
)


def orders_of_shop(
    shop_id: int,
    wanted: OrderFilter = NO_FILTER,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[OrderView]:
    """One page, without pending orders unless asked for. Seven queries, one more for a filter by buyer, two by goods."""
    rows, more = _part(shop_id, wanted, cursor, clamp(limit))
    return Page(views(rows), more)


def orders_streamed(shop_id: int, wanted: OrderFilter = NO_FILTER) -> Iterator[OrderView]:
    """Every order of a list, by chunks of three queries: memory does not grow with the list."""
    cursor: str | None = None
    while True:
        rows, cursor = _part(shop_id, wanted, cursor, CHUNK)
        yield from views(rows, bare=True)
        if cursor is None:
            return


def _part(
    shop_id: int, wanted: OrderFilter, cursor: str | None, size: int
) -> tuple[list[Order], str | None]:
    """The next `size` rows and where to go on."""
    rows, after = _narrowed(shop_id, wanted), _place(cursor) if cursor else None
    if wanted.goods:
        rows = rows.filter(pk__in=_with_goods(rows, shop_id, wanted, after, size + 1))
    elif after:
        rows = rows.filter(_beyond(after, "pk"), placed_at__lte=after[0])
    found = list(rows.select_related("payment")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], encode_cursor(last.placed_at.isoformat(), last.pk) if last else None


def _beyond(after: tuple[datetime, int], name: str) -> Q:
    at, pk = after
    return Q(placed_at__lt=at) | Q(placed_at=at, **{f"{name}__lt": pk})


def _with_goods(
    rows: QuerySet[Order],
    shop_id: int,
    wanted: OrderFilter,
    after: tuple[datetime, int] | None,
    size: int,
) -> list[int]:
    """The first of these orders that have some goods, read off the index of that goods' lines, newest first."""
    goods_id = goods.goods_id_of(shop_id, wanted.goods)
    if goods_id is None:
        return []
    lines = _within(Line.objects.filter(goods_id=goods_id), wanted.first, wanted.last)
    if wanted.state in ("", OrderState.COMPLETED):
        lines = lines.filter(order__in=rows.order_by())
    else:
        lines = _beside_state(lines, rows, shop_id, wanted, after)
    if after:
        lines = lines.filter(_beyond(after, "order"), placed_at__lte=after[0])
    newest = lines.order_by("-placed_at", "-order_id").values_list("order_id", "placed_at")
    return [order_id for order_id, _at in newest.distinct()[:size]]


def _beside_state(
    lines: QuerySet[Line],
    rows: QuerySet[Order],
    shop_id: int,
    wanted: OrderFilter,
    after: tuple[datetime, int] | None,
) -> QuerySet[Line]:
    """Lines of orders in a state that few are in, however few lines match.

    A line has the moment of its order, so that PostgreSQL reads the index of the goods' lines and that of the shop's
    orders in this state side by side, both newest first (a merge join), and looks up no order for each line. Where
    most orders match, as completed ones do, looking up those of the newest lines is quicker.
    """
    same: dict[str, Any] = {
        "order__shop_id": shop_id, "order__state": wanted.state, "order__placed_at": F("placed_at"),
    }  # fmt: skip
    if wanted.first:
        same["order__placed_at__gte"] = _midnight(wanted.first)
    if wanted.last:
        same["order__placed_at__lt"] = _midnight(wanted.last + DAY)
    if after:
        same["order__placed_at__lte"] = after[0]
    lines = lines.filter(**same)
    is_narrower = wanted.number or wanted.province or wanted.buyer
    return lines.filter(order__in=rows.order_by()) if is_narrower else lines


def _place(cursor: str) -> tuple[datetime, int]:
    text, pk = decode_cursor(cursor, [str, int])
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadCursor from None
    if at.tzinfo is None:
        raise BadCursor
    return at, pk


def _narrowed(shop_id: int, wanted: OrderFilter) -> QuerySet[Order]:
    rows = Order.objects.filter(shop_id=shop_id).order_by("-placed_at", "-id")
    rows = rows.filter(state=wanted.state) if wanted.state else rows.exclude(state="pending")
    if wanted.number:
        # Numbers are small letters and digits: a range is a prefix. The day in it narrows what is looked through.
        rows = rows.filter(number__gte=wanted.number, number__lte=wanted.number + NUMBER_END)
        if days := days_of_number(wanted.number):
            rows = rows.filter(
                placed_at__gte=_midnight(days[0]), placed_at__lt=_midnight(days[1] + DAY)
            )
    rows = _within(rows, wanted.first, wanted.last)
    if wanted.province:
        rows = rows.filter(region=wanted.province)
    if wanted.buyer:
        rows = rows.filter(buyer_id__in=_person(wanted.buyer))
    return rows


def _within(rows: QuerySet[Placed], first: date | None, last: date | None) -> QuerySet[Placed]:
    if first:
        rows = rows.filter(placed_at__gte=_midnight(first))
    return rows.filter(placed_at__lt=_midnight(last + DAY)) if last else rows


def _person(handle: str) -> list[int]:
    try:
        return [people.card_by_handle(handle).id]
    except PersonNotFound:
        return []


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  made aware


def shop_order_counts(shop_id: int) -> dict[str, int]:
    """Orders by state, each counted up to COUNT_MAX. One query, states without orders left out."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [shop_id] * len(OrderState))
        return {state: count for state, count in cursor.fetchall() if count}
