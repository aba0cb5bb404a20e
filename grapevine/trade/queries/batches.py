"""Reads of files of parcel numbers."""

from collections import Counter

from grapevine.trade.models import ShippingBatch
from grapevine.trade.parcels import BatchNotFound, BatchView, RowView


def view_of(row: ShippingBatch) -> BatchView:
    rows = tuple(
        RowView(
            one["row"], one["number"], one["carrier"], one["tracking"], one["warehouse"],
            one["state"], one["why"],
        )
        for one in row.rows
    )  # fmt: skip
    counts = dict(Counter(one.state for one in rows))
    return BatchView(row.public_id, row.name, row.state, row.made_at, counts, rows)


def batch(shop_id: int, public_id: str) -> BatchView:
    row = ShippingBatch.objects.filter(shop_id=shop_id, public_id=public_id).first()
    if row is None:
        raise BatchNotFound(public_id)
    return view_of(row)


def batches(shop_id: int, limit: int = 10) -> list[BatchView]:
    """The newest files of a shop."""
    rows = ShippingBatch.objects.filter(shop_id=shop_id).order_by("-id")
    return [view_of(row) for row in rows[:limit]]
