"""Since when an order could have been sent."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Order, OrderStep


def with_ready(rows: QuerySet[Order]) -> QuerySet[Any]:
    """With `ready_at`: when it was paid, or its group was full."""
    first = OrderStep.objects.filter(order=OuterRef("pk"), state=OrderState.PAID).order_by("id")
    return rows.annotate(ready_at=Subquery(first.values("at")[:1]))
