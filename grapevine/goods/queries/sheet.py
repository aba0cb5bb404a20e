"""The sheet in which one SKU of a goods is chosen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from grapevine.goods.contracts import GoodsDetail
from grapevine.goods.rules import options
from grapevine.kit.formats import money_text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picker as it stands, the prices it may come to, and everything its script needs to go on by itself."""

    choice: options.Choice
    low_minor: int
    high_minor: int
    limit: int
    most: int
    skus: str
    asked: bool
    count: str


def sheet(detail: GoodsDetail, data: Mapping[str, str]) -> Sheet:
    """Where the picker stands for what a query string says: `pick-0` …, `count`, and `asked` after a vain try."""
    picks = [data.get(f"pick-{n}", "") for n in range(options.AXES_MAX)]
    found = options.choice(detail.skus, axes=_names(detail), picks=picks)
    prices = [sku.price_minor for sku in detail.skus]
    parts = options.parts_of(detail.skus)
    facts = [
        {
            "parts": own, "price": money_text(sku.price_minor), "free": sku.free,
            "picture": sku.cover.url if sku.has_own_picture and sku.cover else "",
        }
        for sku, own in zip(detail.skus, parts, strict=True)
    ]  # fmt: skip
    limit = detail.skus[0].limit_per_person if detail.skus else 0
    most = found.sku.free if found.sku and found.sku.free else max(s.free for s in detail.skus)
    count = data.get("count", "1")[:3]
    return Sheet(
        found, min(prices), max(prices), limit, max(1, min(most, limit or most, 999)),
        json.dumps(facts, ensure_ascii=False), bool(data.get("asked")),
        count if count.isascii() and count.isdigit() else "1",
    )  # fmt: skip


def _names(detail: GoodsDetail) -> list[str]:
    """The axes' names; where the shop gave none: 规格, or 规格 1, 规格 2."""
    size = len(options.parts_of(detail.skus)[0]) if detail.skus else 0
    given = list(detail.axes[:size])
    rest = range(len(given) + 1, size + 1)
    return given + [f"{_('规格')} {n}" if size > 1 else _("规格") for n in rest]
