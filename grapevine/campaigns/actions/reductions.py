"""Offering and stopping 满减."""

from django.db import transaction

from grapevine.campaigns import access
from grapevine.campaigns.actions.scoping import scope_of
from grapevine.campaigns.contracts import NewReduction, ReductionView, TooMany
from grapevine.campaigns.models import Reduction
from grapevine.campaigns.queries.promotions import reduction_view
from grapevine.campaigns.rules.reductions import check_reduction, reduction_name
from grapevine.campaigns.rules.windows import stored
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.ids import new_id

LIVE_MAX = 20


def preview_reduction(*, shop_id: int, new: NewReduction) -> ReductionView:
    """What offering it would make, without making it. Raises BadInput."""
    return reduction_view(_draft(shop_id, new))


@transaction.atomic
def create_reduction(
    *, shop_id: int, new: NewReduction, actor_id: int | None = None
) -> ReductionView:
    """Offer it; the best one of a shop applies by itself. Raises BadInput, TooMany."""
    made = _draft(shop_id, new)
    live = Reduction.objects.filter(shop_id=shop_id, stopped_at=None, ends_at__gt=made.made_at)
    if live.count() >= LIVE_MAX:
        raise TooMany(most=LIVE_MAX)
    made.save(force_insert=True)
    guard.note(
        actor_id=actor_id, action="reduction.create", object=f"reduction:{made.public_id}",
        after={"title": made.title}, shop_id=shop_id,
    )  # fmt: skip
    return reduction_view(made)


def _draft(shop_id: int, new: NewReduction) -> Reduction:
    now = clock.now()
    check_reduction(new, now=now)
    return Reduction(
        public_id=new_id(), shop_id=shop_id, title=new.title.strip() or reduction_name(new),
        tiers=[list(tier) for tier in new.tiers], scope=stored(scope_of(shop_id, new.scope)),
        starts_at=new.starts_at, ends_at=new.ends_at, made_at=now,
    )  # fmt: skip


@transaction.atomic
def stop_reduction(*, shop_id: int, public_id: str, actor_id: int | None = None) -> None:
    """It applies to no purchase placed from now on. Safe to repeat."""
    found = access.reduction_of_shop(shop_id, public_id)
    if Reduction.objects.filter(pk=found.pk, stopped_at=None).update(stopped_at=clock.now()):
        guard.note(
            actor_id=actor_id, action="reduction.stop", object=f"reduction:{public_id}",
            shop_id=shop_id,
        )  # fmt: skip
