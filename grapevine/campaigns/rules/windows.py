"""What every instrument shares: its window, its scope, its name."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from grapevine.campaigns.contracts import NewScope, Scope
from grapevine.goods.contracts import SkuLine
from grapevine.kit.text import marked

WINDOW_MAX = timedelta(days=366)
NAMED_MAX = 200
TITLE_MAX = 40
AMOUNT_MAX = 10**10
"""The largest amount an instrument may name: a hundred million yuan."""


def window_wrong(starts_at: datetime, ends_at: datetime, now: datetime) -> dict[str, str]:
    """The fields of a window that cannot be, with why."""
    if ends_at <= starts_at:
        return {"ends_at": marked("结束要晚于开始")}
    if ends_at <= now:
        return {"ends_at": marked("结束时间已经过了")}
    if ends_at - starts_at > WINDOW_MAX:
        return {"ends_at": marked("最长一年")}
    if starts_at - now > WINDOW_MAX:
        return {"starts_at": marked("最多提前一年安排")}
    return {}


def scope_wrong(scope: NewScope) -> dict[str, str]:
    if len(scope.categories) + len(scope.goods) + len(scope.skus) > NAMED_MAX:
        return {"scope": marked("范围最多写 200 项")}
    return {}


def covers(scope: Scope, sku: SkuLine) -> bool:
    """Whether an offer with this scope cuts a line of this SKU."""
    return (
        scope.is_everything
        or sku.category in scope.categories
        or sku.goods_id in scope.goods
        or sku.sku_id in scope.skus
    )


def stored(scope: Scope) -> Mapping[str, list[object]]:
    """As it is kept: only what is named."""
    parts = {"categories": scope.categories, "goods": scope.goods, "skus": scope.skus}
    return {name: list(values) for name, values in parts.items() if values}


def yuan(amount_minor: int) -> str:
    """200, 9.9, 0.05: for names of offers, without the sign."""
    whole, part = divmod(amount_minor, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") if part else str(whole)
