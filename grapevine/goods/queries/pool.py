"""Reads of the pool: what may be picked, what a shop picked, and the terms that hold at this moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from grapevine.goods.contracts import GoodsCard, GoodsDetail, PickTerm
from grapevine.goods.models import (
    Application,
    Goods,
    Pick,
    PoolOffer,
    PoolTerm,
    Shop,
    Staff,
    Stock,
    Withholding,
)
from grapevine.goods.pool import (
    OfferNotFound,
    PickNotFound,
    PickView,
    PoolFilter,
    PoolItem,
    Seller,
    SupplyView,
)
from grapevine.goods.queries.cards import goods_cards
from grapevine.goods.rules import pool as rules
from grapevine.goods.rules.pool import Term
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

SORTS: dict[str, tuple[str, ...]] = {
    "new": ("-id",), "earn": ("-earn_minor", "-id"), "price": ("price_minor", "id"),
}  # fmt: skip
PICKS_MAX = 60


def live_offers() -> QuerySet[PoolOffer]:
    """Offers whose goods can be ordered now, and are no dearer than when they were offered."""
    dearer = PoolTerm.objects.filter(offer=OuterRef("pk"), sku__price_minor__gt=F("list_minor"))
    rows = PoolOffer.objects.filter(ended_at=None, goods__on_sale=True, goods__removed_at=None)
    return rows.exclude(Exists(dearer))


def live_offer(public_id: str) -> PoolOffer:
    row = live_offers().select_related("goods").filter(public_id=public_id).first()
    if row is None:
        raise OfferNotFound(public_id)
    return row


def offers_over(most: int) -> list[tuple[int, str]]:
    """Open offers that are over, and why: not wanted on the shelf any more, or dearer."""
    rows = PoolOffer.objects.filter(ended_at=None)
    gone = rows.filter(Q(goods__is_wanted=False) | Q(goods__removed_at__isnull=False))
    dearer = PoolTerm.objects.filter(offer=OuterRef("pk"), sku__price_minor__gt=F("list_minor"))
    found = dict.fromkeys(rows.filter(Exists(dearer)).values_list("pk", flat=True)[:most], "raised")
    found |= dict.fromkeys(gone.values_list("pk", flat=True)[:most], "withdrawn")
    return sorted(found.items())


def terms_by_sku(offer_pk: int) -> dict[int, Term]:
    rows = PoolTerm.objects.filter(offer=offer_pk).order_by("id")
    found = rows.values_list("sku_id", "list_minor", "supply_minor", "floor_minor")
    return {sku_id: Term(*three) for sku_id, *three in found}


def pool_page(
    shop_id: int, wanted: PoolFilter, cursor: str | None = None, limit: int | None = None
) -> Page[PoolItem]:
    """What this shop may pick, filtered; its own picks are marked. Six queries."""
    size = clamp(limit)
    rows = live_offers().select_related("goods__shop").exclude(goods__shop=shop_id)
    for word in wanted.query.split()[:5]:
        rows = rows.filter(goods__title__icontains=word)
    if wanted.category:
        rows = rows.filter(goods__category=wanted.category)
    if wanted.earn_minor:
        rows = rows.filter(earn_minor__gte=wanted.earn_minor)
    if wanted.price_minor:
        rows = rows.filter(price_minor__lte=wanted.price_minor)
    if wanted.sort == "rate":
        rows = rows.annotate(part=F("earn_minor") * 10_000 / F("price_minor"))
        rows = rows.filter(price_minor__gt=0).order_by("-part", "-id")
    else:
        rows = rows.order_by(*SORTS.get(wanted.sort, SORTS["new"]))
    start = decode_cursor(cursor, [int])[0] if cursor else 0
    found = list(rows[start : start + size + 1])
    more = encode_cursor(start + size) if len(found) > size else None
    return Page(_items(shop_id, found[:size]), more)


def _items(shop_id: int, rows: Sequence[PoolOffer]) -> list[PoolItem]:
    cards, free = _cards_and_stock([row.goods_id for row in rows])
    mine = Pick.objects.filter(
        shop=shop_id, goods__in=[row.goods_id for row in rows], ended_at=None
    )
    picked = dict(mine.values_list("goods_id", "public_id"))
    return [
        PoolItem(
            row.public_id, cards[row.goods_id], row.goods.shop.name, _rate(row), row.earn_minor,
            free.get(row.goods_id, 0), picked.get(row.goods_id, ""),
        )
        for row in rows
    ]  # fmt: skip


def _rate(row: PoolOffer) -> int:
    if row.rate_bps is not None:
        return row.rate_bps
    return row.earn_minor * 10_000 // row.price_minor if row.price_minor else 0


def _cards_and_stock(goods_ids: Sequence[int]) -> tuple[dict[int, GoodsCard], dict[int, int]]:
    rows = Stock.objects.filter(sku__goods__in=goods_ids, warehouse__is_active=True)
    free = dict(rows.values_list("sku__goods_id").annotate(n=Sum("free")).order_by())
    return goods_cards(goods_ids), free


def pool_categories(shop_id: int) -> list[str]:
    rows = live_offers().exclude(goods__shop=shop_id).exclude(goods__category="")
    names = rows.order_by("goods__category").values_list("goods__category", flat=True)
    return list(names.distinct()[:100])


def live_pick_of_shop(shop_id: int, public_id: str) -> Pick:
    rows = Pick.objects.select_related("goods").filter(shop=shop_id, ended_at=None)
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise PickNotFound(public_id)
    return row


def picks_of(
    shop_id: int, *, is_over: bool = False, cursor: str | None = None, limit: int | None = None
) -> Page[PickView]:
    """A shop's picks, newest first: those that live, or those that ended with why. Six queries."""
    size = clamp(limit)
    rows = Pick.objects.filter(shop=shop_id, ended_at__isnull=not is_over).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows.select_related("offer", "goods__shop")[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(_picks(shop_id, found[:size]), more)


def _picks(shop_id: int, rows: Sequence[Pick]) -> list[PickView]:
    cards, free = _cards_and_stock([row.goods_id for row in rows])
    held = Withholding.objects.filter(shop=shop_id, goods=None, lifted_at=None).exists()
    terms: dict[int, list[Term]] = {}
    for one in PoolTerm.objects.filter(offer__in=[row.offer_id for row in rows]).select_related(
        "sku"
    ):
        list_minor = min(one.list_minor, one.sku.price_minor)
        made = Term(list_minor, one.supply_minor, min(one.floor_minor, list_minor))
        terms.setdefault(one.offer_id, []).append(made)
    return [
        _pick(row, cards[row.goods_id], free, terms[row.offer_id], held=held)
        for row in rows
        if row.offer_id in terms
    ]


def _pick(
    row: Pick, card: GoodsCard, free: Mapping[int, int], terms: Sequence[Term], *, held: bool
) -> PickView:
    first = min(terms)
    sells = rules.price(first.list_minor, first.floor_minor, row.off_bps)
    given_up = first.list_minor - sells
    rate = row.offer.rate_bps
    whole = first.earn_minor if rate is None else first.list_minor * rate // 10_000
    return PickView(
        row.public_id, card, row.goods.shop.name, sells, max(0, whole - given_up), row.off_bps,
        rules.most_off_bps(terms), free.get(row.goods_id, 0), card.on_sale and not held,
        row.picked_at, row.ended_at, row.ended_why,
    )  # fmt: skip


def pick_count(shop_id: int) -> int:
    return Pick.objects.filter(shop=shop_id, ended_at=None).count()


def picked_goods(shop_id: int) -> list[tuple[str, GoodsCard]]:
    """What a shop's storefront shows of the pool: (pick, card at its price there). One query without any, else five."""
    rows = Pick.objects.filter(shop=shop_id, ended_at=None, goods__on_sale=True)
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:PICKS_MAX])
    if not ids:
        return []
    live = Pick.objects.filter(pk__in=ids, offer__in=live_offers()).order_by("-pk")
    views = _picks(shop_id, list(live.select_related("offer", "goods__shop")))
    return [
        (one.public_id, replace(one.goods, price_minor=one.price_minor))
        for one in views
        if one.is_on
    ]


def pick_of_goods(shop_id: int, goods_public_id: str) -> str:
    """The pick by which a shop sells these goods of another now; "" if it does not. One query, one more with a pick."""
    rows = Pick.objects.filter(shop=shop_id, ended_at=None, offer__in=live_offers())
    rows = rows.filter(goods__public_id=goods_public_id)
    found = rows.order_by("-pk").values_list("public_id", flat=True).first()
    if (
        found is None
        or Withholding.objects.filter(shop=shop_id, goods=None, lifted_at=None).exists()
    ):
        return ""
    return found


def picks_among(shop_id: int, picks: Iterable[str]) -> set[str]:
    """Which of these picks are this shop's, open or over."""
    rows = Pick.objects.filter(shop=shop_id, public_id__in=set(picks))
    return set(rows.values_list("public_id", flat=True))


def supplied_by(shop_id: int) -> list[SupplyView]:
    """What a shop has in the pool, newest first."""
    rows = list(PoolOffer.objects.filter(goods__shop=shop_id, ended_at=None).order_by("-pk")[:200])
    cards = goods_cards([row.goods_id for row in rows])
    picks = Pick.objects.filter(offer__in=[row.pk for row in rows], ended_at=None)
    counts = dict(picks.order_by().values_list("offer").annotate(n=Count("id")))
    terms: dict[int, list[tuple[str, str, int, int, int]]] = {}
    found = PoolTerm.objects.filter(offer__in=[row.pk for row in rows]).order_by("id")
    for one in found.select_related("sku"):
        terms.setdefault(one.offer_id, []).append(
            (one.sku.code, one.sku.option, one.list_minor, one.supply_minor, one.floor_minor)
        )
    return [
        SupplyView(
            row.public_id, cards[row.goods_id], row.rate_bps, tuple(terms.get(row.pk, ())),
            counts.get(row.pk, 0), row.since,
        )
        for row in rows
    ]  # fmt: skip


def terms_of(picks: Mapping[int, str], *, buyer_id: int | None) -> dict[int, PickTerm]:
    """SKU → the terms by which the pick named for it sells it now; without those that do not.

    A pick sells while it lives, its goods are on sale at no higher price than agreed, and its shop may sell. Nobody
    earns by buying in a shop where they work. Four queries, none without picks.
    """
    if not picks:
        return {}
    rows = Pick.objects.filter(public_id__in=set(picks.values()), ended_at=None)
    rows = rows.filter(offer__ended_at=None, goods__on_sale=True, goods__removed_at=None)
    live = {row.public_id: row for row in rows.select_related("shop", "offer")}
    shops = {row.shop_id for row in live.values()}
    away = set(
        Withholding.objects.filter(shop__in=shops, goods=None, lifted_at=None).values_list(
            "shop_id", flat=True
        )
    )
    if buyer_id is not None:
        mine = Staff.objects.filter(shop__in=shops, person_id=buyer_id)
        away |= set(mine.values_list("shop_id", flat=True))
    offers = {row.offer_id for row in live.values()}
    found = PoolTerm.objects.filter(offer__in=offers, sku__in=list(picks)).select_related("sku")
    terms = {(one.offer_id, one.sku_id): one for one in found}
    made = {}
    for sku_id, pick in picks.items():
        row = live.get(pick)
        term = terms.get((row.offer_id, sku_id)) if row else None
        if row is None or term is None or row.shop_id in away:
            continue
        if term.sku.price_minor <= term.list_minor:
            made[sku_id] = PickTerm(
                pick, sku_id, row.shop_id, row.shop.name, row.shop.slug,
                rules.price(term.sku.price_minor, term.floor_minor, row.off_bps),
                row.offer.rate_bps, term.supply_minor,
            )  # fmt: skip
    return made


def goods_by_pick(detail: GoodsDetail, pick: str) -> tuple[GoodsDetail, PickTerm | None]:
    """A goods page as the shop of this pick shows it: at its prices. As it is, and None, if the pick does not sell."""
    terms = terms_of({sku.sku_id: pick for sku in detail.skus}, buyer_id=None) if pick else {}
    if not terms:
        return detail, None
    skus = [
        replace(sku, price_minor=terms[sku.sku_id].price_minor) if sku.sku_id in terms else sku
        for sku in detail.skus
    ]
    card = replace(detail.card, price_minor=min(sku.price_minor for sku in skus))
    return replace(detail, card=card, skus=skus), next(iter(terms.values()))


def sellers(shop_ids: Iterable[int]) -> dict[int, Seller]:
    """Who sells, by shop: what the register says of companies and businesses, the shop's name for everybody."""
    shops = {shop.pk: shop for shop in Shop.objects.filter(pk__in=set(shop_ids))}
    papers = {
        row.shop_id: row
        for row in Application.objects.filter(shop__in=shops, state="approved").order_by("id")
        if row.kind != "individual"
    }
    return {
        pk: Seller(
            pk, shop.slug, shop.name, papers[pk].company if pk in papers else "",
            papers[pk].code if pk in papers else "",
        )
        for pk, shop in shops.items()
    }  # fmt: skip


def goods_to_offer(shop_id: int, query: str, limit: int = 30) -> list[GoodsCard]:
    """A shop's goods on sale that are not in the pool, newest first."""
    offered = PoolOffer.objects.filter(ended_at=None).values("goods_id")
    rows = Goods.objects.filter(shop=shop_id, on_sale=True).exclude(pk__in=offered)
    if query:
        rows = rows.filter(title__icontains=query)
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:limit])
    cards = goods_cards(ids)
    return [cards[pk] for pk in ids]
