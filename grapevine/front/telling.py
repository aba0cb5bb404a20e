"""News of the gateway, told by reach: neighbours that do not know each other."""

from grapevine.gateway.contracts import WebhookSwitchedOff
from grapevine.reach import facade as reach


def on_webhook_switched_off(event: WebhookSwitchedOff) -> None:
    key = f"{event.webhook}:{event.at}"
    reach.tell_shop(kind="webhook_off", key=key, shop_id=event.shop_id)
