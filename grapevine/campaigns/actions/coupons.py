"""Offering, taking and giving coupons. Using them is in `redeeming`."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from grapevine.campaigns import access
from grapevine.campaigns.actions.scoping import scope_of
from grapevine.campaigns.contracts import (
    Audience,
    CouponPlanView,
    CouponsGone,
    CouponsOver,
    CouponTaken,
    NewCoupons,
    NotForYou,
    TooMany,
)
from grapevine.campaigns.models import Coupon, CouponPlan
from grapevine.campaigns.queries.coupons import plan_view
from grapevine.campaigns.rules.coupons import check_coupons, coupon_name, ends, pieces
from grapevine.campaigns.rules.windows import stored
from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.trade import facade as trade

LIVE_MAX = 100
"""Kinds of coupons a shop (or the platform) gives out at the same time."""
GIFTS_MAX = 200
PLATFORM = 0


def preview_coupons(*, shop_id: int, new: NewCoupons) -> CouponPlanView:
    """What giving it out would make, without making it. Raises BadInput."""
    return plan_view(_draft(shop_id, new))


@transaction.atomic
def create_coupons(*, shop_id: int, new: NewCoupons, actor_id: int | None = None) -> CouponPlanView:
    """Give out a kind of coupon; `shop_id` 0 for the platform's. Raises BadInput, TooMany.

    With a budget no more are given out than it pays if every one is used in full.
    """
    plan = _draft(shop_id, new)
    live = CouponPlan.objects.filter(shop_id=shop_id, stopped_at=None, ends_at__gt=plan.made_at)
    if live.count() >= LIVE_MAX:
        raise TooMany(most=LIVE_MAX)
    plan.save(force_insert=True)
    guard.note(
        actor_id=actor_id, action="coupons.create", object=f"coupons:{plan.public_id}",
        after={"title": plan.title, "budget_minor": plan.budget_minor, "count": plan.issue_limit},
        shop_id=shop_id,
    )  # fmt: skip
    return plan_view(plan)


def _draft(shop_id: int, new: NewCoupons) -> CouponPlan:
    now = clock.now()
    check_coupons(new, now=now)
    return CouponPlan(
        public_id=new_id(), shop_id=shop_id, title=new.title.strip() or coupon_name(new),
        rate_bps=new.rate_bps, worth_minor=new.worth_minor, threshold_minor=new.threshold_minor,
        scope=stored(scope_of(shop_id, new.scope)), audience=new.audience, issue_limit=pieces(new),
        per_person=new.per_person, budget_minor=new.budget_minor, days=new.days,
        starts_at=new.starts_at, ends_at=new.ends_at, made_at=now,
    )  # fmt: skip


@transaction.atomic
def stop_coupons(*, shop_id: int, public_id: str, actor_id: int | None = None) -> None:
    """None are taken any more; those people hold stay good to their end. Safe to repeat."""
    plan = access.coupon_plan_of_shop(shop_id, public_id)
    if CouponPlan.objects.filter(pk=plan.pk, stopped_at=None).update(stopped_at=clock.now()):
        guard.note(
            actor_id=actor_id, action="coupons.stop", object=f"coupons:{public_id}", shop_id=shop_id
        )


def take_coupon(*, person_id: int, plan_id: str) -> str:
    """Take one; its public id. Raises NotForYou, CouponsOver, CouponsGone, CouponTaken.

    Who may take it is looked at here and never again: a coupon once taken is good for whoever holds it.
    """
    plan = access.coupon_plan(plan_id)
    if not _may_take(plan, person_id):
        raise NotForYou(plan_id)
    if plan.issued >= plan.issue_limit:
        raise CouponsGone(plan_id)
    with transaction.atomic():
        return _issue(plan, person_id)


def _may_take(plan: CouponPlan, person_id: int) -> bool:
    match plan.audience:
        case Audience.NEW:
            return not trade.has_paid(person_id=person_id, shop_id=plan.shop_id or None)
        case Audience.FANS:
            shop = goods.shops([plan.shop_id]).get(plan.shop_id)
            return shop is not None and bool(people.is_following(person_id, [shop.owner_id]))
        case Audience.NAMED:
            return False
    return True


def _issue(plan: CouponPlan, person_id: int) -> str:
    """Count it on the plan first: that row is ours until the end, so the person's own count is exact."""
    now = clock.now()
    open_ = CouponPlan.objects.filter(
        pk=plan.pk, stopped_at=None, starts_at__lte=now, ends_at__gt=now
    )
    if not open_.filter(issued__lt=F("issue_limit")).update(issued=F("issued") + 1):
        raise CouponsGone(plan.public_id) if open_.exists() else CouponsOver(plan.public_id)
    nth = Coupon.objects.filter(plan=plan, person_id=person_id).count() + 1
    if nth > plan.per_person:
        raise CouponTaken(plan.public_id, most=plan.per_person)
    coupon = Coupon.objects.create(
        public_id=new_id(), plan=plan, person_id=person_id, nth=nth, taken_at=now,
        until=ends(taken_at=now, ends_at=plan.ends_at, days=plan.days),
    )  # fmt: skip
    return coupon.public_id


def give_coupons(
    *, shop_id: int, plan_id: str, handles: Sequence[str], actor_id: int | None = None
) -> int:
    """Give one to each of these people; how many got one. Who has theirs already is passed over.

    All or nothing: CouponsGone if there are too few, PersonNotFound for an unknown handle. Only for coupons
    meant for named people (NotForYou otherwise).
    """
    plan = access.coupon_plan_of_shop(shop_id, plan_id)
    if plan.audience != Audience.NAMED:
        raise NotForYou(plan_id)
    wanted = sorted({handle.strip().lstrip("@") for handle in handles if handle.strip()})
    if not 1 <= len(wanted) <= GIFTS_MAX:
        raise BadInput(fields={"handles": marked("写 1 到 200 个人")})
    ids = [people.card_by_handle(handle).id for handle in wanted]
    return len(_give(plan, ids, actor_id))


def give_coupons_to(
    *, shop_id: int, plan_id: str, person_ids: Sequence[int], actor_id: int | None = None
) -> list[int]:
    """As `give_coupons`, to people the house chose by their facts; who got one."""
    plan = access.coupon_plan_of_shop(shop_id, plan_id)
    if plan.audience != Audience.NAMED:
        raise NotForYou(plan_id)
    return _give(plan, person_ids, actor_id)


def _give(plan: CouponPlan, person_ids: Sequence[int], actor_id: int | None) -> list[int]:
    given = []
    with transaction.atomic():
        for person_id in person_ids:
            try:
                with transaction.atomic():
                    _issue(plan, person_id)
                    given.append(person_id)
            except CouponTaken:
                continue
        guard.note(
            actor_id=actor_id, action="coupons.give", object=f"coupons:{plan.public_id}",
            after={"given": len(given)}, shop_id=plan.shop_id,
        )  # fmt: skip
    return given
