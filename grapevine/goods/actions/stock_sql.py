"""The statements of the counter. `actions.stock` is their only reader; both databases run them."""

PLACES = """
SELECT stock.id, stock.sku_id, stock.warehouse_id, stock.free, place.priority, place.province, stock.bucket,
       CASE WHEN sku.is_hot THEN sku.code ELSE '' END, place.is_active
FROM goods_stock stock
JOIN goods_warehouse place ON place.id = stock.warehouse_id
JOIN goods_sku sku ON sku.id = stock.sku_id
WHERE stock.sku_id IN ({})
"""
TAKE = """
UPDATE goods_stock SET free = free - %s, held = held + %s WHERE id = %s AND free >= %s
RETURNING id, warehouse_id
"""
TAKE_UNLOCKED = """
UPDATE goods_stock SET free = free - %s, held = held + %s
WHERE id = (
  SELECT id FROM goods_stock WHERE id IN ({}) AND free >= %s
  ORDER BY (bucket + %s) %% 16 LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, warehouse_id
"""
"""PostgreSQL only: any of these rows that nobody is taking from at this moment."""
LOCK = """
SELECT id FROM goods_stock WHERE sku_id IN ({}) ORDER BY sku_id, id FOR NO KEY UPDATE
"""
"""PostgreSQL only: SQLite's transactions are alone from their beginning."""
END = """
UPDATE goods_stockhold SET state = %s WHERE state = %s AND reference IN ({}) {}
RETURNING reference, sku_id, stock_id, count
"""
BUT_GONE = "AND id NOT IN ({})"
MOVE = """
UPDATE goods_stock SET free = free + %s, held = held + %s, sold = sold + %s WHERE id = %s
RETURNING warehouse_id
"""
HOLD_COLUMNS = "reference, sku_id, stock_id, count, state, until"
JOURNAL_COLUMNS = "sku_id, warehouse_id, at, reason, reference, free, held, sold"
