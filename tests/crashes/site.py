"""The product as it runs, with the provider of the scene (a file named by SCENE) among its providers.

`python -m tests.crashes.site worker` is the worker; `granian tests.crashes.site:application` the web.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from grapevine.front.wsgi import application
from grapevine.trade.payments.providers.stripe_cards.config import Config
from grapevine.trade.payments.providers.stripe_cards.provider import StripeCards
from grapevine.trade.payments.registry import PROVIDERS

__all__ = ["SCENE", "application"]

SCENE: dict[str, Any] = json.loads(Path(os.environ["SCENE"]).read_text())
if "stripe" in SCENE:
    _cards = StripeCards(Config(**SCENE["stripe"]))
    PROVIDERS["stripe"] = lambda: _cards

if __name__ == "__main__":
    from grapevine.front.command import main

    sys.exit(main(sys.argv[1:]))
