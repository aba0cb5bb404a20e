"""Shops on a database of their own, for every test here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from tests.simulation.database import own_database
from tests.simulation.history import Shops


@pytest.fixture(scope="module")
def shops(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shops]:  # noqa: ARG001
    with django_db_blocker.unblock(), _test_database(), own_database() as fresh:
        yield Shops(fresh)


@contextmanager
def _test_database() -> Iterator[None]:
    """The one there is, or one for the occasion: it is made for tests that are marked alone."""
    creation: Any = connection.creation
    if connection.settings_dict["NAME"] == creation._get_test_db_name():
        yield
        return
    made = setup_databases(verbosity=0, interactive=False, aliases={"default": None})
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)
