"""Reads of coupons and who holds them. `takeable` 1 query (2 for somebody), `wallet` 2, `plans_of_shop` 1."""

from collections.abc import Iterable

from django.db.models import Count, F, Q, QuerySet

from grapevine.campaigns.contracts import CouponPlanView, CouponState, CouponView, Scope
from grapevine.campaigns.models import Coupon, CouponPlan
from grapevine.campaigns.rules.windows import covers
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsDetail, ShopCard
from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

SHOWN_MAX = 30


def plan_view(plan: CouponPlan, shop: ShopCard | None = None, mine: int = 0) -> CouponPlanView:
    return CouponPlanView(
        plan.pk or 0, plan.public_id, plan.shop_id, plan.title, plan.rate_bps, plan.worth_minor,
        plan.threshold_minor, Scope.read(plan.scope), plan.audience, plan.issue_limit,
        plan.per_person, plan.budget_minor, plan.issued, plan.days, plan.starts_at, plan.ends_at,
        plan.stopped_at, shop.name if shop else "", shop.slug if shop else "", mine,
    )  # fmt: skip


def takeable(
    shop_ids: Iterable[int], person_id: int | None = None, *, of_goods: GoodsDetail | None = None
) -> list[CouponPlanView]:
    """Coupons that can be taken now, the dearest cut first, with how many the person took already.

    `shop_ids` may hold 0 for the platform's. `of_goods` keeps those that cut these goods. Coupons for named
    people are not shown: they are given.
    """
    now = clock.now()
    rows = CouponPlan.objects.filter(
        shop_id__in=list(shop_ids), stopped_at=None, starts_at__lte=now, ends_at__gt=now
    )
    rows = rows.exclude(audience="named").filter(issued__lt=F("issue_limit"))
    found = list(rows.order_by("-worth_minor", "id")[:SHOWN_MAX])
    if of_goods is not None:
        found = [plan for plan in found if _cuts(plan, of_goods)]
    mine = _taken(found, person_id)
    return [plan_view(plan, mine=mine.get(plan.pk, 0)) for plan in found]


def _cuts(plan: CouponPlan, detail: GoodsDetail) -> bool:
    scope = Scope.read(plan.scope)
    return scope.is_everything or any(covers(scope, sku) for sku in detail.skus)


def _taken(plans: list[CouponPlan], person_id: int | None) -> dict[int, int]:
    if person_id is None or not plans:
        return {}
    rows = Coupon.objects.filter(person_id=person_id, plan__in=plans)
    return dict(rows.values_list("plan_id").annotate(n=Count("id")))


def _in_state(person_id: int, state: CouponState) -> QuerySet[Coupon]:
    rows, now = Coupon.objects.filter(person_id=person_id), clock.now()
    if state is CouponState.USED:
        return rows.filter(state="used")
    held = rows.filter(state="held")
    return (
        held.filter(until__gt=now) if state is CouponState.USABLE else held.filter(until__lte=now)
    )


def wallet(
    person_id: int, state: CouponState = CouponState.USABLE, cursor: str | None = None,
    limit: int | None = None,
) -> Page[CouponView]:  # fmt: skip
    """A person's coupons in one state, the newest first."""
    size = clamp(limit)
    rows = _in_state(person_id, state).select_related("plan").order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    shops = goods.shops({coupon.plan.shop_id for coupon in found} - {0})
    return Page(
        [
            CouponView(
                one.public_id, plan_view(one.plan, shops.get(one.plan.shop_id)), state,
                one.taken_at, one.until, one.used_at, one.amount_minor,
            )
            for one in found[:size]
        ],
        more,
    )  # fmt: skip


def wallet_counts(person_id: int) -> dict[str, int]:
    """How many coupons a person has in each state. One query."""
    now = clock.now()
    return Coupon.objects.filter(person_id=person_id).aggregate(
        usable=Count("id", filter=Q(state="held", until__gt=now)),
        used=Count("id", filter=Q(state="used")),
        expired=Count("id", filter=Q(state="held", until__lte=now)),
    )


def plans_of_shop(
    shop_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[CouponPlanView]:
    """A shop's coupons, newest first; `shop_id` 0 for the platform's."""
    size = clamp(limit)
    rows = CouponPlan.objects.filter(shop_id=shop_id).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([plan_view(plan) for plan in found[:size]], more)


def coupon_plan(public_id: str) -> CouponPlanView | None:
    plan = CouponPlan.objects.filter(public_id=public_id).first()
    return plan_view(plan) if plan else None
