"""What the rest of the house may call."""

from grapevine.reach.actions import tell, tell_shop
from grapevine.reach.calling import Reachable, call_fans, callable_among, take_back_call
from grapevine.reach.queries import agreed

__all__ = [
    "Reachable",
    "agreed",
    "call_fans",
    "callable_among",
    "take_back_call",
    "tell",
    "tell_shop",
]
