"""What a shop's desk is told of the checks of its goods."""

from collections.abc import Iterable
from typing import Any

from grapevine.goods.queries.onboarding import withheld_goods
from grapevine.goods.queries.oversight import last_review
from grapevine.goods.rules.auditing import FINDINGS, REASONS
from grapevine.goods.rules.standing import CAUSES


def shelf_reasons(goods_ids: Iterable[int]) -> dict[int, str]:
    """Why goods in a list are kept off the shelf: id → the first cause, to be translated."""
    return {pk: CAUSES[found[0].cause] for pk, found in withheld_goods(goods_ids).items()}


def judged(goods_id: int) -> dict[str, Any]:
    """Why goods are not sold, their last review, and what it said."""
    review = last_review(goods_id)
    said: list[tuple[str, str]] = []
    if review and review.state in ("waiting", "rejected"):
        said = [(FINDINGS[code], detail) for code, detail in review.findings]
        said += [(REASONS[code], note) for code, note in review.reasons]
    held = withheld_goods([goods_id]).get(goods_id, [])
    quiet = ("review", "permit")
    return {
        "review": review, "said": said,
        "withheld": [
            (CAUSES[one.cause], "" if one.cause in quiet else one.reason) for one in held
        ],
    }  # fmt: skip
