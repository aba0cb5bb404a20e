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
from grapevine.trade.payments import registry
from tests.simulation.adapter import Adapter
from tests.simulation.facts import WAYS
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

    def stumbling(self, handler: Callable[[Any], None]) -> Callable[[Any], None]:
        def handle(event: Any) -> None:
            if self.hiccups:
                self.hiccups -= 1
                raise Stumble
            handler(event)

        return handle


def _subscriptions(edges: Edges) -> dict[str, list[Any]]:
    """Those of campaigns and spread; the feed and the numbers listen, and change nothing here."""
    found: dict[str, list[Any]] = {}
    for event, known in signals._subscriptions.items():
        own = [one for one in known if one.name.startswith(("campaigns.", "spread."))]
        found[event] = [
            signals._Subscription(one.event_type, edges.stumbling(one.handler), one.name)
            if one.name.startswith("campaigns.")
            else one
            for one in own
        ]
    return found


@contextmanager
def held() -> Iterator[Edges]:
    """Everything below is as it was afterwards."""
    edges = Edges({name: Remote(name) for name in WAYS})
    adapters = {name: partial(Adapter, remote) for name, remote in edges.remotes.items()}
    fee = settings.PLATFORM_FEE_BPS
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
    ):
        try:
            yield edges
        finally:
            settings.PLATFORM_FEE_BPS = fee
