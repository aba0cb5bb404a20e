"""Offering goods to the pool, picking them into another shop, and the end of either.

Stock, shipping and price stay the supplier's. A pick lives while its offer does, its goods are on sale and its shop may
sell; whoever sells by it asks `queries.pool.terms_of` at that moment. `watch_pool` ends and tells what is over.
"""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grapevine.goods import access
from grapevine.goods.actions import limits
from grapevine.goods.actions.shelves import lock_shop, withheld_now
from grapevine.goods.contracts import NewTerm
from grapevine.goods.models import Goods, Pick, PoolOffer, PoolTerm, Sku
from grapevine.goods.onboarding import Kind, Withheld
from grapevine.goods.pool import (
    CannotSupply,
    GoodsPicked,
    OwnGoods,
    PickedAlready,
    PickEnded,
    UnderFloor,
)
from grapevine.goods.queries import pool as reads
from grapevine.goods.rules import pool as rules
from grapevine.goods.rules.pool import Term
from grapevine.goods.rules.standing import CAUSES
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

BATCH = 500


@transaction.atomic
def offer_goods(
    *, shop_id: int, public_id: str, actor_id: int, rate_bps: int | None,
    terms: Sequence[NewTerm] = (),
) -> str:  # fmt: skip
    """Let other shops sell these goods: for a rate, or for what is above each SKU's supply price. The offer's id.

    Terms better than those before keep the picks; worse ones end them at once. Raises BadInput or CannotSupply.
    """
    shop = lock_shop(shop_id)
    if shop.kind == Kind.INDIVIDUAL:
        raise CannotSupply
    goods = access.goods_for_shop(shop_id, public_id)
    if not goods.on_sale:
        raise BadInput(fields={"terms": marked("先把商品上架，才能放进供货池")})
    wanted = _terms(goods, rate_bps, {one.code: one for one in terms})
    before = PoolOffer.objects.filter(goods=goods, ended_at=None).first()
    cheapest = min(wanted.values())
    now = clock.now()
    if before is not None:
        PoolOffer.objects.filter(pk=before.pk).update(ended_at=now)
    made = PoolOffer.objects.create(
        public_id=new_id(), goods=goods, rate_bps=rate_bps, price_minor=cheapest.list_minor,
        earn_minor=cheapest.earn_minor, offered_by=actor_id, since=now,
    )  # fmt: skip
    PoolTerm.objects.bulk_create(
        PoolTerm(offer=made, sku_id=sku_id, **one._asdict()) for sku_id, one in wanted.items()
    )
    if before is not None:
        _carry_on(before, made, wanted)
    guard.audit(
        actor_id=actor_id, action="pool.offer", object=f"goods:{public_id}", shop_id=shop_id,
        before=_told(before), after=_told(made),
    )  # fmt: skip
    return made.public_id


def _terms(goods: Goods, rate_bps: int | None, given: Mapping[str, NewTerm]) -> dict[int, Term]:
    found = {}
    for sku in Sku.objects.filter(goods=goods).order_by("position", "id"):
        one = given.get(sku.code, NewTerm(sku.code))
        made = rules.term(
            sku.price_minor, rate_bps=rate_bps, supply_minor=one.supply_minor,
            floor_minor=one.floor_minor,
        )  # fmt: skip
        if made is None:
            told = marked("佣金最多是售价的一半；供货价不能高于最低售价，最低售价不能高于售价")
            raise BadInput(fields={"terms": told})
        found[sku.pk] = made
    if not found:
        raise BadInput(fields={"terms": marked("这件商品还没有规格")})
    return found


def _told(offer: PoolOffer | None) -> dict[str, int | None] | None:
    if offer is None:
        return None
    return {"rate_bps": offer.rate_bps, "earn_minor": offer.earn_minor}


def _carry_on(before: PoolOffer, made: PoolOffer, wanted: dict[int, Term]) -> None:
    """Picks go over to the new terms, unless these are worse or the picks' prices too low for them."""
    agreed = reads.terms_by_sku(before.pk)
    if before.rate_bps != made.rate_bps and None in (before.rate_bps, made.rate_bps):
        end_picks([before.pk], "raised")  # another way of counting is agreed to anew
    elif rules.is_worse(agreed, wanted):
        end_picks([before.pk], "raised")
    else:
        Pick.objects.filter(offer=before, ended_at=None).update(offer=made)


@transaction.atomic
def withdraw_offer(*, shop_id: int, public_id: str, actor_id: int) -> None:
    """Nobody else sells these goods from now on. Doing it again changes nothing."""
    lock_shop(shop_id)
    goods = access.goods_for_shop(shop_id, public_id)
    mine = PoolOffer.objects.filter(goods=goods, ended_at=None)
    ids = list(mine.values_list("pk", flat=True))
    if not ids:
        return
    mine.update(ended_at=clock.now())
    ended = end_picks(ids, "withdrawn")
    guard.audit(
        actor_id=actor_id, action="pool.withdraw", object=f"goods:{public_id}", shop_id=shop_id,
        after={"picks_ended": ended},
    )  # fmt: skip


def end_picks(offer_ids: Sequence[int], why: str) -> int:
    """End every live pick of these offers and tell its owner; how many. Must run in a transaction."""
    now = clock.now()
    live = Pick.objects.filter(offer__in=offer_ids, ended_at=None).select_for_update(of=("self",))
    rows = list(live.select_related("shop", "goods").order_by("pk"))
    Pick.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=now, ended_why=why)
    for start in range(0, len(rows), BATCH):
        signals.emit(*(_ended(row, why) for row in rows[start : start + BATCH]))
    return len(rows)


def _ended(row: Pick, why: str) -> PickEnded:
    return PickEnded(
        row.shop_id, row.shop.owner_id, row.goods_id, row.goods.public_id, why,
        clock.now().isoformat(),
    )  # fmt: skip


@transaction.atomic
def pick_goods(*, shop_id: int, offer_id: str, person_id: int) -> str:
    """Put an offer of the pool into this shop, at the supplier's price; the pick's id.

    Raises OfferNotFound, OwnGoods, PickedAlready, Withheld (the shop may not sell now) or UpgradeNeeded.
    """
    shop = lock_shop(shop_id)
    offer = reads.live_offer(offer_id)
    if offer.goods.shop_id == shop_id:
        raise OwnGoods
    reasons = withheld_now(shop_id)
    if reasons:
        raise Withheld(why=_(CAUSES[reasons[0].cause]))
    if Pick.objects.filter(shop=shop, goods=offer.goods, ended_at=None).exists():
        raise PickedAlready
    limits.require_room(shop)
    now = clock.now()
    try:
        with transaction.atomic():
            made = Pick.objects.create(
                public_id=new_id(), shop=shop, goods=offer.goods, offer=offer, picked_by=person_id,
                picked_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise PickedAlready from None
    signals.emit(
        GoodsPicked(shop_id, person_id, offer.goods_id, offer.goods.public_id, now.isoformat())
    )
    guard.note(
        actor_id=person_id, action="pool.pick", object=f"goods:{offer.goods.public_id}",
        shop_id=shop_id, after={"earn_minor": offer.earn_minor},
    )  # fmt: skip
    return made.public_id


@transaction.atomic
def set_off(*, shop_id: int, public_id: str, off_bps: int, actor_id: int) -> None:
    """Sell a pick for less, out of the shop's own earning. Raises PickNotFound or UnderFloor."""
    lock_shop(shop_id)
    row = reads.live_pick_of_shop(shop_id, public_id)
    most = rules.most_off_bps(reads.terms_by_sku(row.offer_id).values())
    if not 0 <= off_bps <= most:
        raise UnderFloor(most=f"{most / 100:g}%")
    Pick.objects.filter(pk=row.pk).update(off_bps=off_bps)
    guard.note(
        actor_id=actor_id, action="pool.reprice", object=f"goods:{row.goods.public_id}",
        shop_id=shop_id, before={"off_bps": row.off_bps}, after={"off_bps": off_bps},
    )  # fmt: skip


@transaction.atomic
def drop_pick(*, shop_id: int, public_id: str, actor_id: int) -> None:
    """Take a pick out of the shop. Raises PickNotFound; what was sold by it is paid as agreed."""
    lock_shop(shop_id)
    row = reads.live_pick_of_shop(shop_id, public_id)
    Pick.objects.filter(pk=row.pk).update(ended_at=clock.now(), ended_why="dropped")
    guard.note(
        actor_id=actor_id, action="pool.drop", object=f"goods:{row.goods.public_id}",
        shop_id=shop_id,
    )  # fmt: skip


def watch_pool() -> int:
    """End offers whose goods the supplier took off the shelf or made dearer, with their picks; how many offers."""
    return sum(_end(pk, why) for pk, why in reads.offers_over(BATCH))


@transaction.atomic
def _end(offer_pk: int, why: str) -> bool:
    if not PoolOffer.objects.filter(pk=offer_pk, ended_at=None).update(ended_at=clock.now()):
        return False  # the supplier was faster
    end_picks([offer_pk], why)
    return True
