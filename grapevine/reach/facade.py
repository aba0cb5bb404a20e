"""What the rest of the house may call."""

from grapevine.reach.actions import tell, tell_shop
from grapevine.reach.calling import Reachable, call_fans, callable_among, take_back_call

__all__ = ["Reachable", "call_fans", "callable_among", "take_back_call", "tell", "tell_shop"]
