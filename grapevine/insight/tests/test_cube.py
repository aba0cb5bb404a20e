"""The cube: built from the log and from trade, equal to both, for each shop alone."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from grapevine.insight import cubing, lake
from grapevine.insight.measures import ASPECTS
from grapevine.insight.models import CELLS
from grapevine.trade.tests import cast as cast_

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 10)
NOON = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)


def row(name: str, verb: str = "view", *, at: datetime = NOON, **columns: Any) -> dict[str, Any]:
    return {"id": name, "ts": at.isoformat(), "verb": verb, "shop_id": 1, **columns}


def test_thin() -> None:
    cast = cast_.gather()
    lake.write(
        [row("v1", visitor_id="a"), row("v2", visitor_id="b", channel="search", region="广东省")]
    )
    cast_.paid(cast, (cast.cup, 2))
    built = cubing.build()
    for name in ASPECTS:
        print(name, list(CELLS[name].objects.values()))
    assert cubing.build().days == []
