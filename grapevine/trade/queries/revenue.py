"""What the platform earns from shops, month by month, and how a page draws it."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.trade.models import PlatformInvoice
from grapevine.trade.rules.revenue import Bar, bars
from grapevine.trade.rules.settlement import COMPONENTS, PREFIX, month_between, month_of

MONTHS = 12
MONTHS_MAX = 60


@dataclass(frozen=True, slots=True)
class RevenueMonth:
    """A month's four components. `is_open`: not invoiced yet, as the ledger has it now."""

    month: date
    currency: str
    commission_minor: int
    payment_minor: int
    service_minor: int
    advertising_minor: int
    is_open: bool = False

    @property
    def parts(self) -> tuple[int, int, int, int]:
        return (
            self.commission_minor, self.payment_minor, self.service_minor, self.advertising_minor,
        )  # fmt: skip

    @property
    def total_minor(self) -> int:
        return sum(self.parts)


def revenue(shop_id: int | None = None, months: int = MONTHS) -> list[RevenueMonth]:
    """The last months of one shop, or of all together, newest first; of one shop this month so far too."""
    rows = PlatformInvoice.objects.all()
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    sums = rows.order_by("-month", "currency").values_list("month", "currency").annotate(
        a=Sum("commission_minor"), b=Sum("payment_minor"), c=Sum("service_minor"),
        d=Sum("advertising_minor"),
    )  # fmt: skip
    found = [RevenueMonth(*row) for row in sums[: min(max(months, 1), MONTHS_MAX)]]
    return (_so_far(shop_id) if shop_id is not None else []) + found


def _so_far(shop_id: int) -> list[RevenueMonth]:
    month = month_of(timezone.localdate(clock.now()))
    since, until = month_between(month, settings.TIME_ZONE)
    paid = ledger.flows(f"shop:{shop_id}", PREFIX, since=since, until=until)
    found = []
    for currency in sorted({currency for currency, _ in paid}):
        a, b, c, d = (paid.get((currency, kind), 0) for kind in COMPONENTS)
        found.append(RevenueMonth(month, currency, a, b, c, d, is_open=True))
    return found


def drawn(rows: list[RevenueMonth], currency: str = "CNY") -> list[Bar]:
    """One currency's months as stacked bars, oldest first."""
    own = [row for row in reversed(rows) if row.currency == currency]
    return bars([(row.month, row.parts) for row in own])
