"""What the rest of the house may call."""

from grapevine.discovery.actions.adapting import adapt_weights, learned_until, placed
from grapevine.discovery.actions.feeding import feed
from grapevine.discovery.actions.forgetting import forget_person
from grapevine.discovery.actions.governing import choose_version, go_back, let_in
from grapevine.discovery.actions.indexing import index_goods, index_notes, index_shops
from grapevine.discovery.actions.learning import count_popular, forget_tastes, learn_bulk
from grapevine.discovery.actions.opening import note_opened
from grapevine.discovery.actions.rebuilding import rebuild
from grapevine.discovery.actions.remembering import forget_searches, remember_search
from grapevine.discovery.actions.showing import count_shown, note_seen
from grapevine.discovery.actions.steering import set_channel
from grapevine.discovery.actions.tagging import drop_tag, erase_words, take_back_tag, want_tag
from grapevine.discovery.actions.wishing import take_back, wish
from grapevine.discovery.artifacts import (
    card_of,
    described,
    is_pinned,
    load,
    outcome_of,
    publish_artifact,
    roll_back_all,
    roll_back_artifact,
    tell_outcome,
    versions,
)
from grapevine.discovery.queries.dislikes import dislikes
from grapevine.discovery.queries.exposure import exposure, goods_channels, places_of
from grapevine.discovery.queries.features import facts_by_public_ids, goods_categories
from grapevine.discovery.queries.goodsranking import goods_facts
from grapevine.discovery.queries.keeping import own_feed
from grapevine.discovery.queries.lists import list_id, placed_goods
from grapevine.discovery.queries.models import kept_versions
from grapevine.discovery.queries.recommending import recommend_goods
from grapevine.discovery.queries.searching import (
    chips,
    history_of,
    hot_words,
    search,
    searched_by,
    suggestions,
)
from grapevine.discovery.queries.tags import own_tags, tag_counts, tags_of
from grapevine.discovery.queries.weights import GOODS, NOTES
from grapevine.discovery.queries.wishes import wishes_of
from grapevine.discovery.rules.adapting import FIRST, Feedback
from grapevine.discovery.rules.goodsheads import (
    GOODS_FEATURES,
    GoodsFacts,
    Purse,
    goods_features,
)
from grapevine.discovery.rules.heads import FEATURES, HEADS, WORTHS, Facts, Known, chances, features
from grapevine.discovery.rules.tasting import DECAY_DAYS, POINTS, WEIGHTS
from grapevine.discovery.shortlists import shortlist

__all__ = [
    "DECAY_DAYS",
    "FEATURES",
    "FIRST",
    "GOODS",
    "GOODS_FEATURES",
    "HEADS",
    "NOTES",
    "POINTS",
    "WEIGHTS",
    "WORTHS",
    "Facts",
    "Feedback",
    "GoodsFacts",
    "Known",
    "Purse",
    "adapt_weights",
    "card_of",
    "chances",
    "chips",
    "choose_version",
    "count_popular",
    "count_shown",
    "described",
    "dislikes",
    "drop_tag",
    "erase_words",
    "exposure",
    "facts_by_public_ids",
    "features",
    "feed",
    "forget_person",
    "forget_searches",
    "forget_tastes",
    "go_back",
    "goods_categories",
    "goods_channels",
    "goods_facts",
    "goods_features",
    "history_of",
    "hot_words",
    "index_goods",
    "index_notes",
    "index_shops",
    "is_pinned",
    "kept_versions",
    "learn_bulk",
    "learned_until",
    "let_in",
    "list_id",
    "load",
    "note_opened",
    "note_seen",
    "outcome_of",
    "own_feed",
    "own_tags",
    "placed",
    "placed_goods",
    "places_of",
    "publish_artifact",
    "rebuild",
    "recommend_goods",
    "remember_search",
    "roll_back_all",
    "roll_back_artifact",
    "search",
    "searched_by",
    "set_channel",
    "shortlist",
    "suggestions",
    "tag_counts",
    "tags_of",
    "take_back",
    "take_back_tag",
    "tell_outcome",
    "versions",
    "want_tag",
    "wish",
    "wishes_of",
]
