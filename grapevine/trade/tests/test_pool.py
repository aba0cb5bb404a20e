"""Selling another shop's goods: picked, sold, frozen, paid when final, given back with the goods."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewTerm
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.trade import facade, jobs
from grapevine.trade.actions.clawing import return_to_shop
from grapevine.trade.contracts import IllegalMove
from grapevine.trade.models import Line, Order, PoolSale, SettlementLine
from grapevine.trade.queries import pool, reading, settlement
from grapevine.trade.tests.cast import HOME, Cast, free, gather, paid, placed
from grapevine.trade.tests.settling_cast import of_shop, over, received

pytestmark = pytest.mark.django_db


def offered(cast: Cast, rate_bps: int | None = 1000, **terms: Any) -> str:
    """Bob's cup (¥69) in the pool, and Carol's pick of it."""
    given = [NewTerm(cast.cup.code, **terms)] if terms else []
    offer = goods.offer_goods(
        shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, actor_id=cast.bob,
        rate_bps=rate_bps, terms=given,
    )  # fmt: skip
    return goods.pick_goods(shop_id=cast.carols.id, offer_id=offer, person_id=cast.carol)


def part(number: str) -> PoolSale:
    return PoolSale.objects.get(order__number=number)


def final(number: str) -> None:
    with time_machine.travel(clock.now() + over()):
        jobs.settle_final()
    assert Order.objects.get(number=number).state == "completed"


def test_an_order_is_the_suppliers_and_earns_the_shop_that_sold_it(settings: Any) -> None:
    settings.PLATFORM_FEE_BPS = 100
    cast = gather()
    pick = offered(cast)
    before = free(cast.cup)
    number = received(cast, (cast.cup, 2), (cast.vase, 1), picks={cast.cup.sku_id: pick})
    order = Order.objects.get(number=number)
    assert (order.shop_id, order.total_minor) == (cast.bobs.id, 2 * 6900 + 5800)
    assert order.source["via"] == str(cast.carols.id)
    assert free(cast.cup) == before - 2  # the one counter of stock
    assert (part(number).amount_minor, part(number).base_minor) == (1380, 13800)
    assert of_shop(cast.carols.id) == {}  # frozen: nothing moves before it is final
    assert pool.pool_totals(cast.carols.id)[0].frozen_minor == 1380
    assert [one.escrow_minor for one in settlement.purses(f"shop:{cast.carols.id}")] == [1380]
    assert [one.escrow_minor for one in settlement.purses(f"shop:{cast.bobs.id}")] == [18220]
    jobs.settle_final()
    assert of_shop(cast.carols.id) == {}
    final(number)
    assert of_shop(cast.carols.id) == {"payable": 1380}
    assert of_shop(cast.bobs.id) == {"payable": 19600 - 1380 - 196}
    assert jobs.make_batches() == 2
    assert jobs.make_batches() == 0
    assert of_shop(cast.carols.id) == {"balance": 1380}
    lines = list(settlement.statement_lines(f"shop:{cast.carols.id}", "CNY", None, None))
    assert [(one.reference, one.amount_minor) for one in lines if one.kind == "settle"] == [
        (number, 1380)
    ]
    assert pool.sold_for_others(cast.carols.id, clock.now() - timedelta(days=1)) == 13800
    assert ledger.balance(Account(f"order:{number}", "escrow")) == 0


def test_what_goes_back_takes_its_part_along_before_and_after_the_end() -> None:
    cast = gather()
    pick = offered(cast, None, supply_minor=6000, floor_minor=6500)
    number = received(cast, (cast.cup, 3), picks={cast.cup.sku_id: pick})
    line = Line.objects.get(order__number=number)
    assert part(number).amount_minor == 2700
    facade.refund_pieces(number=number, pieces={line.pk: 1}, reason="", case_id=1)
    assert (part(number).reversed_minor, of_shop(cast.carols.id)) == (900, {})
    final(number)
    jobs.make_batches()
    assert of_shop(cast.carols.id) == {"balance": 1800}
    facade.refund_pieces(number=number, pieces={line.pk: 1}, reason="", case_id=2)
    assert (part(number).reversed_minor, of_shop(cast.carols.id)) == (1800, {"balance": 900})
    bobs = of_shop(cast.bobs.id)
    facade.refund_order(number=number, reason="", actor="case")
    assert (part(number).reversed_minor, of_shop(cast.carols.id)) == (2700, {})
    assert sum(of_shop(cast.bobs.id).values()) == sum(bobs.values()) - 6900 + 900
    with pytest.raises(IllegalMove):
        facade.refund_order(number=number, reason="", actor="case")
    assert part(number).reversed_minor == 2700
    for owner in (cast.bobs.id, cast.carols.id):
        rows = SettlementLine.objects.filter(party__owner=f"shop:{owner}", batch=None)
        assert sum(row.net_minor for row in rows) == of_shop(owner).get("payable", 0)


def test_taking_back_what_was_withdrawn_is_a_debt_and_happens_once() -> None:
    cast = gather()
    pick = offered(cast)
    number = received(cast, (cast.cup, 1), picks={cast.cup.sku_id: pick})
    final(number)
    jobs.make_batches()
    shop = f"shop:{cast.carols.id}"
    ledger.post(
        key="w", kind="withdrawal", reference="w", currency="CNY",
        legs=[Leg(Account(shop, "balance"), Account(shop, "withdrawing"), 690)],
    )  # fmt: skip
    facade.refund_order(number=number, reason="", actor="case")
    assert of_shop(cast.carols.id) == {"withdrawing": 690, "debt": -690}
    for _ in range(2):
        return_to_shop(
            key="again", reference=number, owner=shop, shop_id=cast.bobs.id, amount_minor=10,
            currency="CNY",
        )  # fmt: skip
    assert of_shop(cast.carols.id) == {"withdrawing": 690, "debt": -700}


def test_a_shop_may_sell_for_less_out_of_its_own_earning_down_to_the_floor() -> None:
    cast = gather()
    pick = offered(cast, 2000, floor_minor=6210)  # a tenth at most
    goods.set_off(shop_id=cast.carols.id, public_id=pick, off_bps=500, actor_id=cast.carol)
    sku = cast.cup.sku_id
    quoted = facade.quote(buyer_id=cast.alice, lines=[(sku, 2)], picks={sku: pick})
    assert (quoted.total_minor, quoted.vias[sku].price_minor) == (2 * 6555, 6555)
    number = paid(cast, (cast.cup, 2), picks={sku: pick}).order_numbers[0]
    assert part(number).amount_minor == 2760 - 690
    with pytest.raises(DomainError, match="under_floor"):
        goods.set_off(shop_id=cast.carols.id, public_id=pick, off_bps=1001, actor_id=cast.carol)
    assert Order.objects.get(number=number).total_minor == 13110


def test_nobody_earns_by_buying_where_they_work() -> None:
    cast = gather()
    pick = offered(cast)
    sku = cast.cup.sku_id
    made = facade.place_order(
        buyer_id=cast.carol, lines=[(sku, 1)], address=HOME, picks={sku: pick}
    )
    order = Order.objects.get(number=made.order_numbers[0])
    assert ("via" in order.source, PoolSale.objects.count()) == (False, 0)


def test_the_cart_remembers_by_whom_it_was_filled() -> None:
    cast = gather()
    pick = offered(cast)
    sku = cast.cup.sku_id
    facade.add_to_cart(buyer_id=cast.alice, lines=[(cast.cup, 1)], picks={sku: pick})
    assert reading.cart(cast.alice)[0].pick == pick
    assert reading.cart_picks(cast.alice, [sku]) == {sku: pick}
    facade.add_to_cart(buyer_id=cast.alice, lines=[(cast.cup, 1)])
    assert reading.cart_picks(cast.alice, [sku]) == {}  # the last one counts


def test_withdrawn_goods_sell_for_nobody_else_from_that_moment_on() -> None:
    cast = gather()
    pick = offered(cast)
    sku = cast.cup.sku_id
    sold = placed(cast, (cast.cup, 1), picks={sku: pick}).order_numbers[0]
    goods.withdraw_offer(
        shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, actor_id=cast.bob
    )
    after = placed(cast, (cast.cup, 1), picks={sku: pick}).order_numbers[0]
    assert list(PoolSale.objects.values_list("order__number", flat=True)) == [sold]
    assert "via" not in Order.objects.get(number=after).source
