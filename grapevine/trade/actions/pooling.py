"""A shop's part of what it sells for another: written with the order, frozen in its escrow, paid when it is final.

It has no account while it is frozen. A refund before the order is final counts it down; one after takes it back from
the shop that earned it, for the supplier, who pays the buyer.
"""

from collections.abc import Mapping, Sequence

from grapevine.goods.contracts import PickTerm
from grapevine.kit import clock
from grapevine.kit.money import allocate
from grapevine.ledger.contracts import Account, Leg
from grapevine.trade.actions.clawing import return_to_shop
from grapevine.trade.actions.settling import party_of, shop_owner, take_turn
from grapevine.trade.contracts import QuoteLine, ShopQuote
from grapevine.trade.models import Line, Order, PoolSale, SettlementLine
from grapevine.trade.rules import pool as rules

PREFIX = "pick:"
"""Of the reference of what a shop gives up of its own earning."""


def is_pooled(order: Order) -> bool:
    """Whether any line was sold by another shop. No query: the order's source says so."""
    return bool(order.source.get("via"))


def vias_of(shop: ShopQuote, vias: Mapping[int, PickTerm]) -> str:
    """The shops that sell lines of this order for its own, as its source names them: "12" or "12 15"."""
    ids = {vias[line.sku.sku_id].shop_id for line in shop.lines if line.sku.sku_id in vias}
    return " ".join(map(str, sorted(ids)))


def write_pool_sales(
    known: Mapping[str, int], orders: Sequence[tuple[str, ShopQuote]], vias: Mapping[int, PickTerm]
) -> None:
    """Keep by whom each line was sold, on which terms. In the transaction that places the orders."""
    if not vias:
        return
    rows = Line.objects.filter(order__in=known.values(), sku_id__in=vias)
    lines = {
        (order_id, sku_id): pk for pk, order_id, sku_id in rows.values_list("pk", "order", "sku_id")
    }
    PoolSale.objects.bulk_create(
        _sale(lines[known[name], line.sku.sku_id], known[name], line, vias[line.sku.sku_id])
        for name, shop in orders
        for line in shop.lines
        if line.sku.sku_id in vias
    )


def _sale(line_id: int, order_id: int, line: QuoteLine, term: PickTerm) -> PoolSale:
    base = line.goods_minor - line.discount_minor + line.subsidy_minor
    own = sum(amount for reference, amount in line.cuts if reference == f"{PREFIX}{term.pick}")
    return PoolSale(
        line_id=line_id, order_id=order_id, shop_id=term.shop_id, shop_name=term.shop_name,
        pick=term.pick, rate_bps=term.rate_bps, supply_minor=term.supply_minor, base_minor=base,
        amount_minor=rules.earned(
            base_minor=base, list_minor=line.goods_minor, own_cut_minor=own, rate_bps=term.rate_bps,
            supply_minor=term.supply_minor * line.count,
        ),
    )  # fmt: skip


def pool_parts(order: Order, left: int) -> list[tuple[PoolSale, int]]:
    """What each shop that sold for this one gets of a final order, never more than is `left` of it."""
    if not is_pooled(order):
        return []
    rows = list(PoolSale.objects.filter(order=order).order_by("pk"))
    whole = [row.amount_minor - row.reversed_minor for row in rows]
    parts = allocate(min(sum(whole), max(0, left)), whole) if any(whole) else whole
    return list(zip(rows, parts, strict=True))


def pool_legs(order: Order, parts: Sequence[tuple[PoolSale, int]]) -> list[Leg]:
    """Out of the supplier's earning, so that its statement shows the sale and what it paid for it."""
    earned = Account(shop_owner(order.shop_id), "payable")
    return [Leg(earned, Account(shop_owner(row.shop_id), "payable"), part) for row, part in parts]


def book_pool_parts(order: Order, parts: Sequence[tuple[PoolSale, int]]) -> None:
    """What was just posted waits for each shop's next batch. In the same transaction."""
    now = clock.now()
    for row, part in parts:
        if part:
            SettlementLine.objects.create(
                key=f"pool:{order.number}:{row.line_id}",
                party=party_of(shop_owner(row.shop_id), order.currency), kind="commission",
                reference=order.number, gross_minor=part, net_minor=part, at=now,
            )  # fmt: skip
        if row.amount_minor - row.reversed_minor != part:
            PoolSale.objects.filter(pk=row.pk).update(reversed_minor=row.amount_minor - part)


def give_back_pool(order: Order, key: str) -> None:
    """Pieces went back (they are counted already): so does their part. The order is locked.

    Once it was paid it comes from the shop that had it, every party's turn taken in one order for everybody.
    """
    if not is_pooled(order):
        return
    found = []
    for row in PoolSale.objects.filter(order=order).select_related("line").order_by("pk"):
        back = rules.gone(row.amount_minor, back=row.line.refunded_count, count=row.line.count)
        if back > row.reversed_minor:
            found.append((row, back - row.reversed_minor))
            PoolSale.objects.filter(pk=row.pk).update(reversed_minor=back)
    if order.settled_at is None or not found:
        return
    owners = {shop_owner(order.shop_id), *(shop_owner(row.shop_id) for row, _ in found)}
    for owner in sorted(owners):
        take_turn(owner, order.currency)
    for row, part in found:
        return_to_shop(
            key=f"pool:{key}:{row.line_id}", reference=order.number, owner=shop_owner(row.shop_id),
            shop_id=order.shop_id, amount_minor=part, currency=order.currency,
        )  # fmt: skip
