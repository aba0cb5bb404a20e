"""Goods on their way to be sold: checked by the machine, and where it finds something by a person."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from grapevine.goods import access
from grapevine.goods.actions import desk, judging
from grapevine.goods.actions.permits import judge_permits
from grapevine.goods.actions.shelves import lift, lock_shop, withhold
from grapevine.goods.contracts import (
    NO_CLIP,
    Clip,
    Facts,
    GoodsCard,
    GoodsChanged,
    NewSku,
)
from grapevine.goods.models import Goods, GoodsPicture, GoodsReview, Shop, Withholding
from grapevine.goods.onboarding import AlreadyDecided, Cause
from grapevine.goods.oversight import (
    Finding,
    GoodsJudged,
    GoodsRefused,
    Level,
    Listing,
    ReviewNotFound,
    ReviewView,
)
from grapevine.goods.queries import cards, oversight as views
from grapevine.goods.rules import auditing as rules
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

UNSOLD = (Cause.REVIEW, Cause.REJECTED)
NEVER_SOLD = (*UNSOLD, Cause.SAMPLE)


@transaction.atomic
def submit_goods(
    *,
    shop_id: int,
    title: str,
    category: str,
    body: str,
    skus: Sequence[NewSku],
    picture_ids: Sequence[int] = (),
    axes: str = "",
    clip: Clip = NO_CLIP,
    facts: Facts | None = None,
    actor_id: int | None = None,
) -> GoodsCard:
    """List goods as a shop's staff does: on sale at once where nothing is found, else after a look.

    Raises GoodsRefused for what may not be sold here, and what `list_goods` raises; then nothing is kept.
    """
    if not judging.is_asked():
        card = desk.list_goods(
            shop_id=shop_id, title=title, category=category, body=body, skus=skus,
            picture_ids=picture_ids, axes=axes, clip=clip, actor_id=actor_id,
        )  # fmt: skip
        if facts is not None:
            desk.set_facts(
                shop_id=shop_id, public_id=card.public_id, facts=facts, actor_id=actor_id
            )
        judge_permits(shop_id)
        return cards.goods_by_public_id(card.public_id)
    shop = lock_shop(shop_id)
    names = tuple(name for name, _ in facts.attributes) if facts else ()
    price = min((sku.price_minor for sku in skus), default=0)
    listing = Listing(title, body, category.strip(), len(picture_ids), price, names)
    judged = _judge(listing, shop)
    cause = judging.WITHHELD_FOR.get(judged.state)
    card = desk.list_goods(
        shop_id=shop_id, title=title, category=category, body=body, skus=skus,
        picture_ids=picture_ids, axes=axes, clip=clip, withheld=cause, actor_id=actor_id,
    )  # fmt: skip
    if facts is not None:
        desk.set_facts(shop_id=shop_id, public_id=card.public_id, facts=facts, actor_id=actor_id)
    judging.note(card.id, shop, judged, {})
    judge_permits(shop_id)
    return cards.goods_by_public_id(card.public_id)


def _judge(listing: Listing, shop: Shop, *more: Finding) -> judging.Judgement:
    judged = judging.judge([listing], shop, *more)[0]
    if judged.state == "refused":
        raise GoodsRefused(hits=judged.hits, fields=judged.fields)
    return judged


@transaction.atomic
def submit_change(
    *,
    shop_id: int,
    public_id: str,
    title: str,
    category: str,
    body: str,
    skus: Sequence[tuple[str, NewSku]],
    picture_ids: Sequence[int] | None = None,
    axes: str = "",
    clip: Clip | None = None,
    actor_id: int | None = None,
) -> bool:
    """Change goods as a shop's staff does; whether all of it holds already.

    Prices, stock and options change at once. A new title, category, text, picture or video of goods that were approved
    waits for an operator, and what is on sale stays as it was. Goods that never were on sale are judged anew.
    """
    whole: dict[str, Any] = {
        "title": title, "category": category, "body": body, "picture_ids": picture_ids, "clip": clip,
    }  # fmt: skip
    edit = partial(
        desk.edit_goods, shop_id=shop_id, public_id=public_id, skus=skus, axes=axes,
        actor_id=actor_id,
    )  # fmt: skip
    if not judging.is_asked():
        edit(**whole)
        judge_permits(shop_id)
        return True
    shop = lock_shop(shop_id)
    goods = access.goods_for_shop(shop_id, public_id)
    before = _keys_of(goods)
    own = before["picture_ids"]
    wanted: dict[str, Any] = {
        "title": title.strip(), "category": category.strip(), "body": body,
        "picture_ids": list(own if picture_ids is None else picture_ids),
        "clip": before["clip"] if clip is None else Clip(*clip),
    }  # fmt: skip
    listing = Listing(
        title, body, wanted["category"], len(wanted["picture_ids"]),
        min((sku.price_minor for _, sku in skus), default=0),
        tuple(name for name, _ in goods.attributes),
    )  # fmt: skip
    if not _was_sold(goods):
        judged = _judge(listing, shop)
        edit(**whole)
        return _judge_anew(goods, shop, judged)
    if _as_kept(wanted) == waiting_change(goods.pk):
        edit(**before)
        return False
    if not rules.is_judged_again(before, wanted):
        judging.replace_waiting([goods.pk])
        edit(**wanted)
        return True
    judged = _judge(listing, shop, Finding("change", Level.LOOK))
    guard.require_clean(f"{title} {body}")
    edit(**before)
    judging.note(goods.pk, shop, judged, _as_kept(wanted))
    return False


def _keys_of(goods: Goods) -> dict[str, Any]:
    own = list(GoodsPicture.objects.filter(goods=goods).values_list("picture_id", flat=True))
    clip = Clip(goods.video_id or 0, goods.poster_id or 0)
    return {
        "title": goods.title, "category": goods.category, "body": goods.body, "picture_ids": own,
        "clip": clip,
    }  # fmt: skip


def _as_kept(keys: dict[str, Any]) -> dict[str, Any]:
    """As a review keeps a change."""
    return {**keys, "clip": list(keys["clip"])}


def _was_sold(goods: Goods) -> bool:
    return not Withholding.objects.filter(
        goods=goods, cause__in=NEVER_SOLD, lifted_at=None
    ).exists()


def waiting_change(goods_id: int) -> dict[str, Any]:
    """The change of goods on sale that waits for an operator; {} if none does."""
    row = GoodsReview.objects.filter(goods_id=goods_id, state="waiting").first()
    return dict(row.change) if row else {}


@transaction.atomic
def change_keys(*, shop_id: int, public_id: str, actor_id: int | None = None, **keys: Any) -> bool:
    """As `submit_change`, for some of title, category, body, picture_ids and clip, on top of a change that waits."""
    lock_shop(shop_id)
    goods = access.goods_for_shop(shop_id, public_id)
    wanted = {**_keys_of(goods), **waiting_change(goods.pk), **keys}
    wanted["clip"] = Clip(*wanted["clip"])
    return submit_change(
        shop_id=shop_id, public_id=public_id, skus=desk.rows_of(goods), axes=goods.axes,
        actor_id=actor_id, **wanted,
    )  # fmt: skip


@transaction.atomic
def submit_facts(
    *, shop_id: int, public_id: str, facts: Facts, actor_id: int | None = None
) -> bool:
    """Set facts as a shop's staff does; whether nothing is in the way of these goods now.

    Raises GoodsRefused, and what `set_facts` raises; then nothing is kept.
    """
    desk.set_facts(shop_id=shop_id, public_id=public_id, facts=facts, actor_id=actor_id)
    return judge_again(shop_id=shop_id, public_id=public_id)


@transaction.atomic
def judge_again(*, shop_id: int, public_id: str) -> bool:
    """Look again at goods that were never sold, after a fact of them changed; whether nothing is in their way now."""
    if not judging.is_asked():
        judge_permits(shop_id)
        return True
    shop = lock_shop(shop_id)
    goods = access.goods_for_shop(shop_id, public_id)
    if _was_sold(goods):
        return True
    pictures = GoodsPicture.objects.filter(goods=goods).count()
    names = tuple(name for name, _ in goods.attributes)
    listing = Listing(goods.title, goods.body, goods.category, pictures, goods.price_minor, names)
    return _judge_anew(goods, shop, _judge(listing, shop))


def _judge_anew(goods: Goods, shop: Shop, judged: judging.Judgement) -> bool:
    """Note what was found of goods that were never sold, and withhold them as it asks."""
    judging.note(goods.pk, shop, judged, {})
    _hold(goods, judged.state)
    judge_permits(shop.pk)
    return judged.state == "passed"


def _hold(goods: Goods, state: str, by_id: int | None = None) -> None:
    """Withhold goods as the state of their review asks."""
    mine = {"shop_id": goods.shop_id, "goods_ids": [goods.pk], "by_id": by_id, "quietly": True}
    wanted = judging.WITHHELD_FOR.get(state)
    if wanted is not None:
        withhold(cause=wanted, **mine)  # type: ignore[arg-type]
    for cause in UNSOLD:
        if cause != wanted:
            lift(cause=cause, **mine)  # type: ignore[arg-type]


@transaction.atomic
def decide_goods(
    *,
    public_id: str,
    operator_id: int,
    is_passed: bool,
    reasons: Sequence[tuple[str, str]] = (),
) -> ReviewView:
    """Let goods, or a change of them, pass, or reject them with reasons (code, note); once.

    Raises BadInput, AlreadyDecided or ReviewNotFound.
    """
    if is_passed == bool(reasons) or any(code not in rules.REASONS for code, _ in reasons):
        raise BadInput(fields={"reasons": marked("驳回要选原因，通过不用")})
    row = GoodsReview.objects.select_related("goods").filter(public_id=public_id).first()
    if row is None:
        raise ReviewNotFound(public_id)
    goods, now = row.goods, clock.now()
    shop = lock_shop(goods.shop_id)
    state = "passed" if is_passed else "rejected"
    if not GoodsReview.objects.filter(pk=row.pk, state="waiting").update(
        state=state, decided_at=now, decided_by_id=operator_id,
        reasons=[[code, note[:200]] for code, note in reasons],
    ):  # fmt: skip
        raise AlreadyDecided
    if not row.change:
        _hold(goods, state, operator_id)
    elif is_passed:
        _apply(goods, row.change)
        judge_permits(goods.shop_id)
    guard.audit(
        actor_id=operator_id, action=f"goods.review.{state}", object=f"goods:{goods.public_id}",
        after={"reasons": list(map(list, reasons)), "change": sorted(row.change)},
    )  # fmt: skip
    signals.emit(
        GoodsJudged(shop.pk, shop.owner_id, goods.pk, state, bool(row.change), now.isoformat())
    )
    return views.review(public_id)


def _apply(goods: Goods, change: dict[str, Any]) -> None:
    pictures = change["picture_ids"]
    Goods.objects.filter(pk=goods.pk).update(
        title=change["title"], category=change["category"], body=change["body"],
        cover_id=pictures[0] if pictures else None,
    )  # fmt: skip
    if "clip" in change:
        clip = Clip(*change["clip"])
        Goods.objects.filter(pk=goods.pk).update(
            video_id=clip.video_id or None, poster_id=clip.poster_id or None
        )
    GoodsPicture.objects.filter(goods=goods).delete()
    GoodsPicture.objects.bulk_create(
        GoodsPicture(goods=goods, picture_id=picture_id, position=position)
        for position, picture_id in enumerate(pictures)
    )
    at = clock.now().isoformat()
    signals.emit(GoodsChanged(goods.shop_id, goods.pk, goods.public_id, at))
