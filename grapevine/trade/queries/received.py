"""What buyers received, and how shops behave, for those who judge them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q

from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.trade.contracts import OrderView
from grapevine.trade.models import Case, Order, PaymentAlert, Refund
from grapevine.trade.queries.reading import views

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a shop behaved: orders paid, sent and refunded, whole hours on average, orders disputed.

    Disputed is an order whose buyer went to the platform, unless it was ruled for the shop, or to the payment provider.
    """

    paid: int = 0
    shipped: int = 0
    ship_hours: int = 0
    refunded: int = 0
    repaid: int = 0
    refund_hours: int = 0
    disputed: int = 0


def received_orders(
    buyer_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[OrderView]:
    """A buyer's orders that arrived, the newest first, also those refunded later. Six queries."""
    size = clamp(limit)
    rows = Order.objects.filter(buyer_id=buyer_id, received_at__isnull=False)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows.select_related("payment").order_by("-id")[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(views(found[:size]), more)


def shop_conduct(since: datetime, until: datetime) -> Mapping[int, Conduct]:
    """What happened to orders paid in this time, by shop. Three queries."""
    paid = Order.objects.filter(paid_at__gte=since, paid_at__lt=until)
    wait = ExpressionWrapper(F("shipped_at") - F("paid_at"), output_field=DurationField())
    sums = paid.values("shop_id").annotate(
        paid=Count("id"), shipped=Count("id", filter=Q(shipped_at__isnull=False)),
        refunded=Count("id", filter=Q(state="refunded")), wait=Avg(wait),
    )  # fmt: skip
    back = ExpressionWrapper(F("done_at") - F("at"), output_field=DurationField())
    repaid = (
        Refund.objects.filter(order__paid_at__gte=since, order__paid_at__lt=until, state="done")
        .values("order__shop_id")
        .annotate(repaid=Count("id"), wait=Avg(back))
    )
    money = {
        row["order__shop_id"]: (row["repaid"], _hours(row["wait"])) for row in repaid.order_by()
    }
    disputes = PaymentAlert.objects.filter(kind="dispute").values("payment_id")
    asked = Case.objects.filter(escalated_at__isnull=False).exclude(ruled_for="shop")
    told = dict(
        paid.filter(Q(payment_id__in=disputes) | Q(pk__in=asked.values("order_id")))
        .values_list("shop_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return {
        row["shop_id"]: Conduct(
            row["paid"], row["shipped"], _hours(row["wait"]), row["refunded"],
            *money.get(row["shop_id"], (0, 0)), told.get(row["shop_id"], 0),
        )
        for row in sums.order_by()
    }  # fmt: skip


def _hours(wait: timedelta | None) -> int:
    """Whole hours, rounded half up."""
    return 0 if wait is None else max(0, int((wait + HOUR / 2) // HOUR))
