"""Fifty people at once for the seats of one group, each on a database connection of their own.

They race in a copy of the test database: what is committed there cannot be taken back in place, because the
ledger refuses to be emptied.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from grapevine.campaigns.contracts import GroupFull
from grapevine.campaigns.models import Group, Seat
from grapevine.campaigns.tests.cast import Cast, gather, joins, opens, sign_up
from grapevine.kit.tests.racing import alone, own_database

JOINERS = 50


def led_group() -> tuple[Cast, str, list[int]]:
    cast = gather(size=5)
    group = opens(cast, cast.alice).group_public_id
    return cast, group, [sign_up(f"joiner{n}") for n in range(JOINERS)]


def one_joiner(cast: Cast, person_id: int, group: str, gate: Barrier) -> str:
    gate.wait(30)
    try:
        joins(cast, person_id, group)
    except GroupFull:
        return "full"
    return "seated"


def facts() -> tuple[int, int, int]:
    group = Group.objects.get()
    return group.paid, group.held, Seat.objects.filter(state="held").count()


@pytest.mark.usefixtures("django_db_setup")
def test_fifty_at_once_fill_exactly_the_seats_there_are(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    gate = Barrier(JOINERS)
    with django_db_blocker.unblock(), own_database(tmp_path), ThreadPoolExecutor(JOINERS) as pool:
        cast, group, people = pool.submit(alone, led_group).result()
        asked = [pool.submit(alone, one_joiner, cast, one, group, gate) for one in people]
        told = Counter(one.result(timeout=60) for one in asked)
        assert pool.submit(alone, facts).result() == (0, 5, 5)
    assert told == {"seated": 4, "full": 46}
