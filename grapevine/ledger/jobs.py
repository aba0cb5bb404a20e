"""Periodic work of this module."""

from grapevine.ledger.actions import seal

__all__ = ["seal"]
