"""What trade held of people goes three years after a sale was complete (E-Commerce Law of the PRC, article 31)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from grapevine.kit import clock
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import CaseMessage, CasePicture, InvoiceRequest, Order, Pickup

KEPT = timedelta(days=3 * 366)
ENDED = (OrderState.COMPLETED, OrderState.CANCELLED, OrderState.REFUNDED)
BATCH = 500


def _over(before: datetime) -> QuerySet[Order]:
    """Ended orders that were complete before a moment: settled, or received, or else placed."""
    last = Coalesce("settled_at", "received_at", "shipped_at", "paid_at", "placed_at")
    return Order.objects.annotate(last=last).filter(state__in=ENDED, last__lt=before)


def forget_orders() -> int:
    """Where it went, what was written, what was said and shown in a case, the pick-up code; how many orders."""
    over = _over(clock.now() - KEPT)
    named = ~Q(address="") | ~Q(region="") | ~Q(city="") | ~Q(message="")
    said = CaseMessage.objects.exclude(words="").values("case__order_id")
    shown = CasePicture.objects.values("message__case__order_id")
    fetched = Pickup.objects.exclude(code="").values("order_id")
    left = named | Q(pk__in=said) | Q(pk__in=shown) | Q(pk__in=fetched)
    ids = list(over.filter(left).order_by("pk").values_list("pk", flat=True)[:BATCH])
    if ids:
        _forget(ids)
    return len(ids)


@transaction.atomic
def _forget(ids: list[int]) -> None:
    CasePicture.objects.filter(message__case__order_id__in=ids).delete()
    CaseMessage.objects.filter(case__order_id__in=ids).update(words="")
    Pickup.objects.filter(order_id__in=ids).update(code="")
    InvoiceRequest.objects.filter(order_id__in=ids).delete()
    Order.objects.filter(pk__in=ids).update(address="", region="", city="", message="")
