"""Where a deposit is paid to, as an owner and an operator are told."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from grapevine.goods.contracts import ShopCard
from grapevine.goods.onboarding import Standing
from grapevine.goods.queries.sales import sales_minor


@dataclass(frozen=True, slots=True)
class PayTo:
    holder: str
    bank: str
    number: str


def pay_to() -> PayTo | None:
    """The account that takes deposits, or None where none was named."""
    return PayTo(*settings.DEPOSIT_ACCOUNT) if settings.DEPOSIT_ACCOUNT else None


def deposit_context(shop: ShopCard, standing: Standing) -> dict[str, Any]:
    """What is missing of a deposit, and how it is paid: by a transfer that names the shop's address."""
    missing = max(0, standing.deposit_due_minor - standing.deposit_paid_minor)
    return {
        "missing_minor": missing, "pay_to": pay_to(), "pay_reference": shop.slug,
        "contact": settings.PLATFORM_CONTACT,
        "unpaid_most_minor": settings.UNPAID_DEPOSIT_SALES_MINOR,
        "unpaid_sold_minor": sales_minor(shop.id) if missing else 0,
    }  # fmt: skip
