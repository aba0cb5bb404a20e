"""What counts trade reads: a buyer's past is asked once, however many parts the span is read in."""

from datetime import timedelta
from typing import Any

import pytest

from grapevine.kit import clock
from grapevine.trade import facade
from grapevine.trade.contracts import ImportedOrder
from grapevine.trade.queries import facts
from grapevine.trade.tests.cast import gather

pytestmark = pytest.mark.django_db


def test_a_buyers_past_is_asked_once_a_span(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    cast = gather()
    cup, until = cast.cup, clock.now()
    since = until - timedelta(days=20)
    facade.import_paid_orders(
        [
            ImportedOrder(
                buyer_id=buyer, shop_id=cup.shop_id, sku_id=cup.sku_id, goods_id=goods, count=1,
                price_minor=900, state="received", title=cup.title, shop_name="半日",
                goods_public_id=cup.goods_public_id, paid_at=since + timedelta(days=day),
            )
            for day, buyer, goods in (
                (-1, cast.alice, 5), (1, cast.alice, 6), (2, cast.bob, 5), (3, cast.alice, 5),
                (4, cast.bob, 5), (5, cast.alice, 6),
            )
        ]
    )  # fmt: skip
    monkeypatch.setattr(facts, "CHUNK", 1)
    with django_assert_num_queries(2 + 2):  # the orders, a past for each of the two, the refunds
        sales = [row["again"] for row in facts.sale_rows(since, until)]
    assert sales == [True, False, True, True, True]
    lines = [row["bought_again"] for row in facts.line_rows(since, until)]
    assert lines == [False, False, True, True, True]
    monkeypatch.setattr(facts, "BUYERS_KEPT", 0)  # nothing is kept: the answers are the same
    assert [row["again"] for row in facts.sale_rows(since, until)] == sales
    assert [row["bought_again"] for row in facts.line_rows(since, until)] == lines
