"""Periodic work of this module."""

from grapevine.ledger.actions import expire_holds, seal

__all__ = ["expire_holds", "seal"]
