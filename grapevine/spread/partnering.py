"""Proposing, answering and ending a cooperation of two shops.

Each step is a guarded update of the one row: of two answers at once the first counts, the second finds nothing.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShopCard
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.spread.models import Cooperation
from grapevine.spread.partnership import (
    CATEGORIES_MAX,
    DAYS_MAX,
    GOODS_MAX,
    OPEN,
    RATE_MAX_BPS,
    AlreadyTogether,
    CooperationNotFound,
    NewCooperation,
)

WORDS_MAX = 200


def propose(*, shop: ShopCard, new: NewCooperation, actor_id: int) -> str:
    """Ask another shop; its id. Raises BadInput, ShopNotFound, AlreadyTogether."""
    other = goods.shop_by_slug(new.other.strip())
    goods_ids = _check(shop, other, new)
    guard.require_clean(new.words)
    low, high = sorted((shop.id, other.id))
    pair = f"{low}:{high}"
    over = Cooperation.objects.filter(pair=pair, state__in=OPEN, ends_at__lte=clock.now())
    try:
        with transaction.atomic():
            over.update(state="ended", ended_at=F("ends_at"))  # it is over, and makes room
            row = Cooperation.objects.create(
                shop_id=shop.id, other_id=other.id, pair=pair, rate_bps=new.rate_bps,
                categories=list(dict.fromkeys(new.categories)), goods_ids=goods_ids,
                starts_at=new.starts_at, ends_at=new.ends_at, words=new.words.strip(),
                proposed_at=clock.now(), proposed_by=actor_id,
            )  # fmt: skip
            _note(
                shop,
                row.public_id,
                "propose",
                actor_id,
                {"other": other.slug, "rate_bps": new.rate_bps},
            )
    except IntegrityError:
        raise AlreadyTogether from None
    return row.public_id


def _check(shop: ShopCard, other: ShopCard, new: NewCooperation) -> list[int]:
    """The goods meant, by their numbers; BadInput names every field that is wrong."""
    wrong = {}
    if other.id == shop.id:
        wrong["other"] = marked("不能和自己合作")
    if not 0 <= new.rate_bps <= RATE_MAX_BPS:
        wrong["rate"] = marked("分成写 0 到 50 之间的百分比")
    length = new.ends_at - new.starts_at
    if not timedelta(0) < length <= timedelta(days=DAYS_MAX) or new.ends_at <= clock.now():
        wrong["ends"] = marked("结束要在开始之后，最长一年")
    if len(new.words.strip()) > WORDS_MAX:
        wrong["words"] = marked("最多 200 个字")
    if len(new.categories) > CATEGORIES_MAX or any(
        not 1 <= len(one) <= 20 for one in new.categories
    ):
        wrong["categories"] = marked("最多 20 个类目")
    named = goods.goods_by_public_ids([one[:12] for one in new.goods[: GOODS_MAX + 1]])
    theirs = {card.id for card in named.values() if card.shop_id in (shop.id, other.id)}
    if len(new.goods) > GOODS_MAX or len(theirs) < len(set(new.goods)):
        wrong["goods"] = marked("最多 50 件，都要是你们两家的商品")
    if wrong:
        raise BadInput(fields=wrong)
    return sorted(theirs)


@transaction.atomic
def accept(*, shop: ShopCard, public_id: str, actor_id: int) -> None:
    """The shop that was asked agrees. Raises CooperationNotFound once it is answered, taken back or too late."""
    rows = Cooperation.objects.filter(public_id=public_id, other_id=shop.id, state="proposed")
    now = clock.now()
    if not rows.filter(ends_at__gt=now).update(
        state="accepted", answered_at=now, answered_by=actor_id
    ):
        raise CooperationNotFound(public_id)
    _note(shop, public_id, "accept", actor_id, {})


@transaction.atomic
def decline(*, shop: ShopCard, public_id: str, actor_id: int) -> None:
    """The shop that was asked does not want to. Raises CooperationNotFound."""
    rows = Cooperation.objects.filter(public_id=public_id, other_id=shop.id, state="proposed")
    if not rows.update(state="declined", answered_at=clock.now(), answered_by=actor_id):
        raise CooperationNotFound(public_id)
    _note(shop, public_id, "decline", actor_id, {})


@transaction.atomic
def end(*, shop: ShopCard, public_id: str, actor_id: int) -> None:
    """Either side ends it, or whoever asked takes the proposal back. From the next request on neither shows the other.

    Orders placed before keep their terms. Raises CooperationNotFound.
    """
    rows = Cooperation.objects.filter(public_id=public_id)
    open_ = Q(state="accepted") & (Q(shop_id=shop.id) | Q(other_id=shop.id))
    open_ |= Q(state="proposed", shop_id=shop.id)
    if not rows.filter(open_).update(state="ended", ended_at=clock.now(), ended_by_shop=shop.id):
        raise CooperationNotFound(public_id)
    _note(shop, public_id, "end", actor_id, {})


def _note(
    shop: ShopCard, public_id: str, step: str, actor_id: int, after: dict[str, object]
) -> None:  # fmt: skip
    guard.note(
        actor_id=actor_id, action=f"cooperation.{step}", object=f"cooperation:{public_id}",
        after=after, shop_id=shop.id,
    )  # fmt: skip
