"""What the rest of the house may call."""

from grapevine.reach.actions import tell, tell_shop

__all__ = ["tell", "tell_shop"]
