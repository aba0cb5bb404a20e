"""When a line was placed, and indexes of what grows with every order: filled and built while orders are placed."""

from typing import Any

from django.db import migrations, models

from grapevine.kit.indexing import BuildIndex

BATCH = 20_000
DATE_LINES = """
UPDATE trade_line SET placed_at = (SELECT placed_at FROM trade_order WHERE trade_order.id = trade_line.order_id)
WHERE id > %s AND id <= %s AND placed_at IS NULL
"""


def date_lines(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Some lines at a time, each time committed, so that nobody waits long for one of them."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM trade_line")
        last = cursor.fetchone()[0]
        for first in range(0, last, BATCH):
            cursor.execute(DATE_LINES, [first, first + BATCH])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("trade", "0016_payers_and_lines_of_goods"),
    ]

    operations = [
        migrations.RunPython(date_lines, migrations.RunPython.noop),
        BuildIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "closed"])),
                fields=["started_at"],
                name="trade_attempts_given_up",
            ),
        ),
        BuildIndex(
            model_name="providerevent",
            index=models.Index(fields=["at"], name="trade_events_by_moment"),
        ),
        BuildIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("state", "failed")), fields=["id"], name="trade_refund_failed"
            ),
        ),
        BuildIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("state", "done")), fields=["done_at"], name="trade_refund_done"
            ),
        ),
        BuildIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "shipped")),
                fields=["delivered_at"],
                name="trade_orders_delivered",
            ),
        ),
        BuildIndex(
            model_name="shipment",
            index=models.Index(fields=["carrier_code", "tracking"], name="trade_parcels_by_number"),
        ),
        BuildIndex(
            model_name="shipment",
            index=models.Index(
                condition=models.Q(("delivered_at", None), ("returned_at", None)),
                fields=["asked_at"],
                name="trade_parcels_under_way",
            ),
        ),
        BuildIndex(
            model_name="line",
            index=models.Index(
                fields=["goods_id", "-placed_at", "-order"], name="trade_lines_of_goods"
            ),
        ),
    ]
