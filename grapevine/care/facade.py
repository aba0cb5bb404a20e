"""What the rest of the house may call."""

from grapevine.care.actions.answering import reply, take_vote_back, vote
from grapevine.care.actions.certifying import (
    decide_certificate,
    hand_in_certificate,
    withdraw_certificate,
)
from grapevine.care.actions.hiding import answer_appeal, appeal, hide_review
from grapevine.care.actions.rating import rate_shops
from grapevine.care.actions.screening import decide_flag
from grapevine.care.actions.showing import show_order
from grapevine.care.actions.writing import edit_review, follow_up, write_review
from grapevine.care.ports import register_factor
from grapevine.care.queries.credit import (
    badges_of,
    certificates_of,
    levels_of,
    rating_history,
    rating_of,
)
from grapevine.care.queries.effects import effects_of
from grapevine.care.queries.lines import lines_of, lines_to_review
from grapevine.care.queries.oversight import flags, hidden_reviews
from grapevine.care.queries.reviews import (
    my_reviews,
    review_history,
    reviews_of_goods,
    reviews_of_shop,
)
from grapevine.care.queries.scores import goods_score, goods_scores, shop_score, shop_scores
from grapevine.care.queries.showing import shown_of_goods, shown_of_shop
from grapevine.care.rules.rating import EFFECTS, FACTORS

__all__ = [
    "EFFECTS",
    "FACTORS",
    "answer_appeal",
    "appeal",
    "badges_of",
    "certificates_of",
    "decide_certificate",
    "decide_flag",
    "edit_review",
    "effects_of",
    "flags",
    "follow_up",
    "goods_score",
    "goods_scores",
    "hand_in_certificate",
    "hidden_reviews",
    "hide_review",
    "levels_of",
    "lines_of",
    "lines_to_review",
    "my_reviews",
    "rate_shops",
    "rating_history",
    "rating_of",
    "register_factor",
    "reply",
    "review_history",
    "reviews_of_goods",
    "reviews_of_shop",
    "shop_score",
    "shop_scores",
    "show_order",
    "shown_of_goods",
    "shown_of_shop",
    "take_vote_back",
    "vote",
    "withdraw_certificate",
    "write_review",
]
