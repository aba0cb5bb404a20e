"""Beidian: purchases and shares of a social shop (train, val and test together).

The data set knows neither prices nor times: every piece costs NOMINAL_PRICE, and the rows are
spread over ninety days in the order train, val, test. The person with the lowest number owns the
one shop, so that no person is invented. One goods was shared but never bought: it is no goods here,
and its two shares are shares of the shop, so that the tie is kept.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grapevine.front.interchange.converters.reading import NOMINAL_PRICE, nominal_moment, rows
from grapevine.front.interchange.writing import Folder

PARTS = ("train", "val", "test")
SHOP = "bd-shop"


def _ids(source: Path) -> tuple[list[int], list[int], int]:
    """People, goods and the number of purchases."""
    people: set[int] = set()
    goods: set[int] = set()
    purchases = 0
    for part in PARTS:
        for row in rows(source / f"{part}.csv", "user", "item"):
            people.add(int(row["user"]))
            goods.add(int(row["item"]))
            purchases += 1
    for row in rows(source / "shares.csv", "user1", "user2", "item"):
        people |= {int(row["user1"]), int(row["user2"])}
    return sorted(people), sorted(goods), purchases


def _orders(source: Path, count: int) -> Iterator[dict[str, Any]]:
    number = 0
    for part in PARTS:
        for line, row in enumerate(rows(source / f"{part}.csv", "user", "item"), start=1):
            yield {
                "id": f"bd-{part}-{line}", "buyer_id": f"bd-u{row['user']}",
                "goods_id": f"bd-g{row['item']}", "quantity": 1, "state": "received",
                "unit_price_minor": NOMINAL_PRICE, "paid_at": nominal_moment(number, count),
                "channel": "direct",
            }  # fmt: skip
            number += 1


def _shares(source: Path, goods: set[int]) -> Iterator[dict[str, Any]]:
    """Every row as it stands; the data set holds each share in both directions."""
    pairs = rows(source / "shares.csv", "user1", "user2", "item")
    for line, row in enumerate(pairs, start=1):
        known = int(row["item"]) in goods
        yield {
            "id": f"bd-share-{line}", "sharer_id": f"bd-u{row['user1']}",
            "receiver_id": f"bd-u{row['user2']}", "object_type": "goods" if known else "shop",
            "object_id": f"bd-g{row['item']}" if known else SHOP, "channel": "link",
            "shared_at": nominal_moment(0, 1),
        }  # fmt: skip


def convert(source: Path, target: Path) -> dict[str, int]:
    people, goods, purchases = _ids(source)
    folder = Folder(target)
    start = nominal_moment(0, 1)
    return {
        "people": folder.write(
            "people",
            (
                {"id": f"bd-u{n}", "name": f"贝店用户 {n}", "handle": f"bd{n}", "joined_at": start}
                for n in people
            ),
        ),
        "shops": folder.write(
            "shops",
            [
                {
                    "id": SHOP, "owner_id": f"bd-u{people[0]}", "slug": "beidian",
                    "name": "贝店样本", "opened_at": start,
                    "bio": "公开研究数据 Beidian。数据不含价格，每件统一按名义价 ¥29 计。",
                }
            ],
        ),
        "goods": folder.write(
            "goods",
            (
                {
                    "id": f"bd-g{n}", "shop_id": SHOP, "title": f"贝店商品 {n}", "stock": 100_000,
                    "price_minor": NOMINAL_PRICE, "listed_at": start,
                }
                for n in goods
            ),
        ),
        "shares": folder.write("shares", _shares(source, set(goods))),
        "orders": folder.write("orders", _orders(source, purchases)),
    }  # fmt: skip
