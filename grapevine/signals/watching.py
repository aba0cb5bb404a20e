"""A port: a module above may learn what one person saw or chose in a list, as soon as it was written."""

import logging
from collections.abc import Callable, Sequence

from django.db import DatabaseError, transaction

from grapevine.signals.contracts import SeenCard
from grapevine.signals.rules import Row

log = logging.getLogger(__name__)
Watch = Callable[[Sequence[SeenCard]], None]
VERBS = frozenset({"impression", "click"})
OPENED = frozenset({"view", "click"})
APP = "app"
_watches: list[Watch] = []


def watch_cards(watch: Watch) -> None:
    """Called once by the app's ready(). `watch` gets cards of one signed-in person who consented; the log is kept without it."""
    _watches.append(watch)


def tell(rows: Sequence[Row]) -> None:
    """What of these rows is a card in a list. What the watcher cannot take is lost to it, and the sender is not refused."""
    cards = [
        SeenCard(
            row.person_id, row.verb, row.object_type or "", row.object_id or "",
            row.request_id or "", row.position or 0, row.origin == APP,
        )
        for row in rows
        if row.person_id is not None
        and (
            (row.verb in VERBS and row.request_id) or (row.verb in OPENED and row.origin == APP)
        )
    ]  # fmt: skip
    if not cards:
        return
    for watch in _watches:
        try:
            with transaction.atomic():
                watch(cards)
        except DatabaseError:
            log.exception("a watcher could not take %s cards", len(cards))
