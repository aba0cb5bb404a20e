"""Which goods of a file may go in. Pure."""

from collections.abc import Iterable, Sequence

from grapevine.goods.contracts import Facts
from grapevine.goods.rules import listing
from grapevine.goods.rules.shipping import GRAMS_MAX, LIMIT_MAX
from grapevine.goods.sheets import SheetError, SheetGoods
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

PICTURES_MAX = 9
KEY_MAX = 120
OPTION_MAX = 60


def sound(
    goods: Iterable[SheetGoods], names: dict[str, str]
) -> tuple[list[SheetGoods], list[SheetError]]:
    """Goods that keep every rule of a listing, and why the others do not. `names`: field → column of the file."""
    found, errors, seen = [], [], set()
    for one in goods:
        wrong = list(_wrong(one))
        if one.key in seen:
            wrong = [("key", marked("这个编号在文件里出现了两次"), one.key)]
        seen.add(one.key)
        errors += [
            SheetError(one.line, one.key, names.get(field, field), reason, value[:200])
            for field, reason, value in wrong
        ]
        if not wrong:
            found.append(one)
    return found, errors


def _wrong(one: SheetGoods) -> Iterable[tuple[str, str, str]]:
    if not 1 <= len(one.key) <= KEY_MAX:
        yield "key", marked("编号 1 到 120 个字"), one.key
    try:
        listing.check_goods(
            title=one.title, body=one.body, category=one.category, axes=one.axes,
            skus=[(sku.option, sku.price_minor, sku.stock or 0) for sku in one.skus],
        )  # fmt: skip
    except BadInput as error:
        for field, reason in error.fields.items():
            yield field, reason, str(getattr(one, field, "")) if field != "skus" else ""
    try:
        listing.check_facts(Facts(one.kind, one.origin, one.supplier, tuple(one.attributes)))
    except BadInput as error:
        for field, reason in error.fields.items():
            yield field, reason, str(getattr(one, field, ""))
    yield from _numbers(one)


def _numbers(one: SheetGoods) -> Iterable[tuple[str, str, str]]:
    if len(one.pictures) > PICTURES_MAX:
        yield "pictures", marked("最多 9 张图片"), str(len(one.pictures))
    if one.limit_per_person > LIMIT_MAX:
        yield "limit", marked("限购太大了"), str(one.limit_per_person)
    for sku in one.skus:
        if len(sku.option) > OPTION_MAX:
            yield "option", marked("规格名最多 60 个字"), sku.option
        if len(sku.code) > OPTION_MAX:
            yield "code", marked("货号最多 60 个字"), sku.code
        if sku.grams > GRAMS_MAX:
            yield "grams", marked("重量太大了"), str(sku.grams)


def missing(header: Sequence[str], needed: Sequence[str]) -> list[str]:
    return [name for name in needed if name not in header]
