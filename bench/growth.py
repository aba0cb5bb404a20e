"""What a long past costs: the same measurement on a thousand old orders and on a million."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

BATCH = 100_000
PAST = (
    """INSERT INTO trade_payment (number, buyer_id, key, state, method, total_minor, currency, expires_at, paid_at)
SELECT 'p' || n, 1 + n % 50, 'past-' || n, 'paid', 'sandbox', 1000, 'CNY', now() - interval '1 day', now()
FROM generate_series({0}, {1}) n""",
    """INSERT INTO trade_order (number, payment_id, buyer_id, shop_id, shop_name, state, goods_minor, discount_minor,
  shipping_minor, subsidy_minor, total_minor, currency, offers, message, waits, claim, source, address, region,
  placed_at, paid_at)
SELECT 'o' || substr(p.number, 2), p.id, p.buyer_id, {2} + p.id % 10, '店', 'completed', 1000, 0, 0, 0, 1000, 'CNY',
  '[]', '', false, '', '{{}}', '', '广东省', now() - interval '30 days', now() - interval '30 days'
FROM trade_payment p WHERE p.number IN (SELECT 'p' || n FROM generate_series({0}, {1}) n)""",
    """INSERT INTO trade_line (order_id, sku_id, goods_id, goods_public_id, title, option, count, price_minor,
  discount_minor, subsidy_minor, cuts, placed_at)
SELECT o.id, {3} + o.id % 1000, {3} + o.id % 1000, 'g', '商品', '', 1, 1000, 0, 0, '[]', o.placed_at
FROM trade_order o WHERE o.number IN (SELECT 'o' || n FROM generate_series({0}, {1}) n)""",
    """INSERT INTO trade_orderstep (order_id, state, at, actor, reason)
SELECT o.id, 'completed', now(), 'system', ''
FROM trade_order o WHERE o.number IN (SELECT 'o' || n FROM generate_series({0}, {1}) n)""",
    """INSERT INTO trade_attempt (number, payment_id, method, way, state, url, qr, params, started_at)
SELECT p.number || '-1', p.id, 'sandbox', '', 'paid', '', '', '{{}}', now()
FROM trade_payment p WHERE p.number IN (SELECT 'p' || n FROM generate_series({0}, {1}) n)""",
    """INSERT INTO trade_providerevent (provider, event_id, payment_id, transaction_id, kind, at)
SELECT 'sandbox', 'e' || p.number, p.id, '', 'paid', now()
FROM trade_payment p WHERE p.number IN (SELECT 'p' || n FROM generate_series({0}, {1}) n)""",
    """INSERT INTO goods_stockhold (reference, sku_id, stock_id, count, state, until)
SELECT 'o' || n, {3} + n % 1000, {4} + n % 1000, 1, 'sold', now() FROM generate_series({0}, {1}) n""",
    """INSERT INTO goods_stockmovement (sku_id, warehouse_id, at, reason, reference, free, held, sold)
SELECT {3} + n % 1000, {5}, now(), 'sold', 'o' || n, 0, -1, 1 FROM generate_series({0}, {1}) n""",
    """INSERT INTO signals_outboxevent (name, payload, created_at, done_at, attempts, last_error)
SELECT 'trade.order_paid', '{{}}', now(), now(), 0, '' FROM generate_series({0}, {1}) n""",
    """INSERT INTO ledger_accountrow (owner, kind, currency, stripe, balance_minor)
SELECT 'order:o' || n, 'escrow', 'CNY', 0, 0 FROM generate_series({0}, {1}) n""",
    """INSERT INTO ledger_postingrow (key, kind, reference, currency, digest, at, written_at)
SELECT 'capture:p' || n, 'capture', 'p' || n, 'CNY', '', now(), now() FROM generate_series({0}, {1}) n""",
    """INSERT INTO ledger_transfer (posting_id, debit_id, credit_id, amount_minor)
SELECT p.id, {6}, a.id, 1000 FROM ledger_postingrow p
JOIN ledger_accountrow a ON a.owner = 'order:o' || substr(p.reference, 2) AND a.kind = 'escrow'
WHERE p.reference IN (SELECT 'p' || n FROM generate_series({0}, {1}) n)""",
)


def before_and_after(past: int, measure: Callable[[], float]) -> tuple[float, float]:
    """`measure` with about a thousand past orders, and with `past` of them."""
    _grow(1, 1000)
    small = measure()
    for start in range(1001, past + 1, BATCH):
        _grow(start, min(past, start + BATCH - 1))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return small, measure()


def _grow(first: int, last: int) -> None:
    """Past orders in every table an order leaves rows in. Checks and triggers are for the living: off here."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        known = [
            _one(cursor, query)
            for query in (
                "SELECT MIN(id) FROM goods_shop", "SELECT MIN(id) FROM goods_sku",
                "SELECT MIN(id) FROM goods_stock", "SELECT MIN(id) FROM goods_warehouse",
                "SELECT MIN(id) FROM ledger_accountrow",
            )
        ]  # fmt: skip
        for statement in PAST:
            cursor.execute(statement.format(first, last, *known))


def _one(cursor: Any, query: str) -> int:
    cursor.execute(query)
    found: int = cursor.fetchone()[0]
    return found
