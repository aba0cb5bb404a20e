"""What a browser is called in the log when nobody consented to recognising it."""

from django.utils import timezone
from django.utils.crypto import salted_hmac

SALT = "signals.name_of_day"
LENGTH = 16


def name_of_day(visitor_id: str) -> str:
    """A name for this local day only: it counts a visitor once, and leads neither to tomorrow nor to a person."""
    day = timezone.localdate().isoformat()
    return "~" + salted_hmac(SALT, f"{day}:{visitor_id}", algorithm="sha256").hexdigest()[:LENGTH]
