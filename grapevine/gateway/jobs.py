"""Periodic work of this module."""

from grapevine.gateway.actions import oauth, webhooks


def tidy() -> None:
    oauth.tidy()
    webhooks.tidy()
