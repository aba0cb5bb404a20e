"""Orders from elsewhere that are yet to be sent."""

from datetime import timedelta

import pytest

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.trade import facade
from grapevine.trade.contracts import ImportedOrder
from grapevine.trade.tests.cast import Cast, free, gather
from tests.holding.stock import holds, stock

pytestmark = pytest.mark.django_db


def imported(cast: Cast, *orders: tuple[str, int]) -> list[str]:
    """Orders of cups from elsewhere: (state, pieces)."""
    cup = cast.cup
    return facade.import_paid_orders(
        [
            ImportedOrder(
                buyer_id=cast.alice, shop_id=cup.shop_id, sku_id=cup.sku_id, goods_id=cup.goods_id,
                count=count, price_minor=cup.price_minor, state=state, title=cup.title,
                goods_public_id=cup.goods_public_id, shop_name="半日",
                paid_at=clock.now() - timedelta(hours=3),
            )
            for state, count in orders
        ]
    )  # fmt: skip


def test_what_is_yet_to_be_sent_is_taken_from_the_shelf_and_sent() -> None:
    cast = gather()
    paid, received = imported(cast, ("paid", 2), ("received", 4))
    assert free(cast.cup) == 3, "what was received came from another shelf"
    assert [count for *_, count in goods.holds_of(paid)] == [2]
    assert goods.holds_of(received) == []
    facade.ship_order(
        shop_id=cast.bobs.id, number=paid, carrier="顺丰", tracking="SF1001", actor_id=cast.bob
    )
    assert facade.order_for(cast.alice, paid).state == "shipped"
    assert [*stock(), *holds()] == []


def test_without_the_pieces_it_is_imported_all_the_same() -> None:
    cast = gather()
    many, few = imported(cast, ("paid", 6), ("paid", 5))
    assert (goods.holds_of(many), free(cast.cup)) == ([], 0)
    assert [count for *_, count in goods.holds_of(few)] == [5]
    assert facade.shop_order_counts(cast.bobs.id) == {"paid": 2}
    assert [*stock(), *holds()] == []
