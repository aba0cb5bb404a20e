"""What a list of goods says of itself: by which channel each place came, and by the weights of which segment. No query.

It stands in the list's request id, signed for the one person it was made for, so that what a browser sends back with impressions
and clicks can be believed though nothing of it was kept. Nobody is named in it, and the channels cannot be read without the key
of the site: who has one friend would know whom `social` speaks of.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from grapevine.discovery.contracts import Channel, Suggested
from grapevine.discovery.rules.adapting import SEGMENTS
from grapevine.kit import clock
from grapevine.kit.ids import new_id

HEAD, NONE = "h", "-"
LETTERS: Mapping[Channel, str] = {
    Channel.ITEMS: "i", Channel.SOCIAL: "s", Channel.VISIT: "v", Channel.MODEL: "m",
    Channel.WORDS: "w", Channel.INTERESTS: "t", Channel.NEIGHBOURS: "n", Channel.LOCAL: "l",
    Channel.POPULAR: "p",
}  # fmt: skip
CHANNELS = {letter: channel for channel, letter in LETTERS.items()}
ALPHABET = NONE + "".join(CHANNELS)
SIGNED = 12
SALTED = 3
PLACES_MAX = 50
OLD = timedelta(days=1)
"""A list is looked at within a day; what is said of an older one counts for nothing."""


def list_id(person_id: int | None, suggested: Sequence[Suggested]) -> str:
    """At most 80 letters; "" where no place was given by a reader's own weights."""
    segment = next((one.segment for one in suggested if one.segment), "")
    if person_id is None or not segment:
        return ""
    places = "".join(
        LETTERS[Channel(one.channel)] if one.segment else NONE for one in suggested[:PLACES_MAX]
    )
    once = f"{int(clock.now().timestamp())}.{new_id()[:SALTED]}"
    body = f"{once}{SEGMENTS.index(segment)}{_turned(places, person_id, once)}"
    return f"{HEAD}.{body}.{_signed(person_id, body)}"


def _signed(person_id: int, body: str) -> str:
    told = salted_hmac("discovery.list", f"{person_id}:{body}", algorithm="sha256")
    return told.hexdigest()[:SIGNED]


def _turned(places: str, person_id: int, once: str, way: int = 1) -> str:
    """Each letter moved through the alphabet by a step of its own that only the site knows; `way` −1 moves it back."""
    steps = salted_hmac("discovery.places", f"{person_id}:{once}", algorithm="sha512").digest()
    return "".join(
        ALPHABET[(ALPHABET.index(letter) + way * step) % len(ALPHABET)]
        for letter, step in zip(places, steps, strict=False)
    )


def placed_goods(
    asked: Iterable[tuple[str, int, int]], *, since: datetime
) -> dict[tuple[str, int, int], tuple[str, Channel]]:
    """(request id, place, person) → (segment, channel) of places in the lists made for these people since a day before `since`."""
    found = {}
    for one in asked:
        told = _read(*one, first=(since - OLD).timestamp())
        if told is not None:
            found[one] = told
    return found


def _read(
    request_id: str, place: int, person_id: int, *, first: float
) -> tuple[str, Channel] | None:
    head, _dot, rest = request_id.partition(".")
    body, _dot, mark = rest.rpartition(".")
    if head != HEAD or not constant_time_compare(mark, _signed(person_id, body)):
        return None
    seconds, _dot, told = body.partition(".")
    if int(seconds) < first:
        return None
    salt, segment, places = told[:SALTED], int(told[SALTED]), told[SALTED + 1 :]
    read = _turned(places, person_id, f"{seconds}.{salt}", way=-1)
    channel = CHANNELS.get(read[place - 1 : place]) if place > 0 else None
    return None if channel is None else (SEGMENTS[segment], channel)
