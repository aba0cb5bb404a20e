"""The supply pool: terms, picking with one click, limits, and the end of a pick."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from hypothesis import given, strategies as st

from grapevine.goods import facade as goods, jobs
from grapevine.goods.contracts import NewPrice, NewSku, NewTerm, ShopCard
from grapevine.goods.models import Pick, PoolOffer, Stock
from grapevine.goods.onboarding import UpgradeNeeded, Withheld
from grapevine.goods.pool import (
    CannotSupply,
    OfferNotFound,
    OwnGoods,
    PickedAlready,
    PoolFilter,
)
from grapevine.goods.queries import pool as reads
from grapevine.goods.rules import pool as rules
from grapevine.goods.tests.opening_cast import (
    COMPANY,
    apply,
    approved_company,
    draft,
    news_named,
    sign_up,
)
from grapevine.kit.errors import BadInput


@pytest.fixture(autouse=True)
def asks(settings: Any) -> None:
    settings.SHOP_REVIEW = "companies"


def signed_in(person_id: int) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def shelve(shop: ShopCard, title: str, price: int, category: str = "家居") -> str:
    return goods.list_goods(
        shop_id=shop.id, title=title, category=category, body="手工。",
        skus=[NewSku("小", price, 10), NewSku("大", price * 2, 10)], axes="大小",
    ).public_id  # fmt: skip


def world() -> tuple[int, ShopCard, int, ShopCard]:
    """(seller, a company's shop, person, their own small shop), both open."""
    seller, operator, person = sign_up("Sam"), sign_up("Olga"), sign_up("Mia")
    company = approved_company(seller, operator, "factory")
    small = draft(person, "mini")
    apply(small)
    return seller, company, person, small


def offer(company: ShopCard, public_id: str, rate_bps: int | None = 1000, **terms: int) -> str:
    codes = [sku.code for sku in goods.goods_detail(public_id).skus]
    given_ = [
        NewTerm(code, **{k: n * (i + 1) for k, n in terms.items()}) for i, code in enumerate(codes)
    ]
    return goods.offer_goods(
        shop_id=company.id, public_id=public_id, actor_id=company.owner_id, rate_bps=rate_bps,
        terms=given_ if terms else (),
    )  # fmt: skip


def ends() -> list[tuple[int, str]]:
    return [
        (row.payload["person_id"], row.payload["why"]) for row in news_named("goods.pick_ended")
    ]


@pytest.mark.django_db
def test_a_person_opens_a_shop_and_sells_from_the_pool_with_one_click() -> None:
    _, company, person, small = world()
    cup = shelve(company, "粗陶杯", 5000)
    made = offer(company, cup, floor_minor=4500)
    page = signed_in(person)
    seen = page.get("/console/mini/picks/pool/?q=粗陶&earn=5&price=60&sort=earn")
    assert seen.status_code == 200
    assert "卖一件赚 ¥5（10%）" in seen.content.decode()
    assert "没有这样的商品" in page.get("/console/mini/picks/pool/?earn=6").content.decode()
    posted = page.post("/console/mini/picks/", {"offer": made})
    assert (posted.status_code, posted["Location"]) == (303, "/console/mini/picks/pool/")
    pick = Pick.objects.get()
    assert (pick.shop_id, pick.goods.shop_id, Stock.objects.count()) == (small.id, company.id, 2)
    assert "已在店里" in page.get("/console/mini/picks/pool/").content.decode()
    front = page.get("/shop/mini/").content.decode()
    assert f"/goods/{cup}/?from=shop&amp;via={pick.public_id}" in front
    shown = page.get(f"/goods/{cup}/?via={pick.public_id}").content.decode()
    assert "杭州山茶有限公司" in shown  # who sells, as the register has it
    assert f'name="via" value="{pick.public_id}"' in shown
    assert (
        page.post(
            "/console/mini/picks/", {"pick": pick.public_id, "act": "off", "off": "10"}
        ).status_code
        == 303
    )
    assert "¥45" in page.get(f"/goods/{cup}/?via={pick.public_id}").content.decode()
    refused = page.post("/console/mini/picks/", {"pick": pick.public_id, "act": "off", "off": "11"})
    assert (refused.status_code, "最多让 10%" in refused.content.decode()) == (422, True)
    with pytest.raises(PickedAlready):
        goods.pick_goods(shop_id=small.id, offer_id=made, person_id=person)
    with pytest.raises(OwnGoods):
        goods.pick_goods(shop_id=company.id, offer_id=made, person_id=company.owner_id)
    assert (
        page.post("/console/mini/picks/", {"pick": pick.public_id, "act": "drop"}).status_code
        == 303
    )
    assert "自己下架的" in page.get("/console/mini/picks/?over=1").content.decode()
    assert pick.public_id not in page.get("/shop/mini/").content.decode()


@pytest.mark.django_db
def test_a_person_may_offer_so_many_and_is_asked_to_upgrade(settings: Any) -> None:
    settings.INDIVIDUAL_GOODS_MAX = 2
    _, company, person, small = world()
    offers = [offer(company, shelve(company, f"杯 {n}", 5000)) for n in range(3)]
    shelve(small, "自己做的", 3000)
    goods.pick_goods(shop_id=small.id, offer_id=offers[0], person_id=person)
    with pytest.raises(UpgradeNeeded):
        goods.pick_goods(shop_id=small.id, offer_id=offers[1], person_id=person)
    answer = signed_in(person).post("/console/mini/picks/", {"offer": offers[1]})
    assert (answer.status_code, "去升级" in answer.content.decode()) == (409, True)
    assert goods.standing(small.id).goods_count == 2
    with pytest.raises(CannotSupply):
        offer(small, goods.goods_of_shop(small.id).items[0].public_id)
    goods.begin_application(shop_id=small.id, kind="enterprise")
    one = apply(small, COMPANY)
    goods.decide_application(
        public_id=one.public_id, operator_id=company.owner_id, outcome="approved"
    )
    assert [card.public_id for card in goods.goods_of_shop(small.id).items] != []
    assert len(goods.picks_of(small.id).items) == 1  # an upgrade takes nothing away
    goods.pick_goods(shop_id=small.id, offer_id=offers[1], person_id=person)
    assert goods.standing(small.id).goods_count == 3


@pytest.mark.django_db
def test_worse_terms_and_dearer_or_withdrawn_goods_end_a_pick_at_once() -> None:
    seller, company, person, small = world()
    cup = shelve(company, "粗陶杯", 5000)
    sku = goods.goods_detail(cup).skus[0]

    def picked() -> str:
        found = PoolOffer.objects.get(ended_at=None).public_id
        return goods.pick_goods(shop_id=small.id, offer_id=found, person_id=person)

    def sells(pick: str) -> bool:
        return sku.sku_id in goods.terms_of({sku.sku_id: pick}, buyer_id=None)

    offer(company, cup, 1000)
    pick = picked()
    offer(company, cup, 1500)  # better: it goes on, with more
    assert (sells(pick), goods.picks_of(small.id).items[0].earn_minor) == (True, 750)
    offer(company, cup, 1200)
    assert (sells(pick), ends()) == (False, [(person, "raised")])
    pick = picked()
    goods.change_prices(shop_id=company.id, prices=[NewPrice(sku.code, 5001)], actor_id=seller)
    assert not sells(pick)  # at once, before any job
    with pytest.raises(OfferNotFound):
        reads.live_offer(PoolOffer.objects.get(ended_at=None).public_id)
    assert (jobs.watch_pool(), jobs.watch_pool()) == (1, 0)
    assert ends()[1:] == [(person, "raised")]
    offer(company, cup, 1000)
    pick = picked()
    goods.suspend_shop(shop_id=small.id, operator_id=seller, reason="查证件")
    assert not sells(pick)  # nor in a shop that may not sell
    goods.resume_shop(shop_id=small.id, operator_id=seller)
    assert sells(pick)
    goods.set_on_sale(shop_id=company.id, public_id=cup, on=False)
    assert not sells(pick)
    assert jobs.watch_pool() == 1
    assert ends()[2:] == [(person, "withdrawn")]
    goods.set_on_sale(shop_id=company.id, public_id=cup, on=True)
    again = offer(company, cup, None, supply_minor=4000, floor_minor=4200)
    picked()
    goods.withdraw_offer(shop_id=company.id, public_id=cup, actor_id=seller)
    goods.withdraw_offer(shop_id=company.id, public_id=cup, actor_id=seller)
    assert ends()[3:] == [(person, "withdrawn")]
    with pytest.raises(OfferNotFound):
        goods.pick_goods(shop_id=small.id, offer_id=again, person_id=person)
    told = signed_in(person).get("/console/mini/picks/?over=1").content.decode()
    assert told.count("供货方不再供这件商品") == 2


@pytest.mark.django_db
def test_a_shop_under_review_picks_nothing_and_terms_must_add_up() -> None:
    seller, company, person, _ = world()
    cup = shelve(company, "粗陶杯", 5000)
    made = offer(company, cup)
    waiting = draft(sign_up("New"), "waiting")
    with pytest.raises(Withheld):
        goods.pick_goods(shop_id=waiting.id, offer_id=made, person_id=person)
    for rate, terms in (
        (5001, {}), (0, {}), (None, {}), (1000, {"floor_minor": 4499}), (None, {"supply_minor": 2499}),
        (None, {"supply_minor": 5000}), (None, {"supply_minor": 4000, "floor_minor": 3999}),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            offer(company, cup, rate, **terms)
    page = signed_in(seller)
    form = page.get(f"/console/factory/supply/{cup}/").content.decode()
    assert 'name="rate" inputmode="decimal" value="10"' in form
    assert (
        page.post(f"/console/factory/supply/{cup}/", {"way": "rate", "rate": "60"}).status_code
        == 422
    )
    assert (
        page.post(f"/console/factory/supply/{cup}/", {"way": "rate", "rate": "12.5"}).status_code
        == 303
    )
    assert goods.supplied_by(company.id)[0].rate_bps == 1250
    assert "佣金 12.5%" in page.get("/console/factory/supply/").content.decode()
    found = goods.pool_page(waiting.id, PoolFilter(sort="rate")).items
    assert [(one.rate_bps, one.earn_minor, one.free) for one in found] == [(1250, 625, 20)]


@given(
    list_minor=st.integers(1, 10**7), rate=st.integers(1, 5000), floor=st.integers(0, 10**7),
    off=st.integers(0, 5000),
)  # fmt: skip
def test_terms_keep_their_order_and_a_price_its_floor(
    list_minor: int, rate: int, floor: int, off: int
) -> None:
    made = rules.term(list_minor, rate_bps=rate, supply_minor=None, floor_minor=floor)
    if made is None:
        supply = list_minor - list_minor * rate // 10_000
        assert not supply <= floor <= list_minor or supply == list_minor
        return
    assert made.supply_minor <= made.floor_minor <= made.list_minor
    assert made.earn_minor * 10_000 <= rate * list_minor
    most = rules.most_off_bps([made])
    assert rules.price(list_minor, made.floor_minor, off) >= made.floor_minor
    assert list_minor - list_minor * most // 10_000 >= made.floor_minor


def test_a_higher_floor_alone_is_worse_and_a_larger_share_is_not() -> None:
    before = {1: rules.Term(5000, 4000, 4200)}
    assert rules.is_worse(before, {1: rules.Term(5000, 4000, 4201)})
    assert not rules.is_worse(before, {1: rules.Term(5000, 3900, 4100)})
