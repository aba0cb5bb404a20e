"""What the rest of the house may call."""

from grapevine.discovery.actions.feeding import feed
from grapevine.discovery.actions.forgetting import forget_person
from grapevine.discovery.actions.indexing import index_goods, index_notes, index_shops
from grapevine.discovery.actions.learning import count_popular, forget_tastes, learn_bulk
from grapevine.discovery.actions.rebuilding import rebuild
from grapevine.discovery.actions.remembering import forget_searches, remember_search
from grapevine.discovery.actions.showing import count_shown, note_seen
from grapevine.discovery.actions.steering import set_channel
from grapevine.discovery.actions.tagging import drop_tag, erase_words, take_back_tag, want_tag
from grapevine.discovery.artifacts import (
    card_of,
    described,
    publish_artifact,
    roll_back_all,
    roll_back_artifact,
    versions,
)
from grapevine.discovery.queries.exposure import exposure, places_of
from grapevine.discovery.queries.keeping import own_feed
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

__all__ = [
    "card_of",
    "chips",
    "count_popular",
    "count_shown",
    "described",
    "drop_tag",
    "erase_words",
    "exposure",
    "feed",
    "forget_person",
    "forget_searches",
    "forget_tastes",
    "history_of",
    "hot_words",
    "index_goods",
    "index_notes",
    "index_shops",
    "learn_bulk",
    "note_seen",
    "own_feed",
    "own_tags",
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
    "suggestions",
    "tag_counts",
    "tags_of",
    "take_back_tag",
    "versions",
    "want_tag",
]
