"""One house for all tests of a process; each test gets a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashes.house import House, copied, nursery, prepared
from tests.crashes.till import Till

Scene = tuple[House, Till]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with prepared(tmp_path_factory.mktemp("house")) as house:
        yield house
    nursery().close()
    nursery.cache_clear()


@pytest.fixture
def scene(template: House, tmp_path: Path) -> Iterator[Scene]:
    with copied(template, tmp_path) as made:
        yield made
