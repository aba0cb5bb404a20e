"""The statements of a payment that arrived. `actions.paying` is their only reader; both databases run them."""

ATTEMPT = """
SELECT attempt.id, attempt.method, payment.id, payment.number, payment.total_minor,
       payment.currency
FROM trade_attempt attempt JOIN trade_payment payment ON payment.id = attempt.payment_id
WHERE attempt.number = %s
"""
EVENT_COLUMNS = "provider, event_id, payment_id, attempt_id, transaction_id, kind, at"
EVENT_ENDING = "ON CONFLICT (provider, event_id) DO NOTHING RETURNING id"
EVENT_OF = "SELECT attempt_id FROM trade_providerevent WHERE provider = %s AND event_id = %s"
ATTEMPT_PAID = "UPDATE trade_attempt SET state = 'paid' WHERE id = %s AND state <> 'paid'"
PAYMENT_PAID = """
UPDATE trade_payment SET state = 'paid', paid_at = %s, method = %s, failed_at = NULL
WHERE id = %s AND state = 'pending'
"""
ORDERS_PAID = """
UPDATE trade_order SET state = CASE WHEN waits THEN 'waiting' ELSE 'paid' END, paid_at = %s
WHERE payment_id = %s AND state = 'pending'
RETURNING id, number, buyer_id, shop_id, state, total_minor, subsidy_minor, currency, source, claim, region, offers,
    (SELECT {} FROM trade_line line WHERE line.order_id = trade_order.id)
"""
LINES = {
    "postgresql": "json_agg(json_build_array(line.goods_id, line.count))::text",
    "sqlite": "json_group_array(json_array(line.goods_id, line.count))",
}
"""An order's lines as JSON: goods and pieces."""
