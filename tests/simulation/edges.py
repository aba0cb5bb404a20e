"""The outer edges of the real side, held for the time of a simulation: clock, names, providers, offers, subscribers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from django.conf import settings

from grapevine.goods.actions import stock
from grapevine.kit import clock, ids
from grapevine.signals import actions as signals, spool
from grapevine.trade import ports
from grapevine.trade.actions import withdrawing
from grapevine.trade.payments import registry
from tests.simulation.adapter import Adapter
from tests.simulation.facts import REVIEW_OVER, WAYS
from tests.simulation.opening import Offers
from tests.simulation.remote import Remote

START = datetime(2026, 3, 1, tzinfo=UTC)


class Stumble(Exception):
    """A subscriber that failed for a reason of its own."""


@dataclass(slots=True)
class Edges:
    """What of the outside a simulation sets."""

    remotes: dict[str, Remote]
    now: int = 0
    named: int = 0
    hiccups: int = 0
    offers: Callable[[Any], Any] = field(default_factory=Offers)

    def moment(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def seconds(self, told: Any) -> int | None:
        """A moment of the database as the model counts it."""
        if told is None:
            return None
        moment = datetime.fromisoformat(told) if isinstance(told, str) else told
        return round((moment.replace(tzinfo=moment.tzinfo or UTC) - START).total_seconds())

    def pick(self, length: int) -> str:
        """Names in the order in which they are given, as the model's numbers are."""
        self.named += 1
        found, left = "", self.named
        for _ in range(length):
            left, digit = divmod(left, len(ids.ALPHABET))
            found = ids.ALPHABET[digit] + found
        return found

    def asked(self, request: Any) -> Any:
        return self.offers(request)

    def fee(self, bps: int) -> None:
        settings.PLATFORM_FEE_BPS = bps
        settings.WITHDRAWAL_REVIEW_MINOR = REVIEW_OVER

    def stumbling(self, handler: Callable[[Any], None]) -> Callable[[Any], None]:
        def handle(event: Any) -> None:
            if self.hiccups:
                self.hiccups -= 1
                raise Stumble
            handler(event)

        return handle


def _subscriptions(edges: Edges) -> dict[str, list[Any]]:
    """Those of campaigns, spread and loyalty; the feed and the numbers listen, and change nothing here."""
    return {
        event: [
            signals._Subscription(one.event_type, edges.stumbling(one.handler), one.name)
            for one in known
            if one.name.startswith(("campaigns.", "spread.", "loyalty."))
        ]
        for event, known in signals._subscriptions.items()
    }


@contextmanager
def held() -> Iterator[Edges]:
    """Everything below is as it was afterwards."""
    edges = Edges({name: Remote(name) for name in WAYS})
    adapters = {name: partial(Adapter, remote) for name, remote in edges.remotes.items()}
    fee, review = settings.PLATFORM_FEE_BPS, settings.WITHDRAWAL_REVIEW_MINOR
    stock._sold_out.clear()
    with (
        patch.object(clock, "now", edges.moment),
        patch.object(ids, "_pick", edges.pick),
        patch.object(stock, "monotonic", lambda: float(edges.now)),
        patch.dict(registry.PROVIDERS, adapters),
        patch.object(ports, "_offerers", [*ports._offerers, edges.asked]),
        patch.object(signals, "_subscriptions", _subscriptions(edges)),
        patch.object(spool, "append"),
        patch.object(signals.logger, "exception"),
        patch.object(withdrawing.logger, "warning"),
    ):
        try:
            yield edges
        finally:
            settings.PLATFORM_FEE_BPS, settings.WITHDRAWAL_REVIEW_MINOR = fee, review
