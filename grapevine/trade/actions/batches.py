"""Sending many orders by a file of numbers: tried first, confirmed, then row by row, each once."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.trade import access
from grapevine.trade.actions.shipping import ship_order
from grapevine.trade.contracts import IllegalMove, OrderState
from grapevine.trade.models import Order, Pickup, Shipment, ShippingBatch
from grapevine.trade.parcels import BatchNotFound
from grapevine.trade.queries.toship import left_of
from grapevine.trade.rules import shipfile
from grapevine.trade.rules.carriers import carrier_of

AT_ONCE = 100
"""As many rows are sent while somebody waits; more by the worker."""
A_TURN = 500
CHUNK = 500
Row = dict[str, Any]
SENT = marked("这个订单已经用这个单号发过了")
LEFT = marked("订单不在待发货状态")
UNFOLLOWED = marked("不认识这家快递：能发，没有物流轨迹")
WORDS = {
    "trade.illegal_move": LEFT, "trade.too_many_pieces": marked("选的件数超过了还没发的件数"),
    "trade.order_not_found": marked("没有这个订单"), "trade.is_picked_up": marked("这是自提订单，不用发快递"),
    "bad_input": marked("写上快递公司和单号"),
}  # fmt: skip


def draft(
    *, shop_id: int, actor_id: int, name: str, content: bytes, is_sure: bool = False
) -> ShippingBatch:
    """Read a file and say of each row whether it will be sent or why not; nothing is sent.

    The same file is the same batch: once confirmed it says what became of it. BadFile if it cannot be read.
    """
    digest = hashlib.sha256(content + (b"1" if is_sure else b"0")).hexdigest()
    known = ShippingBatch.objects.filter(shop_id=shop_id, digest=digest).first()
    if known is not None and known.state != "draft":
        return known
    rows = _checked(shop_id, shipfile.read(content), is_sure=is_sure)
    made, _ = ShippingBatch.objects.get_or_create(
        shop_id=shop_id, digest=digest,
        defaults={
            "public_id": new_id(), "actor_id": actor_id, "name": name[:80], "rows": rows,
            "made_at": clock.now(),
        },
    )  # fmt: skip
    ShippingBatch.objects.filter(pk=made.pk, state="draft").update(rows=rows, made_at=clock.now())
    made.refresh_from_db()
    return made


def _checked(shop_id: int, found: Sequence[shipfile.FileRow], *, is_sure: bool) -> list[Row]:
    rows: list[Row] = []
    taken: set[tuple[str, str]] = set()
    for start in range(0, len(found), CHUNK):
        some = found[start : start + CHUNK]
        numbers = sorted({one.number for one in some})
        orders = Order.objects.filter(shop_id=shop_id, number__in=numbers)
        known = dict(orders.values_list("number", "state"))
        fetched = Pickup.objects.filter(order__number__in=list(known))
        picked = set(fetched.values_list("order__number", flat=True))
        sent = set(
            Shipment.objects.filter(order__number__in=list(known)).values_list(
                "order__number", "tracking"
            )
        )
        left = left_of(list(known))
        for one in some:
            state, why = _judged(one, known, picked, sent, left, taken, is_sure=is_sure)
            rows.append({**asdict(one), "state": state, "why": why})
            if state == "ok":
                taken.add((one.number, one.warehouse))
    return rows


def _judged(
    one: shipfile.FileRow, known: Mapping[str, str], picked: set[str], sent: set[tuple[str, str]],
    left: Mapping[str, Mapping[int, tuple[str, Mapping[int, int]]]], taken: set[tuple[str, str]],
    *, is_sure: bool,
) -> tuple[str, str]:  # fmt: skip
    """ok, bad or skip, and why. What is only a look now is decided again when the row is sent."""
    if one.number not in known:
        return "bad", marked("没有这个订单")
    if (one.number, one.tracking) in sent:
        return "skip", SENT
    if one.number in picked:
        return "bad", marked("这是自提订单，不用发快递")
    if known[one.number] != OrderState.PAID:
        return "bad", LEFT
    if not one.carrier or not 4 <= len(one.tracking) <= 40:
        return "bad", marked("写上快递公司和单号")
    carrier = carrier_of(one.carrier)
    if carrier and not is_sure and not carrier.fits(one.tracking):
        return "bad", marked("单号不像这家快递的")
    if any(number == one.number and "" in (place, one.warehouse) for number, place in taken) or (
        (one.number, one.warehouse) in taken
    ):
        return "bad", marked("同一个订单在文件里出现了两次")
    names = [name for name, _ in left.get(one.number, {}).values()]
    if one.warehouse and one.warehouse not in names:
        return "bad", marked("这个仓库没有要发的")
    if not one.warehouse and len(names) > 1:
        return "bad", marked("从几个仓库发，要写上仓库")
    return "ok", "" if carrier else UNFOLLOWED


def confirm(*, shop_id: int, public_id: str, actor_id: int) -> ShippingBatch:
    """Send what the dry run found good. Again is fine: what was sent stays sent once."""
    row = batch_of(shop_id, public_id)
    with transaction.atomic():
        mine = ShippingBatch.objects.filter(pk=row.pk, state="draft")
        if mine.update(state="confirmed", actor_id=actor_id):
            guard.audit(
                actor_id=actor_id, action="trade.ship_by_file", object=f"batch:{public_id}", shop_id=shop_id,
                after=dict(Counter(one["state"] for one in row.rows)),
            )  # fmt: skip
    if sum(one["state"] == "ok" for one in row.rows) <= AT_ONCE:
        _go_on(row.pk, AT_ONCE)
    row.refresh_from_db()
    return row


def batch_of(shop_id: int, public_id: str) -> ShippingBatch:
    row = ShippingBatch.objects.filter(shop_id=shop_id, public_id=public_id).first()
    if row is None:
        raise BatchNotFound(public_id)
    return row


def run_batches() -> int:
    """Go on with the oldest confirmed file, a few hundred rows a turn; how many were sent."""
    row = ShippingBatch.objects.filter(state="confirmed").order_by("id").first()
    return _go_on(row.pk, A_TURN) if row else 0


def _go_on(pk: int, most: int) -> int:
    """Send the next rows, each in a transaction of its own, then write down what became of them.

    A crash between the two is repaired by doing them again: a row finds its parcel there and lets it be.
    """
    row = ShippingBatch.objects.get(pk=pk)
    if row.state != "confirmed":
        return 0
    rows: list[Row] = row.rows
    due = [one for one in rows if one["state"] == "ok"]
    sent = 0
    for one in due[:most]:
        one["state"], one["why"] = _sent(row.shop_id, row.actor_id, one)
        sent += one["state"] == "done"
    over = len(due) <= most
    ShippingBatch.objects.filter(pk=pk, state="confirmed").update(
        rows=rows, **({"state": "done", "done_at": clock.now()} if over else {})
    )
    return sent


def _sent(shop_id: int, actor_id: int, one: Row) -> tuple[str, str]:
    try:
        with transaction.atomic():
            order = access.order_of_shop(shop_id, one["number"], lock=True)
            if Shipment.objects.filter(order=order, tracking=one["tracking"]).exists():
                return "done", ""
            ship_order(
                shop_id=shop_id, number=one["number"], carrier=one["carrier"],
                tracking=one["tracking"], actor_id=actor_id,
                warehouse_id=_place(one["number"], one["warehouse"]),
            )  # fmt: skip
    except DomainError as error:
        return "failed", WORDS.get(error.code, error.message)
    return "done", "" if carrier_of(one["carrier"]) else UNFOLLOWED


def _place(number: str, name: str) -> int | None:
    """The warehouse of that name which has something left; the only one without a name."""
    left = left_of([number]).get(number, {})
    if not name:
        if len(left) > 1:
            raise IllegalMove(number)
        return None
    place = next((pk for pk, (own, _) in left.items() if own == name), None)
    if place is None:
        raise IllegalMove(number)
    return place
