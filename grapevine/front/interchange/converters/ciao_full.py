"""Ciao: reviews with times and categories, and who trusts whom.

A review becomes a received order at its own time, for NOMINAL_PRICE: the data set knows no prices.
Trust becomes following. There is a shop for each category; the person with the lowest number owns
them all, so that no person is invented.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grapevine.front.interchange.converters.reading import (
    NOMINAL_PRICE,
    NOMINAL_START,
    rows,
)
from grapevine.front.interchange.writing import Folder

RATINGS = ("user", "item", "category", "unix_time")


def _survey(source: Path) -> tuple[list[int], dict[int, str], datetime]:
    """People, the category of each goods as first seen, and the earliest review."""
    people: set[int] = set()
    goods: dict[int, str] = {}
    first = int(NOMINAL_START.timestamp())
    for row in rows(source / "ratings.csv.gz", *RATINGS):
        people.add(int(row["user"]))
        goods.setdefault(int(row["item"]), row["category"])
        first = min(first, int(row["unix_time"]))
    for row in rows(source / "trust.csv.gz", "user", "trusts"):
        people |= {int(row["user"]), int(row["trusts"])}
    return sorted(people), dict(sorted(goods.items())), datetime.fromtimestamp(first, UTC)


def _shops(names: dict[str, str], owner: int, start: datetime) -> Iterator[dict[str, Any]]:
    for key, name in names.items():
        yield {
            "id": f"ci-s{key}", "owner_id": f"ci-u{owner}", "slug": f"ciao-{key}",
            "name": f"Ciao {name}"[:40], "opened_at": start,
            "bio": "公开研究数据 Ciao。数据不含价格，每件统一按名义价 ¥29 计。",
        }  # fmt: skip


def _orders(source: Path) -> Iterator[dict[str, Any]]:
    for line, row in enumerate(rows(source / "ratings.csv.gz", *RATINGS), start=1):
        yield {
            "id": f"ci-o{line}", "buyer_id": f"ci-u{row['user']}", "state": "received",
            "goods_id": f"ci-g{row['item']}", "quantity": 1, "channel": "direct",
            "unit_price_minor": NOMINAL_PRICE,
            "paid_at": datetime.fromtimestamp(int(row["unix_time"]), UTC),
        }  # fmt: skip


def convert(source: Path, target: Path) -> dict[str, int]:
    people, goods, start = _survey(source)
    named = {row["id"]: row["name"] for row in rows(source / "categories.csv", "id", "name")}
    names = {key: named.get(key, key) for key in sorted(set(goods.values()), key=int)}
    folder = Folder(target)
    return {
        "people": folder.write(
            "people",
            (
                {"id": f"ci-u{n}", "name": f"Ciao {n}", "handle": f"ciao{n}", "joined_at": start}
                for n in people
            ),
        ),
        "follows": folder.write(
            "follows",
            (
                {"follower_id": f"ci-u{row['user']}", "followee_id": f"ci-u{row['trusts']}", "at": start}
                for row in rows(source / "trust.csv.gz", "user", "trusts")
            ),
        ),
        "shops": folder.write("shops", _shops(names, people[0], start)),
        "goods": folder.write(
            "goods",
            (
                {
                    "id": f"ci-g{n}", "shop_id": f"ci-s{category}", "stock": 100_000,
                    "title": f"{names[category]} {n}"[:80], "category": names[category][:20],
                    "price_minor": NOMINAL_PRICE, "listed_at": start,
                }
                for n, category in goods.items()
            ),
        ),
        "orders": folder.write("orders", _orders(source)),
    }  # fmt: skip
