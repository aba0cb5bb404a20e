"""News of the gateway and of juries, told by reach: neighbours that do not know each other."""

from grapevine.cases.contracts import JuryOpened
from grapevine.gateway.contracts import WebhookSwitchedOff
from grapevine.reach import facade as reach


def on_webhook_switched_off(event: WebhookSwitchedOff) -> None:
    key = f"{event.webhook}:{event.at}"
    reach.tell_shop(kind="webhook_off", key=key, shop_id=event.shop_id)


def on_jury_opened(event: JuryOpened) -> None:
    facts = {"jury": event.object_id}
    reach.tell(kind="jury_seat", key=event.object_id, person_ids=event.juror_ids, facts=facts)
