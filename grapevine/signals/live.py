"""Tokens that open one live channel, and the tail the live process reads."""

from django.core import signing
from django.db.models import Max

from grapevine.signals.contracts import BadLiveToken
from grapevine.signals.models import LiveMessage

SALT = "signals.live"
TOKEN_SECONDS = 6 * 60 * 60
TAIL_MAX = 500


def live_token(channel: str) -> str:
    """A signed pass for one channel, good for six hours. Give it only to those who may listen."""
    return signing.dumps(channel, salt=SALT)


def channel_of(token: str) -> str:
    try:
        return str(signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS))
    except signing.BadSignature:
        raise BadLiveToken from None


def last_message_id() -> int:
    return LiveMessage.objects.aggregate(last=Max("id"))["last"] or 0


def messages_after(message_id: int) -> list[tuple[int, str, dict[str, object]]]:
    """(id, channel, body) of the next messages, at most 500."""
    rows = LiveMessage.objects.filter(id__gt=message_id).order_by("id")
    return list(rows.values_list("id", "channel", "body")[:TAIL_MAX])
