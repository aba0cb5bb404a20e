"""What is known of a shop beside its tree: goods, stock, prices, sales, measures, fans. About forty queries, asked once
a day and only where the tree found something."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from grapevine.campaigns import facade as campaigns
from grapevine.goods import facade as goods
from grapevine.goods.contracts import StockedSku, StockView
from grapevine.insight.advising import Piece, Raised, SaleOver, Situation, SoldOut
from grapevine.insight.contracts import Node, Tree
from grapevine.insight.models import Advice, GoodsFact
from grapevine.kit import clock
from grapevine.reach import facade as reach
from grapevine.spread import facade as spread
from grapevine.spread.contracts import FanView
from grapevine.trade import facade as trade

PIECES_MAX = 50
FANS_MAX = 20
FANS_ASKED = 100
SALES_LOOKED_AT = 30
RAISED_BEFORE_DAYS = 3
ORDER_DAYS = 28
DONE_RESTS, DISMISSED_RESTS = timedelta(days=7), timedelta(days=28)


def situation_of(shop_id: int, tree: Tree) -> Situation:
    earned = _earned(shop_id, tree)
    stocked = goods.stocked_skus(shop_id)
    withheld = goods.withheld_goods(earned)
    called = fans_to_wake(shop_id)
    pieces = _pieces(shop_id, earned, stocked)
    return Situation(
        pieces=pieces,
        sold_out=_sold_out(shop_id, {one.goods_id for one in pieces}),
        raised=_raised(shop_id, tree, stocked),
        sales_over=_sales_over(shop_id, tree),
        withheld=frozenset(withheld), shop_withheld=bool(goods.standing(shop_id).withheld),
        fans=len(called), brought=sum(fan.brought for fan in called),
        category=pieces[0].category if pieces else "",
        order_minor=_order_minor(tree), rested=_rested(shop_id),
    )  # fmt: skip


def _earned(shop_id: int, tree: Tree) -> dict[int, tuple[int, int]]:
    """Goods → payments in the window and in the one before, those that earned most in either."""
    before = tree.first - timedelta(days=tree.days)
    rows = (
        GoodsFact.objects.filter(shop_id=shop_id, day__gte=before, day__lte=tree.last)
        .values_list("goods_id")
        .annotate(
            now=Sum("payments_minor", filter=Q(day__gte=tree.first)),
            then=Sum("payments_minor", filter=Q(day__lt=tree.first)),
        )
        .order_by("goods_id")
    )
    found = {goods_id: (now or 0, then or 0) for goods_id, now, then in rows}
    top = sorted(found, key=lambda one: (-max(found[one]), one))[:PIECES_MAX]
    return {one: found[one] for one in sorted(top, key=lambda one: (-found[one][1], one))}


def _pieces(
    shop_id: int, earned: dict[int, tuple[int, int]], stocked: list[StockedSku]
) -> list[Piece]:
    """`free` 0 where a goods has nothing left to sell; those are listed too, for what they lost."""
    by_goods: dict[int, list[StockedSku]] = {}
    for sku in stocked:
        by_goods.setdefault(sku.goods_id, []).append(sku)
    planned = {plan.goods_id for plan in campaigns.plans_of_shop(shop_id) if plan.active}
    others = {sku.code: sku.others_minor for sku in goods.priced_skus(shop_id)}
    cards = goods.goods_cards(earned)
    found = []
    for goods_id, (now, then) in earned.items():
        card, own = cards.get(goods_id), by_goods.get(goods_id, [])
        if card is None:
            continue
        costs = [sku.cost_minor for sku in own if sku.cost_minor is not None]
        found.append(
            Piece(
                goods_id, card.public_id, card.title, card.category, card.price_minor,
                max(costs, default=None), sum(sku.free for sku in own) if card.on_sale else 0, now,
                then, next((others[sku.code] for sku in own if others.get(sku.code)), ()),
                goods_id in planned,
            )
        )  # fmt: skip
    return found


def _sold_out(shop_id: int, earning: set[int]) -> list[SoldOut]:
    """SKUs of goods that earn, with nothing left in a warehouse that sells them; the fastest first."""
    stock = _with_orders(shop_id, goods.stock_by_warehouse(shop_id))
    lines = goods.sku_lines([row.sku_id for row in _empty(stock)], covers=False)
    goods_of = {pk: line.goods_id for pk, line in lines.items()}
    moves = {(one.sku_id, one.to_warehouse_id): one for one in goods.transfer_suggestions(shop_id)}
    places = {place.id: place for place in goods.warehouses(shop_id)}
    found = []
    for row in _empty(stock):
        goods_id, place = goods_of.get(row.sku_id, 0), places.get(row.warehouse_id)
        if goods_id not in earning or place is None or not place.is_active:
            continue
        move = moves.get((row.sku_id, row.warehouse_id))
        source = places.get(move.from_warehouse_id) if move else None
        title = f"{row.title} {row.option}".strip()
        found.append(
            SoldOut(
                row.code, goods_id, title, row.per_day, place.public_id, place.name,
                source.public_id if source else "", source.name if source else "",
                move.count if move and source else 0,
            )
        )  # fmt: skip
    return found


def _with_orders(shop_id: int, stock: Collection[StockView]) -> list[StockView]:
    """What ran out without a movement of stock, as in a shop whose orders were brought in, sells as its orders say; of
    several warehouses in the first. One query more, only where there is such a row."""
    moved = {row.sku_id for row in stock if row.per_day > 0}
    bare = {row.sku_id for row in stock if row.free <= 0} - moved
    if not bare:
        return list(stock)
    now, pieces = clock.now(), Counter[int]()
    for line in trade.pieces_sold(shop_id, now - timedelta(days=ORDER_DAYS), now):
        if line["sku_id"] in bare:
            pieces[line["sku_id"]] += line["pieces"]
    found = []
    for row in stock:
        sold = pieces.pop(row.sku_id, 0) if row.free <= 0 else 0
        found.append(replace(row, per_day=sold / ORDER_DAYS) if sold else row)
    return found


def _empty(stock: Collection[StockView]) -> list[StockView]:
    gone = [row for row in stock if row.free <= 0 and row.per_day > 0]
    return sorted(gone, key=lambda row: (-row.per_day, row.code))[:PIECES_MAX]


def _raised(shop_id: int, tree: Tree, stocked: list[StockedSku]) -> list[Raised]:
    """List prices raised shortly before or in the window and not taken back, the largest rise first."""
    goods_of = {sku.code: sku.goods_id for sku in stocked}
    since, found = tree.first - timedelta(days=RAISED_BEFORE_DAYS), dict[str, Raised]()
    for batch in reversed(goods.price_batches(shop_id)):
        on = timezone.localtime(batch.at).date()
        if batch.is_undone or not since <= on <= tree.last:
            continue
        for code, title, _option, before, after in batch.changes:
            found.pop(code, None)
            if after > before and code in goods_of:
                found[code] = Raised(goods_of[code], title, before, after, on)
    return sorted(found.values(), key=lambda one: one.before_minor - one.after_minor)


def _sales_over(shop_id: int, tree: Tree) -> list[SaleOver]:
    """Flash sales that ran before and ended by the beginning of the window or in its first half."""
    first = tree.first - timedelta(days=tree.days)
    middle = tree.first + timedelta(days=tree.days // 2)
    found = []
    for sale in campaigns.flash_sales_of_shop(shop_id, limit=SALES_LOOKED_AT).items:
        end = min(sale.ends_at, sale.stopped_at or sale.ends_at)
        on = timezone.localtime(end).date()
        if first <= on <= middle and end < clock.now() and sale.sku is not None:
            found.append(SaleOver(sale.goods_id, sale.sku.title, sale.price_minor, on))
    return found


def fans_asked(shop_id: int) -> tuple[list[FanView], reach.Reachable]:
    """Supporting fans, those who brought most first, and which of them may be written to now."""
    fans = [fan for fan in spread.fans_of(shop_id, limit=FANS_ASKED).items if fan.supporting]
    return fans, reach.callable_among(shop_id, [fan.person_id for fan in fans])


def fans_to_wake(shop_id: int) -> list[FanView]:
    """At most twenty supporting fans who may be written to now."""
    fans, reachable = fans_asked(shop_id)
    free = set(reachable.ids)
    return [fan for fan in fans if fan.person_id in free][:FANS_MAX]


def nodes_of(node: Node) -> list[Node]:
    """A node and everything below it."""
    return [node, *(found for child in node.children for found in nodes_of(child))]


def _order_minor(tree: Tree) -> int:
    return next((round(node.now) for node in nodes_of(tree.root) if node.name == "aov"), 0)


def _rested(shop_id: int) -> frozenset[str]:
    """Kinds that were done or put aside lately, or of which a draft waits."""
    now = clock.now()
    rows = Advice.objects.filter(shop_id=shop_id, shown_at__gt=now - DISMISSED_RESTS * 2)
    rested = rows.filter(
        Q(draft__state="draft")
        | Q(draft__state="done", draft__done_at__gt=now - DONE_RESTS)
        | Q(dismissal__at__gt=now - DISMISSED_RESTS)
    )
    return frozenset(rested.values_list("kind", flat=True))
