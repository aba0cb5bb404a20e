"""What recommendations promise, on the demo world as it lies in a home: `GRAPEVINE_HOME=<home> python -m bench.proof [people]`.

*Ties*: `hit@10` is the share of people whose last purchase stands among the ten goods they are given when nothing is known of
them but their ties: all they did, that purchase too, is forgotten for as long as it takes. The same people are asked without any
tie, and with as many ties to anybody (the control: the same ties, dealt out anew, mean nothing and must not help). Of ties those count that were there before anything
was bought, which are following and inviting; shares that were opened and groups are left out, for they came with purchases, the one to be found
among them. Asked are people who bought three different goods at least, drawn by chance from all of them. What the demo's people are like, and
that two of three circles have tastes that lie apart, is told in `grapevine/front/demo/circles.py`.

*Shops*: a thousand calls inside shops, by different people, with and without goods looked at, and how many goods of another shop without an
agreement came. Everything is read in transactions that are taken back. Ends with a line of JSON.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from random import Random
from typing import Any
from unittest.mock import patch

if __name__ == "__main__":
    from bench import home  # it sets Django up

from django.db import transaction

from grapevine.discovery.models import Phrase, Taste
from grapevine.discovery.queries import recommending
from grapevine.discovery.queries.recommending import recommend_goods
from grapevine.discovery.queries.ties import Ties, ties_for
from grapevine.discovery.rules.tasting import WEIGHTS
from grapevine.goods import facade as goods
from grapevine.spread import facade as spread

TOP = 10
BOUGHT_LEAST = 3
CALLS = 1_000
SEED = 4
WAYS, TYING = "grapevine.discovery.queries.recommending", "grapevine.discovery.queries.ties"
BEFORE_BUYING = ("invite",)
"""The kinds of ties of sharing that do not come with a purchase."""
KNOWN_THROUGH = spread.known_through


def last_purchases() -> dict[int, int]:
    """Person → the goods they bought last, of everybody who bought three different ones at least."""
    bought: defaultdict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    rows = Taste.objects.filter(kind="goods", weight=WEIGHTS["order"])
    for person_id, at, pk, key in rows.values_list("person_id", "at", "id", "key"):
        bought[person_id].append((at, pk, int(key)))
    return {
        person_id: max(rows)[2]
        for person_id, rows in sorted(bought.items())
        if len({key for _at, _pk, key in rows}) >= BOUGHT_LEAST
    }


def _known_before(person_id: int, since: datetime) -> list[tuple[int, str, int]]:
    return [one for one in KNOWN_THROUGH(person_id, since) if one[1] in BEFORE_BUYING]


def known_ties(person_id: int) -> Ties:
    """Those of following and inviting."""
    with ExitStack() as only:
        only.enter_context(patch(f"{TYING}.spread.known_through", _known_before))
        only.enter_context(patch(f"{TYING}.campaigns.group_mates", return_value=set()))
        only.enter_context(patch(f"{TYING}.artifacts.ties_of", return_value={}))
        return ties_for(person_id)


@transaction.atomic
def found_again(person_id: int, wanted: int, ways: Sequence[Ties]) -> list[bool]:
    """Whether these goods are among ten, by each of these ties, as if nothing else were known of the person."""
    Taste.objects.filter(person_id=person_id).delete()
    Phrase.objects.filter(person_id=person_id).delete()
    found = []
    with patch(f"{WAYS}.trade.goods_bought_by", return_value={}):
        for given in ways:
            with patch.object(recommending, "ties_for", return_value=given):
                top = recommend_goods(person_id, None, TOP, personalised=True)
            found.append(wanted in {one.goods.id for one in top})
    transaction.set_rollback(True)
    return found


def dealt(known: Mapping[int, Ties]) -> dict[int, Ties]:
    """As many ties for each, of the same weights, to any of all who somebody is tied to, as often as people are tied to them."""
    chance = Random(SEED)  # noqa: S311  no secret
    stack = [other for given in known.values() for other in given.weights]
    found = {}
    for person_id, given in known.items():
        others = dict.fromkeys(chance.sample(stack, k=len(stack)))
        others.pop(person_id, None)
        found[person_id] = Ties(dict(zip(others, given.weights.values(), strict=False)))
    return found


def ties(held_out: Mapping[int, int]) -> dict[str, Any]:
    """`hit@10` with one's own ties, without any, and with ties dealt out anew; person → the goods to be found again."""
    known = {person_id: known_ties(person_id) for person_id in held_out}
    anybody = dealt(known)
    rows = [
        found_again(person_id, wanted, (known[person_id], Ties(), anybody[person_id]))
        for person_id, wanted in held_out.items()
    ]
    tied, alone, strange = (sum(row[way] for row in rows) / max(len(rows), 1) for way in range(3))
    return {
        "people": len(rows), "hit@10": round(tied, 4), "hit@10_without": round(alone, 4),
        "hit@10_shuffled": round(strange, 4),
        "hit_ratio": round(tied / alone, 3) if alone else None,
        "shuffled_ratio": round(strange / alone, 3) if alone else None,
    }  # fmt: skip


def drawn(size: int) -> dict[int, int]:
    """So many of those who bought enough, by chance and in any order, each with their last purchase."""
    every = list(last_purchases().items())
    return dict(Random(SEED).sample(every, k=min(size, len(every))))  # noqa: S311  no secret


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
    held_out = drawn(size)
    return {
        "ties": ties(held_out), "shops": shops(list(held_out)),
        "seconds": round(time.monotonic() - started, 1), "cpu_seconds": round(time.process_time() - spent, 1),
    }  # fmt: skip


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(json.dumps(home.run(lambda: measure(count))))  # noqa: T201  a command speaks
