"""What recommendations promise, on the demo world as it lies in a home: `GRAPEVINE_HOME=<home> python -m bench.proof [people]`.

*Ties*: everything a person did is forgotten, and what they bought is to be found again among ten goods, by the people tied to them and without them (the demo's
people live in communities that share tastes and follow within; that is all that is planted). *Shops*: a thousand calls inside shops, by different people, with
and without goods looked at, and how many goods of another shop without an agreement came. Everything is read in transactions that are taken back. Ends with a line of JSON.
"""

import json
import sys
import time
from collections.abc import Iterator
from random import Random
from typing import Any
from unittest.mock import patch

if __name__ == "__main__":
    from bench import home  # it sets Django up

from django.db import transaction

from grapevine.discovery.models import Phrase, Taste
from grapevine.discovery.queries import recommending
from grapevine.discovery.queries.recommending import recommend_goods
from grapevine.discovery.queries.ties import Ties
from grapevine.goods import facade as goods
from grapevine.trade import facade as trade

TOP = 10
BOUGHT_LEAST = 3
CALLS = 1_000
SEED = 4
WAYS = "grapevine.discovery.queries.recommending"


def _top(person_id: int) -> set[int]:
    return {one.goods.id for one in recommend_goods(person_id, None, TOP, personalised=True)}


@transaction.atomic
def found_again(person_id: int, bought: set[int]) -> tuple[int, int]:
    """How many of ten goods are among those bought, by ties and without, as if nothing were known of the person."""
    Taste.objects.filter(person_id=person_id).delete()
    Phrase.objects.filter(person_id=person_id).delete()
    with patch(f"{WAYS}.trade.goods_bought_by", return_value={}):
        tied = len(_top(person_id) & bought)
        with patch.object(recommending, "ties_for", return_value=Ties()):
            alone = len(_top(person_id) & bought)
    transaction.set_rollback(True)
    return tied, alone


def ties(ids: list[int]) -> dict[str, Any]:
    """`hit`: the share of people of whose purchases at least one is among the ten."""
    rows = [
        found_again(person_id, bought)
        for person_id in ids
        if len(bought := set(trade.goods_bought_by(person_id))) >= BOUGHT_LEAST
    ]
    count = max(len(rows), 1)
    tied, alone = (sum(row[side] > 0 for row in rows) / count for side in (0, 1))
    every = [sum(row[side] for row in rows) / (TOP * count) for side in (0, 1)]
    return {
        "people": len(rows), "hit@10": round(tied, 4), "hit@10_without": round(alone, 4),
        "hit_ratio": round(tied / alone, 3) if alone else None,
        "precision@10": round(every[0], 4), "precision@10_without": round(every[1], 4),
        "precision_ratio": round(every[0] / every[1], 3) if every[1] else None,
    }  # fmt: skip


def _asked(ids: list[int]) -> Iterator[tuple[int | None, int, int | None]]:
    """(who, in which shop, beside which goods): goods of that shop, of another, or none."""
    chance = Random(SEED)  # noqa: S311  no secret
    stands = [shop.id for shop in goods.every_shop()]
    shelf = [pk for pk, _public, _shop, _category in goods.goods_categories()]
    for _call in range(CALLS):
        who = None if chance.random() < 0.1 else chance.choice(ids)
        yield who, chance.choice(stands), chance.choice(shelf) if chance.random() < 0.5 else None


def shops(ids: list[int]) -> dict[str, Any]:
    shown, foreign, empty = 0, 0, 0
    for who, shop_id, beside in _asked(ids):
        found = recommend_goods(who, shop_id, 20, beside=beside)
        shown += len(found)
        empty += not found
        foreign += sum(one.goods.shop_id != shop_id and not one.via for one in found)
    return {"calls": CALLS, "goods": shown, "empty": empty, "foreign": foreign}


def measure(size: int) -> dict[str, Any]:
    started, spent = time.monotonic(), time.process_time()
    known = Taste.objects.order_by("person_id").values_list("person_id", flat=True)
    ids = list(known.distinct()[:size])
    return {
        "ties": ties(ids), "shops": shops(ids),
        "seconds": round(time.monotonic() - started, 1), "cpu_seconds": round(time.process_time() - spent, 1),
    }  # fmt: skip


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    print(json.dumps(home.run(lambda: measure(count))))  # noqa: T201  a command speaks
