"""Opening shops, listing and changing goods."""

from collections.abc import Sequence
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from grapevine.goods import access
from grapevine.goods.actions import limits
from grapevine.goods.actions.prices import note_price
from grapevine.goods.actions.shelves import lock_shop, settle, withheld_now, withhold
from grapevine.goods.actions.stock import lock_stock
from grapevine.goods.actions.warehouses import adjust, first_warehouse, set_free
from grapevine.goods.contracts import (
    NO_CLIP,
    Clip,
    Facts,
    GoodsCard,
    GoodsChanged,
    GoodsListed,
    NewSku,
    ShopCard,
    ShopOpened,
    SlugTaken,
)
from grapevine.goods.models import Goods, GoodsPicture, Shop, Sku, Staff, Stock
from grapevine.goods.onboarding import Cause, Withheld
from grapevine.goods.queries import cards
from grapevine.goods.queries.sheets import free_of
from grapevine.goods.rules import listing as rules
from grapevine.goods.rules.standing import CAUSES
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.media import facade as media
from grapevine.signals import facade as signals

EDITED = (
    "title", "category", "body", "axes", "price_minor", "cover_id", "video_id", "poster_id",
)  # fmt: skip


def open_shop(
    *,
    owner_id: int,
    slug: str,
    name: str,
    colour: str,
    bio: str = "",
    logo_file: object = None,
    is_approved: bool = True,
) -> ShopCard:
    """Open a shop under its own brand. Raises BadInput, Refused or SlugTaken.

    `is_approved` False: everything can be set up, and nothing is on sale until its application is approved.
    """
    rules.check_shop(slug=slug, name=name, colour=colour, bio=bio)
    guard.require_clean(f"{name} {bio}")
    logo = media.store_picture(owner_id=owner_id, file=logo_file) if logo_file else None  # type: ignore[arg-type]
    now = clock.now()
    try:
        with transaction.atomic():
            shop = Shop.objects.create(
                slug=slug, name=name.strip(), colour=colour.lower(), bio=bio.strip(),
                logo_id=logo.id if logo else None, owner_id=owner_id, opened_at=now,
            )  # fmt: skip
            Staff.objects.create(shop=shop, person_id=owner_id, role="owner", joined_at=now)
            first_warehouse(shop.pk)
            if not is_approved:
                withhold(shop_id=shop.pk, cause=Cause.REVIEW, quietly=True)
            signals.emit(ShopOpened(shop.pk, owner_id, now.isoformat()))
    except IntegrityError:
        raise SlugTaken from None
    return cards.shops([shop.pk])[shop.pk]


@transaction.atomic
def list_goods(
    *,
    shop_id: int,
    title: str,
    category: str,
    body: str,
    skus: Sequence[NewSku],
    picture_ids: Sequence[int] = (),
    axes: str = "",
    clip: Clip = NO_CLIP,
    withheld: Cause | None = None,
    actor_id: int | None = None,
) -> GoodsCard:
    """Put goods on the shelf with their SKUs, stock and pictures. Raises BadInput, Refused or UpgradeNeeded.

    What is `withheld`, or is a withheld shop's, is there but not on sale.
    `axes` name what the options choose, joined as these are: "釉色 / 容量".
    """
    rules.check_goods(
        title=title, body=body, category=category, axes=axes,
        skus=[(sku.option, sku.price_minor, sku.stock) for sku in skus],
    )  # fmt: skip
    guard.require_clean(f"{title} {body}")
    now = clock.now()
    shop = lock_shop(shop_id)
    limits.require_room(shop)
    is_free = withheld is None and not withheld_now(shop_id)
    goods = Goods.objects.create(
        public_id=new_id(), shop_id=shop_id, title=title.strip(), category=category.strip(),
        body=body, axes=axes.strip(), cover_id=picture_ids[0] if picture_ids else None,
        video_id=clip.video_id or None, poster_id=clip.poster_id or None,
        price_minor=min(sku.price_minor for sku in skus), listed_at=now, on_sale=is_free,
    )  # fmt: skip
    _pictures(goods, picture_ids)
    for position, new in enumerate(skus):
        _add_sku(goods, new, position)
    if withheld is not None:
        withhold(shop_id=shop_id, cause=withheld, goods_ids=[goods.pk], quietly=True)
    if is_free:
        signals.emit(GoodsListed(shop_id, goods.pk, goods.public_id, now.isoformat()))
    guard.note(
        actor_id=actor_id, action="goods.list", object=f"goods:{goods.public_id}", shop_id=shop_id,
        after={"title": goods.title, "price_minor": goods.price_minor},
    )  # fmt: skip
    return cards.goods_cards([goods.pk])[goods.pk]


@transaction.atomic
def edit_goods(
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
) -> GoodsCard:
    """Change goods. `skus` are (code, wanted), code "" for a new one; stock is the wanted free count."""
    goods = access.goods_for_shop(shop_id, public_id)
    rules.check_goods(
        title=title, body=body, category=category, axes=axes,
        skus=[(sku.option, sku.price_minor, sku.stock) for _, sku in skus],
    )  # fmt: skip
    guard.require_clean(f"{title} {body}")
    before = _told(goods) if actor_id is not None else None
    goods.title, goods.category, goods.body = title.strip(), category.strip(), body
    goods.axes = axes.strip()
    goods.price_minor = min(sku.price_minor for _, sku in skus)
    if picture_ids is not None:
        GoodsPicture.objects.filter(goods=goods).delete()
        _pictures(goods, picture_ids)
        goods.cover_id = picture_ids[0] if picture_ids else None
    if clip is not None:
        goods.video_id, goods.poster_id = clip.video_id or None, clip.poster_id or None
    goods.save(update_fields=EDITED)
    known = {sku.code: sku for sku in Sku.objects.filter(goods=goods)}
    lock_stock(sku.pk for sku in known.values())
    for position, (code, new) in enumerate(skus):
        if code in known:
            _change_sku(known[code], new, position)
        else:
            _add_sku(goods, new, position)
    signals.emit(GoodsChanged(shop_id, goods.pk, goods.public_id, clock.now().isoformat()))
    if actor_id is not None:
        guard.audit(
            actor_id=actor_id, action="goods.edit", object=f"goods:{public_id}", before=before,
            after=_told(goods), shop_id=shop_id,
        )  # fmt: skip
    return cards.goods_cards([goods.pk])[goods.pk]


def rows_of(goods: Goods) -> list[tuple[str, NewSku]]:
    """The SKUs as they are, stock locked, ready to be handed to `edit_goods`."""
    skus = list(Sku.objects.filter(goods=goods).order_by("position", "id"))
    lock_stock(sku.pk for sku in skus)
    free = free_of([goods.pk])
    return [
        (
            sku.code,
            NewSku(sku.option, sku.price_minor, free.get(sku.pk, 0), picture_id=sku.picture_id),
        )
        for sku in skus
    ]


def _told(goods: Goods) -> dict[str, object]:
    """What the trail keeps of goods: title, category, and each SKU's price and free pieces."""
    rows = Stock.objects.filter(sku__goods=goods).values_list("sku__code", "sku__price_minor")
    return {
        "title": goods.title, "category": goods.category,
        **{code: [price, free] for code, price, free in rows.annotate(Sum("free")).order_by()},
    }  # fmt: skip


def _pictures(goods: Goods, picture_ids: Sequence[int]) -> None:
    GoodsPicture.objects.bulk_create(
        GoodsPicture(goods=goods, picture_id=picture_id, position=position)
        for position, picture_id in enumerate(picture_ids)
    )


def _add_sku(goods: Goods, new: NewSku, position: int) -> Sku:
    sku = Sku.objects.create(
        code=new.code or new_id(), goods=goods, option=new.option.strip(),
        price_minor=new.price_minor, grams=new.grams, position=position, picture_id=new.picture_id,
    )  # fmt: skip
    Stock.objects.create(sku=sku, warehouse_id=first_warehouse(goods.shop_id))
    if new.stock:
        adjust(sku_id=sku.pk, change=new.stock)
    return sku


def _change_sku(sku: Sku, new: NewSku, position: int) -> None:
    before_minor = sku.price_minor
    sku.option, sku.price_minor, sku.position = new.option.strip(), new.price_minor, position
    sku.picture_id = new.picture_id
    sku.save(update_fields=["option", "price_minor", "position", "picture_id"])
    note_price(sku, before_minor)
    set_free(sku_id=sku.pk, count=new.stock)


@transaction.atomic
def set_facts(*, shop_id: int, public_id: str, facts: Facts, actor_id: int | None = None) -> None:
    """What goods are, beyond title and text. Raises BadInput or Refused (wording that may not be published)."""
    clean = rules.check_facts(facts)
    guard.require_clean(" ".join([clean.origin, clean.supplier, *map(" ".join, clean.attributes)]))
    goods = access.goods_for_shop(shop_id, public_id)
    before = {name: getattr(goods, name) for name in asdict(clean)}
    Goods.objects.filter(pk=goods.pk).update(**asdict(clean))
    guard.note(
        actor_id=actor_id, action="goods.facts", object=f"goods:{public_id}", shop_id=shop_id,
        before=before, after=asdict(clean),
    )  # fmt: skip
    signals.emit(GoodsChanged(shop_id, goods.pk, public_id, clock.now().isoformat()))


@transaction.atomic
def set_on_sale(*, shop_id: int, public_id: str, on: bool, actor_id: int | None = None) -> None:
    """Put goods on or off the shelf; off, they stay in history and cannot be ordered.

    Raises Withheld if something keeps them out of sale.
    """
    goods = access.goods_for_shop(shop_id, public_id)
    lock_shop(shop_id)
    reasons = withheld_now(shop_id, goods.pk) if on else []
    if reasons:
        raise Withheld(why=_(CAUSES[reasons[0].cause]))
    Goods.objects.filter(pk=goods.pk).update(is_wanted=on)
    settle(shop_id, [goods.pk])
    guard.note(
        actor_id=actor_id, action="goods.shelf", object=f"goods:{public_id}", shop_id=shop_id,
        before={"on": goods.is_wanted}, after={"on": on},
    )  # fmt: skip
