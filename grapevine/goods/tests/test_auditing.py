"""Goods are checked before they are sold; a change of goods on sale waits and the old ones stay."""

import io
from functools import partial
from typing import Any

import pytest
from PIL import Image

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Facts, NewSku, ShopCard
from grapevine.goods.models import Goods, GoodsReview
from grapevine.goods.onboarding import AlreadyDecided, RuleView
from grapevine.goods.oversight import GoodsRefused, Level, Listing
from grapevine.goods.rules.auditing import findings, is_judged_again, is_odd_price, risk_of
from grapevine.goods.tests.opening_cast import audit_entries, is_on_sale, sign_up
from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput
from grapevine.media import facade as media

db = pytest.mark.django_db


@pytest.fixture(autouse=True)
def auditing(settings: Any) -> None:
    settings.LISTING_REVIEW = "risky"


def picture(owner: int, colour: str = "#c05050") -> int:
    out = io.BytesIO()
    Image.new("RGB", (400, 400), colour).save(out, "JPEG")
    out.seek(0)
    return media.store_picture(owner_id=owner, file=out).id


def shop_of(name: str = "Bob") -> ShopCard:
    owner = sign_up(name)
    return goods.open_shop(owner_id=owner, slug=f"{name.lower()}s", name="茶舍", colour="#1d5a41")


def submit(shop: ShopCard, **given: Any) -> str:
    facts = {
        "title": "龙井", "category": "茶", "body": "明前。", "skus": [NewSku("", 900, 10)],
        "picture_ids": [picture(shop.owner_id)],
    }  # fmt: skip
    return goods.submit_goods(shop_id=shop.id, **{**facts, **given}).public_id


def change(shop: ShopCard, public_id: str, price: int = 900, **given: Any) -> bool:
    detail = goods.goods_detail(public_id)
    facts = {"title": detail.card.title, "category": detail.card.category, "body": detail.body}
    sku = detail.skus[0]
    return goods.submit_change(
        shop_id=shop.id, public_id=public_id, skus=[(sku.code, NewSku("", price, sku.free))],
        **{**facts, **given},
    )  # fmt: skip


GOOD = Listing("龙井", "明前。", "茶", 1, 900, ())


@pytest.mark.parametrize(
    ("listing", "rule", "prohibited", "absolute", "codes"),
    [
        (GOOD, None, [], [], []),
        (Listing("龙井", "", "茶", 0, 900, ()), None, [], [], ["picture"]),
        (GOOD, RuleView("茶", required=("产地", "等级")), [], [], ["field"]),
        (
            Listing("龙井", "", "茶", 1, 900, ("产地",)),
            RuleView("茶", required=("产地",)),
            [],
            [],
            [],
        ),
        (GOOD, RuleView("茶", risk=1), [], [], []),
        (GOOD, RuleView("茶", risk=2), [], [], ["category"]),
        (GOOD, RuleView("茶", is_forbidden=True), [], [], ["forbidden"]),
        (GOOD, None, ["象牙制品"], [], ["prohibited"]),
        (GOOD, None, [], ["最佳"], ["absolute"]),
        (Listing("茶", "", "茶", 1, 9, (), (100, 100, 100, 100)), None, [], [], ["price"]),
    ],
)
def test_each_check_finds_its_own(
    listing: Listing, rule: RuleView | None, prohibited: list[str], absolute: list[str], codes: list[str]
) -> None:  # fmt: skip
    found = findings(listing, rule=rule, prohibited=prohibited, absolute=absolute)
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("price", "others", "odd"),
    [
        (10, (100, 100, 100, 100), False), (9, (100, 100, 100, 100), True),
        (1000, (100, 100, 100, 100), False), (1001, (100, 100, 100, 100), True),
        (1, (100, 100, 100), False), (1, (), False),
    ],
)  # fmt: skip
def test_a_price_is_odd_ten_times_off(price: int, others: tuple[int, ...], odd: bool) -> None:
    assert is_odd_price(price, others) is odd


def test_the_risky_come_first() -> None:
    found = findings(GOOD, rule=RuleView("茶", risk=3), prohibited=[], absolute=["最佳"])
    assert [one.level for one in found] == [Level.LOOK, Level.LOOK]
    assert risk_of(found, rule=RuleView("茶", risk=3), is_new_shop=True) == 100
    assert risk_of([], rule=None, is_new_shop=False) == 0


@pytest.mark.parametrize("text", ["象牙制品手镯", "象 牙 制 品", "象\u200b牙制品"])
def test_what_nobody_may_sell_is_seen_through_tricks(text: str) -> None:
    assert [hit.text for hit in guard.screen_goods(text).hits] == ["象牙制品"]
    assert guard.screen_goods(text).blocked
    assert not guard.screen_goods("象牙白的杯子").blocked


@db
def test_harmless_goods_are_on_sale_at_once_and_prohibited_ones_are_not_kept() -> None:
    shop = shop_of()
    assert is_on_sale(submit(shop))
    for title, category in (("象牙制品手镯", "首饰"), ("香烟", "烟草")):
        with pytest.raises(GoodsRefused):
            submit(shop, title=title, category=category)
    assert Goods.objects.count() == 1
    assert list(GoodsReview.objects.values_list("state", flat=True)) == ["passed"]


@db
def test_what_can_be_mended_is_told_and_judged_again_when_it_is() -> None:
    shop = shop_of()
    goods.set_rule(rule=RuleView("酒", required=("酒精度",)), operator_id=shop.owner_id)
    public_id = submit(shop, category="酒", picture_ids=[])
    assert not is_on_sale(public_id)
    last = goods.last_review(goods.goods_by_public_id(public_id).id)
    assert last is not None
    assert (last.state, last.findings) == ("rejected", (("picture", ""), ("field", "酒精度")))
    assert not change(shop, public_id, picture_ids=[picture(shop.owner_id)])
    goods.set_facts(
        shop_id=shop.id, public_id=public_id, facts=Facts(attributes=(("酒精度", "12%"),))
    )
    assert change(shop, public_id)
    assert is_on_sale(public_id)


@db
def test_facts_set_alone_are_judged_and_no_others_are_kept() -> None:
    shop = shop_of()
    goods.set_rule(rule=RuleView("酒", required=("酒精度",)), operator_id=shop.owner_id)
    public_id = submit(shop, category="酒")
    assert not is_on_sale(public_id)
    tell = partial(goods.submit_facts, shop_id=shop.id, public_id=public_id)
    assert not tell(facts=Facts(origin="绍兴"))
    assert not is_on_sale(public_id)
    assert tell(facts=Facts(origin="绍兴", attributes=(("酒精度", "12%"),)))
    assert is_on_sale(public_id)
    states = GoodsReview.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["rejected", "rejected", "passed"]
    never = submit(shop, category="果酒", picture_ids=[])
    goods.set_rule(rule=RuleView("果酒", is_forbidden=True), operator_id=shop.owner_id)
    with pytest.raises(GoodsRefused) as refused:
        goods.submit_facts(shop_id=shop.id, public_id=never, facts=Facts(origin="绍兴"))
    assert refused.value.fields == {"category": "这个类目禁止销售"}
    assert goods.goods_detail(never).facts == Facts()
    assert tell(facts=Facts(attributes=(("酒精度", "13%"),))), "as the form does with what is sold"
    assert GoodsReview.objects.count() == 4


@db
def test_absolute_wording_waits_for_an_operator_who_decides_once() -> None:
    shop, carol = shop_of(), sign_up("Carol")
    public_id = submit(shop, title="全网第一的龙井")
    assert not is_on_sale(public_id)
    one = goods.reviews().items[0]
    assert (one.goods.public_id, one.findings) == (public_id, (("absolute", "全网第一"),))
    for passed, reasons in ((True, [("wording", "")]), (False, []), (False, [("ugly", "")])):
        with pytest.raises(BadInput):
            goods.decide_goods(
                public_id=one.public_id, operator_id=carol, is_passed=passed, reasons=reasons
            )
    done = goods.decide_goods(
        public_id=one.public_id,
        operator_id=carol,
        is_passed=False,
        reasons=[("wording", "删掉第一")],
    )
    assert (done.state, done.reasons) == ("rejected", (("wording", "删掉第一"),))
    assert not is_on_sale(public_id)
    with pytest.raises(AlreadyDecided):
        goods.decide_goods(public_id=one.public_id, operator_id=carol, is_passed=True)
    assert not is_on_sale(public_id)
    assert change(shop, public_id, title="龙井")
    assert is_on_sale(public_id)
    assert audit_entries().filter(action="goods.review.rejected").count() == 1


@db
def test_a_new_title_of_goods_on_sale_waits_and_the_old_one_stays() -> None:
    shop, carol = shop_of(), sign_up("Carol")
    public_id, fresh = submit(shop), picture(shop.owner_id, "#00ff00")
    assert not change(shop, public_id, price=800, title="明前龙井", picture_ids=[fresh])
    now = goods.goods_detail(public_id)
    assert (now.card.title, now.card.price_minor, now.card.on_sale) == ("龙井", 800, True)
    assert now.pictures[0].id != fresh
    one = goods.reviews().items[0]
    assert (one.change["title"], one.findings) == ("明前龙井", (("change", ""),))
    goods.decide_goods(public_id=one.public_id, operator_id=carol, is_passed=True)
    now = goods.goods_detail(public_id)
    assert (now.card.title, now.card.on_sale) == ("明前龙井", True)
    assert [one.id for one in now.pictures] == [fresh]
    assert now.card.cover is not None
    assert now.card.cover.id == fresh


@db
def test_a_rejected_change_changes_nothing_and_a_second_one_replaces_the_first() -> None:
    shop, carol = shop_of(), sign_up("Carol")
    public_id = submit(shop)
    change(shop, public_id, title="明前龙井")
    change(shop, public_id, title="雨前龙井")
    states = list(GoodsReview.objects.order_by("id").values_list("state", flat=True))
    assert states == ["passed", "replaced", "waiting"]
    goods.decide_goods(
        public_id=goods.reviews().items[0].public_id, operator_id=carol, is_passed=False,
        reasons=[("title", "")],
    )  # fmt: skip
    card = goods.goods_by_public_id(public_id)
    assert (card.title, card.on_sale) == ("龙井", True)


@db
def test_price_and_stock_alone_wait_for_nobody_and_a_prohibited_title_is_refused() -> None:
    shop = shop_of()
    public_id = submit(shop)
    assert change(shop, public_id, price=850)
    assert goods.goods_by_public_id(public_id).price_minor == 850
    with pytest.raises(GoodsRefused):
        change(shop, public_id, price=1, title="仿真枪")
    goods.set_rule(rule=RuleView("烟花", is_forbidden=True), operator_id=shop.owner_id)
    with pytest.raises(GoodsRefused) as refused:
        change(shop, public_id, price=1, category="烟花")
    assert (refused.value.params, refused.value.fields) == (
        {"hits": "烟花"}, {"category": "这个类目禁止销售"},
    )  # fmt: skip
    card = goods.goods_by_public_id(public_id)
    assert (card.title, card.price_minor) == ("龙井", 850)
    assert GoodsReview.objects.count() == 1


@db
def test_a_restricted_category_is_listed_only_with_its_permit() -> None:
    shop = shop_of()
    goods.set_rule(rule=RuleView("酒", permits=("alcohol",)), operator_id=shop.owner_id)
    public_id = submit(shop, category="酒")
    assert not is_on_sale(public_id)
    held = goods.withheld_goods([goods.goods_by_public_id(public_id).id])
    assert [one.cause for reasons in held.values() for one in reasons] == ["permit"]


@db
def test_every_goods_is_looked_at_where_the_house_wants_it(settings: Any) -> None:
    settings.LISTING_REVIEW = "all"
    public_id = submit(shop_of())
    assert not is_on_sale(public_id)
    assert goods.reviews().items[0].findings == (("all", ""),)


@pytest.mark.parametrize(
    ("change", "is_other"),
    [
        ({}, False),
        ({"title": "真丝围巾"}, True),
        ({"picture_ids": [2, 1]}, False),
        ({"picture_ids": [1]}, False),
        ({"picture_ids": [1, 3]}, True),
        ({"picture_ids": []}, True),
        ({"clip": (8, 0)}, True),
        ({"clip": (0, 0)}, False),
    ],
)
def test_what_makes_goods_other_goods(change: dict[str, Any], is_other: bool) -> None:
    before = {
        "title": "围巾",
        "category": "服饰",
        "body": "",
        "picture_ids": [1, 2],
        "clip": (7, 1),
    }
    assert is_judged_again(before, before | change) == is_other
