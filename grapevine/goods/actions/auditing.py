"""Goods on their way to be sold: checked by the machine, and where it finds something by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from grapevine.goods import access
from grapevine.goods.actions import desk
from grapevine.goods.actions.permits import judge_permits
from grapevine.goods.actions.shelves import lift, lock_shop, withhold
from grapevine.goods.contracts import Facts, GoodsCard, GoodsChanged, NewSku
from grapevine.goods.models import Goods, GoodsPicture, GoodsReview, Shop, Withholding
from grapevine.goods.onboarding import AlreadyDecided, Cause, RuleView
from grapevine.goods.oversight import (
    Finding,
    GoodsJudged,
    GoodsRefused,
    Level,
    Listing,
    ReviewNotFound,
    ReviewView,
)
from grapevine.goods.queries import cards
from grapevine.goods.queries import onboarding as reads
from grapevine.goods.queries import oversight as views
from grapevine.goods.rules import auditing as rules
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

OTHERS_MAX = 400
NEW_SHOP = timedelta(days=30)
UNSOLD = (Cause.REVIEW, Cause.REJECTED)
NEVER_SOLD = (*UNSOLD, Cause.SAMPLE)


@dataclass(frozen=True, slots=True)
class _Judgement:
    found: list[Finding]
    rule: RuleView | None

    @property
    def state(self) -> str:
        levels = {one.level for one in self.found}
        if Level.MEND in levels:
            return "rejected"
        return "waiting" if levels else "passed"


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
    facts: Facts | None = None,
    actor_id: int | None = None,
) -> GoodsCard:
    """List goods as a shop's staff does: on sale at once where nothing is found, else after a look.

    Raises GoodsRefused for what may not be sold here, and what `list_goods` raises; then nothing is kept.
    """
    if settings.LISTING_REVIEW == "off":
        card = desk.list_goods(
            shop_id=shop_id, title=title, category=category, body=body, skus=skus,
            picture_ids=picture_ids, axes=axes, actor_id=actor_id,
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
    cause = {"rejected": Cause.REJECTED, "waiting": Cause.REVIEW}.get(judged.state)
    card = desk.list_goods(
        shop_id=shop_id, title=title, category=category, body=body, skus=skus,
        picture_ids=picture_ids, axes=axes, withheld=cause, actor_id=actor_id,
    )  # fmt: skip
    if facts is not None:
        desk.set_facts(shop_id=shop_id, public_id=card.public_id, facts=facts, actor_id=actor_id)
    _note(card.id, shop, judged, {})
    judge_permits(shop_id)
    return cards.goods_by_public_id(card.public_id)


def _judge(listing: Listing, shop: Shop, *more: Finding) -> _Judgement:
    rule = reads.rules_in_force([listing.category]).get(listing.category)
    others = (
        Goods.objects.filter(category=listing.category, on_sale=True)
        .exclude(shop=shop)
        .order_by("price_minor")
        .values_list("price_minor", flat=True)[:OTHERS_MAX]
    )
    priced = Listing(
        listing.title, listing.body, listing.category, listing.pictures, listing.price_minor,
        listing.attributes, tuple(others) if listing.category else (),
    )  # fmt: skip
    verdict = guard.screen_goods(f"{listing.title} {listing.body}")
    quoted = [(hit.rule, hit.text) for hit in verdict.hits]
    found = rules.findings(
        priced, rule=rule, prohibited=[text for kind, text in quoted if kind == "prohibited"],
        absolute=[text for kind, text in quoted if kind == "absolute"],
    )  # fmt: skip
    refused = [one for one in found if one.level == Level.REFUSE]
    if refused:
        raise GoodsRefused(hits="、".join(one.detail for one in refused))
    found += more
    if settings.LISTING_REVIEW == "all" and not found:
        found.append(Finding("all", Level.LOOK))
    return _Judgement(found, rule)


def _note(goods_id: int, shop: Shop, judged: _Judgement, change: dict[str, Any]) -> None:
    now = clock.now()
    GoodsReview.objects.filter(goods_id=goods_id, state="waiting").update(
        state="replaced", decided_at=now
    )
    is_new = shop.opened_at > now - NEW_SHOP
    GoodsReview.objects.create(
        public_id=new_id(), goods_id=goods_id, state=judged.state, change=change,
        findings=[[one.code, one.detail] for one in judged.found],
        risk=rules.risk_of(judged.found, rule=judged.rule, is_new_shop=is_new), created_at=now,
        decided_at=None if judged.state == "waiting" else now,
    )  # fmt: skip
    signals.emit(
        GoodsJudged(shop.pk, shop.owner_id, goods_id, judged.state, bool(change), now.isoformat())
    )


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
    actor_id: int | None = None,
) -> bool:
    """Change goods as a shop's staff does; whether all of it holds already.

    Prices, stock and options change at once. A new title, category, text or picture of goods that were approved
    waits for an operator, and what is on sale stays as it was. Goods that never were on sale are judged anew.
    """
    whole: dict[str, Any] = {
        "title": title,
        "category": category,
        "body": body,
        "picture_ids": picture_ids,
    }
    edit = partial(
        desk.edit_goods, shop_id=shop_id, public_id=public_id, skus=skus, axes=axes,
        actor_id=actor_id,
    )  # fmt: skip
    if settings.LISTING_REVIEW == "off":
        edit(**whole)
        judge_permits(shop_id)
        return True
    shop = lock_shop(shop_id)
    goods = access.goods_for_shop(shop_id, public_id)
    own = list(GoodsPicture.objects.filter(goods=goods).values_list("picture_id", flat=True))
    wanted: dict[str, Any] = {
        "title": title.strip(), "category": category.strip(), "body": body,
        "picture_ids": list(own if picture_ids is None else picture_ids),
    }  # fmt: skip
    before = {"title": goods.title, "category": goods.category, "body": goods.body, "picture_ids": own}  # fmt: skip
    was_sold = not Withholding.objects.filter(
        goods=goods, cause__in=NEVER_SOLD, lifted_at=None
    ).exists()
    listing = Listing(
        title, body, wanted["category"], len(wanted["picture_ids"]),
        min((sku.price_minor for _, sku in skus), default=0),
        tuple(name for name, _ in goods.attributes),
    )  # fmt: skip
    if was_sold and wanted == before:
        edit(title=title, category=category, body=body)
        return True
    if was_sold:
        judged = _judge(listing, shop, Finding("change", Level.LOOK))
        guard.require_clean(f"{title} {body}")
        edit(title=goods.title, category=goods.category, body=goods.body)
        _note(goods.pk, shop, judged, wanted)
        return False
    judged = _judge(listing, shop)
    edit(**whole)
    return _judge_anew(goods, shop, judged)


def _judge_anew(goods: Goods, shop: Shop, judged: _Judgement) -> bool:
    """Note what was found of goods that were never sold, and withhold them as it asks."""
    _note(goods.pk, shop, judged, {})
    _hold(goods, judged.state)
    judge_permits(shop.pk)
    return judged.state == "passed"


def _hold(goods: Goods, state: str, by_id: int | None = None) -> None:
    """Withhold goods as the state of their review asks."""
    mine = {"shop_id": goods.shop_id, "goods_ids": [goods.pk], "by_id": by_id, "quietly": True}
    wanted = {"rejected": Cause.REJECTED, "waiting": Cause.REVIEW}.get(state)
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
    GoodsPicture.objects.filter(goods=goods).delete()
    GoodsPicture.objects.bulk_create(
        GoodsPicture(goods=goods, picture_id=picture_id, position=position)
        for position, picture_id in enumerate(pictures)
    )
    at = clock.now().isoformat()
    signals.emit(GoodsChanged(goods.shop_id, goods.pk, goods.public_id, at))
