"""What a file or a bulk edit brings is checked as what is typed in, and what is on sale stays until then."""

import io
import zipfile
from typing import Any

import pytest
from PIL import Image

from grapevine.goods import facade as goods
from grapevine.goods.actions import batches, importing, importpictures
from grapevine.goods.actions.table import save_table
from grapevine.goods.contracts import ShopCard
from grapevine.goods.desking import Bulk, DeskFilter, RowEdit
from grapevine.goods.models import Goods, GoodsPicture, GoodsReview, ImportPicture, Shop
from grapevine.goods.onboarding import RuleView
from grapevine.goods.queries import sheets as queries
from grapevine.goods.queries.desk import table_page
from grapevine.goods.tests.test_desk_list import person
from grapevine.goods.tests.test_importing import imported, tally

pytestmark = pytest.mark.django_db
HEAD = "key,title,category,price,stock,on_sale,attributes,pictures\n"


@pytest.fixture(autouse=True)
def auditing(settings: Any) -> None:
    settings.LISTING_REVIEW = "risky"


@pytest.fixture
def shop() -> ShopCard:
    return goods.open_shop(owner_id=person("bob"), slug="bobs", name="半日", colour="#8d3b1f")


def jpeg(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 400), colour).save(out, "JPEG")
    return out.getvalue()


def packed(sheet: str, **pictures: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("goods.csv", sheet)
        for name, colour in pictures.items():
            box.writestr(f"{name}.jpg", jpeg(colour))
    return out.getvalue()


def bring(shop: ShopCard, sheet: str, **pictures: str) -> str:
    made = imported(shop, packed(HEAD + sheet, **pictures), name="goods.zip")
    while importpictures.work():
        pass
    return made


def on_sale() -> list[str]:
    return list(Goods.objects.filter(on_sale=True).order_by("id").values_list("title", flat=True))


def held(shop: ShopCard, made: str) -> list[tuple[str, str, str]]:
    return [(one.key, one.column, one.value) for one in queries.held_of(shop.id, made)]


def decide(*, is_passed: bool) -> None:
    reasons = [] if is_passed else [("title", "")]
    waiting = goods.reviews().items[0]
    goods.decide_goods(
        public_id=waiting.public_id, operator_id=1, is_passed=is_passed, reasons=reasons
    )


def test_what_may_not_be_sold_is_refused_by_name_and_what_must_be_looked_at_waits(
    shop: ShopCard,
) -> None:
    goods.set_rule(rule=RuleView("酒", required=("酒精度",)), operator_id=1)
    goods.set_rule(rule=RuleView("烟花", is_forbidden=True), operator_id=1)
    made = bring(
        shop,
        "a,龙井,茶,12,1,1,,a.jpg\nb,象牙制品手镯,首饰,99,1,1,,a.jpg\nc,小烟花,烟花,9,1,1,,a.jpg\n"
        "d,全网第一的茶,茶,12,1,1,,a.jpg\ne,没图的茶,茶,12,1,1,,\nf,米酒,酒,30,1,1,,a.jpg\n"
        "g,黄酒,酒,30,1,1,酒精度=12%,a.jpg\nh,不卖的茶,茶,12,1,0,,a.jpg\n",
        a="#c05050",
    )  # fmt: skip
    assert tally(shop, made) == ("done", 6, 0, 0, 2)
    refused = [
        (one.line, one.key, one.column, one.reason, one.value)
        for one in queries.rejects_of(shop.id, made)
    ]
    assert refused == [
        (3, "b", "title", "疑似禁售商品", "象牙制品"), (4, "c", "category", "这个类目禁止销售", "烟花"),
    ]  # fmt: skip
    assert on_sale() == ["龙井", "黄酒"]
    assert sorted(held(shop, made)) == [
        ("d", "absolute", "全网第一"), ("e", "picture", ""), ("f", "field", "酒精度"),
    ]  # fmt: skip
    decide(is_passed=True)
    assert on_sale() == ["龙井", "全网第一的茶", "黄酒"]


def test_nothing_is_sold_before_its_pictures_came(shop: ShopCard) -> None:
    made = imported(
        shop,
        packed(HEAD + "a,龙井,茶,12,1,1,,a.jpg|b.jpg\nb,白茶,茶,12,1,1,,lost.jpg\n", a="#c05050", b="#50c050"),
        name="goods.zip",
    )  # fmt: skip
    assert held(shop, made) == [("a", "coming", ""), ("b", "coming", "")]
    assert on_sale() == []
    assert importpictures.work() == 2
    assert on_sale() == ["龙井"]
    assert held(shop, made) == [("b", "picture", "")]
    assert GoodsPicture.objects.filter(goods__title="龙井").count() == 2
    assert [
        one.reason for one in queries.rejects_of(shop.id, made) if one.column == "pictures"
    ] == ["压缩包里没有这个文件"]


def test_a_rule_that_came_after_the_check_counts_when_it_is_written(shop: ShopCard) -> None:
    made = importing.begin(
        shop_id=shop.id, actor_id=shop.owner_id, file_name="goods.zip",
        file=io.BytesIO(packed(HEAD + "a,小烟花,烟花,9,1,1,,a.jpg\n", a="#c05050")),
    )  # fmt: skip
    importing.work(60)
    goods.set_rule(rule=RuleView("烟花", is_forbidden=True), operator_id=1)
    importing.start(shop_id=shop.id, public_id=made)
    importing.work(60)
    assert tally(shop, made) == ("done", 0, 0, 0, 1)
    assert not Goods.objects.exists()
    goods.set_rule(rule=RuleView("烟花"), operator_id=1)
    bring(shop, "a,小烟花,烟花,9,1,1,,a.jpg\n", a="#c05050")
    made = importing.begin(
        shop_id=shop.id, actor_id=shop.owner_id, file_name="goods.csv",
        file=io.BytesIO((HEAD + "a,大烟花,烟花,9,1,1,,\n").encode()),
    )  # fmt: skip
    importing.work(60)
    goods.set_rule(rule=RuleView("烟花", is_forbidden=True), operator_id=1)
    importing.start(shop_id=shop.id, public_id=made)
    importing.work(60)
    refused = [(one.column, one.reason, one.value) for one in queries.rejects_of(shop.id, made)]
    assert refused == [("category", "这个类目禁止销售", "烟花")]
    assert Goods.objects.get().title == "小烟花"


def test_an_individuals_shop_takes_no_more_by_file_than_by_hand(
    shop: ShopCard, settings: Any
) -> None:
    settings.INDIVIDUAL_GOODS_MAX = 2
    Shop.objects.filter(pk=shop.id).update(kind="individual")
    made = bring(shop, "".join(f"k{n},茶 {n},茶,12,1,1,,a.jpg\n" for n in range(3)), a="#c05050")
    assert tally(shop, made) == ("done", 2, 0, 0, 1)
    assert [one.key for one in queries.rejects_of(shop.id, made)] == ["k2"]


def test_the_approved_goods_stay_while_what_a_second_file_says_waits(shop: ShopCard) -> None:
    bring(shop, "a,龙井,茶,12,5,1,,a.jpg\n", a="#c05050")
    old = goods.goods_detail(Goods.objects.get().public_id)
    made = bring(shop, "a,明前龙井,茶,13,5,1,,b.jpg\n", b="#50c050")
    now = goods.goods_detail(old.card.public_id)
    assert (now.card.title, now.card.price_minor, now.card.on_sale) == ("龙井", 1300, True)
    assert now.pictures == old.pictures
    [waiting] = goods.reviews().items
    assert waiting.change["title"] == "明前龙井"
    assert waiting.change["picture_ids"] != [one.id for one in old.pictures], "both wait together"
    assert held(shop, made) == [("a", "change", "")]
    decide(is_passed=True)
    now = goods.goods_detail(old.card.public_id)
    assert (now.card.title, now.card.on_sale) == ("明前龙井", True)
    assert [one.id for one in now.pictures] == waiting.change["picture_ids"]
    assert held(shop, made) == []


def test_undoing_an_import_takes_back_the_change_that_waits(shop: ShopCard) -> None:
    bring(shop, "a,龙井,茶,12,5,1,,a.jpg\n", a="#c05050")
    made = imported(shop, HEAD + "a,明前龙井,茶,13,5,1,,\n")
    assert len(goods.reviews().items) == 1
    assert importing.undo(shop_id=shop.id, public_id=made) == (0, 1)
    assert goods.reviews().items == []
    row = Goods.objects.get()
    assert (row.title, row.price_minor, row.on_sale) == ("龙井", 1200, True)


def test_a_picture_of_ones_own_stands_beside_a_new_one_where_the_file_says(shop: ShopCard) -> None:
    bring(shop, "a,龙井,茶,12,5,1,,a.jpg\n", a="#c05050")
    public_id = Goods.objects.get().public_id
    [old] = goods.goods_detail(public_id).pictures
    bring(shop, f"a,龙井,茶,12,5,1,,b.jpg|picture:{old.public_id}\n", b="#50c050")
    [waiting] = goods.reviews().items
    ids = waiting.change["picture_ids"]
    assert isinstance(ids, list)
    fresh, kept = ids
    assert kept == old.id
    assert fresh == ImportPicture.objects.get(position=0).picture_id
    decide(is_passed=True)
    assert [one.id for one in goods.goods_detail(public_id).pictures] == [fresh, kept]


def test_a_title_or_category_changed_in_bulk_waits_and_is_told(shop: ShopCard) -> None:
    bring(shop, "a,龙井,茶,12,5,1,,a.jpg\nb,白茶,茶,12,5,1,,a.jpg\n", a="#c05050")
    rows = {row.title: row for row in table_page(shop.id, DeskFilter()).items}
    one, other = rows["龙井"], rows["白茶"]
    saved = save_table(
        shop_id=shop.id, actor_id=shop.owner_id,
        edits=[
            RowEdit(one.code, one.seen, {"title": "明前龙井", "price": "13"}),
            RowEdit(other.code, other.seen, {"title": "仿真枪"}),
        ],
    )  # fmt: skip
    assert (saved.rows, saved.held, list(saved.wrong)) == (1, 1, [other.code])
    done = batches.apply_bulk(
        shop_id=shop.id, actor_id=shop.owner_id, picked=[one.public_id, other.public_id],
        bulk=Bulk("category", "绿茶"),
    )  # fmt: skip
    assert (done.batch, done.changed, done.held) == ("", 0, 2)
    assert list(Goods.objects.order_by("id").values_list("title", "category", "on_sale")) == [
        ("龙井", "茶", True), ("白茶", "茶", True),
    ]  # fmt: skip
    changes = {row.goods.title: row.change for row in goods.reviews().items}
    assert (changes["龙井"]["title"], changes["龙井"]["category"]) == ("明前龙井", "绿茶")
    assert (changes["白茶"]["title"], changes["白茶"]["category"]) == ("白茶", "绿茶")
    assert batches.undo_batch(shop_id=shop.id, batch=saved.batch).back == 1
    goods.set_rule(rule=RuleView("烟花", is_forbidden=True), operator_id=1)
    refused = batches.apply_bulk(
        shop_id=shop.id, actor_id=shop.owner_id, picked=[one.public_id],
        bulk=Bulk("category", "烟花"),
    ).refused  # fmt: skip
    assert [row.refusal for row in refused] == ["这件商品不能在这里卖：烟花"]
    now = table_page(shop.id, DeskFilter()).items[0]
    for fields, said in (
        ({"category": "烟花"}, {"category": "这个类目禁止销售"}),
        ({"title": "仿真枪"}, {"row": "这件商品不能在这里卖：仿真枪"}),
    ):
        edit = RowEdit(now.code, now.seen, fields)
        saved = save_table(shop_id=shop.id, actor_id=shop.owner_id, edits=[edit])
        assert saved.wrong == {now.code: said}
    assert Goods.objects.get(title="龙井").price_minor == 1200


def test_another_order_or_fewer_pictures_wait_for_nobody_and_a_new_one_does(shop: ShopCard) -> None:
    bring(shop, "a,龙井,茶,12,5,1,,a.jpg|b.jpg\n", a="#c05050", b="#50c050")
    one = Goods.objects.get()
    first, second = GoodsPicture.objects.filter(goods=one).values_list("picture_id", flat=True)
    change: dict[str, Any] = {"shop_id": shop.id, "public_id": one.public_id}
    assert goods.change_keys(picture_ids=[second, first], **change)
    assert goods.change_keys(picture_ids=[second], **change)
    assert not goods.change_keys(picture_ids=[], **change)
    assert not goods.change_keys(picture_ids=[second, first], **change)
    shown = GoodsPicture.objects.filter(goods=one)
    assert list(shown.values_list("picture_id", flat=True)) == [second]
    assert goods.change_keys(title="龙井", picture_ids=[second], **change), "back to what is sold"
    states = GoodsReview.objects.filter(goods=one).order_by("id").values_list("state", flat=True)
    assert list(states) == ["rejected", "passed", "rejected", "replaced"]
