"""Last.fm (HetRec 2011): who listens to whom, and friendships.

An artist somebody listens to becomes one received order for NOMINAL_PRICE (the number of plays has
no place in an order); friendships become following in both directions, as the data set has them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grapevine.front.interchange.converters.reading import NOMINAL_PRICE, nominal_moment, rows
from grapevine.front.interchange.writing import Folder

SHOP = "lf-shop"


def _survey(source: Path) -> tuple[list[int], list[int], int]:
    people: set[int] = set()
    artists: set[int] = set()
    plays = 0
    for row in rows(source / "plays.csv.gz", "user", "item"):
        people.add(int(row["user"]))
        artists.add(int(row["item"]))
        plays += 1
    for row in rows(source / "friends.csv.gz", "user", "friend"):
        people |= {int(row["user"]), int(row["friend"])}
    return sorted(people), sorted(artists), plays


def _orders(source: Path, count: int) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows(source / "plays.csv.gz", "user", "item")):
        yield {
            "id": f"lf-o{number + 1}", "buyer_id": f"lf-u{row['user']}", "quantity": 1,
            "goods_id": f"lf-g{row['item']}", "unit_price_minor": NOMINAL_PRICE,
            "state": "received", "paid_at": nominal_moment(number, count), "channel": "direct",
        }  # fmt: skip


def convert(source: Path, target: Path) -> dict[str, int]:
    people, artists, plays = _survey(source)
    folder = Folder(target)
    start = nominal_moment(0, 1)
    return {
        "people": folder.write(
            "people",
            (
                {"id": f"lf-u{n}", "name": f"Listener {n}", "handle": f"lf{n}", "joined_at": start}
                for n in people
            ),
        ),
        "follows": folder.write(
            "follows",
            (
                {"follower_id": f"lf-u{row['user']}", "followee_id": f"lf-u{row['friend']}", "at": start}
                for row in rows(source / "friends.csv.gz", "user", "friend")
            ),
        ),
        "shops": folder.write(
            "shops",
            [
                {
                    "id": SHOP, "owner_id": f"lf-u{people[0]}", "slug": "lastfm",
                    "name": "Last.fm 样本", "opened_at": start,
                    "bio": "公开研究数据 HetRec 2011。数据不含价格，每件统一按名义价 ¥29 计。",
                }
            ],
        ),
        "goods": folder.write(
            "goods",
            (
                {
                    "id": f"lf-g{n}", "shop_id": SHOP, "title": f"Artist {n}", "stock": 100_000,
                    "category": "音乐", "price_minor": NOMINAL_PRICE, "listed_at": start,
                }
                for n in artists
            ),
        ),
        "orders": folder.write("orders", _orders(source, plays)),
    }  # fmt: skip
