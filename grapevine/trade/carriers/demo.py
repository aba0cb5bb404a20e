"""The demo's other side: the payment providers' fakes and the parcel tracker's, in one process.

python -m grapevine.trade.carriers.demo --home FOLDER --port FIRST --site ADDRESS

The tracker's own page lists the parcels it follows; a button lets the next scan happen.
"""

import sys
from collections.abc import Mapping
from typing import Any

from grapevine.trade.carriers.kuaidi100.fake import FakeKuaidi100
from grapevine.trade.payments import demo
from grapevine.trade.payments.demo import Place, Stand
from grapevine.trade.payments.fakes.server import Fake


def _kuaidi100(place: Place) -> tuple[Fake, Any]:
    return FakeKuaidi100.paired(port=place.port, file=place.file, keys=place.keys)


FAKES: Mapping[str, Stand] = {
    **demo.FAKES,
    "kuaidi100": Stand(
        _kuaidi100,
        {
            "customer": "KUAIDI100_CUSTOMER", "key": "KUAIDI100_KEY", "salt": "KUAIDI100_SALT",
            "api": "KUAIDI100_API",
        },
    ),
}  # fmt: skip
"""In the order of their ports."""


if __name__ == "__main__":
    sys.exit(demo.main(fakes=FAKES))
