"""What the rest of the house may call."""

from grapevine.gateway.actions.keys import create_key, revoke_key
from grapevine.gateway.actions.oauth import register_app
from grapevine.gateway.actions.sending import Sender, send_due
from grapevine.gateway.actions.webhooks import add_webhook
from grapevine.gateway.rules.scopes import OF_A_PERSON, OF_A_SHOP, OPERATIONS, PUBLIC, WORDS

__all__ = [
    "OF_A_PERSON",
    "OF_A_SHOP",
    "OPERATIONS",
    "PUBLIC",
    "WORDS",
    "Sender",
    "add_webhook",
    "create_key",
    "register_app",
    "revoke_key",
    "send_due",
]
