"""The statements of placing an order; imports of orders write the same columns. Both databases run them."""

PAYMENT_COLUMNS = "number, buyer_id, key, state, method, total_minor, currency, expires_at"
PAYMENT_ENDING = "ON CONFLICT (buyer_id, key) DO NOTHING RETURNING id"
ORDER_COLUMNS = (
    "number, payment_id, buyer_id, shop_id, shop_name, state, goods_minor, discount_minor, shipping_minor, "
    "subsidy_minor, total_minor, currency, offers, message, waits, claim, source, address, region, city, placed_at"
)
ORDER_ENDING = "RETURNING number, id"
LINE_COLUMNS = (
    "order_id, sku_id, goods_id, goods_public_id, title, option, count, price_minor, discount_minor, "
    "subsidy_minor, cuts, returns, returns_confirmed, placed_at"
)
STEP_COLUMNS = "order_id, state, at, actor, actor_id, reason"
ATTEMPT_COLUMNS = "number, payment_id, method, way, state, url, qr, params, started_at"
LIMIT = """
INSERT INTO trade_limituse (buyer_id, goods_id, count) VALUES (%s, %s, %s)
ON CONFLICT (buyer_id, goods_id) DO UPDATE SET count = trade_limituse.count + EXCLUDED.count
WHERE trade_limituse.count + EXCLUDED.count <= %s
RETURNING count
"""
LIMIT_BACK = "UPDATE trade_limituse SET count = count - %s WHERE buyer_id = %s AND goods_id = %s AND count >= %s"
OUT_OF_CART = "DELETE FROM trade_cartrow WHERE buyer_id = %s AND sku_id IN ({})"
