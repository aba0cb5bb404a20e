"""Files of goods: three forms in, one form out, exact rejects, twice is once, killed and resumed, taken back."""

import csv
import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from PIL import Image

from grapevine.goods import facade as goods
from grapevine.goods.actions import importfiles, importing, importpictures
from grapevine.goods.contracts import NewSku, ShopCard, Want
from grapevine.goods.models import Goods, ImportRun, Sku, Stock
from grapevine.goods.queries import sheets as queries
from grapevine.goods.rules.sheets import own, shopify, woo, words
from grapevine.goods.sheets import ImportGoesOn, ImportOrdered, ImportRefused, SheetGoods, SheetSku
from grapevine.goods.tests.test_desk_list import listed, person
from grapevine.kit import clock, crashing, workbook as xlsx

pytestmark = pytest.mark.django_db
HEAD = "key,title,category,axes,option,code,price,cost,stock,grams,on_sale,attributes\n"
TWO = HEAD + (
    "m1,粗陶杯,家居,釉色,雾蓝,M-1,89.00,31,40,420,1,材质=粗陶\n"
    "m1,,,,赤陶,M-2,99,,25,430,,\n"
    "t1,龙井,茶,,,T-1,12.5,,0,,0,\n"
)


@pytest.fixture
def bob() -> int:
    return person("bob")


@pytest.fixture
def shop(bob: int) -> ShopCard:
    return goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")


def checked(shop: ShopCard, content: str | bytes, name: str = "goods.csv", **options: Any) -> str:
    data = content.encode() if isinstance(content, str) else content
    made = importing.begin(
        shop_id=shop.id, actor_id=shop.owner_id, file=io.BytesIO(data), file_name=name, **options
    )
    importing.check(ImportRun.objects.get(public_id=made))
    return made


def imported(shop: ShopCard, content: str | bytes, **options: Any) -> str:
    made = checked(shop, content, **options)
    importing.start(shop_id=shop.id, public_id=made)
    importing.work(60)
    return made


def tally(shop: ShopCard, made: str) -> tuple[str, int, int, int, int]:
    view = queries.import_view(shop.id, made)
    return view.state, view.created, view.updated, view.same, view.refused


def export(shop: ShopCard) -> str:
    target = io.StringIO(newline="")
    csv.writer(target).writerows(own.written(queries.exported(shop.id)))
    return target.getvalue()


def test_a_dry_run_says_what_would_come_and_writes_nothing(shop: ShopCard) -> None:
    made = checked(shop, TWO + "x1,,茶,,,,0,,,,,\nx2,茶,茶,,,,abc,,,,,\nx2,茶,别的,,二,,1,,,,,\n")
    view = queries.import_view(shop.id, made)
    assert (view.state, view.total, view.to_create, view.to_update, view.refused) == (
        "checked",
        2,
        2,
        0,
        2,
    )
    found = [
        (one.line, one.key, one.column, one.value) for one in queries.rejects_of(shop.id, made)
    ]
    assert found == [
        (5, "x1", "title", ""), (5, "x1", "price", ""), (6, "x2", "price", "abc"), (7, "x2", "category", "别的"),
    ]  # fmt: skip
    assert not Goods.objects.exists()


def test_goods_come_in_whole_and_the_same_file_twice_adds_nothing(shop: ShopCard) -> None:
    assert tally(shop, imported(shop, TWO)) == ("done", 2, 0, 0, 0)
    cup, tea = Goods.objects.order_by("id")
    assert (cup.title, cup.axes, cup.on_sale, cup.attributes, cup.price_minor) == (
        "粗陶杯",
        "釉色",
        True,
        [["材质", "粗陶"]],
        8900,
    )
    assert (tea.on_sale, tea.price_minor) == (False, 1250)
    rows = Sku.objects.order_by("id").values_list(
        "option", "own_code", "price_minor", "cost_minor", "grams"
    )
    assert list(rows) == [
        ("雾蓝", "M-1", 8900, 3100, 420),
        ("赤陶", "M-2", 9900, None, 430),
        ("", "T-1", 1250, None, 0),
    ]
    assert [row.free for row in Stock.objects.order_by("id")] == [40, 25, 0]
    assert tally(shop, imported(shop, TWO)) == ("done", 0, 0, 2, 0)
    assert (Goods.objects.count(), Sku.objects.count()) == (2, 3)


def test_what_comes_into_a_stopped_shop_is_not_on_sale_until_it_goes_on(shop: ShopCard) -> None:
    goods.suspend_shop(shop_id=shop.id, operator_id=1, reason="查假货")
    assert tally(shop, imported(shop, TWO)) == ("done", 2, 0, 0, 0)
    assert not Goods.objects.filter(on_sale=True).exists()
    goods.resume_shop(shop_id=shop.id, operator_id=1)
    assert [one.title for one in Goods.objects.filter(on_sale=True)] == ["粗陶杯"], (
        "the other says it is off"
    )


def test_a_second_file_is_the_same_even_after_a_sale(shop: ShopCard) -> None:
    imported(shop, TWO)
    sku = Sku.objects.get(own_code="M-1")
    goods.hold(wants=[Want("o1", sku.pk, 3)], until=clock.now() + timedelta(hours=1))
    assert tally(shop, imported(shop, TWO)) == ("done", 0, 0, 2, 0)
    assert Stock.objects.get(sku=sku).free == 37


def test_what_is_exported_comes_back_without_a_change(shop: ShopCard) -> None:
    listed(shop, "=1+1", 1234, 7)
    goods.list_goods(
        shop_id=shop.id, title="'引号", category="", body="第一行\r\n'第二行,\"三\"", axes="釉色 / 容量",
        skus=[NewSku("蓝 / 大", 100, 1), NewSku("蓝 / 小", 200, 0)],
    )  # fmt: skip
    imported(shop, TWO)
    before = export(shop)
    made = imported(shop, before)
    assert tally(shop, made) == ("done", 0, 0, 4, 0)
    assert export(shop) == before
    target = io.BytesIO()
    xlsx.write(own.written(queries.exported(shop.id)), target)
    assert tally(shop, imported(shop, target.getvalue(), name="goods.xlsx")) == ("done", 0, 0, 4, 0)
    assert export(shop) == before


def test_a_changed_row_updates_and_is_put_back_by_undoing(shop: ShopCard) -> None:
    imported(shop, TWO)
    before = export(shop)
    made = imported(
        shop, TWO.replace("12.5", "13.5").replace("龙井", "明前龙井") + "n1,新的,茶,,,,1,,,,1,\n"
    )
    assert tally(shop, made) == ("done", 1, 1, 1, 0)
    assert Goods.objects.get(title="明前龙井").price_minor == 1350
    assert importing.undo(shop_id=shop.id, public_id=made) == (1, 1)
    assert export(shop) == before
    with pytest.raises(ImportGoesOn):
        importing.undo(shop_id=shop.id, public_id=made)
    assert tally(shop, imported(shop, TWO + "n1,新的,茶,,,,1,,,,1,\n"))[:2] == ("done", 1)


def test_a_batch_of_which_something_was_ordered_stays(shop: ShopCard) -> None:
    made = imported(shop, TWO)
    goods.hold(
        wants=[Want("o1", Sku.objects.get(own_code="M-1").pk, 1)],
        until=clock.now() + timedelta(hours=1),
    )
    with pytest.raises(ImportOrdered):
        importing.undo(shop_id=shop.id, public_id=made)
    assert Goods.objects.filter(removed_at=None).count() == 2
    assert tally(shop, made)[0] == "done"


def test_a_killed_import_goes_on_where_it_was(
    shop: ShopCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    made = checked(shop, HEAD + "".join(f"k{n},茶{n},茶,,,,1,,3,,1,\n" for n in range(7)))
    importing.start(shop_id=shop.id, public_id=made)
    run = ImportRun.objects.get(public_id=made)
    calls = iter([True, False])
    assert importing.advance(run, lambda: next(calls)) == 4
    assert (Goods.objects.count(), queries.import_view(shop.id, made).percent) == (4, 57)

    def killed(_place: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(crashing, "point", killed)
        with pytest.raises(KeyboardInterrupt):
            importing.work()
    assert Goods.objects.count() == 4
    importing.work(60)
    assert tally(shop, made) == ("done", 7, 0, 0, 0)
    assert sorted(Goods.objects.values_list("title", flat=True)) == [f"茶{n}" for n in range(7)]


def test_two_workers_do_not_write_a_batch_twice(shop: ShopCard) -> None:
    made = checked(shop, TWO)
    importing.start(shop_id=shop.id, public_id=made)
    stale = ImportRun.objects.get(public_id=made)
    importing.work(60)
    assert importing.advance(stale, lambda: True) == 0
    assert Goods.objects.count() == 2


def test_it_stops_when_told(shop: ShopCard) -> None:
    made = checked(shop, TWO)
    importing.cancel(shop_id=shop.id, public_id=made)
    for act in (importing.start, importing.cancel):
        with pytest.raises(ImportGoesOn):
            act(shop_id=shop.id, public_id=made)
    importing.work()
    assert not Goods.objects.exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "leer.csv"),
        (b'key,title,price\n"a,b', "open.csv"),
        (b"PK\x03\x04broken", "x.xlsx"),
        (b"\xff\xfe\x00\x81", "x.csv"),
    ],
)
def test_what_is_no_table_is_refused_in_words(shop: ShopCard, content: bytes, name: str) -> None:
    try:
        made = checked(shop, content, name)
    except ImportRefused:
        assert not ImportRun.objects.exists()
    else:
        view = queries.import_view(shop.id, made)
        assert view.state == "refused" or view.refused > 0
        assert view.total == 0


SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,"
    "Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Cost per item,Status\n"
    'tee,Tee,"<p>Soft &amp; <b>light</b></p><script>x()</script><ul><li>one</li></ul>",Acme,Shirts,TRUE,Colour,Blue,Size,S,TEE-S,'
    "180,12,19.90,29.90,https://example.com/1.jpg,7,active\n"
    "tee,,,,,,,Blue,,M,TEE-M,190,-3,20.90,,,,\n"
    "tee,,,,,,,,,,,,,,,https://example.com/2.jpg,,\n"
    "mug,Mug,,Acme,,TRUE,Title,Default Title,,,MUG,,5,9,,,,draft\n"
    "bad,Bad,,,,TRUE,Title,Default Title,,,,,x,0,,,,active\n"
)


def rows_of(text: str) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    table = list(csv.reader(io.StringIO(text)))
    return [
        (n, dict(zip(table[0], row, strict=True))) for n, row in enumerate(table[1:], 2)
    ], table[0]


def test_a_shopify_file_is_read_as_listed() -> None:
    sheet = shopify.read(*rows_of(SHOPIFY))
    tee, mug = sheet.goods
    assert (tee.title, tee.category, tee.supplier, tee.axes, tee.on_sale) == (
        "Tee",
        "Shirts",
        "Acme",
        "Colour / Size",
        True,
    )
    assert tee.body == "Soft & light\none"
    assert tee.pictures == ("https://example.com/1.jpg", "https://example.com/2.jpg")
    assert tee.skus == (
        SheetSku("Blue / S", 1990, "TEE-S", 12, 700, 180), SheetSku("Blue / M", 2090, "TEE-M", 0, None, 190),
    )  # fmt: skip
    assert (mug.axes, mug.on_sale, mug.skus) == ("", False, (SheetSku("", 900, "MUG", 5, None, 0),))
    assert [(one.line, one.key, one.column) for one in sheet.errors] == [
        (6, "bad", "Variant Price"), (6, "bad", "Variant Inventory Qty"),
    ]  # fmt: skip
    assert sheet.aside == {"Variant Compare At Price": 1}


WOO = (
    "ID,Type,SKU,Name,Published,Short description,Description,Date sale price starts,Date sale price ends,Stock,"
    "Weight (kg),Sale price,Regular price,Categories,Images,Parent,Attribute 1 name,Attribute 1 value(s),"
    "Attribute 2 name,Attribute 2 value(s)\n"
    '1,variable,HOOD,Hoodie,1,,<p>Warm</p>,,,,,,,"Clothing > Hoodies, Sale","https://example.com/a.png, https://example.com/b.png",,Size,"S, M",Fabric,Cotton\n'
    "2,variation,HOOD-S,,1,,,,,4,0.5,,45,,,HOOD,Size,S,,\n"
    "3,variation,HOOD-M,,1,,,2026-01-01,2026-01-31,6,0.55,40,45,,,id:1,Size,M,,\n"
    '4,"simple, virtual",BOOK,Book,-1,Short one,,,,,,8,10,Books,,,,,,\n'
    "5,external,EXT,Elsewhere,1,,,,,,,,10,,,,,,,\n"
    "6,variation,LOST,,1,,,,,1,,,5,,,NOBODY,Size,S,,\n"
)


@pytest.mark.parametrize(("today", "price"), [(date(2026, 1, 15), 4000), (date(2026, 2, 1), 4500)])
def test_a_woocommerce_file_is_read_as_listed(today: date, price: int) -> None:
    sheet = woo.read(*rows_of(WOO), today)
    hood, book = sheet.goods
    assert (hood.key, hood.category, hood.body, hood.axes, hood.on_sale) == (
        "HOOD",
        "Hoodies",
        "Warm",
        "Size",
        True,
    )
    assert hood.skus == (
        SheetSku("S", 4500, "HOOD-S", 4, None, 500),
        SheetSku("M", price, "HOOD-M", 6, None, 550),
    )
    assert hood.attributes == (("Fabric", "Cotton"),)
    assert hood.pictures == ("https://example.com/a.png", "https://example.com/b.png")
    assert (book.body, book.on_sale, book.skus) == (
        "Short one",
        False,
        (SheetSku("", 800, "BOOK", None, None, 0),),
    )
    assert [(one.line, one.column) for one in sheet.errors] == [(6, "Type"), (7, "Parent")]


def test_the_form_is_known_by_its_header(shop: ShopCard) -> None:
    for content, form in ((SHOPIFY, "shopify"), (WOO, "woo"), (TWO, "own")):
        assert queries.import_view(shop.id, checked(shop, content)).form == form


text = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
sku = st.builds(
    SheetSku, text, st.integers(1, 10**9), st.one_of(st.just(""), text), st.integers(0, 10**6),
    st.one_of(st.none(), st.integers(0, 10**9)), st.integers(0, 10**6),
)  # fmt: skip
sheet_goods = st.builds(
    SheetGoods, text, st.just(0), text, st.lists(sku, min_size=1, max_size=4, unique_by=lambda one: one.option).map(tuple),
    st.one_of(st.just(""), text), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30),
    st.sampled_from(["goods", "service"]), st.just(""), st.just(""), st.just(""),
    st.lists(st.tuples(text, text), max_size=3, unique_by=lambda pair: pair[0]).map(tuple),
    st.integers(0, 100_000), st.sampled_from([None, True, False]),
    st.lists(text.filter(lambda one: "|" not in one), max_size=3).map(tuple),
)  # fmt: skip


@given(st.lists(sheet_goods, max_size=4, unique_by=lambda one: one.key))
def test_a_table_that_is_written_reads_the_same(found: list[SheetGoods]) -> None:
    target = io.StringIO(newline="")
    csv.writer(target).writerows(own.written(found))
    table = list(csv.reader(io.StringIO(target.getvalue(), newline=""), strict=True))
    rows = [(0, dict(zip(own.COLUMNS, row, strict=True))) for row in table[1:]]
    sheet = own.read(rows, own.COLUMNS)
    assert sheet.errors == []
    assert list(sheet.goods) == found
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row)


@given(st.text())
def test_a_sealed_cell_opens_to_itself(cell: str) -> None:
    assert words.opened(words.sealed(cell)) == cell


def picture(colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(target, "PNG")
    return target.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_pictures_come_out_of_a_zip(shop: ShopCard) -> None:
    table = "key,title,price,pictures\na,杯,1,one.png|two.png|none.png\n".encode()
    made = imported(
        shop, packed({"t/goods.csv": table, "p/one.png": picture(), "../two.png": picture("blue")})
    )
    assert importpictures.work() == 2
    detail = goods.goods_detail(Goods.objects.get().public_id)
    assert [one.alt for one in detail.pictures] == ["杯", "杯"]
    assert detail.card.cover == detail.pictures[0]
    rejects = queries.rejects_of(shop.id, made)
    assert [(one.column, one.value) for one in rejects] == [("pictures", "none.png")]
    assert not importfiles.folder_of(ImportRun.objects.get()).exists()


def test_a_zip_that_unfolds_too_far_is_refused(shop: ShopCard) -> None:
    bomb = packed({"goods.csv": b"key,title,price\n", "x.png": b"\0" * (400 * 1024 * 1024 // 100)})
    with pytest.raises(ImportRefused):
        checked(shop, bomb)
    with pytest.raises(ImportRefused):
        checked(shop, packed({"one.csv": b"a", "two.csv": b"b"}))
    assert not ImportRun.objects.exists()


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_xlsx_is_read_or_refused_never_worse(at: int, damage: bytes) -> None:
    target = io.BytesIO()
    xlsx.write([["key", "title"], ["a", "杯"]], target)
    data = bytearray(target.getvalue())
    start = at % len(data)
    data[start : start + len(damage)] = damage
    try:
        rows = list(xlsx.read(io.BytesIO(bytes(data))))
    except xlsx.NotASheet:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row)


def test_an_xlsx_with_a_document_type_is_refused() -> None:
    sheet = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
    with pytest.raises(xlsx.NotASheet):
        list(
            xlsx.read(
                io.BytesIO(
                    packed({"[Content_Types].xml": b"<x/>", "xl/worksheets/sheet1.xml": sheet})
                )
            )
        )
