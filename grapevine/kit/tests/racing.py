"""Races of threads in tests: a database of their own to meet in."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection


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
