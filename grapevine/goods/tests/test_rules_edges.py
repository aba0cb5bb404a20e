"""The edges of the rules of goods: what is just allowed, and which field the next step beyond is refused for."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from grapevine.goods.onboarding import RuleView
from grapevine.goods.rules import table
from grapevine.goods.rules.credentials import birthday_of
from grapevine.goods.rules.listing import PRICE_MAX
from grapevine.goods.rules.onboarding import check_application
from grapevine.goods.rules.sheets import own, shopify, woo, words
from grapevine.goods.rules.sheets.checking import sound
from grapevine.goods.rules.storefront import check_block, check_host
from grapevine.goods.sheets import Sheet, SheetError, SheetGoods, SheetSku
from grapevine.goods.tests.opening_cast import PERSON
from grapevine.kit import workbook as xlsx
from grapevine.kit.errors import BadInput

TODAY = date(2026, 11, 25)
CUP = SheetGoods("cup", 2, "粗陶杯", (SheetSku("雾蓝", 8900, "M-1", 40),))


def numbered(rows: Sequence[dict[str, str]]) -> list[tuple[int, dict[str, str]]]:
    """Rows as they follow a header."""
    return list(enumerate(rows, 2))


def refused(sheet: Sheet) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.key, one.column, one.value) for one in sheet.errors]


# Who sells


@pytest.mark.parametrize("identity", ["110105194902300020", "110105194913010029"])
def test_a_day_that_never_was_is_no_birthday_though_the_check_character_is_right(
    identity: str,
) -> None:
    assert birthday_of(identity) is None


@pytest.mark.parametrize(
    ("identity", "wrong"),
    [
        ("11010520081125002X", {}),
        ("110105200811260025", {"identity": "满 18 周岁才能开店"}),
    ],
)
def test_nobody_opens_a_shop_a_day_before_being_eighteen(
    identity: str, wrong: dict[str, str]
) -> None:
    form = replace(PERSON, identity=identity)
    rules: dict[str, RuleView] = {}
    assert check_application(form, papers=[], rules=rules, today=TODAY) == wrong


# A row of the desk's table


def test_a_cost_may_be_unknown_and_a_price_may_not() -> None:
    assert table.parse({"cost": " ", "price": "12.5"}) == (
        {"cost_minor": None, "price_minor": 1250},
        {},
    )
    assert table.parse({"cost": "0", "price": ""}) == (
        {"cost_minor": 0},
        {"price": "价格写成 12.50 这样"},
    )


@pytest.mark.parametrize("text", ["1e999999", "-1e999999"])
def test_an_amount_beyond_every_number_is_no_amount(text: str) -> None:
    assert (table.minor(text), words.amount(text), words.grams(text, "kg")) == (None, None, None)


# A shop's home page


@pytest.mark.parametrize(
    ("kind", "facts", "kept"),
    [
        ("offers", {"text": "不留"}, {"title": ""}),
        ("text", {"title": " 缘起 ", "text": " 三个人的窑。"}, {"title": "缘起", "text": "三个人的窑。"}),
        ("goods", {"title": "推荐", "goods": ["a", "b"]}, {"title": "推荐", "goods": ["a", "b"]}),
        ("banner", {"title": "秋", "picture_id": ""}, {"title": "秋", "text": ""}),
        ("banner", {"picture_id": "7"}, {"title": "", "text": "", "picture_id": 7}),
        ("text", {"title": "题" * 40, "text": "文" * 500}, {"title": "题" * 40, "text": "文" * 500}),
    ],
)  # fmt: skip
def test_a_block_keeps_what_its_kind_shows(
    kind: str, facts: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert check_block(kind, facts) == kept


@pytest.mark.parametrize(
    ("kind", "facts", "wrong"),
    [
        ("video", {}, {"kind": "选一种版块"}),
        ("offers", {"title": "题" * 41}, {"title": "标题最多 40 个字"}),
        ("text", {"text": "文" * 501}, {"text": "最多 500 个字"}),
        ("text", {"text": " "}, {"text": "写点什么"}),
        ("goods", {}, {"goods": "选 1 到 12 件商品"}),
        ("goods", {"goods": list("abcdefghijklm")}, {"goods": "选 1 到 12 件商品"}),
        ("banner", {"text": "只有字"}, {"title": "横幅要有图片或标题"}),
        (
            "banner",
            {"title": "题" * 41, "text": "文" * 501},
            {"title": "标题最多 40 个字", "text": "最多 500 个字"},
        ),
    ],
)
def test_a_block_is_refused_for_the_field_that_is_wrong(
    kind: str, facts: dict[str, Any], wrong: dict[str, str]
) -> None:
    with pytest.raises(BadInput) as refusal:
        check_block(kind, facts)
    assert refusal.value.fields == wrong


@pytest.mark.parametrize("text", ["é" * 64 + ".com", "半..中国", "1.2.3.4", "127.0.0.0x1", "a.1b"])
def test_what_cannot_be_a_name_or_is_an_address_is_no_host(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_host(text)
    assert refusal.value.fields == {"host": "写一个自己的域名，比如 shop.example.com"}


@pytest.mark.parametrize(
    ("text", "host"),
    [("半日.中国", "xn--tkrw64b.xn--fiqs8s"), (" 1.2.A.cn. ", "1.2.a.cn"), ("a" * 63 + ".cn", "a" * 63 + ".cn")],
)  # fmt: skip
def test_a_public_name_is_kept_in_lower_case_and_ascii(text: str, host: str) -> None:
    assert check_host(text) == host


# What a file of goods may hold


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"key": ""}, "key", ""),
        ({"key": "k" * 121}, "key", "k" * 121),
        ({"title": "题" * 81}, "title", "题" * 81),
        ({"body": "字" * 20_001}, "body", "字" * 200),
        ({"skus": ()}, "规格", ""),
        ({"kind": "ticket"}, "kind", "ticket"),
        ({"origin": "远" * 41}, "origin", "远" * 41),
        ({"attributes": (("材质", ""),)}, "attributes", "(('材质', ''),)"),
        ({"pictures": ("a.jpg",) * 10}, "pictures", "10"),
        ({"limit_per_person": 100_001}, "limit", "100001"),
        ({"skus": (SheetSku("蓝" * 61, 100),)}, "option", "蓝" * 61),
        ({"skus": (SheetSku("", 100, "M" * 61),)}, "code", "M" * 61),
        ({"skus": (SheetSku("", 100, grams=1_000_001),)}, "grams", "1000001"),
        ({"skus": (SheetSku("", 0),)}, "price", ""),
        ({"skus": (SheetSku("", 100, stock=10_000_001),)}, "stock", ""),
    ],
)
def test_goods_that_break_a_rule_stay_out_and_their_column_is_named(
    change: dict[str, Any], column: str, value: str
) -> None:
    wrong = replace(CUP, **change)
    found, errors = sound([wrong, replace(CUP, key="next")], {"skus": "规格"})
    assert [one.key for one in found] == ["next"]
    assert [(one.line, one.key, one.column, one.value) for one in errors] == [
        (2, wrong.key, column, value)
    ]


def test_goods_at_every_limit_go_in() -> None:
    widest = replace(
        CUP, key="k" * 120, title="题" * 80, pictures=("a.jpg",) * 9, limit_per_person=100_000,
        skus=(SheetSku("蓝" * 60, PRICE_MAX, "M" * 60, 10_000_000, grams=1_000_000),),
    )  # fmt: skip
    assert sound([widest], {}) == ([widest], [])


def test_a_key_that_comes_twice_goes_in_once() -> None:
    found, errors = sound([CUP, replace(CUP, line=5, title="")], {"key": "SKU"})
    assert found == [CUP]
    assert errors == [SheetError(5, "cup", "SKU", "这个编号在文件里出现了两次", "cup")]


# The house's own table


@pytest.mark.parametrize(
    ("cells", "errors"),
    [
        ({"limit": "两件"}, [("limit", "不是合适的数字", "两件")]),
        ({"limit": "-1"}, [("limit", "不是合适的数字", "-1")]),
        ({"on_sale": "也许"}, [("on_sale", "写 1 或 0", "也许")]),
        ({"attributes": "材质"}, [("attributes", "写成 名字=内容|名字=内容", "材质")]),
        ({"price": ""}, [("price", "必填", "")]),
        ({"price": "-1"}, [("price", "不是合适的数字", "-1")]),
        ({"cost": "x", "stock": "1.5", "grams": "-3"}, [
            ("cost", "不是合适的数字", "x"), ("stock", "不是合适的数字", "1.5"), ("grams", "不是合适的数字", "-3"),
        ]),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_keeps_its_goods_out(
    cells: dict[str, str], errors: list[tuple[str, str, str]]
) -> None:
    rows = numbered(
        [{"key": "m1", "title": "杯", "price": "9", **cells}, {"key": "m2", "title": "碗", "price": "8"}]
    )  # fmt: skip
    sheet = own.read(rows, own.COLUMNS)
    assert list(sheet.goods) == [SheetGoods("m2", 3, "碗", (SheetSku("", 800),))]
    assert sheet.errors == [SheetError(2, "m1", *one) for one in errors]


@pytest.mark.parametrize(
    ("sheet", "column"),
    [
        (own.read([], ["key", "title"]), "price"),
        (shopify.read([], ["Handle", "Title"]), "Variant Price"),
        (woo.read([], ["Type", "Name"], TODAY), "Regular price"),
    ],
)
def test_a_file_without_a_needed_column_is_refused_for_that_column(
    sheet: Sheet, column: str
) -> None:
    assert sheet == Sheet((), [SheetError(1, "", column, "缺少这一列")])


# A Shopify file


def test_a_shopify_row_without_a_handle_and_a_gift_card_stay_out() -> None:
    rows = numbered(
        [
            {"Handle": " ", "Title": "Nameless", "Variant Price": "3"},
            {"Handle": "card", "Title": "Card", "Variant Price": "50", "Gift Card": "TRUE"},
            {"Handle": "tee", "Title": "Tee", "Variant Price": "19.90", "Gift Card": "false"},
        ]
    )
    sheet = shopify.read(rows, shopify.NEEDED)
    assert list(sheet.goods) == [SheetGoods("tee", 4, "Tee", (SheetSku("", 1990),), on_sale=True)]
    assert sheet.errors == [
        SheetError(2, "", "Handle", "必填"),
        SheetError(3, "card", "Gift Card", "礼品卡不能导入"),
    ]


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ({"Variant Price": "free"}, "Variant Price", "free"),
        ({"Variant Price": "-2"}, "Variant Price", "-2"),
        ({"Variant Price": ""}, "Variant Price", ""),
        ({"Cost per item": "-1"}, "Cost per item", "-1"),
        ({"Variant Grams": "heavy"}, "Variant Grams", "heavy"),
        ({"Variant Price": "0"}, "Variant Price", "0"),
        ({"Variant Inventory Qty": "many"}, "Variant Inventory Qty", "many"),
    ],
)
def test_a_shopify_number_that_cannot_be_is_refused_in_its_column(
    cells: dict[str, str], column: str, value: str
) -> None:
    rows = numbered([{"Handle": "tee", "Title": "Tee", "Variant Price": "9", **cells}])
    sheet = shopify.read(rows, shopify.NEEDED)
    assert (list(sheet.goods), refused(sheet)) == ([], [(2, "tee", column, value)])


# A WooCommerce file


def test_a_woocommerce_sku_that_comes_twice_is_refused_whole() -> None:
    rows = numbered(
        [
            {"Type": "simple", "SKU": "A", "Name": "One", "Regular price": "1"},
            {"Type": "simple", "SKU": "A", "Name": "Two", "Regular price": "2"},
            {"Type": "simple", "ID": "9", "Name": "Three", "Regular price": "3"},
            {"Type": "simple", "Name": "Four", "Regular price": "4"},
        ]
    )
    sheet = woo.read(rows, woo.NEEDED, TODAY)
    assert [(one.key, one.skus[0].price_minor) for one in sheet.goods] == [
        ("id:9", 300), ("line:5", 400),
    ]  # fmt: skip
    assert sheet.errors == [SheetError(3, "A", "SKU", "这个编号在文件里出现了两次", "A")]


@pytest.mark.parametrize("parent", ["", "id:", "id: "])
def test_a_variation_that_names_no_parent_joins_no_goods_without_a_sku(parent: str) -> None:
    rows = numbered(
        [
            {"Type": "simple", "Name": "No SKU", "Regular price": "1"},
            {"Type": "variation", "Parent": parent, "Regular price": "2"},
        ]
    )
    sheet = woo.read(rows, woo.NEEDED, TODAY)
    assert [one.skus for one in sheet.goods] == [(SheetSku("", 100),)]
    assert sheet.errors == [SheetError(3, parent, "Parent", "文件里没有这个上级商品", parent)]


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ({"Regular price": ""}, "Regular price", ""),
        ({"Regular price": "0"}, "Regular price", "0"),
        ({"Sale price": "gratis"}, "Sale price", "gratis"),
        ({"Stock": "some"}, "Stock", "some"),
        ({"Weight (kg)": "heavy"}, "Weight (kg)", "heavy"),
    ],
)
def test_a_woocommerce_number_that_cannot_be_is_refused_in_its_column(
    cells: dict[str, str], column: str, value: str
) -> None:
    rows = numbered([{"Type": "simple", "SKU": "A", "Name": "One", "Regular price": "5", **cells}])
    sheet = woo.read(rows, [*woo.NEEDED, "Weight (kg)"], TODAY)
    assert (list(sheet.goods), refused(sheet)) == ([], [(2, "A", column, value)])


# Cells


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("¥1,299.00", 129_900), ("-3", -300), ("1.234", None), ("NaN", None), ("Infinity", None), ("十", None),
        (str(PRICE_MAX // 100), PRICE_MAX // 100 * 100), (str(PRICE_MAX // 100 + 1), None),
    ],
)  # fmt: skip
def test_an_amount_has_two_decimals_and_an_end(text: str, minor: int | None) -> None:
    assert words.amount(text) == minor


@pytest.mark.parametrize(
    ("text", "unit", "grams"),
    [
        ("", "g", 0), ("1.5", "kg", 1500), ("1", "lb", 454), ("2", "oz", 57), ("0.5", "g", 1), ("7", "stone", 7),
        ("1000000", "kg", 10**9), ("1000001", "kg", None), ("-1", "g", None), ("NaN", "g", None), ("heavy", "g", None),
    ],
)  # fmt: skip
def test_a_weight_is_whole_grams(text: str, unit: str, grams: int | None) -> None:
    assert words.grams(text, unit) == grams


@pytest.mark.parametrize("text", ["材质", "=粗陶", "材质=", "材质=粗陶|", "a=b=c", "材质= "])
def test_a_pair_without_a_name_or_a_value_is_none(text: str) -> None:
    assert words.split_pairs(text) is None


def test_marks_in_a_pair_come_back() -> None:
    pairs = [("a|b", "c=d"), ("e\\f", "g\nh")]
    assert words.joined(pairs) == "a\\|b=c\\=d|e\\\\f=g\\nh"
    assert words.split_pairs(words.joined(pairs)) == pairs


# XLSX


def archived(sheet: bytes, **parts: str) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, text in parts.items():
            archive.writestr(f"xl/{name}.xml", text)
    target.seek(0)
    return target


def workbook(rows: str, *, shared: str = "<si/>") -> io.BytesIO:
    """An archive whose first sheet holds `rows`, as other programs write it."""
    space = f'xmlns="{xlsx.NS[1:-1]}"'
    sheet = f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>"
    return archived(sheet.encode(), sharedStrings=f"<sst {space}>{shared}</sst>")


def test_shared_words_numbers_and_gaps_are_read_where_they_stand() -> None:
    rows = (
        '<row><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c><c r="D1"><v>12.5</v></c></row>'
        '<row><c r="AA2" t="str"><v>=1+1</v></c><c t="s"/><c/><c><v/></c></row>'
        '<row><c t="inlineStr"><is><t>杯</t></is></c><c t="s"><v/></c></row>'
    )
    shared = "<si><t>键</t></si><si><r><t>粗</t></r><r><t>陶</t></r></si><si><t/></si>"
    assert list(xlsx.read(workbook(rows, shared=shared))) == [
        ["粗陶", "键", "", "12.5"],
        [*[""] * 26, "=1+1", "", "", ""],
        ["杯", "键"],
    ]


def test_a_cell_far_to_the_right_widens_a_row_to_the_last_column_only() -> None:
    [row] = xlsx.read(workbook('<row><c r="ZZZ1"><v>1</v></c></row>'))
    assert (len(row), row[-1]) == (16_385, "1")


@pytest.mark.parametrize(
    ("before", "encoding"),
    [("", "utf-8"), (f"<!--{'x' * 5000}-->", "utf-8"), ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16")],
)  # fmt: skip
def test_a_document_type_is_refused_wherever_and_however_it_is_written(
    before: str, encoding: str
) -> None:
    said = '<row><c t="inlineStr"><is><t>杯</t></is></c></row>'
    sheet = f'<worksheet xmlns="{xlsx.NS[1:-1]}"><sheetData>{said}</sheetData></worksheet>'
    assert list(xlsx.read(archived((before + sheet).encode(encoding)))) == [["杯"]]
    typed = f'{before}<!DOCTYPE x [<!ENTITY a "b">]>{sheet}'.encode(encoding)
    with pytest.raises(xlsx.NotASheet):
        list(xlsx.read(archived(typed)))


def test_a_word_that_is_not_shared_is_no_sheet() -> None:
    with pytest.raises(xlsx.NotASheet):
        list(xlsx.read(workbook('<row><c t="s"><v>1</v></c></row>', shared="<si/>")))


def test_an_archive_without_a_sheet_or_that_unfolds_too_far_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("xl/worksheets/sheet.xml", "<worksheet/>")
    with pytest.raises(xlsx.NotASheet):
        list(xlsx.read(empty))
    book = workbook("<row><c><v>1</v></c></row>")
    size = sum(one.file_size for one in zipfile.ZipFile(book).infolist())
    monkeypatch.setattr(xlsx, "BYTES_MAX", size)
    assert list(xlsx.read(book)) == [["1"]]
    monkeypatch.setattr(xlsx, "BYTES_MAX", size - 1)
    with pytest.raises(xlsx.NotASheet):
        list(xlsx.read(book))
