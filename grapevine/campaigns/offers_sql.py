"""The statements of quoting and placing. `offers` and `actions.redeeming` are their only readers; both databases run them."""

STANDING = """
SELECT 'flash' AS kind, sale.public_id, '' AS title, sale.shop_id, sale.sku_id AS a, sale.price_minor AS b,
       CAST((SELECT COALESCE(SUM(share.free), 0) FROM campaigns_flashshare share WHERE share.sale_id = sale.id)
            AS bigint) AS c,
       sale.per_person - COALESCE((SELECT taken.count FROM campaigns_flashcount taken
            WHERE taken.sale_id = sale.id AND taken.person_id = %s), 0) AS d,
       '' AS tiers, '' AS scope
FROM campaigns_flashsale sale
WHERE sale.sku_id IN ({skus}) AND sale.stopped_at IS NULL AND sale.starts_at <= %s AND sale.ends_at > %s
UNION ALL
SELECT * FROM (
  SELECT 'reduction', public_id, title, shop_id, 0, 0, 0, 0, CAST(tiers AS text), CAST(scope AS text)
  FROM campaigns_reduction
  WHERE shop_id IN ({shops}) AND stopped_at IS NULL AND starts_at <= %s AND ends_at > %s
  ORDER BY id LIMIT 200) reductions
UNION ALL
SELECT * FROM (
  SELECT 'coupon', coupon.public_id, plan.title, plan.shop_id, plan.rate_bps, plan.worth_minor,
         plan.threshold_minor, 0, '', CAST(plan.scope AS text)
  FROM campaigns_coupon coupon JOIN campaigns_couponplan plan ON plan.id = coupon.plan_id
  WHERE coupon.person_id = %s AND coupon.state = 'held' AND coupon.until > %s
    AND plan.starts_at <= %s AND plan.shop_id IN ({shops}, 0)
  ORDER BY coupon.until, coupon.id LIMIT {most}) coupons
"""
"""Everything a purchase may be offered, in one look-up of three indexes: of the coupons those that end first."""
NAMED = """
UNION ALL
SELECT 'coupon', coupon.public_id, plan.title, plan.shop_id, plan.rate_bps, plan.worth_minor,
       plan.threshold_minor, 0, '', CAST(plan.scope AS text)
FROM campaigns_coupon coupon JOIN campaigns_couponplan plan ON plan.id = coupon.plan_id
WHERE coupon.public_id IN ({named}) AND coupon.person_id = %s AND coupon.state = 'held' AND coupon.until > %s
  AND plan.starts_at <= %s AND plan.shop_id IN ({shops}, 0)
"""
"""And those the buyer picked, however late they end."""

USE_COUPON = """
UPDATE campaigns_coupon SET state = 'used', payment_number = %s, orders = %s, amount_minor = %s, used_at = %s
WHERE public_id = %s AND person_id = %s AND state = 'held' AND until > %s
"""
COUNT_FLASH = """
INSERT INTO campaigns_flashcount (sale_id, person_id, count)
SELECT id, %s, %s FROM campaigns_flashsale
WHERE public_id = %s AND stopped_at IS NULL AND ends_at > %s AND per_person >= %s
ON CONFLICT (sale_id, person_id) DO UPDATE SET count = campaigns_flashcount.count + EXCLUDED.count
WHERE campaigns_flashcount.count + EXCLUDED.count
      <= (SELECT per_person FROM campaigns_flashsale WHERE id = EXCLUDED.sale_id)
RETURNING sale_id
"""
TAKE_UNLOCKED = """
UPDATE campaigns_flashshare SET free = free - %s
WHERE id = (
  SELECT id FROM campaigns_flashshare WHERE sale_id = %s AND free >= %s
  ORDER BY (bucket + %s) %% 16 LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""
"""PostgreSQL only: any share that nobody is taking from at this moment."""
SHARES = "SELECT id, free FROM campaigns_flashshare WHERE sale_id = %s AND free > 0 ORDER BY id"
LOCKED_SHARES = f"{SHARES} FOR NO KEY UPDATE"
TAKE = "UPDATE campaigns_flashshare SET free = free - %s WHERE id = %s AND free >= %s"
USE_COLUMNS = "sale_id, share_id, order_number, person_id, count, is_returned"
"""Of `campaigns_flashuse`."""
RETURN = """
UPDATE campaigns_flashuse SET is_returned = %s WHERE order_number = %s AND NOT is_returned
RETURNING sale_id, share_id, person_id, count
"""
UNCOUNT = """
UPDATE campaigns_flashcount SET count = count - %s WHERE sale_id = %s AND person_id = %s AND count >= %s
"""
GIVE_SHARE = "UPDATE campaigns_flashshare SET free = free + %s WHERE id = %s"
