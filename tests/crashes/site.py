"""The product as it runs, with the provider and the tracker of the scene (a file named by SCENE) among its own.

`python -m tests.crashes.site worker` is the worker; `granian tests.crashes.site:application` the web.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from grapevine.front.wsgi import application
from grapevine.trade.carriers.kuaidi100.config import Config as TrackerConfig
from grapevine.trade.carriers.kuaidi100.tracker import Kuaidi100
from grapevine.trade.carriers.registry import TRACKERS
from grapevine.trade.payments.providers.stripe_cards.config import Config
from grapevine.trade.payments.providers.stripe_cards.provider import StripeCards
from grapevine.trade.payments.registry import PROVIDERS

__all__ = ["SCENE", "application"]

SCENE: dict[str, Any] = json.loads(Path(os.environ["SCENE"]).read_text())
if "stripe" in SCENE:
    _cards = StripeCards(Config(**SCENE["stripe"]))
    PROVIDERS["stripe"] = lambda: _cards
if "kuaidi100" in SCENE:
    _tracker = Kuaidi100(TrackerConfig(**SCENE["kuaidi100"]))
    TRACKERS["kuaidi100"] = lambda: _tracker

if __name__ == "__main__":
    from grapevine.front.command import main

    sys.exit(main(sys.argv[1:]))
