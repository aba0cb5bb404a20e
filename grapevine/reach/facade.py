"""What the rest of the house may call."""

from grapevine.reach.actions import tell, tell_shop
from grapevine.reach.queries import agreed

__all__ = ["agreed", "tell", "tell_shop"]
