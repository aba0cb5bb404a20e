"""The house's own table of goods: a row a SKU, rows with the same key are the same goods. Written and read. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from grapevine.goods.rules.sheets import words
from grapevine.goods.rules.sheets.checking import missing, sound
from grapevine.goods.sheets import Sheet, SheetError, SheetGoods, SheetSku
from grapevine.kit.text import marked

COLUMNS = (
    "key", "title", "category", "kind", "body", "axes", "origin", "supplier", "attributes",
    "limit", "on_sale", "pictures", "video", "option", "code", "price", "cost", "stock", "grams",
)  # fmt: skip
NEEDED = ("key", "title", "price")
CHINESE = {
    "编号": "key", "标题": "title", "分类": "category", "种类": "kind", "详情": "body", "选什么": "axes",
    "产地": "origin", "供货商": "supplier", "参数": "attributes", "每人限购": "limit", "在售": "on_sale",
    "图片": "pictures", "视频": "video", "规格": "option", "货号": "code", "价格": "price", "成本": "cost", "库存": "stock",
    "重量": "grams",
}  # fmt: skip
"""Headers that are understood as well."""
OF_GOODS = COLUMNS[1:13]
TITLE = "手拉坯粗陶马克杯"
EXAMPLE = (
    SheetGoods(
        "mug-01", 2, TITLE, (SheetSku("雾蓝 / 350ml", 8900, "MUG-BL-350", 40, 3100, 420),
                             SheetSku("雾蓝 / 500ml", 9900, "MUG-BL-500", 25, 3600, 510)),
        "家居", "每只手工拉坯，釉色略有不同。", "goods", "釉色 / 容量", "江西 景德镇", "半日窑",
        (("材质", "粗陶"),), 5, on_sale=True, pictures=("https://example.com/mug.jpg",),
    ),
)  # fmt: skip


def header_of(cells: Sequence[str]) -> list[str]:
    """The header in the names of `COLUMNS`."""
    return [CHINESE.get(cell.strip(), cell.strip().lower()) for cell in cells]


def written(goods: Iterable[SheetGoods]) -> Iterator[list[str]]:
    """Rows of cells, the header first. Reading them gives the same goods."""
    yield list(COLUMNS)
    for one in goods:
        for n, sku in enumerate(one.skus):
            own = [
                one.title, one.category, one.kind, one.body, one.axes, one.origin, one.supplier,
                words.joined(list(one.attributes)), str(one.limit_per_person),
                "" if one.on_sale is None else str(int(one.on_sale)), "|".join(one.pictures), one.video,
            ]  # fmt: skip
            cells = [one.key, *(own if n == 0 else [""] * len(own)), *_sku_cells(sku)]
            yield [words.sealed(cell) for cell in cells]


def _sku_cells(sku: SheetSku) -> list[str]:
    return [
        sku.option, sku.code, _yuan(sku.price_minor), _yuan(sku.cost_minor),
        "" if sku.stock is None else str(sku.stock), str(sku.grams),
    ]  # fmt: skip


def _yuan(minor: int | None) -> str:
    return "" if minor is None else f"{minor // 100}.{minor % 100:02d}"


def read(rows: Iterable[tuple[int, dict[str, str]]], header: Sequence[str]) -> Sheet:
    """Goods of (line, cells by column) in the order of their first rows."""
    lacks = missing(header, NEEDED)
    if lacks:
        return Sheet((), [SheetError(1, "", name, marked("缺少这一列")) for name in lacks])
    errors: list[SheetError] = []
    heads: dict[str, SheetGoods] = {}
    skus: dict[str, list[SheetSku]] = {}
    first: dict[str, dict[str, str]] = {}
    bad: set[str] = set()
    for line, raw in rows:
        cells = {name: words.opened(text) for name, text in raw.items()}
        key = cells.get("key", "").strip()
        sku, wrong = _sku(cells)
        if key not in heads:
            heads[key], more = _goods(line, key, cells)
            skus[key], first[key] = [], cells
            wrong += more
        else:
            wrong += _disagree(first[key], cells, heads[key].line)
        errors += [SheetError(line, key, *one) for one in wrong]
        if wrong:
            bad.add(key)
        skus[key].append(sku)
    whole = [replace(head, skus=tuple(skus[key])) for key, head in heads.items() if key not in bad]
    found, more_errors = sound(whole, {"limit_per_person": "limit", "skus": "option"})
    return Sheet(found, sorted([*errors, *more_errors], key=lambda one: one.line))


Wrong = list[tuple[str, str, str]]
"""Column, reason, what it said."""


def _sku(cells: dict[str, str]) -> tuple[SheetSku, Wrong]:
    wrong: Wrong = []

    def number(name: str) -> int | None:
        text = cells.get(name, "")
        if not text.strip():
            return None
        value = words.amount(text) if name in ("price", "cost") else words.count(text)
        if value is None or value < 0:
            wrong.append((name, marked("不是合适的数字"), text[:200]))
        return value

    price = number("price")
    if price is None and not wrong:
        wrong.append(("price", marked("必填"), ""))
    cost, stock, grams = number("cost"), number("stock"), number("grams")
    return SheetSku(
        cells.get("option", "").strip(), price or 0, cells.get("code", "").strip(), stock, cost, grams or 0
    ), wrong  # fmt: skip


def _goods(line: int, key: str, cells: dict[str, str]) -> tuple[SheetGoods, Wrong]:
    wrong: Wrong = []
    text = {name: cells.get(name, "").strip() for name in OF_GOODS}
    limit = words.count(text["limit"] or "0")
    if limit is None:
        wrong.append(("limit", marked("不是合适的数字"), text["limit"][:200]))
    on_sale = words.yes_or_no(text["on_sale"])
    if on_sale is None and text["on_sale"]:
        wrong.append(("on_sale", marked("写 1 或 0"), text["on_sale"][:200]))
    pairs = words.split_pairs(text["attributes"])
    if pairs is None:
        wrong.append(("attributes", marked("写成 名字=内容|名字=内容"), text["attributes"][:200]))
    kind = {"商品": "goods", "服务": "service", "": "goods"}.get(text["kind"], text["kind"])
    return SheetGoods(
        key, line, text["title"], (), text["category"], cells.get("body", ""), kind, text["axes"],
        text["origin"], text["supplier"], tuple(pairs or ()), limit or 0, on_sale,
        tuple(one.strip() for one in text["pictures"].split("|") if one.strip()),
        text["video"],
    ), wrong  # fmt: skip


def _disagree(first: dict[str, str], cells: dict[str, str], line: int) -> Wrong:
    return [
        (name, f"{marked('与同一商品前面的行不同')} ({line})", cells[name][:160])
        for name in OF_GOODS
        if cells.get(name, "").strip() and cells[name].strip() != first.get(name, "").strip()
    ]
