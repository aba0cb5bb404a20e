"""Prices, states and addresses, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grapevine.goods.contracts import SkuLine
from grapevine.trade.contracts import AddressView, BadAddress, Offer, OfferLine, OrderState
from grapevine.trade.rules.address import check, parse
from grapevine.trade.rules.pricing import quote
from grapevine.trade.rules.states import MOVES, may, sources_of


def line(price_minor: int, count: int = 1, shop_id: int = 1) -> OfferLine:
    sku = SkuLine(
        sku_id=1, code="a", goods_id=1, goods_public_id="g", title="杯", option="", currency="CNY",
        price_minor=price_minor, free=9, shop_id=shop_id, shop_name=f"店{shop_id}", cover=None,
        on_sale=True,
    )  # fmt: skip
    return OfferLine(sku, count)


def test_offers_apply_in_order_and_are_trimmed_at_zero() -> None:
    priced = quote([line(1000), line(500, 2, shop_id=2)], [Offer("a", 1500, "x"), Offer("b", 900, "y"), Offer("c", 1, "z")])  # fmt: skip
    assert [(offer.label, offer.amount_minor) for offer in priced.offers] == [("a", 1500), ("b", 500)]  # fmt: skip
    assert (priced.goods_minor, priced.discount_minor, priced.total_minor) == (2000, 2000, 0)
    assert [shop.total_minor for shop in priced.shops] == [0, 0]


def test_a_cut_is_split_by_largest_remainder() -> None:
    priced = quote([line(100), line(100), line(100)], [Offer("a", 100, "x")])
    assert [one.discount_minor for one in priced.shops[0].lines] == [34, 33, 33]
    assert [one.payable_minor for one in priced.shops[0].lines] == [66, 67, 67]


LINES = st.lists(
    st.builds(line, st.integers(0, 10**6), st.integers(1, 999), st.integers(1, 4)),
    min_size=1, max_size=12,
)  # fmt: skip
OFFERS = st.lists(st.builds(Offer, st.just("a"), st.integers(0, 10**8), st.just("x")), max_size=5)


@given(LINES, OFFERS)
def test_the_parts_of_a_quote_are_the_whole(lines: list[OfferLine], offers: list[Offer]) -> None:
    priced = quote(lines, offers)
    every = [one for shop in priced.shops for one in shop.lines]
    assert len(every) == len(lines)
    assert sum(one.payable_minor for one in every) == priced.total_minor
    assert sum(shop.total_minor for shop in priced.shops) == priced.total_minor
    assert priced.total_minor == max(
        0, priced.goods_minor - sum(offer.amount_minor for offer in offers)
    )
    assert all(0 <= one.discount_minor <= one.goods_minor for one in every)


ALLOWED = {
    ("pending", "paid", "provider"), ("pending", "waiting", "provider"),
    ("pending", "cancelled", "buyer"), ("pending", "cancelled", "system"),
    ("waiting", "paid", "system"), ("waiting", "refunded", "buyer"),
    ("waiting", "refunded", "shop"), ("waiting", "refunded", "system"),
    ("paid", "shipped", "shop"), ("paid", "refunded", "buyer"), ("paid", "refunded", "shop"),
    ("paid", "refunded", "system"), ("shipped", "received", "buyer"),
    ("shipped", "received", "system"), ("shipped", "refunded", "shop"),
    ("received", "refunded", "shop"),
}  # fmt: skip


@pytest.mark.parametrize("actor", ["buyer", "shop", "system", "provider", "stranger"])
def test_every_move_is_allowed_by_the_table_or_refused(actor: str) -> None:
    for before in OrderState:
        for after in OrderState:
            listed = (before.value, after.value, actor) in ALLOWED
            assert may(before, after, actor) is listed
            assert (before in sources_of(after, actor)) is listed


@given(st.lists(st.sampled_from(sorted(MOVES))))
def test_a_final_state_is_never_left(moves: list[tuple[OrderState, OrderState]]) -> None:
    state = OrderState.PENDING
    for before, after in moves:
        if before == state:
            assert state not in {OrderState.CANCELLED, OrderState.REFUNDED}
            state = after


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("张三 13800138000 广东省深圳市南山区科技路 1 号", ("张三", "13800138000", "广东省", "深圳市", "南山区", "科技路1号")),
        ("浙江杭州市西湖区龙井路1号，李四，+86 138-0013-8000", ("李四", "13800138000", "浙江省", "杭州市", "西湖区", "龙井路1号")),
        ("收货人：王五 手机：13900139000 地址：北京市朝阳区望京街 2 号", ("王五", "13900139000", "北京市", "北京市", "朝阳区", "望京街2号")),
        ("上海浦东新区世纪大道8号", ("", "", "上海市", "上海市", "浦东新区", "世纪大道8号")),
        ("内蒙古自治区锡林郭勒盟多伦县南街", ("", "", "内蒙古自治区", "锡林郭勒盟", "多伦县", "南街")),
        ("随便写写没有地址的一句话", ("", "", "", "", "", "随便写写没有地址的一句话")),
        ("", ("", "", "", "", "", "")),
    ],
)  # fmt: skip
def test_a_pasted_address_is_read(text: str, parts: tuple[str, ...]) -> None:
    read = parse(text)
    assert (read.name, read.phone, read.province, read.city, read.district, read.detail) == parts


@given(st.text(max_size=400))
def test_any_text_is_read_without_failing(text: str) -> None:
    assert isinstance(parse(text), AddressView)


def test_a_good_address_is_trimmed() -> None:
    given_ = AddressView(" 张三 ", "138-0013 8000", "广东省", " 深圳市", "南山区 ", " 科技路 1 号 ")
    assert check(given_) == AddressView(
        "张三", "13800138000", "广东省", "深圳市", "南山区", "科技路 1 号"
    )


@pytest.mark.parametrize("phone", ["", "abc", "12", "9" * 30])
def test_every_wrong_part_of_an_address_is_named(phone: str) -> None:
    with pytest.raises(BadAddress) as refused:
        check(AddressView("", phone, "火星省", "", "区" * 21, "x"))
    assert sorted(refused.value.fields) == ["city", "detail", "district", "name", "phone", "province"]  # fmt: skip
