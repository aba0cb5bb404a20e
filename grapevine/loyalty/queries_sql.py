"""The statements behind member prices: checkout runs the first one in every quote."""

JOINED = """
SELECT l.shop_id,
    COALESCE((SELECT CAST(SUM(p.amount_minor) AS BIGINT) FROM loyalty_purchase p
        WHERE p.person_id = m.person_id AND p.shop_id = m.shop_id AND p.at > %s), 0),
    l.name, l.threshold_minor, l.rate_bps
FROM loyalty_member m JOIN loyalty_level l ON l.shop_id = m.shop_id
WHERE m.person_id = %s AND m.shop_id IN ({}) ORDER BY l.shop_id, l.rank
"""
LEVELS = (
    "SELECT name, threshold_minor, rate_bps FROM loyalty_level WHERE shop_id = %s ORDER BY rank"
)
STANDING = """
SELECT (SELECT COUNT(*) FROM loyalty_member m WHERE m.person_id = %s AND m.shop_id = %s),
    COALESCE((SELECT CAST(SUM(p.amount_minor) AS BIGINT) FROM loyalty_purchase p
        WHERE p.person_id = %s AND p.shop_id = %s AND p.at > %s), 0)
"""
EXCLUDED = "SELECT goods_id FROM loyalty_exclusion WHERE goods_id IN ({})"
