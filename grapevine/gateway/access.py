"""The doors to keys, apps and webhooks."""

import hashlib

from grapevine.gateway.contracts import AppNotFound, DeliveryNotFound, KeyNotFound, WebhookNotFound
from grapevine.gateway.models import ApiKey, App, Delivery, Webhook


def digest_of(secret: str) -> str:
    """Secrets are random and long, so one round of SHA-256 keeps them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_of_shop(shop_id: int, public_id: str) -> ApiKey:
    try:
        return ApiKey.objects.get(shop_id=shop_id, public_id=public_id)
    except ApiKey.DoesNotExist:
        raise KeyNotFound(public_id) from None


def app_of(owner_id: int, client_id: str) -> App:
    try:
        return App.objects.get(owner_id=owner_id, client_id=client_id)
    except App.DoesNotExist:
        raise AppNotFound(client_id) from None


def app_by_client_id(client_id: str) -> App:
    try:
        return App.objects.get(client_id=client_id)
    except App.DoesNotExist:
        raise AppNotFound(client_id) from None


def webhook_of_shop(shop_id: int, public_id: str) -> Webhook:
    try:
        return Webhook.objects.select_related("shop").get(shop_id=shop_id, public_id=public_id)
    except Webhook.DoesNotExist:
        raise WebhookNotFound(public_id) from None


def delivery_of(webhook: Webhook, public_id: str) -> Delivery:
    try:
        return Delivery.objects.get(webhook=webhook, public_id=public_id)
    except Delivery.DoesNotExist:
        raise DeliveryNotFound(public_id) from None
