"""Threads, each on a connection of its own, review one line, vote, edit and flag at once: nothing twice, nothing lost.

They race in a copy of the test database: what is committed there cannot be taken back in place.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db.models import F

from grapevine.care import facade
from grapevine.care.actions.rating import rate_shops
from grapevine.care.actions.screening import screen_shop
from grapevine.care.actions.standing import tally
from grapevine.care.contracts import Opinion, Trace
from grapevine.care.models import GoodsScore, RatingDay, Review, Standing, Vote
from grapevine.care.refusals import FollowedAlready, ReviewedAlready
from grapevine.care.tests.cast import GOOD, Cast, arrived, crowd, gather
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.tests.racing import alone, own_database
from grapevine.signals import facade as signals

THREADS = 6
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Arena:
    pool: ThreadPoolExecutor

    def do(self, act: Callable[[], T]) -> T:
        found: T = self.pool.submit(alone, act).result(timeout=120)
        return found

    def race(self, acts: Sequence[Callable[[], Any]]) -> Counter[str]:
        """Everybody at once; how each ended: "done" or the code of its refusal."""
        gate = Barrier(len(acts))

        def run(act: Callable[[], Any]) -> str:
            gate.wait(30)
            try:
                act()
            except DomainError as error:
                return error.code
            return "done"

        asked = [self.pool.submit(alone, run, act) for act in acts]
        return Counter(one.result(timeout=120) for one in asked)


@pytest.fixture
def arena(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Arena]:  # noqa: ARG001  makes the database
    with django_db_blocker.unblock(), own_database(tmp_path), ThreadPoolExecutor(THREADS) as pool:
        yield Arena(pool)


def whole() -> bool:
    """The counters of every goods are what its standings add up to."""
    for row in GoodsScore.objects.all():
        sums: Counter[str] = Counter()
        for one in Standing.objects.filter(goods_id=row.goods_id):
            sums.update(tally(one))
        names = {field.name for field in GoodsScore._meta.fields} - {"id", "goods_id", "shop_id"}
        if any(getattr(row, name) != sums[name] for name in names):
            return False
    return True


def write(buyer: int, number: str, stars: int = 5, device: str = "") -> str:
    return facade.write_review(
        buyer_id=buyer, number=number, position=1, opinion=Opinion(stars, 5, 5, "好"),
        trace=Trace(device, ""),
    )  # fmt: skip


@pytest.fixture
def cast(arena: Arena) -> Cast:
    return arena.do(gather)


@pytest.mark.django_db
def test_counters_are_whole_after_one_thing_after_another() -> None:
    alone_cast = gather()
    buyers = crowd(3)
    pairs = list(zip(buyers, arrived(alone_cast.cup, buyers), strict=True))
    reviews = [write(buyer, number, stars=2) for buyer, number in pairs]
    facade.edit_review(buyer_id=buyers[0], public_id=reviews[0], opinion=GOOD)
    facade.hide_review(
        operator_id=alone_cast.dora, public_id=reviews[1], basis="民法典 1024", reason="判决"
    )
    facade.follow_up(buyer_id=buyers[2], public_id=reviews[2], opinion=GOOD)
    assert facade.goods_score(alone_cast.cup.goods_id).counts == (0, 1, 0, 0, 1)
    assert whole()
    GoodsScore.objects.update(stars_5=F("stars_5") - 1)
    assert not whole()


def test_one_line_is_reviewed_once(arena: Arena, cast: Cast) -> None:
    number = arena.do(lambda: arrived(cast.cup, [cast.alice]))[0]
    told = arena.race([lambda: write(cast.alice, number)] * THREADS)
    assert told == {"done": 1, ReviewedAlready.code: THREADS - 1}
    found = arena.do(lambda: (Review.objects.count(), Standing.objects.count(), whole()))
    assert found == (1, 1, True)
    score = arena.do(lambda: facade.goods_score(cast.cup.goods_id))
    assert score.counts == (0, 0, 0, 0, 1)


def test_many_reviews_of_one_goods_are_all_counted(arena: Arena, cast: Cast) -> None:
    buyers = arena.do(lambda: crowd(THREADS))
    numbers = arena.do(lambda: arrived(cast.cup, buyers))
    pairs = list(zip(buyers, numbers, strict=True))
    assert arena.race([partial(write, *pair) for pair in pairs]) == {"done": THREADS}
    score = arena.do(lambda: facade.goods_score(cast.cup.goods_id))
    assert score.counts == (0, 0, 0, 0, THREADS)
    assert arena.do(whole)


def test_votes_at_once_count_once_a_person(arena: Arena, cast: Cast) -> None:
    number = arena.do(lambda: arrived(cast.cup, [cast.alice]))[0]
    review = arena.do(lambda: write(cast.alice, number))
    voters = [cast.eve, cast.eve, cast.eve, cast.carol, cast.carol, cast.bob]
    told = arena.race([partial(facade.vote, person_id=one, public_id=review) for one in voters])
    assert told == {"done": 6}
    assert arena.do(lambda: (Vote.objects.count(), Standing.objects.get().votes)) == (3, 3)


def test_edits_follow_ups_and_a_flag_at_once_leave_counters_whole(arena: Arena, cast: Cast) -> None:
    buyers = arena.do(lambda: crowd(6))
    numbers = arena.do(lambda: arrived(cast.cup, buyers))
    pairs = list(zip(buyers, numbers, strict=True))
    reviews = arena.do(lambda: [write(buyer, number, device="one") for buyer, number in pairs])
    other = Opinion(4, 5, 5, "还行")
    acts: list[Callable[[], Any]] = [
        partial(facade.edit_review, buyer_id=buyer, public_id=review, opinion=other)
        for buyer, review in zip(buyers[:3], reviews[:3], strict=True)
    ]
    more = partial(facade.follow_up, buyer_id=buyers[3], public_id=reviews[3], opinion=GOOD)
    acts += [more, more, lambda: screen_shop(shop_id=cast.bobs.id, around=clock.now())]
    assert arena.race(acts) == {"done": 5, FollowedAlready.code: 1}
    arena.do(signals.drain)
    score = arena.do(lambda: facade.goods_score(cast.cup.goods_id))
    assert (score.counted, score.flagged, score.follow_ups, score.reviews) == (0, 6, 1, 6)
    assert arena.do(lambda: [len(flag.reviews) for flag in facade.flags().items]) == [6]
    assert arena.do(whole)


def test_two_workers_rate_a_shop_once(arena: Arena, cast: Cast) -> None:
    assert arena.race([rate_shops, rate_shops]) == {"done": 2}
    assert arena.do(RatingDay.objects.count) == len((cast.bobs, cast.carols))
