"""Tables, one concern a file."""

from grapevine.gateway.models.keys import ApiKey, App, Grant, Installation
from grapevine.gateway.models.webhooks import Delivery, Webhook

__all__ = ["ApiKey", "App", "Delivery", "Grant", "Installation", "Webhook"]
