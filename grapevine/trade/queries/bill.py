"""A quote line by line, with a reason for every amount, and what changed since the buyer looked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShippingView
from grapevine.kit.formats import money_text
from grapevine.trade.contracts import CouponChoice, OfferKind, Quote, ShopQuote
from grapevine.trade.parcels import PointView

SEEN_MAX = 20_000


@dataclass(frozen=True, slots=True)
class BillLine:
    """`kind` goods, shipping, cut or total; cuts are negative. `key` is the same for the same thing later."""

    key: str
    kind: str
    label: str
    note: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a line of the bill was and is; None where it was not, or is no more."""

    label: str
    was_minor: int | None
    now_minor: int | None


@dataclass(frozen=True, slots=True)
class ShopBill:
    """The lines of one shop as checkout shows them: what sending costs, why, and what is missing for free sending."""

    quote: ShopQuote
    shipping: str
    missing_minor: int
    points: tuple[PointView, ...] = ()
    picked: str = ""


def shop_bills(quote: Quote, templates: Sequence[ShippingView] | None = None) -> list[ShopBill]:
    """One query for the templates, unless they are given."""
    if templates is None:
        templates = goods.shipping_templates({shop.shop_id for shop in quote.shops})
    return [ShopBill(shop, *_shipping(shop, templates)) for shop in quote.shops]


def _shipping(shop: ShopQuote, templates: Sequence[ShippingView]) -> tuple[str, int]:
    """Why sending costs what it costs, and what more must be bought for it to be free (0: nothing helps)."""
    over = _free_over(shop, templates)
    if shop.shipping_minor == 0:
        if over and shop.payable_minor >= over:
            return _("满 %(over)s 包邮") % {"over": money_text(over)}, 0
        return _("包邮"), 0
    if over and over > shop.payable_minor:
        missing = over - shop.payable_minor
        said = {"over": money_text(over), "missing": money_text(missing)}
        return _("满 %(over)s 包邮，还差 %(missing)s") % said, missing
    return _("按重量和地区计算"), 0


def _free_over(shop: ShopQuote, templates: Sequence[ShippingView]) -> int | None:
    """The threshold, where all lines of the shop are sent by one template."""
    own = {one.id: one for one in templates if one.shop_id == shop.shop_id}
    default = next((one for one in own.values() if one.is_default), None)
    used = {own.get(line.sku.shipping_id or 0, default) for line in shop.lines}
    only = next(iter(used)) if len(used) == 1 else None
    return only.free_over_minor if only else None


def bill_lines(quote: Quote, bills: Sequence[ShopBill]) -> list[BillLine]:
    """Every amount of the purchase, in the order it was counted; they add up to the total."""
    found = []
    for shop in quote.shops:
        for line in shop.lines:
            note = f"{money_text(line.sku.price_minor)} × {line.count}"
            label = f"{line.sku.title} {line.sku.option}".strip()
            found.append(BillLine(f"sku:{line.sku.code}", "goods", label, note, line.goods_minor))
    for bill in bills:
        label = _("运费")
        if len(bills) > 1:
            label = f"{label} · {bill.quote.shop_name}"
        key = f"ship:{bill.quote.shop_id}"
        found.append(BillLine(key, "shipping", label, bill.shipping, bill.quote.shipping_minor))
    notes = {
        "price": _("活动价"), "reduction": _("满减"), "shop_coupon": _("店铺券"),
        "platform_coupon": _("平台券"), "points": _("积分抵扣"),
    }  # fmt: skip
    for offer in quote.offers:
        kind = notes.get(str(offer.kind), "")
        label = _(offer.label) if offer.label else kind
        note = "" if label == kind or offer.kind is OfferKind.PRICE else kind
        found.append(BillLine(f"offer:{offer.reference}", "cut", label, note, -offer.amount_minor))
    assert sum(line.amount_minor for line in found) == quote.total_minor
    return found


def seen(lines: Sequence[BillLine]) -> str:
    """The bill as the form carries it, so that a later one can be compared with it. It decides nothing."""
    facts = {line.key: [line.label, line.amount_minor] for line in lines}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def changes(before: str, lines: Sequence[BillLine]) -> list[Change]:
    """What is different from the bill a form carried, the total last. Nonsense is a bill without lines."""
    old = _facts(before)
    found = []
    for line in lines:
        was = old.pop(line.key, None)
        if was is None or was[1] != line.amount_minor:
            found.append(Change(line.label, was[1] if was else None, line.amount_minor))
    found += [Change(label, amount, None) for label, amount in old.values()]
    return found


def _facts(text: str) -> dict[str, tuple[str, int]]:
    try:
        told = json.loads(text[:SEEN_MAX])
        return {str(key): (str(one[0])[:120], int(one[1])) for key, one in told.items()}
    except (ValueError, TypeError, LookupError, AttributeError):
        return {}


@dataclass(frozen=True, slots=True)
class Coupons:
    """The coupons of a purchase: those that cut something, and those that do not yet."""

    useful: Sequence[CouponChoice]
    short: Sequence[CouponChoice]
    used: Sequence[str]
    saved_minor: int


def coupons_of(quote: Quote) -> Coupons:
    useful = sorted(
        (one for one in quote.coupons if one.amount_minor), key=lambda one: -one.amount_minor
    )
    short = [one for one in quote.coupons if not one.amount_minor]
    used = [one.reference for one in quote.coupons if one.is_used]
    cuts: Mapping[str, int] = {offer.reference: offer.amount_minor for offer in quote.offers}
    return Coupons(useful, short, used, sum(cuts.get(one, 0) for one in used))
