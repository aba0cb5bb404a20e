"""What a shop's desk is told of the checks of its goods, and of what keeps them off the shelf."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from grapevine.goods.contracts import GoodsCard
from grapevine.goods.desking import DeskRow
from grapevine.goods.onboarding import Cause
from grapevine.goods.queries.onboarding import is_wanted, shop_hold, withheld_goods
from grapevine.goods.queries.oversight import last_review
from grapevine.goods.rules.auditing import FINDINGS, REASONS
from grapevine.goods.rules.standing import CAUSES, cause_words

QUIET = (Cause.REVIEW, Cause.PERMIT)


def shelf_reasons(shop_id: int, rows: Sequence[DeskRow]) -> dict[int, str]:
    """Why goods in a list that their shop wants on sale are not: id → their own cause or the shop's, to be translated."""
    off = [row.id for row in rows if not row.on_sale]
    own = {pk: CAUSES[found[0].cause] for pk, found in withheld_goods(off).items()}
    cause, application = shop_hold(shop_id) if off else ("", "")
    if not cause:
        return own
    words = cause_words(cause, application)
    return {row.id: words for row in rows if row.is_wanted and not row.on_sale} | own


def listed_words(card: GoodsCard) -> str:
    """What is said of goods that were just saved for the first time: that they are on sale only if somebody can see them."""
    if card.on_sale:
        return _("已上架")
    cause, _state = shop_hold(card.shop_id)
    if cause == Cause.REVIEW and not withheld_goods([card.id]):
        return _("已保存，店铺通过审核后上架")
    return _("已保存，还没有上架，原因见下面")


def judged(shop_id: int, goods_id: int) -> dict[str, Any]:
    """Why goods are not sold, their last review, and what it said."""
    review = last_review(goods_id)
    said: list[tuple[str, str]] = []
    if review and review.state in ("waiting", "rejected"):
        said = [(FINDINGS[code], detail) for code, detail in review.findings]
        said += [(REASONS[code], note) for code, note in review.reasons]
    held = withheld_goods([goods_id]).get(goods_id, [])
    cause, application = shop_hold(shop_id)
    of_shop = [(cause_words(cause, application), "")] if cause and is_wanted(goods_id) else []
    return {
        "review": review, "said": said,
        "withheld": of_shop
        + [(CAUSES[one.cause], "" if one.cause in QUIET else one.reason) for one in held],
    }  # fmt: skip
