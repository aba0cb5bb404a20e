"""`docs/PRICES.md` says what the code does: the order of the kinds, and the example to the fen."""

import re
from pathlib import Path

from grapevine.goods.contracts import SkuLine
from grapevine.trade.contracts import Offer, OfferKind, OfferLine
from grapevine.trade.rules.pricing import quote

TEXT = (Path(__file__).parent.parent / "docs" / "PRICES.md").read_text()


def line(sku_id: int, price_minor: int) -> OfferLine:
    sku = SkuLine(
        sku_id, str(sku_id), sku_id, str(sku_id), "", "", price_minor, "CNY", 9, 1, "", None,
        on_sale=True,
    )  # fmt: skip
    return OfferLine(sku, 1)


LINES = (line(1, 15000), line(2, 6000))
OFFERS = (
    Offer(OfferKind.REDUCTION, "", "reduction", 1, tiers=((20000, 3000),)),
    Offer(OfferKind.SHOP_COUPON, "", "shop_coupon", 1, tiers=((10000, 1000),)),
    Offer(OfferKind.PLATFORM_COUPON, "", "platform_coupon", rate_bps=1000, most_minor=5000),
    Offer(OfferKind.POINTS, "", "points", tiers=((0, 300),)),
)


def yuan(amount_minor: int) -> str:
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def test_the_document_names_the_kinds_in_the_order_in_which_they_apply() -> None:
    written = re.findall(r"^(\d)\. `(\w+)`", TEXT, re.MULTILINE)
    assert written == [(str(n), kind) for n, kind in enumerate(OfferKind, start=1)]


def test_the_example_is_what_the_rule_answers() -> None:
    expected = ["| list price | 150.00 | 60.00 | | 210.00 |"]
    for count in range(1, len(OFFERS) + 1):
        seen = quote(LINES, OFFERS[:count])
        tea, cup = (one.payable_minor for one in seen.shops[0].lines)
        cut = seen.offers[-1].amount_minor
        step = OFFERS[count - 1].reference
        expected.append(
            f"| `{step}` | {yuan(tea)} | {yuan(cup)} | {yuan(cut)} | {yuan(seen.total_minor)} |"
        )
    written = re.findall(r"^\| (?:list price|`\w+`) \|.*$", TEXT, re.MULTILINE)
    assert written == expected


def test_a_flash_price_closes_its_line_to_all_but_points() -> None:
    """The paragraph below the example."""
    flash = Offer(OfferKind.PRICE, "", "price", 1, sku_prices={2: 3990}, is_exclusive=True)
    seen = quote(LINES, (flash, *OFFERS[:2]))
    assert [one.payable_minor for one in seen.shops[0].lines] == [14000, 3990]
