"""Coupons, reductions and flash sales over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from grapevine.campaigns.actions import coupons, flash, reductions
from grapevine.campaigns.api import schemas
from grapevine.campaigns.api.schemas import Answer
from grapevine.campaigns.contracts import CouponState
from grapevine.campaigns.queries import coupons as coupon_queries, promotions
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, person_id_of
from grapevine.people import facade as people

router = Router(tags=["campaigns"])


def _shop(request: HttpRequest, slug: str) -> int:
    return goods.shop_for_staff(me(request), slug, Right.MARKETING).id


def _platform(request: HttpRequest) -> int:
    """0, the platform's own; for everybody but operators there is nothing here."""
    if not people.is_operator(me(request)):
        raise NotFound
    return coupons.PLATFORM


def _page(page: Any, tell: Any) -> Answer:
    return {"items": [tell(one) for one in page.items], "next_cursor": page.next_cursor}


@router.post("/shops/{slug}/coupon-plans", response={201: Answer}, auth=signed_in)
@once
def create_coupons(request: HttpRequest, slug: str, body: schemas.CouponsIn) -> Status[Answer]:
    """Give out a kind of coupon. With a budget no more than it pays for if every one is used in full."""
    plan = coupons.create_coupons(
        shop_id=_shop(request, slug), new=body.new(), actor_id=me(request)
    )
    return Status(201, schemas.own_coupon_plan(plan))


@router.get("/shops/{slug}/coupon-plans", response=ListOut[Answer], auth=signed_in)
def shop_coupon_plans(
    request: HttpRequest, slug: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """A shop's coupons for its staff, newest first."""
    page = coupon_queries.plans_of_shop(_shop(request, slug), cursor, limit)
    return _page(page, schemas.own_coupon_plan)


@router.delete("/shops/{slug}/coupon-plans/{plan_id}", response={204: None}, auth=signed_in)
@once
def stop_coupons(request: HttpRequest, slug: str, plan_id: str) -> Status[None]:
    """None are taken any more; those people hold stay good to their end."""
    coupons.stop_coupons(actor_id=me(request), shop_id=_shop(request, slug), public_id=plan_id)
    return Status(204, None)


@router.post(
    "/shops/{slug}/coupon-plans/{plan_id}/gifts",
    response={201: schemas.GivenOut},
    auth=signed_in,
)
@once
def give_coupons(
    request: HttpRequest, slug: str, plan_id: str, body: schemas.GiftsIn
) -> Status[Answer]:
    """Give one to each of these people, all or nothing; who has theirs already is passed over."""
    given = coupons.give_coupons(
        shop_id=_shop(request, slug),
        plan_id=plan_id,
        handles=body.handles,
        actor_id=me(request),
    )
    return Status(201, {"given": given})


@router.post("/platform/coupon-plans", response={201: Answer}, auth=signed_in)
@once
def create_platform_coupons(request: HttpRequest, body: schemas.CouponsIn) -> Status[Answer]:
    """Give out a coupon of the platform, which makes up to shops what it cuts. For operators."""
    plan = coupons.create_coupons(shop_id=_platform(request), new=body.new(), actor_id=me(request))
    return Status(201, schemas.own_coupon_plan(plan))


@router.get("/platform/coupon-plans", response=ListOut[Answer], auth=signed_in)
def platform_coupon_plans(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> Any:
    """The platform's coupons for its operators, newest first."""
    page = coupon_queries.plans_of_shop(_platform(request), cursor, limit)
    return _page(page, schemas.own_coupon_plan)


@router.delete("/platform/coupon-plans/{plan_id}", response={204: None}, auth=signed_in)
@once
def stop_platform_coupons(request: HttpRequest, plan_id: str) -> Status[None]:
    """None are taken any more; those people hold stay good to their end."""
    coupons.stop_coupons(actor_id=me(request), shop_id=_platform(request), public_id=plan_id)
    return Status(204, None)


@router.get("/shops/{slug}/coupons", response=ListOut[Answer], auth=maybe_signed_in)
def takeable_coupons(request: HttpRequest, slug: str) -> Any:
    """What can be taken now at a shop, its own and the platform's, the dearest cut first; at most 30."""
    shop = goods.shop_by_slug(slug)
    found = coupon_queries.takeable([shop.id, coupons.PLATFORM], person_id_of(request))
    return {"items": [schemas.coupon_plan(plan) for plan in found]}


@router.post("/coupon-plans/{plan_id}/coupons", response={201: schemas.TakenOut}, auth=signed_in)
@once
def take_coupon(request: HttpRequest, plan_id: str) -> Status[Answer]:
    """Take one. 409 if they are gone, over, or you have yours; 403 if they are for others."""
    taken = coupons.take_coupon(person_id=me(request), plan_id=plan_id)
    return Status(201, {"public_id": taken})


@router.get("/me/coupons", response=ListOut[Answer], auth=signed_in)
def my_coupons(
    request: HttpRequest,
    state: CouponState = CouponState.USABLE,
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Your coupons that are usable, used or expired, newest first."""
    page = coupon_queries.wallet(me(request), state, cursor, limit)
    return _page(page, schemas.coupon)


@router.post("/shops/{slug}/reductions", response={201: Answer}, auth=signed_in)
@once
def create_reduction(request: HttpRequest, slug: str, body: schemas.ReductionIn) -> Status[Answer]:
    """Offer a 满减: from each tier's threshold on, so much less. Of a shop's the best applies."""
    made = reductions.create_reduction(
        shop_id=_shop(request, slug), new=body.new(), actor_id=me(request)
    )
    return Status(201, schemas.reduction(made))


@router.get("/shops/{slug}/reductions", response=ListOut[Answer], auth=signed_in)
def shop_reductions(
    request: HttpRequest, slug: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """A shop's reductions for its staff, newest first."""
    page = promotions.reductions_of_shop(_shop(request, slug), cursor, limit)
    return _page(page, schemas.reduction)


@router.delete("/shops/{slug}/reductions/{public_id}", response={204: None}, auth=signed_in)
@once
def stop_reduction(request: HttpRequest, slug: str, public_id: str) -> Status[None]:
    """It applies to no order placed from now on."""
    reductions.stop_reduction(
        actor_id=me(request), shop_id=_shop(request, slug), public_id=public_id
    )
    return Status(204, None)


@router.post("/shops/{slug}/flash-sales", response={201: Answer}, auth=signed_in)
@once
def create_flash_sale(request: HttpRequest, slug: str, body: schemas.FlashSaleIn) -> Status[Answer]:
    """Plan a flash sale of a SKU: a price, a quota, pieces a person, from when to when."""
    made = flash.create_flash_sale(
        shop_id=_shop(request, slug), new=body.new(), actor_id=me(request)
    )
    return Status(201, schemas.flash_sale(made))


@router.get("/shops/{slug}/flash-sales", response=ListOut[Answer], auth=signed_in)
def shop_flash_sales(
    request: HttpRequest, slug: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """A shop's flash sales for its staff, newest first."""
    page = promotions.flash_sales_of_shop(_shop(request, slug), cursor, limit)
    return _page(page, schemas.flash_sale)


@router.delete("/shops/{slug}/flash-sales/{public_id}", response={204: None}, auth=signed_in)
@once
def stop_flash_sale(request: HttpRequest, slug: str, public_id: str) -> Status[None]:
    """The list price applies from now on; what was ordered stays as it was."""
    flash.stop_flash_sale(actor_id=me(request), shop_id=_shop(request, slug), public_id=public_id)
    return Status(204, None)


@router.get("/goods/{public_id}/offers", response=Answer, auth=maybe_signed_in)
def goods_offers(request: HttpRequest, public_id: str) -> Any:
    """What may cut the price of these goods: flash sales that run or are planned, reductions, coupons to take."""
    detail = goods.goods_detail(public_id)
    shop_id = detail.card.shop_id
    takeable = coupon_queries.takeable(
        [shop_id, coupons.PLATFORM], person_id_of(request), of_goods=detail
    )
    return {
        "flash_sales": [schemas.flash_sale(one) for one in promotions.flash_of_goods(detail)],
        "reductions": [
            schemas.reduction(one) for one in promotions.live_reductions(shop_id, of_goods=detail)
        ],
        "coupons": [schemas.coupon_plan(plan) for plan in takeable],
    }
