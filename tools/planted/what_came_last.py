"""Faults in selling for another shop, in juries, in cases opened again and in settling what went back in part."""

from tools.planted.fault import SETTLEMENT, Fault, by_tests

POOL = "grapevine/trade/tests/test_pool.py"
POOL_RULES = "grapevine/trade/tests/test_pool_rules.py"
POOL_TERMS = "grapevine/goods/tests/test_pool.py"
JURIES = "tests/cases/test_juries.py"
STANDING = "grapevine/trade/tests/test_standing.py"
PARTS = "grapevine/spread/tests/test_parts.py"

WHAT_CAME_LAST: tuple[Fault, ...] = (
    # Selling for another shop.
    Fault(
        "pool-most",
        "selling for another shop earns more than half of what a line brings",
        "grapevine/trade/rules/pool.py",
        "    return max(0, min(whole, share_bps(base_minor, POOL_MOST_BPS)))\n",
        "    return max(0, whole)\n",
        by_tests(POOL_RULES, "within_half"),
    ),
    Fault(
        "pool-own-cut",
        "what a shop gives up to sell for less costs the supplier",
        "grapevine/trade/rules/pool.py",
        "share_bps(base_minor + own_cut_minor, rate_bps) - own_cut_minor",
        "share_bps(base_minor + own_cut_minor, rate_bps)",
        by_tests(POOL_RULES, "within_half"),
    ),
    Fault(
        "pool-part-kept",
        "what a shop earned for another stays when the pieces go back",
        "grapevine/trade/actions/moving.py",
        "    give_back_pool(order, key)\n",
        "",
        by_tests(POOL, "takes_its_part_along"),
    ),
    Fault(
        "pool-floor",
        "goods of the pool are sold under their floor",
        "grapevine/goods/rules/pool.py",
        "    return max(min(floor_minor, list_minor), list_minor - share_bps(list_minor, off_bps))\n",
        "    return list_minor - share_bps(list_minor, off_bps)\n",
        by_tests(POOL_TERMS, "price_its_floor"),
    ),
    Fault(
        "pool-worse-terms",
        "a pick goes on though it may be sold less low",
        "grapevine/goods/rules/pool.py",
        "        or now[sku].floor_minor > one.floor_minor\n",
        "",
        by_tests(POOL_TERMS, "higher_floor"),
    ),
    # Juries.
    Fault(
        "juror-tied",
        "who is tied to the buyer sits on the jury",
        "grapevine/cases/rules/eligibility.py",
        "    found = set(facts.relations)\n",
        '    found = set(facts.relations) - {"tie"}\n',
        by_tests(JURIES, "the_related"),
    ),
    Fault(
        "juror-tied-since",
        "who got tied to a side after the draw still votes",
        "grapevine/cases/actions/juries.py",
        "    why = _against(facts, now)\n",
        '    why = ""\n',
        by_tests(JURIES, "the_related"),
    ),
    Fault(
        "jury-votes-again",
        "a juror's second vote replaces the first",
        "grapevine/cases/actions/juries.py",
        'Juror.objects.filter(jury=jury, person_id=person_id, vote="")',
        "Juror.objects.filter(jury=jury, person_id=person_id)",
        by_tests(JURIES, "votes_once"),
    ),
    Fault(
        "jury-quorum",
        "two votes of seven are a verdict",
        "grapevine/cases/rules/eligibility.py",
        "    if buyer + shop < quorum or buyer == shop:\n",
        "    if buyer == shop:\n",
        by_tests("grapevine/cases/tests/test_rules.py", "quorum"),
    ),
    # Cases opened again.
    Fault(
        "reopen-ruled",
        "a buyer goes back to the shop with what was ruled upon",
        "grapevine/trade/rules/aftersales.py",
        "        and not ended.ruled\n",
        "",
        by_tests("grapevine/trade/tests/test_assessing_rules.py", "may_be_reopened"),
    ),
    Fault(
        "reopen-again",
        "a case is opened again and again",
        "grapevine/trade/actions/afterwards.py",
        "case.ruled_at is not None, case.reopened_at is not None",
        "case.ruled_at is not None, False",
        by_tests(STANDING, "reopened_once"),
    ),
    Fault(
        "reopen-gone",
        "a case is opened again about pieces that went back",
        "grapevine/trade/actions/afterwards.py",
        "    if any(left[line_id] < count for line_id, count in lines):\n",
        "    if not left:\n",
        by_tests(STANDING, "went_back_meanwhile"),
    ),
    # Settling what went back in part.
    Fault(
        "settle-fee-of-what-went-back",
        "the platform's share is taken of what was refunded, too",
        "grapevine/trade/actions/moving.py",
        "sale=order.total_minor - order.refunded_minor,",
        "sale=order.total_minor,",
        by_tests(SETTLEMENT, "what_went_back_before"),
    ),
    Fault(
        "settle-open-case",
        "an order is settled while its buyer asks about it",
        "grapevine/trade/actions/moving.py",
        "        pk__in=with_open_case()\n",
        "        pk__in=[]\n",
        by_tests("grapevine/trade/tests/test_aftersales.py"),
    ),
    Fault(
        "settle-short",
        "an order is settled while a sharer has a part of what went back",
        "grapevine/trade/actions/moving.py",
        "    if left < 0:\n",
        "    if False:\n",
        by_tests(PARTS, "not_settled_while"),
    ),
    Fault(
        "commission-late-news",
        "a part refunded before the payment was heard of leaves the commission whole",
        "grapevine/spread/actions.py",
        "        )\n        _follow(row)\n",
        "        )\n",
        by_tests(PARTS, "may_come_before"),
    ),
)
