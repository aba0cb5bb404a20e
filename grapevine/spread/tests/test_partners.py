"""Shops that work together: asked, agreed, sold by each other's pages, shared at settlement, ended at once."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, NewSku, ShopCard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.spread import facade, partnering, partners, rules
from grapevine.spread.contracts import ImportedSale
from grapevine.spread.models import Cooperation
from grapevine.spread.partnership import AlreadyTogether, CooperationNotFound, NewCooperation
from grapevine.spread.tests.cast import HOME, Cast, browser, gather, job, sign_up
from grapevine.trade import facade as trade


def test_a_complement_stands_above_a_competitor() -> None:
    tea, pots = {"茶": 8, "茶具": 2}, {"陶": 10}
    assert rules.category_overlap(tea, tea) == pytest.approx(1)
    assert rules.category_overlap(tea, pots) == 0
    assert rules.category_overlap(tea, {"茶": 1, "陶": 1}) == pytest.approx(0.5)
    assert rules.category_overlap(tea, {}) == 0
    rival = rules.partner_score(common=50, fans=100, other_fans=100, same_goods=0.9)
    complement = rules.partner_score(common=30, fans=100, other_fans=100, same_goods=0.0)
    assert rival == pytest.approx(0.05)
    assert complement == pytest.approx(0.3)
    assert rules.partner_score(common=0, fans=0, other_fans=9, same_goods=0) == 0


def sells(shop: ShopCard, title: str, category: str) -> GoodsCard:
    return goods.list_goods(
        shop_id=shop.id, title=title, category=category, body="", skus=[NewSku("默认", 10_000, 99)]
    )


def opened(owner_id: int, slug: str, category: str) -> ShopCard:
    shop = goods.open_shop(owner_id=owner_id, slug=slug, name=slug, colour="#8d3b1f")
    sells(shop, f"{slug} 1", category)
    return shop


def asked(shop: ShopCard, other: str, actor_id: int, **more: object) -> str:
    now = clock.now()
    given = {"rate_bps": 1000, "starts_at": now, "ends_at": now + timedelta(days=90), **more}
    new = NewCooperation(other, **given)  # type: ignore[arg-type]
    return partnering.propose(shop=shop, new=new, actor_id=actor_id)


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.mark.django_db
def test_it_is_asked_answered_once_and_ended_by_either_side(cast: Cast) -> None:
    tea = opened(cast.eve, "tea", "茶")
    with pytest.raises(BadInput) as wrong:
        asked(tea, "tea", cast.eve, rate_bps=5001, ends_at=clock.now(), goods=["nothing"])
    assert set(wrong.value.fields) == {"other", "rate", "ends", "goods"}
    made = asked(tea, "halfday", cast.eve, categories=["茶", "家居"])
    with pytest.raises(AlreadyTogether):
        asked(cast.shop, "tea", cast.bob)
    assert (partners.waiting_proposals(cast.shop.id), partners.waiting_proposals(tea.id)) == (1, 0)
    assert facade.partners_of(tea.id) == []
    with pytest.raises(CooperationNotFound):
        partnering.accept(shop=tea, public_id=made, actor_id=cast.eve)  # not by who asked
    partnering.accept(shop=cast.shop, public_id=made, actor_id=cast.bob)
    with pytest.raises(CooperationNotFound):
        partnering.decline(shop=cast.shop, public_id=made, actor_id=cast.bob)
    found = facade.partners_of(tea.id)
    assert [(one.shop_id, one.covers(1, "茶"), one.covers(1, "书")) for one in found] == [
        (cast.shop.id, True, False)
    ]
    with time_machine.travel(clock.now() + timedelta(days=91)):
        assert facade.partners_of(tea.id) == []
        assert [one.state for one in facade.cooperations_of(tea.id)] == ["over"]
        again = asked(cast.shop, "tea", cast.bob)  # what is over makes room
        partnering.end(shop=cast.shop, public_id=again, actor_id=cast.bob)
    again = asked(cast.shop, "tea", cast.bob)
    partnering.decline(shop=tea, public_id=again, actor_id=cast.eve)
    third = asked(cast.shop, "tea", cast.bob, starts_at=clock.now() + timedelta(days=1))
    partnering.accept(shop=tea, public_id=third, actor_id=cast.eve)
    assert facade.partners_of(tea.id) == []  # not before its first day
    partnering.end(shop=tea, public_id=third, actor_id=cast.eve)
    states = Cooperation.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["ended", "ended", "declined", "ended"]


def pays(buyer_id: int, sku: int, way: str) -> str:
    placed = trade.place_order(buyer_id=buyer_id, lines=[(sku, 1)], address=HOME, picks={sku: way})
    trade.pay_in_sandbox(buyer_id=buyer_id, number=placed.payment_number)
    signals.drain()
    return placed.order_numbers[0]


@pytest.mark.django_db
def test_what_is_sold_by_a_partners_page_is_shared_when_the_order_is_final(cast: Cast) -> None:
    tea = opened(cast.eve, "tea", "茶")
    other = opened(cast.carol, "other", "书")
    made = asked(tea, "halfday", cast.eve)
    early = pays(cast.alice, cast.sku, made)  # not agreed yet
    partnering.accept(shop=cast.shop, public_id=made, actor_id=cast.bob)
    number = pays(cast.alice, cast.sku, made)  # Bob's cup by the tea shop's page
    backed = pays(cast.alice, cast.sku, made)
    own = pays(cast.eve, cast.sku, made)  # nobody earns by what they buy themselves
    book = goods.goods_detail(sells(other, "书", "书").public_id).skus[0].sku_id
    foreign = pays(cast.alice, book, made)  # neither of the two
    buyers = {early: cast.alice, number: cast.alice, own: cast.eve, foreign: cast.alice}
    sources = {one: trade.order_for(who, one).source for one, who in buyers.items()}
    assert [bool(source.get("via")) for source in sources.values()] == [False, True, False, False]
    assert trade.order_for(cast.alice, number).total_minor == 7900  # the price stays the seller's
    trade.refund_order(number=backed, reason="", actor="case")
    partnering.end(shop=tea, public_id=made, actor_id=cast.eve)
    late = pays(cast.alice, cast.sku, made)  # it is over
    assert not trade.order_for(cast.alice, late).source.get("via")
    trade.ship_order(
        number=number,
        shop_id=cast.shop.id,
        carrier="SF",
        tracking="SF1234567890",
        actor_id=cast.bob,
    )
    trade.receive_order(buyer_id=cast.alice, number=number)
    signals.drain()
    with time_machine.travel(clock.now() + timedelta(days=30)):
        job("trade.jobs.settle_final")
    assert trade.order_for(cast.alice, number).state == "completed"
    assert ledger.balance(Account(f"shop:{tea.id}", "payable")) == 790
    assert ledger.balance(Account(f"order:{number}", "escrow")) == 0
    views = [facade.cooperations_of(pk)[0] for pk in (cast.shop.id, tea.id)]
    gains = [(one.ours.orders, one.ours.whole_minor, one.theirs.whole_minor) for one in views]
    assert gains == [(1, 7900 - 790, 790), (0, 790, 7900 - 790)]


@pytest.mark.django_db
def test_whom_to_ask_and_the_page(cast: Cast) -> None:
    rival, tea, few = (opened(cast.eve, slug, category) for slug, category in
                       (("rival", "家居"), ("tea", "茶"), ("few", "书")))  # fmt: skip
    near, part = opened(cast.eve, "near", "茶"), opened(cast.eve, "part", "书")
    for shop, others in ((near, 2), (part, 3)):  # a third, and a quarter of the shelf is the same
        sells(shop, "杯", "家居")
        for n in range(others - 1):
            sells(shop, f"{shop.slug} {n}", "书")
    fans = [sign_up(f"Fan{n}") for n in range(12)]
    sales = [
        (cast.shop, fans),
        (rival, fans),
        (tea, fans[:8]),
        (few, fans[:4]),
        (near, fans),
        (part, fans[:8]),
    ]
    facade.save_sales_bulk(
        [
            ImportedSale(shop.id, pk, 100, f"{shop.id}-{pk}", "", clock.now())
            for shop, some in sales
            for pk in some
        ]
    )
    ideas = facade.partner_ideas(cast.shop.id)
    assert [(one.shop.slug, one.fans_bps, one.same_goods_bps) for one in ideas] == [
        ("tea", 8 * 10_000 // 12, 0), ("part", 8 * 10_000 // 12, 2500),
    ]  # fmt: skip
    made = asked(tea, "halfday", cast.eve, words="一起吧")
    assert [one.shop.slug for one in facade.partner_ideas(cast.shop.id)] == ["part"]
    bob: Client = browser(cast.bob)
    page = bob.get("/console/halfday/partners/").content.decode()
    assert "等你答复" in page
    assert "一起吧" in page
    assert "商品重合 30% 以上的算同行，不在这里" in page
    for slug, listed in (("part", True), ("rival", False), ("near", False)):
        assert (f"?with={slug}#propose" in page) is listed, slug
    assert bob.post(f"/console/halfday/partners/{made}/", {"act": "accept"}).status_code == 303
    assert "合作中" in bob.get("/console/halfday/partners/").content.decode()
    assert bob.post(f"/console/halfday/partners/{made}/", {"act": "accept"}).status_code == 404
    refused = bob.post(
        "/console/halfday/partners/",
        {"other": "rival", "rate": "x", "starts": "2026-01-01", "ends": "2026-02-01"},
    )
    assert refused.status_code == 422
    today = clock.now().date()
    given = {
        "other": "rival",
        "rate": "20",
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=9)).isoformat(),
        "categories": "家居，茶",
    }
    assert bob.post("/console/halfday/partners/", given).status_code == 303
    rows = Client(headers={"Authorization": f"Bearer {people.issue_token(cast.eve, 't')}"})
    told = rows.get("/api/v1/shops/rival/cooperations").json()["items"]
    assert [(one["state"], one["rate_bps"], one["categories"]) for one in told] == [
        ("proposed", 2000, ["家居", "茶"])
    ]
    assert browser(cast.alice).get("/console/halfday/partners/").status_code == 404
