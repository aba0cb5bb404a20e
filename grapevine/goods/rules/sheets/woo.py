"""A WooCommerce product CSV. Pure.

Columns as listed at https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema : a variation names its
parent by SKU or by `id:` and number. The price is the sale price while its dates hold, else the regular one; no
struck price is made of the other, since a file cannot prove that it was asked here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from grapevine.goods.rules.sheets import words
from grapevine.goods.rules.sheets.checking import missing, sound
from grapevine.goods.sheets import Sheet, SheetError, SheetGoods, SheetSku
from grapevine.kit.text import marked

NEEDED = ("Type", "Name", "Regular price")
NAMES = {
    "key": "SKU", "title": "Name", "body": "Description", "category": "Categories", "price": "Regular price",
    "stock": "Stock", "option": "Attribute 1 value(s)", "skus": "Attribute 1 value(s)", "code": "SKU",
    "axes": "Attribute 1 name", "grams": "Weight", "pictures": "Images",
}  # fmt: skip
ATTRIBUTES_MAX = 20
WEIGHT = re.compile(r"Weight \((\w+)\)")


def read(rows: Iterable[tuple[int, dict[str, str]]], header: Sequence[str], today: date) -> Sheet:
    lacks = missing(header, NEEDED)
    if lacks:
        return Sheet((), [SheetError(1, "", name, marked("缺少这一列")) for name in lacks])
    weight = next((name for name in header if WEIGHT.fullmatch(name)), "")
    heads: dict[str, SheetGoods] = {}
    by_reference: dict[str, str] = {}
    children: list[tuple[int, dict[str, str]]] = []
    errors: list[SheetError] = []
    for line, cells in rows:
        kinds = {kind.strip().lower() for kind in cells.get("Type", "").split(",")}
        if "variation" in kinds:
            children.append((line, cells))
            continue
        if kinds & {"grouped", "external"} or not kinds & {"simple", "variable"}:
            errors.append(
                SheetError(
                    line,
                    _key(line, cells),
                    "Type",
                    marked("这种商品不能导入"),
                    cells.get("Type", "")[:200],
                )
            )
            continue
        key = _key(line, cells)
        if key in heads:
            errors.append(SheetError(line, key, "SKU", marked("这个编号在文件里出现了两次"), key))
            continue
        heads[key] = _head(line, key, cells)
        for reference in _references(cells):
            by_reference.setdefault(reference, key)
        if "simple" in kinds:
            sku, wrong = _sku(line, key, cells, weight, today)
            heads[key] = replace(heads[key], skus=(sku,))
            errors += wrong
    errors += _variations(heads, by_reference, children, weight, today)
    bad = {one.key for one in errors}
    found, more = sound(
        [one for key, one in heads.items() if key not in bad], {**NAMES, "grams": weight}
    )
    return Sheet(found, sorted([*errors, *more], key=lambda one: one.line))


def _references(cells: dict[str, str]) -> list[str]:
    """What a variation may call this row: its SKU, its number; none that is empty."""
    sku, number = cells.get("SKU", "").strip(), cells.get("ID", "").strip()
    return [one for one in (sku, number and f"id:{number}") if one]


def _key(line: int, cells: dict[str, str]) -> str:
    return next(iter(_references(cells)), f"line:{line}")


def _named(cells: dict[str, str]) -> list[tuple[str, str]]:
    """The attributes of a row: (name, value)."""
    found = []
    for n in range(1, ATTRIBUTES_MAX + 1):
        name = cells.get(f"Attribute {n} name", "").strip()
        value = cells.get(f"Attribute {n} value(s)", "").strip()
        if name and value:
            found.append((name, value))
    return found


def _head(line: int, key: str, cells: dict[str, str]) -> SheetGoods:
    category = cells.get("Categories", "").split(",")[0].split(">")[-1].strip()
    body = words.plain(cells.get("Description", "")) or words.plain(
        cells.get("Short description", "")
    )
    body = body.replace("\\n", "\n")
    pictures = [one.strip() for one in cells.get("Images", "").split(",") if one.strip()]
    pairs = tuple((name[:20], value[:100]) for name, value in dict(_named(cells)).items())
    return SheetGoods(
        key, line, cells.get("Name", "").strip()[:80], (), category[:20], body,
        attributes=pairs[:30], on_sale=words.yes_or_no(cells.get("Published", "1")) is True,
        pictures=tuple(dict.fromkeys(pictures))[:9],
    )  # fmt: skip


def _variations(
    heads: dict[str, SheetGoods], by_reference: dict[str, str],
    children: Sequence[tuple[int, dict[str, str]]], weight: str, today: date,
) -> list[SheetError]:  # fmt: skip
    errors: list[SheetError] = []
    for line, cells in children:
        parent = by_reference.get(cells.get("Parent", "").strip().replace("id: ", "id:"))
        if parent is None:
            errors.append(
                SheetError(
                    line,
                    cells.get("Parent", "")[:120],
                    "Parent",
                    marked("文件里没有这个上级商品"),
                    cells.get("Parent", "")[:200],
                )
            )
            continue
        head = heads[parent]
        sku, wrong = _sku(line, parent, cells, weight, today)
        named = _named(cells)
        option = " / ".join(words.part_of(value) for _, value in named)
        axes = head.axes or " / ".join(words.part_of(name) for name, _ in named)
        chosen = {name[:20] for name, _ in named}
        heads[parent] = replace(
            head, skus=(*head.skus, replace(sku, option=option)), axes=axes,
            attributes=tuple(pair for pair in head.attributes if pair[0] not in chosen),
        )  # fmt: skip
        errors += wrong
    return errors


def _sku(
    line: int, key: str, cells: dict[str, str], weight: str, today: date
) -> tuple[SheetSku, list[SheetError]]:
    column = "Sale price" if _on_sale(cells, today) else "Regular price"
    price, wrong = words.amount(cells.get(column, "")), []
    if price is None or price <= 0:
        wrong.append(
            SheetError(line, key, column, marked("价格要大于 0"), cells.get(column, "")[:200])
        )
    text = cells.get("Stock", "").strip()
    stock = 0 if text.startswith("-") else words.count(text) if text else None
    if text and stock is None:
        wrong.append(SheetError(line, key, "Stock", marked("不是合适的数字"), text[:200]))
    unit = WEIGHT.fullmatch(weight)
    grams = words.grams(cells.get(weight, ""), unit[1].lower() if unit else "g")
    if grams is None:
        wrong.append(
            SheetError(line, key, weight, marked("不是合适的数字"), cells.get(weight, "")[:200])
        )
    return SheetSku("", price or 0, cells.get("SKU", "").strip(), stock, None, grams or 0), wrong


def _on_sale(cells: dict[str, str], today: date) -> bool:
    """Whether the sale price holds today. Its dates may be empty; what is no date is taken as empty."""
    if not cells.get("Sale price", "").strip():
        return False
    starts, ends = (
        _date(cells.get("Date sale price starts", "")),
        _date(cells.get("Date sale price ends", "")),
    )
    return (starts is None or starts <= today) and (ends is None or today <= ends)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
