"""Fixtures for every test: a home of its own, no sockets but loopback, an empty clock."""

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import translation

from tools import pristine

# A busy machine is no failure.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

_connect = socket.socket.connect
_DATABASES = {"db", "transactional_db", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long walks begin first, so that no worker ends alone. On PostgreSQL only what touches the database is tried, and no long
    walk: their parts are tried there one by one, and the rest would say twice what it said on SQLite."""
    from django.db import connection

    items.sort(key=_is_walk, reverse=True)
    if connection.vendor != "sqlite":
        config.hook.pytest_deselected(items=[item for item in items if not _is_for_both(item)])
        items[:] = [item for item in items if _is_for_both(item)]


def _is_walk(item: pytest.Item) -> bool:
    return item.get_closest_marker("walk") is not None


def _is_for_both(item: pytest.Item) -> bool:
    return _touches_database(item) and not _is_walk(item)


def _touches_database(item: pytest.Item) -> bool:
    known = set(getattr(item, "fixturenames", ()))
    own = any(item.get_closest_marker(name) for name in ("django_db", "race", "crash", "journey"))
    return own or bool(known & _DATABASES)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # noqa: ARG001  gives each worker a name of its own
) -> Iterator[None]:
    """Databases of tests are copies of one that was brought up to date before."""
    from django.db import connection

    test = connection.settings_dict["TEST"]
    test["MIGRATE"] = False
    if connection.vendor != "sqlite":
        test["TEMPLATE"] = pristine.postgres(os.environ["DATABASE_URL"])
        yield
        return
    memory = connection.creation._get_test_db_name()  # type: ignore[attr-defined]  # a name others can open
    with (
        closing(sqlite3.connect(memory, uri=True)) as held,
        closing(sqlite3.connect(pristine.sqlite())) as file,
    ):
        file.backup(held)
        yield


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "unix"
        if host not in {"127.0.0.1", "::1", "localhost", "unix"}:
            raise AssertionError(f"a test reached out to {address}")
        _connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, settings: object) -> Iterator[None]:
    """Files of one test never meet another's, and its spool segment is closed after it."""
    from grapevine.guard.rates import buckets
    from grapevine.kit.memory import forget_all
    from grapevine.signals import facade as signals, intake

    for memory in (buckets, intake.buckets, intake.recent):
        memory.forget()
    forget_all()
    for name in ("SPOOL_DIR", "LAKE_DIR", "ARTIFACT_DIR", "MEDIA_ROOT"):
        setattr(settings, name, tmp_path / name.lower())
    settings.SHOP_REVIEW = settings.LISTING_REVIEW = "off"  # type: ignore[attr-defined]  # tests of reviews turn them on
    settings.EXPLORE_SHOWINGS = 0  # type: ignore[attr-defined]  # notes on trial are drawn by chance: tests of trials turn them on
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    yield
    signals.seal()


@pytest.fixture(autouse=True)
def _own_language(settings: object) -> None:
    """A page that was asked for in English leaves its language to the thread, and not to the next test."""
    translation.activate(settings.LANGUAGE_CODE)  # type: ignore[attr-defined]  # the settings fixture has no types


@pytest.fixture
def one_connection() -> Iterator[None]:
    """For requests sent straight to the web process: its end of a request drops a connection that is not in autocommit,
    and the test's transaction lives on that one. Django's own test client does the same.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
