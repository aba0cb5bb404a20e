"""What the house's events become for webhooks."""

from collections.abc import Callable
from typing import Any

from grapevine.gateway.actions import webhooks
from grapevine.gateway.rules.catalogue import Body


def teller(name: str, body: Body) -> Callable[[Any], None]:
    """A subscriber that writes the messages for one kind of event."""

    def tell(event: Any) -> None:
        webhooks.write_messages(event, name=name, data=body(event))

    return tell
