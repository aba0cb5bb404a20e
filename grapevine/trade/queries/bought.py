"""What people bought, for those who recommend: by person, how often again, and where. Orders given back whole do not count."""

from datetime import datetime

from django.db.models import Count, QuerySet

from grapevine.kit import sql
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Line, Order

GOODS_MAX = 500


def _standing() -> QuerySet[Order]:
    rows = Order.objects.exclude(paid_at=None)
    return rows.exclude(state__in=[OrderState.REFUNDED, OrderState.CANCELLED])


BOUGHT = """
SELECT * FROM (
    SELECT 'bought' AS what, line.goods_id AS who, COUNT(DISTINCT line.order_id) AS number
    FROM trade_line line JOIN trade_order placed ON placed.id = line.order_id
    WHERE placed.buyer_id = %s AND placed.paid_at IS NOT NULL AND placed.state NOT IN (%s, %s)
    GROUP BY line.goods_id ORDER BY MAX(line.order_id) DESC LIMIT %s
) AS bought
"""


def bought_part(person_id: int) -> sql.Part:
    """In how many orders this person bought which goods, the 500 latest, to be asked along: rows (bought, goods, orders)."""
    gone = (OrderState.REFUNDED.value, OrderState.CANCELLED.value)
    return sql.Part(BOUGHT, (person_id, *gone, GOODS_MAX))


def buyers_again(since: datetime) -> dict[int, tuple[int, int]]:
    """Goods → how many people bought them since then, and how many of those more than once. One query."""
    rows = Line.objects.filter(order__in=_standing().filter(paid_at__gte=since)).order_by()
    told = rows.values_list("goods_id", "order__buyer_id")
    found: dict[int, tuple[int, int]] = {}
    for goods_id, _buyer, orders in told.annotate(n=Count("order_id", distinct=True)).iterator():
        buyers, again = found.get(goods_id, (0, 0))
        found[goods_id] = (buyers + 1, again + (orders > 1))
    return found


def bought_in_regions(since: datetime, *, least: int) -> list[tuple[str, int, int]]:
    """(region, goods, buyers) with at least so many buyers there since then. One query."""
    orders = _standing().filter(paid_at__gte=since).exclude(region="")
    rows = Line.objects.filter(order__in=orders).order_by()
    told = rows.values_list("order__region", "goods_id")
    counted = told.annotate(n=Count("order__buyer_id", distinct=True)).filter(n__gte=least)
    return [(region, goods_id, buyers) for region, goods_id, buyers in counted]
