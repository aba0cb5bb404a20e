"""Warehouses, what moves between them, what sending costs, and a hot SKU on many rows."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given, strategies as st

from grapevine.goods import facade as goods
from grapevine.goods.actions import stock as counter
from grapevine.goods.contracts import (
    Facts,
    GoodsNotFound,
    NewSku,
    OutOfStock,
    Place,
    Right,
    ShippingNotFound,
    ShippingView,
    ShippingZone,
    ShopNotFound,
    SkuLine,
    StockView,
    Want,
    WarehouseNotFound,
)
from grapevine.goods.models import Stock, StockHold, StockMovement
from grapevine.goods.rules.allocation import allocate, distance_km, suggest_transfers
from grapevine.goods.rules.listing import check_facts, check_goods, check_shop
from grapevine.goods.rules.shipping import check_limit, check_shipping, shipping_cost
from grapevine.guard.contracts import Refused
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people

GUANGDONG, BEIJING, SHANGHAI = "广东省", "北京市", "上海市"


def place(stock_id: int, free: int, *, priority: int = 0, far: int = 0) -> Place:
    return Place(stock_id, stock_id, free, priority, far, 0)


@pytest.mark.parametrize(
    ("places", "count", "taken"),
    [
        ([place(1, 5), place(2, 9)], 4, [(1, 4)]),
        ([place(1, 5, far=900), place(2, 9, far=100)], 4, [(2, 4)]),
        ([place(1, 5, priority=1), place(2, 9, priority=0, far=2000)], 4, [(2, 4)]),
        ([place(1, 3), place(2, 4, far=10)], 4, [(2, 4)]),  # one parcel rather than the nearest two
        ([place(1, 3), place(2, 3, far=10)], 5, [(1, 3), (2, 2)]),
        ([place(1, 0), place(2, 2), place(3, 3)], 5, [(2, 2), (3, 3)]),
        ([place(1, 3), place(2, 1)], 5, []),
        ([], 1, []),
    ],
)
def test_pieces_come_by_priority_and_distance_from_as_few_places_as_can_be(
    places: list[Place], count: int, taken: list[tuple[int, int]]
) -> None:
    assert allocate(places, count) == taken


@given(st.lists(st.integers(0, 20), max_size=8), st.integers(1, 60))
def test_all_pieces_are_found_or_none(free: list[int], count: int) -> None:
    taken = allocate([place(n, pieces) for n, pieces in enumerate(free)], count)
    if sum(free) < count:
        assert taken == []
    else:
        assert sum(part for _, part in taken) == count
        assert all(0 < part <= free[n] for n, part in taken)
        assert len({n for n, _ in taken}) == len(taken)


def test_distances_are_those_of_the_map() -> None:
    assert 1050 < distance_km(BEIJING, SHANGHAI) < 1090
    assert distance_km(BEIJING, BEIJING) == 0
    assert distance_km(BEIJING, "火星省") == 0
    assert distance_km("火星省", BEIJING) == 0


def view(place_id: int, free: int, per_day: float, sku_id: int = 7) -> StockView:
    return StockView(sku_id, "c", "杯子", "", place_id, f"仓{place_id}", free, 0, 0, per_day)


def test_the_planted_imbalance_is_what_is_suggested() -> None:
    rows = [view(1, 0, 5.0), view(2, 500, 1.0), view(3, 60, 4.0), view(4, 9, 0.0, sku_id=8)]
    found = [(m.sku_id, m.from_warehouse_id, m.to_warehouse_id, m.count) for m in suggest_transfers(rows)]  # fmt: skip
    assert found == [(7, 2, 1, 70)]  # 14 days of five a day; warehouse 3 has what it needs


def test_a_large_shortage_is_cured_from_several_and_small_surpluses_last() -> None:
    rows = [view(1, 0, 10.0), view(2, 90, 0.0), view(3, 70, 0.5), view(4, 0, 1.0)]
    found = [(m.from_warehouse_id, m.to_warehouse_id, m.count) for m in suggest_transfers(rows)]
    assert found == [(2, 1, 90), (3, 1, 50), (3, 4, 6)]


@pytest.mark.parametrize(
    ("slug", "name", "colour", "bio", "wrong"),
    [
        ("ab", "店", "#1d5a41", "", ["slug"]),
        ("api", "店", "#1d5a41", "", ["slug"]),
        ("tea", " ", "#1d5a41", "", ["name"]),
        ("tea", "店", "green", "", ["colour"]),
        ("tea", "店", "#1d5a41", "x" * 201, ["bio"]),
    ],
)
def test_a_shop_that_cannot_be_is_told_why(
    slug: str, name: str, colour: str, bio: str, wrong: list[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        check_shop(slug=slug, name=name, colour=colour, bio=bio)
    assert sorted(refused.value.fields) == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": " "}, ["title"]),
        ({"body": "x" * 20_001}, ["body"]),
        ({"category": "x" * 21}, ["category"]),
        ({"skus": []}, ["skus"]),
        ({"skus": [("红", 1, 1), ("红", 1, 1)]}, ["skus"]),
        ({"skus": [("红", 0, 1)]}, ["price"]),
        ({"skus": [("红", 1, -1)]}, ["stock"]),
    ],
)
def test_goods_that_cannot_be_are_told_why(changes: dict[str, object], wrong: list[str]) -> None:
    good: dict[str, object] = {
        "title": "杯子", "body": "", "category": "家居", "skus": [("红", 900, 1)]
    }  # fmt: skip
    check_goods(**good)  # type: ignore[arg-type]
    with pytest.raises(BadInput) as refused:
        check_goods(**{**good, **changes})  # type: ignore[arg-type]
    assert sorted(refused.value.fields) == wrong


NEAR = ShippingZone((GUANGDONG,), 1000, 500, 500, 100)
FAR = ShippingZone((), 1000, 1200, 1000, 800)
NOWHERE = ShippingZone(("西藏自治区",), sends=False)


def template(*zones: ShippingZone, free_over: int | None = None) -> ShippingView:
    return ShippingView(1, "t", 1, "快递", zones, free_over, is_default=True)


@pytest.mark.parametrize(
    ("province", "grams", "goods_minor", "cost"),
    [
        (GUANGDONG, 1, 100, 500), (GUANGDONG, 1000, 100, 500), (GUANGDONG, 1001, 100, 600),
        (GUANGDONG, 2000, 100, 700), (BEIJING, 999, 100, 1200), (BEIJING, 3001, 100, 3600),
        ("", 999, 100, 1200), (GUANGDONG, 9000, 9900, 0), (GUANGDONG, 1, 9899, 500),
        ("西藏自治区", 1, 100_000, None),
    ],
)  # fmt: skip
def test_what_sending_costs(province: str, grams: int, goods_minor: int, cost: int | None) -> None:
    found = shipping_cost(
        template(NEAR, FAR, NOWHERE, free_over=9900), province=province, grams=grams,
        goods_minor=goods_minor,
    )  # fmt: skip
    assert found == cost


def test_without_an_everywhere_else_nobody_else_is_sent_to() -> None:
    only = template(NEAR)
    assert shipping_cost(only, province=BEIJING, grams=1, goods_minor=1) is None
    assert shipping_cost(only, province="", grams=1, goods_minor=1) == 0


@pytest.mark.parametrize(
    ("name", "zones", "free_over", "wrong"),
    [
        ("", [FAR], None, ["name"]),
        ("快递", [], None, ["zones"]),
        ("快递", [FAR, FAR], None, ["zones"]),
        ("快递", [NEAR, NEAR], None, ["zones"]),
        ("快递", [ShippingZone(("火星省",))], None, ["zones"]),
        ("快递", [ShippingZone((), 0)], None, ["zones"]),
        ("快递", [ShippingZone((), 1, -1)], None, ["zones"]),
        ("快递", [FAR], -1, ["free_over"]),
    ],
)
def test_a_template_that_cannot_be_is_told_why(
    name: str, zones: list[ShippingZone], free_over: int | None, wrong: list[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        check_shipping(name=name, zones=zones, free_over_minor=free_over)
    assert sorted(refused.value.fields) == wrong


def test_a_limit_is_a_small_number() -> None:
    check_limit(0)
    with pytest.raises(BadInput):
        check_limit(-1)


# With a database.


def shop_with(stock: int) -> tuple[int, SkuLine]:
    owner = people.sign_up(identifier="bob@example.com", password="vine-and-grape-7", name="Bob")
    shop = goods.open_shop(owner_id=owner, slug="tea-house", name="茶舍", colour="#1d5a41")
    card = goods.list_goods(
        shop_id=shop.id, title="龙井", category="茶", body="", skus=[NewSku("一两", 900, stock)]
    )
    return shop.id, goods.goods_detail(card.public_id).skus[0]


def hold(sku: SkuLine, count: int, reference: str = "A1", province: str = "") -> None:
    with transaction.atomic():
        goods.hold(
            wants=[Want(reference, sku.sku_id, count)],
            until=clock.now() + timedelta(minutes=15), province=province,
        )  # fmt: skip


def by_place(sku: SkuLine) -> dict[str, int]:
    rows = Stock.objects.filter(sku_id=sku.sku_id).values_list("warehouse__name", "free")
    found: dict[str, int] = {}
    for name, free in rows:
        found[name] = found.get(name, 0) + free
    return found


@pytest.mark.django_db
def test_the_nearest_warehouse_sends_and_a_transfer_moves_pieces() -> None:
    shop_id, sku = shop_with(10)
    south = goods.add_warehouse(shop_id=shop_id, name="南仓", province=GUANGDONG)
    north = goods.add_warehouse(shop_id=shop_id, name="北仓", province=BEIJING, priority=0)
    first = goods.warehouses(shop_id)[0]
    for target, count in ((south, 4), (north, 3)):
        goods.transfer(
            shop_id=shop_id, code=sku.code, source=first.public_id, target=target.public_id,
            count=count,
        )  # fmt: skip
    goods.adjust(sku_id=sku.sku_id, change=-3, warehouse_id=first.id)
    assert by_place(sku) == {"默认仓": 0, "南仓": 4, "北仓": 3}
    hold(sku, 2, "A1", GUANGDONG)
    hold(sku, 2, "A2", "河北省")
    assert by_place(sku) == {"默认仓": 0, "南仓": 2, "北仓": 1}
    hold(sku, 3, "A3", GUANGDONG)
    assert [(name, n) for _, _, name, n in goods.holds_of("A3")] == [("南仓", 2), ("北仓", 1)]
    with pytest.raises(OutOfStock):
        hold(sku, 1, "A4")
    moved = StockMovement.objects.filter(reason="transfer").values_list("free", flat=True)
    assert sorted(moved) == [-4, -3, 3, 4]


@pytest.mark.django_db
def test_counts_are_imported_whole_or_not_at_all() -> None:
    shop_id, sku = shop_with(10)
    other = goods.add_warehouse(shop_id=shop_id, name="南仓")
    rows = [(sku.code, "", 7), (sku.code, other.public_id, 5)]
    assert goods.import_counts(shop_id=shop_id, rows=rows[1:]) == 1
    assert by_place(sku) == {"默认仓": 10, "南仓": 5}
    with pytest.raises(WarehouseNotFound):
        goods.import_counts(shop_id=shop_id, rows=[(sku.code, other.public_id, 9), (sku.code, "zzz", 1)])  # fmt: skip
    with pytest.raises(GoodsNotFound):
        goods.import_counts(shop_id=shop_id, rows=[("nothing", "", 1)])
    with pytest.raises(BadInput):
        goods.import_counts(shop_id=shop_id, rows=[(sku.code, "", -1)])
    assert by_place(sku) == {"默认仓": 10, "南仓": 5}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "province", "priority"),
    [("", "", 0), ("默认仓", "", 0), ("南仓", "火星省", 0), ("南仓", "", 101)],
)
def test_a_warehouse_that_cannot_be_is_refused(name: str, province: str, priority: int) -> None:
    shop_id, _ = shop_with(1)
    with pytest.raises(BadInput):
        goods.add_warehouse(shop_id=shop_id, name=name, province=province, priority=priority)
    assert [one.name for one in goods.warehouses(shop_id)] == ["默认仓"]


@pytest.mark.django_db
def test_a_transfer_needs_two_warehouses_and_what_it_moves() -> None:
    shop_id, sku = shop_with(2)
    first, other = goods.warehouses(shop_id)[0], goods.add_warehouse(shop_id=shop_id, name="南仓")
    for target, count in ((first, 1), (other, 0), (other, 3)):
        with pytest.raises(BadInput):
            goods.transfer(
                shop_id=shop_id, code=sku.code, source=first.public_id, target=target.public_id,
                count=count,
            )  # fmt: skip
    assert by_place(sku) == {"默认仓": 2}


@pytest.mark.django_db
def test_what_sold_lately_says_where_pieces_should_go() -> None:
    shop_id, sku = shop_with(28)
    north = goods.add_warehouse(shop_id=shop_id, name="北仓", province=BEIJING, priority=-1)
    goods.adjust(sku_id=sku.sku_id, change=28, warehouse_id=north.id)
    hold(sku, 28)
    goods.sell(["A1"])
    (found,) = goods.transfer_suggestions(shop_id)
    assert (found.from_warehouse, found.to_warehouse, found.count) == ("默认仓", "北仓", 14)


@pytest.mark.django_db
def test_a_hot_sku_sells_from_sixteen_rows_exactly_what_there_is() -> None:
    shop_id, sku = shop_with(20)
    goods.set_hot(shop_id=shop_id, code=sku.code, on=True)
    rows = Stock.objects.filter(sku_id=sku.sku_id).order_by("bucket").values_list("free", flat=True)
    assert list(rows) == [2] * 4 + [1] * 12
    for n in range(17):
        hold(sku, 1, f"A{n}")
    hold(sku, 3, "A17")
    assert sum(rows.all()) == 0
    assert not goods.seems_sold_out(sku.code)
    with pytest.raises(OutOfStock):
        hold(sku, 1, "A18")
    assert goods.seems_sold_out(sku.code)
    assert goods.release(["A17"]) == {"A17"}
    goods.set_hot(shop_id=shop_id, code=sku.code, on=False)
    assert next(iter(rows.all())) == 3
    assert sum(rows.all()) == 3
    assert StockHold.objects.filter(state="held").count() == 17


@pytest.mark.django_db
def test_one_looks_again_and_the_others_believe(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 100.0
    monkeypatch.setattr(counter, "monotonic", lambda: moment)
    shop_id, sku = shop_with(0)
    goods.set_hot(shop_id=shop_id, code=sku.code, on=True)
    with pytest.raises(OutOfStock):
        hold(sku, 1)
    assert goods.seems_sold_out(sku.code)
    moment += counter.SOLD_OUT_SECONDS
    assert [goods.seems_sold_out(sku.code) for _ in range(3)] == [False, True, True]
    goods.adjust(sku_id=sku.sku_id, change=2)
    hold(sku, 1, "A2")
    assert not goods.seems_sold_out(sku.code)


@pytest.mark.django_db
def test_a_memory_of_too_many_sold_out_skus_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "_sold_out", dict.fromkeys(map(str, range(1001)), 1e18))
    shop_id, sku = shop_with(0)
    goods.set_hot(shop_id=shop_id, code=sku.code, on=True)
    with pytest.raises(OutOfStock):
        hold(sku, 1)
    assert list(counter._sold_out) == [sku.code]


@pytest.mark.django_db
@pytest.mark.parametrize("left", [0, 1])
def test_whoever_was_faster_is_noticed(monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    """Somebody takes pieces between our look and our update: we look again, and refuse or go on."""
    _, sku = shop_with(2 + left)
    looked = counter._shelves
    stolen = iter([True])

    def while_we_look(ids: list[int], province: str) -> object:
        found = looked(ids, province)
        if next(stolen, False):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE goods_stock SET free = %s, sold = 2", [left])
        return found

    monkeypatch.setattr(counter, "_shelves", while_we_look)
    if left:
        hold(sku, 1)
        assert by_place(sku) == {"默认仓": 0}
    else:
        with pytest.raises(OutOfStock):
            hold(sku, 1)
        assert not StockHold.objects.exists()


@pytest.mark.django_db
def test_ending_nothing_ends_nothing() -> None:
    assert goods.sell([]) == set()


@pytest.mark.django_db
def test_every_door_is_shut_to_another_shop() -> None:
    shop_id, sku = shop_with(1)
    saved = goods.save_shipping(shop_id=shop_id, name="快递", zones=[FAR], is_default=True)
    for door, refusal in (
        (lambda: goods.set_hot(shop_id=shop_id + 1, code=sku.code, on=True), GoodsNotFound),
        (lambda: goods.set_terms(shop_id=shop_id + 1, public_id=sku.goods_public_id), GoodsNotFound),
        (lambda: goods.set_terms(shop_id=shop_id, public_id="nothing"), GoodsNotFound),
        (lambda: goods.set_terms(shop_id=shop_id, public_id=sku.goods_public_id, shipping="x"), ShippingNotFound),
        (lambda: goods.save_shipping(shop_id=shop_id + 1, name="x", zones=[FAR], public_id=saved.public_id), ShippingNotFound),
        (lambda: goods.shop_for_staff(999, "tea-house", Right.TODAY), ShopNotFound),
        (lambda: goods.shop_for_staff(999, "nowhere", Right.TODAY), ShopNotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            door()


@pytest.mark.django_db
def test_one_template_is_the_default_and_goods_may_name_another() -> None:
    shop_id, sku = shop_with(1)
    first = goods.save_shipping(shop_id=shop_id, name="快递", zones=[FAR], is_default=True)
    heavy = goods.save_shipping(
        shop_id=shop_id, name="大件", zones=[NEAR, NOWHERE], is_default=True
    )
    again = goods.save_shipping(
        shop_id=shop_id,
        name="快递包邮",
        zones=[FAR],
        free_over_minor=9900,
        public_id=first.public_id,
    )
    goods.set_terms(
        shop_id=shop_id, public_id=sku.goods_public_id, limit_per_person=2, shipping=heavy.public_id
    )
    found = {one.name: one for one in goods.shipping_templates([shop_id])}
    assert {name: one.is_default for name, one in found.items()} == {
        "快递包邮": False,
        "大件": True,
    }
    assert (found["快递包邮"].id, found["快递包邮"].free_over_minor) == (first.id, 9900)
    assert again.zones == (FAR,)
    line = goods.sku_lines([sku.sku_id])[sku.sku_id]
    assert (line.limit_per_person, line.shipping_id) == (2, heavy.id)


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        (Facts("magic"), ["kind"]),
        (Facts(origin="x" * 41), ["origin"]),
        (Facts(supplier="x" * 61), ["supplier"]),
        (Facts(attributes=(("产地", "杭州"), ("产地 ", "苏州"))), ["attributes"]),
        (Facts(attributes=(("", "杭州"),)), ["attributes"]),
        (Facts(attributes=(("产地", "x" * 101),)), ["attributes"]),
    ],
)
def test_facts_that_cannot_be_are_told_why(facts: Facts, wrong: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        check_facts(facts)
    assert sorted(refused.value.fields) == wrong


@pytest.mark.django_db
def test_goods_say_what_they_are_and_two_axes_make_six_skus_of_their_own() -> None:
    owner = people.sign_up(identifier="bob@example.com", password="vine-and-grape-7", name="Bob")
    shop = goods.open_shop(owner_id=owner, slug="tea-house", name="茶舍", colour="#1d5a41")
    options = [f"{colour} / {size}" for colour in ("红", "蓝") for size in ("小", "中", "大")]
    card = goods.list_goods(
        shop_id=shop.id,
        title="茶巾",
        category="茶",
        body="",
        skus=[NewSku(o, 900, 3) for o in options],
    )
    facts = Facts("goods", " 杭州 ", "老李织坊", ((" 材质 ", "棉"),))
    goods.set_facts(shop_id=shop.id, public_id=card.public_id, facts=facts)
    found = goods.goods_detail(card.public_id)
    assert found.facts == Facts("goods", "杭州", "老李织坊", (("材质", "棉"),))
    hold(found.skus[4], 1)
    goods.sell(["A1"])
    assert [sku.free for sku in goods.goods_detail(card.public_id).skus] == [3, 3, 3, 3, 2, 3]
    with pytest.raises(Refused):
        goods.set_facts(shop_id=shop.id, public_id=card.public_id, facts=Facts(origin="办假证"))
    with pytest.raises(GoodsNotFound):
        goods.set_facts(shop_id=shop.id + 1, public_id=card.public_id, facts=Facts())


@pytest.mark.django_db
def test_some_pieces_come_back_but_not_those_that_left() -> None:
    shop_id, sku = shop_with(10)
    south = goods.add_warehouse(shop_id=shop_id, name="南仓", province=GUANGDONG)
    first = goods.warehouses(shop_id)[0]
    goods.transfer(
        shop_id=shop_id, code=sku.code, source=first.public_id, target=south.public_id, count=4
    )
    goods.adjust(sku_id=sku.sku_id, change=-3, warehouse_id=first.id)
    hold(sku, 6, "A1", GUANGDONG)
    goods.sell(["A1"])
    left = by_place(sku)
    kept = {place: count for _, place, _, count in goods.holds_of("A1")}
    stale = {row.stock.warehouse_id: row for row in StockHold.objects.select_related("stock")}
    gone = [(sku.sku_id, south.id, kept[south.id]), (sku.sku_id, first.id, 1)]
    back = goods.restock_pieces(reference="A1", sku_id=sku.sku_id, count=1, gone=gone)
    assert (back, by_place(sku)["默认仓"]) == (1, left["默认仓"] + 1)
    rest = [
        goods.restock_pieces(reference="A1", sku_id=sku.sku_id, count=5, gone=gone) for _ in "12"
    ]
    assert rest == [kept[first.id] - 2, 0]
    assert by_place(sku)["南仓"] == left["南仓"]
    goods.restock_pieces(reference="A1", sku_id=sku.sku_id, count=kept[south.id] - 1, gone=[])
    assert not counter._part(stale[south.id], 2), "its hold has fewer pieces by now"
