"""Joining, levels, member prices: what the page says is what the quote charges."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsNotFound, NewSku
from grapevine.loyalty import actions, facade, offers, queries
from grapevine.loyalty.contracts import Level, NoMembership
from grapevine.loyalty.models import Member
from grapevine.loyalty.tests.cast import (
    LADDER,
    Cast,
    api,
    bought,
    finished,
    gather,
    later,
    refunded,
)
from grapevine.people import facade as people
from grapevine.signals.models import OutboxEvent
from grapevine.trade import facade as trade
from grapevine.trade.contracts import Offer, OfferKind, OfferLine, OfferRequest, Quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Bob's shop has three levels; nobody joined."""
    found = gather()
    facade.set_levels(shop_id=found.bobs.id, levels=LADDER)
    return found


def quoted(cast: Cast, buyer: int | None, *, claim: str = "") -> Quote:
    """A cup and a vase of Bob's, a tea of Carol's."""
    lines = [(cast.cup.sku_id, 2), (cast.vase.sku_id, 1), (cast.tea.sku_id, 1)]
    return trade.quote(buyer_id=buyer, lines=lines, claim=claim)


def cuts(quote: Quote) -> dict[str, list[int]]:
    return {
        shop.shop_name: [line.discount_minor for line in shop.lines] for shop in quote.shops
    }  # fmt: skip


FULL = {"半日": [0, 0], "山茶": [0]}


def test_joining_is_free_for_everybody_and_happens_once(cast: Cast) -> None:
    assert facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    assert not facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    assert facade.join(person_id=cast.bob, shop_id=cast.bobs.id), "also who works there"
    with pytest.raises(NoMembership):
        facade.join(person_id=cast.alice, shop_id=cast.carols.id)
    told = OutboxEvent.objects.filter(name="loyalty.member_joined").values_list("payload", flat=True)  # fmt: skip
    assert [one["person_id"] for one in told.order_by("id")] == [cast.alice, cast.bob]
    assert facade.member_count(cast.bobs.id) == 2


def test_a_member_pays_less_at_that_shop_alone(cast: Cast) -> None:
    assert cuts(quoted(cast, cast.alice)) == FULL
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    assert cuts(quoted(cast, cast.alice)) == {"半日": [2 * (6999 - 6649), 5800 - 5510], "山茶": [0]}
    assert cuts(quoted(cast, cast.eve)) == cuts(quoted(cast, None)) == FULL
    assert facade.leave(person_id=cast.alice, shop_id=cast.bobs.id)
    assert not facade.leave(person_id=cast.alice, shop_id=cast.bobs.id)
    assert cuts(quoted(cast, cast.alice)) == FULL
    assert OutboxEvent.objects.filter(name="loyalty.member_left").count() == 1


def test_the_shop_pays_for_its_member_price(cast: Cast) -> None:
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    number = bought(cast.alice, (cast.cup, 1)).order_numbers[0]
    order = trade.order_for(cast.alice, number)
    assert (order.goods_minor, order.total_minor) == (6999, 6649)
    assert [(one.label, one.amount_minor) for one in order.offers] == [("会员价", 350)]
    assert trade.offer_amount(number, f"loyalty.member:{cast.bobs.id}") == 350


def test_goods_may_be_kept_out(cast: Cast) -> None:
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    vase = cast.vase.goods_public_id
    for _ in range(2):
        facade.exclude_goods(shop_id=cast.bobs.id, public_id=vase)
    assert cuts(quoted(cast, cast.alice)) == {"半日": [700, 0], "山茶": [0]}
    assert facade.price_for_member(goods.goods_by_public_id(vase), cast.alice) is None
    facade.include_goods(shop_id=cast.bobs.id, public_id=vase)
    assert cuts(quoted(cast, cast.alice)) == {"半日": [700, 290], "山茶": [0]}
    for change in (facade.exclude_goods, facade.include_goods):
        with pytest.raises(GoodsNotFound):
            change(shop_id=cast.carols.id, public_id=vase)


def test_the_level_follows_a_year_of_final_orders(cast: Cast) -> None:
    """Also of those before joining; not of those that came back or are not final yet."""
    finished(cast, cast.alice, (cast.cup, 7))
    finished(cast, cast.alice, (cast.tea, 9))
    bought(cast.alice, (cast.cup, 5))
    refunded(bought(cast.alice, (cast.cup, 5)).order_numbers[0])
    view = facade.membership(cast.bobs.id, cast.alice)
    assert view is not None
    assert (view.spent_minor, view.level.name, view.missing_minor) == (48_993, "粉丝", 1007)
    finished(cast, cast.alice, (cast.cup, 1))
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    assert cuts(quoted(cast, cast.alice))["半日"] == [2 * 700, 580]
    with later(timedelta(days=365)):
        assert queries.joined(cast.alice, [cast.bobs.id])[cast.bobs.id].name == "熟客"
    with later(timedelta(days=373)):
        assert queries.joined(cast.alice, [cast.bobs.id])[cast.bobs.id].name == "粉丝"
        again = facade.membership(cast.bobs.id, cast.alice)
        assert again is not None
        assert (again.spent_minor, again.is_member) == (0, True)


def test_nothing_of_a_profile_changes_a_price(cast: Cast) -> None:
    """Two people alike in what they joined and bought, unlike in everything else, pay the same."""
    for one in (cast.alice, cast.eve):
        facade.join(person_id=one, shop_id=cast.bobs.id)
    people.follow(person_id=cast.alice, other_id=cast.bob)
    people.set_personalised(cast.alice, on=False)
    assert api(cast.alice, "PATCH", "/me", {"region": "上海", "name": "阿丽"}).status_code == 200
    assert quoted(cast, cast.alice) == quoted(cast, cast.eve)
    card = goods.goods_by_public_id(cast.cup.goods_public_id)
    shown = [facade.price_for_member(card, one) for one in (cast.alice, cast.eve, cast.carol, None)]
    assert [one.price_minor if one else 0 for one in shown] == [6649] * 4
    assert [one.is_member if one else None for one in shown] == [True, True, False, False]


def test_what_the_page_says_is_what_the_quote_charges(cast: Cast) -> None:
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    for price in (1, 3, 99, 101, 6999, 12_345):
        facade.set_levels(shop_id=cast.bobs.id, levels=[Level("粉丝", 0, 8765)])
        card = goods.list_goods(
            shop_id=cast.bobs.id, title=f"{price}", category="家居", body="x", picture_ids=[],
            skus=[NewSku(option="默认", price_minor=price, stock=3)],
        )  # fmt: skip
        shown = facade.price_for_member(card, cast.alice)
        sku = goods.goods_detail(card.public_id).skus[0].sku_id
        asked = trade.quote(buyer_id=cast.alice, lines=[(sku, 1)])
        assert asked.total_minor == (shown.price_minor if shown else price)


def test_the_lower_of_two_prices_wins_and_coupons_come_on_top(cast: Cast) -> None:
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    flash = Offer(OfferKind.PRICE, "限时", "x:1", cast.bobs.id, sku_prices={cast.cup.sku_id: 6000})
    coupon = Offer(OfferKind.PLATFORM_COUPON, "券", "x:2", tiers=((0, 1000),))
    with pytest.MonkeyPatch.context() as patch:
        own = [offers.member_prices, lambda _request: [flash, coupon]]
        patch.setattr("grapevine.trade.ports._offerers", own)
        found = quoted(cast, cast.alice)
    names = {one.reference: one.amount_minor for one in found.offers}
    assert names == {"x:1": 2 * 999, f"loyalty.member:{cast.bobs.id}": 290, "x:2": 1000}


def test_a_quote_costs_one_query_and_two_for_a_member(cast: Cast) -> None:
    def cost(buyer: int | None) -> int:
        skus = (cast.cup, cast.vase, cast.tea)
        request = OfferRequest(buyer, tuple(OfferLine(sku, 1) for sku in skus), "")
        with CaptureQueriesContext(connection) as seen:
            offers.member_prices(request)
        return len(seen)

    assert (cost(None), cost(cast.alice)) == (0, 1)
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    assert (cost(cast.alice), cost(cast.eve)) == (2, 1)
    facade.set_levels(shop_id=cast.carols.id, levels=LADDER)
    facade.join(person_id=cast.alice, shop_id=cast.carols.id)
    assert cost(cast.alice) == 2


def test_a_shop_may_change_its_ladder_and_end_it(cast: Cast) -> None:
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    facade.set_levels(shop_id=cast.bobs.id, levels=[Level("会员", 0, 8000)])
    assert facade.levels_of(cast.bobs.id) == [Level("会员", 0, 8000)]
    assert cuts(quoted(cast, cast.alice))["半日"] == [2 * 1400, 1160]
    facade.set_levels(shop_id=cast.bobs.id, levels=[])
    assert cuts(quoted(cast, cast.alice)) == FULL
    assert facade.membership(cast.bobs.id, cast.alice) is None
    mine = facade.memberships_of(cast.alice).items
    assert [(one.shop.slug, one.view) for one in mine] == [("bobs", None)]
    facade.set_levels(shop_id=cast.bobs.id, levels=LADDER)
    assert cuts(quoted(cast, cast.alice))["半日"] == [700, 290]
    assert facade.leave(person_id=cast.alice, shop_id=cast.bobs.id)


def test_memberships_are_pages(cast: Cast) -> None:
    facade.set_levels(shop_id=cast.carols.id, levels=LADDER)
    for shop in (cast.bobs, cast.carols):
        actions.join(person_id=cast.alice, shop_id=shop.id)
    first = facade.memberships_of(cast.alice, limit=1)
    assert [one.shop.slug for one in first.items] == ["carols"]
    rest = facade.memberships_of(cast.alice, first.next_cursor, 1)
    assert [one.shop.slug for one in rest.items] == ["bobs"]
    assert rest.next_cursor is None
    assert Member.objects.count() == 2
