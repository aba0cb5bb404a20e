"""What operators said of the feed's channels."""

from collections.abc import Mapping

from django.db import connection

from grapevine.discovery.contracts import Channel
from grapevine.discovery.models import ChannelRule
from grapevine.discovery.rules.choosing import GOODS_KEY

COMMON = """
SELECT 'newest entry', COALESCE(MAX(id), 0) FROM discovery_entry
UNION ALL SELECT 'newest popular', COALESCE(MAX(id), 0) FROM discovery_popular
UNION ALL SELECT 'newest trending', COALESCE(MAX(id), 0) FROM discovery_trending
UNION ALL SELECT channel, CASE WHEN is_on THEN weight ELSE 0 END FROM discovery_channelrule
"""


def common_state() -> tuple[str, dict[Channel, int]]:
    """What the impersonal feed depends on, as a text, and the rules in it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(COMMON)
        rows = dict(cursor.fetchall())
    state = "|".join(f"{name}={value}" for name, value in sorted(rows.items()))
    return state, _rules(rows)


def _rules(rows: Mapping[str, int]) -> dict[Channel, int]:
    known = {channel.value for channel in Channel}
    return {Channel(name): value for name, value in rows.items() if name in known}


def rules() -> dict[Channel, tuple[int, bool]]:
    """Channel → (weight, is it on), of those of notes an operator spoke of. One query."""
    return {Channel(name): said for name, said in _said().items() if not name.startswith(GOODS_KEY)}


def goods_rules() -> dict[Channel, tuple[int, bool]]:
    """The same of the channels of goods. One query."""
    return {
        Channel(name.removeprefix(GOODS_KEY)): said
        for name, said in _said().items()
        if name.startswith(GOODS_KEY)
    }


def _said() -> dict[str, tuple[int, bool]]:
    rows = ChannelRule.objects.values_list("channel", "weight", "is_on")
    return {name: (weight, is_on) for name, weight, is_on in rows}
