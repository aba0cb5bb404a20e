"""What may be typed into a row of the desk's table, and what it means. Pure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from grapevine.goods.rules.listing import PRICE_MAX, STOCK_MAX, TITLE_MAX
from grapevine.goods.rules.shipping import GRAMS_MAX, LIMIT_MAX
from grapevine.kit.text import marked

MINOR = 100
FIELDS = ("title", "category", "price", "cost", "limit", "grams", "own_code")
COLUMNS = {
    "title": "title", "category": "category", "price": "price_minor", "cost": "cost_minor",
    "limit": "limit_per_person", "grams": "grams", "own_code": "own_code",
}  # fmt: skip


def minor(text: str) -> int | None:
    """Minor units of "12.5", or None if it is no amount with at most two decimals."""
    try:
        amount = Decimal(text.strip()) * MINOR
    except (InvalidOperation, Overflow):
        return None
    if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > 10**12:
        return None
    return int(amount)


def yuan(amount_minor: int | None) -> str:
    """12.50, or "" for unknown: the form in which an amount is typed."""
    return "" if amount_minor is None else f"{amount_minor // MINOR}.{amount_minor % MINOR:02d}"


def whole(text: str, most: int) -> int | None:
    """A whole number from 0 to `most`, or None."""
    clean = text.strip()
    right = clean.isascii() and clean.isdigit() and len(clean) <= 12
    return int(clean) if right and int(clean) <= most else None


def parse(fields: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """(values by the column they belong to, errors by the field typed in)."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, text in fields.items():
        value, error = _one(name, text)
        if error:
            wrong[name] = error
        else:
            values[COLUMNS[name]] = value
    return values, wrong


def _one(name: str, text: str) -> tuple[Any, str]:
    clean = text.strip()
    if name == "title":
        return clean, "" if 1 <= len(clean) <= TITLE_MAX else marked("标题 1 到 80 个字")
    if name in ("category", "own_code"):
        most = 20 if name == "category" else 60
        return clean, "" if len(clean) <= most else marked("太长了，精简一点")
    if name == "cost" and not clean:
        return None, ""
    if name in ("price", "cost"):
        amount, least = minor(clean), 1 if name == "price" else 0
        right = amount is not None and least <= amount <= PRICE_MAX
        return amount, "" if right else marked("价格写成 12.50 这样")
    number = whole(clean or "0", LIMIT_MAX if name == "limit" else GRAMS_MAX)
    return number, "" if number is not None else marked("写成不带小数的数字")


def stock_change(was: str, wanted: str) -> int | None:
    """By how many pieces the row moves the shelf: what was typed less what was shown, so that sales in between count.

    None if it is no number.
    """
    before, after = whole(was or "0", STOCK_MAX), whole(wanted or "0", STOCK_MAX)
    return None if before is None or after is None else after - before
