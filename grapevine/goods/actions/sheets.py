"""Making goods as a file says them, through the actions that guard each field."""

from collections.abc import Mapping, Sequence

from grapevine.goods.actions.auditing import submit_change
from grapevine.goods.actions.desk import set_facts
from grapevine.goods.actions.judging import Judgement, hold_many, is_asked, note_many
from grapevine.goods.actions.permits import judge_permits
from grapevine.goods.actions.shelves import settle, withheld_now
from grapevine.goods.actions.stock import lock_stock
from grapevine.goods.contracts import Facts, NewSku
from grapevine.goods.models import Goods, GoodsPicture, Shop, Sku, Withholding
from grapevine.goods.queries.sheets import free_of
from grapevine.goods.sheets import SheetGoods, SheetSku
from grapevine.media import facade as media

KEPT, KEPT_VIDEO = "picture:", "video:"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def differs(now: SheetGoods, wanted: SheetGoods) -> bool:
    """Whether the goods would change. Pictures by address are not looked at here."""
    if _facts(now) != _facts(wanted) or _lines(now.body) != _lines(wanted.body):
        return True
    if (now.title, now.category, now.axes, now.limit_per_person) != (
        wanted.title, wanted.category, wanted.axes, wanted.limit_per_person,
    ):  # fmt: skip
        return True
    if wanted.on_sale is not None and wanted.on_sale != now.on_sale:
        return True
    kept = [source for source in wanted.pictures if source.startswith(KEPT)]
    if kept and kept != list(now.pictures):
        return True
    mine = {sku.option: sku for sku in now.skus}
    return any(_sku_differs(mine.get(sku.option), sku) for sku in wanted.skus)


def _sku_differs(now: SheetSku | None, wanted: SheetSku) -> bool:
    if now is None:
        return True
    stock = now.stock if wanted.stock is None else wanted.stock
    return (now.price_minor, now.code, now.stock, now.cost_minor, now.grams) != (
        wanted.price_minor, wanted.code, stock, wanted.cost_minor, wanted.grams,
    )  # fmt: skip


def _facts(one: SheetGoods) -> Facts:
    return Facts(one.kind, one.origin, one.supplier, tuple((a, b) for a, b in one.attributes))


def apply_sheet(shop_id: int, goods: Goods, now: SheetGoods, wanted: SheetGoods) -> None:
    """Make goods what a file says, as somebody would who types it: what is on sale stays until a look at its keys.

    SKUs the file does not name stay; an option that is renamed keeps its SKU by code.
    """
    lock_stock(Sku.objects.filter(goods=goods).values_list("pk", flat=True))
    skus = list(Sku.objects.filter(goods=goods).order_by("position", "id"))
    matched = _matched(skus, wanted.skus)
    free = free_of([goods.pk])
    rows: list[tuple[str, NewSku]] = []
    for sku, want in matched:
        stock = want.stock if want.stock is not None else free.get(sku.pk, 0) if sku else 0
        rows.append(
            (
                sku.code if sku else "",
                NewSku(
                    want.option, want.price_minor, stock, picture_id=sku.picture_id if sku else None
                ),
            )
        )
    used = {sku.pk for sku, _ in matched if sku}
    rows += [
        (
            sku.code,
            NewSku(sku.option, sku.price_minor, free.get(sku.pk, 0), picture_id=sku.picture_id),
        )
        for sku in skus
        if sku.pk not in used
    ]
    if _facts(now) != _facts(wanted):
        set_facts(shop_id=shop_id, public_id=goods.public_id, facts=_facts(wanted))
    submit_change(
        shop_id=shop_id, public_id=goods.public_id, title=wanted.title, category=wanted.category,
        body=wanted.body, axes=wanted.axes, skus=rows, picture_ids=_pictures(goods, wanted.pictures),
    )  # fmt: skip
    for want in wanted.skus:
        Sku.objects.filter(goods=goods, option=want.option).update(
            own_code=want.code, cost_minor=want.cost_minor, grams=want.grams
        )
    Goods.objects.filter(pk=goods.pk).update(limit_per_person=wanted.limit_per_person)
    if wanted.on_sale is not None:
        Goods.objects.filter(pk=goods.pk).update(is_wanted=wanted.on_sale)
        settle(shop_id, [goods.pk])


def _matched(skus: Sequence[Sku], wanted: Sequence[SheetSku]) -> list[tuple[Sku | None, SheetSku]]:
    """Each wanted SKU with the one it is: of the same option, else of the same code, if that is nobody else's."""
    by_option = {sku.option: sku for sku in skus}
    options = {want.option for want in wanted}
    by_code: dict[str, list[Sku]] = {}
    for sku in skus:
        if sku.own_code and sku.option not in options:
            by_code.setdefault(sku.own_code, []).append(sku)
    found: list[tuple[Sku | None, SheetSku]] = []
    for want in wanted:
        renamed = by_code.get(want.code, [])
        found.append(
            (by_option.get(want.option) or (renamed.pop() if len(renamed) == 1 else None), want)
        )
    return found


def _pictures(goods: Goods, sources: Sequence[str]) -> list[int] | None:
    """The ids of pictures these goods have, in the order asked for; None leaves all as they are.

    So it does while one of those asked for has yet to be fetched.
    """
    if any(not source.startswith(KEPT) for source in sources):
        return None
    return list(kept_pictures(goods, sources).values()) or None


def kept_pictures(goods: Goods, sources: Sequence[str]) -> dict[str, int]:
    """Which of the goods' own pictures a file names, by how it names them, in its order."""
    own = list(GoodsPicture.objects.filter(goods=goods).values_list("picture_id", flat=True))
    known = {f"{KEPT}{card.public_id}": card.id for card in media.pictures(own).values()}
    return {source: known[source] for source in sources if source in known}


def shelf_bulk(shop: Shop, judged: Mapping[int, Judgement], shown: Sequence[int]) -> None:
    """Put those `shown` of goods that just came in on the shelf; their `GoodsImported` tells the house.

    Not while the shop may not sell, nor what its permits do not cover, nor what was found in them asks for a look
    or for mending: that is written down as for goods that are typed in. The shop is locked.
    """
    rows = Goods.objects.filter(shop=shop, pk__in=judged)
    rows.exclude(pk__in=shown).update(is_wanted=False)
    if is_asked():
        note_many(dict(judged), shop)
        hold_many(dict(judged), shop)
    if not withheld_now(shop.pk):
        held = Withholding.objects.filter(shop=shop, goods_id__in=judged, lifted_at=None)
        free = rows.filter(pk__in=shown, on_sale=False).exclude(pk__in=held.values("goods_id"))
        free.update(on_sale=True)
    judge_permits(shop.pk)
