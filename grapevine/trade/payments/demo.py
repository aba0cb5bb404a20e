"""The demo's payment providers: every fake in one process, started by `grapevine up --demo` and by nothing else.

python -m grapevine.trade.payments.demo --home FOLDER --port FIRST --site ADDRESS

Keys are made once and kept in the folder, and so are the books. When all answer, one line of JSON says the
variables that make the rest of Grapevine use them. Refuses to run where real keys are set: a shop that takes
real money must never show a cashier that takes none.
"""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grapevine.trade.payments.fakes.server import Fake
from grapevine.trade.payments.providers.alipay.fake import FakeAlipay
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.providers.wechat_pay.fake import FakeWechatPay

CALLBACK = "/api/v1/payments/{}/callback"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fake listens and keeps its things, and the shop it serves."""

    port: int
    file: Path
    keys: Path
    site: str


@dataclass(frozen=True, slots=True)
class Stand:
    """How to set a fake up, and the variable for each field of its config."""

    open: Callable[[Place], tuple[Fake, Any]]
    variables: Mapping[str, str]


def _wechat(place: Place) -> tuple[Fake, Any]:
    return FakeWechatPay.paired(port=place.port, file=place.file, keys=place.keys, links=True)


def _alipay(place: Place) -> tuple[Fake, Any]:
    return FakeAlipay.paired(port=place.port, file=place.file, keys=place.keys)


def _stripe(place: Place) -> tuple[Fake, Any]:
    return FakeStripe.paired(
        port=place.port, file=place.file, keys=place.keys,
        webhook_url=f"{place.site}{CALLBACK.format('stripe')}",
    )  # fmt: skip


FAKES: Mapping[str, Stand] = {
    "wechat": Stand(
        _wechat,
        {
            "app_id": "WECHAT_APP_ID", "mch_id": "WECHAT_MCH_ID",
            "merchant_serial": "WECHAT_MERCHANT_SERIAL", "private_key_pem": "WECHAT_PRIVATE_KEY",
            "api_v3_key": "WECHAT_API_V3_KEY", "public_key_id": "WECHAT_PUBLIC_KEY_ID",
            "public_key_pem": "WECHAT_PUBLIC_KEY", "api": "WECHAT_API",
            "app_secret": "WECHAT_APP_SECRET", "open_pages": "WECHAT_OPEN_PAGES",
            "open_api": "WECHAT_OPEN_API",
        },
    ),
    "alipay": Stand(
        _alipay,
        {
            "app_id": "ALIPAY_APP_ID", "seller_id": "ALIPAY_SELLER_ID",
            "private_key_pem": "ALIPAY_PRIVATE_KEY", "alipay_public_key_pem": "ALIPAY_PUBLIC_KEY",
            "api": "ALIPAY_API",
        },
    ),
    "stripe": Stand(
        _stripe,
        {
            "secret_key": "STRIPE_SECRET_KEY", "publishable_key": "STRIPE_PUBLISHABLE_KEY",
            "webhook_secret": "STRIPE_WEBHOOK_SECRET", "api": "STRIPE_API",
        },
    ),
}  # fmt: skip
"""In the order of their ports."""


def real_keys(fakes: Mapping[str, Stand] | None = None) -> list[str]:
    """The variables of real providers that are set here."""
    names = [
        name
        for stand in (FAKES if fakes is None else fakes).values()
        for name in stand.variables.values()
    ]
    return sorted(name for name in names if os.environ.get(name, "").strip())


def opened(
    *, home: Path, port: int, site: str, fakes: Mapping[str, Stand] | None = None
) -> tuple[list[Fake], dict[str, str]]:
    """Every fake, answering, and the variables for the rest. OSError if a port is taken."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    running: list[Fake] = []
    variables = {"DEMO_PROVIDERS": "1"}
    for place, (name, stand) in enumerate((FAKES if fakes is None else fakes).items()):
        spot = Place(port + place, home / f"{name}.json", home / "keys", site)
        try:
            fake, config = stand.open(spot)
        except OSError:
            for one in running:
                one.stop()
            raise
        fake.start()
        running.append(fake)
        variables |= {
            variable: str(getattr(config, field)) for field, variable in stand.variables.items()
        }
    return running, variables


def main(words: Sequence[str] | None = None, *, fakes: Mapping[str, Stand] | None = None) -> int:
    """Exit code 0 after a signal, 1 if a port is taken, 2 where real keys are set."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--site", required=True)
    given = parser.parse_args(words)
    real = real_keys(fakes)
    if real:
        print(  # noqa: T201  a command speaks to who called it
            f"已设置真实支付密钥，不能开演示 / real payment keys are set ({', '.join(real)}): "
            "unset them, or start without --demo",
            file=sys.stderr,
        )
        return 2
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        running, variables = opened(home=given.home, port=given.port, site=given.site, fakes=fakes)
    except OSError as error:
        print(f"{error}", file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps(variables), flush=True)  # noqa: T201
    stop.wait()
    for fake in running:
        fake.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
