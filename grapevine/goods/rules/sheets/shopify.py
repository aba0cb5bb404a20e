"""A Shopify products CSV. Pure.

Columns as listed at https://help.shopify.com/en/manual/products/import-export/using-csv : rows with the same Handle are
one product, only the first carries title and text, later rows add variants or pictures. `Variant Compare At Price`
is left aside: a struck price must be one that was asked here (Provisions on Clearly Marking Prices and Prohibiting
Price Fraud, article 16 ff.), which no file can prove.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grapevine.goods.rules.sheets import words
from grapevine.goods.rules.sheets.checking import missing, sound
from grapevine.goods.sheets import Sheet, SheetError, SheetGoods, SheetSku
from grapevine.kit.text import marked

NEEDED = ("Handle", "Title", "Variant Price")
DEFAULT = "Default Title"
NAMES = {
    "key": "Handle", "title": "Title", "body": "Body (HTML)", "category": "Type", "supplier": "Vendor",
    "price": "Variant Price", "stock": "Variant Inventory Qty", "option": "Option1 Value",
    "skus": "Option1 Value", "axes": "Option1 Name", "code": "Variant SKU", "grams": "Variant Grams",
    "pictures": "Image Src",
}  # fmt: skip
ASIDE = ("Variant Compare At Price",)


def read(rows: Iterable[tuple[int, dict[str, str]]], header: Sequence[str]) -> Sheet:
    lacks = missing(header, NEEDED)
    if lacks:
        return Sheet((), [SheetError(1, "", name, marked("缺少这一列")) for name in lacks])
    heads: dict[str, SheetGoods] = {}
    errors: list[SheetError] = []
    bad: set[str] = set()
    aside = dict.fromkeys(ASIDE, 0)
    for line, cells in rows:
        key = cells.get("Handle", "").strip()
        if not key:
            errors.append(SheetError(line, "", "Handle", marked("必填")))
            continue
        head = heads.get(key) or _head(line, key, cells)
        source = cells.get("Image Src", "").strip()
        if source and source not in head.pictures:
            head = replace(head, pictures=(*head.pictures, source)[:9])
        sku, wrong = _sku(cells, line, key)
        if sku is not None:
            head = replace(head, skus=(*head.skus, sku))
        if cells.get("Gift Card", "").strip().lower() == "true":
            wrong.append(SheetError(line, key, "Gift Card", marked("礼品卡不能导入")))
        errors += wrong
        if wrong:
            bad.add(key)
        heads[key] = head
        for name in ASIDE:
            aside[name] += bool(cells.get(name, "").strip())
    found, more = sound([one for key, one in heads.items() if key not in bad], NAMES)
    return Sheet(found, sorted([*errors, *more], key=lambda one: one.line), aside)


def _head(line: int, key: str, cells: dict[str, str]) -> SheetGoods:
    state = cells.get("Status", "").strip().lower() or "active"
    shown = words.yes_or_no(cells.get("Published", "") or "true")
    tree = cells.get("Product Category", "").split(">")[-1].strip()
    axes = [cells.get(f"Option{n} Name", "").strip() for n in (1, 2, 3)]
    plain = cells.get("Option1 Value", "").strip() == DEFAULT
    return SheetGoods(
        key, line, cells.get("Title", "").strip()[:80], (),
        (cells.get("Type", "").strip() or tree)[:20], words.plain(cells.get("Body (HTML)", "")),
        axes="" if plain else " / ".join(words.part_of(name) for name in axes if name),
        supplier=cells.get("Vendor", "").strip()[:60],
        on_sale=state == "active" and shown is not False,
    )  # fmt: skip


def _sku(cells: dict[str, str], line: int, key: str) -> tuple[SheetSku | None, list[SheetError]]:
    """The variant of a row; None for a row that only brings a picture."""
    text = cells.get("Variant Price", "").strip()
    if not text and cells.get("Image Src", "").strip() and not cells.get("Title", "").strip():
        return None, []
    wrong = []
    price, cost = words.amount(text), words.amount(cells.get("Cost per item", "") or "0")
    grams = words.grams(cells.get("Variant Grams", ""))
    for column, value in (
        ("Variant Price", price),
        ("Cost per item", cost),
        ("Variant Grams", grams),
    ):
        if value is None or value < 0:
            wrong.append(
                SheetError(line, key, column, marked("不是合适的数字"), cells.get(column, "")[:200])
            )
    if price == 0:
        wrong.append(SheetError(line, key, "Variant Price", marked("价格要大于 0"), text[:200]))
    stock = cells.get("Variant Inventory Qty", "").strip()
    held = 0 if stock.startswith("-") else words.count(stock) if stock else None
    if stock and held is None:
        wrong.append(
            SheetError(line, key, "Variant Inventory Qty", marked("不是合适的数字"), stock[:200])
        )
    values = [cells.get(f"Option{n} Value", "").strip() for n in (1, 2, 3)]
    option = " / ".join(words.part_of(value) for value in values if value and value != DEFAULT)
    return SheetSku(
        option, price or 0, cells.get("Variant SKU", "").strip().lstrip("'"), held, cost or None, grams or 0
    ), wrong  # fmt: skip
