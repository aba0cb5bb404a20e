"""Orders to send, files of numbers, and a tracker on loopback, for tests of fulfilment."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from grapevine.kit import clock
from grapevine.trade.actions import shipping
from grapevine.trade.carriers.kuaidi100.fake import FakeKuaidi100
from grapevine.trade.models import Line, Order, Shipment
from grapevine.trade.queries import toship
from grapevine.trade.tests.cast import Cast

NUMBER = "SF1234567890123"


def send_piece(cast: Cast, number: str, count: int = 1, tracking: str = NUMBER, **more: Any) -> int:
    """Send pieces of an order's first line from the first warehouse that has some."""
    order = Order.objects.get(number=number)
    line = Line.objects.filter(order=order).order_by("id")[0]
    place = next(iter(shipping.waiting_pieces(order)))
    return shipping.ship_parcel(
        shop_id=order.shop_id, number=number, warehouse_id=place, pieces={line.pk: count},
        carrier="顺丰", tracking=tracking, actor_id=cast.bob, **more,
    )  # fmt: skip


def left(cast: Cast, number: str) -> int:
    found = toship.waiting_order(cast.bobs.id, number)
    return found.pieces if found else 0


def csv_of(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([("订单号", "仓库", "快递公司", "快递单号"), *rows])
    return out.getvalue().encode(encoding)


@contextmanager
def fake_tracker(settings: Any) -> Iterator[FakeKuaidi100]:
    """The fake, running, and our settings led to it. It pushes nowhere unless told to."""
    fake, config = FakeKuaidi100.paired()
    settings.KUAIDI100 = asdict(config)
    fake.start()
    try:
        yield fake
    finally:
        fake.stop()


def parcel(number: str) -> Shipment:
    return Shipment.objects.filter(order__number=number).order_by("id")[0]


def hours_ago(hours: float) -> datetime:
    """In whole seconds, as scans are told."""
    return (clock.now() - timedelta(hours=hours)).replace(microsecond=0)
