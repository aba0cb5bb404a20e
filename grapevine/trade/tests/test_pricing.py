"""The price of a purchase, offer by offer, without a database."""

import pytest
from hypothesis import given, strategies as st

from grapevine.goods.contracts import SkuLine
from grapevine.trade.contracts import InvoiceAsk, Offer, OfferGone, OfferKind, OfferLine, Quote
from grapevine.trade.refusals import BadInvoice
from grapevine.trade.rules import invoicing, pricing
from grapevine.trade.rules.pricing import quote, with_shipping

K = OfferKind


def line(sku_id: int, price_minor: int, count: int = 1, shop_id: int = 1) -> OfferLine:
    sku = SkuLine(
        sku_id, f"c{sku_id}", sku_id, f"g{sku_id}", f"商品{sku_id}", "", price_minor, "CNY", 99,
        shop_id, f"店{shop_id}", None, on_sale=True,
    )  # fmt: skip
    return OfferLine(sku, count)


def full(reference: str, threshold: int, cut: int, shop_id: int = 1) -> Offer:
    return Offer(K.REDUCTION, reference, reference, shop_id, tiers=((threshold, cut),))


def coupon(reference: str, cut: int, *, shop_id: int = 1, threshold: int = 0) -> Offer:
    kind = K.SHOP_COUPON if shop_id else K.PLATFORM_COUPON
    return Offer(
        kind, reference, reference, shop_id, tiers=((threshold, cut),), by_platform=not shop_id
    )  # fmt: skip


def cuts(found: Quote) -> dict[str, int]:
    return {offer.reference: offer.amount_minor for offer in found.offers}


def test_without_offers_it_costs_what_it_costs() -> None:
    found = quote([line(1, 1050, 2), line(2, 300, shop_id=2)], [])
    assert (found.goods_minor, found.discount_minor, found.total_minor) == (2400, 0, 2400)
    assert [(shop.shop_id, shop.total_minor) for shop in found.shops] == [(1, 2100), (2, 300)]


def test_a_line_takes_the_lowest_price_it_is_offered() -> None:
    offers = [
        Offer(K.PRICE, "会员", "m", 1, sku_prices={1: 900}),
        Offer(K.PRICE, "秒杀", "b", 1, sku_prices={1: 800}, is_exclusive=True),
        Offer(K.PRICE, "秒杀", "a", 1, sku_prices={1: 800}, is_exclusive=True),
        Offer(K.PRICE, "贵了", "x", 1, sku_prices={1: 1100, 2: 500}),
    ]
    found = quote([line(1, 1000, 3), line(2, 500)], offers)
    assert (found.total_minor, cuts(found)) == (2900, {"a": 600})


def test_two_hundred_less_thirty_is_split_over_the_lines_it_is_for() -> None:
    found = quote([line(1, 15_000), line(2, 6_000)], [full("满200减30", 20_000, 3_000)])
    assert found.total_minor == 18_000
    assert [one.discount_minor for one in found.shops[0].lines] == [2143, 857]  # 30 × 60/210


def test_the_best_reduction_of_a_shop_counts_and_others_do_not_reach() -> None:
    offers = [full("a", 1000, 100), full("b", 2000, 300), full("c", 9000, 900), full("d", 1, 50, 2)]
    found = quote([line(1, 2500), line(2, 400, shop_id=2)], offers)
    assert cuts(found) == {"b": 300, "d": 50}


def test_exclusive_prices_take_part_in_nothing_but_points() -> None:
    offers = [
        Offer(K.PRICE, "拼团", "g", 1, sku_prices={1: 500}, is_exclusive=True),
        full("r", 100, 100), coupon("c", 100), coupon("p", 100, shop_id=0),
        Offer(K.POINTS, "积分", "pts", 0, tiers=((0, 40),), by_platform=True),
    ]  # fmt: skip
    found = quote([line(1, 1000)], offers)
    assert cuts(found) == {"g": 500, "pts": 40}
    assert found.shops[0].subsidy_minor == 40
    assert [(one.reference, one.amount_minor, one.is_used) for one in found.coupons] == [
        ("c", 0, False), ("p", 0, False),
    ]  # fmt: skip


def test_percentages_are_rounded_down_capped_and_never_below_zero() -> None:
    off = Offer(K.SHOP_COUPON, "九折", "c", 1, rate_bps=1000, threshold_minor=500)
    assert quote([line(1, 999)], [off]).total_minor == 900
    assert quote([line(1, 499)], [off]).total_minor == 499
    capped = Offer(K.SHOP_COUPON, "九折", "c", 1, rate_bps=1000, most_minor=50)
    assert quote([line(1, 999)], [capped]).total_minor == 949
    assert quote([line(1, 999)], [coupon("c", 5000)]).total_minor == 0


def test_coupons_are_for_what_they_name() -> None:
    named = Offer(K.SHOP_COUPON, "杯子券", "c", 1, skus=frozenset({2}), tiers=((0, 100),))
    found = quote([line(1, 900), line(2, 500)], [named])
    assert [one.discount_minor for one in found.shops[0].lines] == [0, 100]
    assert found.shops[0].lines[1].cuts == (("c", 100),)


def test_the_best_legal_combination_is_taken() -> None:
    offers = [
        coupon("s1", 300, threshold=1000), coupon("s2", 200), coupon("t1", 100, shop_id=2),
        coupon("p1", 400, shop_id=0, threshold=1200), coupon("p2", 250, shop_id=0),
    ]  # fmt: skip
    # p1 needs 1,200 after the shops' coupons: it goes with s2 alone (600), less than all the others together.
    found = quote([line(1, 1000), line(2, 400, shop_id=2)], offers)
    assert cuts(found) == {"s1": 300, "t1": 100, "p2": 250}
    assert found.total_minor == 750


def test_among_equals_the_fewest_coupons_and_the_smallest_names() -> None:
    offers = [coupon("b", 500), coupon("a", 500), coupon("p", 500, shop_id=0)]
    found = quote([line(1, 500)], offers)
    assert cuts(found) == {"a": 500}


def test_what_the_buyer_chose_is_used_or_refused() -> None:
    offers = [
        coupon("a", 100), coupon("b", 200), coupon("p", 50, shop_id=0), coupon("q", 60, shop_id=0),
        coupon("far", 10, threshold=99_999),
    ]  # fmt: skip
    lines = [line(1, 1000)]
    assert cuts(quote(lines, offers, coupons=("a", "p"))) == {"a": 100, "p": 50}
    assert cuts(quote(lines, offers, coupons=())) == {}
    for chosen in (("a", "a"), ("nobody",), ("a", "b"), ("p", "q"), ("far",)):
        with pytest.raises(OfferGone):
            quote(lines, offers, coupons=chosen)


def test_a_platform_coupon_of_one_shop_still_counts_as_the_platforms() -> None:
    at_one = Offer(K.PLATFORM_COUPON, "平台券", "p1", 1, tiers=((0, 10),))
    at_two = Offer(K.PLATFORM_COUPON, "平台券", "p2", 2, tiers=((0, 10),))
    lines = [line(1, 100), line(2, 100, shop_id=2)]
    with pytest.raises(OfferGone):
        quote(lines, [at_one, at_two], coupons=("p1", "p2"))


def test_a_wallet_full_of_coupons_is_still_answered() -> None:
    offers = [
        coupon(f"s{shop}-{n}", 10 + n, shop_id=shop) for shop in range(1, 5) for n in range(9)
    ]
    found = quote([line(shop, 1000, shop_id=shop) for shop in range(1, 5)], offers)
    assert cuts(found) == {f"s{shop}-8": 18 for shop in range(1, 5)}
    assert pricing.COMBINATIONS_MAX < 10**4


def test_sending_is_added_and_offers_never_touch_it() -> None:
    found = with_shipping(quote([line(1, 1000)], [coupon("c", 9999)]), {1: 800, 2: 500})
    assert (found.shipping_minor, found.total_minor) == (800, 800)


some_lines = st.lists(
    st.builds(line, st.integers(1, 6), st.integers(1, 5000), st.integers(1, 4), st.integers(1, 3)),
    min_size=1, max_size=5, unique_by=lambda one: one.sku.sku_id,
)  # fmt: skip
some_offers = st.lists(
    st.builds(
        Offer, st.sampled_from(list(K)), st.just("券"), st.uuids().map(str), st.integers(0, 3),
        sku_prices=st.dictionaries(st.integers(1, 6), st.integers(0, 6000), max_size=3),
        skus=st.frozensets(st.integers(1, 6), max_size=2),
        tiers=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 6000)), max_size=2).map(tuple),
        rate_bps=st.integers(0, 10_000), threshold_minor=st.integers(0, 3000),
        most_minor=st.integers(0, 500), is_exclusive=st.booleans(), by_platform=st.booleans(),
    ),
    max_size=6,
)  # fmt: skip


@given(some_lines, some_offers)
def test_whatever_is_offered_the_parts_are_the_whole(
    lines: list[OfferLine], offers: list[Offer]
) -> None:
    found = quote(lines, offers)
    assert found == quote(lines, list(offers))
    assert found.goods_minor == sum(one.sku.price_minor * one.count for one in lines)
    assert sum(cuts(found).values()) == found.discount_minor
    for shop in found.shops:
        for one in shop.lines:
            assert 0 <= one.discount_minor <= one.goods_minor
            assert 0 <= one.subsidy_minor <= one.discount_minor
            assert sum(part for _, part in one.cuts) == one.discount_minor


GOOD_TAX_ID = "91350100M000100Y43"


def test_a_tax_id_has_its_check_sign() -> None:
    assert invoicing.tax_id_is_valid(GOOD_TAX_ID)
    for wrong in ("", "91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43"):
        assert not invoicing.tax_id_is_valid(wrong)


def test_an_invoice_request_is_trimmed_and_a_persons_has_no_tax_id() -> None:
    asked = InvoiceAsk("company", " 藤有限公司 ", "91350100m000100y43", " a@example.com ")
    assert invoicing.check(asked) == InvoiceAsk(
        "company", "藤有限公司", GOOD_TAX_ID, "a@example.com"
    )
    assert invoicing.check(InvoiceAsk("personal", "张三", "rubbish")) == InvoiceAsk("personal", "张三")  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        (InvoiceAsk("", "张三"), ["invoice_kind"]),
        (InvoiceAsk("personal", " "), ["invoice_title"]),
        (InvoiceAsk("company", "藤", "123"), ["tax_id"]),
        (InvoiceAsk("personal", "张三", "", "nowhere"), ["invoice_email"]),
    ],
)
def test_what_is_wrong_with_an_invoice_is_named(asked: InvoiceAsk, fields: list[str]) -> None:
    with pytest.raises(BadInvoice) as refused:
        invoicing.check(asked)
    assert sorted(refused.value.fields) == fields
