"""Beibei: group buying. `tune` and `test` are groups that filled, `invalid` launches that failed.

The data set knows neither prices nor times: a seat costs NOMINAL_PRICE, rows are spread over ninety
days. A failed launch lists no joiners; it becomes an expired group of two whose leader was refunded.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grapevine.front.interchange.converters.reading import (
    NOMINAL_PRICE,
    nominal_moment,
    tab_lines,
)
from grapevine.front.interchange.errors import ConvertRefused
from grapevine.front.interchange.writing import Folder

FILLED = ("tune", "test")
SHOP = "bb-shop"
DAY = timedelta(hours=24)


def _launches(source: Path) -> Iterator[tuple[str, str, str, list[str]]]:
    """(group id, state, item, members with the leader first)."""
    for part, state in (*((name, "filled") for name in FILLED), ("invalid", "expired")):
        for line, fields in enumerate(tab_lines(source / f"{part}.tsv.gz"), start=1):
            if len(fields) < 2 or not all(field.isdigit() for field in fields):
                raise ConvertRefused(reason=f"{part}.tsv.gz: 第 {line} 行 / line {line}: {fields}")
            leader, item, *joiners = fields
            yield f"bb-{part}-{line}", state, item, list(dict.fromkeys([leader, *joiners]))


def _survey(source: Path) -> tuple[list[int], list[int], int]:
    people: set[int] = set()
    goods: set[int] = set()
    count = 0
    for _, _, item, members in _launches(source):
        people.update(map(int, members))
        goods.add(int(item))
        count += 1
    return sorted(people), sorted(goods), count


def _groups(source: Path, count: int) -> Iterator[dict[str, Any]]:
    for number, (key, state, item, members) in enumerate(_launches(source)):
        opened = nominal_moment(number, count)
        yield {
            "id": key, "goods_id": f"bb-g{item}", "leader_id": f"bb-u{members[0]}",
            "size": max(2, len(members)), "price_minor": NOMINAL_PRICE, "opened_at": opened,
            "deadline_at": opened + DAY, "state": state if len(members) > 1 else "expired",
        }  # fmt: skip


def _orders(source: Path, count: int) -> Iterator[dict[str, Any]]:
    for number, (key, _, item, members) in enumerate(_launches(source)):
        filled = len(members) > 1
        for seat, member in enumerate(members):
            paid: datetime = nominal_moment(number, count) + timedelta(minutes=seat)
            yield {
                "id": f"{key}-{seat}", "buyer_id": f"bb-u{member}", "goods_id": f"bb-g{item}",
                "quantity": 1, "unit_price_minor": NOMINAL_PRICE, "paid_at": paid,
                "state": "received" if filled else "refunded", "group_id": key,
                "channel": "group",
            }  # fmt: skip


def convert(source: Path, target: Path) -> dict[str, int]:
    people, goods, count = _survey(source)
    folder = Folder(target)
    start = nominal_moment(0, 1)
    return {
        "people": folder.write(
            "people",
            (
                {"id": f"bb-u{n}", "name": f"贝贝用户 {n}", "handle": f"bb{n}", "joined_at": start}
                for n in people
            ),
        ),
        "shops": folder.write(
            "shops",
            [
                {
                    "id": SHOP, "owner_id": f"bb-u{people[0]}", "slug": "beibei",
                    "name": "贝贝样本", "opened_at": start,
                    "bio": "公开研究数据 Beibei（MIT）。数据不含价格，每件统一按名义价 ¥29 计。",
                }
            ],
        ),
        "goods": folder.write(
            "goods",
            (
                {
                    "id": f"bb-g{n}", "shop_id": SHOP, "title": f"贝贝商品 {n}", "stock": 1_000_000,
                    "price_minor": NOMINAL_PRICE, "listed_at": start,
                }
                for n in goods
            ),
        ),
        "groups": folder.write("groups", _groups(source, count)),
        "orders": folder.write("orders", _orders(source, count)),
    }  # fmt: skip
