"""The statements behind member prices: checkout runs the first one in every quote."""

SPENT = (
    "COALESCE((SELECT CAST(SUM(p.amount_minor) AS BIGINT) FROM loyalty_purchase p"
    " WHERE p.person_id = {person} AND p.shop_id = {shop} AND p.at > %s), 0)"
)
JOINED = (
    f"SELECT l.shop_id, {SPENT.format(person='m.person_id', shop='m.shop_id')},"
    " l.name, l.threshold_minor, l.rate_bps"
    " FROM loyalty_member m JOIN loyalty_level l ON l.shop_id = m.shop_id"
    " WHERE m.person_id = %s AND m.shop_id IN ({}) ORDER BY l.shop_id, l.rank"
)
LEVELS = "SELECT name, threshold_minor, rate_bps FROM loyalty_level WHERE shop_id = %s ORDER BY rank"
STANDING = (
    "SELECT (SELECT COUNT(*) FROM loyalty_member m WHERE m.person_id = %s AND m.shop_id = %s),"
    f" {SPENT.format(person='%s', shop='%s')}"
)
EXCLUDED = "SELECT goods_id FROM loyalty_exclusion WHERE goods_id IN ({})"
