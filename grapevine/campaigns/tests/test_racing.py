"""Fifty people at once for the seats of one group, each on a database connection of their own.

They race in a copy of the test database: what is committed there cannot be taken back in place, because the
ledger refuses to be emptied.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from grapevine.campaigns.contracts import GroupFull
from grapevine.campaigns.models import Group, Seat
from grapevine.campaigns.tests.cast import Cast, gather, joins, opens, sign_up

JOINERS = 50


@contextmanager
def own_database(folder: Path) -> Iterator[None]:
    """New connections of this process go to a fresh copy of the test database."""
    name = connection.settings_dict["NAME"]
    lite = connection.vendor == "sqlite"
    copy = str(folder / "race.sqlite3") if lite else f"{name}_race"
    if lite:
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as file:
            connection.connection.backup(file)
            file.execute("PRAGMA journal_mode=WAL")
    else:
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        connection.settings_dict["NAME"] = name
        if not lite:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{copy}"')


def alone(function: Callable[..., Any], *args: Any) -> Any:
    """Run in a thread of the pool and leave no connection behind."""
    try:
        return function(*args)
    finally:
        connection.close()


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
