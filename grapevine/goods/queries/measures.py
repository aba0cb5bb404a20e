"""What samples and the platform's measures say of shops between two moments, for those who judge shops."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Q

from grapevine.goods.models import GoodsReview, Inspection, Shop, Withholding
from grapevine.goods.onboarding import Cause

MEASURES = (Cause.PERMIT, Cause.LICENCE, Cause.SUSPENDED)
"""What the platform does to a shop that breaks a rule of selling; a failed sample is counted apart."""
VIOLATIONS = ("prohibited", "wording", "infringement", "permit")
"""Reasons of an operator's rejection that are a violation, and not a bad picture or a wrong category."""


def inspected(since: datetime, until: datetime) -> Mapping[int, tuple[int, int]]:
    """Shop → samples decided in this time, and those of them that failed. One query."""
    rows = Inspection.objects.filter(decided_at__gte=since, decided_at__lt=until)
    counted = rows.values_list("goods__shop_id").annotate(
        n=Count("id"), failed=Count("id", filter=Q(state="failed"))
    )
    return {shop_id: (n, failed) for shop_id, n, failed in counted.order_by()}


def violations(since: datetime, until: datetime) -> Mapping[int, int]:
    """Every shop → how often the platform acted against it in this time. Three queries.

    Goods that an operator rejected for a violation, and goods or the shop put out of sale for a missing or expired
    paper or by a suspension; all goods of one act count once.
    """
    found = dict.fromkeys(Shop.objects.values_list("pk", flat=True), 0)
    rejected = GoodsReview.objects.filter(
        state="rejected", decided_at__gte=since, decided_at__lt=until, decided_by_id__isnull=False
    )
    for shop_id, reasons in rejected.values_list("goods__shop_id", "reasons"):
        found[shop_id] += any(code in VIOLATIONS for code, _ in reasons)
    acts = Withholding.objects.filter(cause__in=MEASURES, since__gte=since, since__lt=until)
    distinct = set(acts.values_list("shop_id", "cause", "since"))
    for shop_id, _cause, _since in distinct:
        found[shop_id] += 1
    return found
