"""Fifty people at once for the seats of one group, each on a database connection of their own."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from grapevine.campaigns.contracts import GroupFull
from grapevine.campaigns.models import Group, Seat
from grapevine.campaigns.tests.cast import Cast, gather, joins, opens, sign_up

JOINERS = 50


@contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """SQLite in memory is one connection's; threads meet in a file, as they do in a shop."""
    if connection.vendor != "sqlite":
        yield
        return
    memory, file = connection.settings_dict["NAME"], folder / "race.sqlite3"
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    connection.settings_dict["NAME"] = str(file)
    try:
        yield
    finally:
        connection.settings_dict["NAME"] = memory


def one_joiner(cast: Cast, person_id: int, group: str, gate: Barrier) -> str:
    try:
        gate.wait(30)
        joins(cast, person_id, group)
    except GroupFull:
        return "full"
    else:
        return "seated"
    finally:
        connection.close()


def facts() -> tuple[int, int, int]:
    try:
        group = Group.objects.get()
        return group.paid, group.held, Seat.objects.filter(state="held").count()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_fill_exactly_the_seats_there_are(tmp_path: Path) -> None:
    cast = gather(size=5)
    lead = opens(cast, cast.alice)
    people = [sign_up(f"joiner{n}") for n in range(JOINERS)]
    gate = Barrier(JOINERS)
    with on_disk(tmp_path), ThreadPoolExecutor(JOINERS) as pool:
        asked = [
            pool.submit(one_joiner, cast, person, lead.group_public_id, gate) for person in people
        ]
        told = Counter(one.result(timeout=60) for one in asked)
        assert pool.submit(facts).result() == (0, 5, 5)
    assert told == {"seated": 4, "full": 46}
