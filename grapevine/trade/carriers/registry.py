"""The trackers there are. Without keys none is ready, and parcels carry their numbers only."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings

from grapevine.trade.carriers.kuaidi100.config import Config
from grapevine.trade.carriers.kuaidi100.tracker import Kuaidi100
from grapevine.trade.carriers.port import Tracker
from grapevine.trade.parcels import BadPush

_kuaidi100 = lru_cache(maxsize=4)(Kuaidi100)
TRACKERS: dict[str, Callable[[], Tracker]] = {
    "kuaidi100": lambda: _kuaidi100(Config(**settings.KUAIDI100)),
}


def tracker(name: str) -> Tracker:
    if name not in TRACKERS:
        raise BadPush(name)
    return TRACKERS[name]()


def tracker_for(carrier_code: str) -> Tracker | None:
    """The first ready one that follows parcels of this carrier."""
    made = (make() for make in TRACKERS.values())
    return next((one for one in made if one.ready() and one.knows(carrier_code)), None)
